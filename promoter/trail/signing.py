"""Commits written without an index, and signed by git itself with the user's own key."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime

from promoter.errors import CannotAct
from promoter.messages import N_, Phrase, phrase
from promoter.trail.command import GitFailed
from promoter.trail.identity import GitIdentity
from promoter.trail.repository import Repository

_A_PERSON_MAY_TAKE_S = 600.0


def written_commit(
    repository: Repository,
    tree: str,
    parents: Sequence[str],
    message: str,
    identity: GitIdentity,
    *,
    at: datetime,
    sign: bool,
) -> str:
    """The id of a new commit object that no reference names yet; author and committer are the same.

    Raises CannotAct when git could not sign, or says it did and the commit is not signed.
    """
    arguments = ["commit-tree", "-S" if sign else "--no-gpg-sign", tree]
    for parent in parents:
        arguments += ["-p", parent]
    date = f"@{int(at.timestamp())} +0000"
    environment = {
        "GIT_AUTHOR_NAME": identity.name,
        "GIT_AUTHOR_EMAIL": identity.email,
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": identity.name,
        "GIT_COMMITTER_EMAIL": identity.email,
        "GIT_COMMITTER_DATE": date,
    }
    if sign and "GPG_TTY" not in os.environ and sys.stdin is not None and sys.stdin.isatty():
        environment["GPG_TTY"] = os.ttyname(sys.stdin.fileno())  # where gpg's agent asks
    try:
        written = repository.change(
            *arguments,
            "-F",
            "-",
            input=message.encode(),
            environment=environment,
            timeout=_A_PERSON_MAY_TAKE_S if sign else 60,
        )
    except GitFailed as failed:
        if sign:
            raise CannotAct(
                phrase(N_("git could not sign: {said}"), said=failed.said), _remedy(identity)
            ) from failed
        raise
    commit = written.decode("ascii").strip()
    _check(repository, commit, tree, parents, signed=sign)
    return commit


def _check(repository: Repository, commit: str, tree: str, parents: Sequence[str], *, signed: bool) -> None:
    [(_, kind, content)] = repository.objects([commit])
    headers = content.partition(b"\n\n")[0].decode("utf-8", "replace").split("\n")
    expected = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    if kind != "commit" or headers[: len(expected)] != expected:
        raise CannotAct(phrase(N_("git wrote another commit than it was given")))
    if signed and not any(header.startswith(("gpgsig ", "gpgsig-sha256 ")) for header in headers):
        raise CannotAct(phrase(N_("git said it signed and did not: nothing was recorded")))


def _remedy(identity: GitIdentity) -> Phrase:
    if identity.key_id is None:
        return phrase(N_("check gpg.format and user.signingkey in git's configuration"))
    return phrase(N_("unlock the key first (ssh-add, or gpg-agent), or sign from a terminal"))

"""Sharing the trail: any git remote is the server; fetch, bring together, push, and again when a race is lost.

Explicit refspecs only, so that nothing of the user's own branches and tags moves, and of the tracking
references only the one of the trail itself, by the push.
What the remote had last time is remembered under `refs/promoter/remote/`: a remote that lost some of it
is reported, never followed.
"""

import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

from promoter.errors import CannotAct, TrailUntrusted, UsageError
from promoter.messages import N_, phrase
from promoter.trail.arrival import require_unaltered
from promoter.trail.command import GitFailed
from promoter.trail.identity import git_identity
from promoter.trail.lock import locked
from promoter.trail.outbox import Outbox
from promoter.trail.repository import Repository, reference_of
from promoter.trail.union import require_only_additions, union
from promoter.trail.writing import guard, lock_of, move

_ATTEMPTS = 10
_NETWORK_TIMEOUT_S = 300.0
_FETCHED = "refs/promoter/fetched"
_LOST_RACE = (
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value",
    "reference already exists",
)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did: entries fetched and pushed, whether the two histories were merged, and the tip
    both sides now have (None when neither has a trail). `restored`: the remote had lost the branch this
    clone last saw there, and has it again."""

    remote: str
    fetched: int
    pushed: int
    merged: bool
    tip: str | None
    restored: bool = False


def sync(
    repository: Repository, branch: str, remote: str | None = None, *, interactive: bool = False
) -> SyncReport:
    """Makes this repository's trail and a remote's the same.

    `interactive` lets git and ssh ask for passwords on the terminal. Raises UsageError when it is not
    clear which remote, TrailUntrusted when the remote's trail or ours lost or changed entries,
    CannotAct when the remote does not answer or the two trails were started apart.
    """
    name = chosen_remote(repository, branch, remote)
    guard(repository, branch, starting=False)
    asking = _network_environment(repository, interactive=interactive)
    before = repository.tip(branch)
    shared_before = repository.commit_of(_remembered(name, branch)) is not None
    merged = False
    with locked(repository.common_directory / "promoter.sync.lock", patience_s=2 * _NETWORK_TIMEOUT_S):
        for attempt in range(_ATTEMPTS):
            theirs = _fetched(repository, branch, name, asking)
            tip, was_merged = _brought_together(repository, branch, name, theirs)
            merged |= was_merged
            if tip is not None and tip != theirs and not _pushed(repository, branch, name, tip, asking):
                time.sleep(random.uniform(0.05, 0.2) * 2 ** min(attempt, 5))  # noqa: S311 - spreads rivals, guards nothing
                continue
            if tip is not None:
                repository.change("update-ref", _remembered(name, branch), tip)
                _empty_outbox(repository, tip)
            fetched, pushed = _count(repository, theirs, before), _count(repository, tip, theirs)
            restored = shared_before and theirs is None and tip is not None
            return SyncReport(name, fetched, pushed, merged, tip, restored)
    raise CannotAct(
        phrase(
            N_("others keep pushing to {remote}: {attempts} attempts lost the race"),
            remote=name,
            attempts=_ATTEMPTS,
        ),
        phrase(N_("nothing is lost; run 'promoter sync' again")),
    )


def position(repository: Repository, branch: str) -> tuple[int, int] | None:
    """Entries we have and the remote had not, and the reverse, as of the last sync; None before any."""
    own = reference_of(branch)
    listed = repository.run(
        "for-each-ref", "--format=%(refname)%00%(objectname)", own, "refs/promoter/remote"
    )
    found = dict(line.split("\0") for line in listed.decode("utf-8", "replace").splitlines())
    tip = found.pop(own, None)
    remotes = [each for each in found if each.endswith(f"/{branch}")]
    if len(remotes) > 1:
        remotes = [_remembered(chosen_remote(repository, branch), branch)]
    if not remotes or remotes[0] not in found:
        return None
    last = found[remotes[0]]
    return (0, 0) if tip == last else (_count(repository, tip, last), _count(repository, last, tip))


def chosen_remote(repository: Repository, branch: str, remote: str | None = None) -> str:
    """The remote asked for, else the branch's upstream, else `origin`, else the only one.

    Raises UsageError when that answers none.
    """
    remotes = repository.remotes()
    for candidate in (remote,) if remote else (repository.setting(f"branch.{branch}.remote"), "origin"):
        if candidate in remotes:
            return str(candidate)
    if remote is None and len(remotes) == 1:
        return remotes[0]
    if not remotes:
        raise UsageError(
            phrase(N_("this repository has no remote to share the trail with")),
            phrase(N_("add one: git remote add origin URL")),
        )
    wrong = (
        phrase(N_("there is no remote named {remote}"), remote=remote)
        if remote
        else phrase(N_("this repository has several remotes, none of them named origin"))
    )
    raise UsageError(wrong, phrase(N_("name one of them: {names}"), names=remotes))


def _fetched(repository: Repository, branch: str, remote: str, asking: Mapping[str, str]) -> str | None:
    last = repository.commit_of(_remembered(remote, branch))
    whole: tuple[str, ...] = ()
    if last is None and repository.setting(f"remote.{remote}.promisor", kind="bool") == "true":
        whole = ("--no-filter", "--refetch")
    try:
        repository.change(
            *("fetch", "--no-tags", "--refmap=", "--no-write-fetch-head", "--no-recurse-submodules"),
            *("--no-auto-maintenance", *whole, remote, f"+{reference_of(branch)}:{_FETCHED}"),
            environment=asking,
            timeout=_NETWORK_TIMEOUT_S,
        )
    except GitFailed as failed:
        if "find remote ref" in failed.said:
            return None
        raise
    theirs = repository.commit_of(_FETCHED)
    if last is not None and theirs is not None and not repository.is_ancestor(last, theirs):
        raise TrailUntrusted(
            phrase(N_("the trail on {remote} was rewritten: entries it had are gone"), remote=remote),
            phrase(N_("nothing here was changed; 'git log {last}' is what it had"), last=last),
        )
    return theirs


def _brought_together(
    repository: Repository, branch: str, remote: str, theirs: str | None
) -> tuple[str | None, bool]:
    reference = reference_of(branch)
    for _ in range(_ATTEMPTS):
        tip = repository.commit_of(reference)
        if theirs is None or tip == theirs or (tip is not None and repository.is_ancestor(theirs, tip)):
            return tip, False
        diverged = tip is not None and not repository.is_ancestor(tip, theirs)
        new = theirs
        if tip is not None and diverged:
            identity = git_identity(repository)
            new = union(repository, tip, theirs, identity, sign=identity.signing)
        elif tip is not None:
            require_only_additions(repository, tip, theirs)
        require_unaltered(repository, tip, new, remote)
        with locked(lock_of(repository)) as held:
            if move(repository, held, reference, new, tip):
                return new, diverged
    raise CannotAct(phrase(N_("something else keeps changing the trail's branch")))


def _pushed(repository: Repository, branch: str, remote: str, tip: str, asking: Mapping[str, str]) -> bool:
    try:
        repository.change(
            *("push", "--recurse-submodules=no", remote, f"{tip}:{reference_of(branch)}"),
            environment=asking,
            timeout=_NETWORK_TIMEOUT_S,
            hooks=True,
        )
    except GitFailed as failed:
        if any(each in failed.said for each in _LOST_RACE):
            return False
        raise
    return True


def _empty_outbox(repository: Repository, tip: str) -> None:
    outbox = Outbox(repository)
    kept = dict(outbox.contents())
    found = repository.objects(f"{tip}:{path}" for path in kept)
    outbox.drop(
        [path for (path, content), (_, _, there) in zip(kept.items(), found, strict=True) if content == there]
    )


def _count(repository: Repository, tip: str | None, known: str | None) -> int:
    if tip is None or tip == known:
        return 0
    others = () if known is None else (f"^{known}",)
    return int(repository.run("rev-list", "--count", "--no-merges", tip, *others))


def _remembered(remote: str, branch: str) -> str:
    return f"refs/promoter/remote/{remote}/{branch}"


def _network_environment(repository: Repository, *, interactive: bool) -> dict[str, str]:
    if interactive:
        return {"GIT_TERMINAL_PROMPT": "1"}
    own_ssh = any(name in os.environ for name in ("GIT_SSH", "GIT_SSH_COMMAND")) or repository.setting(
        "core.sshCommand"
    )
    return {} if own_ssh else {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}

"""Appending to the trail: one entry, one commit, one moved reference; the user's own work is not touched."""

import contextlib
import hashlib
import re
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from promoter.errors import CannotAct, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.model.entry import Entry
from promoter.trail.command import GitFailed
from promoter.trail.commit_message import commit_message
from promoter.trail.copies import BLOB_AT_MOST
from promoter.trail.entry import blob_path, entry_bytes, entry_path
from promoter.trail.identity import GitIdentity, git_identity
from promoter.trail.lock import Held, locked
from promoter.trail.outbox import Damaged, Outbox
from promoter.trail.repository import Repository, reference_of
from promoter.trail.signing import written_commit
from promoter.trail.tracking import unasked
from promoter.trail.trees import with_contents
from promoter.trail.union import union

_ATTEMPTS = 20
_A_GIT_COMMAND_MAY_TAKE_S = 1.0
_MOVED = ("but expected", "reference already exists", "unable to resolve reference")
_IN_THE_WAY = re.compile(r"Unable to create '(?P<path>.+\.lock)': File exists")


@frozen
class Appended:
    """Where an entry is now: the commit that added it, its path, and the trail's tip after that."""

    commit: str
    path: str
    tip: str


def append(
    repository: Repository, branch: str, entry: Entry, blobs: Mapping[str, bytes] | None = None
) -> Appended:
    """Adds an entry and the files it names (by `sha256:…` digest) to the trail.

    Signed by git when a signing key is configured. Repeating it with the same entry changes nothing.
    Raises UsageError for an entry that the format refuses, CannotAct.
    """
    content = entry_bytes(entry)
    path = entry_path(entry)
    files = {blob_path(digest): _checked(digest, blob) for digest, blob in (blobs or {}).items()} | {
        path: content
    }
    identity = git_identity(repository)
    _require_same_person(entry, identity)
    guard(repository, branch, starting=True)
    reference = reference_of(branch)

    def recorded() -> bool:
        return _already_there(repository, repository.commit_of(reference), path, content) is not None

    with Outbox(repository).keeping(files, recorded):
        return _written(repository, reference, entry, identity, path, files)


def _written(
    repository: Repository,
    reference: str,
    entry: Entry,
    identity: GitIdentity,
    path: str,
    files: Mapping[str, bytes],
) -> Appended:
    content = files[path]
    lock = lock_of(repository)
    with locked(lock) as held:
        tip = repository.commit_of(reference)
        there = _already_there(repository, tip, path, content)
        if there is not None:
            return there
        tree = with_contents(repository, tip, files)
        _reread(repository, tree, files)
        if not identity.interactive:
            commit = _commit(repository, tree, tip, entry, identity)
            return _published(
                repository, held, reference, Appended(commit, path, commit), tip, identity, content
            )
    commit = _commit(repository, tree, tip, entry, identity)
    with locked(lock) as held:
        return _published(repository, held, reference, Appended(commit, path, commit), tip, identity, content)


def move(repository: Repository, held: Held, reference: str, new: str, old: str | None) -> bool:
    """Moves a reference under the lock if it is still where it was; False when it is elsewhere now.

    Removes the lock file a killed writer left on it. Raises CannotAct when another is in the way.
    """
    arguments = ("update-ref", "-m", "promoter", "--create-reflog", "--no-deref", reference, new)
    nothing = "0" * len(new)
    stale = repository.common_directory / f"{reference}.lock"
    until = time.monotonic() + _A_GIT_COMMAND_MAY_TAKE_S
    while True:
        try:
            with held.changing(reference):
                repository.change(*arguments, old or nothing, keeping=(held.descriptor,))
        except GitFailed as failed:
            blocked = _IN_THE_WAY.search(failed.said)
            if blocked is None:
                if any(each in failed.said for each in _MOVED):
                    return False
                raise
            if time.monotonic() > until:
                raise _blocked(blocked["path"]) from failed
            if held.unfinished == reference and blocked["path"] == str(stale):
                with contextlib.suppress(OSError):
                    stale.unlink()
            time.sleep(0.02)
        else:
            return True


def guard(repository: Repository, branch: str, *, starting: bool) -> None:
    """Raises CannotAct when the branch cannot be, or must not be, written in this repository.

    With `starting`, also when the trail is known from a remote and was not fetched yet, and when nobody
    knows whether a remote has it.
    """
    reference = reference_of(branch)
    listed = repository.run(
        "for-each-ref", "--format=%(refname)%00%(worktreepath)%00", reference, f"refs/remotes/*/{branch}"
    )
    found = dict(line.split("\0")[:2] for line in listed.decode("utf-8", "replace").splitlines() if line)
    if found.get(reference):
        raise CannotAct(
            phrase(
                N_("the trail's branch {branch} is checked out in {place}"),
                branch=branch,
                place=found[reference],
            ),
            phrase(N_("check another branch out there: the next commit in it would delete entries")),
        )
    if reference in found:
        return
    for parent in _parents(reference):
        if repository.commit_of(parent) is not None:
            raise CannotAct(
                phrase(
                    N_("git cannot have a branch {branch} beside a branch {parent}"),
                    branch=branch,
                    parent=parent[11:],
                ),
                phrase(
                    N_(
                        "name the trail's branch otherwise in pipeline.yaml: trail: {{branch: promoter-trail}}"
                    )
                ),
            )
    if starting and found:
        raise CannotAct(
            phrase(N_("this clone does not have the trail yet, and its remote does")),
            phrase(N_("run 'promoter sync' first")),
        )
    if starting and (remote := unasked(repository, branch)) is not None:
        raise CannotAct(
            phrase(
                N_(
                    "nobody knows here whether {remote} has the trail: this clone takes only some of its branches"
                ),
                remote=remote,
            ),
            phrase(N_("run 'promoter sync' first: it asks")),
        )


def lock_of(repository: Repository) -> Path:
    """The lock file that every writer of a repository's trail takes."""
    return repository.common_directory / "promoter.lock"


def _published(
    repository: Repository,
    held: Held,
    reference: str,
    appended: Appended,
    tip: str | None,
    identity: GitIdentity,
    content: bytes,
) -> Appended:
    """Moves the branch to the commit; one that moved meanwhile is merged with it, unsigned where
    signing would ask a person a second time."""
    new, old = appended.commit, tip
    for _ in range(_ATTEMPTS):
        if move(repository, held, reference, new, old):
            return Appended(appended.commit, appended.path, new)
        before, old = old, repository.commit_of(reference)
        if before is old is None:
            raise CannotAct(
                phrase(N_("the trail's branch {reference} is damaged"), reference=reference),
                phrase(N_("'promoter doctor --fix' sets it back to where this clone last saw it")),
            )
        there = _already_there(repository, old, appended.path, content)
        if there is not None:
            return there
        sign = identity.signing and not identity.interactive
        new = appended.commit if old is None else union(repository, old, appended.commit, identity, sign=sign)
    raise CannotAct(phrase(N_("something else keeps changing the trail's branch")))


def _commit(repository: Repository, tree: str, tip: str | None, entry: Entry, identity: GitIdentity) -> str:
    return written_commit(
        repository,
        tree,
        () if tip is None else (tip,),
        commit_message(entry),
        identity,
        at=datetime.fromisoformat(entry.at),
        sign=identity.signing,
    )


def _already_there(repository: Repository, tip: str | None, path: str, content: bytes) -> Appended | None:
    if tip is None:
        return None
    [(_, kind, found)] = repository.objects([f"{tip}:{path}"])
    if kind == "missing":
        return None
    if found != content:
        raise CannotAct(
            phrase(N_("something else already lies on the trail at {path}"), path=path),
            phrase(N_("run it again: what is recorded then has an id, and a place, of its own")),
        )
    log = repository.run("log", "--format=%H", "--diff-filter=A", "--no-renames", "-1", tip, "--", path)
    return Appended(log.decode("ascii").strip(), path, tip)


def _reread(repository: Repository, tree: str, files: Mapping[str, bytes]) -> None:
    """Makes sure, before anybody signs, that what was written can be read: git takes an object that a
    power cut left empty for one that is there already."""
    try:
        found = [content for _, _, content in repository.objects(f"{tree}:{path}" for path in files)]
    except GitFailed:
        found = []
    if found != list(files.values()):
        raise Damaged(
            phrase(N_("what was written does not read back: an object of the repository is damaged")),
            phrase(
                N_("'promoter doctor --fix' mends that and records the entry, whose bytes are in {place}"),
                place=str(Outbox(repository).directory),
            ),
        )


def _checked(digest: str, blob: bytes) -> bytes:
    if len(blob) > BLOB_AT_MOST:
        raise UsageError(
            phrase(N_("a file of more than {at_most} bytes is too large for the trail"), at_most=BLOB_AT_MOST)
        )
    if hashlib.sha256(blob).hexdigest() != digest.removeprefix("sha256:"):
        raise ValueError(f"{digest} is not the digest of its content")
    return blob


def _require_same_person(entry: Entry, identity: GitIdentity) -> None:
    if entry.actor.email != identity.email:
        raise CannotAct(
            phrase(
                N_("the entry is by {actor}, and git would commit it as {committer}"),
                actor=entry.actor.email,
                committer=identity.email,
            ),
            phrase(N_("check user.email, and GIT_COMMITTER_EMAIL in the environment")),
        )


def _blocked(path: str) -> CannotAct:
    return CannotAct(
        phrase(
            N_("{path} is in the way: another git command is running, or one was stopped half-way"), path=path
        ),
        phrase(
            N_(
                "when no git command is running in this repository, remove that file; once it is ten minutes old, "
                "'promoter doctor --fix' does"
            )
        ),
    )


def _parents(reference: str) -> list[str]:
    parts = reference.split("/")
    return ["/".join(parts[:count]) for count in range(3, len(parts))]

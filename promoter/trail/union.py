"""Two histories of the trail brought together: everything of both, nothing else."""

from datetime import UTC, datetime

from promoter.errors import CannotAct, TrailUntrusted
from promoter.messages import N_, phrase
from promoter.trail.command import GitFailed
from promoter.trail.commit_message import merge_message
from promoter.trail.identity import GitIdentity
from promoter.trail.repository import Repository
from promoter.trail.signing import written_commit


def union(repository: Repository, ours: str, theirs: str, identity: GitIdentity, *, sign: bool) -> str:
    """A merge commit of two tips whose tree is the union of theirs.

    Raises TrailUntrusted when one of them changed or removed what the other has, CannotAct when the
    two have no history in common.
    """
    try:
        merged = repository.change("merge-tree", "--write-tree", "-z", "--no-messages", ours, theirs)
    except GitFailed as failed:
        if failed.status == 1:
            raise _altered() from failed
        if "unrelated histories" in failed.said:
            raise _started_apart() from failed
        raise
    tree = merged.split(b"\0")[0].decode("ascii")
    require_union(repository, ours, theirs, tree)
    return written_commit(
        repository,
        tree,
        (ours, theirs),
        merge_message(),
        identity,
        at=datetime.now(UTC),
        sign=sign,
    )


def require_union(repository: Repository, ours: str, theirs: str, merged: str) -> None:
    """Raises TrailUntrusted when a merged tree lacks or changes a file of either side, or has one of neither."""
    if _additions(repository, ours, merged) & _additions(repository, theirs, merged):
        raise _altered()


def require_only_additions(repository: Repository, before: str, after: str) -> None:
    """Raises TrailUntrusted when the second tip changed or lost a file of the first."""
    _additions(repository, before, after)


def _additions(repository: Repository, before: str, tree: str) -> set[bytes]:
    listed = repository.run("diff-tree", "-r", "-z", "--no-renames", "--name-status", before, tree).split(
        b"\0"
    )
    statuses, paths = listed[:-1:2], listed[1::2]
    if any(status != b"A" for status in statuses):
        raise _altered()
    return set(paths)


def _altered() -> TrailUntrusted:
    return TrailUntrusted(
        phrase(N_("the two histories of the trail disagree: one changed or removed an entry of the other")),
        phrase(N_("'promoter verify --full' says which; nothing was merged")),
    )


def _started_apart() -> CannotAct:
    return CannotAct(
        phrase(N_("two trails were started apart: they have no entry in common")),
        phrase(
            N_("'promoter sync --adopt' takes over the shared one, and records again on it what is yours")
        ),
    )

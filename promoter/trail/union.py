"""Two histories of the trail brought together: everything of both, nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime

from promoter.errors import CannotAct, TrailUntrusted
from promoter.messages import N_, phrase
from promoter.trail.command import GitFailed, harmless
from promoter.trail.commit_message import merge_message
from promoter.trail.copies import wrong_copies
from promoter.trail.entry import is_blob_path, is_entry_path
from promoter.trail.identity import GitIdentity
from promoter.trail.repository import Repository
from promoter.trail.signing import written_commit

_SECONDS = 900


def union(repository: Repository, ours: str, theirs: str, identity: GitIdentity, *, sign: bool) -> str:
    """A merge commit of two tips whose tree is the union of theirs. What was in the way, and was put right by
    one and taken away by the other, is right.

    Raises TrailUntrusted when one of them changed or removed what the other has, CannotAct when the
    two have no history in common.
    """
    try:
        merged = repository.change("merge-tree", "--write-tree", "-z", "--no-messages", ours, theirs)
    except GitFailed as failed:
        if "unrelated histories" in failed.said:
            raise _started_apart() from failed
        if failed.status != 1:
            raise
        differing = contradictions(repository, ours, theirs)
        if differing:
            raise _altered(repository, theirs, differing[0]) from failed
        merged = failed.printed
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
    smuggled = _additions(repository, ours, merged) & _additions(repository, theirs, merged)
    if smuggled:
        raise _altered(repository, theirs, min(smuggled))


def require_only_additions(repository: Repository, before: str, after: str) -> None:
    """Raises TrailUntrusted when the second tip changed or lost a file of the first."""
    _additions(repository, before, after)


def contradictions(repository: Repository, ours: str, theirs: str) -> list[str]:
    """The paths at which two tips have different things, in order."""
    there = [(status, path) for status, _, _, path in _differences(repository, ours, theirs)]
    added = {path for status, path in there if status == "A"}
    removed = [path for status, path in there if status == "D"]
    above = {path for each in removed for path in _above(each) if path in added}
    below = {path for each in added for path in _above(each) if path in removed}
    return sorted({path for status, path in there if status not in "AD"} | above | below)


def _additions(repository: Repository, before: str, tree: str) -> set[str]:
    added = set()
    copies = []
    for status, mode, oid, path in _differences(repository, before, tree):
        if status == "A":
            added.add(path)
        elif is_blob_path(path):
            copies.append((path, mode, oid))
        elif is_entry_path(path):
            raise _altered(repository, tree, path)
    lost = {(path, oid) for path, _, oid in copies} - wrong_copies(repository, copies)
    if lost:
        raise _altered(repository, tree, min(lost)[0])
    return added


def _differences(repository: Repository, before: str, after: str) -> Iterator[tuple[str, str, str, str]]:
    """In what two trees differ: git's status letter, mode and object id on the old side, and the path."""
    options = ("-r", "--raw", "-z", "--no-renames", "--no-abbrev")
    listed = repository.run("diff-tree", *options, before, after, timeout=_SECONDS).split(b"\0")
    for about, path in zip(listed[:-1:2], listed[1::2], strict=True):
        mode, _, oid, _, status = about[1:].decode("ascii").split()
        yield status[0], mode, oid, path.decode("utf-8", "backslashreplace")


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _altered(repository: Repository, after: str, path: str) -> TrailUntrusted:
    try:
        named = ("log", "--format=%h, %an <%ae>", "--no-renames", "-1", after, "--", f":(literal){path}")
        who = harmless(repository.run(*named, timeout=_SECONDS))
    except GitFailed:
        who = ""
    return TrailUntrusted(
        phrase(
            N_(
                "the two histories of the trail disagree: {path} was changed or removed in one of them ({who})"
            ),
            path=path,
            who=who or after[:12],
        ),
        phrase(
            N_(
                "nothing was merged. Find out who pushed it, and have the branch on the remote set back to before "
                "that; then run 'promoter sync' again"
            )
        ),
    )


def _started_apart() -> CannotAct:
    return CannotAct(
        phrase(N_("two trails were started apart: they have no entry in common")),
        phrase(
            N_("'promoter sync --adopt' takes over the shared one, and records again on it what is yours")
        ),
    )

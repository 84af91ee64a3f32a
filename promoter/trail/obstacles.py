"""What lies in the way of the trail: files where it needs directories, and other bytes where a copy would lie.

Whoever may push can put them there, and none counts for anything. A sync takes none in; those an older version
took in are written past, and can be taken away in one commit that no finding of `verify` is made of.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from promoter.errors import CannotAct
from promoter.messages import N_, Message, message, phrase
from promoter.trail.command import harmless
from promoter.trail.copies import wrong_copies
from promoter.trail.entry import is_blob_path
from promoter.trail.facts import Finding
from promoter.trail.identity import git_identity
from promoter.trail.lock import locked
from promoter.trail.places import file_above, is_for_file
from promoter.trail.repository import Repository, reference_of
from promoter.trail.signing import written_commit
from promoter.trail.trees import TreeEntry, parse_tree, without
from promoter.trail.writing import lock_of, move

CODES = frozenset({"path-in-the-way", "copy-differs"})
"""The findings of a walk that may be of one."""

_SUBJECT = "take away what lies in the way of the trail\n"


def in_the_way(repository: Repository, tip: str, findings: Iterable[Finding]) -> list[Finding]:
    """Of what a walk found, what still lies in the way at a tip: one finding for each place."""
    noticed = {_place(each.path): each for each in findings if each.message.code in CODES and each.path}
    there = _lines(repository, tip, list(noticed))
    copies = [(path, line.mode.decode(), line.oid) for path, line in there.items() if is_blob_path(path)]
    trees = {path for path, line in there.items() if line.is_tree}
    wrong = wrong_copies(repository, [each for each in copies if each[0] not in trees])
    blocked = {path for path, _ in wrong} | {path for path in there if is_for_file(path) is (path in trees)}
    return [each for path, each in noticed.items() if path in blocked]


def obstacle(repository: Repository, found: Sequence[Finding]) -> Message:
    """What is in the way, in a message."""
    commit = found[0].commit or ""
    author = harmless(repository.run("log", "-1", "--format=%an <%ae>", commit, "--"))
    where = {"path": found[0].path or "", "commit": commit[:12], "author": author}
    return message("obstacle", count=len(found), **where)


def taken_away(repository: Repository, branch: str, findings: Sequence[Finding]) -> str:
    """A commit on the trail without what lies in its way, and the branch moved to it. Raises CannotAct."""
    identity = git_identity(repository)
    reference = reference_of(branch)
    with locked(lock_of(repository)) as held:
        tip = repository.commit_of(reference)
        blocking = in_the_way(repository, tip, findings) if tip is not None else []
        if tip is None or not blocking:
            return tip or ""
        tree = without(repository, tip, [_place(each.path or "") for each in blocking])
        now = datetime.now(UTC)
        new = written_commit(repository, tree, (tip,), _SUBJECT, identity, at=now, sign=identity.signing)
        if not move(repository, held, reference, new, tip):
            raise CannotAct(phrase(N_("something else keeps changing the trail's branch")))
    return new


def _place(path: str) -> str:
    """What must go: of a directory where an entry or a copy would lie, the directory."""
    return file_above(path) or path


def _lines(repository: Repository, tip: str, paths: Sequence[str]) -> dict[str, TreeEntry]:
    """The tree's line of each path that is there."""
    directories = sorted({path.rpartition("/")[0] for path in paths})
    names = [f"{tip}:{each}" if each else f"{tip}^{{tree}}" for each in directories]
    read = zip(directories, repository.objects(names), strict=True)
    trees = {
        directory: parse_tree(content, len(tip) // 2) if kind == "tree" else {}
        for directory, (_, kind, content) in read
    }
    found = {}
    for path in paths:
        directory, _, name = path.rpartition("/")
        line = trees[directory].get(name.encode())
        if line is not None:
            found[path] = line
    return found

"""Trees that stand for far more paths than they have bytes, found before anything walks into them.

A few objects, each naming one below it several times, are millions of paths to whoever lists them. Git keeps each
object once, and so are they counted here: what that costs grows with what was pushed, not with what it stands for.
"""

from collections.abc import Mapping, Sequence

from promoter.messages import message
from promoter.trail.facts import Finding, Severity
from promoter.trail.repository import Repository
from promoter.trail.trees import Tree, parse_tree

MOST_PATHS = 10_000
"""Of directories that have no place on the trail, in one commit."""

_SECONDS = 900
_ROOMS = frozenset({"r", "p", "a"})


def crowded(repository: Repository, since: str | None, tip: str) -> list[Finding]:
    """The directories that came after one commit up to another and stand for too many paths; where they lie, and
    in which commit. Raises GitFailed."""
    excluded = [f"^{since}"] if since else []
    named = ("rev-list", "--objects", "--filter=blob:none", tip, *excluded, "--")
    listed = repository.run(*named, timeout=_SECONDS).decode("utf-8", "backslashreplace")
    foreign = [line.split(" ", 1) for line in listed.splitlines() if _is_foreign(line)]
    if not foreign:
        return []
    paths = _paths(_below(repository, [oid for oid, _ in foreign], len(tip) // 2))
    crowds = [path for oid, path in foreign if paths.get(oid, 0) > MOST_PATHS]
    outermost = [path for path in crowds if not any(path.startswith(f"{each}/") for each in crowds)]
    return [
        Finding(
            message("crowded", most=MOST_PATHS), Severity.UNTRUSTED, _commit_of(repository, tip, path), path
        )
        for path in sorted(outermost)
    ]


def _is_foreign(line: str) -> bool:
    """Whether an object lies where the trail has no directory of its own."""
    _, _, path = line.partition(" ")
    parts = path.split("/")
    if not path or (parts[0] == "r" and len(parts) == 1):
        return False
    return not (parts[0] in _ROOMS and len(parts) <= {"p": 3, "a": 2, "r": 1}[parts[0]])


def _below(repository: Repository, oids: Sequence[str], width: int) -> dict[str, Tree]:
    """These trees and those below them, as many as need be read to tell that they are too many."""
    trees: dict[str, Tree] = {}
    wanted = list(dict.fromkeys(oids))
    while wanted and len(trees) <= MOST_PATHS:
        read = zip(wanted, repository.objects(wanted), strict=True)
        trees |= {oid: parse_tree(content, width) for oid, (_, kind, content) in read if kind == "tree"}
        below = (each for oid in wanted for each in trees.get(oid, {}).values())
        wanted = list(dict.fromkeys(each.oid for each in below if each.is_tree and each.oid not in trees))
    return trees


def _paths(trees: Mapping[str, Tree]) -> dict[str, int]:
    """How many paths each tree stands for, capped; one that was not read stands for too many. No tree is above
    itself, since its name is a digest of it."""
    counted: dict[str, int] = {}
    pending = list(trees)
    while pending:
        oid = pending[-1]
        below = [each.oid for each in trees[oid].values() if each.is_tree and each.oid in trees]
        waiting = [each for each in below if each not in counted]
        if waiting:
            pending += waiting
            continue
        pending.pop()
        if oid not in counted:
            unread = sum(each.is_tree and each.oid not in trees for each in trees[oid].values())
            files = sum(not each.is_tree for each in trees[oid].values())
            paths = files + unread * (MOST_PATHS + 1) + sum(counted[each] for each in below)
            counted[oid] = min(paths, MOST_PATHS + 1)
    return counted


def _commit_of(repository: Repository, tip: str, path: str) -> str:
    found = repository.run(
        "log", "-1", "--format=%H", "--no-renames", tip, "--", f":(literal){path}", timeout=_SECONDS
    )
    return found.decode("ascii").strip() or tip

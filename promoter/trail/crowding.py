"""Trees that stand for far more paths than they have bytes, found before anything walks into them.

A few objects, each naming one below it several times, are millions of paths to whoever lists them, or compares
two of them. Here each two trees are compared once, a level at a time: what that costs grows with what was pushed,
not with what it stands for.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from promoter.frozen import frozen
from promoter.messages import message
from promoter.trail.comparing import EMPTY_TREE, Touched, compare
from promoter.trail.facts import Finding, Severity
from promoter.trail.repository import Repository

ALWAYS = 100_000
"""So many paths are walked, whatever they are made of."""
EACH = 20
"""So often may each object be met, on average: a merge meets again what it joins."""
DEEPEST = 24
_AT_ONCE = 500
_SECONDS = 900
_DIRECTORY = "040000"
_NOTHING = "000000"

_Pair: TypeAlias = tuple[str, str]


@frozen
class _Level:
    """In what two trees differ: how many files, and the pairs of directories, each under its name."""

    files: int
    below: tuple[tuple[str, _Pair], ...]


def crowded(repository: Repository, since: str | None, tip: str) -> list[Finding]:
    """The worst of the commits that came after one up to another, when they stand for too many paths to be walked,
    and where in it the most of them lie. Raises GitFailed."""
    pairs = _pairs(repository, since, tip)
    levels, allowed, whole = _levels(repository, list(dict.fromkeys(pair for _, pair in pairs)))
    paths = _paths(levels)
    if whole and sum(paths[pair] for _, pair in pairs) <= allowed:
        return []
    commit, worst = max(pairs, key=lambda each: paths.get(each[1], 0))
    where = _where(levels, paths, worst)
    return [Finding(message("crowded", most=allowed), Severity.UNTRUSTED, commit, where or None)]


def _pairs(repository: Repository, since: str | None, tip: str) -> list[tuple[str, _Pair]]:
    """Each commit, with its tree and that of each one before it."""
    options = ("--boundary", "--format=%H %T %P", tip, *([f"^{since}"] if since else []), "--")
    listed = repository.run("rev-list", *options, timeout=_SECONDS).decode("ascii").splitlines()
    outside = {line.removeprefix("commit -") for line in listed if line.startswith("commit -")}
    rows = [line.split() for line in listed if not line.startswith("commit ")]
    trees = {commit: tree for commit, tree, *_ in rows}
    empty = EMPTY_TREE[len(tip)]
    return [
        (commit, (before, tree))
        for commit, tree, *parents in rows
        if commit not in outside
        for before in ([trees[each] for each in parents if each in trees] or [empty])
    ]


def _levels(repository: Repository, pairs: Sequence[_Pair]) -> tuple[dict[_Pair, _Level], int, bool]:
    """In what these differ and what is below them; how many paths that may stand for; whether it was all read."""
    levels: dict[_Pair, _Level] = {}
    met: set[str] = set()
    lines = 0
    wanted = list(pairs)
    for _ in range(DEEPEST):
        below: list[_Pair] = []
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            for pair, differing in zip(some, compare(repository, some, below=False), strict=True):
                levels[pair] = _level(differing, EMPTY_TREE[len(pair[0])])
                below += [each for _, each in levels[pair].below]
                met.update(oid for each in differing for oid in (each.oid, each.old_oid))
                lines += len(differing)
            if lines > ALWAYS + EACH * len(met):
                return levels, ALWAYS + EACH * len(met), False
        wanted = [each for each in dict.fromkeys(below) if each not in levels]
        if not wanted:
            break
    return levels, ALWAYS + EACH * len(met), not wanted


def _level(differing: Sequence[Touched], empty: str) -> _Level:
    below = []
    for each in differing:
        before, after = each.old_mode == _DIRECTORY, each.mode == _DIRECTORY
        if before or after:
            below.append((each.path, (each.old_oid if before else empty, each.oid if after else empty)))
    files = sum(bool({each.old_mode, each.mode} - {_NOTHING, _DIRECTORY}) for each in differing)
    return _Level(files, tuple(below))


def _paths(levels: Mapping[_Pair, _Level]) -> dict[_Pair, int]:
    """How many paths each pair stands for. No tree is above itself, since its name is a digest of it."""
    counted: dict[_Pair, int] = {}
    pending = list(levels)
    while pending:
        pair = pending[-1]
        below = [each for _, each in levels[pair].below if each in levels]
        waiting = [each for each in below if each not in counted]
        if waiting:
            pending += waiting
            continue
        pending.pop()
        counted[pair] = levels[pair].files + sum(counted[each] for each in below)
    return counted


def _where(levels: Mapping[_Pair, _Level], paths: Mapping[_Pair, int], pair: _Pair) -> str:
    """The directory that most of a pair's paths lie below; none where they lie in several."""
    names = []
    while pair in levels:
        under = [(paths.get(each, 0), name, each) for name, each in levels[pair].below]
        most, name, found = max(under, default=(0, "", pair))
        if most * 2 <= paths[pair]:
            break
        names.append(name)
        pair = found
    return "/".join(names)

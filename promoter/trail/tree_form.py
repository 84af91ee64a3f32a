"""Directories that git never writes: a name twice, one that is no name of a file, names out of order.

Git reads them all the same, and each of its commands its own way: what one lists another merges into something else,
and whoever writes the next entry would sign a commit that drops or changes what lies there. So none is taken in, and
none is written to.
"""

from collections.abc import Iterator, Mapping

from promoter.messages import N_, Message, Template, message
from promoter.trail.comparing import EMPTY_TREE
from promoter.trail.facts import Finding, Severity
from promoter.trail.repository import Repository
from promoter.trail.trees import tree_lines, what_is_wrong

PHRASES: Mapping[str, Template] = {
    "tree-malformed": N_("a directory as git never writes one: {what}"),
}

_AT_ONCE = 1000
_SECONDS = 900


def malformed(repository: Repository, since: str | None, tip: str) -> list[Finding]:
    """The first such directory of the tree at a tip, and the commit that brought it, unless it was there at an earlier
    one. Raises GitFailed."""
    for path, oid, why in _wrong_ones(repository, since, tip):
        commit = _brought(repository, since, tip, path, oid)
        return [Finding(message("tree-malformed", what=why), Severity.UNTRUSTED, commit, path or None)]
    return []


def _wrong_ones(repository: Repository, since: str | None, tip: str) -> Iterator[tuple[str, str, Message]]:
    """Path, object id and what is wrong, a level at a time, of what differs from an earlier tree."""
    oid_length = len(tip) // 2
    empty = EMPTY_TREE[len(tip)]
    roots = [f"{since}^{{tree}}" if since else empty, f"{tip}^{{tree}}"]
    (before, _, _), (after, _, _) = repository.objects(roots)
    level, met = [("", before, after)], {empty}
    while level:
        below: list[tuple[str, str, str]] = []
        for start in range(0, len(level), _AT_ONCE):
            some = [each for each in level[start : start + _AT_ONCE] if each[2] not in met]
            met.update(oid for _, _, oid in some)
            old = [content for _, _, content in repository.objects(each for _, each, _ in some)]
            new = [content for _, _, content in repository.objects(each for _, _, each in some)]
            for (path, _, oid), was, content in zip(some, old, new, strict=True):
                why = what_is_wrong(content, oid_length)
                if why is not None:
                    yield path, oid, why
                    return
                known = dict(tree_lines(was, oid_length))
                for name, entry in tree_lines(content, oid_length):
                    earlier = known.get(name)
                    if entry.is_tree and entry != earlier:
                        place = f"{path}/" if path else ""
                        there = earlier.oid if earlier is not None and earlier.is_tree else empty
                        below.append((f"{place}{name.decode('utf-8', 'backslashreplace')}", there, entry.oid))
        level = below


def _brought(repository: Repository, since: str | None, tip: str, path: str, oid: str) -> str:
    """The first commit of those after an earlier one that has the directory."""
    new = [tip, *([f"^{since}"] if since else []), "--"]
    if path:
        options = ("--reverse", "-t", "--no-renames", f"--find-object={oid}", "--format=%H")
        found = repository.run("log", *options, *new, timeout=_SECONDS).decode("ascii").split()
    else:
        listed = repository.run("rev-list", "--reverse", "--no-commit-header", "--format=%H %T", *new)
        rows = (line.split() for line in listed.decode("ascii").splitlines())
        found = [commit for commit, tree in rows if tree == oid]
    return found[0] if found else tip

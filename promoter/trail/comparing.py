"""In what two trees differ, path by path, as git tells it."""

from collections.abc import Sequence

from promoter.frozen import frozen
from promoter.trail.repository import Repository

EMPTY_TREE = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""By the length of an object's name."""
_SECONDS = 900


@frozen
class Touched:
    """One path in which two trees differ: git's status letter, mode and object id on the new side, and those on
    the old one."""

    path: str
    status: str
    mode: str
    oid: str
    old_mode: str = ""
    old_oid: str = ""


def compare(
    repository: Repository, pairs: Sequence[tuple[str, str]], *, below: bool = True
) -> list[list[Touched]]:
    """In what the second tree of each pair differs from the first: files, and directories unless what is `below`
    them is told instead. Raises GitFailed."""
    if not pairs:
        return []
    asked = "".join(f"{before} {after}\n" for before, after in pairs).encode("ascii")
    options = ("--stdin", *(["-r"] if below else []), "--raw", "-z", "--no-renames", "--no-abbrev")
    answered = repository.run("diff-tree", *options, input=asked, timeout=_SECONDS)
    result: list[list[Touched]] = []
    at = 0
    for before, after in pairs:
        header = f"{before} {after}\n".encode("ascii")
        if not answered.startswith(header, at):
            raise ValueError("git diff-tree answered something else")
        at += len(header)
        differences = []
        while answered[at : at + 1] == b":":
            end = answered.index(b"\0", at)
            last = answered.index(b"\0", end + 1)
            words = answered[at + 1 : end].decode("ascii").split()
            path = answered[end + 1 : last].decode("utf-8", "backslashreplace")
            differences.append(Touched(path, words[4][0], words[1], words[3], words[0], words[2]))
            at = last + 1
        result.append(differences)
    return result

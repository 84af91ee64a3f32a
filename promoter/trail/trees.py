"""Git trees read, changed along a few paths, and written: never an index, never the whole tree."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from promoter.errors import CannotAct
from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message, phrase
from promoter.redaction import visible
from promoter.trail.entry import is_blob_path
from promoter.trail.loose import object_id, write
from promoter.trail.repository import Repository

PHRASES: Mapping[str, Template] = {
    "tree-name-twice": N_("the name {name} stands in it twice"),
    "tree-no-name": N_("{name} is no name of a file or directory"),
    "tree-out-of-order": N_("its names are out of order"),
    "tree-mode-unknown": N_("{name} is neither a file nor a directory"),
    "tree-unreadable": N_("it cannot be read"),
}
"""Why git would not write a tree."""

_DIRECTORY = b"40000"
_FILE = b"100644"
_MODES = frozenset({b"40000", b"100644", b"100755", b"100664", b"120000", b"160000"})
_LONGEST_NAME = 100


@frozen
class TreeEntry:
    """One line of a tree: git's mode in octal digits, and the object's id in hex."""

    mode: bytes
    oid: str

    @property
    def is_tree(self) -> bool:
        """Whether it is a directory."""
        return self.mode == _DIRECTORY


Tree = dict[bytes, TreeEntry]


def parse_tree(content: bytes, oid_length: int) -> Tree:
    """A tree object's lines by name; `oid_length` is 20 or 32 bytes. Raises ValueError when it is none."""
    return dict(tree_lines(content, oid_length))


def tree_lines(content: bytes, oid_length: int) -> Iterator[tuple[bytes, TreeEntry]]:
    """A tree object's lines as they stand; `oid_length` is 20 or 32 bytes. Raises ValueError when it is none."""
    at = 0
    while at < len(content):
        space = content.index(b" ", at)
        end = content.index(b"\0", space)
        oid = content[end + 1 : end + 1 + oid_length]
        if len(oid) != oid_length:
            raise ValueError("a tree that ends early")
        yield content[space + 1 : end], TreeEntry(content[at:space], oid.hex())
        at = end + 1 + oid_length


def tree_bytes(tree: Tree) -> bytes:
    """The object git writes for a tree."""
    return b"".join(
        entry.mode + b" " + name + b"\0" + bytes.fromhex(entry.oid) for name, entry in _sorted(tree)
    )


def what_is_wrong(content: bytes, oid_length: int) -> Message | None:
    """Why git would not write this tree; None where it would. `oid_length` is 20 or 32 bytes."""
    names: Tree = {}
    try:
        for name, entry in tree_lines(content, oid_length):
            code = _wrong_with(name, entry, names)
            if code is not None:
                shown = visible(name[:_LONGEST_NAME].decode("utf-8", "backslashreplace"))
                return message(code, name=shown)
            names[name] = entry
    except ValueError:
        return message("tree-unreadable")
    return None if tree_bytes(names) == content else message("tree-out-of-order")


def _wrong_with(name: bytes, entry: TreeEntry, before: Tree) -> str | None:
    if not name or b"/" in name:
        return "tree-no-name"
    if name in before:
        return "tree-name-twice"
    return None if entry.mode in _MODES else "tree-mode-unknown"


def with_contents(repository: Repository, tip: str | None, files: Mapping[str, bytes]) -> str:
    """The id of the tip's tree with these files (path → content) added, and a copy in the place of what is none;
    raises CannotAct."""
    blobs = {object_id(repository, "blob", content): ("blob", content) for content in files.values()}
    oids = {path: object_id(repository, "blob", content) for path, content in files.items()}
    return _with(repository, tip, oids, blobs, replacing=False)


def with_files(
    repository: Repository, tip: str | None, files: Mapping[str, str], *, replacing: bool = False
) -> str:
    """The id of the tip's tree with these files (path → blob id) added, or `replacing` what lies there; reads
    and writes only the directories on their paths. Raises CannotAct."""
    tree = _with(repository, tip, files, {}, replacing=replacing)
    if None in repository.sizes([tree]):
        raise CannotAct(phrase(N_("git wrote other directories than it was given")))
    return tree


def _with(
    repository: Repository,
    tip: str | None,
    files: Mapping[str, str],
    blobs: Mapping[str, tuple[str, bytes]],
    *,
    replacing: bool,
) -> str:
    directories = _directories(files)
    trees = _read(repository, tip, directories)
    for path, oid in files.items():
        directory, _, name = path.rpartition("/")
        added = TreeEntry(_FILE, oid)
        there = trees[directory].setdefault(name.encode(), added)
        if replacing or (is_blob_path(path) and there.oid != oid):
            trees[directory][name.encode()] = added
        elif there.oid != oid:
            raise CannotAct(phrase(N_("something else already lies on the trail at {path}"), path=path))
    return _written(repository, directories, trees, dict(blobs))


def without(repository: Repository, tip: str, paths: Sequence[str]) -> str:
    """The id of the tip's tree without what lies at these paths; directories left empty go too. Raises CannotAct."""
    directories = _directories(paths)
    trees = _read(repository, tip, directories)
    for path in paths:
        directory, _, name = path.rpartition("/")
        trees[directory].pop(name.encode(), None)
    return _written(repository, directories, trees, {})


def _directories(paths: Iterable[str]) -> list[str]:
    """Those the paths are in, the deepest first."""
    found = {parent for path in paths for parent in _parents(path)}
    return [*sorted(found, key=lambda path: -path.count("/")), ""]


def _written(
    repository: Repository,
    directories: Sequence[str],
    trees: Mapping[str, Tree],
    written: dict[str, tuple[str, bytes]],
) -> str:
    """The id of the uppermost of these directories, once all are written with what they hold."""
    oid = ""
    for directory in directories:
        above, _, name = directory.rpartition("/")
        if directory and not trees[directory]:
            trees[above].pop(name.encode(), None)
            continue
        content = tree_bytes(trees[directory])
        oid = object_id(repository, "tree", content)
        written[oid] = "tree", content
        if directory:
            trees[above][name.encode()] = TreeEntry(_DIRECTORY, oid)
    write(repository, written)
    return oid


def _read(repository: Repository, tip: str | None, directories: list[str]) -> dict[str, Tree]:
    """The tip's directories; empty where there is none yet, or where a file lies in their way, which they take
    the place of. A directory that is named by the one above it and cannot be read must not pass for an empty
    one: what is in it would be lost."""
    if tip is None:
        return {each: {} for each in directories}
    names = [f"{tip}:{each}" if each else f"{tip}^{{tree}}" for each in directories]
    read = dict(zip(directories, repository.objects(names), strict=True))
    trees = {
        directory: parse_tree(content, len(tip) // 2) if kind == "tree" else {}
        for directory, (_, kind, content) in read.items()
    }
    for directory, (_, kind, content) in read.items():
        wrong = what_is_wrong(content, len(tip) // 2) if kind == "tree" else None
        if wrong is not None:
            raise CannotAct(
                phrase(
                    N_("the trail was tampered with: git would not write {directory} as it is there: {what}"),
                    directory=directory or "/",
                    what=wrong,
                ),
                phrase(N_("nothing was recorded; 'promoter verify --full' names the commit, and what to do")),
            )
        above, _, name = directory.rpartition("/")
        there = trees[above].get(name.encode()) if directory else None
        if there is not None and not there.is_tree:
            continue
        if kind != "tree" and (not directory or there is not None):
            raise CannotAct(
                phrase(
                    N_("the trail in this repository is damaged: {directory} cannot be read"),
                    directory=directory or "/",
                ),
                phrase(
                    N_("'promoter doctor --fix' mends what it can; 'promoter sync' brings what a remote has")
                ),
            )
    return trees


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _sorted(tree: Tree) -> list[tuple[bytes, TreeEntry]]:
    return sorted(tree.items(), key=lambda line: line[0] + b"/" if line[1].is_tree else line[0])

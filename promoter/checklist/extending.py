"""A file that extends another, as a checklist does: everything the other has, then its own, and never less.

The other is named with the digest of its bytes, so that it changes only where somebody says so. What is pinned is
the whole, written out: whoever reads it later needs no other file.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import NoReturn, TypeAlias

from promoter.checklist.composing import compose
from promoter.checklist.forms import Form, attempt, record, required
from promoter.checklist.leaves import matching
from promoter.checklist.nodes import Node, Scalar, Series, Table
from promoter.checklist.reporting import Report, Unread
from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.place import Place, Problem

KEY = "extends"
_ITEMS = "items"
_DEEPEST = 4


@frozen
class Source:
    """A file that is extended: its `path` as the user would write it, its bytes, and what reads the files that it
    names itself."""

    path: str
    content: bytes
    read: "Reader"


Reader: TypeAlias = Callable[[str], Source | Phrase]
"""Finds a file by the path that another one names it by, or says why it cannot be had."""

Joining: TypeAlias = Callable[[Table, Table], Table]
"""Puts the file that is extended and the one that extends it together."""


def unread(file: str) -> Source | Phrase:
    """Reads nothing: for a file that stands alone."""
    return phrase(N_("{file} cannot be read from here"), file=file)


@frozen
class Extension:
    """What a file says it extends."""

    file: str
    digest: str


extends_form: Form[Extension] = record(
    Extension,
    required(
        "file",
        matching(
            r"(?!/)[^\x00-\x1f\x7f\\]{1,500}",
            "not-a-path",
            phrase(N_("must be a path from the directory of this file, with '/'")),
        ),
        "The file to begin with, from the directory of this one",
    ),
    required(
        "digest",
        matching(r"sha256:[0-9a-f]{64}", "not-a-digest", phrase(N_("must be sha256: and 64 hex digits"))),
        "The digest of its bytes: another content needs another digest here",
    ),
)


@frozen
class Whole:
    """A file with what it extends in it: `node` is None where it cannot be had. `bases` are the files it
    extends, nearest first, each whole itself; `content` are the bytes of the whole, written out."""

    node: Table | None
    content: bytes
    bases: tuple[tuple[str, Table], ...]
    problems: tuple[Problem, ...]


def joined_items(base: Table, own: Table) -> Table:
    """Two checklists: own keys in the place of the base's; items by their ids, those of the base first."""
    ours = {key.text: (key, value) for key, value in own.entries if key.text != KEY}
    kept = [ours.pop(key.text, (key, value)) for key, value in base.entries if key.text not in (KEY, _ITEMS)]
    items = _items(base.get(_ITEMS), own.get(_ITEMS))
    ours.pop(_ITEMS, None)
    entries = [*kept, *ours.values()]
    if items is not None:
        key = next(key for table in (own, base) for key, _ in table.entries if key.text == _ITEMS)
        entries.append((key, items))
    return Table(tuple(entries), own.place)


def whole(node: Table, path: str, read: Reader, join: Joining = joined_items, depth: int = 0) -> Whole:
    """A file that extends another, put together with it."""
    named = node.get(KEY)
    if named is None:
        return Whole(node, b"", (), ())
    report = Report(path)
    with report.under(KEY):
        got = attempt(extends_form, named, report)
    if got is None:
        return Whole(None, b"", (), report.problems)
    try:
        base = _base(got[0], named, read, join, report, depth)
    except Unread:
        return Whole(None, b"", (), report.problems)
    if base.node is None:
        return base
    made = join(base.node, node)
    content = _written_out(made, path, got[0])
    if compose(content, path)[0] is None:
        words = phrase(N_("is too much together with what it extends"))
        return Whole(None, b"", (), (Problem(named.place, "too-much-together", words),))
    return Whole(made, content, ((got[0].file, base.node), *base.bases), base.problems)


def _base(
    extension: Extension, named: Node, read: Reader, join: Joining, report: Report, depth: int
) -> Whole:
    found = read(extension.file)
    if isinstance(found, Phrase):
        report.refuse(_at(named, "file"), "no-base", found)
    digest = "sha256:" + hashlib.sha256(found.content).hexdigest()
    if digest != extension.digest:
        _changed(named, report, extension, digest, found.path)
    if depth + 1 >= _DEEPEST:
        words = phrase(N_("no more than {most} files may extend each other"), most=_DEEPEST)
        report.refuse(_at(named, "file"), "extends-too-deep", words)
    node, problems = compose(found.content, found.path)
    if not isinstance(node, Table):
        if not problems:
            report.refuse(_at(named, "file"), "no-base", phrase(N_("holds nothing that can be extended")))
        return Whole(None, b"", (), problems)
    rest = whole(node, found.path, found.read, join, depth + 1)
    return Whole(rest.node, rest.content, rest.bases, (*problems, *rest.problems))


def _changed(named: Node, report: Report, extension: Extension, digest: str, path: str) -> NoReturn:
    import shlex  # only where something is wrong

    shown = f"./{path}" if path.startswith("-") else path
    words = phrase(
        N_(
            "{file} is not what is named here: its digest is {digest}. See what changed in it, then write that; '{command}' prints it"
        ),
        file=extension.file,
        digest=digest,
        command=f"sha256sum {shlex.quote(shown)}",
    )
    report.refuse(_at(named, "digest"), "other-digest", words)


def _at(named: Node, key: str) -> Place:
    found = named.get(key) if isinstance(named, Table) else None
    return found.place if found is not None else named.place


def _items(base: Node | None, own: Node | None) -> Node | None:
    if not isinstance(base, Series) or not isinstance(own, Series):
        return own if own is not None else base
    named = {_id(each): each for each in own.children}
    there = {_id(each) for each in base.children}
    merged = [named.get(_id(each), each) if _id(each) is not None else each for each in base.children]
    new = [each for each in own.children if _id(each) is None or _id(each) not in there]
    again = [each for each in own.children if _id(each) in there and named[_id(each)] is not each]
    return Series((*merged, *new, *again), own.place)


def _id(item: Node) -> str | None:
    found = item.get("id") if isinstance(item, Table) else None
    return found.text if isinstance(found, Scalar) else None


def _written_out(node: Table, path: str, extension: Extension) -> bytes:
    head = f"# {json.dumps(path)} with {json.dumps(extension.file)}, {extension.digest}, written out.\n"
    return (head + "\n".join(_lines(node, "")) + "\n").encode("utf-8")


def _lines(node: Node, margin: str) -> Iterator[str]:
    if isinstance(node, Table) and node.entries:
        for key, value in node.entries:
            name = f"{margin}{_scalar(key)}:"
            if isinstance(value, Scalar) or not _children(value):
                yield f"{name} {_flat(value)}".rstrip(" ")
            else:
                yield name
                yield from _lines(value, margin + "  ")
    elif isinstance(node, Series) and node.children:
        for child in node.children:
            if isinstance(child, Scalar) or not _children(child):
                yield f"{margin}- {_flat(child)}".rstrip(" ")
            else:
                first, *rest = _lines(child, margin + "  ")
                yield f"{margin}- {first.removeprefix(margin + '  ')}"
                yield from rest
    else:
        yield margin + _flat(node)


def _children(node: Node) -> bool:
    return bool(
        node.entries if isinstance(node, Table) else node.children if isinstance(node, Series) else ()
    )


def _flat(node: Node) -> str:
    if isinstance(node, Scalar):
        return _scalar(node)
    return "{}" if isinstance(node, Table) else "[]"


def _scalar(scalar: Scalar) -> str:
    if scalar.plain and "\n" not in scalar.text:
        return scalar.text
    escaped = (
        each if each.isprintable() and each not in '"\\' else f"\\U{ord(each):08x}" for each in scalar.text
    )
    return f'"{"".join(escaped)}"'

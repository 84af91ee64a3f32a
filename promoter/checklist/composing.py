"""YAML text becomes nodes, within bounds.

The nodes are made here from the parser's events, not by `yaml.compose`: that recurses, in C, and
200 KB of brackets end the process. The walk holds no more than its caps allow, and stops at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promoter.checklist.files import LARGEST
from promoter.checklist.nodes import Node, Scalar, Series, Table
from promoter.messages import N_, Phrase, phrase
from promoter.place import Place, Problem

if TYPE_CHECKING:
    import yaml

DEEPEST = 64
MOST_ALIASES = 100
MOST_NODES = 50_000
"""Counted as if every alias were written out."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class _Stop(Exception):
    """Nothing after this place can be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(slots=True, eq=False, repr=False)
class _Open:
    """A collection whose end has not come yet. `size` counts it and everything in it, `height` the levels
    from it down, both with aliases written out."""

    place: Place
    anchor: str | None
    table: bool
    children: list[Node] = field(default_factory=list)
    size: int = 1
    height: int = 1


def compose(content: bytes, path: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The one document of a file, and what is wrong with it as YAML. None when it cannot be read to its end."""
    composer = _Composer(path)
    try:
        return composer.document(_decoded(content, path)), tuple(composer.problems)
    except _Stop as stop:
        return None, (*composer.problems, stop.problem)


def _decoded(content: bytes, path: str) -> str:
    if len(content) > LARGEST:
        raise _Stop(
            Problem(
                Place(path), "too-large", phrase(N_("is larger than 1 MiB, too large for what it should be"))
            )
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - before.rfind(b"\n")
        place = Place(path, before.count(b"\n") + 1, column)
        raise _Stop(Problem(place, "not-utf-8", phrase(N_("the file is not UTF-8 text")))) from None
    found = _UNPRINTABLE.search(text)
    if found is not None:
        before_it = text[: found.start()]
        place = Place(path, before_it.count("\n") + 1, found.start() - before_it.rfind("\n"))
        character = f"U+{ord(found[0]):04X}"
        wrong = phrase(
            N_("the control character {character} cannot stand in a YAML file"), character=character
        )
        raise _Stop(Problem(place, "control-character", wrong))
    return text


class _Composer:
    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self._anchored: dict[str, tuple[Node, int, int]] = {}
        self._aliases = 0
        self._nodes = 0
        self._open: list[_Open] = []
        self._documents: list[Node] = []

    def document(self, text: str) -> Node:
        import yaml

        for event in self._events(text):
            match event:
                case yaml.DocumentStartEvent() if self._documents:
                    raise self._stop(
                        event,
                        "several-documents",
                        phrase(N_("a second document starts here; a file holds one")),
                    )
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.CollectionStartEvent():
                    self._start(event, table=isinstance(event, yaml.MappingStartEvent))
                case yaml.CollectionEndEvent():
                    self._end()
        if not self._documents or _says_nothing(self._documents[0]):
            raise _Stop(Problem(Place(self.path), "empty-file", phrase(N_("the file says nothing"))))
        return self._documents[0]

    def _events(self, text: str) -> "Iterator[yaml.Event]":
        import yaml

        try:
            yield from yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(self.path, mark.line + 1, mark.column + 1) if mark else Place(self.path)
            wrong = phrase(
                N_("this is not well-formed YAML: {detail}"), detail=str(error.problem or error.context)
            )
            raise _Stop(Problem(place, "not-yaml", wrong)) from None
        except yaml.YAMLError as error:
            wrong = phrase(N_("this is not well-formed YAML: {detail}"), detail=str(error))
            raise _Stop(Problem(Place(self.path), "not-yaml", wrong)) from None

    def _place(self, event: "yaml.Event") -> Place:
        mark = event.start_mark
        return Place(self.path, mark.line + 1, mark.column + 1) if mark else Place(self.path)

    def _stop(self, event: "yaml.Event", code: str, wrong: Phrase) -> _Stop:
        return _Stop(Problem(self._place(event), code, wrong))

    def _start(self, event: "yaml.CollectionStartEvent", *, table: bool) -> None:
        self._judge_depth(1, event)
        self._judge_tag(event)
        self._open.append(_Open(self._place(event), event.anchor, table))
        self._count(1, self._open[-1].place)

    def _end(self) -> None:
        closed = self._open.pop()
        node: Node = self._table(closed) if closed.table else Series(tuple(closed.children), closed.place)
        if closed.anchor is not None:
            self._anchored[closed.anchor] = (node, closed.size, closed.height)
        self._place_in_parent(node, closed.size, closed.height)

    def _alias(self, event: "yaml.AliasEvent") -> None:
        self._aliases += 1
        if self._aliases > MOST_ALIASES:
            raise self._stop(
                event, "too-many-aliases", phrase(N_("more than {limit} aliases"), limit=MOST_ALIASES)
            )
        if event.anchor not in self._anchored:
            wrong = phrase(N_("nothing before this place is anchored as {name}"), name=event.anchor)
            raise self._stop(event, "unknown-alias", wrong)
        node, size, height = self._anchored[event.anchor]
        self._judge_depth(height, event)
        self._count(size, self._place(event))
        self._place_in_parent(node, size, height)

    def _scalar(self, event: "yaml.ScalarEvent") -> None:
        self._judge_tag(event)
        node = Scalar(event.value, event.implicit[0], self._place(event))
        self._count(1, node.place)
        if event.anchor is not None:
            self._anchored[event.anchor] = (node, 1, 0)
        self._place_in_parent(node, 1, 0)

    def _judge_depth(self, height: int, event: "yaml.Event") -> None:
        if len(self._open) + height > DEEPEST:
            raise self._stop(event, "too-deep", phrase(N_("more than {limit} levels deep"), limit=DEEPEST))

    def _place_in_parent(self, node: Node, size: int, height: int) -> None:
        if self._open:
            parent = self._open[-1]
            parent.children.append(node)
            parent.size += size
            parent.height = max(parent.height, height + 1)
        else:
            self._documents.append(node)

    def _count(self, size: int, place: Place) -> None:
        self._nodes += size
        if self._nodes > MOST_NODES:
            wrong = phrase(N_("more than {limit} values, with aliases written out"), limit=MOST_NODES)
            raise _Stop(Problem(place, "too-many-values", wrong))

    def _judge_tag(self, event: "yaml.ScalarEvent | yaml.CollectionStartEvent") -> None:
        if event.tag is not None:
            wrong = phrase(N_("tags such as {tag} are not used here"), tag=event.tag)
            self.problems.append(Problem(self._place(event), "yaml-tag", wrong))

    def _table(self, closed: _Open) -> Table:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(closed.children[::2], closed.children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._wrong(key, "key-not-a-word", phrase(N_("a key must be a word")))
            elif key.plain and key.text == "<<":
                self._wrong(
                    key, "merge-key", phrase(N_("merge keys are not used here; write the values out"))
                )
            elif key.text in entries:
                first = entries[key.text][0].place
                words = phrase(N_("{key} is already at line {line}"), key=key.text, line=first.line)
                self._wrong(key, "duplicate-key", words)
            else:
                entries[key.text] = (key, value)
        return Table(tuple(entries.values()), closed.place)

    def _wrong(self, node: Node, code: str, wrong: Phrase) -> None:
        self.problems.append(Problem(node.place, code, wrong))


def _says_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text

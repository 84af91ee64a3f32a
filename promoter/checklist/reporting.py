"""Everything wrong with one file, gathered while it is read, and what can only be judged at its end."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

from promoter.messages import N_, NP_, Phrase, phrase
from promoter.model.environment import Environment, Pipeline
from promoter.place import Place, Problem

_MOST = 200
_LONGEST_WORD = 64
_MOST_CANDIDATES = 700


class Unread(Exception):
    """A node could not be read; the report says why."""


@dataclass(slots=True, eq=False, repr=False)
class Known:
    """What names may refer to, once the whole file is read. `declared` maps a sort of name (`item`,
    `environment` …) to the names the file declares and where. `pipeline` and the checklist's `target`
    are None when they are not known: what depends on them is then not judged."""

    declared: dict[str, dict[str, Place]] = field(default_factory=dict)
    pipeline: Pipeline | None = None
    target: Environment | None = None

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of the environments."""
        if self.pipeline is not None:
            return tuple(each.name for each in self.pipeline.environments)
        return tuple(self.declared.get("environment", {}))


Question: TypeAlias = Callable[[Known], None]


class Report:
    """The problems of one file. `scope` is the user's own keys above what is being read, outermost first,
    `field` the key it stands under; `pinned` when the file is a copy from the trail, judged when it was
    pinned."""

    def __init__(self, path: str, *, pinned: bool = False) -> None:
        self.path = path
        self.pinned = pinned
        self.scope: tuple[str, ...] = ()
        self.field = ""
        self.known = Known()
        self._problems: list[Problem] = []
        self._questions: list[Question] = []
        self._left_out = 0

    def wrong(
        self, place: Place, code: str, words: Phrase, near: tuple[str, Iterable[str]] | None = None
    ) -> None:
        """Notes a problem; `near` is a name and those it might have been meant to be."""
        if len(self._problems) >= _MOST:
            self._left_out += 1
            return
        self._problems.append(Problem(place, code, words, closest(*near) if near else None))

    def warn(self, place: Place, code: str, words: Phrase) -> None:
        """Notes what is not wrong and should be looked at."""
        self._problems.append(Problem(place, code, words, warning=True))

    def refuse(
        self, place: Place, code: str, words: Phrase, near: tuple[str, Iterable[str]] | None = None
    ) -> NoReturn:
        """Notes a problem of the field being read and gives the node up, by raising Unread."""
        self.wrong(place, code, about(self.field, words) if self.field else words, near)
        raise Unread

    def declare(self, sort: str, name: str, place: Place) -> None:
        """Notes a name that must be the only one of its sort in the file."""
        names = self.known.declared.setdefault(sort, {})
        if name in names:
            words = phrase(N_("{name} is taken already, at line {line}"), name=name, line=names[name].line)
            self.wrong(place, "taken-name", words)
        else:
            names[name] = place

    def later(self, question: Question) -> None:
        """Puts a question off until the whole file is read."""
        self._questions.append(question)

    def settle(self) -> None:
        """Asks what was put off."""
        for question in self._questions:
            question(self.known)
        self._questions.clear()

    @contextmanager
    def under(self, key: str, *, users_own: bool = False) -> Iterator[None]:
        """Reads what stands under a key, one of the format or one of the user's own."""
        outer = self.scope, self.field
        self.scope, self.field = ((*self.scope, key) if users_own else self.scope), key
        try:
            yield
        finally:
            self.scope, self.field = outer

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found, in file order; after 200, only how many more there are."""
        found = sorted(dict.fromkeys(self._problems), key=lambda each: (each.place.line, each.place.column))
        if self._left_out:
            words = phrase(NP_("and {count} more problem", "and {count} more problems"), count=self._left_out)
            found.append(Problem(Place(self.path), "more-problems", words))
        return tuple(found)


def about(field: str, words: Phrase) -> Phrase:
    """What is wrong with a field, with its name."""
    return phrase(N_("{field}: {wrong}"), field=field, wrong=words)


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate a name was most likely meant to be, if one is close enough."""
    if len(name) > _LONGEST_WORD:
        return None
    short = (each for each in candidates if len(each) <= _LONGEST_WORD)
    from difflib import get_close_matches  # only where something is wrong

    found = get_close_matches(name, itertools.islice(short, _MOST_CANDIDATES), n=1)
    return found[0] if found else None

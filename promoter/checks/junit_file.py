"""Reading JUnit XML, of whatever dialect, that nobody vouches for. Pure.

There is no one format: what the files of Ant, Surefire, Gradle, pytest, Jest, go-junit-report, PHPUnit and
GoogleTest have in common is read. Test cases are counted one by one; what the attributes of a suite claim
is only held against that. A document type, an entity, and whatever else makes XML dangerous is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from promoter.messages import N_, Message, Template, message

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

FACTS: Mapping[str, Template] = {
    "not-well-formed": N_("it is not well-formed XML: {detail}"),
    "document-type": N_("it has a document type or entities, which results never need"),
    "too-deep": N_("its elements are nested more than {limit} deep"),
    "too-many-cases": N_("it has more than {limit} test cases"),
    "not-results": N_("its root is {root}, not testsuites or testsuite"),
}

LARGEST_FILE = 32 * 1024 * 1024
MOST_CASES = 100_000
_DEEPEST = 64
_LONGEST_NAME = 300
_MOST_KEPT = 1000
_ROOTS = frozenset({"testsuites", "testsuite"})


class State(Enum):
    """What became of a test case."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"


_GRAVITY = (State.PASSED, State.SKIPPED, State.FAILED, State.ERRORED)
_CHILDREN = {"failure": State.FAILED, "error": State.ERRORED, "skipped": State.SKIPPED}
_FLAKY = frozenset({"flakyFailure", "flakyError"})
_WORDS = {
    **dict.fromkeys(("fail", "failed", "failure", "broken"), State.FAILED),
    **dict.fromkeys(("error", "errored"), State.ERRORED),
    **dict.fromkeys(("skip", "skipped", "notrun", "disabled", "ignored", "pending"), State.SKIPPED),
    **dict.fromkeys(("suppressed", "todo"), State.SKIPPED),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One test. `places` are the names it can be found under: of its suites, outermost first, of its class,
    its file and itself. `flaky` when it passed only when tried again."""

    name: str
    places: tuple[str, ...]
    state: State
    flaky: bool = False


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A suite's attribute that claims another number than was counted."""

    suite: str
    attribute: str
    claimed: int
    counted: int


@dataclass(frozen=True, slots=True)
class JunitFile:
    """What a file says. `stamps` are its `timestamp` attributes as written."""

    cases: tuple[Case, ...]
    stamps: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]


class NotJunit(Exception):
    """The bytes are no JUnit XML; `why` says why, with a code of `FACTS`."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.code)
        self.why = why


def read_junit(raw: bytes) -> JunitFile:
    """The test cases of a file, of at most `LARGEST_FILE` bytes.

    Raises NotJunit.
    """
    from xml.parsers import expat

    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.EntityDeclHandler = _refuse_document_type
    _parse(parser, raw)
    return reader.finished()


def _parse(parser: "XMLParserType", raw: bytes) -> None:
    from xml.parsers import expat

    try:
        parser.Parse(raw, True)
    except expat.ExpatError as wrong:
        raise NotJunit(message("not-well-formed", detail=str(wrong))) from None
    except (LookupError, ValueError) as wrong:  # an encoding that Python does not know, or cannot use here
        raise NotJunit(message("not-well-formed", detail=str(wrong)[:200])) from None


def _refuse_document_type(*_: object) -> None:
    raise NotJunit(message("document-type"))


@dataclass(slots=True)
class _Suite:
    """A suite while it is read: its own cases by state, and those of the suites within it as well."""

    name: str
    claims: dict[str, int]
    own: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    all: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))

    def contradictions(self) -> list[Contradiction]:
        """Some count the suites within them and some do not, and some leave out what was skipped."""
        found = []
        for attribute, claimed in self.claims.items():
            counted = [_counted(each, attribute) for each in (self.all, self.own)]
            accepted = set(counted)
            if attribute == "tests":
                accepted |= {sum(each.values()) - each[State.SKIPPED] for each in (self.all, self.own)}
            if claimed not in accepted:
                found.append(Contradiction(self.name, attribute, claimed, counted[0]))
        return found


def _counted(states: Mapping[State, int], attribute: str) -> int:
    if attribute == "tests":
        return sum(states.values())
    return states[State.FAILED] + states[State.ERRORED]


@dataclass(slots=True)
class _Reader:
    """Expat's events, one by one; no tree is built."""

    depth: int = 0
    inside: list[str] = field(default_factory=list)
    suites: list[_Suite] = field(default_factory=list)
    case: dict[str, str] | None = None
    state: State = State.PASSED
    flaky: bool = False
    cases: list[Case] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = tag.rpartition(":")[2]
        if not self.inside and tag not in _ROOTS:
            raise NotJunit(message("not-results", root=tag[:_LONGEST_NAME]))
        if len(self.inside) >= _DEEPEST:
            raise NotJunit(message("too-deep", limit=_DEEPEST))
        within = self.inside[-1] if self.inside else ""
        self.inside.append(tag)
        if tag in _ROOTS and self.case is None:
            self._begin_suite(attributes)
        elif tag == "testcase" and self.case is None:
            self.case, self.state, self.flaky = attributes, _claimed_state(attributes), False
        elif tag in _CHILDREN and within == "testcase":
            self._worsen(_CHILDREN[tag])
        elif tag in _FLAKY and within == "testcase":
            self.flaky = True
        elif tag in ("failure", "error") and within in _ROOTS and self.case is None:
            self._add({"name": attributes.get("message", tag)}, _CHILDREN[tag], flaky=False)

    def end(self, tag: str) -> None:
        """An element ends."""
        tag = tag.rpartition(":")[2]
        self.inside.pop()
        if tag == "testcase" and self.case is not None and "testcase" not in self.inside:
            self._add(self.case, self.state, flaky=self.flaky and self.state is State.PASSED)
            self.case = None
        elif tag in _ROOTS and self.case is None:
            self._end_suite(self.suites.pop())

    def finished(self) -> JunitFile:
        """What was read."""
        return JunitFile(tuple(self.cases), tuple(self.stamps), tuple(self.contradictions))

    def _begin_suite(self, attributes: dict[str, str]) -> None:
        claims = {
            each: _number(attributes[each]) for each in ("tests", "failures", "errors") if each in attributes
        }
        whole = {name: number for name, number in claims.items() if number is not None}
        bad = [whole[each] for each in ("failures", "errors") if each in whole]
        suite_claims = {"tests": whole["tests"]} if "tests" in whole else {}
        suite_claims |= {"failures": sum(bad)} if bad else {}
        self.suites.append(_Suite(_name(attributes, "name"), suite_claims))
        stamp = attributes.get("timestamp", "").strip()
        if stamp and len(self.stamps) < _MOST_KEPT:
            self.stamps.append(stamp[:_LONGEST_NAME])

    def _end_suite(self, suite: _Suite) -> None:
        if len(self.contradictions) < _MOST_KEPT:
            self.contradictions += suite.contradictions()
        if self.suites:
            for state, number in suite.all.items():
                self.suites[-1].all[state] += number

    def _worsen(self, state: State) -> None:
        self.state = max(self.state, state, key=_GRAVITY.index)

    def _add(self, attributes: dict[str, str], state: State, *, flaky: bool) -> None:
        if len(self.cases) >= MOST_CASES:
            raise NotJunit(message("too-many-cases", limit=MOST_CASES))
        about = (_name(attributes, each) for each in ("classname", "file", "name"))
        places = (*(each.name for each in self.suites), *about)
        self.cases.append(Case(_title(attributes), tuple(filter(None, places)), state, flaky))
        for counts in (self.suites[-1].own, self.suites[-1].all):
            counts[state] += 1


def _title(attributes: Mapping[str, str]) -> str:
    name, group = _name(attributes, "name"), _name(attributes, "classname")
    return f"{group}::{name}" if group else name


def _name(attributes: Mapping[str, str], key: str) -> str:
    return attributes.get(key, "").strip()[:_LONGEST_NAME]


def _claimed_state(attributes: Mapping[str, str]) -> State:
    words = (
        _WORDS.get(attributes.get(each, "").strip().lower(), State.PASSED) for each in ("status", "result")
    )
    return max(words, key=_GRAVITY.index)


def _number(written: str) -> int | None:
    written = written.strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 9 else None

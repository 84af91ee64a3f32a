"""Reading JUnit XML, of whatever dialect, that nobody vouches for. Pure.

There is no one format: what the files of Ant, Surefire, Gradle, pytest, Jest, go-junit-report, PHPUnit and
GoogleTest have in common is read. Test cases are counted one by one; what the attributes of a suite claim
is only held against that. A document type, an entity, and whatever else makes XML dangerous is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promoter.checks.junit_stamps import Stamps
from promoter.checks.junit_states import (
    FLAKY,
    PRINTED,
    State,
    gravest,
    of_attributes,
    of_element,
    of_property,
)
from promoter.checks.junit_suites import Oddities, Suite
from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

FACTS: Mapping[str, Template] = {
    "nothing-in-it": N_("it is empty"),
    "cut-short": N_("it ends in the middle, at line {line}"),
    "ends-amiss": N_("at line {line}, another element ends than the one that was begun"),
    "more-than-one": N_("something follows the end of the results, at line {line}: two files in one?"),
    "encoding-unusable": N_("its encoding is not known here, or not the one it names (“{detail}”)"),
    "not-well-formed": N_("it is not well-formed XML at line {line}, column {column} (“{detail}”)"),
    "document-type": N_("it has a document type or entities, which results never need"),
    "too-deep": N_("its elements are nested more than {limit} deep"),
    "too-many-cases": N_("it has more than {limit} test cases"),
    "too-many-suites": N_("it has more than {limit} suites"),
    "too-many-elements": N_("it has more than {limit} elements"),
    "not-results": N_("its root is {root}, not testsuites or testsuite"),
}

LARGEST_FILE = 32 * 1024 * 1024
MOST_CASES = 100_000
_MOST_SUITES = 100_000
_MOST_ELEMENTS = 2_000_000
_DEEPEST = 64
_LONGEST_NAME = 300
_ROOTS = frozenset({"testsuites", "testsuite"})
_WHY = {
    3: "cut-short",
    5: "cut-short",
    6: "cut-short",
    20: "cut-short",
    7: "ends-amiss",
    9: "more-than-one",
} | {
    18: "encoding-unusable",
    19: "encoding-unusable",
}
"""What expat's errors mean to whom the results are (expat.h, enum XML_Error)."""


@frozen
class Case:
    """One test. `places` are the names it can be found under: of its suites, outermost first, of its class,
    its file and itself. `flaky` when it passed only when tried again. `said` is what is not understood of
    one whose state is unknown."""

    name: str
    places: tuple[str, ...]
    state: State
    flaky: bool = False
    said: str = ""


@frozen
class JunitFile:
    """What a file says. `hidden_skips` is how many of the cases shown as passed were skipped by its own count."""

    cases: tuple[Case, ...]
    stamps: Stamps
    oddities: Oddities
    hidden_skips: int


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

    if not raw.strip():
        raise NotJunit(message("nothing-in-it"))
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
        detail = expat.ErrorString(wrong.code) or ""
        code = _WHY.get(wrong.code, "not-well-formed")
        why = message(code, line=wrong.lineno, column=wrong.offset + 1, detail=detail)
        raise NotJunit(why) from None
    except (LookupError, ValueError) as wrong:  # an encoding that Python does not know, or cannot use here
        raise NotJunit(message("encoding-unusable", detail=str(wrong)[:200])) from None


def _refuse_document_type(*_: object) -> None:
    raise NotJunit(message("document-type"))


@dataclass(slots=True)
class _Open:
    """A test case while it is read."""

    attributes: Mapping[str, str]
    state: State
    said: str
    flaky: bool = False

    def worsen(self, state: State, said: str) -> None:
        """Something else is said of the case."""
        if gravest(self.state, state) is not self.state:
            self.state, self.said = state, said


@dataclass(slots=True)
class _Reader:
    """Expat's events, one by one; no tree is built. Names are read in small letters and without prefixes."""

    inside: list[str] = field(default_factory=list)
    suites: list[Suite] = field(default_factory=list)
    case: _Open | None = None
    cases: list[Case] = field(default_factory=list)
    stamps: Stamps = field(default_factory=Stamps)
    oddities: Oddities = field(default_factory=Oddities)
    skips: int = 0
    elements: int = 0
    begun: int = 0

    def start(self, tag: str, written: dict[str, str]) -> None:
        """An element begins."""
        tag = _plain(tag)
        if not self.inside and tag not in _ROOTS:
            raise NotJunit(message("not-results", root=tag[:_LONGEST_NAME]))
        if len(self.inside) >= _DEEPEST:
            raise NotJunit(message("too-deep", limit=_DEEPEST))
        self.elements += 1
        if self.elements > _MOST_ELEMENTS:
            raise NotJunit(message("too-many-elements", limit=_MOST_ELEMENTS))
        within = self.inside[-1] if self.inside else ""
        self.inside.append(tag)
        attributes = {_plain(name): value for name, value in written.items() if name[:5] != "xmlns"}
        if self.case is not None:
            self._in_case(self.case, tag, within, attributes)
        elif tag in _ROOTS:
            self._begin_suite(attributes)
        elif tag == "testcase":
            self.stamps.add(attributes.get("timestamp", ""))
            self.case = _Open(attributes, *of_attributes(attributes))
        elif within in _ROOTS and (state := of_element(tag)) not in (State.PASSED, State.SKIPPED):
            self._add(_Open({"name": attributes.get("message", tag)}, state, _element(tag)))

    def end(self, tag: str) -> None:
        """An element ends."""
        tag = _plain(tag)
        self.inside.pop()
        if self.case is None:
            if tag in _ROOTS:
                self._end_suite(self.suites.pop())
        elif tag == "testcase" and "testcase" not in self.inside:
            self._add(self.case)
            self.case = None

    def finished(self) -> JunitFile:
        """What was read."""
        return JunitFile(tuple(self.cases), self.stamps, self.oddities, self.skips)

    def _in_case(self, case: _Open, tag: str, within: str, attributes: Mapping[str, str]) -> None:
        """What stands right in a test case says what became of it; a failure does wherever it stands, but
        not in what was printed."""
        if tag in ("testcase", *_ROOTS):
            case.worsen(*of_attributes(attributes))
        elif tag in FLAKY and within == "testcase":
            case.flaky = True
        elif tag == "property" and within == "properties":
            case.worsen(*of_property(attributes))
        elif within == "testcase" or (tag in ("failure", "error") and not PRINTED & set(self.inside)):
            case.worsen(of_element(tag), _element(tag))

    def _begin_suite(self, attributes: Mapping[str, str]) -> None:
        self.begun += 1
        if self.begun > _MOST_SUITES:
            raise NotJunit(message("too-many-suites", limit=_MOST_SUITES))
        claims = self.oddities.read_counts(_name(attributes, "name"), attributes)
        self.suites.append(Suite(_name(attributes, "name"), *of_attributes(attributes), claims))
        self.stamps.add(attributes.get("timestamp", ""))

    def _end_suite(self, suite: Suite) -> None:
        for each in suite.contradictions():
            self.oddities.contradicts(each)
        self.skips = max(self.skips, suite.hidden_skips())
        if self.suites:
            for state, number in suite.all.items():
                self.suites[-1].all[state] += number
        if suite.says_more_than_is_shown():
            self._keep(Case(suite.name, (), suite.state, said=suite.said))

    def _add(self, case: _Open) -> None:
        about = (_name(case.attributes, each) for each in ("classname", "file", "name"))
        places = (*(each.name for each in self.suites), *about)
        flaky = case.flaky and case.state is State.PASSED
        title = _title(case.attributes)
        self._keep(Case(title, tuple(filter(None, places)), case.state, flaky, case.said))
        for counts in (self.suites[-1].own, self.suites[-1].all):
            counts[case.state] += 1

    def _keep(self, case: Case) -> None:
        if len(self.cases) >= MOST_CASES:
            raise NotJunit(message("too-many-cases", limit=MOST_CASES))
        self.cases.append(case)


def _plain(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _element(tag: str) -> str:
    return f"<{tag[:100]}>"


def _title(attributes: Mapping[str, str]) -> str:
    name, group = _name(attributes, "name"), _name(attributes, "classname")
    return f"{group}::{name}" if group else name


def _name(attributes: Mapping[str, str], key: str) -> str:
    return attributes.get(key, "").strip()[:_LONGEST_NAME]

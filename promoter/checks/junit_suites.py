"""What the suites of a file of results claim, held against the cases that they show. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from promoter.checks.junit_states import BAD, State
from promoter.frozen import frozen

_MOST_KEPT = 20
_LONGEST = 100
_COUNTED = ("tests", "failures", "errors", "skipped")
_COUNTED_BY_SOME = {
    "failure": "failures",
    "failed": "failures",
    "error": "failures",
    "disabled": "skipped",
    "aborted": "aborted",
}
"""What some tools count besides, and what it is called here; without a number it means something else."""


@frozen
class Contradiction:
    """A suite's attribute that claims another number than was counted."""

    suite: str
    attribute: str
    claimed: int
    counted: int

    @property
    def hides_failures(self) -> bool:
        """Whether the suite says that more tests failed than it shows."""
        return self.attribute == "failures" and self.claimed > self.counted

    @property
    def hides_tests(self) -> bool:
        """Whether the suite says that more tests ran than it shows: nobody knows what became of the others."""
        return self.attribute == "tests" and self.claimed > self.counted


@frozen
class NoNumber:
    """A suite's attribute that has to be a number and is none, as written."""

    suite: str
    attribute: str
    written: str


@dataclass(slots=True)
class Oddities:
    """Where the suites contradict themselves or what is shown. Of each sort the first are kept, and all are
    counted."""

    hiding: list[Contradiction] = field(default_factory=list)
    missing: list[Contradiction] = field(default_factory=list)
    differing: list[Contradiction] = field(default_factory=list)
    no_numbers: list[NoNumber] = field(default_factory=list)
    hiding_count: int = 0
    missing_count: int = 0
    differing_count: int = 0
    no_numbers_count: int = 0

    def contradicts(self, found: Contradiction) -> None:
        """Takes in one more contradiction."""
        if found.hides_failures:
            self.hiding_count += 1
            kept = self.hiding
        elif found.hides_tests:
            self.missing_count += 1
            kept = self.missing
        else:
            self.differing_count += 1
            kept = self.differing
        if len(kept) < _MOST_KEPT:
            kept.append(found)

    def read_counts(self, suite: str, attributes: Mapping[str, str]) -> dict[str, int]:
        """What a suite claims: how many tests, failures (with errors), skipped and aborted ones. A count that cannot be
        read is no zero: it is kept as one that is no number."""
        whole: dict[str, int] = {}
        for attribute in _COUNTED:
            if attribute not in attributes:
                continue
            number = _number(attributes[attribute])
            if number is not None:
                whole[attribute] = number
                continue
            self.no_numbers_count += 1
            if len(self.no_numbers) < _MOST_KEPT:
                self.no_numbers.append(NoNumber(suite, attribute, attributes[attribute].strip()[:_LONGEST]))
        bad = [whole.pop(each) for each in ("failures", "errors") if each in whole]
        claims = whole | ({"failures": sum(bad)} if bad else {})
        for attribute, meant in _COUNTED_BY_SOME.items():
            number = _number(attributes.get(attribute, ""))
            if number:
                claims[meant] = max(number, claims.get(meant, 0))
        return claims


@dataclass(slots=True)
class Suite:
    """A suite while it is read: its own cases by state, and those of the suites within it as well."""

    name: str
    state: State
    said: str
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
            may_be_less = attribute in ("skipped", "aborted")
            if claimed not in accepted and (not may_be_less or claimed > max(counted)):
                found.append(Contradiction(self.name, attribute, claimed, counted[0]))
        return found

    def hidden_skips(self) -> int:
        """How many cases are shown as passed that were skipped, as those that are not shown cannot be all."""
        shown = sum(self.all.values())
        not_shown = max(0, self.claims.get("tests", 0) - shown)
        return max(0, self.claims.get("skipped", 0) - self.all[State.SKIPPED] - not_shown)

    def says_more_than_is_shown(self) -> bool:
        """Whether its own state is unknown, or bad without a case that is."""
        return self.state is State.UNKNOWN or (self.state in BAD and not _counted(self.all, "failures"))


def _counted(states: Mapping[State, int], attribute: str) -> int:
    if attribute == "tests":
        return sum(states.values())
    if attribute == "skipped":
        return states[State.SKIPPED]
    if attribute == "aborted":
        return states[State.UNKNOWN] + sum(states[each] for each in BAD)
    return sum(states[each] for each in BAD)


def _number(written: str) -> int | None:
    written = written.strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 9 else None

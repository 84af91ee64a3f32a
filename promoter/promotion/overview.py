"""The trail as a whole: its roster, what runs where, and its promotions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from promoter.model.entry import (
    Abandoned,
    Adopted,
    Amended,
    BrokeGlass,
    Deployed,
    Frozen,
    Genesis,
    Held,
    KeyCompromised,
    Lifted,
    Opened,
    Promoted,
    Recorded,
    RolledBack,
    RosterChanged,
    Subject,
    Thawed,
    Trust,
    Unreadable,
)
from promoter.model.release import Release
from promoter.model.roster import ROSTER_ADMIN, Roster
from promoter.promotion.amending import Terms, terms_after
from promoter.promotion.belonging import as_known, counts, heard, is_newer, misplaced, opens
from promoter.promotion.state import AsOf, RunsIn, TrailState, declared_before


@dataclass(slots=True)
class _Overview:
    """What has been gathered so far."""

    genesis: Recorded | None = None
    demo: bool = False
    roster: Roster = field(default_factory=Roster)
    roster_entry: str | None = None
    addresses: dict[str, frozenset[str]] = field(default_factory=dict)
    reached: dict[str, list[RunsIn]] = field(default_factory=dict)
    runs: dict[str, list[RunsIn]] = field(default_factory=dict)
    opened: dict[str, Recorded] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)
    promoted: dict[str, AsOf] = field(default_factory=dict)
    newer: list[Unreadable | Recorded] = field(default_factory=list)
    stops: list[Recorded] = field(default_factory=list)
    glasses: set[str] = field(default_factory=set)
    amended: dict[str, list[Recorded]] = field(default_factory=dict)
    admins: dict[str, frozenset[str]] = field(default_factory=dict)
    terms: dict[str, Terms | None] = field(default_factory=dict)
    stood_on: dict[str, RunsIn | None] = field(default_factory=dict)

    def rule(self, roster: Roster) -> None:
        """Puts a roster in force, and remembers the addresses it gives."""
        self.roster = roster
        known = self.addresses
        self.addresses = known | {
            each.id: known.get(each.id, frozenset()).union(each.emails) for each in roster.people
        }

    def arrive(self, environment: str, release: Release, recorded: Recorded) -> None:
        """Notes that a release got to an environment."""
        adopted = isinstance(recorded.entry.content, Adopted)
        arrival = RunsIn(environment, release, recorded.entry.at, recorded, adopted)
        self.reached.setdefault(environment, []).append(arrival)
        self.runs.setdefault(environment, []).append(arrival)

    def happen(self, recorded: Recorded) -> None:
        """Notes what runs somewhere since something was deployed or rolled back; what was never promoted, or
        never got there, does not."""
        subject, content = recorded.entry.subject, recorded.entry.content
        opened = self.opened.get(subject.promotion) if subject else None
        if (
            subject is None
            or opened is None
            or subject.promotion not in self.promoted
            or not self.bound(subject)
            or misplaced(opened, recorded)
        ):
            return
        into = subject.to_environment
        release = content.release if isinstance(content, RolledBack) else subject.release
        there = [each.adopted for each in self.arrivals(into) if each.release.is_same_as(release)]
        if there and isinstance(content, Deployed | RolledBack):
            url = content.url if isinstance(content, Deployed) else None
            returned = isinstance(content, RolledBack) and self._was_before(into, release)
            runs = RunsIn(into, release, content.at, recorded, all(there), url, returned=returned)
            if isinstance(content, RolledBack):
                self._leave(into, release, recorded)
            self.runs.setdefault(into, []).append(runs)

    def _was_before(self, environment: str, release: Release) -> bool:
        """Whether a release got somewhere before what runs there now did."""
        leaving = self.running(environment)
        if leaving is None:
            return False
        order = (each.release for each in self.reached[environment])
        either = (each for each in order if each.is_same_as(release) or each.is_same_as(leaving.release))
        return not next(either).is_same_as(leaving.release)

    def _leave(self, environment: str, to: Release, recorded: Recorded) -> None:
        """Notes that what runs somewhere was rolled back to another release."""
        leaving = self.running(environment)
        if leaving is not None and not leaving.release.is_same_as(to):
            self.reached[environment] = [
                replace(each, left=recorded) if each.release.is_same_as(leaving.release) else each
                for each in self.reached[environment]
            ]

    def open(self, subject: Subject, recorded: Recorded) -> None:
        """Notes what opens a promotion, once, and what was declared first by then to run where it goes."""
        if subject.promotion not in self.opened:
            self.opened[subject.promotion] = recorded
            runs = self._counted(self.runs.get(subject.to_environment, ()))
            declared = (each for each in runs if isinstance(each.recorded.entry.content, Adopted))
            self.stood_on[subject.promotion] = next(declared, None)

    def close(self, recorded: Recorded) -> None:
        """Closes the promotion that a `promoted` or `abandoned` belongs to, once."""
        subject = recorded.entry.subject
        opened = self.opened.get(subject.promotion) if subject else None
        if (
            subject is None
            or opened is None
            or subject.promotion in self.closed
            or misplaced(opened, recorded, self.release_of(subject.promotion))
        ):
            return
        self.terms[subject.promotion] = self.terms_of(subject.promotion)
        self.closed.add(subject.promotion)
        if isinstance(recorded.entry.content, Promoted):
            there = self.arrivals(subject.from_environment)
            self.promoted[subject.promotion] = AsOf(
                self.roster,
                there,
                frozenset(self.declared),
                tuple(self.stops),
                declared_before(self.ground(subject.to_environment), self.stood_on[subject.promotion]),
                self.addresses,
            )
            self.arrive(subject.to_environment, subject.release, recorded)

    def disown(self, recorded: Recorded) -> None:
        """Notes what a key that was declared compromised said had got somewhere, for those who do not know
        that yet."""
        subject, content = recorded.entry.subject, recorded.entry.content
        opened = self.opened.get(subject.promotion) if subject else None
        if isinstance(content, Adopted):
            self.arrive(content.environment, content.release, recorded)
        elif (
            isinstance(content, Promoted)
            and subject
            and opened
            and not misplaced(opened, recorded, self.release_of(subject.promotion))
        ):
            self.arrive(subject.to_environment, subject.release, recorded)

    def amend(self, recorded: Recorded) -> None:
        """Notes what amends an open promotion, and who could agree to it."""
        subject = recorded.entry.subject
        opened = self.opened.get(subject.promotion) if subject else None
        if subject is None or opened is None or subject.promotion in self.closed:
            return
        if not misplaced(opened, recorded):
            self.amended.setdefault(subject.promotion, []).append(recorded)
            people = (each for each in self.roster.people if ROSTER_ADMIN in each.roles)
            self.admins[recorded.commit] = frozenset(each.id for each in people)

    def terms_of(self, promotion: str) -> Terms | None:
        """What a promotion is of and judged by, as far as it is known by now; of one that is over, as it was then."""
        if promotion in self.terms:
            return self.terms[promotion]
        known = (as_known(each, self.declared) for each in self.amended.get(promotion, ()))
        return terms_after(self.opened[promotion].entry, filter(counts, known), self.admins)

    def release_of(self, promotion: str) -> Release | None:
        """The release a promotion is of by now."""
        terms = self.terms_of(promotion)
        return terms.release if terms else None

    def bound(self, subject: Subject) -> bool:
        """Whether a subject is what its promotion is of and judged by."""
        terms = self.terms_of(subject.promotion)
        return terms is not None and terms.binds(subject)

    def let_pass(self, recorded: Recorded) -> None:
        """Takes away what an entry lifts. A thaw stays beside what it thaws, for it ends."""
        if isinstance(recorded.entry.content, Thawed):
            self.stops.append(recorded)
            return
        named = recorded.entry.refers_to
        self.stops = [
            each
            for each in self.stops
            if not isinstance(each.entry.content, Held) or each.entry.id not in named
        ]

    def arrivals(self, environment: str) -> tuple[RunsIn, ...]:
        """What got to an environment, as far as it is known by now that it counts."""
        return tuple(self._counted(self.reached.get(environment, ())))

    def ground(self, environment: str) -> RunsIn | None:
        """What new commits are counted from: what was promoted there last, or what that was rolled back to since and had
        been there before it; or else what was declared there first."""
        runs = self.runs.get(environment, [])
        grounds = self._counted(each for each in reversed(runs) if not each.adopted or each.returned)
        return next(grounds, None) or next(self._counted(runs), None)

    def running(self, environment: str) -> RunsIn | None:
        """What runs in an environment, by what was said last."""
        return next(self._counted(reversed(self.runs.get(environment, []))), None)

    def _counted(self, arrivals: Iterable[RunsIn]) -> Iterator[RunsIn]:
        known = (replace(each, recorded=as_known(each.recorded, self.declared)) for each in arrivals)
        return (each for each in known if counts(each.recorded))


def fold_trail(records: Iterable[Recorded], unreadable: Iterable[Unreadable] = ()) -> TrailState:
    """The state of the trail from the trail's own records and every `opened`, `promoted` and
    `abandoned`, in fold order.

    The first genesis that counts starts it; a second one, and entries of another trail, have no say.
    A later roster rules only when it is counted: a claim cannot replace a roster.
    """
    seen = _Overview(newer=[each for each in unreadable if each.blocks and each.promotion is None])
    for recorded in records:
        if heard(recorded):
            _gather(seen, recorded)
    reached = {environment: seen.arrivals(environment) for environment in seen.reached}
    return TrailState(
        trail=seen.genesis.entry.trail if seen.genesis else None,
        pipeline=seen.genesis.entry.pipeline if seen.genesis else None,
        demo=seen.demo,
        roster=seen.roster,
        roster_entry=seen.roster_entry,
        runs_in={name: there for name in seen.runs if (there := seen.running(name)) is not None},
        reached=reached,
        promotions=tuple(seen.opened),
        open_promotions=tuple(each for each in seen.opened if each not in seen.closed),
        newer=tuple(seen.newer),
        promoted=seen.promoted,
        declared=frozenset(seen.declared),
        stops=tuple(seen.stops),
        glasses=frozenset(seen.glasses),
        addresses=seen.addresses,
        admins=seen.admins,
        stood_on={each: ground for each, ground in seen.stood_on.items() if each not in seen.closed},
        grounds={
            environment: ground
            for environment in seen.reached
            if (ground := seen.ground(environment)) is not None
        },
    )


def _gather(seen: _Overview, recorded: Recorded) -> None:
    entry = recorded.entry
    if seen.genesis is None:
        if isinstance(entry.content, Genesis):
            seen.genesis, seen.demo = recorded, entry.content.demo
            seen.rule(entry.content.roster)
            seen.roster_entry = entry.id
        return
    if entry.trail != seen.genesis.entry.trail:
        return
    if recorded.roster is not None:
        seen.rule(recorded.roster)
    match entry.content:
        case RosterChanged() if recorded.roster is not None:
            seen.roster_entry = entry.id
        case RosterChanged(roster=roster) if recorded.trust is Trust.COUNTED:
            seen.rule(roster)
            seen.roster_entry = entry.id
        case KeyCompromised() if recorded.trust is Trust.COUNTED:
            seen.declared.add(entry.id)
        case Held() | Frozen():
            seen.stops.append(recorded)
        case Lifted() | Thawed() if counts(recorded):
            seen.let_pass(recorded)
        case Adopted() | Promoted() | Abandoned() if not counts(recorded):
            seen.disown(recorded)
        case Adopted(environment=environment, release=release):
            seen.arrive(environment, release, recorded)
        case Opened() if opens(recorded) and entry.subject is not None:
            seen.open(entry.subject, recorded)
        case Amended():
            seen.amend(recorded)
        case BrokeGlass() if entry.subject is not None:
            seen.glasses.add(entry.subject.promotion)
        case Promoted() | Abandoned():
            seen.close(recorded)
        case Deployed() | RolledBack():
            seen.happen(recorded)
        case _ if entry.type.of_trail and is_newer(recorded):
            seen.newer.append(recorded)
        case _:
            pass

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from promoter.gate import Answer, Decision, SignOffStanding, decide
from promoter.model.checklist import Checklist, Item, SignOffRule
from promoter.model.entry import Checked, EvidenceItem, Recorded, Rejected, Revoked, SignedOff, Trust
from promoter.model.environment import Demand, Environment, Rule
from promoter.model.outcome import CheckOutcome, Verdict
from promoter.model.release import Release
from promoter.model.roster import Actor, PersonClass, Roster
from promoter.promotion import fold
from tests.support.entries import (
    ALICE,
    BOB,
    CAROL,
    CI,
    NOW,
    UNBOUND,
    V1,
    V2,
    Story,
    at,
    checklist,
    digest,
    environment,
    item,
    outcome,
    person,
    roster,
    seats,
)

ITEMS, CHECKS, ROLES, PEOPLE = ("a", "b", "c"), ("x", "y"), ("r", "s"), (ALICE, BOB, CAROL)

rules = st.builds(
    seats,
    st.sampled_from(ROLES),
    count=st.integers(1, 2),
    evidence=st.sampled_from(Demand),
    fields=st.sampled_from([(), ("name",)]),
) | st.sampled_from([seats(), seats(count=2), seats("r", "s"), seats("r", "s", count=2)])


mostly = st.integers(0, 7).map(bool)


@st.composite
def items(draw: st.DrawFn, item_id: str) -> Item:
    checks = draw(st.sampled_from([("x",), ("x", "y"), ()]))
    return item(
        item_id,
        *checks,
        sign_off=draw(rules if checks == () and draw(mostly) else st.none() | rules),
        required=draw(mostly),
        needs=() if draw(mostly) else (draw(st.sampled_from((*ITEMS, "nothing"))),),
        survives=draw(st.booleans()),
    )


@st.composite
def checklists(draw: st.DrawFn) -> Checklist:
    return checklist(*[draw(items(each)) for each in ITEMS[: draw(st.sampled_from([1, 1, 2, 3, 0]))]])


def members(draw: st.DrawFn) -> Roster:
    if draw(st.booleans()):
        return roster()
    roles = st.sampled_from([ROLES, ROLES, ("r",), ("s",), ()])
    return roster(
        *[person(each.id, *draw(roles), machine=not draw(mostly)) for each in PEOPLE if draw(mostly)]
    )


@st.composite
def outcomes(draw: st.DrawFn) -> CheckOutcome:
    item_id = draw(st.sampled_from(ITEMS))
    return outcome(
        item_id,
        draw(st.sampled_from(CHECKS)),
        draw(st.sampled_from([Verdict.PASSED, Verdict.PASSED, Verdict.PASSED, *Verdict])),
        days=draw(st.sampled_from([0, 0, 3, 7, 8])),
        item_digest=digest(item_id) if draw(mostly) else "sha256:before",
        overrides=() if draw(mostly) else ("--ca-file x",),
    )


def tell(draw: st.DrawFn, story: Story) -> None:
    """One more thing happens."""
    item_id, by = draw(st.sampled_from(ITEMS)), draw(st.sampled_from(PEOPLE))
    release = story.release if draw(mostly) else V2
    trust = Trust.COUNTED if draw(mostly) else Trust.CLAIMED
    match draw(st.integers(0, 9)):
        case 0 | 1 | 2 | 3:
            story.checked(*draw(st.lists(outcomes(), max_size=4)), by=CI, release=release, trust=trust)
        case 4 | 5 | 6 | 7:
            story.signed(
                item_id,
                by if draw(mostly) else replace(by, person_class=PersonClass.MACHINE),
                item_digest=digest(item_id) if draw(mostly) else "sha256:before",
                release=release,
                fields={"name": "Bob"} if draw(mostly) else {},
                evidence=(EvidenceItem(link="https://example.com"),) if draw(mostly) else (),
                trust=trust,
            )
        case 8:
            story.rejected(item_id, by)
        case 9:
            story.revoked(draw(st.sampled_from(story.records)), by if draw(st.booleans()) else None)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A story, half of the time one that begins well: every check passes and everyone signs."""
    story = Story(draw(st.sampled_from([V1, V1, UNBOUND])))
    if draw(st.booleans()):
        story.checked(
            *[outcome(each, check, days=draw(st.sampled_from([0, 7]))) for each in ITEMS for check in CHECKS]
        )
        for each in ITEMS:
            for by in PEOPLE[: draw(st.integers(1, len(PEOPLE)))]:
                story.signed(
                    each, by, fields={"name": "Bob"}, evidence=(EvidenceItem(link="https://example.com"),)
                )
    for _ in range(draw(st.integers(0, 8))):
        tell(draw, story)
    return story


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Checklist, Story, Roster, Environment]:
    opener = draw(st.sampled_from([Rule.OFF, Rule.WARN, Rule.ON]))
    signatures = draw(st.sampled_from([Demand.OPTIONAL, Demand.OPTIONAL, Demand.REQUIRED]))
    into = environment(opener=opener, signatures=signatures)
    return draw(checklists()), draw(stories()), members(draw), into


World = tuple[Checklist, Story, Roster, Environment]


def answer(world: World, records: Sequence[Recorded] | None = None, now: datetime = NOW) -> Decision:
    rules_, story, people, into = world
    promotion = fold(story.records if records is None else records)
    assert promotion is not None
    return decide(rules_, promotion, environment=into, roster=people, reached=(), now=now)


def is_open(world: World, records: Sequence[Recorded] | None = None, now: datetime = NOW) -> bool:
    return answer(world, records, now).answer is Answer.OPEN


class Oracle:
    """Says whether the gate may open by trying everything, slowly, without a line of the gate's own."""

    def __init__(self, world: World) -> None:
        self.rules, self.story, self.roster, self.into = world

    def opens(self) -> bool:
        required = [each for each in self.rules.items if each.required]
        rejected_elsewhere = any(
            self.stands(each) and each.entry.item and self.rules.item(each.entry.item.id) is None
            for each in self.voices(Rejected)
        )
        return bool(required) and not rejected_elsewhere and all(self.done(each, ()) for each in required)

    def done(self, asked: Item, above: tuple[str, ...]) -> bool:
        needed = [self.rules.item(each) for each in asked.needs]
        return (
            asked.id not in above
            and bool(asked.checks or asked.sign_off)
            and all(each is not None and self.done(each, (*above, asked.id)) for each in needed)
            and not any(self.about(each, asked) and self.stands(each) for each in self.voices(Rejected))
            and all(self.passes(asked, each.id) for each in asked.checks)
            and (asked.sign_off is None or self.seated(asked, asked.sign_off))
        )

    def counted(self, recorded: Recorded) -> bool:
        if recorded.trust is Trust.CLAIMED:
            return not self.roster and self.into.signatures is Demand.OPTIONAL
        return recorded.trust is Trust.COUNTED

    def voices(self, kind: type) -> list[Recorded]:
        return [
            each for each in self.story.records if isinstance(each.entry.content, kind) and self.counted(each)
        ]

    def about(self, recorded: Recorded, asked: Item) -> bool:
        return recorded.entry.item is not None and recorded.entry.item.id == asked.id

    def revoked(self, recorded: Recorded) -> bool:
        return any(
            recorded.entry.id in each.entry.refers_to and each.entry.actor.id == recorded.entry.actor.id
            for each in self.story.records
            if isinstance(each.entry.content, Revoked)
        )

    def stands(self, rejected: Recorded) -> bool:
        later = self.story.records[self.story.records.index(rejected) :]
        answered = any(
            isinstance(each.entry.content, SignedOff)
            and each.entry.item is not None
            and rejected.entry.item is not None
            and each.entry.item.id == rejected.entry.item.id
            and each.entry.actor.id == rejected.entry.actor.id
            and not self.revoked(each)
            for each in later
        )
        return not answered and not self.revoked(rejected)

    def of_this_release(self, asked: Item, recorded: Recorded) -> bool:
        subject = recorded.entry.subject
        return asked.survives_release or (subject is not None and subject.release == self.story.release)

    def passes(self, asked: Item, check: str) -> bool:
        speaking = [
            each
            for recorded in self.voices(Checked)
            if isinstance(recorded.entry.content, Checked) and self.of_this_release(asked, recorded)
            for each in recorded.entry.content.outcomes
            if (each.item, each.check, each.item_digest) == (asked.id, check, asked.digest)
            and not each.outcome.overrides
        ]
        last = speaking[-1] if speaking else None
        return (
            last is not None
            and last.outcome.verdict in (Verdict.PASSED, Verdict.WARNED)
            and NOW - datetime.fromisoformat(last.at) <= timedelta(days=7)
        )

    def speaks(self, asked: Item, rule: SignOffRule, signed: Recorded) -> bool:
        entry, content = signed.entry, signed.entry.content
        on_roster = self.roster.person(entry.actor.id)
        return (
            isinstance(content, SignedOff)
            and entry.item is not None
            and (entry.item.id, entry.item.digest) == (asked.id, asked.digest)
            and self.of_this_release(asked, signed)
            and not self.revoked(signed)
            and entry.actor.person_class is PersonClass.PERSON
            and (on_roster is None or on_roster.person_class is PersonClass.PERSON)
            and (not self.roster or on_roster is not None)
            and not (self.into.separation.opener is Rule.ON and entry.actor.id == ALICE.id)
            and (rule.evidence is Demand.OPTIONAL or bool(content.evidence))
            and all(content.fields.get(each.id) for each in rule.fields)
        )

    def seated(self, asked: Item, rule: SignOffRule) -> bool:
        people = {each.entry.actor.id for each in self.voices(SignedOff) if self.speaks(asked, rule, each)}
        wanted = [role for role in rule.roles or ("",) for _ in range(rule.count)]
        return any(
            all(self.holds(each, role) for each, role in zip(row, wanted, strict=True))
            for row in permutations(sorted(people), len(wanted))
        )

    def holds(self, person_id: str, role: str) -> bool:
        someone = self.roster.person(person_id)
        return not self.roster or role == "" or (someone is not None and role in someone.roles)


@given(worlds())
def test_the_gate_opens_exactly_when_a_naive_reading_of_the_rules_would(world: World) -> None:
    assert is_open(world) is Oracle(world).opens()


@given(worlds())
def test_a_gate_that_is_not_open_always_says_why(world: World) -> None:
    decision = answer(world)
    assert (decision.answer is Answer.OPEN) is (decision.reasons == ())
    for each in decision.items:
        assert each.item.required or not each.holds


@given(worlds(), st.integers(0, 3000))
def test_time_passing_never_opens_a_gate_that_is_blocked(world: World, hours: int) -> None:
    if is_open(world, now=NOW + timedelta(hours=hours)):
        assert is_open(world)


@given(worlds(), st.data())
def test_taking_back_a_sign_off_never_opens_the_gate(world: World, data: st.DataObject) -> None:
    story = world[1]
    signed = [each for each in story.records if isinstance(each.entry.content, SignedOff)]
    if signed and not is_open(world):
        story.revoked(data.draw(st.sampled_from(signed)))
        assert not is_open(world)


@given(worlds(), st.sampled_from(ITEMS), st.sampled_from(PEOPLE))
def test_rejecting_never_opens_the_gate_and_holds_it(world: World, item_id: str, by: Actor) -> None:
    world[1].rejected(item_id, by)
    assert not is_open(world)


@given(worlds(), st.sampled_from(ITEMS), st.sampled_from(CHECKS))
def test_losing_every_outcome_of_a_check_never_opens_the_gate(world: World, item_id: str, check: str) -> None:
    remaining = [
        without(each, lambda one: (one.item, one.check) == (item_id, check)) for each in world[1].records
    ]
    if is_open(world, remaining):
        assert is_open(world)


@given(worlds(), st.data())
def test_losing_outcomes_that_satisfy_never_opens_the_gate(world: World, data: st.DataObject) -> None:
    lost = data.draw(st.sampled_from(world[1].records))
    remaining = [
        without(each, lambda one: one.outcome.verdict.satisfies) if each is lost else each
        for each in world[1].records
    ]
    if is_open(world, remaining):
        assert is_open(world)


def without(recorded: Recorded, lost: Callable[[CheckOutcome], bool]) -> Recorded:
    content = recorded.entry.content
    if not isinstance(content, Checked):
        return recorded
    kept = tuple(each for each in content.outcomes if not lost(each))
    return replace(recorded, entry=replace(recorded.entry, content=replace(content, outcomes=kept)))


@given(worlds(), st.randoms(use_true_random=False))
def test_what_different_people_said_at_the_same_time_may_come_in_any_order(
    world: World, random: Random
) -> None:
    records = world[1].records
    assert view(answer(world)) == view(answer(world, [records[0], *interleaved(records[1:], random)]))


def interleaved(records: Sequence[Recorded], random: Random) -> list[Recorded]:
    """The same records in another order, in which everyone's own stay in theirs, and what takes
    something back stays behind it."""
    queues: dict[str, list[Recorded]] = {}
    for each in records:
        queues.setdefault(each.entry.actor.id, []).append(each)
    pending = {each.entry.id for each in records}
    ordered: list[Recorded] = []
    while queues:
        ready = [name for name, queue in queues.items() if pending.isdisjoint(queue[0].entry.refers_to)]
        name = random.choice(sorted(ready))
        recorded = queues[name].pop(0)
        ordered.append(recorded)
        pending.discard(recorded.entry.id)
        if not queues[name]:
            del queues[name]
    return ordered


def view(decision: Decision) -> object:
    """A decision without the order in which people signed."""
    return (
        decision.answer,
        decision.reasons,
        decision.warnings,
        [
            (
                each.state,
                each.reasons,
                each.checks,
                each.seats,
                each.rejections,
                sorted(map(credit, each.sign_offs)),
            )
            for each in decision.items
        ],
    )


def credit(standing: SignOffStanding) -> tuple[str, bool, str]:
    return standing.voice.recorded.entry.id, standing.counts, str(standing.credited)


@given(worlds())
def test_nobody_is_credited_twice_for_an_item_and_no_seat_is_overfull(world: World) -> None:
    for each in answer(world).items:
        credited = [one.voice.recorded.entry.actor.id for one in each.sign_offs if one.credited is not None]
        assert len(set(credited)) == len(credited)
        assert sum(seat.filled for seat in each.seats) == len(credited)
        assert all(seat.filled <= seat.needed for seat in each.seats)


anything = st.text(max_size=30)
releases = st.builds(Release, anything, st.none() | anything, st.none() | anything)


@given(worlds(), st.data())
def test_deciding_never_raises_whatever_the_values(world: World, data: st.DataObject) -> None:
    rules_, story, people, into = world
    anytime = st.datetimes() | st.datetimes(timezones=st.timezones())
    for each in tuple(story.records):
        if data.draw(st.booleans()):
            story.amend(
                each, at=data.draw(anything), refers_to=tuple(data.draw(st.lists(anything, max_size=2)))
            )
    story.checked(replace(outcome("a", "x"), at=data.draw(anything | anytime.map(datetime.isoformat))))
    story.signed("a", BOB, release=data.draw(releases), fields=data.draw(st.dictionaries(anything, anything)))
    term = replace(
        person("bob", "r"),
        valid_from=data.draw(st.none() | anytime),
        valid_until=data.draw(st.none() | anytime),
    )
    strange = [
        replace(
            each, needs=tuple(data.draw(st.lists(anything, max_size=2))), sign_off=data.draw(st.none() | huge)
        )
        for each in rules_.items
    ]
    wild = checklist(*rules_.items, *strange, max_age=data.draw(st.timedeltas()), requires_previous=True)
    arrived = Story(opener=None, roster=roster())
    arrived.adopted("staging", data.draw(releases))
    decision = decide(
        wild,
        story.fold(),
        environment=into,
        roster=replace(people, people=(*people.people, term)),
        reached=arrived.fold_trail().reached["staging"],
        now=data.draw(anytime),
    )
    assert decision.exit_code in (0, 1, 5, 6)


huge = st.builds(
    SignOffRule,
    st.lists(anything, max_size=4).map(tuple),
    st.integers(-(10**12), 10**12),
    st.sampled_from(Demand),
)


def test_the_oracle_and_the_gate_agree_on_an_open_gate() -> None:
    rules_ = checklist(item("a", "x", sign_off=seats("r", "s")), item("b", sign_off=seats(), needs=["a"]))
    story = Story()
    story.checked(outcome("a", "x"))
    story.signed("a", BOB)
    story.signed("a", CAROL)
    story.signed("b", CAROL, days=1)
    world = (rules_, story, roster(bob=["r", "s"], carol="r"), environment(opener=Rule.ON))
    assert Oracle(world).opens()
    assert is_open(world)
    assert at() == story.records[1].entry.at

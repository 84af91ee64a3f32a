from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.errors import ExitCode
from promoter.gate import Answer, Decision, SignOffStanding, decide
from promoter.model.authors import Authors
from promoter.model.checklist import SignOffRule
from promoter.model.entry import Approved, Checked, Recorded, SignedOff
from promoter.model.environment import Demand, Rule
from promoter.model.outcome import CheckOutcome
from promoter.model.release import Release
from promoter.model.roster import Actor
from promoter.promotion import fold
from tests.support.entries import Story, under
from tests.support.gate_oracle import Oracle
from tests.support.gate_worlds import CHECKS, ITEMS, PEOPLE, World, worlds
from tests.support.nouns import (
    BOB,
    CAROL,
    NOW,
    at,
    checklist,
    environment,
    item,
    outcome,
    person,
    roster,
    seats,
)

calmly = settings(max_examples=50)


def answer(world: World, records: Sequence[Recorded] | None = None, now: datetime = NOW) -> Decision:
    rules_, story, people, into, authors = world
    promotion = fold(story.records if records is None else records)
    assert promotion is not None
    return decide(rules_, promotion, environment=into, roster=people, reached=(), now=now, authors=authors)


def is_open(world: World, records: Sequence[Recorded] | None = None, now: datetime = NOW) -> bool:
    return answer(world, records, now).answer.is_open


@settings(calmly, max_examples=600)
@given(worlds())
def test_the_gate_opens_exactly_when_a_naive_reading_of_the_rules_would(world: World) -> None:
    assert is_open(world) is Oracle(world).opens()


@settings(calmly, max_examples=150)
@given(
    worlds(),
    st.sampled_from([99, 99, *range(1, 12)]),
    st.sampled_from([-9, 0, 3]),
    st.sampled_from([0, 30, 30]),
)
def test_what_was_promoted_answers_yes_exactly_when_a_naive_reading_of_what_stood_before_it_would(
    world: World, place: int, dated: int, since: int
) -> None:
    rules_, story, people, into, authors = world
    before = copy(story)
    before.records = story.records[:place]
    promoted = story.promoted(BOB)
    promoted = story.amend(promoted, at=at(days=-dated))
    records = [*before.records, promoted, *story.records[place:-1]]
    then = NOW + timedelta(days=max(0, min(dated, since)))
    decision = answer(world, records, now=NOW + timedelta(days=since))
    assert decision.answer is Answer.PROMOTED
    assert (decision.exit_code is ExitCode.YES) is Oracle(
        (rules_, before, people, into, authors), then
    ).opens()
    assert (decision.exit_code is ExitCode.YES) is (decision.reasons == ())


@calmly
@given(worlds())
def test_a_gate_that_is_not_open_always_says_why(world: World) -> None:
    decision = answer(world)
    assert decision.answer.is_open is (decision.reasons == ())
    for each in decision.items:
        assert each.item.required or not each.holds


@calmly
@given(worlds(), st.sampled_from((*ITEMS, None)), st.sampled_from(PEOPLE), st.data())
def test_a_comment_changes_no_answer(
    world: World, item_id: str | None, by: Actor, data: st.DataObject
) -> None:
    before, records = answer(world), list(world[1].records)
    said = world[1].commented(by, item_id)
    place = data.draw(st.integers(1, len(records)))
    assert answer(world, [*records[:place], said, *records[place:]]) == before


@calmly
@given(worlds(), st.integers(0, 3000))
def test_time_passing_opens_no_gate_but_one_that_an_outcome_dated_ahead_of_it_blocks(
    world: World, hours: int
) -> None:
    if is_open(world, now=NOW + timedelta(hours=hours)) and not is_open(world):
        assert {each.message.code for each in answer(world).reasons} <= {"clock-ahead", "needs"}


@calmly
@given(worlds(), st.data())
def test_taking_back_a_sign_off_never_opens_the_gate(world: World, data: st.DataObject) -> None:
    story = world[1]
    signed = [each for each in story.records if isinstance(each.entry.content, SignedOff)]
    if signed and not is_open(world):
        story.revoked(data.draw(st.sampled_from(signed)))
        assert not is_open(world)


@calmly
@given(worlds(), st.data())
def test_taking_back_an_approval_never_opens_the_gate(world: World, data: st.DataObject) -> None:
    story = world[1]
    given_ = [each for each in story.records if isinstance(each.entry.content, Approved)]
    if given_ and not is_open(world):
        story.revoked(data.draw(st.sampled_from(given_)))
        assert not is_open(world)


@calmly
@given(worlds(), st.sampled_from(PEOPLE))
def test_rejecting_the_promotion_holds_the_gate_whatever_else_was_said(world: World, by: Actor) -> None:
    rejected = world[1].rejected_whole(by)
    if Oracle(world).counted(rejected):
        assert not is_open(world)


@calmly
@given(worlds())
def test_nobody_is_credited_twice_for_a_promotion(world: World) -> None:
    found = answer(world).approvals
    credited = [each.voice.recorded.entry.actor.id for each in found.given if each.credited is not None]
    assert len(set(credited)) == len(credited) == sum(each.filled for each in found.seats)


@calmly
@given(worlds(), st.sampled_from(ITEMS), st.sampled_from(PEOPLE))
def test_rejecting_holds_the_gate_unless_the_item_is_advisory(world: World, item_id: str, by: Actor) -> None:
    was_open, item = is_open(world), world[0].item(item_id)
    world[1].rejected(item_id, by)
    harmless = item is not None and not item.required
    needed = any(item_id in each.needs for each in world[0].items)
    assert not is_open(world) or (was_open and harmless)
    assert is_open(world) or not (was_open and harmless and not needed)


@calmly
@given(worlds(), st.sampled_from(ITEMS), st.sampled_from(CHECKS))
def test_losing_every_outcome_of_a_check_never_opens_the_gate(world: World, item_id: str, check: str) -> None:
    remaining = [
        without(each, lambda one: (one.item, one.check) == (item_id, check)) for each in world[1].records
    ]
    if is_open(world, remaining):
        assert is_open(world)


@calmly
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


@calmly
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


@calmly
@given(worlds())
def test_nobody_is_credited_twice_for_an_item_and_no_seat_is_overfull(world: World) -> None:
    for each in answer(world).items:
        credited = [one.voice.recorded.entry.actor.id for one in each.sign_offs if one.credited is not None]
        assert len(set(credited)) == len(credited)
        assert sum(seat.filled for seat in each.seats) == len(credited)
        assert all(seat.filled <= seat.needed for seat in each.seats)


anything = st.text(max_size=30)
releases = st.builds(Release, anything, st.none() | anything, st.none() | anything)


@calmly
@given(worlds(), st.data())
def test_deciding_never_raises_whatever_the_values(world: World, data: st.DataObject) -> None:
    rules_, story, people, into, authors = world
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
        authors=authors,
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
    people = roster(bob=["r", "s"], carol="r")
    story.records = under(story.records, people)
    world = (rules_, story, people, environment(opener=Rule.ON, authors=Rule.ON), Authors())
    assert Oracle(world).opens()
    assert is_open(world)
    assert at() == story.records[1].entry.at

"""What is to be done before a gate opens: read off the gate, and proven by doing it."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.gate import Decision, decide
from promoter.gate.case import Case
from promoter.gate.plan import Deed, Plan, Step
from promoter.gate.planning import plan_next
from promoter.messages import Language, message
from promoter.model.authors import Authors
from promoter.model.checklist import ApprovalRule, Checklist, WaiverRule
from promoter.model.entry import EvidenceItem, Held, Pinned, PinnedRules, Rejected, Trust
from promoter.model.environment import Demand, Environment, OutcomesBy, Rule
from promoter.model.freeze import FreezeWindow
from promoter.model.outcome import Verdict
from promoter.model.roster import Actor, Roster
from promoter.promotion import TrailState
from promoter.usecases.language import phrasebook
from tests.support.entries import Story, under
from tests.support.gate_worlds import PEOPLE, World, mostly, worlds
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    DAN,
    FROM,
    NOW,
    V1,
    actor,
    at,
    checklist,
    environment,
    item,
    outcome,
    person,
    roster,
    seats,
)


def wall(written: str) -> datetime:
    """What a clock on the wall shows."""
    return datetime.fromisoformat(written)


ENGLISH = Language(phrasebook=phrasebook)
FRIDAY = wall("2026-11-20 18:00")
WEEKEND = FreezeWindow(
    "weekend", FRIDAY, wall("2026-11-23 08:00"), "FREQ=WEEKLY", time_zone="UTC", passed_by=("s",)
)
CENSUS = FreezeWindow("census", wall("2026-11-25 00:00"), wall("2026-11-28 00:00"), time_zone="UTC")
NO_ROSTER = Roster()


def test_an_open_gate_leaves_only_what_waits_for_somebody_to_agree() -> None:
    people = roster(alice="roster-admin", bob=["roster-admin", "security"], carol="security")
    story = Story()
    story.signed("keys", CAROL)
    rules = checklist(item("keys", sign_off=seats("security")))
    world = (rules, story, people, environment(), Authors())
    assert plan(world).steps == ()
    pinned = Pinned("pipeline.yaml", "sha256:other")
    story.amended(ALICE, rules=PinnedRules(pinned, pinned, "sha256:pipeline"))

    found = plan(world)

    assert found.decision.answer.is_open
    assert [each.deed for each in found.steps] == [Deed.AGREE]


def ask(world: World, now: datetime) -> Decision:
    rules, story, people, into, authors = world
    state = trail_of(story, people)
    return decide(
        rules,
        story.fold(people),
        environment=into,
        roster=people,
        reached=state.reached.get(FROM, ()),
        now=now,
        stops=state.stops,
        authors=authors,
    )


def trail_of(story: Story, people: Roster) -> TrailState:
    trail = Story(opener=None, roster=people)
    trail.records += under(story.records, people)
    return trail.fold_trail()


def plan(world: World, *, me: Actor | None = None, now: datetime = NOW) -> Plan:
    rules, story, people, into, authors = world
    case = Case(rules, story.fold(people), into, people, now, authors)
    return plan_next(case, lambda then: ask(world, then), trail_of(story, people).stops, me=me)


def world_of(
    rules: Checklist,
    story: Story,
    people: Roster = NO_ROSTER,
    into: Environment | None = None,
    authors: Authors | None = None,
) -> World:
    return rules, story, people, into or environment(), authors


def steps(found: Plan) -> list[tuple[Deed, str | None]]:
    return [(each.deed, each.item) for each in found.steps]


def who(step: Step, way: int = 0) -> list[str]:
    return [each.id for each in step.ways[way].who]


def follow(world: World, found: Plan) -> None:
    """Does what a plan says, each step as soon as it says it can be done."""
    rules, story, people, _, _ = world
    trust = Trust.COUNTED if people else Trust.CLAIMED
    for step in found.steps:
        done_at = max(step.at or NOW, NOW)
        ago = (NOW - done_at) / timedelta(days=1)
        if step.deed is Deed.RUN and step.item is not None:
            asked = rules.item(step.item)
            assert asked is not None
            story.checked(*[outcome(asked.id, each.id, days=ago) for each in asked.checks], trust=trust)
        elif step.deed is Deed.SIGN and step.item is not None:
            for signer in signers_of(step):
                story.signed(step.item, signer, **given_in(step), trust=trust)
        elif step.deed is Deed.APPROVE:
            for signer in signers_of(step):
                story.approved(signer, **given_in(step), trust=trust, days=ago)
        elif step.deed is Deed.ANSWER:
            for each in [one for one in story.records if isinstance(one.entry.content, Rejected)]:
                if (
                    each.entry.item.id if each.entry.item else None
                ) == step.item and each.entry.actor.id == who(step)[0]:
                    story.amend(story.revoked(each), at=at())
        elif step.deed is Deed.LIFT:
            for each in [one for one in story.records if isinstance(one.entry.content, Held)]:
                story.lifted(each, BOB)
        elif step.deed is Deed.ADOPT:
            story.adopted(FROM, story.release, BOB)
            story.records[-1] = replace(story.records[-1], trust=trust)
    story.records = under(story.records, people)


def given_in(step: Step) -> dict[str, Any]:
    """What the words of a step ask whoever signs or approves for, filled in."""
    words = step.ways[0].command
    named = [one for word, one in itertools.pairwise(words) if word == "--field"]
    evidence = [EvidenceItem(link="https://example.com")] if "--link" in words else []
    evidence += [EvidenceItem(file="minutes.pdf", digest="sha256:minutes")] if "--file" in words else []
    return {"fields": {each.removesuffix("="): "x" for each in named}, "evidence": tuple(evidence)}


def signers_of(step: Step) -> list[Actor]:
    straight = step.ways[0]
    return (
        [actor(each) for each in who(step)]
        if straight.who
        else [actor(each) for each in ("eve", "fay", "gus", "hal")]
    )


@st.composite
def stopped_worlds(draw: st.DrawFn) -> World:
    """The worlds the gate is asked about, with what takes time: freezes, holds, and where the release comes from."""
    rules, story, people, into, authors = draw(worlds())
    rules = replace(
        rules,
        requires_previous=not draw(mostly),
        soak=draw(st.sampled_from([timedelta(), timedelta(days=2), timedelta(hours=90)])),
    )
    into = replace(into, freezes=draw(st.sampled_from([(), (), (WEEKEND,), (WEEKEND, CENSUS), (CENSUS,)])))
    for _ in range(draw(st.integers(0, 2))):
        by = draw(st.sampled_from(PEOPLE))
        match draw(st.integers(0, 5)):
            case 0:
                story.held(by)
            case 1:
                story.frozen(
                    by,
                    until=at(days=-draw(st.sampled_from([1, 4, 8]))),
                    begins=at(days=draw(st.sampled_from([1, -2]))),
                )
            case 2:
                story.thawed(by, until=at(days=-draw(st.sampled_from([0.5, 3]))))
            case _:
                story.adopted(FROM, story.release, by)
                story.amend(story.records[-1], at=at(days=draw(st.sampled_from([0, 1, 5]))))
    story.records = under(story.records, people)
    return rules, story, people, into, authors


calmly = settings(max_examples=60, deadline=None)


@calmly
@given(stopped_worlds())
def test_there_is_nothing_to_do_exactly_where_the_gate_is_open(world: World) -> None:
    found = plan(world)
    assert (found.steps == ()) is found.decision.answer.is_open
    assert found.opens == NOW if found.decision.answer.is_open else found.opens is None or found.opens >= NOW
    assert (found.opens is None) is bool(found.why)


@calmly
@given(stopped_worlds())
def test_whoever_does_what_it_says_finds_the_gate_open_when_it_says_and_not_before(world: World) -> None:
    found = plan(world)
    if found.opens is None:
        return
    follow(world, found)
    assert ask(world, found.opens).answer.is_open
    assert plan(world, now=found.opens).steps == ()
    if found.opens > NOW:
        assert not ask(world, found.opens - timedelta(seconds=1)).answer.is_open


@calmly
@given(stopped_worlds())
def test_steps_have_words_an_order_and_somebody_who_may_take_them(world: World) -> None:
    found = plan(world)
    assert [each.number for each in found.steps] == list(range(1, len(found.steps) + 1))
    for each in found.steps:
        assert all(earlier < each.number for earlier in each.after)
        said = [ENGLISH.say(one) for one in (each.what, *each.why, *found.why)]
        assert not [one for one in said if one.startswith((each.what.code, "step-", "never-", "untold"))]
        if found.opens is not None and each.deed is not Deed.WAIT:
            assert each.ways[0].possible


@calmly
@given(stopped_worlds(), st.sampled_from(PEOPLE))
def test_whoever_is_named_for_a_sign_off_fills_a_seat_with_it_and_nobody_else_does(
    world: World, by: Actor
) -> None:
    rules, story, people, _, _ = world
    for each in plan(world, me=by).steps:
        if each.deed is Deed.SIGN and each.item is not None and people:
            before = ask(world, NOW).item(each.item)
            more = Story()
            more.records = list(story.records)
            more.release = story.release
            more.signed(each.item, by, **given_in(each))
            after = ask((rules, more, *world[2:]), NOW).item(each.item)
            assert before is not None
            assert after is not None
            gained = sum(seat.filled for seat in after.seats) > sum(seat.filled for seat in before.seats)
            if people.person(by.id) is not None:
                assert (by.id in who(each)) is gained
                assert each.ways[0].mine is gained


@calmly
@given(worlds(), st.data())
def test_planning_never_raises_whatever_the_values(world: World, data: st.DataObject) -> None:
    rules, story, people, into, authors = world
    anything, anytime = st.text(max_size=20), st.datetimes() | st.datetimes(timezones=st.timezones())
    for each in tuple(story.records):
        if data.draw(st.booleans()):
            story.amend(each, at=data.draw(anything))
    strange = replace(
        rules, max_age=data.draw(st.timedeltas()), soak=data.draw(st.timedeltas()), requires_previous=True
    )
    odd = FreezeWindow("odd", data.draw(st.datetimes()), data.draw(st.datetimes()), data.draw(anything))
    story.frozen(BOB, until=data.draw(anything), begins=data.draw(anything))
    closed = replace(into, freezes=(odd,) if data.draw(st.booleans()) else ())
    plan((strange, story, people, closed, authors), now=data.draw(anytime))


def test_the_worked_example_of_the_specification() -> None:
    """Waiting for security, frozen until Monday at eight, and the certificate must be renewed first."""
    rules = checklist(
        item("credentials", sign_off=seats("security"), needs=["webhook"]), item("webhook", "certificate")
    )
    story, people = Story(), roster(alice="security", bob="release-manager", carol="security", dan="security")
    days_left = message("certificate.expires-soon", days=6)
    story.checked(outcome("webhook", "certificate", Verdict.FAILED, reason=days_left))
    authors = Authors({CAROL.email: frozenset({0})})
    into = environment(opener=Rule.ON, authors=Rule.ON, freezes=[WEEKEND])
    found = plan(world_of(rules, story, people, into, authors), me=DAN)
    assert steps(found) == [(Deed.RUN, "webhook"), (Deed.SIGN, "credentials"), (Deed.WAIT, None)]
    assert who(found.steps[1]) == ["dan"]
    assert found.steps[1].ways[0].mine
    assert found.steps[1].after == (1,)
    assert found.opens == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_outcomes_that_would_be_too_old_when_it_opens_are_run_again_when_they_will_last() -> None:
    rules = replace(checklist(item("a", "x"), item("b", "y"), max_age=timedelta(hours=12)))
    story = Story()
    story.checked(outcome("b", "y", Verdict.FAILED), outcome("a", "x"))
    found = plan(world_of(rules, story, roster(bob="r"), environment(freezes=[WEEKEND])))
    assert steps(found) == [(Deed.RUN, "a"), (Deed.RUN, "b"), (Deed.WAIT, None)]
    again = next(each for each in found.steps if each.item == "a")
    assert again.at == datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert [ENGLISH.say(each) for each in again.why] == [
        "by 23 Nov 2026 08:00 UTC: x is 20 h old, 12 h allowed"
    ]


def test_quick_checks_come_before_slow_ones_and_items_after_those_they_need() -> None:
    rules = checklist(item("slow", "x"), item("last", "x", needs=["slow"]), item("quick", "x"))
    story = Story()
    slow, quick = (
        replace(each, outcome=replace(each.outcome, took_s=took))
        for each, took in ((outcome("slow", "x", days=9), 8.0), (outcome("quick", "x", days=9), 0.1))
    )
    story.checked(slow, quick)
    assert [each for _, each in steps(plan(world_of(rules, story, roster(bob="r"))))] == [
        "quick",
        "slow",
        "last",
    ]


def test_an_advisory_item_is_only_asked_for_where_a_required_one_needs_it() -> None:
    rules = checklist(item("hint", "x", required=False), item("a", sign_off=seats()))
    assert steps(plan(world_of(rules, Story()))) == [(Deed.SIGN, "a")]
    needing = checklist(item("hint", "x", required=False), item("a", sign_off=seats(), needs=["hint"]))
    assert steps(plan(world_of(needing, Story()))) == [(Deed.RUN, "hint"), (Deed.SIGN, "a")]


def test_items_that_need_each_other_never_open_and_the_rules_have_to_change() -> None:
    rules = checklist(item("a", "x", needs=["b"]), item("b", "x", needs=["a"]))
    story = Story()
    story.checked(outcome("a", "x"), outcome("b", "x"))
    found = plan(world_of(rules, story))
    assert {each.deed for each in found.steps} == {Deed.REWRITE}
    assert {each.code for each in found.why} == {"never-as-written"}


def test_where_links_alone_prove_nothing_it_asks_for_a_file_and_names_who_may_give_one() -> None:
    asked = seats("r", evidence=Demand.REQUIRED, fields=["name"])
    rules = checklist(item("a", sign_off=asked), approvals=ApprovalRule(asked))
    into = replace(environment(), digests=Demand.REQUIRED)
    found = plan(world_of(rules, Story(), roster(alice="r"), into))
    assert [(each.deed, who(each)) for each in found.steps] == [
        (Deed.SIGN, ["alice"]),
        (Deed.APPROVE, ["alice"]),
    ]
    assert all(each.ways[0].command[-4:] == ("--field", "name=", "--file", "") for each in found.steps)


def test_whoever_rejected_alone_can_answer_and_nobody_can_once_they_left() -> None:
    rules, story = checklist(item("a", sign_off=seats())), Story()
    story.rejected("a", BOB)
    found = plan(world_of(rules, story, roster(bob="r", carol="r")))
    assert found.steps[0].deed is Deed.ANSWER
    assert who(found.steps[0]) == ["bob"]
    gone = plan(world_of(rules, story, roster(carol="r")))
    assert gone.opens is None
    assert [each.code for each in gone.why] == ["never-answered"]
    held = [each.message.code for each in ask(world_of(rules, story, roster(carol="r")), NOW).reasons]
    assert held[0] == "rejected-by-one-gone"


def test_where_nobody_is_left_to_sign_it_says_who_is_barred_and_who_could_waive() -> None:
    rules, story = checklist(item("a", sign_off=seats("r")), waivers=WaiverRule(("boss",))), Story()
    found = plan(world_of(rules, story, roster(alice="r", bob="boss"), environment(opener=Rule.ON)))
    assert [each.code for each in found.why] == ["never-signed", "sign-off-by-opener"]
    assert [who(found.steps[0], way) for way in (0, 1)] == [[], ["bob"]]


def test_soak_begins_when_the_release_gets_to_where_it_comes_from() -> None:
    rules = checklist(item("a", "x"), requires_previous=True, soak=timedelta(days=2))
    story = Story()
    story.checked(outcome("a", "x"))
    found = plan(world_of(rules, story, roster(bob="r")))
    assert steps(found) == [(Deed.ADOPT, None), (Deed.WAIT, None)]
    assert found.opens == NOW + timedelta(days=2)


def test_a_window_can_be_passed_by_whom_it_names() -> None:
    rules, story = checklist(item("a", "x")), Story()
    story.checked(outcome("a", "x"))
    found = plan(world_of(rules, story, roster(bob="s", carol="r"), environment(freezes=[WEEKEND])), me=BOB)
    assert steps(found) == [(Deed.WAIT, None)]
    assert who(found.steps[0]) == ["bob"]
    assert found.steps[0].mine


def test_only_machines_are_sent_to_run_what_only_they_may() -> None:
    rules, into = checklist(item("a", "x")), replace(environment(), outcomes=OutcomesBy.MACHINES)
    with_one = roster(person("ci", machine=True), bob="r")
    found = plan(world_of(rules, Story(), with_one, into), me=BOB)
    assert who(found.steps[0]) == ["ci"]
    assert not found.steps[0].mine
    assert found.opens == NOW
    without = plan(world_of(rules, Story(), roster(bob="r"), into))
    assert ([each.code for each in without.why], without.opens) == (["never-run"], None)


def test_a_release_that_was_promoted_past_a_shut_gate_is_promoted_again_and_not_declared() -> None:
    rules, there = checklist(item("a", "x"), requires_previous=True), Story(V1, roster=roster())
    there.promoted(BOB)
    story = Story()
    story.checked(outcome("a", "x"))
    people = roster(bob="r")
    arrivals = tuple(
        replace(each, environment="staging", blocked=True) for each in there.fold_trail().reached["preprod"]
    )

    def asked(now: datetime) -> Decision:
        return decide(
            rules, story.fold(people), environment=environment(), roster=people, reached=arrivals, now=now
        )

    blocked = plan_next(Case(rules, story.fold(people), environment(), people, NOW), asked)
    assert blocked.steps[0].ways[0].command[:3] == ("promoter", "open", "")
    missing = plan(world_of(rules, story, people))
    assert missing.steps[0].ways[0].command[:3] == ("promoter", "adopt", "staging")


def test_who_wrote_a_part_of_it_is_not_sent_to_pay_a_debt_that_they_may_not() -> None:
    rules, story = checklist(item("a", sign_off=seats("r"))), Story()
    story.broke_glass(BOB)
    story.promoted(BOB)
    into = environment(authors=Rule.ON, break_glass=["r"])
    wrote = Authors({"carol@example.com": frozenset({1})})
    found = plan(world_of(rules, story, roster(bob="r", carol="r", dan="r"), into, wrote), me=CAROL)
    assert who(found.steps[0]) == ["dan"]


def test_what_breaking_the_glass_owes_is_done_by_others() -> None:
    rules, story = checklist(item("a", sign_off=seats("r"))), Story()
    story.broke_glass(BOB)
    story.promoted(BOB)
    into = environment(break_glass=["r"])
    found = plan(world_of(rules, story, roster(bob="r", carol="r", dan="s"), into), me=CAROL)
    assert steps(found) == [(Deed.SIGN, "a"), (Deed.SETTLE, None)]
    assert who(found.steps[0]) == ["carol"]
    assert who(found.steps[1]) == ["carol", "dan"]
    assert all(each.mine for each in found.steps)


def test_a_freeze_that_somebody_thawed_is_not_waited_for() -> None:
    rules = checklist(item("a", "x"), requires_previous=True, soak=timedelta(hours=2))
    story, people = Story(), roster(bob="s")
    story.checked(outcome("a", "x"))
    into = environment(freezes=[WEEKEND])
    assert plan(world_of(rules, story, people, into)).opens == datetime(2026, 11, 23, 8, tzinfo=UTC)
    story.thawed(BOB, until=at(days=-1))
    assert plan(world_of(rules, story, people, into)).opens == NOW + timedelta(hours=2)


def test_answering_a_rejection_opens_nothing_where_all_that_is_required_was_waived() -> None:
    rules, story = checklist(item("a", "x"), waivers=WaiverRule(("boss",))), Story()
    story.waived("a", BOB)
    story.rejected("a", BOB)
    found = plan(world_of(rules, story, roster(bob="boss")))
    assert steps(found) == [(Deed.ANSWER, "a")]
    assert found.opens is None
    assert [ENGLISH.say(each) for each in found.why] == [
        "by its rules as they are it never opens: everything required was waived or said not to apply, so nothing was decided"
    ]


def test_where_only_signed_entries_count_and_nobody_is_on_a_roster_it_never_opens() -> None:
    rules = checklist(item("a", sign_off=seats()))
    found = plan(world_of(rules, Story(), into=environment(signatures=Demand.REQUIRED)))
    assert found.opens is None
    assert found.why[0].code == "never-counted"

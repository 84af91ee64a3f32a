from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from promoter.errors import ExitCode
from promoter.gate import Answer, Debt, Decision, Owed
from promoter.gate.expiring import Sort, of_decision
from promoter.messages import Language, message
from promoter.model.checklist import ApprovalRule
from promoter.model.entry import Pinned, PinnedRules
from promoter.model.environment import BreakGlass, Environment
from promoter.model.outcome import Verdict
from promoter.model.roster import PersonClass
from promoter.usecases.language import phrasebook
from tests.support.entries import Story
from tests.support.gate_worlds import World, worlds
from tests.support.gates import ask, codes
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    DAN,
    NOW,
    V2,
    actor,
    at,
    checklist,
    environment,
    item,
    outcome,
    roster,
    seats,
)

ENGLISH = Language(phrasebook=phrasebook)
PEOPLE = roster(alice="release-manager", bob="on-call", carol="security", dan="security")
RULES = checklist(item("webhook", "https"), item("keys", sign_off=seats("security")))
INTO = environment(break_glass=["on-call"])


def failing() -> Story:
    story = Story()
    story.checked(outcome("webhook", "https", Verdict.FAILED))
    return story


def answer(story: Story, into: Environment = INTO, days: float = 0) -> Decision:
    return ask(RULES, story, roster=PEOPLE, into=into, now=NOW + timedelta(days=days))


def debt(decision: Decision) -> Debt:
    assert decision.glass is not None
    assert decision.glass.debt is not None
    return decision.glass.debt


def test_the_end_of_a_broken_glass_is_due() -> None:
    story = failing()
    story.broke_glass(BOB)
    due = [each for each in of_decision(answer(story), RULES, is_open=True) if each.sort is Sort.GLASS]
    assert [each.what for each in due] == [message("due-glass", by="Bob")]
    assert answer(story, days=(due[0].at - NOW) / timedelta(days=1) - 0.01).answer is Answer.OPEN_BREAK_GLASS
    over = answer(story, days=(due[0].at - NOW) / timedelta(days=1) + 0.01)
    assert over.answer is Answer.BLOCKED
    assert not [each for each in of_decision(over, RULES, is_open=True) if each.sort is Sort.GLASS]


def test_breaking_the_glass_opens_at_once_and_says_over_what() -> None:
    story = failing()
    story.broke_glass(BOB)
    decision = answer(story)
    assert (decision.answer, decision.exit_code) == (Answer.OPEN_BREAK_GLASS, ExitCode.YES)
    assert decision.reasons == ()
    assert decision.glass is not None
    assert [each.message.code for each in decision.glass.passed] == ["check-failed", "sign-off-missing"]
    assert decision.glass.debt is None
    assert [each.code for each in decision.warnings] == ["glass-broken"]
    assert "Bob broke the glass (payments fail), over 2 reasons" in ENGLISH.say(decision.warnings[0])


def test_an_open_gate_has_no_glass() -> None:
    story = Story()
    story.checked(outcome("webhook", "https"))
    story.signed("keys", CAROL)
    story.broke_glass(BOB)
    decision = answer(story)
    assert (decision.answer, decision.glass) == (Answer.OPEN, None)


@pytest.mark.parametrize(
    ("break_it", "into", "why"),
    [
        (lambda story: story.broke_glass(BOB), environment(), "no-glass"),
        (lambda story: story.broke_glass(CAROL), INTO, "glass-without-role"),
        (lambda story: story.broke_glass(actor("bob", PersonClass.MACHINE)), INTO, "glass-by-machine"),
        (lambda story: story.broke_glass(BOB, release=V2), INTO, "glass-moved"),
        (lambda story: story.revoked(story.broke_glass(BOB)), INTO, "exemption-revoked"),
    ],
)
def test_a_glass_that_does_not_count_opens_nothing_and_is_told(
    break_it: object, into: Environment, why: str
) -> None:
    assert callable(break_it)
    story = failing()
    break_it(story)
    decision = answer(story, into)
    assert decision.answer is Answer.BLOCKED
    told = next(each for each in decision.warnings if each.code in ("glass-ended", "glass-unbroken"))
    assert getattr(told.parameters["why"], "code", None) == why


def test_what_would_be_promoted_must_be_clear_all_the_same() -> None:
    story = failing()
    story.opened(CAROL)
    story.broke_glass(BOB)
    assert (None, "opened-twice") in codes(answer(story))


def promoted() -> Story:
    story = failing()
    story.broke_glass(BOB)
    story.promoted(ALICE)
    return story


def test_a_promotion_by_it_owes_the_sign_offs_that_were_missing() -> None:
    decision = answer(promoted())
    assert (decision.answer, decision.exit_code) == (Answer.PROMOTED, ExitCode.YES)
    assert debt(decision) == Debt((Owed("keys", ("security",)),), NOW + timedelta(hours=72), None)
    assert [each.code for each in decision.warnings] == ["glass-broken", "debt-stands"]
    assert [each.code for each in answer(promoted(), days=4).warnings] == ["glass-broken", "debt-overdue"]


def test_others_pay_the_debt_and_somebody_else_says_that_it_is_settled() -> None:
    story = promoted()
    story.settled(CAROL)
    assert debt(answer(story)).stands
    signed = story.signed("keys", CAROL)
    assert not debt(answer(story)).stands
    assert [each.code for each in answer(story, days=9).warnings] == ["glass-broken", "debt-settled"]
    story.revoked(signed)
    assert debt(answer(story)).stands
    story.signed("keys", DAN)
    assert not debt(answer(story)).stands


def test_who_broke_the_glass_pays_nothing_and_settles_nothing() -> None:
    people = roster(alice="release-manager", bob=["on-call", "security"], carol="security")
    story = promoted()
    story.signed("keys", BOB)
    story.settled(BOB)
    owed = debt(ask(RULES, story, roster=people, into=INTO))
    assert (owed.owed, owed.settled_by) == ((Owed("keys", ("security",)),), None)


def test_a_glass_broken_after_it_was_promoted_excuses_nothing() -> None:
    story = failing()
    story.promoted(ALICE)
    story.broke_glass(BOB)
    decision = answer(story)
    assert codes(decision)[0] == (None, "promoted-while-blocked")
    assert decision.exit_code is ExitCode.NO


def test_a_sign_off_after_a_plain_promotion_changes_nothing() -> None:
    story = failing()
    story.promoted(ALICE)
    story.checked(outcome("webhook", "https"))
    story.signed("keys", CAROL)
    assert codes(answer(story))[0] == (None, "promoted-while-blocked")


@settings(max_examples=50)
@given(worlds())
def test_whatever_holds_a_gate_breaking_the_glass_adds_no_reason(world: World) -> None:
    rules, story, people, into, authors = world
    before = ask(rules, story, roster=people, into=into, authors=authors)
    story.broke_glass(BOB)
    after = ask(rules, story, roster=people, into=into, authors=authors)
    assert after.reasons == before.reasons
    assert at() == after.at.strftime("%Y-%m-%dT%H:%M:%SZ")


APPROVED = checklist(
    item("webhook", "https"),
    item("keys", sign_off=seats("security")),
    approvals=ApprovalRule(seats("release-manager", "security"), timedelta(days=3)),
)


def test_approvals_that_were_missing_are_owed_as_well() -> None:
    story = promoted()
    decision = ask(APPROVED, story, roster=PEOPLE, into=INTO)
    assert debt(decision).approvals == ("release-manager", "security")
    assert [each.code for each in decision.warnings] == ["glass-broken", "debt-stands", "debt-approvals"]
    story.signed("keys", CAROL)
    story.settled(CAROL)
    story.approved(CAROL)
    taken_back = story.approved(ALICE)
    assert not debt(ask(APPROVED, story, roster=PEOPLE, into=INTO, now=NOW + timedelta(days=9))).stands
    story.revoked(taken_back)
    assert debt(ask(APPROVED, story, roster=PEOPLE, into=INTO)).approvals == ("release-manager",)


def test_an_approval_given_before_the_glass_was_broken_goes_on_counting_and_the_breaker_s_never_does() -> (
    None
):
    people = roster(alice="release-manager", bob=["on-call", "security"], carol="security")
    story = failing()
    story.approved(ALICE)
    story.broke_glass(BOB)
    story.promoted(ALICE)
    story.approved(BOB)
    later = NOW + timedelta(days=30)
    assert debt(ask(APPROVED, story, roster=people, into=INTO, now=later)).approvals == ("security",)
    story.approved(CAROL)
    assert debt(ask(APPROVED, story, roster=people, into=INTO, now=later)).approvals == ()


def test_nothing_gets_where_a_debt_stands_not_even_by_another_emergency() -> None:
    story = Story()
    story.checked(outcome("webhook", "https"))
    story.signed("keys", CAROL)
    story.broke_glass(BOB)
    decision = ask(RULES, story, roster=PEOPLE, into=INTO, debtors=("v0-preprod-1",))
    assert codes(decision) == [(None, "debt-elsewhere")]
    assert (decision.answer, decision.exit_code) == (Answer.BLOCKED, ExitCode.NOT_YET)


def test_a_broken_glass_opens_the_gate_for_a_day_and_no_longer() -> None:
    story = failing()
    story.broke_glass(BOB)
    assert answer(story, days=0.9).answer is Answer.OPEN_BREAK_GLASS
    later = answer(story, days=1.1)
    assert later.answer is Answer.BLOCKED
    told = next(each for each in later.warnings if each.code == "glass-ended")
    assert ENGLISH.say(told) == (
        "Bob broke the glass (payments fail), which opens the gate no longer: it was for 1 day"
    )
    longer = replace(INTO, break_glass=BreakGlass(("on-call",), lasts=timedelta(days=3)))
    assert answer(story, longer, days=1.1).answer is Answer.OPEN_BREAK_GLASS


@pytest.mark.parametrize("object_to", ["hold", "freeze", "reject", "reject the whole"])
def test_who_objects_after_the_glass_was_broken_is_heard_until_it_is_broken_again(object_to: str) -> None:
    trail, story = Story(roster=PEOPLE, opener=None), failing()
    story.amend(story.rejected("keys", DAN), at=at(days=1))
    story.broke_glass(BOB, days=0.5)
    assert answer(story).answer is Answer.OPEN_BREAK_GLASS
    if object_to == "hold":
        trail.held(CAROL)
    elif object_to == "freeze":
        trail.frozen(CAROL, until=at(days=-2))
    elif object_to == "reject":
        story.rejected("keys", CAROL)
    else:
        story.rejected_whole(CAROL)
    stops = trail.fold_trail().stops
    decision = ask(RULES, story, roster=PEOPLE, into=INTO, stops=stops)
    assert decision.answer is Answer.BLOCKED
    assert "Carol objected after it" in " ".join(ENGLISH.say(each) for each in decision.warnings)
    story.broke_glass(BOB, days=-0.1)
    again = ask(RULES, story, roster=PEOPLE, into=INTO, stops=stops, now=NOW + timedelta(days=0.2))
    assert again.answer is Answer.OPEN_BREAK_GLASS


def test_a_freeze_ends_a_broken_glass_while_it_is_on_and_nobody_lets_promotions_pass_it() -> None:
    trail, story = Story(roster=PEOPLE, opener=None), failing()
    story.broke_glass(BOB, days=0.5)
    declared = trail.frozen(CAROL, until=at(days=-0.3), begins=at(days=-0.1))

    def then(days: float) -> Answer:
        stops, now = trail.fold_trail().stops, NOW + timedelta(days=days)
        return ask(RULES, story, roster=PEOPLE, into=INTO, stops=stops, now=now).answer

    emergency = Answer.OPEN_BREAK_GLASS
    assert (then(0.05), then(0.2), then(0.4)) == (emergency, Answer.BLOCKED, emergency)
    trail.thawed(CAROL, declared, until=at(days=-0.3))
    assert then(0.2) is emergency


def test_nobody_who_broke_the_glass_pays_or_settles_and_each_is_told() -> None:
    people = roster(alice="release-manager", bob="on-call", carol=["on-call", "security"], dan="security")
    story = failing()
    story.broke_glass(BOB)
    story.broke_glass(CAROL)
    story.promoted(ALICE)
    story.signed("keys", CAROL)
    story.settled(CAROL)
    decision = ask(RULES, story, roster=people, into=INTO)
    assert (debt(decision).owed, debt(decision).settled_by) == ((Owed("keys", ("security",)),), None)
    assert "glass-broken-too" in [each.code for each in decision.warnings]


def test_a_glass_that_is_dated_ahead_is_not_deaf_to_what_comes_after_it() -> None:
    story = failing()
    story.broke_glass(BOB, days=-0.003)
    story.rejected("keys", CAROL)
    assert answer(story).answer is Answer.BLOCKED
    trail, story = Story(roster=PEOPLE, opener=None), failing()
    story.broke_glass(BOB, days=-0.003)
    story.checked(outcome("webhook", "https", Verdict.FAILED))
    trail.amend(trail.held(CAROL), at=at(days=-0.001))
    stops = trail.fold_trail().stops
    assert ask(RULES, story, roster=PEOPLE, into=INTO, stops=stops).answer is Answer.BLOCKED


def test_other_rules_end_a_broken_glass() -> None:
    people = roster(alice="roster-admin", bob="on-call", carol=["roster-admin", "security"])
    other = PinnedRules(
        Pinned("pipeline.yaml", "sha256:other"), Pinned("c.yaml", "sha256:looser"), "sha256:pipeline"
    )
    story = failing()
    story.broke_glass(BOB)
    waiting = story.amended(ALICE, rules=other)
    assert ask(RULES, story, roster=people, into=INTO).answer is Answer.OPEN_BREAK_GLASS
    story.amended(CAROL, agrees_to=waiting)
    decision = ask(RULES, story, roster=people, into=INTO)
    assert decision.answer is Answer.BLOCKED
    assert "Carol amended the promotion after it" in " ".join(ENGLISH.say(each) for each in decision.warnings)

from datetime import timedelta

import pytest

from promoter.errors import ExitCode
from promoter.gate import Answer, Decision, ItemState, decide
from promoter.gate.expiring import Sort, of_decision
from promoter.messages import Language, message
from promoter.model.authors import Authors
from promoter.model.checklist import WaiverRule
from promoter.model.entry import Trust
from promoter.model.environment import Demand, Rule
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.roster import PersonClass
from promoter.usecases.language import phrasebook
from tests.support.entries import Story
from tests.support.gates import ask, codes, state, words
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    NOW,
    V1,
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
PEOPLE = roster(alice=["waiver-approver", "security"], bob="waiver-approver", carol="security")
RULES = checklist(
    item("webhook", "https"),
    item("keys", sign_off=seats("security"), may_not_apply=True),
    item("certificate", "certificate", waivable=False),
)


def ready(*missing: str) -> Story:
    """A promotion of Alice's in which everything is done but some items."""
    story = Story()
    done = {"webhook": "https", "certificate": "certificate"}
    story.checked(*(outcome(name, check) for name, check in done.items() if name not in missing))
    if "keys" not in missing:
        story.signed("keys", CAROL)
    return story


def why(decision: Decision, item_id: str) -> str | None:
    """Why the last exemption of an item does not count."""
    found = decision.item(item_id)
    assert found is not None
    reason = found.exemptions[-1].why
    return reason.code if reason else None


def test_a_waiver_lets_an_item_be_and_the_answer_says_so() -> None:
    story = ready("webhook")
    assert ask(RULES, story, roster=PEOPLE).answer is Answer.BLOCKED
    story.waived("webhook", BOB)
    decision = ask(RULES, story, roster=PEOPLE)
    assert (decision.answer, decision.waivers) == (Answer.OPEN_WITH_WAIVERS, 1)
    assert state(decision, "webhook") is ItemState.WAIVED
    assert decision.exit_code is ExitCode.YES


def test_of_two_waivers_of_an_item_the_one_that_lasts_longer_is_due() -> None:
    story = ready("webhook")
    story.waived("webhook", BOB, until=at(days=-2))
    story.waived("webhook", BOB, until=at(days=-1))
    decision = ask(RULES, story, roster=PEOPLE)
    told = decision.items[0].exemption
    assert told is not None
    assert told.until == NOW + timedelta(days=2)
    found = [each.at for each in of_decision(decision, RULES, is_open=True) if each.sort is Sort.WAIVER]
    assert found == [NOW + timedelta(days=2)]


def test_a_waiver_holds_again_once_it_has_ended() -> None:
    story = ready("webhook")
    story.waived("webhook", BOB, until=at(days=-2))
    assert ask(RULES, story, roster=PEOPLE, now=NOW + timedelta(days=1)).answer is Answer.OPEN_WITH_WAIVERS
    ended = ask(RULES, story, roster=PEOPLE, now=NOW + timedelta(days=2))
    assert codes(ended) == [("webhook", "check-missing"), ("webhook", "waiver-expired")]
    assert words(ended, ENGLISH)[1].startswith("the waiver of Bob ended on ")


@pytest.mark.parametrize(
    ("waive", "code"),
    [
        (lambda story: story.waived("webhook", ALICE), "exemption-by-opener"),
        (lambda story: story.waived("webhook", CAROL), "exemption-without-role"),
        (lambda story: story.waived("webhook", actor("bob", PersonClass.MACHINE)), "exemption-by-machine"),
        (lambda story: story.waived("webhook", BOB, release=V2), "waiver-stale-release"),
        (lambda story: story.waived("webhook", BOB, item_digest="sha256:was"), "waiver-stale-item"),
        (lambda story: story.waived("webhook", BOB, trust=Trust.CLAIMED), "exemption-claimed"),
        (lambda story: story.waived("certificate", BOB), "not-waivable"),
        (lambda story: story.waived("webhook", BOB, until="soon"), "waiver-undated"),
        (lambda story: story.revoked(story.waived("webhook", BOB)), "exemption-revoked"),
        (lambda story: story.left_out("webhook", CAROL), "must-apply"),
        (lambda story: story.left_out("keys", BOB), "exemption-without-role"),
        (lambda story: story.left_out("keys", CAROL, release=V2), "exclusion-stale-release"),
    ],
)
def test_what_does_not_count_lets_nothing_be_and_says_why(waive: object, code: str) -> None:
    assert callable(waive)
    story = ready("webhook", "keys", "certificate")
    waive(story)
    decision = ask(RULES, story, roster=PEOPLE)
    given = next(each.item.id for each in decision.items if each.exemptions)
    assert why(decision, given) == code
    assert (given, code) in codes(decision) or code == "exemption-revoked"


def test_nobody_waives_another_waiver_back() -> None:
    story = ready("webhook")
    story.revoked(story.waived("webhook", BOB), by=CAROL)
    assert ask(RULES, story, roster=PEOPLE).answer is Answer.OPEN_WITH_WAIVERS


def test_a_rejection_beats_a_waiver() -> None:
    story = ready("webhook")
    story.waived("webhook", BOB)
    story.rejected("webhook", CAROL)
    decision = ask(RULES, story, roster=PEOPLE)
    assert codes(decision) == [("webhook", "rejected-only")]
    assert state(decision, "webhook") is ItemState.REJECTED


def test_a_waiver_answers_no_rejection_of_its_own_author() -> None:
    story = ready("webhook")
    story.rejected("webhook", BOB)
    story.waived("webhook", BOB)
    assert codes(ask(RULES, story, roster=PEOPLE)) == [("webhook", "rejected-only")]


def test_what_needs_a_waived_item_goes_on_and_a_waived_item_waits_for_nothing() -> None:
    rules = checklist(
        item("a", "x", needs=["z"]), item("b", sign_off=seats(), needs=["a"]), item("z", "y", required=False)
    )
    story = Story()
    story.waived("a", BOB)
    story.signed("b", CAROL)
    assert ask(rules, story, roster=PEOPLE).answer is Answer.OPEN_WITH_WAIVERS


def test_a_checklist_of_which_everything_required_is_let_be_opens_nothing() -> None:
    rules = checklist(
        item("a", "x"), item("b", sign_off=seats(), may_not_apply=True), item("c", required=False)
    )
    story = Story()
    story.waived("a", BOB)
    story.left_out("b", CAROL)
    decision = ask(rules, story, roster=PEOPLE)
    assert codes(decision) == [(None, "everything-exempt")]
    assert decision.exit_code is ExitCode.NO


def test_an_item_may_be_left_out_only_where_it_says_so() -> None:
    story = ready("keys")
    story.left_out("keys", CAROL)
    decision = ask(RULES, story, roster=PEOPLE)
    assert (decision.answer, decision.waivers) == (Answer.OPEN, 0)
    assert state(decision, "keys") is ItemState.NOT_APPLICABLE


def test_the_opener_leaves_nothing_out_where_they_may_not_sign() -> None:
    story = ready("keys")
    story.left_out("keys", ALICE)
    assert ask(RULES, story, roster=PEOPLE).answer is Answer.OPEN
    assert (
        why(ask(RULES, story, roster=PEOPLE, into=environment(opener=Rule.ON)), "keys")
        == "exemption-by-opener"
    )


def test_where_separation_warns_the_answer_says_who_let_items_be() -> None:
    story = ready("keys")
    story.left_out("keys", ALICE)
    warned = ask(RULES, story, roster=PEOPLE, into=environment(opener=Rule.WARN))
    assert warned.answer is Answer.OPEN
    assert [each for each in warned.warnings if each.code.endswith("exempted")] == [
        message("opener-exempted", by="Alice", items=["keys"])
    ]
    by_author = ready("webhook")
    by_author.waived("webhook", BOB)
    wrote = Authors({"bob@example.com": frozenset({1, 2})})
    lax = environment(authors=Rule.WARN)
    warned = ask(RULES, by_author, roster=PEOPLE, into=lax, authors=wrote)
    assert message("author-exempted", by="Bob", count=2, items=["webhook"]) in warned.warnings
    by_author.revoked(by_author.records[-1])
    assert not ask(RULES, by_author, roster=PEOPLE, into=lax, authors=wrote).warnings


def test_a_waiver_lasts_no_longer_than_the_checklist_allows() -> None:
    rules = checklist(item("a", "x"), item("b", "y"), waivers=WaiverRule(("security",), timedelta(days=5)))
    story = Story()
    story.checked(outcome("b", "y"))
    story.waived("a", CAROL, until=at(days=-6))
    decision = ask(rules, story, roster=PEOPLE)
    assert why(decision, "a") == "waiver-too-long"
    story.waived("a", CAROL, until=at(days=-5))
    assert ask(rules, story, roster=PEOPLE).answer is Answer.OPEN_WITH_WAIVERS


def test_a_waiver_never_reaches_beyond_the_end_of_what_it_waives() -> None:
    ends = message("days-left", until=(NOW + timedelta(days=6)).isoformat(), count=6)
    came_to = outcome("webhook", "https", Verdict.FAILED)
    observed = Outcome(
        Verdict.FAILED, message("https.expires-too-soon"), (Evidence(message("x"), observed=ends),)
    )
    story = ready("webhook")
    story.checked(type(came_to)(came_to.item, came_to.item_digest, "https", "https", came_to.at, observed))
    story.waived("webhook", BOB, until=at(days=-7))
    assert why(ask(RULES, story, roster=PEOPLE), "webhook") == "waiver-beyond-end"
    story.waived("webhook", BOB, until=at(days=-6))
    assert ask(RULES, story, roster=PEOPLE).answer is Answer.OPEN_WITH_WAIVERS


def test_without_a_roster_a_claimed_waiver_of_another_than_the_opener_counts() -> None:
    story = Story(trust=Trust.CLAIMED)
    story.checked(outcome("a", "x"))
    story.waived("b", BOB)
    rules = checklist(item("a", "x"), item("b", "y"))
    assert ask(rules, story).answer is Answer.OPEN_WITH_WAIVERS
    assert ask(rules, story, into=environment(signatures=Demand.REQUIRED)).answer is Answer.BLOCKED


def test_what_was_promoted_under_a_waiver_stays_so_when_the_waiver_ends() -> None:
    story = ready("webhook")
    story.waived("webhook", BOB, until=at(days=-1))
    story.promoted(BOB)
    decision = ask(RULES, story, roster=PEOPLE, now=NOW + timedelta(days=40))
    assert decision.exit_code is ExitCode.YES


@pytest.mark.parametrize(
    ("where", "release", "holds"),
    [
        ("preprod", None, True),
        ("production", None, False),
        (None, V1, True),
        (None, V2, False),
        ("preprod", V2, False),
        ("preprod", V1, True),
    ],
)
def test_a_hold_stops_what_it_names_until_it_is_lifted(
    where: str | None, release: object, holds: bool
) -> None:
    trail = Story(roster=PEOPLE, opener=None)
    held = trail.held(CAROL, environment=where, release=release)  # type: ignore[arg-type]
    decision = ask(RULES, ready(), roster=PEOPLE, stops=trail.fold_trail().stops)
    assert codes(decision) == ([(None, "held")] if holds else [])
    assert decision.exit_code is (ExitCode.NO if holds else ExitCode.YES)
    trail.lifted(held, BOB)
    assert ask(RULES, ready(), roster=PEOPLE, stops=trail.fold_trail().stops).answer is Answer.OPEN


def test_a_lift_that_does_not_count_or_comes_before_lifts_nothing() -> None:
    trail = Story(roster=PEOPLE, opener=None)
    held = trail.held(CAROL)
    trail.add(trail.lifted(held, BOB).entry.content, BOB, refers_to=["01JD0000000000000000000000"])
    trail.records.append(trail.records.pop(-2))
    again = trail.held(CAROL)
    quarantined = trail.lifted(again, BOB)
    trail.records[-1] = type(quarantined)(
        quarantined.entry, quarantined.commit, quarantined.path, quarantined.signature, Trust.QUARANTINED
    )
    assert [each.entry.id for each in trail.fold_trail().stops] == [again.entry.id]


def test_what_was_promoted_before_a_hold_stays_promoted() -> None:
    story = Story(roster=PEOPLE)
    story.checked(outcome("webhook", "https"), outcome("certificate", "certificate"))
    story.signed("keys", CAROL)
    story.promoted(BOB)
    story.held(CAROL)
    trail, promotion = story.fold_trail(), story.fold(PEOPLE)
    as_of = trail.as_of(promotion)
    assert len(trail.stops) == 1
    decision = decide(
        RULES,
        promotion,
        environment=environment(),
        roster=as_of.roster,
        reached=as_of.reached,
        now=NOW,
        stops=as_of.stops,
    )
    assert decision.exit_code is ExitCode.YES


def test_an_item_that_lacks_nothing_is_done_and_its_waiver_lets_nothing_be() -> None:
    story = ready()
    story.waived("webhook", BOB)
    decision = ask(RULES, story, roster=PEOPLE, into=environment(authors=Rule.WARN))
    assert (decision.answer, decision.waivers) == (Answer.OPEN, 0)
    assert state(decision, "webhook") is ItemState.DONE
    assert Sort.WAIVER not in [each.sort for each in of_decision(decision, RULES, is_open=True)]
    wrote = Authors({"bob@example.com": frozenset({1})})
    told = ask(RULES, story, roster=PEOPLE, into=environment(authors=Rule.WARN), authors=wrote)
    assert not [each for each in told.warnings if each.code == "author-exempted"]
    later = ask(RULES, story, roster=PEOPLE, now=NOW + RULES.max_age + timedelta(hours=1))
    assert state(later, "webhook") is ItemState.WAIVED


def test_where_everything_waived_was_done_all_the_same_the_gate_opens() -> None:
    rules = checklist(item("a", "x"), item("b", sign_off=seats()))
    story = Story()
    story.waived("a", BOB)
    story.waived("b", BOB)
    assert codes(ask(rules, story, roster=PEOPLE)) == [(None, "everything-exempt")]
    story.signed("b", CAROL)
    assert ask(rules, story, roster=PEOPLE).answer is Answer.OPEN_WITH_WAIVERS
    story.checked(outcome("a", "x"))
    assert ask(rules, story, roster=PEOPLE).answer is Answer.OPEN


def test_a_waiver_that_passes_over_what_the_item_needs_is_counted() -> None:
    rules = checklist(
        item("a", "x"), item("b", sign_off=seats(), needs=["c"]), item("c", "y", required=False)
    )
    story = Story()
    story.checked(outcome("a", "x"))
    story.signed("b", CAROL)
    story.waived("b", BOB)
    decision = ask(rules, story, roster=PEOPLE)
    assert (decision.answer, state(decision, "b")) == (Answer.OPEN_WITH_WAIVERS, ItemState.WAIVED)
    story.checked(outcome("c", "y"))
    assert ask(rules, story, roster=PEOPLE).answer is Answer.OPEN

from dataclasses import replace
from datetime import timedelta

import pytest

from promoter.errors import ExitCode
from promoter.gate import Answer, Hold, ItemState, Validity
from promoter.model.entry import Trust
from promoter.model.environment import Demand
from promoter.model.outcome import Verdict
from tests.support.entries import Story
from tests.support.gates import ask, codes, state
from tests.support.nouns import (
    ALICE,
    NOW,
    UNBOUND,
    V1,
    V2,
    check,
    checklist,
    environment,
    item,
    outcome,
    release,
    roster,
)

WEBHOOK = checklist(item("webhook", "https"))


def test_a_checklist_whose_checks_all_pass_opens_the_gate() -> None:
    story = Story()
    story.checked(outcome("webhook", "https"))
    decision = ask(WEBHOOK, story)
    assert decision.answer is Answer.OPEN
    assert decision.reasons == ()
    assert decision.exit_code is ExitCode.YES
    assert state(decision, "webhook") is ItemState.DONE
    assert not decision.items[0].holds


def test_a_check_that_warned_satisfies() -> None:
    story = Story()
    story.checked(outcome("webhook", "https", Verdict.WARNED))
    assert ask(WEBHOOK, story).answer is Answer.OPEN


@pytest.mark.parametrize(
    ("verdict", "code", "hold", "exit_code", "item_state"),
    [
        (Verdict.FAILED, "check-failed", Hold.FAILED, ExitCode.NO, ItemState.FAILING),
        (Verdict.ERRORED, "check-errored", Hold.UNKNOWN, ExitCode.COULD_NOT_TELL, ItemState.ERRORED),
        (Verdict.SKIPPED, "check-skipped", Hold.WAITING, ExitCode.NOT_YET, ItemState.WAITING),
    ],
)
def test_only_passed_and_warned_satisfy(
    verdict: Verdict, code: str, hold: Hold, exit_code: ExitCode, item_state: ItemState
) -> None:
    story = Story()
    story.checked(outcome("webhook", "https", verdict))
    decision = ask(WEBHOOK, story)
    assert decision.answer is Answer.BLOCKED
    assert codes(decision) == [("webhook", code)]
    assert decision.reasons[0].hold is hold
    assert decision.exit_code is exit_code
    assert state(decision, "webhook") is item_state


def test_a_check_that_never_ran_is_waited_for() -> None:
    decision = ask(WEBHOOK, Story())
    assert codes(decision) == [("webhook", "check-missing")]
    assert decision.exit_code is ExitCode.NOT_YET
    assert state(decision, "webhook") is ItemState.WAITING


def test_every_check_of_an_item_must_pass_and_each_that_does_not_says_so() -> None:
    story = Story()
    story.checked(outcome("webhook", "https"), outcome("webhook", "dns", Verdict.FAILED))
    decision = ask(checklist(item("webhook", "https", "dns", "certificate")), story)
    assert codes(decision) == [("webhook", "check-failed"), ("webhook", "check-missing")]


def test_the_last_outcome_recorded_speaks() -> None:
    story = Story()
    story.checked(outcome("webhook", "https", Verdict.FAILED))
    story.checked(outcome("webhook", "https"))
    assert ask(WEBHOOK, story).answer is Answer.OPEN
    story.checked(outcome("webhook", "https", Verdict.FAILED))
    assert ask(WEBHOOK, story).answer is Answer.BLOCKED


def test_an_outcome_expires_when_it_is_older_than_allowed_and_not_before() -> None:
    story = Story()
    story.checked(outcome("webhook", "https", days=7))
    assert ask(WEBHOOK, story).answer is Answer.OPEN
    decision = ask(WEBHOOK, story, now=NOW + timedelta(seconds=1))
    assert codes(decision) == [("webhook", "check-expired")]
    assert decision.exit_code is ExitCode.NOT_YET
    assert state(decision, "webhook") is ItemState.EXPIRED


def test_a_check_may_allow_another_age_than_its_checklist() -> None:
    story = Story()
    story.checked(outcome("webhook", "https", days=2))
    strict = checklist(item("webhook", check("https", max_age=timedelta(days=1))))
    assert codes(ask(strict, story)) == [("webhook", "check-expired")]


def test_a_failure_stays_a_failure_however_old() -> None:
    story = Story()
    story.checked(outcome("webhook", "https", Verdict.FAILED, days=400))
    assert codes(ask(WEBHOOK, story)) == [("webhook", "check-failed")]


def test_an_outcome_without_a_readable_time_is_of_unknown_age() -> None:
    story = Story()
    story.checked(replace(outcome("webhook", "https"), at="yesterday"))
    decision = ask(WEBHOOK, story)
    assert codes(decision) == [("webhook", "check-undated")]
    assert state(decision, "webhook") is ItemState.ERRORED
    assert decision.exit_code is ExitCode.COULD_NOT_TELL


def test_an_outcome_dated_more_than_five_minutes_ahead_does_not_satisfy() -> None:
    story = Story()
    story.checked(replace(outcome("webhook", "https"), at="2099-01-01T00:00:00Z"))
    decision = ask(WEBHOOK, story)
    assert codes(decision) == [("webhook", "clock-ahead")]
    assert decision.reasons[0].hold is Hold.UNKNOWN
    assert decision.exit_code is ExitCode.COULD_NOT_TELL
    assert state(decision, "webhook") is ItemState.ERRORED
    story.checked(outcome("webhook", "https"))
    assert ask(WEBHOOK, story, now=NOW - timedelta(minutes=5)).answer is Answer.OPEN
    assert codes(ask(WEBHOOK, story, now=NOW - timedelta(minutes=5, seconds=1))) == [
        ("webhook", "clock-ahead")
    ]


def test_a_failure_dated_ahead_is_a_failure() -> None:
    story = Story()
    story.checked(outcome("webhook", "https", Verdict.FAILED, days=-1))
    assert codes(ask(WEBHOOK, story)) == [("webhook", "check-failed")]


def test_an_outcome_dated_ahead_of_what_was_promoted_on_it_does_not_satisfy() -> None:
    story = Story()
    story.checked(outcome("webhook", "https", days=-2))
    story.promoted()
    decision = ask(WEBHOOK, story, now=NOW + timedelta(days=9))
    assert codes(decision) == [(None, "promoted-while-blocked"), ("webhook", "clock-ahead")]


def test_an_outcome_is_stale_when_the_items_definition_changed() -> None:
    story = Story()
    story.checked(outcome("webhook", "https", item_digest="sha256:before"))
    decision = ask(WEBHOOK, story)
    assert codes(decision) == [("webhook", "check-stale-item")]
    assert state(decision, "webhook") is ItemState.STALE


def test_an_outcome_of_another_kind_is_stale() -> None:
    story = Story()
    story.checked(replace(outcome("webhook", "https"), kind="http"))
    assert codes(ask(WEBHOOK, story)) == [("webhook", "check-stale-item")]


@pytest.mark.parametrize(
    ("observed", "promoted"),
    [
        (V2, V1),
        (release("v1", "c"), V1),
        (replace(V1, tree="0" * 40), V1),
        (UNBOUND, V1),
        (V1, UNBOUND),
        (release("v2"), UNBOUND),
    ],
)
def test_an_outcome_of_another_release_is_stale(observed: object, promoted: object) -> None:
    story = Story(promoted)  # type: ignore[arg-type]
    story.checked(outcome("webhook", "https"), release=observed)  # type: ignore[arg-type]
    assert codes(ask(WEBHOOK, story)) == [("webhook", "check-stale-release")]


def test_a_release_is_its_commit_and_tree_whatever_its_name_and_its_name_when_unbound() -> None:
    story = Story(V1)
    story.checked(outcome("webhook", "https"), release=replace(V1, name="v1.0.0"))
    assert ask(WEBHOOK, story).answer is Answer.OPEN
    unbound = Story(UNBOUND)
    unbound.checked(outcome("webhook", "https"))
    assert ask(WEBHOOK, unbound).answer is Answer.OPEN


def test_an_item_that_survives_releases_keeps_its_outcomes_but_not_across_definitions() -> None:
    story = Story()
    story.checked(outcome("webhook", "https"), release=V2)
    surviving = checklist(item("webhook", "https", survives=True))
    assert ask(surviving, story).answer is Answer.OPEN
    story.checked(outcome("webhook", "https", item_digest="sha256:before"))
    assert ask(surviving, story).answer is Answer.OPEN


def test_an_outcome_under_overrides_neither_satisfies_nor_hides_one_that_does() -> None:
    overridden = outcome("webhook", "https", overrides=["--connect-to a:443:127.0.0.1:8443"])
    story = Story()
    story.checked(overridden)
    decision = ask(WEBHOOK, story)
    assert codes(decision) == [("webhook", "check-overridden")]
    assert decision.items[0].checks[0].validity is Validity.OVERRIDDEN
    story.checked(outcome("webhook", "https", Verdict.FAILED))
    story.checked(overridden)
    assert codes(ask(WEBHOOK, story)) == [("webhook", "check-failed")]
    story.checked(outcome("webhook", "https"))
    story.checked(overridden)
    assert ask(WEBHOOK, story).answer is Answer.OPEN


def test_a_claimed_outcome_counts_only_where_claims_count() -> None:
    story = Story(trust=Trust.CLAIMED)
    story.checked(outcome("webhook", "https"))
    assert ask(WEBHOOK, story).answer is Answer.OPEN
    decision = ask(WEBHOOK, story, roster=roster(alice="integrator"))
    assert codes(decision) == [("webhook", "check-claimed")]
    assert decision.items[0].checks[0].validity is Validity.MISSING
    signed = environment(signatures=Demand.REQUIRED)
    assert codes(ask(WEBHOOK, story, into=signed)) == [("webhook", "check-claimed")]


def test_an_advisory_item_never_holds_and_speaks_up_only_when_something_is_wrong() -> None:
    rules = checklist(item("webhook", "https"), item("dns", "dns", required=False))
    story = Story()
    story.checked(outcome("webhook", "https"))
    decision = ask(rules, story)
    assert decision.answer is Answer.OPEN
    assert decision.items[1].reasons == ()
    assert state(decision, "dns") is ItemState.WAITING
    story.checked(outcome("dns", "dns", Verdict.FAILED))
    decision = ask(rules, story)
    assert decision.answer is Answer.OPEN
    assert [each.message.code for each in decision.items[1].reasons] == ["check-failed"]
    assert not decision.items[1].holds


def test_an_item_waits_for_the_items_it_needs() -> None:
    rules = checklist(item("webhook", "https", needs=["dns"]), item("dns", "dns"))
    story = Story()
    story.checked(outcome("webhook", "https"))
    decision = ask(rules, story)
    assert codes(decision) == [("webhook", "needs"), ("dns", "check-missing")]
    assert decision.exit_code is ExitCode.NOT_YET
    assert state(decision, "webhook") is ItemState.WAITING
    story.checked(outcome("dns", "dns"))
    assert ask(rules, story).answer is Answer.OPEN


def test_needing_goes_through_and_a_circle_is_never_done() -> None:
    story = Story()
    story.checked(outcome("a", "https"), outcome("b", "https"), outcome("c", "https"))
    chain = checklist(item("a", "https", needs=["b"]), item("b", "https", needs=["c"]), item("c", "https"))
    assert ask(chain, story).answer is Answer.OPEN
    broken = checklist(*chain.items[:2], item("c", "https", "dns"))
    assert codes(ask(broken, story)) == [("a", "needs"), ("b", "needs"), ("c", "check-missing")]
    circle = checklist(item("a", "https", needs=["b"]), item("b", "https", needs=["a"]))
    assert codes(ask(circle, story)) == [("a", "needs"), ("b", "needs")]
    unknown = checklist(item("a", "https", needs=["nothing"]))
    assert codes(ask(unknown, story)) == [("a", "needs")]


def test_a_checklist_that_requires_nothing_opens_nothing() -> None:
    empty = ask(checklist(), Story())
    assert codes(empty) == [(None, "checklist-empty")]
    assert empty.exit_code is ExitCode.NO
    advisory = ask(checklist(item("dns", "dns", required=False)), Story())
    assert codes(advisory) == [(None, "checklist-empty")]


def test_an_item_with_neither_check_nor_sign_off_opens_nothing() -> None:
    decision = ask(checklist(item("nothing")), Story())
    assert codes(decision) == [("nothing", "item-vacuous")]
    assert decision.exit_code is ExitCode.NO
    assert decision.answer is Answer.BLOCKED


def test_outcomes_that_are_not_asked_for_change_nothing() -> None:
    story = Story()
    story.checked(outcome("webhook", "https"), outcome("webhook", "gone", Verdict.FAILED), by=ALICE)
    assert ask(WEBHOOK, story).answer is Answer.OPEN

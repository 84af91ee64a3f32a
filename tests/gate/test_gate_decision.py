from dataclasses import replace
from datetime import timedelta

from promoter.errors import ExitCode
from promoter.gate import NEXT, PHRASES, Answer, Decision, Hold, ItemState, decide
from promoter.messages import Language, Phrase, message
from promoter.model.entry import EntryType, ItemBinding, Reserved, Trust, Unreadable
from promoter.model.environment import Demand
from promoter.model.outcome import Verdict
from promoter.promotion import RunsIn
from tests.support.entries import PROMOTION, Story
from tests.support.gates import ask, codes, state, words
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    NOW,
    UNBOUND,
    V1,
    V2,
    at,
    checklist,
    digest,
    environment,
    item,
    outcome,
    roster,
    seats,
)

ENGLISH = Language(phrasebook=PHRASES.get)
RULES = checklist(item("webhook", "https"))
FROM_STAGING = replace(RULES, requires_previous=True)


def passing(release: object = V1) -> Story:
    story = Story(release)  # type: ignore[arg-type]
    story.checked(outcome("webhook", "https"))
    return story


def arrivals(story: Story) -> tuple[RunsIn, ...]:
    return story.fold_trail().reached.get("staging", ())


def test_several_reasons_end_with_the_worst_exit_code() -> None:
    rules = checklist(item("a", "https"), item("b", "https"), item("c", "https"))
    story = Story()
    assert ask(rules, story).exit_code is ExitCode.NOT_YET
    story.checked(outcome("a", "https", Verdict.ERRORED))
    assert ask(rules, story).exit_code is ExitCode.COULD_NOT_TELL
    story.checked(outcome("b", "https", Verdict.FAILED))
    assert ask(rules, story).exit_code is ExitCode.NO


def test_reasons_come_in_checklist_order_whatever_was_recorded_first() -> None:
    story = Story()
    story.checked(outcome("b", "https", Verdict.FAILED))
    story.checked(outcome("a", "https", Verdict.FAILED))
    decision = ask(checklist(item("a", "https"), item("b", "https")), story)
    assert [each.item for each in decision.reasons] == ["a", "b"]


def test_a_promoted_promotion_stays_promoted_whatever_expires_or_is_said_later() -> None:
    story = passing()
    story.promoted()
    story.rejected("webhook", BOB)
    decision = ask(RULES, story, now=NOW.replace(year=2030))
    assert decision.answer is Answer.PROMOTED
    assert not decision.answer.is_open
    assert decision.reasons == ()
    assert decision.exit_code is ExitCode.YES


def test_a_promotion_that_was_promoted_while_something_held_it_says_so_and_is_no_yes() -> None:
    rules = checklist(item("webhook", "https"), item("keys", sign_off=seats("security")))
    story = Story()
    story.checked(outcome("webhook", "https", Verdict.FAILED))
    story.promoted(BOB)
    story.checked(outcome("webhook", "https"))
    story.signed("keys", CAROL)
    decision = ask(rules, story)
    assert decision.answer is Answer.PROMOTED
    assert codes(decision) == [
        (None, "promoted-while-blocked"),
        ("webhook", "check-failed"),
        ("keys", "sign-off-missing"),
    ]
    assert words(decision, ENGLISH)[0].startswith(
        "promoted by Bob while the gate was blocked by 2 reasons, the first: https: "
    )
    assert decision.reasons[0].hold is Hold.FAILED
    assert decision.exit_code is ExitCode.NO
    assert state(decision, "keys") is ItemState.WAITING


def test_a_rejection_that_landed_before_it_was_promoted_is_not_passed_over() -> None:
    story = passing()
    story.rejected("webhook", BOB)
    story.promoted()
    decision = ask(RULES, story)
    assert codes(decision) == [(None, "promoted-while-blocked"), ("webhook", "rejected-only")]
    assert decision.exit_code is ExitCode.NO


def test_waiting_alone_makes_it_a_no_where_it_was_promoted_all_the_same() -> None:
    story = Story()
    story.promoted()
    assert ask(RULES, story).exit_code is ExitCode.NO


def test_a_promotion_that_was_opened_twice_is_blocked_whichever_comes_first() -> None:
    story = passing()
    story.opened(BOB)
    first, ran, second = story.records
    decisions = []
    for records in ([first, ran, second], [second, ran, first], [second, first, ran]):
        story.records = records
        decisions.append(ask(RULES, story))
    assert {each.exit_code for each in decisions} == {ExitCode.NO}
    assert {each.answer for each in decisions} == {Answer.BLOCKED}
    assert [codes(each) for each in decisions] == [[(None, "opened-twice")]] * 3
    assert {words(each, ENGLISH)[0] for each in decisions} == {
        "opened twice: by Alice (0000000) and by Bob (0000000), so nobody can tell whose checklist rules"
    }


def test_opening_it_again_after_it_was_promoted_is_not_passed_over() -> None:
    story = passing()
    story.promoted()
    story.opened(BOB)
    decision = ask(RULES, story)
    assert codes(decision) == [(None, "promoted-while-blocked"), (None, "opened-twice")]
    assert decision.exit_code is ExitCode.NO


def test_a_second_opening_that_does_not_count_blocks_nothing() -> None:
    story = passing()
    rival = story.opened(BOB)
    story.records[-1] = replace(rival, trust=Trust.QUARANTINED)
    story.opened(BOB, promotion="another")
    assert ask(RULES, story).answer is Answer.OPEN


def test_what_was_promoted_is_judged_at_its_time_and_not_by_what_expired_since() -> None:
    story = passing()
    story.amend(story.promoted(), at=at(days=-3))
    later = NOW.replace(year=2030)
    assert ask(RULES, story, now=later).exit_code is ExitCode.YES
    story.amend(story.records[-1], at=at(days=-8))
    decision = ask(RULES, story, now=later)
    assert codes(decision) == [(None, "promoted-while-blocked"), ("webhook", "check-expired")]


def test_a_promoted_entry_dated_in_the_future_is_judged_now() -> None:
    story = passing()
    story.amend(story.promoted(), at=at(days=-365))
    assert ask(RULES, story).exit_code is ExitCode.YES
    assert ask(RULES, story, now=NOW + timedelta(days=8)).exit_code is ExitCode.NO


def test_dating_a_promoted_entry_back_makes_no_outcome_young_again() -> None:
    rules = checklist(item("webhook", "https"), item("keys", sign_off=seats()))
    story = Story()
    story.amend(story.records[0], at=at(days=20))
    story.amend(story.checked(outcome("webhook", "https", days=20)), at=at(days=20))
    story.signed("keys", BOB)
    story.amend(story.promoted(), at=at(days=19))
    assert ask(rules, story, now=NOW + timedelta(days=90)).exit_code is ExitCode.NO
    story.amend(story.records[2], at=at(days=19))
    assert ask(rules, story, now=NOW + timedelta(days=90)).exit_code is ExitCode.YES


def test_clocks_that_differ_by_five_minutes_leave_an_honest_promotion_what_it_was() -> None:
    story = passing()
    story.amend(story.promoted(), at=at(hours=5 / 60))
    assert ask(RULES, story).exit_code is ExitCode.YES
    assert ask(RULES, story, now=NOW - timedelta(minutes=5)).exit_code is ExitCode.YES
    assert ask(RULES, story, now=NOW.replace(year=2030)).exit_code is ExitCode.YES


def test_a_promoted_entry_without_a_readable_time_is_judged_now() -> None:
    story = passing()
    story.amend(story.promoted(), at="soon")
    assert ask(RULES, story).exit_code is ExitCode.YES
    assert ask(RULES, story, now=NOW.replace(year=2030)).exit_code is ExitCode.NO


def test_what_a_newer_version_wrote_before_a_promotion_was_promoted_leaves_it_uncertain() -> None:
    story = passing()
    story.add(Reserved({}), BOB, kind=EntryType.DELEGATED, item=ItemBinding("webhook", digest("webhook")))
    story.promoted()
    decision = ask(RULES, story)
    assert codes(decision) == [(None, "promoted-while-blocked"), (None, "written-by-newer")]
    assert decision.exit_code is ExitCode.COULD_NOT_TELL


def test_what_a_newer_version_wrote_after_a_promotion_was_promoted_changes_nothing() -> None:
    story = passing()
    story.promoted()
    story.add(Reserved({}), BOB, kind=EntryType.DEPLOYED)
    story.unreadable.append(
        Unreadable("p/x.json", "c" * 40, PROMOTION, message("malformed-entry"), blocks=True)
    )
    assert len(story.fold().newer) == 2
    assert ask(RULES, story).exit_code is ExitCode.YES


def test_an_abandoned_promotion_says_who_gave_it_up_and_why() -> None:
    story = passing()
    story.abandoned(BOB, "the release is broken")
    decision = ask(RULES, story)
    assert decision.answer is Answer.ABANDONED
    assert words(decision, ENGLISH) == ["abandoned by Bob: the release is broken"]
    assert decision.exit_code is ExitCode.NO


def test_the_release_must_have_got_to_the_environment_it_comes_from() -> None:
    story = passing()
    unknown = ask(FROM_STAGING, story, reached=arrivals(story))
    assert codes(unknown) == [(None, "previous-unknown")]
    assert unknown.exit_code is ExitCode.NOT_YET
    there = Story(roster=roster(), opener=None)
    there.adopted("staging", V2)
    other = ask(FROM_STAGING, story, reached=arrivals(there))
    assert words(other, ENGLISH) == ["staging runs v2 (bbbbbbb): v1 (aaaaaaa) has not been promoted there"]
    there.adopted("staging", V1)
    there.adopted("staging", V2)
    assert ask(FROM_STAGING, story, reached=arrivals(there)).answer is Answer.OPEN


def test_another_environment_or_a_release_of_the_same_name_does_not_do_as_previous() -> None:
    there = Story(roster=roster(), opener=None)
    there.adopted("sandbox", V1)
    there.adopted("staging", UNBOUND)
    reached = tuple(each for all_ in there.fold_trail().reached.values() for each in all_)
    assert codes(ask(FROM_STAGING, passing(), reached=reached)) == [(None, "previous-missing")]


def test_an_unbound_release_is_known_by_its_name() -> None:
    there = Story(roster=roster(), opener=None)
    there.adopted("staging", UNBOUND)
    assert ask(FROM_STAGING, passing(UNBOUND), reached=arrivals(there)).answer is Answer.OPEN


def test_what_is_only_claimed_to_run_does_not_do_where_claims_do_not_count() -> None:
    there = Story(roster=roster(), opener=None, trust=Trust.CLAIMED)
    there.adopted("staging", V1)
    assert ask(FROM_STAGING, passing(), reached=arrivals(there)).answer is Answer.OPEN
    decision = ask(
        FROM_STAGING, passing(), reached=arrivals(there), into=environment(signatures=Demand.REQUIRED)
    )
    assert codes(decision) == [(None, "previous-claimed")]


def test_what_a_newer_version_wrote_blocks_and_is_never_skipped() -> None:
    story = passing()
    story.add(Reserved({}), BOB, kind=EntryType.DELEGATED, item=ItemBinding("webhook", digest("webhook")))
    decision = ask(RULES, story)
    assert codes(decision) == [(None, "written-by-newer")]
    assert decision.exit_code is ExitCode.COULD_NOT_TELL


def test_an_unreadable_entry_that_blocks_says_what_the_trail_says_of_it() -> None:
    story = passing()
    why = message("written-by-newer", what="promoter/entry/9")
    story.unreadable.append(Unreadable("p/x.json", "c" * 40, PROMOTION, why, blocks=True))
    assert ask(RULES, story).reasons[0].message == why
    story.unreadable[0] = replace(story.unreadable[0], why=message("malformed-entry"))
    assert ask(RULES, story).reasons[0].message == message(
        "written-by-newer", what=message("malformed-entry")
    )


def test_what_a_newer_version_wrote_of_the_trail_itself_blocks_every_promotion() -> None:
    story = Story(roster=roster(alice="roster-admin"))
    story.checked(outcome("webhook", "https"))
    story.add(Reserved({}), ALICE, kind=EntryType.FROZEN)
    newer = story.fold_trail().newer
    decision = decide(
        RULES, story.fold(), environment=environment(), roster=roster(), reached=(), now=NOW, newer=newer
    )
    assert codes(decision) == [(None, "written-by-newer")]


def test_quarantined_entries_are_never_counted_signed_or_claimed() -> None:
    rules = checklist(item("webhook", "https"), item("keys", sign_off=seats()))
    story = Story()
    story.checked(outcome("webhook", "https"), trust=Trust.QUARANTINED)
    story.signed("keys", BOB, trust=Trust.QUARANTINED)
    assert codes(ask(rules, story)) == [("webhook", "check-missing"), ("keys", "sign-off-missing-anyone")]


def test_rules_of_another_transition_open_nothing() -> None:
    production = environment("production")
    decision = ask(RULES, passing(), into=production)
    assert codes(decision) == [(None, "other-rules")]
    assert decision.exit_code is ExitCode.COULD_NOT_TELL
    assert codes(ask(replace(RULES, from_environment="sandbox"), passing())) == [(None, "other-rules")]


def test_a_time_without_a_zone_is_taken_as_utc() -> None:
    decision = ask(RULES, passing(), now=NOW.replace(tzinfo=None))
    assert decision.answer is Answer.OPEN


def test_a_time_in_another_zone_is_the_moment_it_names() -> None:
    story = Story()
    late = replace(outcome("webhook", "https"), at="2026-11-15T13:30:00+02:00")
    story.checked(late)
    assert codes(ask(RULES, story)) == [("webhook", "check-expired")]
    story.checked(replace(late, at="2026-11-15T13:30:00+01:00"))
    assert ask(RULES, story).answer is Answer.OPEN


def test_reasons_read_well() -> None:
    rules = checklist(
        item("webhook", "https", "certificate", "dns"),
        item("keys", sign_off=seats("integrator", "security")),
        item("support", sign_off=seats()),
        item("oauth", "oauth", needs=["keys"]),
    )
    story = Story(V1)
    story.checked(
        outcome("webhook", "https", days=9),
        outcome("webhook", "certificate", Verdict.FAILED, reason=message("says", days=6)),
        outcome("webhook", "dns", overrides=["--ca-file ca.pem"]),
        outcome("oauth", "oauth"),
    )
    story.signed("keys", ALICE)
    story.signed("support", CAROL, release=V2)
    phrasebook = {**PHRASES, "says": "expires in {days} days"}
    members = roster(alice="integrator", carol="security")
    assert words(ask(rules, story, roster=members), Language(phrasebook=phrasebook.get)) == [
        "https is 9 days old, 7 days allowed",
        "certificate: expires in 6 days",
        "dns ran with --ca-file ca.pem, so it does not count",
        "waiting for 1 of 2 sign-offs: security",
        "waiting for a sign-off",
        "the sign-off of Carol is stale: the release moved from v2 (bbbbbbb) to v1 (aaaaaaa)",
        "keys must be done first",
    ]


def test_what_to_do_next_is_said_with_the_reasons_own_parameters() -> None:
    rules = checklist(item("keys", "https", sign_off=seats("security")))
    assert next_steps(ask(rules, Story(), roster=roster(bob="security"))) == [
        "promoter run keys",
        "promoter sign keys (role security)",
    ]
    story = passing()
    assert next_steps(ask(FROM_STAGING, story)) == [
        "promote it into staging first, or declare it with promoter adopt staging"
    ]
    story.rejected("webhook", BOB)
    assert next_steps(ask(RULES, story)) == [
        "Bob takes it back with promoter revoke webhook once it is right"
    ]


def next_steps(decision: Decision) -> list[str]:
    return [
        ENGLISH.say(Phrase(NEXT[each.message.code], {"item": each.item, **each.message.parameters}))
        for each in decision.reasons
    ]


def test_next_steps_are_for_codes_that_have_words() -> None:
    assert set(NEXT) - set(PHRASES) == {"written-by-newer"}


def test_the_state_of_an_item_is_the_first_that_applies() -> None:
    rules = checklist(item("x", "a", "b", "c", "d", sign_off=seats()))
    story = Story()
    seen = [state(ask(rules, story), "x")]
    story.checked(*(outcome("x", each) for each in "abcd"))
    seen.append(state(ask(rules, story), "x"))
    story.checked(outcome("x", "a", days=9))
    seen.append(state(ask(rules, story), "x"))
    story.signed("x", BOB, release=V2)
    seen.append(state(ask(rules, story), "x"))
    story.checked(outcome("x", "c", Verdict.ERRORED))
    seen.append(state(ask(rules, story), "x"))
    story.checked(outcome("x", "d", Verdict.FAILED))
    seen.append(state(ask(rules, story), "x"))
    story.rejected("x", BOB)
    seen.append(state(ask(rules, story), "x"))
    assert [str(each) for each in seen] == [
        "waiting",
        "passing",
        "expired",
        "stale",
        "errored",
        "failing",
        "rejected",
    ]

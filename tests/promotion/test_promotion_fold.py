from dataclasses import replace

from promoter.messages import Language, message
from promoter.model.entry import EntryType, ItemBinding, Promoted, Reserved, SignedOff, Trust, Unreadable
from promoter.model.outcome import Verdict
from promoter.promotion import PHRASES, Promotion, Stage, fold
from tests.support.entries import PROMOTION, Story
from tests.support.nouns import ALICE, BOB, CAROL, V1, V2, at, item, outcome


def reasons(promotion: Promotion) -> list[str | None]:
    return [each.why.code if each.why else None for each in promotion.quarantined]


def test_nothing_is_a_promotion_until_something_that_counts_opens_it() -> None:
    story = Story(opener=None)
    story.signed("webhook", BOB)
    assert fold(story.records) is None
    opened = story.opened()
    assert fold([replace(opened, trust=Trust.QUARANTINED)]) is None
    assert fold([]) is None


def test_a_promotion_is_what_its_opening_says() -> None:
    story = Story(V1)
    promotion = story.fold()
    assert promotion.id == PROMOTION
    assert promotion.transition == "staging-to-preprod"
    assert (promotion.from_environment, promotion.to_environment) == ("staging", "preprod")
    assert promotion.release == V1
    assert promotion.opener == ALICE
    assert promotion.stage is Stage.OPEN
    assert promotion.history == tuple(story.records)


def test_every_other_entry_that_opens_the_same_promotion_is_a_rival() -> None:
    story = Story()
    elsewhere = replace(story.subject(), to_environment="production")
    rival = story.opened(BOB)
    away = story.add(story.records[0].entry.content, CAROL, subject=elsewhere)
    story.opened(CAROL, promotion="another")
    story.records.append(replace(story.records[0], commit="e" * 40))
    assert [each.entry for each in story.fold().rivals] == [rival.entry, away.entry]


def test_outcomes_are_kept_for_each_check_oldest_first() -> None:
    story = Story()
    story.checked(outcome("webhook", "https", Verdict.FAILED), outcome("webhook", "certificate"))
    story.checked(outcome("webhook", "https"))
    outcomes = story.fold().outcomes
    assert [each.outcome.outcome.verdict for each in outcomes["webhook", "https"]] == [
        Verdict.FAILED,
        Verdict.PASSED,
    ]
    assert len(outcomes["webhook", "certificate"]) == 1


def test_a_sign_off_is_taken_back_by_the_person_who_gave_it() -> None:
    story = Story()
    signed = story.signed("webhook", BOB)
    revoked = story.revoked(signed)
    (voice,) = story.fold().sign_offs
    assert voice.revoked_by == revoked
    assert not voice.stands


def test_nobody_takes_back_what_another_person_said() -> None:
    story = Story()
    rejected = story.rejected("webhook", BOB)
    futile = story.revoked(rejected, by=CAROL)
    promotion = story.fold()
    assert promotion.rejections[0].stands
    assert [each.entry for each in promotion.quarantined] == [futile.entry]
    assert promotion.history[-1] == promotion.quarantined[0]
    assert reasons(promotion) == ["revokes-another"]


def test_choosing_the_id_of_another_persons_rejection_does_not_help_to_take_it_back() -> None:
    story = Story()
    rejected = story.rejected("webhook", BOB)
    signed = story.signed("webhook", CAROL)
    twin = story.amend(signed, id=rejected.entry.id)
    story.revoked(twin)
    promotion = story.fold()
    assert promotion.rejections[0].stands
    assert not promotion.sign_offs[0].stands


def test_a_revocation_of_something_unknown_is_quarantined() -> None:
    story = Story()
    signed = story.signed("webhook", BOB)
    story.amend(story.revoked(signed), refers_to=("01NOTHING",))
    promotion = story.fold()
    assert promotion.sign_offs[0].stands
    assert reasons(promotion) == ["revokes-nothing"]


def test_a_rejection_is_answered_by_a_later_sign_off_of_the_same_person() -> None:
    story = Story()
    story.rejected("webhook", BOB)
    story.signed("webhook", BOB)
    (rejection,) = story.fold().rejections
    assert rejection.answered


def test_a_rejection_is_not_answered_by_an_earlier_sign_off_another_person_or_another_item() -> None:
    story = Story()
    story.signed("webhook", BOB)
    story.rejected("webhook", BOB)
    story.signed("webhook", CAROL)
    story.signed("credentials", BOB)
    (rejection,) = story.fold().rejections
    assert rejection.stands


def test_a_sign_off_that_was_taken_back_answers_no_rejection_any_more() -> None:
    story = Story()
    story.rejected("webhook", BOB)
    story.revoked(story.signed("webhook", BOB))
    (rejection,) = story.fold().rejections
    assert rejection.stands


def test_the_first_closing_stays_and_late_entries_change_nothing_but_the_history() -> None:
    story = Story()
    signed = story.signed("webhook", BOB)
    promoted = story.promoted()
    story.abandoned()
    story.revoked(signed)
    story.rejected("webhook", CAROL)
    promotion = story.fold()
    assert promotion.stage is Stage.PROMOTED
    assert promotion.closed_by == promoted
    assert promotion.sign_offs[0].stands
    assert promotion.rejections == ()
    assert len(promotion.history) == 6


def test_an_abandoned_promotion_stays_abandoned() -> None:
    story = Story()
    story.abandoned()
    story.promoted()
    assert story.fold().stage is Stage.ABANDONED


def test_what_the_trail_quarantined_is_listed_and_never_folded() -> None:
    story = Story()
    forged = story.signed("webhook", BOB, trust=Trust.QUARANTINED)
    promotion = story.fold()
    assert promotion.sign_offs == ()
    assert promotion.quarantined == (forged,)
    assert forged in promotion.history


def test_claimed_entries_are_folded() -> None:
    story = Story(trust=Trust.CLAIMED)
    story.signed("webhook", BOB)
    assert len(story.fold().sign_offs) == 1


def test_an_entry_replayed_from_elsewhere_is_quarantined_with_the_reason() -> None:
    story = Story()
    subject = story.subject()
    story.amend(story.signed("webhook", BOB), trail="f" * 32)
    story.amend(story.signed("webhook", BOB), pipeline="other-service")
    story.amend(story.signed("webhook", BOB), subject=replace(subject, promotion="01OTHER"))
    story.amend(story.signed("webhook", BOB), subject=replace(subject, to_environment="production"))
    story.amend(story.signed("webhook", BOB), subject=None)
    promotion = story.fold()
    assert promotion.sign_offs == ()
    assert reasons(promotion) == [
        "not-this-trail",
        "not-this-trail",
        "not-this-promotion",
        "not-these-environments",
        "not-this-promotion",
    ]


def test_a_sign_off_for_another_release_is_kept_for_the_gate_to_call_stale() -> None:
    story = Story(V1)
    story.signed("webhook", BOB, release=V2)
    promotion = story.fold()
    assert len(promotion.sign_offs) == 1
    assert promotion.quarantined == ()


def test_a_promotion_is_not_closed_by_promoting_another_release() -> None:
    story = Story(V1)
    story.add(Promoted("tip", 1, "open", claimed=False), ALICE, subject=story.subject(V2))
    promotion = story.fold()
    assert promotion.stage is Stage.OPEN
    assert reasons(promotion) == ["not-this-release"]


def test_a_second_opening_an_early_entry_and_one_without_an_item_are_quarantined() -> None:
    story = Story(opener=None)
    story.signed("webhook", BOB)
    first = story.opened(ALICE)
    story.opened(BOB)
    story.add(SignedOff(), BOB)
    promotion = story.fold()
    assert promotion.opened == first
    assert [each.entry for each in promotion.quarantined] == [
        story.records[place].entry for place in (0, 2, 3)
    ]
    assert reasons(promotion) == ["before-opened", "open-already", "names-no-item"]


def test_what_this_version_knows_by_name_only_is_newer_and_never_skipped() -> None:
    story = Story()
    waived = story.add(
        Reserved({}), BOB, kind=EntryType.DELEGATED, item=ItemBinding("webhook", item("webhook").digest)
    )
    story.add(Reserved({}), BOB, kind=EntryType.DELEGATED, trust=Trust.QUARANTINED)
    blocking = Unreadable("p/00/x.json", "c" * 40, PROMOTION, message("schema-newer"), blocks=True)
    story.unreadable += [
        blocking,
        replace(blocking, blocks=False),
        replace(blocking, promotion="01OTHER"),
        replace(blocking, promotion=None),
    ]
    assert story.fold().newer == (blocking, waived)


def test_an_outcome_keeps_the_time_and_the_release_it_was_observed_for() -> None:
    story = Story(V1)
    story.checked(outcome("webhook", "https", days=3), release=V2)
    (observed,) = story.fold().outcomes["webhook", "https"]
    assert observed.outcome.at == at(days=3)
    assert observed.release == V2


def test_every_reason_for_setting_an_entry_aside_has_words() -> None:
    language = Language(phrasebook=PHRASES.get)
    assert language.say(message("revokes-another", name="Bob")) == "only Bob can take back what Bob said"
    assert all(language.say(message(code, name="x", release="x", source="x", target="x")) for code in PHRASES)

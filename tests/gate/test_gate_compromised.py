"""What a key that was declared compromised signed, and what the gate makes of it."""

from dataclasses import replace

from promoter.gate import Answer, Decision, Hold, decide
from promoter.messages import message
from promoter.model.entry import KeyCompromised, Recorded, Trust
from promoter.promotion import Stage, fold, fold_trail
from tests.support.entries import Story
from tests.support.gates import ask, codes, why
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    CI,
    NOW,
    checklist,
    environment,
    item,
    outcome,
    roster,
    seats,
)

MEMBERS = roster(alice="roster-admin", bob="security", carol="security")
RULES = checklist(item("keys", "x", sign_off=seats("security")))
DECLARED = "01JDDECLARED00000000000000"


def disown(story: Story, recorded: Recorded) -> Recorded:
    """Says of an entry that its key was declared compromised later."""
    said = message("compromised-key", key="SHA256:x", actor=recorded.entry.actor.name, by="Alice")
    disowned = replace(recorded, trust=Trust.QUARANTINED, why=said, disowned_by=DECLARED)
    story.records[story.records.index(recorded)] = disowned
    return disowned


def ready(story: Story) -> Recorded:
    story.checked(outcome("keys", "x"))
    return story.signed("keys", BOB)


def test_a_sign_off_is_reopened_and_the_reason_says_whose_key_and_who_said_so() -> None:
    story = Story(roster=MEMBERS)
    disown(story, ready(story))
    decision = ask(RULES, story, roster=MEMBERS)
    assert codes(decision) == [("keys", "sign-off-missing"), ("keys", "sign-off-compromised")]
    assert why(decision) == "sign-off-compromised"
    story.signed("keys", CAROL)
    assert ask(RULES, story, roster=MEMBERS).answer is Answer.OPEN


def test_an_outcome_counts_no_longer_and_one_before_it_does_again() -> None:
    story = Story(roster=MEMBERS)
    story.signed("keys", BOB)
    disown(story, story.checked(outcome("keys", "x"), by=CI))
    assert codes(ask(RULES, story, roster=MEMBERS)) == [("keys", "check-compromised")]
    story.checked(outcome("keys", "x"), by=BOB)
    assert ask(RULES, story, roster=MEMBERS).answer is Answer.OPEN


def test_a_promotion_opened_with_such_a_key_is_held_and_not_lost() -> None:
    story = Story(roster=MEMBERS)
    disown(story, story.records[1])
    ready(story)
    decision = ask(RULES, story, roster=MEMBERS)
    assert [(each.message.code, each.hold) for each in decision.reasons] == [
        ("opened-compromised", Hold.FAILED)
    ]
    assert story.fold_trail().open_promotions


def test_a_rejection_stands_and_none_is_answered_or_taken_back_by_such_a_key() -> None:
    story = Story(roster=MEMBERS)
    ready(story)
    disown(story, story.rejected("keys", CAROL))
    assert ("keys", "rejected") in codes(ask(RULES, story, roster=MEMBERS))

    for answered in (True, False):
        story = Story(roster=MEMBERS)
        ready(story)
        no = story.rejected("keys", CAROL)
        disown(story, story.signed("keys", CAROL) if answered else story.revoked(no))
        assert ("keys", "rejected") in codes(ask(RULES, story, roster=MEMBERS))


def test_a_sign_off_that_such_a_key_took_back_stays_taken_back() -> None:
    story = Story(roster=MEMBERS)
    disown(story, story.revoked(ready(story)))
    assert why(ask(RULES, story, roster=MEMBERS)) == "sign-off-revoked"


def test_such_a_key_neither_promotes_nor_gives_up_nor_says_what_runs_where() -> None:
    for closes in (Story.promoted, Story.abandoned):
        story = Story(roster=MEMBERS)
        ready(story)
        disown(story, closes(story, BOB))
        story.add(KeyCompromised("bob", "SHA256:bob", "0" * 40, "x"), ALICE)
        story.records[-1] = replace(story.records[-1], entry=replace(story.records[-1].entry, id=DECLARED))
        assert story.fold().stage is Stage.OPEN
        state = fold_trail(story.records)
        assert state.open_promotions
        assert state.runs_in == {}
        assert state.declared == {DECLARED}


def test_what_was_promoted_is_judged_by_the_declarations_made_before_and_warns_of_later_ones() -> None:
    story = Story(roster=MEMBERS)
    disown(story, ready(story))
    story.promoted(CAROL)
    assert codes(decided(story, {DECLARED}))[0] == (None, "promoted-while-blocked")
    later = decided(story, set())
    assert (later.answer, later.reasons) == (Answer.PROMOTED, ())
    assert [each.code for each in later.warnings] == ["compromised-later"]


def decided(story: Story, declared: set[str]) -> Decision:
    """What the gate answers to those who judge by some declarations."""
    promotion = fold(story.records, declared=declared)
    assert promotion is not None
    return decide(RULES, promotion, environment=environment(), roster=MEMBERS, reached=(), now=NOW)

from promoter.errors import ExitCode
from promoter.gate import Answer, ItemState, Seat, Validity
from promoter.model.outcome import Verdict
from tests.support.entries import Story
from tests.support.gates import ask, codes, credited, state, why
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    DAN,
    actor,
    checklist,
    item,
    outcome,
    roster,
    seats,
)

MEMBERS = roster(
    alice=["integrator", "security"], bob="security", carol="integrator", dan=["integrator", "security"]
)


def test_an_item_is_done_when_its_seats_are_filled() -> None:
    rules = checklist(item("keys", sign_off=seats("security")))
    story = Story()
    waiting = ask(rules, story, roster=MEMBERS)
    assert codes(waiting) == [("keys", "sign-off-missing")]
    assert waiting.exit_code is ExitCode.NOT_YET
    story.signed("keys", BOB)
    done = ask(rules, story, roster=MEMBERS)
    assert done.answer is Answer.OPEN
    assert credited(done) == ["security"]
    assert done.items[0].sign_offs[0].validity is Validity.CURRENT
    assert done.items[0].seats == (Seat("security", 1, 1),)


def test_an_item_whose_checks_pass_and_that_only_people_hold_is_passing() -> None:
    story = Story()
    story.checked(outcome("keys", "credentials"))
    decision = ask(checklist(item("keys", "credentials", sign_off=seats("security"))), story, roster=MEMBERS)
    assert state(decision, "keys") is ItemState.PASSING


def test_a_sign_off_does_not_stand_in_for_a_check_nor_a_check_for_a_sign_off() -> None:
    rules = checklist(item("keys", "credentials", sign_off=seats("security")))
    story = Story()
    story.signed("keys", BOB)
    assert codes(ask(rules, story, roster=MEMBERS)) == [("keys", "check-missing")]
    story.checked(outcome("keys", "credentials", Verdict.FAILED))
    assert codes(ask(rules, story, roster=MEMBERS)) == [("keys", "check-failed")]


def test_each_role_needs_its_own_people() -> None:
    rules = checklist(item("keys", sign_off=seats("integrator", "security")))
    story = Story()
    story.signed("keys", CAROL)
    decision = ask(rules, story, roster=MEMBERS)
    assert decision.reasons[0].message.parameters == {
        "roles": ["security"],
        "missing": 1,
        "count": 2,
        "filled": 1,
    }
    story.signed("keys", BOB)
    assert ask(rules, story, roster=MEMBERS).answer is Answer.OPEN


def test_a_person_fills_one_seat_however_many_roles_they_have_and_however_often_they_sign() -> None:
    rules = checklist(item("keys", sign_off=seats("integrator", "security")))
    story = Story()
    story.signed("keys", DAN)
    story.signed("keys", DAN)
    decision = ask(rules, story, roster=MEMBERS)
    assert codes(decision) == [("keys", "sign-off-missing")]
    assert why(decision, 0) == "sign-off-repeated"
    assert credited(decision) == [None, "integrator"]


def test_someone_with_two_roles_is_credited_where_the_gate_can_open_whoever_signed_first() -> None:
    rules = checklist(item("keys", sign_off=seats("integrator", "security")))
    for first, second in ((DAN, CAROL), (CAROL, DAN), (ALICE, CAROL), (BOB, ALICE)):
        story = Story()
        story.signed("keys", first)
        story.signed("keys", second)
        assert ask(rules, story, roster=MEMBERS).answer is Answer.OPEN


def test_crediting_moves_a_whole_row_of_people_up() -> None:
    members = roster(a=["one", "two"], b=["two", "three"], c=["three", "four"], d=["one"])
    rules = checklist(item("keys", sign_off=seats("one", "two", "three", "four")))
    story = Story()
    for name in ("a", "b", "c", "d"):
        story.signed("keys", actor(name))
    assert ask(rules, story, roster=members).answer is Answer.OPEN


def test_a_seat_without_a_role_is_anyones_and_count_asks_for_distinct_people() -> None:
    rules = checklist(item("keys", sign_off=seats(count=2)))
    story = Story()
    story.signed("keys", BOB)
    story.signed("keys", BOB)
    assert codes(ask(rules, story, roster=MEMBERS)) == [("keys", "sign-off-missing-anyone")]
    story.signed("keys", CAROL)
    decision = ask(rules, story, roster=MEMBERS)
    assert decision.answer is Answer.OPEN
    assert credited(decision) == [None, "", ""]


def test_who_signs_beyond_the_seats_counts_and_is_credited_nowhere() -> None:
    story = Story()
    story.signed("keys", BOB)
    story.signed("keys", ALICE)
    decision = ask(checklist(item("keys", sign_off=seats("security"))), story, roster=MEMBERS)
    assert credited(decision) == [None, "security"]
    assert [each.counts for each in decision.items[0].sign_offs] == [True, True]

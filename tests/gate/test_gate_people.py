from dataclasses import replace
from datetime import timedelta

import pytest

from promoter.errors import ExitCode
from promoter.gate import Answer, ItemState, possible_signers
from promoter.model.authors import Authors
from promoter.model.checklist import ApprovalRule
from promoter.model.entry import Approved, EvidenceItem, RosterChanged, SignatureVerdict, Trust
from promoter.model.environment import Demand, OutcomesBy, Rule
from promoter.model.roster import Actor, PersonClass
from tests.support.entries import Story
from tests.support.gates import ask, codes, credited, state, why
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    CI,
    NOW,
    V2,
    actor,
    checklist,
    environment,
    item,
    outcome,
    person,
    roster,
    seats,
)

MEMBERS = roster(
    alice=["integrator", "security"], bob="security", carol="integrator", dan=["integrator", "security"]
)


def test_a_sign_off_without_the_role_does_not_count_and_says_so() -> None:
    story = Story()
    story.signed("keys", CAROL)
    decision = ask(checklist(item("keys", sign_off=seats("security"))), story, roster=MEMBERS)
    assert codes(decision) == [("keys", "sign-off-missing"), ("keys", "sign-off-without-role")]


def test_a_machine_fills_no_seat_whether_the_entry_or_the_roster_says_it_is_one() -> None:
    rules = checklist(item("keys", sign_off=seats("security")))
    members = roster(person("ci", "security", machine=True), bob="security")
    story = Story()
    story.signed("keys", CI)
    assert why(ask(rules, story)) == "sign-off-by-machine"
    disguised = Story()
    disguised.signed("keys", actor("ci", PersonClass.PERSON))
    assert why(ask(rules, disguised, roster=members)) == "sign-off-by-machine"


def test_only_who_is_on_the_roster_in_force_fills_a_seat() -> None:
    story = Story()
    story.signed("keys", BOB)
    decision = ask(checklist(item("keys", sign_off=seats())), story, roster=roster(alice="security"))
    assert why(decision) == "sign-off-off-roster"
    assert decision.answer is Answer.BLOCKED


def test_a_role_given_later_credits_no_earlier_sign_off() -> None:
    rules = checklist(item("keys", sign_off=seats("security")))
    story = Story(roster=roster(alice="roster-admin", bob="integrator"))
    story.signed("keys", BOB)
    later = roster(alice="roster-admin", bob="security")
    assert why(ask(rules, story, roster=later)) == "sign-off-without-role"
    story.add(RosterChanged(later), ALICE)
    story.signed("keys", BOB)
    assert ask(rules, story, roster=later).answer is Answer.OPEN


def test_a_role_or_a_person_taken_off_later_leaves_earlier_sign_offs_as_they_were() -> None:
    rules = checklist(item("keys", sign_off=seats("security")))
    story = Story(roster=roster(alice="roster-admin", bob="security"))
    story.signed("keys", BOB)
    for later in (roster(alice="roster-admin", bob="integrator"), roster(alice="roster-admin")):
        decision = ask(rules, story, roster=later)
        assert decision.answer is Answer.OPEN
        assert credited(decision) == ["security"]


def test_whoever_signs_in_two_roles_one_after_the_other_is_credited_where_the_gate_can_open() -> None:
    rules = checklist(item("keys", sign_off=seats("integrator", "security")))
    story = Story(roster=roster(bob="integrator", carol="security"), opener=ALICE)
    story.signed("keys", BOB)
    changed = roster(bob="security", carol="security")
    story.add(RosterChanged(changed), ALICE)
    story.signed("keys", BOB)
    story.signed("keys", CAROL)
    decision = ask(rules, story, roster=changed)
    assert decision.answer is Answer.OPEN
    assert credited(decision) == ["integrator", None, "security"]
    assert why(decision, 1) == "sign-off-repeated"


def test_without_a_roster_claims_count_roles_are_not_enforced_and_the_answer_says_so() -> None:
    rules = checklist(item("keys", sign_off=seats("integrator", "security")))
    story = Story(trust=Trust.CLAIMED)
    story.signed("keys", BOB)
    story.signed("keys", CAROL)
    decision = ask(rules, story)
    assert decision.answer is Answer.OPEN
    assert decision.claimed


def test_with_a_roster_or_where_signatures_are_demanded_claims_never_count() -> None:
    rules = checklist(item("keys", sign_off=seats()))
    story = Story(trust=Trust.CLAIMED)
    story.signed("keys", BOB)
    assert why(ask(rules, story, roster=MEMBERS)) == "sign-off-claimed"
    demanding = environment(signatures=Demand.REQUIRED)
    assert why(ask(rules, story, into=demanding)) == "sign-off-claimed"
    signed = Story()
    recorded = signed.signed("keys", BOB)
    assert ask(rules, signed, roster=MEMBERS, into=demanding).answer is Answer.OPEN
    signed.records[-1] = replace(recorded, signature=SignatureVerdict.UNCHECKED)
    assert why(ask(rules, signed, roster=MEMBERS, into=demanding)) == "sign-off-claimed"


def test_who_only_moved_a_promotion_to_its_release_is_not_said_to_have_opened_it() -> None:
    rules = checklist(item("keys", sign_off=seats()), approvals=ApprovalRule(seats()))
    story = Story(opener=ALICE)
    moved = story.amended(BOB, release=V2)
    assert moved.entry.subject is not None
    story.signed("keys", BOB, release=V2)
    story.add(Approved(), BOB, subject=story.subject(V2))
    warned = ask(rules, story, into=environment(opener=Rule.WARN))
    assert warned.answer is Answer.OPEN
    assert {each.code for each in warned.warnings} >= {"mover-signed", "mover-approved"}


def test_the_openers_sign_off_never_counts_where_duties_are_separated() -> None:
    rules = checklist(item("keys", sign_off=seats("security")))
    story = Story(opener=ALICE)
    story.signed("keys", ALICE)
    on = ask(rules, story, roster=MEMBERS, into=environment(opener=Rule.ON))
    assert codes(on) == [("keys", "sign-off-missing"), ("keys", "sign-off-by-opener")]
    helped = Story(opener=ALICE)
    helped.signed("keys", BOB)
    assert ask(rules, helped, roster=MEMBERS, into=environment(opener=Rule.ON)).answer is Answer.OPEN
    warned = ask(rules, story, roster=MEMBERS, into=environment(opener=Rule.WARN))
    assert warned.answer is Answer.OPEN
    assert [each.code for each in warned.warnings] == ["opener-signed"]
    story.revoked(story.records[-1])
    assert ask(rules, story, roster=MEMBERS, into=environment(opener=Rule.WARN)).warnings == ()
    story.signed("keys", ALICE)
    off = ask(rules, story, roster=MEMBERS, into=environment(opener=Rule.OFF))
    assert off.answer is Answer.OPEN
    assert off.warnings == ()


def test_the_opener_is_known_by_e_mail_when_they_opened_it_before_they_were_on_the_roster() -> None:
    claimed = replace(ALICE, id=ALICE.email)
    rules = checklist(item("keys", sign_off=seats("security")))
    strict = environment(opener=Rule.ON)
    story = Story(opener=claimed)
    story.signed("keys", replace(ALICE, email="alice@home.example"))
    assert why(ask(rules, story, roster=MEMBERS, into=strict)) == "sign-off-by-opener"
    assert possible_signers(rules.items[0].sign_off, MEMBERS, claimed, strict) == {"security": 2}


def test_a_sign_off_of_another_release_or_definition_is_stale_and_says_why() -> None:
    rules = checklist(item("keys", sign_off=seats()))
    story = Story()
    story.signed("keys", BOB, release=V2)
    moved = ask(rules, story)
    assert codes(moved) == [("keys", "sign-off-missing-anyone"), ("keys", "sign-off-stale-release")]
    assert state(moved, "keys") is ItemState.STALE
    story.signed("keys", BOB, item_digest="sha256:before")
    assert [code for _, code in codes(ask(rules, story))] == [
        "sign-off-missing-anyone",
        "sign-off-stale-item",
    ]
    story.signed("keys", BOB)
    again = ask(rules, story)
    assert again.answer is Answer.OPEN
    assert state(again, "keys") is ItemState.DONE


def test_an_item_that_survives_releases_keeps_its_sign_offs() -> None:
    story = Story()
    story.signed("keys", BOB, release=V2)
    assert ask(checklist(item("keys", sign_off=seats(), survives=True)), story).answer is Answer.OPEN


def test_required_fields_must_be_filled_in() -> None:
    rules = checklist(item("support", sign_off=seats(fields=["name", "telephone"])))
    story = Story()
    story.signed("support", BOB, fields={"name": "Bob", "telephone": "  "})
    decision = ask(rules, story)
    assert codes(decision) == [("support", "sign-off-missing-anyone"), ("support", "fields-missing")]
    assert decision.reasons[1].message.parameters["fields"] == ["telephone"]
    assert state(decision, "support") is ItemState.WAITING
    story.signed("support", BOB, fields={"name": "Bob", "telephone": "01"})
    assert ask(rules, story).answer is Answer.OPEN


def test_a_field_that_is_not_required_may_stay_empty() -> None:
    optional = replace(seats(fields=["telephone"]).fields[0], required=False)
    rules = checklist(item("support", sign_off=replace(seats(), fields=(optional,))))
    story = Story()
    story.signed("support", BOB)
    assert ask(rules, story).answer is Answer.OPEN


def test_required_evidence_must_be_there_and_be_something() -> None:
    rules = checklist(item("tests", sign_off=seats(evidence=Demand.REQUIRED)))
    story = Story()
    story.signed("tests", BOB, evidence=[EvidenceItem()])
    assert why(ask(rules, story)) == "evidence-missing"
    story.signed("tests", BOB, evidence=[EvidenceItem(link="https://ci.example.com/1")])
    assert ask(rules, story).answer is Answer.OPEN


def test_a_sign_off_taken_back_fills_no_seat() -> None:
    rules = checklist(item("keys", sign_off=seats()))
    story = Story()
    story.revoked(story.signed("keys", BOB, release=V2))
    decision = ask(rules, story)
    assert state(decision, "keys") is ItemState.WAITING
    assert codes(decision) == [("keys", "sign-off-missing-anyone")]
    assert why(decision) == "sign-off-revoked"


def test_an_earlier_sign_off_counts_again_when_the_later_one_is_taken_back() -> None:
    rules = checklist(item("keys", sign_off=seats()))
    story = Story()
    story.signed("keys", BOB)
    story.revoked(story.signed("keys", BOB))
    assert ask(rules, story).answer is Answer.OPEN


def test_a_rejection_holds_whatever_else_is_there_until_it_is_answered_or_taken_back() -> None:
    rules = checklist(item("keys", sign_off=seats("security")))
    story = Story()
    story.signed("keys", BOB)
    rejected = story.rejected("keys", CAROL, "the secret is in the chat")
    story.signed("keys", BOB)
    decision = ask(rules, story, roster=MEMBERS)
    assert codes(decision) == [("keys", "rejected-only")]
    assert decision.reasons[0].message.parameters == {"by": "Carol", "reason": "the secret is in the chat"}
    assert decision.exit_code is ExitCode.NO
    assert state(decision, "keys") is ItemState.REJECTED
    story.revoked(rejected)
    assert ask(rules, story, roster=MEMBERS).answer is Answer.OPEN
    story.rejected("keys", CAROL)
    story.signed("keys", CAROL)
    assert ask(rules, story, roster=MEMBERS).answer is Answer.OPEN


@pytest.mark.parametrize(
    ("roles", "opener", "authors", "code"),
    [
        ("security", "bob", "bob", "rejected"),
        ("operations", "bob", "bob", "rejected-only"),
        ("security", "carol", "bob", "rejected-only"),
        ("security", "bob", "carol", "rejected-only"),
    ],
)
def test_who_may_not_sign_is_told_to_take_a_rejection_back(
    roles: str, opener: str, authors: str, code: str
) -> None:
    people = roster(bob="security", carol=roles, dan=["security", "release-manager"])
    rules = checklist(item("keys", sign_off=seats("security")), approvals=ApprovalRule(seats("security")))
    story = Story(opener=actor(opener))
    story.rejected("keys", CAROL)
    story.rejected_whole(CAROL)
    into = environment(opener=Rule.ON, authors=Rule.ON)
    wrote = Authors({f"{authors}@example.com": frozenset({1})})
    found = [each.message.code for each in ask(rules, story, roster=people, into=into, authors=wrote).reasons]
    whole = {"rejected": "promotion-rejected", "rejected-only": "promotion-rejected-only"}[code]
    assert [each for each in found if "rejected" in each] == [whole, code]


def test_rejecting_an_item_without_a_sign_off_holds_it_too() -> None:
    story = Story()
    story.checked(outcome("webhook", "https"))
    story.rejected("webhook", BOB)
    assert codes(ask(checklist(item("webhook", "https")), story)) == [("webhook", "rejected-only")]


def test_a_rejection_of_an_item_the_checklist_does_not_have_holds_the_promotion() -> None:
    story = Story()
    story.checked(outcome("webhook", "https"))
    rejected = story.rejected("gone", BOB)
    decision = ask(checklist(item("webhook", "https")), story)
    assert codes(decision) == [(None, "rejected-elsewhere")]
    assert decision.exit_code is ExitCode.NO
    story.revoked(rejected)
    assert ask(checklist(item("webhook", "https")), story).answer is Answer.OPEN


def test_a_claimed_rejection_does_not_hold_where_claims_do_not_count() -> None:
    story = Story(trust=Trust.CLAIMED)
    story.checked(outcome("webhook", "https"), trust=Trust.COUNTED)
    story.rejected("webhook", BOB)
    assert ask(checklist(item("webhook", "https")), story, roster=MEMBERS).answer is Answer.OPEN


def test_a_sign_off_nobody_asked_for_changes_nothing() -> None:
    story = Story()
    story.checked(outcome("webhook", "https"))
    story.signed("webhook", BOB)
    decision = ask(checklist(item("webhook", "https")), story)
    assert decision.answer is Answer.OPEN
    assert why(decision) == "sign-off-not-asked"


def test_a_rule_that_asks_for_nobody_asks_for_one() -> None:
    assert ask(checklist(item("keys", sign_off=seats(count=0))), Story()).answer is Answer.BLOCKED


def test_possible_signers_are_distinct_people_with_the_role_who_may_sign() -> None:
    asked = item("keys", sign_off=seats("security", "release-manager"))
    members = roster(person("ci", "security", machine=True), alice="security", bob=["security", "integrator"])
    lax, strict = environment(opener=Rule.WARN), environment(opener=Rule.ON)
    assert possible_signers(asked.sign_off, members, ALICE, lax) == {"security": 2, "release-manager": 0}
    assert possible_signers(asked.sign_off, members, ALICE, strict) == {"security": 1, "release-manager": 0}
    assert possible_signers(seats(), members, ALICE, strict) == {"": 1}
    assert possible_signers(asked.sign_off, roster(), ALICE, strict) == {}
    assert possible_signers(None, members, ALICE, strict) == {}


def test_possible_signers_leaves_out_who_is_not_on_the_roster_at_that_moment() -> None:
    gone = replace(person("bob", "security"), valid_until=NOW - timedelta(days=1))
    asked = item("keys", sign_off=seats("security"))
    members = roster(gone, carol="security")
    assert possible_signers(asked.sign_off, members, ALICE, environment(), NOW) == {"security": 1}
    assert possible_signers(asked.sign_off, members, ALICE, environment()) == {"security": 2}


def test_an_address_in_other_letters_is_the_same_person() -> None:
    story = Story(opener=replace(ALICE, email="Alice@Example.com"))
    asked = checklist(item("keys", sign_off=seats(count=2)))
    for each in ("bob@example.com", "BOB@example.com"):
        story.signed("keys", Actor(each, "Bob", each))
    story.signed("keys", Actor("ALICE@example.com", "Alice", "ALICE@example.com"))
    decision = ask(asked, story, into=environment(opener=Rule.ON))
    found = decision.item("keys")
    assert found is not None
    assert [each.filled for each in found.seats] == [1]


def test_an_environment_may_count_only_what_machines_ran() -> None:
    members = roster(person("ci", machine=True), alice="integrator", bob="security")
    into = replace(environment(), outcomes=OutcomesBy.MACHINES)
    rules = checklist(item("webhook", "https"))
    story = Story()
    story.checked(outcome("webhook", "https"), by=BOB)
    decision = ask(rules, story, roster=members, into=into)
    assert codes(decision) == [("webhook", "check-by-person")]
    story.checked(outcome("webhook", "https"), by=CI)
    assert ask(rules, story, roster=members, into=into).answer is Answer.OPEN
    story.checked(outcome("webhook", "https"), by=replace(BOB, person_class=PersonClass.MACHINE))
    assert ask(rules, story, roster=members, into=into).answer is Answer.OPEN
    forged = Story()
    forged.checked(outcome("webhook", "https"), by=replace(BOB, person_class=PersonClass.MACHINE))
    assert codes(ask(rules, forged, roster=members, into=into)) == [("webhook", "check-by-person")]


def test_an_environment_may_ask_for_evidence_with_a_digest() -> None:
    rules = checklist(item("keys", sign_off=seats("security", evidence=Demand.REQUIRED)))
    into = replace(environment(), digests=Demand.REQUIRED)
    story = Story()
    story.signed("keys", BOB, evidence=(EvidenceItem(link="https://ci.example.org/1"),))
    assert ask(rules, story, roster=MEMBERS).answer is Answer.OPEN
    decision = ask(rules, story, roster=MEMBERS, into=into)
    assert codes(decision) == [("keys", "sign-off-missing"), ("keys", "evidence-undigested")]
    story.signed("keys", BOB, evidence=(EvidenceItem(file="x.pdf", digest="sha256:" + "0" * 64),))
    assert ask(rules, story, roster=MEMBERS, into=into).answer is Answer.OPEN

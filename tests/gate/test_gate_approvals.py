"""Approvals of the whole promotion: seats, separation, staleness, expiry, rejection."""

from dataclasses import replace
from datetime import timedelta

from promoter.errors import ExitCode
from promoter.gate import PHRASES, Answer, Decision, Validity
from promoter.gate.expiring import Sort, of_decision
from promoter.messages import Language
from promoter.model.authors import Authors
from promoter.model.checklist import ApprovalRule, Checklist, SignOffRule
from promoter.model.entry import EvidenceItem, Trust
from promoter.model.environment import Demand, Rule
from tests.support.entries import Story
from tests.support.gates import ask, codes
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    CI,
    NOW,
    V2,
    checklist,
    environment,
    item,
    outcome,
    roster,
    seats,
)

ENGLISH = Language(phrasebook=PHRASES.get)
MEMBERS = roster(alice="boss", bob=["boss", "security"], carol="security")


def rules(seated: SignOffRule, valid_for: timedelta | None = None) -> Checklist:
    return checklist(item("a", "x"), approvals=ApprovalRule(seated, valid_for))


def begun() -> Story:
    story = Story()
    story.checked(outcome("a", "x"))
    return story


def why(decision: Decision) -> list[str | None]:
    return [each.why.code if each.why else None for each in decision.approvals.given]


def test_a_promotion_waits_for_its_approvals_and_says_of_whom() -> None:
    asked, story = rules(seats("boss", "security")), begun()
    story.approved(CAROL)
    decision = ask(asked, story, roster=MEMBERS)
    assert decision.answer is Answer.BLOCKED
    assert decision.exit_code is ExitCode.NOT_YET
    said = [ENGLISH.say(each.message) for each in decision.reasons]
    assert said == ["waiting for 1 of 2 approvals: boss"]
    story.approved(BOB)
    assert ask(asked, story, roster=MEMBERS).answer is Answer.OPEN


def test_an_approval_may_come_before_the_items_are_done_and_answers_none_of_them() -> None:
    story = Story()
    story.approved(BOB)
    asked = rules(seats())
    assert codes(ask(asked, story)) == [("a", "check-missing")]
    story.checked(outcome("a", "x"))
    assert ask(asked, story).answer is Answer.OPEN


def test_one_person_never_fills_two_seats() -> None:
    story = begun()
    story.approved(BOB)
    story.approved(BOB)
    decision = ask(rules(seats("boss", "security")), story, roster=MEMBERS)
    assert codes(decision) == [(None, "approval-missing")]
    assert sorted(map(str, why(decision))) == ["None", "approval-repeated"]


def test_someone_with_two_roles_is_seated_where_the_gate_opens() -> None:
    story = begun()
    story.approved(BOB)
    story.approved(CAROL)
    decision = ask(rules(seats("security", "boss")), story, roster=MEMBERS)
    assert decision.answer is Answer.OPEN
    assert [each.credited for each in decision.approvals.given] == ["boss", "security"]


def test_who_opened_it_and_who_wrote_it_do_not_approve_it() -> None:
    story = begun()
    story.approved(ALICE)
    story.approved(BOB)
    strict = environment(opener=Rule.ON, authors=Rule.ON)
    wrote = Authors({BOB.email: frozenset({0})})
    decision = ask(rules(seats("boss")), story, roster=MEMBERS, into=strict, authors=wrote)
    assert why(decision) == ["approval-by-opener", "approval-by-author"]
    assert decision.answer is Answer.BLOCKED
    mild = environment(opener=Rule.WARN, authors=Rule.WARN)
    lenient = ask(rules(seats("boss", count=2)), story, roster=MEMBERS, into=mild, authors=wrote)
    assert lenient.answer is Answer.OPEN
    assert {each.code for each in lenient.warnings} == {"opener-approved", "author-approved"}


def test_who_wrote_it_must_be_known_where_authors_may_not_approve() -> None:
    story = begun()
    story.approved(BOB)
    decision = ask(rules(seats("boss")), story, roster=MEMBERS, into=environment(authors=Rule.ON))
    assert codes(decision) == [(None, "authors-not-asked")]


def test_a_claim_a_machine_a_stranger_and_a_wrong_role_approve_nothing() -> None:
    story = begun()
    story.approved(CAROL, trust=Trust.CLAIMED)
    story.approved(CI)
    story.approved(replace(BOB, id="mallory"))
    story.approved(CAROL)
    decision = ask(rules(seats("boss")), story, roster=MEMBERS)
    assert why(decision) == [
        "approval-claimed",
        "approval-by-machine",
        "approval-off-roster",
        "approval-without-role",
    ]


def test_another_release_or_another_checklist_makes_it_stale() -> None:
    story = begun()
    story.approved(BOB, release=V2)
    story.approved(CAROL, checklist_digest="sha256:before")
    decision = ask(rules(seats()), story)
    assert why(decision) == ["approval-stale-release", "approval-stale-checklist"]
    assert {each.validity for each in decision.approvals.given} == {Validity.STALE}
    assert decision.answer is Answer.BLOCKED


def test_it_expires_and_due_says_when() -> None:
    asked, story = rules(seats(), timedelta(hours=72)), begun()
    story.approved(BOB, days=2)
    decision = ask(asked, story)
    assert decision.answer is Answer.OPEN
    [due] = [each for each in of_decision(decision, asked, is_open=True) if each.sort is Sort.APPROVAL]
    assert due.at == NOW + timedelta(days=1)
    late = ask(asked, story, now=due.at)
    assert why(late) == ["approval-expired"]
    assert (None, "approval-expired") in codes(late)


def test_one_dated_ahead_does_not_count_for_longer() -> None:
    story = begun()
    story.approved(BOB, days=-1)
    assert why(ask(rules(seats(), timedelta(hours=72)), story)) == ["approval-undated"]


def test_evidence_and_fields_are_asked_for_as_of_a_sign_off() -> None:
    asked, story = rules(seats(evidence=Demand.REQUIRED, fields=["minutes"])), begun()
    story.approved(BOB, fields={"minutes": "of 12 November"})
    story.approved(CAROL, evidence=(EvidenceItem(link="https://example.org"),))
    assert why(ask(asked, story)) == ["approval-evidence-missing", "approval-fields-missing"]


def test_what_was_taken_back_counts_no_more_and_nobody_else_takes_it_back() -> None:
    story = begun()
    given = story.approved(BOB)
    story.revoked(given, CAROL)
    assert ask(rules(seats()), story).answer is Answer.OPEN
    story.revoked(given)
    assert why(ask(rules(seats()), story)) == ["approval-revoked"]


def test_a_rejection_holds_it_until_the_same_person_approves() -> None:
    asked, story = rules(seats()), begun()
    story.rejected_whole(CAROL, "no contract")
    story.approved(BOB)
    decision = ask(asked, story)
    assert decision.exit_code is ExitCode.NO
    said = [ENGLISH.say(each.message) for each in decision.reasons]
    assert said == ["the promotion is rejected by Carol: no contract"]
    story.approved(CAROL)
    assert ask(asked, story).answer is Answer.OPEN


def test_a_sign_off_does_not_answer_a_rejection_of_the_promotion() -> None:
    story = begun()
    rejected = story.rejected_whole(CAROL)
    story.signed("a", CAROL)
    plain = checklist(item("a", "x", sign_off=seats()))
    assert codes(ask(plain, story)) == [(None, "promotion-rejected-only")]
    story.revoked(rejected)
    assert ask(plain, story).answer is Answer.OPEN


def test_what_nobody_asked_for_changes_no_answer() -> None:
    story = begun()
    story.approved(BOB)
    decision = ask(checklist(item("a", "x")), story)
    assert decision.answer is Answer.OPEN
    assert why(decision) == ["approval-not-asked"]

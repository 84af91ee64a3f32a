"""Approving the promotion as a whole, rejecting it, and taking that back."""

from pathlib import Path

from promoter.model.entry import Approved, EntryType
from promoter.usecases.drafting import write
from promoter.usecases.standing import status
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer
from tests.support.shop_floor import at_work
from tests.support.small_shop import CHECKLIST, make_shop, open_v1

APPROVALS = "approvals: {roles: [release-manager], valid_for: 72h, evidence: required}\n"


def make(tmp_path: Path, alice: Signer, bob: Signer) -> Path:
    shop = make_shop(
        tmp_path / "shop",
        (alice, ("roster-admin", "release-manager")),
        (bob, ("release-manager",)),
        checklist=CHECKLIST + APPROVALS,
    )
    assert open_v1(shop).code == 0
    return shop


def waits(shop: Path) -> list[str]:
    reasons = promoter("-C", shop, "--json", "status").document["gate"]["reasons"]
    return [each["code"] for each in reasons if each["item"] is None]


def test_an_approval_is_given_with_evidence_shown_and_taken_back(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make(tmp_path, alice, bob)
    assert "waiting for an approval: release-manager" in promoter("-C", shop, "status").out
    bare = promoter("-C", shop, "approve", "-m", "agreed")
    assert (bare.code, "asks for evidence" in bare.err) == (2, True)
    minutes = "https://board.example.org/42"
    given = promoter("-C", shop, "approve", "-m", "agreed", "--link", minutes)
    assert given.code == 0, given.err
    assert "the promotion is approved by Alice Martin" in given.out
    document = promoter("-C", shop, "--json", "status").document["approvals"]
    assert document["seats"] == [{"role": "release-manager", "needed": 1, "filled": 1}]
    assert [(each["as"], each["evidence"]) for each in document["given"]] == [
        ("release-manager", [{"link": minutes}])
    ]
    assert "1 of 1 approval" in promoter("-C", shop, "status").out
    assert waits(shop) == []
    due = promoter("-C", shop, "due", "--within", "5d").out
    assert "the approval of Alice Martin" in due
    assert minutes in promoter("-C", shop, "evidence", "list").out
    [link] = promoter("-C", shop, "--json", "evidence", "list").document["links"]
    assert (link["link"], link["by"]) == (minutes, "Alice Martin")
    log = promoter("-C", shop, "log").out
    assert "approved: v1 to preprod — Alice Martin" in log
    assert minutes in log
    report = promoter("-C", shop, "report").out
    assert "## Approvals of the promotion" in report
    assert "- Approvals: release-manager, 1 of 1" in report
    assert "Approved by Alice Martin" in report
    assert promoter("-C", shop, "verify").code == 0
    back = promoter("-C", shop, "revoke", "-m", "too early")
    assert back.code == 0, back.err
    assert waits(shop) == ["approval-missing"]
    again = promoter("-C", shop, "revoke", "-m", "too early")
    assert (again.code, "nothing of the promotion" in again.err) == (2, True)


def test_rejecting_the_promotion_holds_it_until_the_same_person_approves(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make(tmp_path, alice, bob)
    assert promoter("-C", shop, "reject", "-m", "no contract").code == 0
    assert promoter("-C", shop, "status", "--gate").code == 1
    assert "promotion-rejected" in waits(shop)
    report = promoter("-C", shop, "report").out
    assert report.index("## Approvals of the promotion") < report.index("⊘ Rejected by Alice Martin")
    assert "no contract" in report
    assert promoter("-C", shop, "approve", "--link", "https://board.example.org/42").code == 0
    assert waits(shop) == []
    answered = promoter("-C", shop, "report").out
    assert "answered by a later approval of theirs" in answered


def test_too_few_who_may_approve_are_told_on_opening_and_by_verify(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    asked = CHECKLIST + "approvals: {roles: [security, release-manager]}\n"
    shop = make_shop(tmp_path / "shop", (alice, ("roster-admin",)), (bob, ("operations",)), checklist=asked)
    opened = open_v1(shop)
    assert (opened.code, "0 people could approve as security" in opened.err) == (0, True)
    said = promoter("-C", shop, "approve", "-m", "agreed")
    assert (said.code, "would not count" in said.err) == (1, True)
    with at_work(shop) as workspace:
        write(workspace, EntryType.APPROVED, Approved(), promotion=status(workspace).promotion)
    findings = promoter("-C", shop, "--json", "verify").document["findings"]
    assert "approved-without-role" in [each["code"] for each in findings]


def test_one_person_who_alone_has_both_roles_is_told_not_to_be_enough(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    asked = CHECKLIST + "approvals: {roles: [security, release-manager]}\n"
    shop = make_shop(
        tmp_path / "shop",
        (alice, ("roster-admin", "operations")),
        (bob, ("security", "release-manager")),
        checklist=asked,
    )
    assert "too few people may approve the promotion as a whole" in open_v1(shop).err


def test_a_checklist_without_approvals_takes_none(shop: Path) -> None:
    said = promoter("-C", shop, "approve", "-m", "agreed")
    assert (said.code, "asks for no approval" in said.err) == (2, True)

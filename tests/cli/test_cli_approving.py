"""Approving the promotion as a whole, rejecting it, and taking that back."""

from pathlib import Path

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer
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
    assert promoter("-C", shop, "approve", "--link", "https://board.example.org/42").code == 0
    assert waits(shop) == []


def test_a_checklist_without_approvals_takes_none(shop: Path) -> None:
    said = promoter("-C", shop, "approve", "-m", "agreed")
    assert (said.code, "asks for no approval" in said.err) == (2, True)

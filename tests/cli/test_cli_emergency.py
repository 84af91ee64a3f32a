"""An emergency: the gate is opened at once, loudly, and others settle what was left, on a real repository."""

from pathlib import Path

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become
from tests.support.small_shop import CHECKLIST, make_shop, open_v1


def test_a_broken_glass_promotes_and_is_settled_by_others_before_anything_else_goes_there(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("operations", "on-call")), (bob, ("security", "operations")))
    pipeline = shop / "checklists" / "pipeline.yaml"
    rule = "    break_glass: {roles: [on-call], settle_within: 24h}\n"
    pipeline.write_text(pipeline.read_text().replace("    data: real\n", "    data: real\n" + rule))
    opened = open_v1(shop)
    assert opened.code == 0, opened.err
    become(shop, bob)
    refused = promoter("-C", shop, "emergency", "-m", "payments fail")
    assert (refused.code, "on-call" in refused.err) == (1, True)
    become(shop, alice)
    assert promoter("-C", shop, "settle", "-m", "nothing").code == 2
    assert promoter("-C", shop, "emergency").code == 2
    broken = promoter("-C", shop, "emergency", "-m", "payments fail")
    assert broken.code == 0, broken.err
    assert "OPEN BY BREAK-GLASS" in broken.out
    status = promoter("-C", shop, "status")
    assert "Alice Martin broke the glass (payments fail)" in status.out
    assert promoter("-C", shop, "status", "--gate").code == 0
    again = promoter("-C", shop, "emergency", "-m", "again")
    assert (again.code, "no glass to break" in again.err) == (2, True)

    promoted = promoter("-C", shop, "promote", "-m", "at once")
    assert promoted.code == 0, promoted.err
    document = promoter("-C", shop, "--json", "status", "-p", "v1").document
    name = document["promotion"]["id"]
    owed = {each["item"] for each in document["gate"]["glass"]["debt"]["owed"]}
    assert owed == {"rollback", "accounts"}
    report = promoter("-C", shop, "report").out
    assert "payments fail" in report
    assert report.index("broke") < report.index("## Overview")

    next_one = promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2")
    assert (next_one.code, f"the debt of {name} stands" in next_one.err) == (1, True)
    assert promoter("-C", shop, "settle", "-m", "done").code == 1
    become(shop, bob)
    assert promoter("-C", shop, "settle", "-m", "done").code == 1
    assert promoter("-C", shop, "sign", "rollback").code == 0
    assert promoter("-C", shop, "sign", "accounts", "--field", "kept=team vault").code == 0
    become(shop, alice)
    own = promoter("-C", shop, "settle", "-m", "done")
    assert (own.code, "you broke the glass" in own.err) == (1, True)
    become(shop, bob)
    settled = promoter("-C", shop, "settle", "-m", "reviewed together")
    assert settled.code == 0, settled.err
    assert promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2").code == 0
    log = promoter("-C", shop, "log").out
    assert "BROKE THE GLASS" in log
    assert "debt settled" in log
    assert promoter("-C", shop, "verify").code == 0


def test_an_approval_that_was_missing_is_owed_until_somebody_else_gives_it(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    asked = CHECKLIST + "approvals: {roles: [security]}\n"
    people = ((alice, ("operations", "on-call")), (bob, ("security", "operations")))
    shop = make_shop(tmp_path / "shop", *people, checklist=asked)
    pipeline = shop / "checklists" / "pipeline.yaml"
    rule = "    break_glass: {roles: [on-call], settle_within: 24h}\n"
    pipeline.write_text(pipeline.read_text().replace("    data: real\n", "    data: real\n" + rule))
    assert open_v1(shop).code == 0
    assert promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2").code == 0
    become(shop, alice)
    broken = promoter("-C", shop, "emergency", "-p", "v1", "-m", "payments fail")
    assert (broken.code, "nobody but who broke" in broken.err) == (0, False)
    assert promoter("-C", shop, "promote", "-p", "v1", "-m", "at once").code == 0
    reasons = promoter("-C", shop, "--json", "status", "-p", "v2").document["gate"]["reasons"]
    assert "debt-elsewhere" in [each["code"] for each in reasons]
    refused = promoter("-C", shop, "promote", "-p", "v2", "-m", "as well")
    assert "its debt stands" in refused.err + refused.out
    assert "promoter next -p v1" in promoter("-C", shop, "next", "-p", "v2").out
    assert promoter("-C", shop, "abandon", "-p", "v2", "-m", "later").code == 0
    become(shop, bob)
    assert promoter("-C", shop, "sign", "rollback", "-p", "v1").code == 0
    assert promoter("-C", shop, "sign", "accounts", "-p", "v1", "--field", "kept=team vault").code == 0
    left = "promoted by breaking the glass, and others owe what was missing"
    assert left in promoter("-C", shop, "status").out
    assert left in promoter("-C", shop, "status", "--all").out
    assert "approvals of the whole promotion: security" in promoter("-C", shop, "status", "-p", "v1").out
    assert "promoter approve" in promoter("-C", shop, "next", "-p", "v1").out
    early = promoter("-C", shop, "settle", "-p", "v1", "-m", "done")
    assert (early.code, "lacks approvals" in early.err) == (1, True)
    assert "security" in promoter("-C", shop, "due", "--within", "5d").out
    given = promoter("-C", shop, "approve", "-p", "v1", "-m", "agreed afterwards")
    assert given.code == 0, given.err
    settled = promoter("-C", shop, "settle", "-p", "v1", "-m", "reviewed together")
    assert settled.code == 0, settled.err
    assert "promoter approve" not in promoter("-C", shop, "next", "-p", "v1").out
    assert left not in promoter("-C", shop, "status").out


def test_a_debt_that_nobody_could_pay_is_told_to_who_breaks_the_glass(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    asked = CHECKLIST + "approvals: {roles: [on-call]}\n"
    people = ((alice, ("operations", "on-call")), (bob, ("security",)))
    shop = make_shop(tmp_path / "shop", *people, checklist=asked)
    pipeline = shop / "checklists" / "pipeline.yaml"
    rule = "    break_glass: {roles: [on-call]}\n"
    pipeline.write_text(pipeline.read_text().replace("    data: real\n", "    data: real\n" + rule))
    assert open_v1(shop).code == 0
    broken = promoter("-C", shop, "emergency", "-m", "payments fail")
    told = " ".join(broken.err.split())
    assert "nobody but who broke the glass could give sign-offs that it would owe: rollback" in told
    assert "could give the approvals that it would owe" in told

"""Taking back what one said, all of it."""

from pathlib import Path

import pytest

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become
from tests.support.small_shop import make_shop, open_v1

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
waivers: {roles: [operations]}
approvals: {roles: [operations]}
items:
  - id: rollback
    title: The way back is written down
    sign_off: {roles: [operations]}
  - id: accounts
    title: Somebody keeps them
    sign_off: {roles: [operations]}
"""


@pytest.mark.parametrize(
    ("say", "revoke", "told"),
    [
        (("sign", "rollback"), ("revoke", "rollback"), "took back their sign-off of rollback"),
        (("approve",), ("revoke",), "took back their approval of the promotion"),
        (
            ("waive", "rollback", "--until", "2d", "-m", "it is late"),
            ("revoke", "rollback"),
            "took back their waiver of rollback",
        ),
        (("reject", "-m", "no"), ("revoke",), "took back their rejection of the promotion"),
    ],
)
def test_what_was_said_twice_is_taken_back_whole(
    tmp_path: Path, alice: Signer, bob: Signer, say: tuple[str, ...], revoke: tuple[str, ...], told: str
) -> None:
    shop = make_shop(
        tmp_path / "shop", (alice, ("roster-admin",)), (bob, ("operations",)), checklist=CHECKLIST
    )
    assert open_v1(shop).code == 0
    become(shop, bob)
    before = promoter("-C", shop, "--json", "status").document["gate"]["reasons"]
    for _ in range(2):
        said = promoter("-C", shop, *say)
        assert said.code == 0, said.err
    assert promoter("-C", shop, "--json", "status").document["gate"]["reasons"] != before
    back = promoter("-C", shop, *revoke, "-m", "I was wrong")
    assert back.code == 0, back.err
    assert told in back.out
    assert promoter("-C", shop, "--json", "status").document["gate"]["reasons"] == before
    assert promoter("-C", shop, *revoke, "-m", "again").code == 2
    assert promoter("-C", shop, "verify").code == 0


def test_a_sign_off_that_counts_again_once_a_rejection_is_taken_back_is_told(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make_shop(
        tmp_path / "shop", (alice, ("roster-admin",)), (bob, ("operations",)), checklist=CHECKLIST
    )
    assert open_v1(shop).code == 0
    become(shop, bob)
    for said in (("sign", "rollback"), ("reject", "rollback", "-m", "not yet")):
        assert promoter("-C", shop, *said).code == 0
    back = promoter("-C", shop, "revoke", "rollback", "-m", "it was right")
    assert "took back their rejection of rollback" in back.out
    assert "counts again: promoter revoke takes that back as well" in " ".join(back.err.split())
    assert "counts again" not in promoter("-C", shop, "revoke", "rollback", "-m", "after all").err


def test_the_last_required_item_is_not_waived(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make_shop(
        tmp_path / "shop", (alice, ("roster-admin",)), (bob, ("operations",)), checklist=CHECKLIST
    )
    assert open_v1(shop).code == 0
    become(shop, bob)
    assert promoter("-C", shop, "waive", "rollback", "--until", "2d", "-m", "late").code == 0
    said = promoter("-C", shop, "waive", "accounts", "--until", "2d", "-m", "late")
    assert (said.code, "last required item" in said.err) == (1, True)


def test_a_broken_glass_is_taken_back_by_who_broke_it(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("on-call",)), (bob, ("operations",)), checklist=CHECKLIST)
    pipeline = shop / "checklists" / "pipeline.yaml"
    rule = "    break_glass: {roles: [on-call]}\n"
    pipeline.write_text(pipeline.read_text().replace("    data: real\n", "    data: real\n" + rule))
    assert open_v1(shop).code == 0
    assert promoter("-C", shop, "emergency", "-m", "payments fail").code == 0
    assert promoter("-C", shop, "status", "--gate").code == 0
    back = promoter("-C", shop, "revoke", "-m", "they work again")
    assert back.code == 0, back.err
    assert promoter("-C", shop, "status", "--gate").code == 5

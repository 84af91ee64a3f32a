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
"""


@pytest.mark.parametrize(
    ("say", "revoke"),
    [
        (("sign", "rollback"), ("revoke", "rollback")),
        (("approve",), ("revoke",)),
        (("waive", "rollback", "--until", "2d", "-m", "it is late"), ("revoke", "rollback")),
    ],
)
def test_what_was_said_twice_is_taken_back_whole(
    tmp_path: Path, alice: Signer, bob: Signer, say: tuple[str, ...], revoke: tuple[str, ...]
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
    assert promoter("-C", shop, "--json", "status").document["gate"]["reasons"] == before
    assert promoter("-C", shop, *revoke, "-m", "again").code == 2
    assert promoter("-C", shop, "verify").code == 0

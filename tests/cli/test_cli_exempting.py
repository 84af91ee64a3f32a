"""Waivers, and items that do not apply: a whole story on a real repository."""

from pathlib import Path

import pytest

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become
from tests.support.small_shop import VARIABLES, make_shop, open_v1

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
waivers: {roles: [security], longest: 14d}
items:
  - id: variables
    title: The variables are in place
    checks: [credentials: {}]
  - id: rollback
    title: The way back is written down
    sign_off: {roles: [operations]}
  - id: receiver
    title: Events are received
    may_not_apply: true
    sign_off: {roles: [operations]}
  - id: keys
    title: The keys are known
    waivable: false
    sign_off: {roles: [security]}
"""


def make(tmp_path: Path, alice: Signer, bob: Signer) -> Path:
    shop = make_shop(
        tmp_path / "shop", (alice, ("operations",)), (bob, ("security", "operations")), checklist=CHECKLIST
    )
    variables = shop / ".env.preprod"
    variables.touch(0o600)
    variables.write_text(VARIABLES)
    assert open_v1(shop).code == 0
    assert promoter("-C", shop, "run").code == 0
    return shop


@pytest.mark.parametrize("ticket", ["4711", "https://ada:hunter2@tickets.example.org/4711"])
def test_where_a_waiver_is_followed_up_is_a_link_that_gives_nothing_away(shop: Path, ticket: str) -> None:
    said = promoter("-C", shop, "waive", "rollback", "--until", "7d", "--ticket", ticket, "-m", "next week")
    assert said.code in (1, 2)
    assert "link" in said.err
    assert "hunter2" not in said.err


def test_a_waiver_opens_the_gate_by_name_until_its_end(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make(tmp_path, alice, bob)
    mine = promoter("-C", shop, "waive", "rollback", "--until", "7d", "-m", "the page moves on Monday")
    assert mine.code == 1
    assert "this would not count: Alice Martin opened this promotion" in mine.err
    become(shop, bob)
    longer = promoter("-C", shop, "waive", "rollback", "--until", "30d", "-m", "later")
    assert longer.code == 1
    assert "is for longer than 14 days" in longer.err
    assert promoter("-C", shop, "waive", "keys", "--until", "7d", "-m", "later").code == 2
    past = promoter("-C", shop, "waive", "rollback", "--until", "2020-01-01", "-m", "later")
    assert (past.code, "a waiver ends later than now" in past.err) == (2, True)
    never = promoter("-C", shop, "waive", "rollback", "--until", "never", "-m", "later")
    assert (never.code, "never is no moment" in never.err) == (2, True)
    assert promoter("-C", shop, "waive", "rollback", "--until", "7d").code == 2
    ticket = "https://tickets.example.org/4711"
    waived = promoter(
        "-C", shop, "waive", "rollback", "--until", "7d", "--ticket", ticket, "-m", "moves on Monday"
    )
    assert waived.code == 0, waived.err
    assert promoter("-C", shop, "exclude", "rollback", "-m", "no").code == 2
    assert promoter("-C", shop, "exclude", "receiver", "-m", "it only reads").code == 0
    assert promoter("-C", shop, "sign", "keys").code == 0
    answer = promoter("-C", shop, "--json", "status").document
    assert (answer["gate"]["answer"], answer["gate"]["waivers"]) == ("open-with-waivers", 1)
    rollback = next(each for each in answer["items"] if each["id"] == "rollback")
    assert rollback["state"] == "waived"
    assert rollback["exemptions"][0]["ticket"] == ticket
    said = promoter("-C", shop, "status").out
    assert "OPEN WITH WAIVERS: 1 item is waived" in said
    assert "does not apply, says Bob Durand: it only reads" in " ".join(said.split())
    assert promoter("-C", shop, "status", "--gate").code == 0
    report = promoter("-C", shop, "report").out
    assert "## Exceptions" in report
    assert report.index("moves on Monday") < report.index("## Overview")
    assert promoter("-C", shop, "promote").code == 0
    log = promoter("-C", shop, "log").out
    assert "waived until" in log
    assert "not applicable: receiver" in log


def test_what_was_waived_can_be_taken_back(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make(tmp_path, alice, bob)
    become(shop, bob)
    assert promoter("-C", shop, "waive", "rollback", "--until", "7d", "-m", "later").code == 0
    assert promoter("-C", shop, "revoke", "rollback", "-m", "it is written now").code == 0
    answer = promoter("-C", shop, "--json", "status").document
    held = {each["item"] for each in answer["gate"]["reasons"]}
    assert "rollback" in held

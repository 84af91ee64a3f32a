"""Refreshing: what ran out is listed, and the checks among it run again."""

from pathlib import Path
from time import sleep

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, commit_file
from tests.support.small_shop import VARIABLES, make_shop, open_v1

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
items:
  - id: variables
    title: The variables are in place
    checks:
      - credentials: {id: lasting}
      - credentials: {id: brief, max_age: 1s, variables: [SHOP_SECRET]}
"""


def test_what_ran_out_is_listed_and_only_that_is_run_again(tmp_path: Path, alice: Signer) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("operations",)), checklist=CHECKLIST)
    variables = shop / ".env.preprod"
    variables.touch(0o600)
    variables.write_text(VARIABLES)
    opened = open_v1(shop)
    assert opened.code == 0, opened.err
    assert promoter("-C", shop, "refresh").code == 0
    assert promoter("-C", shop, "run").code == 0
    sleep(2.1)
    listed = promoter("-C", shop, "--json", "refresh", "--dry-run")
    assert listed.code == 5
    assert listed.document["run"] is None
    assert [each["check"] for each in listed.document["outdated"]] == ["brief"]
    ran = promoter("-C", shop, "--json", "refresh")
    assert ran.code == 0, ran.err
    assert [each["id"] for each in ran.document["run"]["outcomes"]] == ["brief"]
    assert ran.document["run"]["recorded"]


def test_approvals_that_went_stale_are_for_people_to_give_again(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    asked = CHECKLIST + "approvals: {roles: [security]}\n"
    shop = make_shop(tmp_path / "shop", (alice, ("operations",)), (bob, ("security",)), checklist=asked)
    assert open_v1(shop).code == 0
    become(shop, bob)
    assert promoter("-C", shop, "approve").code == 0
    assert "nothing went stale" in promoter("-C", shop, "refresh", "--dry-run").out
    commit_file(shop, "code.txt", "v2\n")
    assert promoter("-C", shop, "amend", "--release", "v2", "-m", "more", "--yes").code == 0
    said = promoter("-C", shop, "refresh", "--dry-run")
    assert said.code == 5
    assert "approval  the approval of Bob Durand is stale" in said.out
    [listed] = promoter("-C", shop, "--json", "refresh", "--dry-run").document["outdated"]
    assert (listed["item"], listed["check"], listed["by"]) == (None, None, "Bob Durand")
    become(shop, alice)

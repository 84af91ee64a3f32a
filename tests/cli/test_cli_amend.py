"""`promoter amend` as people and programs use it."""

import json
from pathlib import Path

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, commit_file, make_signer
from tests.support.small_shop import make_shop, open_v1

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: rollback
    title: The way back is written down
    sign_off: {roles: [operations]}
"""
PATH = "checklists/staging-to-preprod.yaml"


def board(tmp_path: Path) -> tuple[Path, Signer, Signer]:
    alice, bob = (
        make_signer(tmp_path / "keys", name, email)
        for name, email in (("Alice Martin", "alice@example.com"), ("Bob Durand", "bob@example.com"))
    )
    roles = ("roster-admin", "operations")
    shop = make_shop(tmp_path / "shop", (alice, roles), (bob, roles), checklist=CHECKLIST)
    assert open_v1(shop).code == 0
    assert promoter("-C", shop, "sign", "rollback").code == 0
    return shop, alice, bob


def test_without_a_terminal_it_shows_what_changes_and_records_nothing_unless_told_to(tmp_path: Path) -> None:
    shop, _, _ = board(tmp_path)
    commit_file(shop, "code.txt", "v2\n")
    said = promoter("-C", shop, "amend", "--release", "v2", "-m", "it lacked the migration")
    assert said.code == 5
    assert "v1" in said.out
    assert "v2" in said.out
    assert "the release moved from v1" in said.out
    assert "--yes" in said.err
    refused = promoter("-C", shop, "amend", "--release", "v2", "-m", "why", "--json")
    assert (refused.code, refused.document["schema"]) == (5, "promoter/error/1")
    assert refused.document["amendment"]["stale"][0]["item"] == "rollback"
    assert promoter("-C", shop, "status", "--json").document["promotion"]["amendments"] == []
    done = promoter("-C", shop, "amend", "--release", "v2", "-m", "why", "--yes", "--json")
    assert (done.code, done.document["schema"]) == (0, "promoter/amend/1")
    assert done.document["entry"]["content"]["release"]["name"] == "v2"
    [made] = promoter("-C", shop, "status", "--json").document["promotion"]["amendments"]
    assert (made["state"], made["by"], made["release"]["from"]["name"]) == ("in-force", "Alice Martin", "v1")


def test_other_rules_are_agreed_to_by_somebody_else_with_the_same_verb(tmp_path: Path) -> None:
    shop, _, bob = board(tmp_path)
    (shop / PATH).write_text(CHECKLIST.replace("roles: [operations]", "roles: [security]"), encoding="utf-8")
    assert "promoter amend --rules" in " ".join(promoter("-C", shop, "status").out.split())
    said = promoter("-C", shop, "amend", "--rules", "-m", "anyone may", "--yes")
    assert said.code == 0
    assert "a second person" in said.out
    [made] = promoter("-C", shop, "status", "--json").document["promotion"]["amendments"]
    waits = promoter("-C", shop, "status")
    assert f"promoter amend --agree {made['id']}" in " ".join((waits.out + waits.err).split())
    alone = promoter("-C", shop, "amend", "--agree", made["id"], "--yes")
    assert (alone.code, "a second person has to agree" in alone.err) == (1, True)
    become(shop, bob)
    assert promoter("-C", shop, "amend", "--agree", made["id"]).code == 5
    agreed = promoter("-C", shop, "amend", "--agree", made["id"], "-m", "so it is", "--yes")
    assert agreed.code == 0
    assert "rollback needs nobody as operations" in " ".join(agreed.out.split())
    [made] = promoter("-C", shop, "status", "--json").document["promotion"]["amendments"]
    assert (made["state"], made["agreed_by"]) == ("in-force", "Bob Durand")
    log = promoter("-C", shop, "log")
    assert "agreed to an amendment: other rules" in log.out
    assert "so it is" in log.out
    assert json.dumps(made)


def test_what_was_proposed_is_taken_back_by_who_proposed_it_and_named_by_next(tmp_path: Path) -> None:
    shop, alice, bob = board(tmp_path)
    (shop / PATH).write_text(CHECKLIST.replace("roles: [operations]", "roles: [security]"), encoding="utf-8")
    assert promoter("-C", shop, "revoke", "rollback", "-m", "too early").code == 0
    assert promoter("-C", shop, "amend", "--rules", "-m", "anyone may", "--yes").code == 0
    [made] = promoter("-C", shop, "status", "--json").document["promotion"]["amendments"]
    first, *_ = promoter("-C", shop, "next", "--json").document["steps"]
    agree, back = first["ways"]
    assert (first["do"], [each["id"] for each in agree["who"]]) == ("agree", ["bob"])
    assert (back["command"], [each["id"] for each in back["who"]]) == (
        f"promoter amend --withdraw {made['id']} -m ''",
        ["alice"],
    )
    assert "as soon as this is done" in promoter("-C", shop, "next").out
    become(shop, bob)
    other = promoter("-C", shop, "amend", "--withdraw", made["id"], "-m", "no")
    assert (other.code, "only Alice Martin takes back" in other.err) == (1, True)
    become(shop, alice)
    assert promoter("-C", shop, "amend", "--withdraw", made["id"]).code == 2
    assert promoter("-C", shop, "amend", "--withdraw", made["id"], "--rules", "-m", "both").code == 2
    done = promoter("-C", shop, "amend", "--withdraw", made["id"], "-m", "the old ones will do")
    assert done.code == 0, done.err
    assert "Alice Martin took back what they proposed" in done.out
    [made] = promoter("-C", shop, "status", "--json").document["promotion"]["amendments"]
    assert made["state"] == "withdrawn"
    become(shop, bob)
    late = promoter("-C", shop, "amend", "--agree", made["id"], "--yes")
    assert (late.code, "none waits" in late.err) == (2, True)
    assert "took an amendment back" in promoter("-C", shop, "log").out
    assert "taken back by Alice Martin" in promoter("-C", shop, "report").out
    assert [each["do"] for each in promoter("-C", shop, "next", "--json").document["steps"]] == ["sign"]
    assert promoter("-C", shop, "verify").code == 0


def test_what_cannot_go_together_is_refused_as_a_mistake_of_usage(tmp_path: Path) -> None:
    shop, _, _ = board(tmp_path)
    for arguments in (
        ["--agree", "01JD", "--rules", "-m", "both"],
        ["--agree", "01JD", "-m", "none waits"],
        ["--commit", "HEAD", "-m", "of what"],
        ["-m", "nothing"],
        ["--release", "v2"],
        ["--rules", "-m", "nothing changed"],
    ):
        assert promoter("-C", shop, "amend", *arguments, "--yes").code == 2, arguments
    promoter("-C", shop, "abandon", "-m", "over")
    assert promoter("-C", shop, "amend", "--release", "v2", "-m", "late", "--yes").code == 2


def test_an_approval_of_another_release_counts_no_longer_and_is_told_with_what_goes_stale(
    tmp_path: Path,
) -> None:
    shop, _, bob = board(tmp_path)
    promoter("-C", shop, "abandon", "-m", "it asks for an approval")
    (shop / PATH).write_text(CHECKLIST + "approvals: {roles: [operations]}\n", encoding="utf-8")
    assert open_v1(shop).code == 0
    become(shop, bob)
    assert promoter("-C", shop, "approve").code == 0
    commit_file(shop, "code.txt", "v2\n")
    asked = promoter("-C", shop, "amend", "--release", "v2", "-m", "why", "--json").document["amendment"]
    assert [(each["item"], each["name"], each["why"]["code"]) for each in asked["stale"]] == [
        (None, "Bob Durand", "approval-stale-release")
    ]
    said = promoter("-C", shop, "amend", "--release", "v2", "-m", "why", "--yes")
    assert (said.code, "approval  Bob Durand" in said.out) == (0, True)

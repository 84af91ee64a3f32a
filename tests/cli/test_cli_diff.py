"""What changes in an environment, on a real repository."""

from pathlib import Path

import pytest

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, git
from tests.support.small_shop import make_shop, open_v1, set_variables


@pytest.fixture
def shop(tmp_path: Path, alice: Signer) -> Path:
    """v1 was promoted into preprod."""
    shop = make_shop(tmp_path / "shop", (alice, ("operations", "security")))
    set_variables(shop)
    assert promoter("-C", shop, "adopt", "staging", "--release", "v1", "-m", "in service").code == 0
    assert open_v1(shop).code == 0
    promoter("-C", shop, "run")
    assert promoter("-C", shop, "sign", "rollback").code == 0
    assert promoter("-C", shop, "sign", "accounts", "--field", "kept=vault").code == 0
    assert promoter("-C", shop, "promote").code == 0
    return shop


def change(shop: Path) -> None:
    """Another release, with other rules."""
    checklist = shop / "checklists" / "staging-to-preprod.yaml"
    words = checklist.read_text()
    words = words.replace("en: The way back is written down", "en: The way back was tried")
    words = words.replace("id: training", "id: teaching")
    words = words.replace("sign_off: {roles: [security],", "sign_off: {roles: [operations],")
    checklist.write_text(words)
    pipeline = shop / "checklists" / "pipeline.yaml"
    words = pipeline.read_text()
    words = words.replace("app: https://preprod.shop.example", "app: https://pre.shop.example")
    words = words.replace(
        "      SHOP_SECRET: {secret: true}\n", "      SHOP_SECRET: {}\n      SHOP_NAME: {equals: topsecret}\n"
    )
    pipeline.write_text(words)
    git(shop, "commit", "-q", "--no-gpg-sign", "-am", "Sell \x1b[31mmore\u202e everywhere")


def test_a_look_ahead_says_what_would_change_and_no_value(shop: Path) -> None:
    change(shop)
    said = promoter("-C", shop, "diff", "staging-to-preprod")
    assert said.code == 0, said.err
    assert "1 commit gets there" in said.out
    assert "Alice Martin (1)" in said.out
    assert "\x1b[31m" not in said.out
    assert "\u202e" not in said.out
    assert "topsecret" not in said.out
    document = promoter("-C", shop, "--json", "diff", "staging-to-preprod").document
    assert {each["id"]: each["how"] for each in document["items"]} == {
        "rollback": "reworded",
        "accounts": "changed",
        "teaching": "added",
        "training": "removed",
    }
    assert {each["name"]: each["how"] for each in document["variables"]} == {
        "SHOP_SECRET": "changed",
        "SHOP_NAME": "added",
    }
    assert document["urls"] == [
        {
            "name": "app",
            "how": "changed",
            "before": "https://preprod.shop.example",
            "after": "https://pre.shop.example",
        }
    ]
    assert "topsecret" not in str(document)


def test_an_open_promotion_is_compared_as_it_was_pinned(shop: Path) -> None:
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Sell more")
    assert promoter("-C", shop, "diff").code == 2
    assert promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2").code == 0
    change(shop)
    document = promoter("-C", shop, "--json", "diff").document
    assert [each["subject"] for each in document["brought"]["commits"]] == ["Sell more"]
    assert (document["items"], document["variables"], document["urls"]) == ([], [], [])
    assert document["pinned_by"].startswith("v1-preprod")
    assert promoter("-C", shop, "diff", "--release", "v1").code == 2
    assert promoter("-C", shop, "diff", "nowhere").code == 2


def test_what_runs_there_and_is_not_in_the_release_is_said_and_many_commits_are_counted(shop: Path) -> None:
    git(shop, "checkout", "-q", "--orphan", "other")
    for number in range(52):
        git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", f"Change {number}")
    said = promoter("-C", shop, "diff", "staging-to-preprod")
    assert "52 commits get there" in said.out, said.out
    assert "and 2 commits before that" in said.out
    assert "1 commit that runs there is not in it" in said.out


def test_what_was_only_declared_has_nothing_pinned_to_compare(tmp_path: Path, alice: Signer) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("operations", "security")))
    assert promoter("-C", shop, "adopt", "preprod", "--release", "v1", "-m", "in service").code == 0
    said = promoter("-C", shop, "diff", "staging-to-preprod")
    assert said.code == 0, said.err
    assert "what runs there was not promoted" in said.out

"""The board over several pipelines and repositories."""

from pathlib import Path

import pytest

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, git
from tests.support.shop_floor import EVERY_ROLE
from tests.support.small_shop import make_shop, open_v1


@pytest.fixture
def shop_here(tmp_path: Path, alice: Signer) -> Path:
    shop = make_shop(tmp_path / "shop", (alice, ("operations", "security")))
    assert open_v1(shop).code == 0
    return shop


def test_every_open_promotion_of_every_repository_has_a_line(
    tmp_path: Path, shop_here: Path, alice: Signer
) -> None:
    quiet = make_shop(tmp_path / "quiet", (alice, ("operations",)))
    answer = promoter("-C", shop_here, "status", "--all", shop_here, quiet)
    assert answer.code == 0, answer.err
    assert "staging → preprod" in answer.out
    assert "variables: credentials has not run yet, and 3 more" in answer.out
    assert "nothing is open" in answer.out
    assert str(quiet) in answer.out
    assert promoter("-C", shop_here, "status", "--all", "--gate").code == 5
    document = promoter("-C", shop_here, "--json", "status", "--all").document
    assert document["services"][0]["promotions"][0]["gate"]["answer"] == "blocked"


def test_what_is_wrong_with_one_repository_keeps_no_other_from_being_told(
    tmp_path: Path, shop_here: Path
) -> None:
    answer = promoter("-C", shop_here, "status", "--all", tmp_path / "nowhere", shop_here)
    assert answer.code == 2
    assert "is not a directory" in answer.out
    assert "staging → preprod" in answer.out
    assert promoter("-C", shop_here, "status", shop_here).code == 2


def test_each_pipeline_of_a_repository_is_told_by_itself(tmp_path: Path, alice: Signer) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("operations", "security")))
    checklists = shop / "checklists"
    for name in ("north", "south"):
        (checklists / name).mkdir()
        for each in ("pipeline.yaml", "staging-to-preprod.yaml"):
            text = (checklists / each).read_text()
            text = text.replace("pipeline: shop\n", f"pipeline: {name}\ntrail: {{branch: promoter/{name}}}\n")
            (checklists / name / each).write_text(text)
    for each in ("pipeline.yaml", "staging-to-preprod.yaml"):
        (checklists / each).unlink()
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "Two services", "--no-gpg-sign")
    opened = promoter("-C", shop, "--pipeline", "south", "open", "staging-to-preprod", "--release", "v2")
    assert opened.code == 0, opened.err
    services = promoter("-C", shop, "--json", "status", "--all").document["services"]
    assert [(each["pipeline"], len(each["promotions"])) for each in services] == [("north", 0), ("south", 1)]


def test_a_second_pipeline_never_writes_on_the_first_one_s_trail(tmp_path: Path, alice: Signer) -> None:
    shop = make_shop(tmp_path / "shop", (alice, EVERY_ROLE))
    checklists = shop / "checklists"
    for name in ("shop", "billing"):
        (checklists / name).mkdir()
        for each in ("pipeline.yaml", "staging-to-preprod.yaml"):
            text = (checklists / each).read_text().replace("pipeline: shop", f"pipeline: {name}")
            (checklists / name / each).write_text(text)
    for each in ("pipeline.yaml", "staging-to-preprod.yaml"):
        (checklists / each).unlink()
    git(shop, "add", "--all")
    git(shop, "commit", "-q", "--no-gpg-sign", "-m", "Two services")
    linted = promoter("-C", shop, "lint")
    assert (linted.code, "its trail is on promoter/trail, as that of billing" in linted.out) == (2, True)
    opening = ("open", "staging-to-preprod", "--release", "v1")
    assert promoter("-C", shop, "--pipeline", "billing", *opening).code == 0
    tip = git(shop, "rev-parse", "promoter/trail")
    for words in (opening, ("status",), ("hold", "preprod", "-m", "x"), ("sign", "rollback")):
        said = promoter("-C", shop, "--pipeline", "shop", *words)
        assert (said.code, "such as promoter/trail-shop" in " ".join(said.err.split())) == (1, True)
    assert git(shop, "rev-parse", "promoter/trail") == tip
    board = promoter("-C", shop, "status", "--all").out
    assert "is of the pipeline billing" in board

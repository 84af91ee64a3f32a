"""Opening says at once what would keep the gate shut whoever signs."""

from pathlib import Path

from tests.support.git_repositories import Signer
from tests.support.small_shop import CHECKLIST, PIPELINE, make_shop, open_v1

TWO_ROLES = CHECKLIST.replace("roles: [operations]", "roles: [operations, security]")


def test_two_roles_of_one_person_fill_one_seat_and_open_says_so(tmp_path: Path, alice: Signer) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("operations", "security")), checklist=TWO_ROLES)

    opened = open_v1(shop)

    assert opened.code == 0
    assert "too few people may sign, as operations, security, for: rollback" in " ".join(opened.err.split())


def test_two_people_of_the_two_roles_are_no_news(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    people = ((alice, ("operations", "security")), (bob, ("security",)))
    shop = make_shop(tmp_path / "shop", *people, checklist=TWO_ROLES)

    assert "too few people" not in open_v1(shop).err


def test_an_environment_that_counts_only_signatures_never_opens_without_a_roster(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop")
    path = shop / "checklists" / "pipeline.yaml"
    path.write_text(
        PIPELINE.replace("data: real\n", "data: real\n    signatures: required\n"), encoding="utf-8"
    )

    assert "its gate cannot open" in " ".join(open_v1(shop).err.split())

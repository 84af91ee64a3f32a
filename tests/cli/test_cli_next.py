"""What to do next, by whom and in which order, as lines and as JSON."""

import shlex
from pathlib import Path
from typing import Any

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become
from tests.support.small_shop import make_shop, open_v1, set_variables


def steps(shop: Path, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = promoter("-C", shop, "--json", "next", *options).document["steps"]
    return found


def done(found: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["do"], each["item"]) for each in found]


def test_machines_come_before_people_and_each_step_says_who_may(shop: Path) -> None:
    found = steps(shop)
    assert done(found) == [
        ("run", "variables"),
        ("run", "accounts"),
        ("sign", "rollback"),
        ("sign", "accounts"),
    ]
    assert [[one["id"] for one in each["ways"][0]["who"]] for each in found[2:]] == [
        ["alice", "bob"],
        ["alice"],
    ]
    assert found[3]["ways"][0]["command"] == "promoter sign accounts --field kept="
    assert found[3]["after"] == [2]
    assert promoter("-C", shop, "next").code == 0


def test_every_line_that_it_gives_can_be_typed_and_opens_the_gate(shop: Path) -> None:
    set_variables(shop)
    for each in steps(shop):
        _, *words = shlex.split(each["ways"][0]["command"])
        assert (
            promoter("-C", shop, *(f"{word}vault" if word.endswith("=") else word for word in words)).code
            == 0
        )
    said = promoter("-C", shop, "next")
    assert said.code == 0
    assert said.out == "OPEN: nothing holds it; next: promoter promote\n"
    assert promoter("-C", shop, "--json", "next").document["steps"] == []


def test_what_is_left_empty_is_refused(shop: Path) -> None:
    assert promoter("-C", shop, "sign", "accounts", "--field", "kept=").code == 2
    assert promoter("-C", shop, "thaw", "preprod", "--until", "", "-m", "").code == 2
    assert promoter("-C", shop, "waive", "rollback", "--until", "", "-m", "").code == 2
    assert promoter("-C", shop, "lift", "-m", "").code == 2
    assert promoter("-C", shop, "sign", "rollback", "--link", "").code == 2


def test_mine_shows_what_is_open_to_me_and_keeps_the_numbers(shop: Path, bob: Signer) -> None:
    become(shop, bob)
    assert [each["number"] for each in steps(shop, "--mine")] == [1, 2, 3]
    said = promoter("-C", shop, "next", "--mine").out
    assert "Bob Durand (you)" in said
    assert "1 more step is for others" in said
    assert "sign accounts off" not in said


def test_a_hold_a_rejection_and_a_freeze_say_who_can_end_them(shop: Path, bob: Signer) -> None:
    become(shop, bob)
    promoter("-C", shop, "run")
    promoter("-C", shop, "reject", "rollback", "-m", "names a server that is gone")
    promoter("-C", shop, "freeze", "preprod", "--until", "2d", "-m", "census")
    promoter("-C", shop, "hold", "preprod", "-m", "incident")
    found = steps(shop)
    by_deed = {each["do"]: each for each in found}
    assert [one["id"] for one in by_deed["answer"]["ways"][0]["who"]] == ["bob"]
    assert by_deed["lift"]["ways"][0]["anyone"]
    assert found[-1]["do"] == "wait"
    assert promoter("-C", shop, "--json", "next").document["opens"] == found[-1]["at"]
    said = promoter("-C", shop, "next").out
    assert "at the earliest" in said
    assert "→ Write the first of these files" in said or "→" in said


def test_nobody_can_tell_where_nobody_may_sign(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("roster-admin", "security")), (bob, ("security",)))
    assert open_v1(shop).code == 0
    document = promoter("-C", shop, "--json", "next").document
    assert document["opens"] is None
    assert [each["code"] for each in document["why"]] == ["never-signed"]
    said = promoter("-C", shop, "next").out
    assert "nobody is left who may sign rollback" in said
    assert "nobody may" in said


def test_several_open_promotions_are_told_apart_in_the_lines_to_type(shop: Path) -> None:
    chosen = promoter("-C", shop, "--json", "status").document["promotion"]["id"]
    assert promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2").code == 0
    found = promoter("-C", shop, "--json", "-p", chosen, "next").document["steps"]
    assert found[0]["ways"][0]["command"] == f"promoter run variables -p {chosen}"


def test_without_a_roster_anyone_may(claimed_shop: Path) -> None:
    assert open_v1(claimed_shop).code == 0
    found = steps(claimed_shop)
    assert all(each["ways"][0]["anyone"] and each["mine"] for each in found)
    assert "anyone, you too" in promoter("-C", claimed_shop, "next").out


def test_a_promotion_that_is_over_has_nothing_left_to_do(shop: Path) -> None:
    assert promoter("-C", shop, "abandon", "-m", "given up").code == 0
    said = promoter("-C", shop, "next")
    assert said.code == 0
    assert said.out.startswith("ABANDONED")
    assert promoter("-C", shop, "--json", "next").document["steps"] == []


def test_promoting_says_what_was_recorded_since_one_looked(shop: Path, bob: Signer) -> None:
    assert "since you looked" not in promoter("-C", shop, "promote").err
    assert promoter("-C", shop, "status").code == 0
    assert "since you looked" not in promoter("-C", shop, "promote").err
    become(shop, bob)
    assert promoter("-C", shop, "sign", "rollback").code == 0
    said = promoter("-C", shop, "promote").err
    assert "since you looked:" in said
    assert "sign-off: rollback — Bob Durand" in said
    assert len(promoter("-C", shop, "--json", "promote").document["since_you_looked"]) >= 1
    assert promoter("-C", shop, "status").code == 0
    assert "since you looked" not in promoter("-C", shop, "promote").err

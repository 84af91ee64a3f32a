"""What a promotion is compared with when its transition or its environment goes by another name than before."""

from pathlib import Path

import pytest

from promoter.messages import Message
from promoter.usecases.board import board
from promoter.usecases.opening import Opening, abandon, open_promotion
from promoter.usecases.standing import status
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.shop_floor import at_work, shop

OLD = "staging-to-preprod"
ROLLBACK = """\
  - id: rollback
    title: {fr: Le retour arrière est écrit, en: The way back is written down}
    sign_off: {roles: [operations]}
"""


@pytest.fixture(scope="module")
def eve(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("keys"), "Eve Petit", "eve@example.com")


@pytest.fixture
def mine(tmp_path: Path, alice: Signer) -> Path:
    """Alice's shop with a promotion open."""
    made = shop(tmp_path / "shop", alice)
    opened(made, OLD, "v1")
    return made


def opened(directory: Path, transition: str, release: str) -> Opening:
    with at_work(directory) as workspace:
        return open_promotion(workspace, transition, release)


def rewrite(directory: Path, name: str, *pairs: tuple[str, str]) -> None:
    path = directory / "checklists" / name
    text = path.read_text()
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)


def renamed(directory: Path, transition: str, into: str = "preprod") -> None:
    """The transition, and its environment, by other names."""
    git(directory, "mv", f"checklists/{OLD}.yaml", f"checklists/{transition}.yaml")
    rewrite(directory, f"{transition}.yaml", (f"checklist: {OLD}", f"checklist: {transition}"))
    rewrite(directory, f"{transition}.yaml", ("to: preprod", f"to: {into}"))
    rewrite(directory, "pipeline.yaml", (f"[{OLD}]", f"[{transition}]"), ("  preprod:\n", f"  {into}:\n"))


def committed(directory: Path, who: Signer, alice: Signer, *, signing: bool = False) -> None:
    become(directory, who)
    git(directory, "add", "--all")
    git(directory, "commit", "-q", *(["-S"] if signing else ["--no-gpg-sign"]), "-m", "Tidy up")
    become(directory, alice)


def told(messages: tuple[Message, ...], code: str = "rules-looser") -> set[str]:
    rules = [each.parameters["rules"] for each in messages if each.code == code]
    return {
        one.code
        for each in rules
        if isinstance(each, list | tuple)
        for one in each
        if isinstance(one, Message)
    }


def unproven(messages: tuple[Message, ...]) -> set[str]:
    return {str(each.parameters["path"]) for each in messages if each.code == "last-changed-unproven"}


def test_a_transition_by_another_name_is_held_to_the_rules_of_the_old_one(
    mine: Path, alice: Signer, eve: Signer
) -> None:
    renamed(mine, "to-preprod")
    rewrite(mine, "to-preprod.yaml", (ROLLBACK, ""))
    committed(mine, eve, alice)
    opening = opened(mine, "to-preprod", "v2")
    assert told(opening.standing.decision.warnings) == {"item-gone", "transition-gone"}
    assert told(opening.warnings, "rules-otherwise") == {"transition-new"}
    assert unproven(opening.warnings) == {"checklists/to-preprod.yaml", "checklists/pipeline.yaml"}
    with at_work(mine) as workspace:
        assert told(status(workspace, "v2").decision.warnings) == {"item-gone", "transition-gone"}
        assert unproven(status(workspace, "v2").warnings) == unproven(opening.warnings)


@pytest.mark.parametrize("transition", [OLD, "to-acceptance"])
@pytest.mark.parametrize(
    "first", ["", "  scratch:\n    urls: {app: https://scratch.example}\n    data: simulated\n"]
)
def test_an_environment_by_another_name_is_held_to_the_rules_of_the_old_one(
    transition: str, first: str, mine: Path, alice: Signer, eve: Signer
) -> None:
    rewrite(mine, "pipeline.yaml", ("environments:\n", f"environments:\n{first}"))
    git(mine, "commit", "-qam", "More", "--allow-empty", "--no-gpg-sign")
    if transition == OLD:
        rewrite(mine, f"{OLD}.yaml", ("to: preprod", "to: acceptance"))
        rewrite(mine, "pipeline.yaml", ("  preprod:\n", "  acceptance:\n"))
    else:
        renamed(mine, transition, "acceptance")
    rewrite(mine, f"{transition}.yaml", (ROLLBACK, ""))
    committed(mine, eve, alice)
    opening = opened(mine, transition, "v2")
    assert {"item-gone", "environment-gone"} <= told(opening.standing.decision.warnings)
    assert "environment-new" in told(opening.warnings, "rules-otherwise")


def test_an_environment_that_took_the_place_of_another_in_the_order_is_held_to_its_rules(
    mine: Path, alice: Signer, eve: Signer
) -> None:
    rewrite(
        mine,
        "pipeline.yaml",
        (
            "  preprod:\n",
            "  acceptance:\n    urls: {app: https://acceptance.example}\n    data: real\n    variables: {SHOP_SECRET: {secret: true}}\n  preprod:\n",
        ),
        (f"[{OLD}]", f"[staging-to-acceptance, {OLD}]"),
    )
    text = (mine / "checklists" / f"{OLD}.yaml").read_text()
    (mine / "checklists" / "staging-to-acceptance.yaml").write_text(
        text.replace(OLD, "staging-to-acceptance")
        .replace("to: preprod", "to: acceptance")
        .replace(ROLLBACK, "")
    )
    committed(mine, eve, alice)
    opening = opened(mine, "staging-to-acceptance", "v2")
    assert "item-gone" in told(opening.standing.decision.warnings)


def test_giving_up_what_was_opened_by_the_new_name_does_not_make_its_rules_usual(
    mine: Path, alice: Signer, eve: Signer
) -> None:
    renamed(mine, "to-acceptance", "acceptance")
    rewrite(mine, "to-acceptance.yaml", (ROLLBACK, ""))
    committed(mine, eve, alice)
    opened(mine, "to-acceptance", "v2")
    with at_work(mine) as workspace:
        abandon(workspace, "v2", "by mistake")
    opening = opened(mine, "to-acceptance", "v3")
    assert "item-gone" in told(opening.standing.decision.warnings)
    assert "item-gone" not in told(opened(mine, "to-acceptance", "v4").standing.decision.warnings)


def test_who_changed_a_file_unproven_is_told_even_where_no_rule_differs(
    mine: Path, alice: Signer, eve: Signer
) -> None:
    rewrite(mine, "pipeline.yaml", ("pipeline: shop\n", "# tidied\npipeline: shop\n"))
    committed(mine, eve, alice)
    assert unproven(opened(mine, OLD, "v2").warnings) == {"checklists/pipeline.yaml"}
    rewrite(mine, "pipeline.yaml", ("# tidied\n", ""))
    committed(mine, alice, alice, signing=True)
    codes = {each.code for each in opened(mine, OLD, "v3").warnings}
    assert not codes & {"last-changed-unproven", "last-changed-by-member"}


@pytest.mark.parametrize("given_up", [False, True])
def test_status_says_which_names_that_the_trail_knew_the_pipeline_has_no_more(
    given_up: bool, mine: Path, alice: Signer, eve: Signer
) -> None:
    if given_up:
        with at_work(mine) as workspace:
            abandon(workspace, "v1", "another release")
    renamed(mine, "to-acceptance", "acceptance")
    committed(mine, eve, alice)
    with at_work(mine) as workspace:
        said = board(workspace).warnings if given_up else status(workspace, "v1").warnings
    assert told(said, "names-gone") == {"transition-gone", "environment-gone"}
    assert unproven(said) == {"checklists/pipeline.yaml"}
    opened(mine, "to-acceptance", "v2")
    with at_work(mine) as workspace:
        assert told(board(workspace).warnings, "names-gone") == set()


def test_another_transition_of_the_same_pipeline_is_no_change(mine: Path, alice: Signer) -> None:
    rewrite(
        mine,
        "pipeline.yaml",
        (
            "transitions:",
            "  production:\n    urls: {app: https://shop.example}\n    data: real\ntransitions:",
        ),
        (f"[{OLD}]", f"[{OLD}, preprod-to-production]"),
    )
    (mine / "checklists" / "preprod-to-production.yaml").write_text(
        "checklist: preprod-to-production\nfrom: preprod\nto: production\n"
        "items: [{id: tests, title: Tests, sign_off: {}}]\n"
    )
    committed(mine, alice, alice, signing=True)
    opened(mine, OLD, "v2")
    opening = opened(mine, "preprod-to-production", "v2")
    assert opening.standing.beside.looser == opening.standing.beside.otherwise == ()
    assert opening.standing.beside.origins == ()

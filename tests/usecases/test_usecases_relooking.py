"""What a check looks at in the pipeline is a part of what was said of its item: where that changes, it is said again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.checklist.loading import load_checklist, load_pipeline
from promoter.gate import Answer
from promoter.model.checklist import Item
from promoter.model.roster import ROSTER_ADMIN
from promoter.usecases.amending import agreed, amend, proposed
from promoter.usecases.approving import approve
from promoter.usecases.exempting import waive
from promoter.usecases.opening import open_promotion
from promoter.usecases.outdating import Outdated
from promoter.usecases.relooking import looked_at
from promoter.usecases.standing import Standing, status
from promoter.usecases.voices import sign
from tests.support.git_repositories import Signer, become
from tests.support.shop_floor import at_work, run_all
from tests.support.small_shop import PIPELINE, VARIABLES, make_shop

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
waivers: {roles: [operations]}
approvals: {roles: [operations]}
items:
  - id: variables
    title: The variables are in place
    survives: release
    checks: [credentials: {variables: [SHOP_URL]}]
    sign_off: {roles: [operations]}
  - id: secret
    title: The secret is kept
    checks: [credentials: {variables: [SHOP_SECRET]}]
  - id: rollback
    title: The way back is written down
    sign_off: {roles: [operations]}
"""
ELSEWHERE = ("https://preprod.shop.example", "https://elsewhere.shop.example")


@pytest.fixture
def team(tmp_path: Path, alice: Signer, bob: Signer) -> Path:
    """Everything is done for v1: the checks ran, Bob signed and approved."""
    people = ((alice, (ROSTER_ADMIN, "operations")), (bob, (ROSTER_ADMIN, "operations")))
    made = make_shop(tmp_path / "shop", *people, checklist=CHECKLIST)
    (made / ".env.preprod").touch(mode=0o600)
    (made / ".env.preprod").write_text(VARIABLES, encoding="utf-8")
    with at_work(made) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
    become(made, bob)
    with at_work(made) as workspace:
        run_all(workspace)
        sign(workspace, None, "variables")
        sign(workspace, None, "rollback")
        approve(workspace, None)
        assert status(workspace).decision.answer is Answer.OPEN
    become(made, alice)
    return made


def rewritten(directory: Path, was: str, now: str) -> None:
    path = directory / "checklists" / "pipeline.yaml"
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now), encoding="utf-8")


def amended(directory: Path, alice: Signer, bob: Signer) -> tuple[tuple[Outdated, ...], Standing]:
    """What the amendment of the rules says goes stale, and where the promotion stands once Bob agreed."""
    become(directory, alice)
    with at_work(directory) as workspace:
        plan = proposed(workspace, None, "it moved", rules=True)
        name = amend(workspace, plan).entry.id
        assert status(workspace).decision.answer is Answer.OPEN
    become(directory, bob)
    with at_work(directory) as workspace:
        second = agreed(workspace, None, name)
        assert second.stale == plan.stale
        amend(workspace, second)
        return plan.stale, status(workspace)


def test_a_url_that_moves_makes_stale_what_was_said_of_it_and_nothing_else(
    team: Path, alice: Signer, bob: Signer
) -> None:
    rewritten(team, *ELSEWHERE)
    stale, standing = amended(team, alice, bob)
    told = {(each.item, each.why.code if each.why else "") for each in stale}
    assert told == {
        ("variables", "check-stale-facts"),
        ("variables", "sign-off-stale-facts"),
        ("", "approval-stale-facts"),
    }
    decision = standing.decision
    assert decision.answer is Answer.BLOCKED
    held = {(each.item, each.message.code) for each in decision.reasons}
    assert ("variables", "check-stale-facts") in held
    assert {each.item for each in decision.reasons} == {None, "variables"}


def test_what_is_said_again_after_it_counts(team: Path, alice: Signer, bob: Signer) -> None:
    rewritten(team, *ELSEWHERE)
    amended(team, alice, bob)
    env = team / ".env.preprod"
    env.write_text(env.read_text().replace(*ELSEWHERE), encoding="utf-8")
    with at_work(team) as workspace:
        run_all(workspace)
        sign(workspace, None, "variables")
        approve(workspace, None)
        assert status(workspace).decision.answer is Answer.OPEN


def test_what_nobody_looks_at_may_change(team: Path, alice: Signer, bob: Signer) -> None:
    rewritten(team, "https://staging.shop.example", "https://elsewhere.shop.example")
    stale, standing = amended(team, alice, bob)
    assert (stale, standing.decision.answer) == ((), Answer.OPEN)


def test_a_waiver_given_before_it_changed_is_stale_as_well(team: Path, alice: Signer, bob: Signer) -> None:
    become(team, bob)
    (team / ".env.preprod").unlink()
    with at_work(team) as workspace:
        run_all(workspace)
        waive(workspace, None, "variables", "agreed with the board", until="2d")
        waive(workspace, None, "secret", "agreed with the board", until="2d")
        assert status(workspace).decision.answer is Answer.OPEN_WITH_WAIVERS
    rewritten(team, *ELSEWHERE)
    become(team, alice)
    with at_work(team) as workspace:
        plan = proposed(workspace, None, "it moved", rules=True)
    assert ("variables", "waiver-stale-facts") in {
        (each.item, each.why and each.why.code) for each in plan.stale
    }
    assert ("secret", bob.name) in plan.survives


def looks(change: Callable[[str], str] = str, item: str = "checks: [credentials: {}]") -> str:
    text = PIPELINE.replace(
        "    data: real\n", "    data: real\n    network: {connect_to: {'a:1': '127.0.0.1:2'}}\n"
    )
    pipeline, problems = load_pipeline(change(text).encode(), "pipeline.yaml")
    assert pipeline is not None, problems
    rules = f"checklist: staging-to-preprod\nfrom: staging\nto: preprod\nitems:\n  - {{id: a, title: A, {item}}}\n"
    loaded, wrong = load_checklist(rules.encode(), "staging-to-preprod.yaml", pipeline)
    assert loaded is not None, wrong
    return looked_at(loaded.items[0], pipeline, "preprod")


@pytest.mark.parametrize(
    ("item", "was", "now", "concerned"),
    [
        ("checks: [credentials: {}]", "https://preprod", "https://other", True),
        ("checks: [credentials: {variables: [SHOP_SECRET]}]", "https://preprod", "https://other", False),
        (
            "checks: [credentials: {variables: [SHOP_SECRET]}]",
            "SHOP_SECRET: {secret: true}",
            "SHOP_SECRET: {}",
            True,
        ),
        ("checks: [credentials: {}]", ".env.preprod", ".env.other", True),
        ("checks: [credentials: {environment: staging}]", "https://staging", "https://other", False),
        ("checks: [https: {url: {fact: urls.app}}]", "https://preprod", "https://other", True),
        ("checks: [https: {url: {fact: urls.app}}]", "https://staging", "https://other", False),
        ("checks: [https: {url: {fact: staging.urls.app}}]", "https://staging", "https://other", True),
        ("checks: [https: {url: 'https://a.example'}]", "https://preprod", "https://other", False),
        ("checks: [https: {url: 'https://a.example'}]", "127.0.0.1:2", "127.0.0.1:3", True),
        ("checks: [https: {url: {variable: SHOP_URL}}]", "https://preprod", "https://other", True),
        (
            "checks: [differs: {environment: staging, urls: [app]}]",
            "SHOP_SECRET: {secret: true}",
            "SHOP_SECRET: {}",
            False,
        ),
        (
            "checks: [differs: {environment: staging, urls: [app]}]",
            "https://staging",
            "https://other",
            True,
        ),
        ("sign_off: {}", "127.0.0.1:2", "127.0.0.1:3", False),
    ],
)
def test_an_item_looks_at_what_its_checks_name(item: str, was: str, now: str, concerned: bool) -> None:
    assert (looks(item=item) != looks(lambda text: text.replace(was, now), item)) is concerned


def test_a_check_whose_kind_is_not_installed_may_look_at_anything() -> None:
    pipeline, _ = load_pipeline(PIPELINE.encode(), "pipeline.yaml")
    assert pipeline is not None
    rules = "checklist: staging-to-preprod\nfrom: staging\nto: preprod\nitems:\n  - {id: a, title: A, checks: [credentials: {}]}\n"
    loaded, _ = load_checklist(rules.encode(), "staging-to-preprod.yaml", pipeline)
    assert loaded is not None
    [spec] = loaded.items[0].checks
    strange: Item = replace(loaded.items[0], checks=(replace(spec, kind="strange"),))
    other, _ = load_pipeline(PIPELINE.replace(*ELSEWHERE).encode(), "pipeline.yaml")
    assert other is not None
    assert looked_at(strange, pipeline, "preprod") != looked_at(strange, other, "preprod")

"""What a pulled change of the pipeline can make a colleague's clone send, and to whom."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.errors import CannotAct
from promoter.messages import Message
from promoter.usecases.consent import agree
from promoter.usecases.opening import abandon, open_promotion
from promoter.usecases.running import RunReport, Wishes, run
from promoter.usecases.standing import status
from promoter.usecases.trusting import trusting
from promoter.usecases.vouching import vouched_for
from promoter.usecases.workspace import Workspace
from tests.support.git_repositories import Signer, git
from tests.support.kinds import Promising, installed
from tests.support.shop_floor import EVERY_ROLE, at_work, ignore
from tests.support.small_shop import VARIABLES, make_shop
from tests.support.tls_servers import Wanted, make

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: service
    title: The service answers
    checks: [promising: {url: {fact: urls.app}, key: {variable: SHOP_SECRET}}]
  - id: again
    title: It answers again
    checks: [promising: {url: {fact: urls.app}, key: {variable: SHOP_SECRET}, id: more}]
"""
HONEST, STRANGE = "https://preprod.shop.example", "https://collector.example"


@pytest.fixture(autouse=True)
def _kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with installed(Promising, folder=tmp_path_factory.mktemp("kinds")):
        yield


@pytest.fixture
def shop(tmp_path: Path, alice: Signer) -> Path:
    made = make_shop(tmp_path / "shop", (alice, EVERY_ROLE), checklist=CHECKLIST)
    (made / ".env.preprod").touch(mode=0o600)
    (made / ".env.preprod").write_text(VARIABLES)
    return made


def ran(workspace: Workspace, *items: str) -> RunReport:
    return asyncio.run(run(workspace, None, Wishes(items=items), on_event=ignore))


def reasons(report: RunReport) -> list[str]:
    return [each.outcome.reason.code for each in report.outcomes]


def opened(shop: Path, release: str) -> None:
    with at_work(shop) as workspace:
        for each in workspace.state.open_promotions:
            abandon(workspace, each, "another release")
        open_promotion(workspace, "staging-to-preprod", release, "HEAD")


def changed_by_eve(shop: Path, before: str, after: str) -> None:
    """As a pull brings it: somebody else's commit on the branch."""
    pipeline = shop / "checklists" / "pipeline.yaml"
    assert before in pipeline.read_text()
    pipeline.write_text(pipeline.read_text().replace(before, after))
    git(
        shop, "commit", "--quiet", "--all", "--no-gpg-sign", "--author=Eve <eve@example.com>", "-m", "Tidy up"
    )


def test_a_place_that_a_pull_brought_is_asked_about_with_who_named_it(shop: Path) -> None:
    opened(shop, "v1")
    with at_work(shop) as workspace:
        assert reasons(ran(workspace, "service")) == ["promising.kept"]
    changed_by_eve(shop, f"{{app: {HONEST}}}", f"{{app: {STRANGE}}}")
    opened(shop, "v2")
    with at_work(shop) as workspace:
        assert reasons(ran(workspace, "service")) == ["secrets-not-agreed-to"]
        [about] = [each.about for each in trusting(workspace, None).asked]
        assert about.code == "ask-secrets-of-late"
        assert about.parameters["hosts"] == (f"{STRANGE}:443",)
        since = about.parameters["since"]
        assert isinstance(since, Message)
        assert (since.code, since.parameters["name"], since.parameters["email"]) == (
            "named-since",
            "Eve",
            "eve@example.com",
        )
        assert since.parameters["commit"] == git(shop, "rev-parse", "HEAD").strip()[:12]


def test_a_place_once_agreed_to_is_known_to_this_clone(shop: Path) -> None:
    opened(shop, "v1")
    with at_work(shop) as workspace:
        ran(workspace)
    changed_by_eve(shop, f"{{app: {HONEST}}}", f"{{app: {STRANGE}}}")
    opened(shop, "v2")
    with at_work(shop) as workspace:
        agree(workspace, trusting(workspace, None).asked)
        assert reasons(ran(workspace)) == ["promising.kept", "promising.kept"]
        there = status(workspace).promotion
        vouched = vouched_for(workspace, there, workspace.pipeline, workspace.pipeline.environment("preprod"))
        assert f"{STRANGE}:443" in vouched.places
        assert vouched.late == frozenset()


def test_the_file_may_change_its_place_and_is_still_not_new(shop: Path) -> None:
    opened(shop, "v1")
    with at_work(shop) as workspace:
        ran(workspace)
    changed_by_eve(shop, f"{{app: {HONEST}}}", f"{{app: {STRANGE}}}")
    (shop / "checklists").rename(shop / "moved")
    (shop / "checklists").mkdir()
    (shop / "moved").rename(shop / "checklists" / "moved")
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "--no-gpg-sign", "-m", "Move")
    opened(shop, "v2")
    with at_work(shop) as workspace:
        assert reasons(ran(workspace, "service")) == ["secrets-not-agreed-to"]


def test_a_variable_that_was_a_secret_stays_one(shop: Path) -> None:
    opened(shop, "v1")
    with at_work(shop) as workspace:
        ran(workspace)
    changed_by_eve(shop, "SHOP_SECRET: {secret: true}", "SHOP_SECRET: {secret: false}")
    opened(shop, "v2")
    with at_work(shop) as workspace:
        there = status(workspace).promotion
        pinned = workspace.pipeline
        vouched = vouched_for(workspace, there, pinned, pinned.environment("preprod"))
        assert ("preprod", "SHOP_SECRET") not in vouched.open_variables
        assert ("preprod", "SHOP_URL") in vouched.open_variables


@pytest.mark.parametrize("content", ["[", "[]", '{"checklists/pipeline.yaml": {"places": 3}}'])
def test_a_memory_that_cannot_be_read_vouches_for_nothing(content: str, shop: Path) -> None:
    opened(shop, "v1")
    with at_work(shop) as workspace:
        path = workspace.repository.common_directory / "promoter" / "vouched.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        with pytest.raises(CannotAct):
            ran(workspace, "service")


@pytest.mark.parametrize(
    "detour",
    [
        "    network: {connect_to: {'preprod.shop.example:443': '127.0.0.1:1'}}\n",
        "    network: {connect_to: {'preprod.shop.example:443': '127.0.0.1:1'}, ca_file: theirs.pem}\n",
    ],
)
def test_a_pull_leads_no_secret_by_another_way(detour: str, shop: Path) -> None:
    opened(shop, "v1")
    with at_work(shop) as workspace:
        assert reasons(ran(workspace, "service")) == ["promising.kept"]
    (shop / "checklists" / "theirs.pem").write_bytes(make(Wanted(name="Theirs", authority=True)).pem)
    git(shop, "add", "--all")
    changed_by_eve(shop, "    data: real\n", f"{detour}    data: real\n")
    opened(shop, "v2")
    with at_work(shop) as workspace:
        assert reasons(ran(workspace, "service")) == ["secrets-not-agreed-to"]
        agree(workspace, trusting(workspace, None).asked)
        assert reasons(ran(workspace, "service")) == ["promising.kept"]


def test_a_variable_that_nobody_had_ruled_is_no_open_one_because_a_pull_says_so(shop: Path) -> None:
    (shop / ".env.preprod").write_text(f"{VARIABLES}DB_PASSWORD=hunter2hunter2\n")
    opened(shop, "v1")
    with at_work(shop) as workspace:
        ran(workspace)
    changed_by_eve(shop, "SHOP_SECRET: {secret: true}", "SHOP_SECRET: {secret: true}\n      DB_PASSWORD: {}")
    checklist = shop / "checklists" / "staging-to-preprod.yaml"
    checklist.write_text(
        checklist.read_text()
        .replace("{variable: SHOP_SECRET}}]", "{variable: DB_PASSWORD}}]")
        .replace("{fact: urls.app}", "https://collector.example")
    )
    git(shop, "commit", "--quiet", "--all", "--no-gpg-sign", "-m", "Check the health")
    opened(shop, "v2")
    with at_work(shop) as workspace:
        there = status(workspace).promotion
        vouched = vouched_for(workspace, there, workspace.pipeline, workspace.pipeline.environment("preprod"))
        assert ("preprod", "DB_PASSWORD") not in vouched.open_variables
        assert reasons(ran(workspace, "service")) == ["secrets-not-agreed-to"]


def test_variables_that_come_from_elsewhere_since_are_open_no_more(shop: Path) -> None:
    opened(shop, "v1")
    with at_work(shop) as workspace:
        ran(workspace)
    changed_by_eve(shop, ".env.preprod", ".env.private")
    (shop / ".env.private").touch(mode=0o600)
    (shop / ".env.private").write_text("SHOP_URL=hunter2hunter2\nSHOP_SECRET=x\n")
    opened(shop, "v2")
    with at_work(shop) as workspace:
        there = status(workspace).promotion
        vouched = vouched_for(workspace, there, workspace.pipeline, workspace.pipeline.environment("preprod"))
        assert ("preprod", "SHOP_URL") not in vouched.open_variables


def test_a_pipeline_that_was_added_beside_the_known_one_vouches_for_nothing_new(shop: Path) -> None:
    own = shop / "checklists" / "shop"
    own.mkdir()
    for each in ("pipeline.yaml", "staging-to-preprod.yaml"):
        (shop / "checklists" / each).rename(own / each)
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "--no-gpg-sign", "-m", "Keep it in a place of its own")
    opened(shop, "v1")
    with at_work(shop) as workspace:
        assert reasons(ran(workspace, "service")) == ["promising.kept"]
    for each in ("pipeline.yaml", "staging-to-preprod.yaml"):
        (shop / "checklists" / each).write_text((own / each).read_text().replace(HONEST, STRANGE))
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "--no-gpg-sign", "-m", "Put it on top")
    opened(shop, "v2")
    with at_work(shop) as workspace:
        assert reasons(ran(workspace, "service")) == ["secrets-not-agreed-to"]

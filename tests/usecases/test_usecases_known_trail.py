"""A clone knows its pipelines' trails: another one is not put in their place without somebody agreeing to it here."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from promoter.errors import TrailUntrusted
from promoter.trail.anchor import Anchor
from promoter.trail.known_branches import NamedBy, left_behind
from promoter.usecases.opening import open_promotion
from promoter.usecases.sharing import sync
from promoter.usecases.standing import status
from promoter.usecases.voices import sign
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.shop_floor import EVERY_ROLE, at_work, shop
from tests.support.small_shop import PIPELINE, person_line

PIPELINE_FILE = "checklists/pipeline.yaml"
ELSEWHERE = "trail: {branch: promoter/trail2}\n"


@pytest.fixture(scope="module")
def eve(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("keys"), "Eve Petit", "eve@example.com")


@pytest.fixture
def mine(tmp_path: Path, alice: Signer) -> Path:
    """Alice's clone, which has shared the trail of its pipeline."""
    made = shop(tmp_path / "shop", alice)
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(tmp_path / "hub.git"))
    git(made, "remote", "add", "origin", str(tmp_path / "hub.git"))
    git(made, "push", "-q", "origin", "main")
    with at_work(made) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sync(workspace)
    return made


def pushed_by_eve(mine: Path, eve: Signer, change: Callable[[Path], None]) -> None:
    """Eve, who is on no roster, changes the pipeline, starts a trail of her own, and pushes both; Alice pulls."""
    hers = mine.parent / "eve"
    git(mine.parent, "clone", "-q", str(mine.parent / "hub.git"), str(hers))
    become(hers, eve)
    change(hers)
    git(hers, "add", "-A")
    git(hers, "commit", "-q", "-m", "Tidy up")
    with at_work(hers) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v2")
        sign(workspace, None, "rollback")
        sync(workspace)
    git(hers, "push", "-q", "origin", "HEAD:main")
    git(mine, "pull", "-q", "--no-rebase", "origin", "main")


def elsewhere(eve: Signer, *, name: str = "shop", to: str = PIPELINE_FILE) -> Callable[[Path], None]:
    def change(hers: Path) -> None:
        text = PIPELINE.replace("pipeline: shop", f"pipeline: {name}")
        path = hers / to
        if to != PIPELINE_FILE:
            path.parent.mkdir()
            for each in ("pipeline.yaml", "staging-to-preprod.yaml"):
                shutil.move(hers / "checklists" / each, path.parent / each)
        path.write_text(text + ELSEWHERE + "roster:\n" + person_line(eve, *EVERY_ROLE))

    return change


@pytest.mark.parametrize(
    ("name", "to"),
    [("shop", PIPELINE_FILE), ("another", PIPELINE_FILE), ("another", "checklists/moved/pipeline.yaml")],
)
def test_another_trail_is_not_put_in_the_place_of_the_one_this_clone_knows(
    mine: Path, eve: Signer, name: str, to: str
) -> None:
    pushed_by_eve(mine, eve, elsewhere(eve, name=name, to=to))
    commit = git(mine, "rev-parse", "--short=12", "HEAD")
    for verb in (
        ("status",),
        ("sync",),
        ("verify",),
        ("verify", "--full"),
        ("log",),
        ("roster", "show"),
        ("open", "staging-to-preprod", "--release", "v3"),
        ("sign", "rollback"),
        ("status", "--gate"),
    ):
        said = promoter("-C", mine, *verb)
        assert said.code == 4, verb
        for word in ("promoter/trail ", "promoter/trail2", commit, "Eve Petit", "sync --adopt"):
            assert word in said.err, (verb, word)
    doctor = promoter("-C", mine, "doctor")
    assert doctor.code == 6
    assert "promoter/trail2" in doctor.out
    assert "Eve Petit" in doctor.out
    assert git(mine, "for-each-ref", "refs/heads/promoter/trail2") == ""


def test_going_on_with_another_trail_needs_its_id_and_shows_whom_to_trust(mine: Path, eve: Signer) -> None:
    pushed_by_eve(mine, eve, elsewhere(eve))
    asked = promoter("-C", mine, "sync", "--adopt")
    assert asked.code == 5
    assert "Eve Petit" in asked.out
    assert "promoter/trail2" in asked.out
    assert promoter("-C", mine, "status").code == 4
    trail = promoter("-C", mine, "sync", "--adopt", "--json").document["offer"]["trail"]
    assert promoter("-C", mine, "sync", "--adopt", trail).code == 0
    assert promoter("-C", mine, "status").code == 0
    assert promoter("-C", mine, "sync").code == 0
    git(mine, "revert", "--no-edit", "HEAD")
    assert promoter("-C", mine, "status").code == 4


def test_a_trail_that_was_fetched_by_its_new_name_is_not_followed_either(mine: Path, eve: Signer) -> None:
    pushed_by_eve(mine, eve, elsewhere(eve))
    git(mine, "fetch", "-q", "origin", "promoter/trail2:promoter/trail2")
    assert promoter("-C", mine, "status").code == 4
    assert promoter("-C", mine, "sync", "--adopt").code == 5


def test_a_change_that_is_not_committed_is_called_that(mine: Path) -> None:
    path = mine / PIPELINE_FILE
    path.write_text(path.read_text() + ELSEWHERE)
    said = promoter("-C", mine, "status")
    assert said.code == 4
    assert "not committed" in said.err
    refused = promoter("-C", mine, "sync", "--adopt")
    assert refused.code == 2
    assert str(mine / ".git" / "promoter" / "anchor") in refused.err


def test_the_same_trail_under_another_name_goes_on(mine: Path) -> None:
    git(mine, "branch", "promoter/trail2", "promoter/trail")
    path = mine / PIPELINE_FILE
    path.write_text(path.read_text() + ELSEWHERE)
    with at_work(mine) as workspace:
        assert status(workspace, "v1").promotion.opener.id == "alice"
        sign(workspace, None, "rollback")
    with at_work(mine) as workspace:
        assert len(status(workspace, "v1").promotion.sign_offs) == 1


def test_several_pipelines_have_trails_of_their_own(tmp_path: Path, alice: Signer, eve: Signer) -> None:
    made = shop(tmp_path / "shop", alice)
    text = (made / PIPELINE_FILE).read_text()
    for name in ("api", "web"):
        place = made / "checklists" / name
        place.mkdir()
        shutil.copy(made / "checklists" / "staging-to-preprod.yaml", place)
        own = text.replace("pipeline: shop", f"pipeline: {name}") + f"trail: {{branch: promoter/{name}}}\n"
        (place / "pipeline.yaml").write_text(own)
    (made / PIPELINE_FILE).unlink()
    for name in ("api", "web"):
        opened = promoter("-C", made, "--pipeline", name, "open", "staging-to-preprod", "--release", "v1")
        assert opened.code == 0, opened.err
    for name in ("web", "api"):
        assert promoter("-C", made, "--pipeline", name, "status").code == 0
    (made / PIPELINE_FILE).write_text(text)
    on_top = promoter("-C", made, "status")
    assert on_top.code == 4
    web = made / "checklists" / "web" / "pipeline.yaml"
    web.write_text(web.read_text().replace("promoter/web", "promoter/api"))
    assert promoter("-C", made, "--pipeline", "web", "status").code == 4
    assert promoter("-C", made, "--pipeline", "api", "status").code == 0


def test_a_memory_without_the_pipelines_it_is_of_is_as_strict() -> None:
    here = NamedBy("checklists/pipeline.yaml", "shop")
    old = {"promoter/trail": Anchor("a" * 40, None)}
    assert left_behind(old, "promoter/trail2", here, {}) == "promoter/trail"
    assert left_behind(old, "promoter/trail", here, {}) is None
    decoy = {"checklists/old/pipeline.yaml": "promoter/trail"}
    assert left_behind(old, "promoter/trail2", here, decoy) == "promoter/trail"
    assert left_behind({}, "promoter/trail2", here, {}) is None


def test_what_the_trail_is_of_is_noted_where_it_was_not(mine: Path) -> None:
    anchor = mine / ".git" / "promoter" / "anchor"
    noted = anchor.read_text()
    assert '"path": "checklists/pipeline.yaml"' in noted
    assert '"pipeline": "shop"' in noted
    kept = json.loads(noted)
    for name in ("path", "pipeline"):
        del kept["branches"]["promoter/trail"][name]
    anchor.write_text(json.dumps(kept))
    promoter("-C", mine, "status")
    assert anchor.read_text() == noted


def test_a_pipeline_that_names_another_trail_is_no_reason_to_read_none(mine: Path, eve: Signer) -> None:
    pushed_by_eve(mine, eve, elsewhere(eve))
    with at_work(mine) as workspace, pytest.raises(TrailUntrusted):
        assert workspace.state.trail

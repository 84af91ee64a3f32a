"""Setting up: the shipped checklists in a repository, and who may sign."""

from pathlib import Path

import pytest

from promoter.errors import CannotAct, Refused, UsageError
from promoter.messages import Language
from promoter.usecases.linting import lint, schema
from promoter.usecases.rosters import roster_apply, roster_show
from promoter.usecases.settings import Settings
from promoter.usecases.setup import init
from promoter.usecases.workspace import Workspace
from tests.support.git_repositories import Signer, git, make_repository
from tests.support.shop_floor import EVERY_ROLE, at_work, shop
from tests.support.small_shop import person_line


def test_init_me_copies_what_lints_clean_and_puts_me_on_the_roster(tmp_path: Path, alice: Signer) -> None:
    directory = make_repository(tmp_path / "mine", person=alice)
    done = init(directory, me=True)
    assert {"pipeline.yaml", "staging-to-preprod.yaml", "preprod-to-production.yaml"} <= {
        each.name for each in done.written
    }
    wrong = [each for each in lint((), directory) if not each.warning]
    assert wrong == []
    with Workspace.open(Settings(directory)) as workspace:
        me = workspace.pipeline.roster.person("alice")
    assert me is not None
    assert me.keys[0].id == alice.id
    assert {"roster-admin", "integrator", "release-manager"} <= set(me.roles)


def test_init_leaves_what_is_there_as_it_is(tmp_path: Path, alice: Signer) -> None:
    directory = make_repository(tmp_path / "mine", person=alice)
    init(directory, me=False)
    mine = directory / "checklists" / "pipeline.yaml"
    mine.write_text("# mine\n")
    again = init(directory, me=False)
    assert mine in again.kept
    assert again.written == ()
    assert mine.read_text() == "# mine\n"


def test_init_where_a_file_stands_in_the_way_says_so(tmp_path: Path, alice: Signer) -> None:
    shop = make_repository(tmp_path / "shop", person=alice)
    (shop / "checklists").touch()
    with pytest.raises(CannotAct) as refused:
        init(shop, me=False)
    assert refused.value.remedy is not None


def test_init_me_without_a_signing_key_says_how_and_writes_nothing(tmp_path: Path, alice: Signer) -> None:
    directory = make_repository(tmp_path / "mine", person=alice, signing=False)
    with pytest.raises(CannotAct) as refused:
        init(directory, me=True)
    assert refused.value.remedy is not None
    assert "user.signingkey" in Language().say(refused.value.remedy)
    assert not (directory / "checklists").exists()


def test_a_second_person_is_proposed_by_the_pipeline_and_applied_by_a_roster_admin(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        roster_apply(workspace)
        with pytest.raises(Refused):
            roster_apply(workspace)
    pipeline = directory / "checklists" / "pipeline.yaml"
    pipeline.write_text(pipeline.read_text() + person_line(bob, *EVERY_ROLE))
    with at_work(directory) as workspace:
        assert roster_show(workspace).differs
        roster_apply(workspace)
        assert [each.id for each in roster_show(workspace).in_force.people] == ["alice", "bob"]


def test_lint_reports_a_transition_without_a_file_and_a_directory_without_a_pipeline(tmp_path: Path) -> None:
    directory = shop(tmp_path / "shop")
    (directory / "checklists" / "staging-to-preprod.yaml").unlink()
    assert "no-checklist" in {each.code for each in lint((), directory)}
    assert [each.code for each in lint((tmp_path / "home",), tmp_path)] == ["no-pipeline"]


def test_every_schema_names_itself_and_an_unknown_one_is_refused() -> None:
    assert all("$schema" in schema(name) for name in ("pipeline", "checklist", "entry"))
    with pytest.raises(UsageError):
        schema("nothing")


def test_outside_a_repository_or_without_checklists_the_remedy_names_what_to_do(
    tmp_path: Path, alice: Signer
) -> None:
    with pytest.raises(CannotAct):
        Workspace.open(Settings(tmp_path))
    directory = make_repository(tmp_path / "mine", person=alice)
    with Workspace.open(Settings(directory)) as workspace, pytest.raises(CannotAct) as refused:
        _ = workspace.pipeline
    assert refused.value.remedy is not None
    assert "promoter init" in Language().say(refused.value.remedy)


def test_several_pipelines_must_be_told_apart(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    checklists = directory / "checklists"
    for service in ("one", "two"):
        (checklists / service).mkdir()
        for name in ("pipeline.yaml", "staging-to-preprod.yaml"):
            (checklists / service / name).write_bytes((checklists / name).read_bytes())
    (checklists / "pipeline.yaml").unlink()
    with Workspace.open(Settings(directory)) as workspace, pytest.raises(UsageError):
        _ = workspace.pipeline
    with Workspace.open(Settings(directory, pipeline="two")) as workspace:
        assert workspace.relative(workspace.pipeline_directory) == "checklists/two"
    git(directory, "status")

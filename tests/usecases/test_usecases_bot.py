"""A job in continuous integration: a machine that records, and counts, and decides nothing."""

from pathlib import Path

import pytest

from promoter.errors import ExitCode
from promoter.model.entry import EntryType, Recorded, Trust
from promoter.model.roster import PersonClass
from promoter.usecases.history import log
from promoter.usecases.opening import open_promotion
from promoter.usecases.sharing import sync
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, commit_file, git, make_signer
from tests.support.shop_floor import EVERY_ROLE, at_work
from tests.support.small_shop import make_shop, person_line, set_variables


@pytest.fixture
def robot(tmp_path: Path) -> Signer:
    return make_signer(tmp_path / "keys", "CI", "ci@example.com")


@pytest.fixture
def mine(tmp_path: Path, alice: Signer, robot: Signer) -> Path:
    """Alice's clone, shared with the hub beside it: a promotion is open, and a machine is on the roster."""
    made, hub = make_shop(tmp_path / "shop", (alice, EVERY_ROLE)), tmp_path / "hub.git"
    pipeline = made / "checklists" / "pipeline.yaml"
    machine = person_line(robot, *EVERY_ROLE[1:]) + "    class: machine\n"
    pipeline.write_text(pipeline.read_text(encoding="utf-8") + machine, encoding="utf-8")
    git(made, "commit", "-q", "--no-gpg-sign", "-am", "Let a machine in")
    commit_file(made, "code", "1")
    git(made, "tag", "-f", "--no-sign", "v1")
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(made, "remote", "add", "origin", f"file://{hub}")
    git(made, "push", "-q", "origin", "main", "v1")
    with at_work(made) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sync(workspace)
    return made


def _job(directory: Path, hub: Path) -> Path:
    """What a runner checks out: one commit, detached, and nothing of the trail."""
    git(hub.parent, "clone", "-q", "--depth=1", "--single-branch", f"file://{hub}", str(directory))
    git(directory, "checkout", "-q", "--detach")
    set_variables(directory)
    return directory


def test_what_the_machine_records_counts_and_fills_no_persons_seat(
    tmp_path: Path, mine: Path, robot: Signer
) -> None:
    job = _job(tmp_path / "job", tmp_path / "hub.git")
    become(job, robot)
    assert promoter("-C", job, "sync", "--ci").code == 0
    assert promoter("-C", job, "verify").code == 0
    promoter("-C", job, "run", "variables")
    signed = promoter("-C", job, "sign", "rollback")
    assert signed.code == ExitCode.NO
    assert promoter("-C", job, "sync").code == 0

    with at_work(mine) as workspace:
        sync(workspace)
        [run] = [
            each
            for each in log(workspace)
            if isinstance(each, Recorded) and each.entry.type is EntryType.CHECKED
        ]
    assert (run.trust, run.entry.actor.person_class) == (Trust.COUNTED, PersonClass.MACHINE)
    items = {each["id"]: each for each in promoter("-C", mine, "status", "--json").document["items"]}
    assert [each["verdict"] for each in items["variables"]["checks"]] == ["passed"]
    assert items["variables"]["state"] == "done"
    assert items["rollback"]["sign_offs"] == []
    assert promoter("-C", mine, "verify", "--full").code == 0


@pytest.mark.parametrize(
    "verb", [("comment", "-m", "looks good"), ("report", "-o", "migration.md"), ("abandon", "-m", "no")]
)
def test_what_people_decide_and_say_is_refused_to_a_machine_before_anything_is_written(
    tmp_path: Path, mine: Path, robot: Signer, verb: tuple[str, ...]
) -> None:
    job = _job(tmp_path / "job", tmp_path / "hub.git")
    become(job, robot)
    assert promoter("-C", job, "sync", "--ci").code == 0
    refused = promoter("-C", job, *verb)
    assert refused.code == ExitCode.NO
    assert "is a machine: it records outcomes, and people decide" in refused.err
    assert not (job / "migration.md").exists()


def test_a_fork_without_the_key_reads_and_records_nothing(tmp_path: Path, mine: Path) -> None:
    hub = tmp_path / "hub.git"
    tip = git(hub, "rev-parse", "promoter/trail")
    fork = _job(tmp_path / "fork", hub)
    git(fork, "config", "user.name", "A Stranger")
    git(fork, "config", "user.email", "stranger@example.net")
    assert promoter("-C", fork, "lint").code == 0
    assert promoter("-C", fork, "sync", "--ci").code == 0
    assert promoter("-C", fork, "verify", "--anchor", tip).code == 0
    assert promoter("-C", fork, "status").code == 0
    looked = promoter("-C", fork, "run", "variables", "--no-record", "--json")
    assert looked.code == 0
    assert [each["verdict"] for each in looked.document["outcomes"]] == ["passed"]
    for words in (("run", "variables"), ("sign", "rollback")):
        assert promoter("-C", fork, *words).code in (ExitCode.NO, ExitCode.COULD_NOT_TELL)
    promoter("-C", fork, "sync")
    assert git(hub, "rev-parse", "promoter/trail") == tip


def test_a_trail_fetched_by_git_alone_is_read_as_well(tmp_path: Path, mine: Path) -> None:
    fork = _job(tmp_path / "fork", tmp_path / "hub.git")
    line = "+refs/heads/promoter/trail:refs/heads/promoter/trail"
    git(fork, "fetch", "-q", "--no-tags", f"file://{tmp_path}/hub.git", line)
    assert promoter("-C", fork, "verify").code == 0
    assert promoter("-C", fork, "status").code == 0


def test_a_job_that_knows_a_tip_sees_that_it_was_taken_back(tmp_path: Path, mine: Path) -> None:
    hub = tmp_path / "hub.git"
    tip = git(hub, "rev-parse", "promoter/trail")
    git(hub, "update-ref", "refs/heads/promoter/trail", f"{tip}^")
    fork = _job(tmp_path / "fork", hub)
    assert promoter("-C", fork, "sync", "--ci").code == 0
    assert promoter("-C", fork, "verify", "--anchor", tip).code in (
        ExitCode.UNTRUSTED,
        ExitCode.COULD_NOT_TELL,
    )

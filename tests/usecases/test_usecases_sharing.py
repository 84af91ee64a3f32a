"""Sharing: what was altered is never handed on."""

from pathlib import Path

import pytest

from promoter.errors import CannotAct, ExitCode, TrailUntrusted
from promoter.usecases.board import board
from promoter.usecases.history import log
from promoter.usecases.opening import open_promotion
from promoter.usecases.reporting import report
from promoter.usecases.sharing import sync
from promoter.usecases.standing import status
from promoter.usecases.verifying import verify
from promoter.usecases.voices import sign
from tests.support.git_repositories import Signer, become, git
from tests.support.shop_floor import at_work, shop

BRANCH = "promoter/trail"


def _hub(tmp_path: Path, mine: Path) -> Path:
    hub = tmp_path / "hub.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(mine, "remote", "add", "origin", str(hub))
    git(mine, "push", "-q", "origin", "main")
    return hub


def test_an_altered_trail_is_not_pushed(tmp_path: Path, alice: Signer) -> None:
    mine = shop(tmp_path / "shop", alice)
    hub = _hub(tmp_path, mine)
    with at_work(mine) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sync(workspace)
    shared = git(hub, "rev-parse", BRANCH)
    empty = git(mine, "hash-object", "-t", "tree", "-w", "/dev/null")
    git(
        mine,
        "update-ref",
        f"refs/heads/{BRANCH}",
        git(mine, "commit-tree", empty, "-p", BRANCH, "-m", "gone"),
    )
    with at_work(mine) as workspace, pytest.raises(TrailUntrusted):
        sync(workspace)
    assert git(hub, "rev-parse", BRANCH) == shared


def test_two_people_sign_apart_and_both_count_after_they_met(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    mine, theirs = shop(tmp_path / "shop", alice, bob), tmp_path / "theirs"
    hub = _hub(tmp_path, mine)
    with at_work(mine) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sync(workspace)
    git(tmp_path, "clone", "-q", str(hub), str(theirs))
    become(theirs, bob)
    with at_work(theirs) as workspace:
        sync(workspace)
        sign(workspace, None, "rollback")
    with at_work(mine) as workspace:
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
        sync(workspace)
    with at_work(theirs) as workspace:
        assert sync(workspace).merged
    with at_work(mine) as workspace:
        sync(workspace)
        given = {
            (each.recorded.entry.actor.id, each.recorded.trust.value)
            for each in status(workspace).promotion.sign_offs
        }
    assert given == {("alice", "counted"), ("bob", "counted")}


def test_a_clone_without_the_trail_says_so_and_one_with_nothing_else_reads_it(
    tmp_path: Path, alice: Signer
) -> None:
    mine, theirs, only = shop(tmp_path / "shop", alice), tmp_path / "theirs", tmp_path / "only"
    hub = _hub(tmp_path, mine)
    with at_work(mine) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sync(workspace)
    git(tmp_path, "clone", "-q", str(hub), str(theirs))
    with at_work(theirs) as workspace:
        for read in (board, log, verify):
            with pytest.raises(CannotAct):
                read(workspace)
        sync(workspace)
        assert len(log(workspace)) == 2
    git(tmp_path, "clone", "-q", "--bare", str(hub), str(only))
    with at_work(only) as workspace:
        assert status(workspace).promotion.release.name == "v1"
        assert verify(workspace).exit_code is ExitCode.YES
        assert report(workspace).markdown

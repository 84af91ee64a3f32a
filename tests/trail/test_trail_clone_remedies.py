"""What is wrong in one clone is said by every verb alike, and the remedy that is named is one that mends it."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.trail.damage import OLD_S
from tests.support.command_line import Said, away_from_home, promoter
from tests.support.git_repositories import Signer, git, make_signer
from tests.support.threatened_shop import shop_before_threats

BRANCH = "promoter/trail"


@pytest.fixture(scope="module")
def before(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    names = (("Alice Martin", "alice"), ("Bob Durand", "bob"), ("Build server", "ci"))
    people: list[Signer] = [make_signer(keys / "own", name, f"{short}@example.com") for name, short in names]
    directory = tmp_path_factory.mktemp("own")
    with away_from_home(directory / "home"):
        shop = shop_before_threats(directory / "alice", people)
        git(directory, "init", "-q", "--bare", "-b", "main", str(directory / "hub.git"))
        git(shop, "remote", "add", "origin", "../hub.git")
        assert promoter("-C", shop, "sync").code == 0
        yield directory


@pytest.fixture
def clone(before: Path, tmp_path: Path) -> Path:
    for name in ("alice", "hub.git"):
        shutil.copytree(before / name, tmp_path / name, symlinks=True)
    return tmp_path / "alice"


def said(directory: Path, *arguments: str) -> Said:
    answer = promoter("-C", directory, *arguments)
    assert answer.code != 3, answer.err
    return answer


def test_a_trail_that_was_deleted_here_is_no_clone_that_never_had_it(clone: Path) -> None:
    tip = git(clone, "rev-parse", BRANCH)
    git(clone, "branch", "-q", "-D", BRANCH)
    for verb in ("status", "log", "verify", "sync"):
        answer = said(clone, verb)
        assert answer.code == 4
        assert "promoter doctor --fix" in answer.out + answer.err
        assert "run 'promoter sync' first" not in answer.err
    found = promoter("-C", clone, "verify", "--json").document["findings"]
    assert [each["code"] for each in found] == ["trail-deleted"]
    assert said(clone, "doctor", "--fix").code == 0
    assert tip == git(clone, "rev-parse", BRANCH)
    assert said(clone, "verify").code == 0


def test_a_memory_that_cannot_be_read_ends_every_verb_alike_and_verify_judges_the_rest(clone: Path) -> None:
    memory = clone / ".git" / "promoter" / "anchor"
    memory.write_text("{")
    assert {said(clone, verb).code for verb in ("status", "log", "verify", "sync", "doctor")} == {6}
    found = promoter("-C", clone, "verify", "--full", "--json").document["findings"]
    assert [each["code"] for each in found] == ["anchor-unreadable"]
    memory.unlink()
    assert said(clone, "verify").code == 0


def test_an_empty_object_is_told_with_what_mends_it(clone: Path) -> None:
    tree = git(clone, "rev-parse", f"{BRANCH}^{{tree}}")
    path = clone / ".git" / "objects" / tree[:2] / tree[2:]
    path.unlink()
    path.touch()
    answer = said(clone, "hold", "preprod", "-m", "wait")
    assert answer.code == 6
    assert "promoter doctor --fix" in answer.err
    assert said(clone, "doctor", "--fix").code == 0
    assert said(clone, "hold", "preprod", "-m", "wait").code == 0


def test_a_lock_that_was_left_is_told_with_what_mends_it(clone: Path) -> None:
    lock = clone / ".git" / "refs" / "heads" / "promoter" / "trail.lock"
    lock.touch()
    then = time.time() - OLD_S - 60
    os.utime(lock, (then, then))
    answer = said(clone, "hold", "preprod", "-m", "wait")
    assert answer.code == 6
    assert "promoter doctor --fix" in answer.err
    assert said(clone, "doctor", "--fix").code == 0
    assert said(clone, "hold", "preprod", "-m", "wait").code == 0


def test_a_push_to_a_mirror_is_told_with_the_setting_that_is_in_its_way(clone: Path) -> None:
    assert said(clone, "hold", "preprod", "-m", "wait").code == 0
    git(clone, "config", "remote.origin.mirror", "true")
    refused = said(clone, "sync")
    assert refused.code == 6
    assert "git config --unset remote.origin.mirror" in refused.err
    git(clone, "config", "--unset", "remote.origin.mirror")
    assert said(clone, "sync").code == 0


def test_what_is_held_is_told_beside_the_ids_of_the_holds_at_most_a_few(clone: Path) -> None:
    for number in range(7):
        assert said(clone, "hold", "preprod", "-m", f"incident {number}").code == 0
    unclear = said(clone, "lift", "prod", "-m", "over")
    assert unclear.code == 2
    assert "(preprod: incident 6)" in unclear.err
    assert "5 of 7" in unclear.err
    assert "incident 1" not in unclear.err


def test_a_file_that_is_not_there_is_refused_before_anything_else_is_said(clone: Path) -> None:
    refused = said(clone, "sign", "training", "--file", str(clone / "nofile"))
    assert refused.code == 6
    assert "warning" not in refused.err


def test_a_tip_that_was_never_seen_is_not_said_to_have_been(clone: Path) -> None:
    answer = said(clone, "verify", "--anchor", "1f2e3d4c5b6a")
    assert answer.code == 4
    assert "or that commit was never part of it" in answer.out

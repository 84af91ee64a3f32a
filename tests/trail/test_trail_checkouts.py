"""Checkouts that have only a part: shallow, single-branch, partial. The trail comes whole, or it cannot be told."""

from pathlib import Path

import pytest

from promoter.errors import CannotAct, ExitCode
from promoter.messages import Language
from promoter.trail.fetching import fetched, with_history
from promoter.trail.repository import Repository
from promoter.trail.sync import line_to
from promoter.trail.trail import Trail
from promoter.trail.writing import append
from tests.support.git_repositories import Signer, become, commit_file, git, make_repository
from tests.support.trail_entries import genesis, sign_off

BRANCH = "promoter/trail"


@pytest.fixture
def server(tmp_path: Path, repository_of_alice: Path, alice: Signer) -> Path:
    """A server with twelve commits of code and a trail of five entries."""
    directory = make_repository(tmp_path / "server.git", bare=True)
    git(directory, "config", "uploadpack.allowFilter", "true")
    git(repository_of_alice, "remote", "add", "origin", str(directory))
    for count in range(12):
        commit_file(repository_of_alice, "a", str(count))
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        for _ in range(4):
            append(repository, BRANCH, sign_off(alice))
    git(repository_of_alice, "push", "-q", "origin", "main", BRANCH)
    return directory


def cloned(server: Path, person: Signer, *how: str) -> Path:
    directory = server.parent / "checkout"
    git(server.parent, "clone", "-q", *how, f"file://{server}", str(directory))
    become(directory, person)
    return directory


def missing(directory: Path) -> list[str]:
    listed = git(directory, "rev-list", "--objects", "--missing=print", BRANCH)
    return [each for each in listed.splitlines() if each.startswith("?")]


SHAPES = {
    "shallow": ["--depth=1"],
    "shallow, all branches": ["--depth=2", "--no-single-branch"],
    "single branch": ["--single-branch", "-b", "main"],
    "without blobs": ["--filter=blob:none"],
    "without trees": ["--filter=tree:0"],
    "shallow and without blobs": ["--depth=1", "--filter=blob:none"],
}


@pytest.mark.parametrize("how", SHAPES.values(), ids=list(SHAPES))
def test_a_checkout_gets_the_whole_trail_and_its_code_stays_as_it_is(
    server: Path, bob: Signer, how: list[str]
) -> None:
    directory = cloned(server, bob, *how)
    code = git(directory, "rev-list", "--count", "HEAD")
    with Repository.discover(directory) as repository:
        trail = Trail(repository, BRANCH)
        trail.sync()
        assert trail.position().entries == 5
        assert trail.verify(full=True).exit_code is ExitCode.YES
    if "--no-single-branch" not in how:  # where the trail itself was cut, git lifts the cut for everything
        assert code == git(directory, "rev-list", "--count", "HEAD")
    assert missing(directory) == []


@pytest.mark.parametrize("how", [["--depth=2"], ["--depth=2", "--filter=blob:none"], ["--filter=blob:none"]])
def test_a_trail_that_git_itself_fetched_in_part_is_completed(
    server: Path, bob: Signer, how: list[str]
) -> None:
    directory = cloned(server, bob, *how, "-b", BRANCH, "--no-checkout")
    git(directory, "symbolic-ref", "HEAD", "refs/heads/none")
    with Repository.discover(directory) as repository:
        trail = Trail(repository, BRANCH)
        trail.sync()
        assert trail.position().entries == 5
        assert trail.verify(full=True).exit_code is ExitCode.YES
    assert missing(directory) == []


def test_a_truncated_trail_cannot_be_told_and_is_never_an_empty_one(server: Path, bob: Signer) -> None:
    directory = cloned(server, bob, "--depth=2", "-b", BRANCH)
    git(directory, "checkout", "-q", "--detach")
    with Repository.discover(directory) as repository, pytest.raises(CannotAct) as caught:
        Trail(repository, BRANCH).records_of_trail()
    assert caught.value.exit_code is ExitCode.COULD_NOT_TELL
    with Repository.discover(directory) as repository:
        assert Trail(repository, BRANCH).verify().exit_code is ExitCode.COULD_NOT_TELL


def test_what_others_add_later_comes_whole_to_a_partial_clone(
    server: Path, repository_of_alice: Path, alice: Signer, bob: Signer
) -> None:
    directory = cloned(server, bob, "--filter=blob:none")
    with Repository.discover(directory) as repository:
        trail = Trail(repository, BRANCH)
        trail.sync()
        with Repository.discover(repository_of_alice) as writing:
            append(writing, BRANCH, sign_off(alice))
            Trail(writing, BRANCH).sync()
        trail.sync()
        git(directory, "remote", "set-url", "origin", "/nonexistent/server.git")
        assert missing(directory) == []
        assert trail.position().entries == 6


def test_a_remote_that_is_itself_truncated_is_not_believed(server: Path, bob: Signer, tmp_path: Path) -> None:
    git(
        tmp_path,
        "clone",
        "-q",
        "--bare",
        "--depth=2",
        "-b",
        BRANCH,
        f"file://{server}",
        str(tmp_path / "cut.git"),
    )
    directory = make_repository(tmp_path / "checkout", person=bob)
    git(directory, "remote", "add", "origin", f"file://{tmp_path}/cut.git")
    with Repository.discover(directory) as repository, pytest.raises(CannotAct):
        Trail(repository, BRANCH).sync()
    with Repository.discover(directory) as repository:
        assert repository.tip(BRANCH) is None


@pytest.mark.parametrize("how", [["--depth=1"], ["--depth=3", "--single-branch"]])
def test_the_codes_history_comes_back_to_a_commit(
    server: Path, repository_of_alice: Path, bob: Signer, how: list[str]
) -> None:
    wanted = git(repository_of_alice, "rev-parse", "HEAD~7")
    directory = cloned(server, bob, *how)
    with Repository.discover(directory) as repository:
        with_history(repository, line_to(repository, "origin"), wanted)
        assert repository.is_ancestor(wanted, "HEAD")
    assert git(directory, "rev-list", "--count", f"{wanted}..HEAD") == "7"


def test_a_commit_on_another_line_of_the_history_comes_with_its_own(
    server: Path, repository_of_alice: Path, bob: Signer
) -> None:
    git(repository_of_alice, "checkout", "-q", "-b", "release", "HEAD~5")
    wanted = commit_file(repository_of_alice, "b", "b")
    git(repository_of_alice, "push", "-q", "origin", "release")
    directory = cloned(server, bob, "--depth=1", "-b", "main")
    with Repository.discover(directory) as repository:
        with_history(repository, line_to(repository, "origin"), wanted)
    assert git(directory, "rev-list", "--count", f"{wanted}..HEAD") == "5"


def test_a_server_that_gives_branches_only_is_asked_for_branches(
    server: Path, repository_of_alice: Path, bob: Signer
) -> None:
    git(repository_of_alice, "checkout", "-q", "-b", "release", "HEAD~5")
    wanted = commit_file(repository_of_alice, "b", "b")
    commit_file(repository_of_alice, "b", "c")
    git(repository_of_alice, "push", "-q", "origin", "release")
    directory = cloned(server, bob, "--depth=1", "-b", "main")
    git(directory, "config", "protocol.version", "0")
    with Repository.discover(directory) as repository:
        with_history(repository, line_to(repository, "origin"), wanted)
    assert git(directory, "rev-list", "--count", f"{wanted}..HEAD") == "5"


def test_a_merge_that_only_the_job_has_is_deepened_by_its_parents(
    server: Path, repository_of_alice: Path, bob: Signer
) -> None:
    wanted = git(repository_of_alice, "rev-parse", "HEAD~7")
    directory = cloned(server, bob, "--depth=1")
    commit_file(directory, "b", "only here")
    with Repository.discover(directory) as repository:
        with_history(repository, line_to(repository, "origin"), wanted)
        assert repository.is_ancestor(wanted, "HEAD")


def test_history_that_cannot_be_had_is_told_and_not_guessed(server: Path, bob: Signer) -> None:
    directory = cloned(server, bob, "--depth=1")
    with Repository.discover(directory) as repository, pytest.raises(CannotAct) as caught:
        with_history(repository, line_to(repository, "origin"), "1" * 40)
    remedy = caught.value.remedy
    assert remedy is not None
    assert "fetch-depth: 0" in Language("en").say(remedy)


def test_a_whole_clone_fetches_nothing(server: Path, repository_of_alice: Path, bob: Signer) -> None:
    wanted = git(repository_of_alice, "rev-parse", "HEAD~7")
    directory = cloned(server, bob)
    git(directory, "remote", "set-url", "origin", "/nonexistent/server.git")
    with Repository.discover(directory) as repository:
        with_history(repository, line_to(repository, "origin"), wanted)


@pytest.mark.parametrize("how", [["--depth=1"], ["--single-branch", "-b", "main"]])
def test_a_checkout_that_never_asked_for_the_trail_neither_says_that_there_is_none_nor_begins_one(
    server: Path, bob: Signer, how: list[str]
) -> None:
    directory = cloned(server, bob, *how)
    with Repository.discover(directory) as repository:
        with pytest.raises(CannotAct) as told:
            append(repository, BRANCH, genesis(bob))
        assert "nobody knows here whether origin has the trail" in Language().say(told.value.wrong)
        assert repository.tip(BRANCH) is None


def test_a_remote_that_was_asked_and_has_no_trail_keeps_nobody_from_beginning_one(
    tmp_path: Path, server: Path, bob: Signer
) -> None:
    git(server, "update-ref", "-d", f"refs/heads/{BRANCH}")
    directory = cloned(server, bob, "--single-branch", "-b", "main")
    with Repository.discover(directory) as repository:
        trail = Trail(repository, BRANCH)
        line = line_to(repository, "origin")
        assert fetched(repository, BRANCH, line, None) is None
        append(repository, BRANCH, genesis(bob))
        assert trail.tip == repository.tip(BRANCH)

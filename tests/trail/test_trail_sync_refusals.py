"""What a remote may answer instead of yes: races are tried again, refusals are explained by their own code."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.errors import CannotAct, ExitCode
from promoter.messages import Language
from promoter.trail.command import GitFailed
from promoter.trail.refusals import EXPLANATIONS, SyncRefused, explained
from promoter.trail.repository import Repository
from promoter.trail.sync import sync
from promoter.trail.writing import append
from tests.support.git_repositories import Signer, git, make_repository
from tests.support.trail_entries import genesis, sign_off

BRANCH = "promoter/trail"


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "server.git", bare=True)


@pytest.fixture
def clone(repository_of_alice: Path, server: Path, alice: Signer) -> Iterator[Repository]:
    git(repository_of_alice, "remote", "add", "origin", str(server))
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        yield repository


def hook(server: Path, name: str, script: str) -> None:
    path = server / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


GITHUB = """\
echo 'error: GH006: Protected branch update failed for refs/heads/promoter/trail.' >&2
echo 'error: Changes must be made through a pull request.' >&2
exit 1"""
RULES = "echo 'error: GH013: Repository rule violations found for refs/heads/promoter/trail.' >&2; exit 1"
GITLAB = "echo 'GitLab: You are not allowed to push code to protected branches on this project.' >&2; exit 1"
GITEA = "echo 'Gitea: Not allowed to push to protected branch promoter/trail' >&2; exit 1"
AZURE = "echo 'TF402455: Pushes to this branch are not permitted; you must use a pull request' >&2; exit 1"
UNSIGNED = "echo 'error: GH006: Commits must have verified signatures.' >&2; exit 1"
EMAIL = "echo \"GitLab: Committer's email 'a@b' does not follow the pattern '@c$'\" >&2; exit 1"
SIZE = "echo 'error: GH001: Large files detected.' >&2; exit 1"
RIGHTS = "echo 'GitLab: You are not allowed to push code to this project.' >&2; exit 1"
OTHER = "echo 'not on a Friday' >&2; exit 1"


SERVERS = [
    (GITHUB, "sync-branch-protected"),
    (RULES, "sync-branch-protected"),
    (GITLAB, "sync-branch-protected"),
    (GITEA, "sync-branch-protected"),
    (AZURE, "sync-branch-protected"),
    (UNSIGNED, "sync-unsigned-refused"),
    (EMAIL, "sync-email-refused"),
    (SIZE, "sync-too-large"),
    (RIGHTS, "sync-not-permitted"),
    (OTHER, "sync-refused-by-hook"),
]


@pytest.mark.parametrize(("script", "code"), SERVERS)
def test_a_push_that_a_server_refuses_is_explained_and_nothing_is_lost(
    clone: Repository, server: Path, script: str, code: str
) -> None:
    hook(server, "pre-receive", script)
    with pytest.raises(SyncRefused) as caught:
        sync(clone, BRANCH)
    assert code == caught.value.code
    assert caught.value.exit_code is ExitCode.COULD_NOT_TELL
    assert "remote: " in caught.value.said
    (server / "hooks" / "pre-receive").unlink()
    assert sync(clone, BRANCH).pushed == 1


WORDS = [
    ("ERROR: Permission to acme/shop.git denied to eve.", "sync-not-permitted"),
    ("ERROR: The key you are authenticating with has been marked as read only.", "sync-not-permitted"),
    ("remote: Write access to repository not granted.\nfatal: error: 403", "sync-not-permitted"),
    ("error: insufficient permission for adding an object to repository", "sync-not-permitted"),
    ("fatal: Authentication failed for 'https://git.example/'", "sync-not-authenticated"),
    ("fatal: could not read Username for 'https://x': terminal prompts disabled", "sync-not-authenticated"),
    ("git@h: Permission denied (publickey).\nfatal: Could not read", "sync-not-authenticated"),
    ("Host key verification failed.\nfatal: Could not read from remote", "sync-host-unknown"),
    ("ERROR: Repository not found.\nfatal: Could not read from remote", "sync-repository-not-found"),
    ("fatal: unable to access 'https://x/': Could not resolve host: x", "sync-unreachable"),
    ("fatal: unable to access 'https://x/': The requested URL returned error: 503", "sync-unreachable"),
    ("no answer within 20 s", "sync-unreachable"),
    ("fatal: --mirror can't be combined with refspecs", "sync-mirror"),
    ("remote: fatal: write error: No space left on device", "sync-remote-full"),
    (
        "cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'",
        "sync-name-taken",
    ),
]


@pytest.mark.parametrize(("said", "code"), WORDS)
def test_the_words_of_forges_and_of_git_are_told_apart(said: str, code: str) -> None:
    refused = explained(GitFailed(("push",), 128, said), "origin", BRANCH)
    assert isinstance(refused, SyncRefused)
    assert code == refused.code
    language = Language("en")
    assert said.partition("\n")[0] in language.say(refused.wrong)
    assert refused.remedy is not None
    assert "{" not in language.say(refused.remedy)


def test_words_nobody_knows_are_shown_as_they_are() -> None:
    failed = GitFailed(("push",), 1, "something new")
    assert failed is explained(failed, "origin", BRANCH)


def test_every_explanation_is_reached_by_a_test() -> None:
    assert set(EXPLANATIONS) == {code for _, code in (*SERVERS, *WORDS)}


def test_a_branch_that_leaves_no_room_for_the_trail_is_no_race(clone: Repository, server: Path) -> None:
    git(clone.root, "push", "-q", "origin", f"{BRANCH}:refs/heads/promoter")
    with pytest.raises(SyncRefused) as caught:
        sync(clone, BRANCH)
    assert caught.value.code == "sync-name-taken"
    git(server, "update-ref", "-d", "refs/heads/promoter")
    assert sync(clone, BRANCH).pushed == 1


def test_a_server_that_hangs_is_given_up_on(clone: Repository) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        git(clone.root, "remote", "set-url", "origin", f"git://127.0.0.1:{port}/trail.git")
        with pytest.raises(SyncRefused) as caught:
            sync(clone, BRANCH, timeout_s=0.5)
    assert caught.value.code == "sync-unreachable"


LOSES = 'if [ ! -e "$GIT_DIR/lost" ]; then touch "$GIT_DIR/lost"; {}; fi; exit 0'


@pytest.mark.parametrize(
    "script",
    [
        "echo \"cannot lock ref 'refs/heads/promoter/trail': is at 1 but expected 2\" >&2; exit 1",
        "echo 'failed to update ref' >&2; exit 1",
        "echo 'reference already exists' >&2; exit 1",
        "echo 'incorrect old value provided' >&2; exit 1",
    ],
)
def test_a_push_that_loses_a_race_is_tried_again(clone: Repository, server: Path, script: str) -> None:
    hook(server, "update", LOSES.format(script))
    assert sync(clone, BRANCH).pushed == 1
    assert (server / "lost").exists()


def test_somebody_who_pushed_first_is_joined(
    clone: Repository, server: Path, tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    """`fetch first`, `non-fast-forward`: the other push comes between our fetch and ours, by our own hook."""
    sync(clone, BRANCH)
    directory = make_repository(tmp_path / "bob", person=bob)
    git(directory, "remote", "add", "origin", str(server))
    with Repository.discover(directory) as other:
        sync(other, BRANCH)
        append(other, BRANCH, sign_off(bob))
    append(clone, BRANCH, sign_off(alice))
    push = f"env -u GIT_DIR git -C {directory} push -q origin {BRANCH}"
    hook(clone.git_directory, "pre-push", f"[ -e {tmp_path}/done ] || {{ touch {tmp_path}/done; {push}; }}")
    report = sync(clone, BRANCH)
    assert report.merged
    assert len(git(server, "ls-tree", "-r", "--name-only", BRANCH).splitlines()) == 3


def test_a_server_whose_branch_stays_locked_is_told_with_its_words(
    clone: Repository, server: Path, alice: Signer
) -> None:
    sync(clone, BRANCH)
    append(clone, BRANCH, sign_off(alice))
    lock = server / "refs" / "heads" / f"{BRANCH}.lock"
    lock.touch()
    freed = threading.Timer(1.5, lock.unlink)
    freed.start()
    assert sync(clone, BRANCH).pushed == 1
    freed.join()


def test_a_tracking_reference_that_is_locked_does_not_keep_a_push_from_counting(
    clone: Repository, server: Path, alice: Signer
) -> None:
    tracking = clone.common_directory / "refs" / "remotes" / "origin" / "promoter"
    tracking.mkdir(parents=True)
    (tracking / "trail.lock").touch()
    assert sync(clone, BRANCH).pushed == 1
    append(clone, BRANCH, sign_off(alice))
    assert sync(clone, BRANCH).pushed == 1
    assert git(server, "rev-parse", BRANCH) == clone.tip(BRANCH)


@pytest.mark.parametrize("name", ["fetched", f"remote/origin/{BRANCH}"])
def test_the_lock_that_a_killed_sync_left_is_in_nobodys_way(
    clone: Repository, alice: Signer, name: str
) -> None:
    sync(clone, BRANCH)
    append(clone, BRANCH, sign_off(alice))
    leftover = clone.common_directory / "refs" / "promoter" / f"{name}.lock"
    leftover.touch()
    assert sync(clone, BRANCH).pushed == 1
    assert not leftover.exists()


def test_a_repository_on_the_server_that_may_not_be_written(clone: Repository, server: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    (server / "objects").chmod(0o500)
    try:
        with pytest.raises(CannotAct) as caught:
            sync(clone, BRANCH)
    finally:
        (server / "objects").chmod(0o700)
    assert isinstance(caught.value, SyncRefused)
    assert caught.value.code == "sync-not-permitted"

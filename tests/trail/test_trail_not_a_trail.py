"""Whoever may push can put a branch under the trail's name before the trail is there. It is never taken for one: what
is wrong, whose commit it is and what to do about it are said, and nothing is written that could not count."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.errors import TrailUntrusted
from promoter.trail.entry import entry_bytes, entry_path
from promoter.trail.outbox import Outbox
from promoter.trail.repository import Repository
from promoter.trail.taking_in import taken_in
from tests.support.command_line import Said, away_from_home, promoter
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.small_shop import make_shop, open_v1
from tests.support.trail_histories import History, genesis, person

BRANCH = "promoter/trail"
MALLORY = "Mallory <mallory@example.com>"


@dataclass
class Team:
    """Alice's clone, which has no trail yet, and Mallory's, of one hub."""

    alice: Path
    stranger: Path
    mallory: Signer
    owner: Signer

    def pushed(self, plant: Callable[["Team"], str]) -> str:
        """Puts something on the hub where the trail will be: the commit it begins with."""
        commit = plant(self)
        git(self.stranger, "push", "-q", "origin", f"{commit}:refs/heads/{BRANCH}")
        return git(self.stranger, "rev-list", "--max-parents=0", commit)[:12]

    def colleague(self) -> Path:
        """A new clone of the hub, by Alice."""
        directory = self.alice.parent / "anew"
        git(self.alice.parent, "clone", "-q", "hub.git", str(directory))
        become(directory, self.owner)
        return directory


@pytest.fixture
def team(tmp_path: Path) -> Team:
    with away_from_home(tmp_path / "home"):
        alice = make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com")
        mallory = make_signer(tmp_path / "keys", "Mallory", "mallory@example.com")
        shop = make_shop(tmp_path / "alice", (alice, ("roster-admin", "operations", "security")))
        git(tmp_path, "init", "-q", "--bare", "-b", "main", "hub.git")
        git(shop, "remote", "add", "origin", "../hub.git")
        git(shop, "push", "-q", "origin", "main", "v1")
        stranger = tmp_path / "stranger"
        git(tmp_path, "clone", "-q", "hub.git", str(stranger))
        become(stranger, mallory, signing=False)
    return Team(shop, stranger, mallory, alice)


def an_empty_commit(team: Team) -> str:
    empty = git(team.stranger, "mktree", given=b"")
    return git(team.stranger, "commit-tree", "-m", "hello", empty)


def commits_upon_commits(team: Team) -> str:
    commit = an_empty_commit(team)
    for _ in range(3):
        commit = git(team.stranger, "commit-tree", "-m", "more", "-p", commit, f"{commit}^{{tree}}")
    return commit


def the_code(team: Team) -> str:
    (team.stranger / "p").mkdir()
    (team.stranger / "p" / "module.py").write_text("pass\n")
    git(team.stranger, "checkout", "-q", "--orphan", "other")
    git(team.stranger, "add", ".")
    git(team.stranger, "commit", "-q", "-m", "Code")
    return git(team.stranger, "rev-parse", "HEAD")


def a_beginning_in_the_name_of_another(team: Team) -> str:
    begun = genesis(team.owner, person(team.owner, "roster-admin"))
    return History(team.stranger, "other").add(begun, by=team.mallory, signed=False)


PLANTS = [an_empty_commit, commits_upon_commits, the_code, a_beginning_in_the_name_of_another]


def tips(directory: Path) -> str:
    return git(directory, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")


def ask(directory: Path, *arguments: str) -> Said:
    answer = promoter("-C", directory, *arguments)
    assert answer.code != 3, answer.err
    return answer


def assert_named(answer: Said, commit: str) -> None:
    words = (answer.out + answer.err).replace("\n", " ")
    assert "no trail begins with the first commit" in words
    assert MALLORY in words
    assert commit[:7] in words
    assert "name another branch for the trail" in words


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("new_clone", [False, True])
def test_a_branch_that_begins_no_trail_is_not_taken_in_and_named_wherever_it_is_asked(
    team: Team, plant: Callable[[Team], str], new_clone: bool
) -> None:
    commit = team.pushed(plant)
    clone = team.colleague() if new_clone else team.alice
    before = tips(clone)
    for code, arguments in (
        (4, ("sync",)),
        (4, ("status",)),
        (4, ("verify",)),
        (6, ("doctor",)),
        (6, ("doctor", "--fix")),
        (4, ("open", "staging-to-preprod", "--release", "v1")),
        (4, ("hold", "preprod", "-m", "wait")),
        (4, ("sync", "--adopt")),
    ):
        answer = ask(clone, *arguments)
        assert answer.code == code, (arguments, answer)
        assert_named(answer, commit)
    assert tips(clone) == before
    with Repository.discover(clone) as repository:
        assert not list(Outbox(repository).paths())
        with pytest.raises(TrailUntrusted):
            taken_in(repository, BRANCH, timeout_s=60)


def test_once_the_branch_was_deleted_there_the_trail_begins_and_is_shared(team: Team) -> None:
    team.pushed(an_empty_commit)
    assert ask(team.alice, "sync").code == 4
    git(team.stranger, "push", "-q", "origin", f":{BRANCH}")
    assert ask(team.alice, "sync").code == 0
    assert open_v1(team.alice).code == 0
    assert ask(team.alice, "sync").code == 0
    assert ask(team.alice, "verify").code == 0
    assert ask(team.colleague(), "sync").code == 0


def test_what_was_recorded_before_anybody_looked_waits_until_the_branch_is_gone(team: Team) -> None:
    assert open_v1(team.alice).code == 0
    commit = team.pushed(an_empty_commit)
    before = tips(team.alice)
    refused = ask(team.alice, "sync")
    assert refused.code == 4
    assert_named(refused, commit)
    status = ask(team.alice, "status")
    assert status.code == 0
    assert MALLORY in status.out.replace("\n", " ")
    assert commit in status.out
    assert tips(team.alice) == before
    git(team.stranger, "push", "-q", "origin", f":{BRANCH}")
    assert ask(team.alice, "sync").code == 0
    assert "no trail begins" not in ask(team.alice, "status").out


def test_a_clone_that_an_older_version_let_take_it_in_writes_nothing_and_says_the_way_out(team: Team) -> None:
    commit = team.pushed(an_empty_commit)
    git(team.alice, "fetch", "-q", "origin", f"{BRANCH}:{BRANCH}")
    git(team.alice, "update-ref", f"refs/promoter/remote/origin/{BRANCH}", BRANCH)
    whole = git(team.alice, "rev-parse", BRANCH)
    memory = team.alice / ".git" / "promoter"
    memory.mkdir()
    seen = {"version": 1, "branches": {BRANCH: {"tip": whole, "genesis": None, "founding": None}}}
    (memory / "anchor").write_text(json.dumps(seen))
    before = tips(team.alice)
    for code, verb in ((4, "status"), (4, "verify"), (6, "doctor"), (4, "sync")):
        answer = ask(team.alice, verb)
        assert answer.code == code
        assert_named(answer, commit)
    opened = open_v1(team.alice)
    assert opened.code == 4
    assert_named(opened, commit)
    assert tips(team.alice) == before

    git(team.alice, "branch", "-q", "-D", BRANCH)
    git(team.stranger, "push", "-q", "origin", f":{BRANCH}")
    git(team.alice, "fetch", "-q", "--prune")
    assert ask(team.alice, "sync").code == 0
    assert open_v1(team.alice).code == 0
    assert ask(team.alice, "sync").code == 0
    assert ask(team.alice, "verify").code == 0


def test_whether_a_beginning_of_a_newer_version_is_one_cannot_be_told_and_it_is_not_taken_in(
    team: Team,
) -> None:
    begun = genesis(team.owner, person(team.owner, "roster-admin"))
    content = entry_bytes(begun).replace(b"promoter/entry/1", b"promoter/entry/9")

    def newer(team: Team) -> str:
        return History(team.stranger, "other").commit(
            {entry_path(begun): content}, by=team.mallory, signed=False
        )

    commit = team.pushed(newer)
    before = tips(team.alice)
    answer = ask(team.alice, "sync")
    assert answer.code == 6
    for word in (MALLORY, commit, "cannot be told", "install the newest promoter"):
        assert word in answer.err
    assert tips(team.alice) == before
    git(team.alice, "fetch", "-q", "origin", f"{BRANCH}:{BRANCH}")
    for verb in ("verify", "doctor", "status"):
        answer = ask(team.alice, verb)
        assert answer.code == 6
        assert MALLORY in answer.out + answer.err

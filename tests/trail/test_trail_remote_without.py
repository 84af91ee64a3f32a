"""A remote that had the trail and lost it, or that another branch keeps from having it: both are said, and neither is
taken for somebody who was faster."""

from pathlib import Path

import pytest

from promoter.errors import CannotAct
from promoter.trail.refusals import SyncRefused
from promoter.trail.repository import Repository
from promoter.trail.sync import position, sync
from tests.support.command_line import Said, away_from_home, promoter
from tests.support.git_repositories import Signer, git, make_signer
from tests.support.small_shop import make_shop, open_v1

BRANCH = "promoter/trail"
OTHERS = ["promoter", "promoter/trail/more"]


@pytest.fixture
def alice(tmp_path: Path) -> Signer:
    return make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com")


@pytest.fixture
def shop(tmp_path: Path, alice: Signer) -> Path:
    """A clone of a hub that does not have its trail yet."""
    with away_from_home(tmp_path / "home"):
        directory = make_shop(tmp_path / "shop", (alice, ("roster-admin", "operations", "security")))
        git(tmp_path, "init", "-q", "--bare", "-b", "main", "hub.git")
        git(directory, "remote", "add", "origin", "../hub.git")
        git(directory, "push", "-q", "origin", "main", "v1")
    return directory


def ask(directory: Path, *arguments: str) -> Said:
    answer = promoter("-C", directory, *arguments)
    assert answer.code != 3, answer.err
    return answer


@pytest.mark.parametrize("other", OTHERS)
def test_a_branch_that_leaves_no_room_is_named_at_once_and_gone_the_trail_is_shared(
    shop: Path, other: str
) -> None:
    assert open_v1(shop).code == 0
    git(shop, "push", "-q", "origin", f"main:refs/heads/{other}")
    with Repository.discover(shop) as repository:
        with pytest.raises(SyncRefused) as caught:
            sync(repository, BRANCH)
        assert caught.value.code == "sync-name-taken"
        assert f"'refs/heads/{other}' exists" in caught.value.said
        git(shop, "push", "-q", "origin", f":{other}")
        assert sync(repository, BRANCH).pushed == 2


@pytest.mark.parametrize("other", OTHERS)
def test_where_nobody_has_a_trail_yet_a_branch_that_leaves_no_room_is_named_too(
    shop: Path, other: str
) -> None:
    git(shop, "push", "-q", "origin", f"main:refs/heads/{other}")
    git(shop, "push", "-q", "origin", "main:refs/heads/promoter-other", "main:refs/heads/else/promoter")
    answer = ask(shop, "sync")
    assert answer.code == 6
    assert f"'refs/heads/{other}' exists" in answer.err
    git(shop, "push", "-q", "origin", f":{other}")
    assert ask(shop, "sync").code == 0


def test_what_a_server_says_of_its_branches_stays_harmless(shop: Path) -> None:
    assert open_v1(shop).code == 0
    hook = shop.parent / "hub.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\nprintf \"'refs/heads/{remote}\\033[31m' exists; cannot create\\n\" >&2; exit 1\n"
    )
    hook.chmod(0o755)
    answer = ask(shop, "sync")
    assert answer.code == 6
    assert "\x1b" not in answer.err
    assert "{remote}" in answer.err


def test_a_remote_that_lost_the_trail_is_told_until_it_has_it_again(shop: Path) -> None:
    assert open_v1(shop).code == 0
    assert ask(shop, "sync").code == 0
    had = git(shop, "rev-parse", BRANCH)[:12]
    git(shop, "push", "-q", "origin", f":{BRANCH}")
    git(shop, "push", "-q", "origin", "main:refs/heads/promoter")
    git(shop, "fetch", "-q", "--prune")
    assert ask(shop, "sync").code == 6
    lost = f"origin has no branch {BRANCH} any more: it had the trail, at {had}"
    for verb in ("status", "verify", "doctor"):
        answer = ask(shop, verb)
        assert lost in answer.out.replace("\n", " "), verb
    health = ask(shop, "doctor")
    assert health.code == 6
    assert "a branch promoter on origin" in health.out
    [found] = [
        each
        for each in ask(shop, "verify", "--json").document["findings"]
        if each["code"] == "remote-lost-trail"
    ]
    assert found["severity"] == "note"

    git(shop, "push", "-q", "origin", ":promoter")
    given_back = ask(shop, "sync")
    assert given_back.code == 0
    assert "origin had lost the trail" in given_back.out.replace("\n", " ")
    assert ask(shop, "sync", "--json").document["restored"] is False
    for verb in ("status", "verify", "doctor"):
        assert "any more" not in ask(shop, verb).out


def test_a_trail_that_is_deleted_and_given_back_in_one_sync_is_said(shop: Path) -> None:
    assert open_v1(shop).code == 0
    assert ask(shop, "sync").code == 0
    git(shop, "push", "-q", "origin", f":{BRANCH}")
    assert ask(shop, "sync", "--json").document["restored"] is True


def test_what_is_joined_is_not_counted_as_missing_whatever_its_dates_say(shop: Path) -> None:
    assert open_v1(shop).code == 0
    git(shop, "config", "remote.origin.fetch", f"+refs/heads/{BRANCH}:refs/remotes/origin/{BRANCH}")
    assert ask(shop, "sync").code == 0
    git(shop, "fetch", "-q")
    lines = []
    for number in range(40):
        parent = f"from {git(shop, 'rev-parse', BRANCH)}\n" if number == 0 else ""
        lines.append(
            f"commit refs/heads/old\ncommitter E <e@example.com> 1000000000 +0000\ndata 1\nx\n{parent}\n"
        )
    git(shop, "fast-import", "--quiet", given="".join(lines).encode())
    git(shop, "push", "-q", "../hub.git", f"refs/heads/old:refs/heads/{BRANCH}")
    with Repository.discover(shop) as repository:
        assert sync(repository, BRANCH).fetched == 40
        assert position(repository, BRANCH) == (0, 0)


def test_a_server_that_cannot_be_asked_for_room_is_could_not_act(shop: Path) -> None:
    git(shop, "remote", "set-url", "origin", "../gone.git")
    with Repository.discover(shop) as repository, pytest.raises(CannotAct):
        sync(repository, BRANCH)

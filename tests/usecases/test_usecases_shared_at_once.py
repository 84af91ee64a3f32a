"""Sync for those who are not there to type it: after each decision, in a checkout of continuous integration, and
set up once."""

import shutil
from pathlib import Path

import pytest

from promoter.errors import CannotAct, ExitCode, TrailUntrusted
from promoter.model.entry import Trust
from promoter.usecases.doctoring import examine
from promoter.usecases.opening import adopt, open_promotion
from promoter.usecases.settings import Settings
from promoter.usecases.sharing import set_up, sync, sync_checkout
from promoter.usecases.standing import status
from promoter.usecases.voices import sign
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, commit_file, git, make_signer
from tests.support.shop_floor import at_work, shop

BRANCH = "promoter/trail"


@pytest.fixture(scope="module")
def alice(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("keys"), "Alice Martin", "alice@example.com")


@pytest.fixture(scope="module")
def bob(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("keys"), "Bob Durand", "bob@example.com")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("at-once") / "made"


@pytest.fixture
def hub(made_once: Path, tmp_path: Path, alice: Signer, bob: Signer) -> Path:
    """A server with the shop's code and trail; the shop is beside it."""
    if not made_once.exists():
        made_once.mkdir()
        make_shared(made_once, alice, bob)
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    git(tmp_path / "shop", "remote", "set-url", "origin", f"file://{tmp_path}/hub.git")
    return tmp_path / "hub.git"


@pytest.fixture
def mine(hub: Path) -> Path:
    """Alice's shop, with one promotion open and shared."""
    return hub.parent / "shop"


def make_shared(place: Path, alice: Signer, bob: Signer) -> None:
    git(place, "init", "-q", "--bare", "-b", "main", str(place / "hub.git"))
    directory = shop(place / "shop", alice, bob)
    git(directory, "remote", "add", "origin", f"file://{place}/hub.git")
    git(directory, "push", "-q", "origin", "main")
    with at_work(directory) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sync(workspace)


def automatic(directory: Path) -> None:
    git(directory, "config", "promoter.sync", "auto")


def test_a_decision_is_shared_at_once_where_git_is_configured_to(mine: Path, hub: Path) -> None:
    before = git(hub, "rev-parse", BRANCH)
    with at_work(mine) as workspace:
        sign(workspace, None, "rollback")
    assert before == git(hub, "rev-parse", BRANCH)
    automatic(mine)
    with at_work(mine) as workspace:
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
        assert (status(workspace).trail.ahead, status(workspace).trail.behind) == (0, 0)
        assert workspace.trail.tip == git(hub, "rev-parse", BRANCH)


def test_offline_a_decision_is_recorded_and_waits(mine: Path, hub: Path) -> None:
    automatic(mine)
    hub.rename(hub.with_name("elsewhere.git"))
    with at_work(mine) as workspace:
        sign(workspace, None, "rollback")
        assert isinstance(workspace.not_shared, CannotAct)
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
        assert (status(workspace).trail.ahead, status(workspace).trail.behind) == (2, 0)
    said = promoter("-C", mine, "sign", "training")
    assert said.code == 0
    assert "recorded here, and not shared yet" in said.err
    assert "↑3 ↓0" in promoter("-C", mine, "status").out
    hub.with_name("elsewhere.git").rename(hub)
    assert promoter("-C", mine, "sign", "rollback").code == 0
    assert "↑" not in promoter("-C", mine, "status").out


def test_a_remote_that_was_rewritten_fails_no_decision_and_is_told(mine: Path, hub: Path) -> None:
    automatic(mine)
    git(hub, "update-ref", f"refs/heads/{BRANCH}", f"{BRANCH}~1")
    with at_work(mine) as workspace:
        assert sign(workspace, None, "rollback").trust is Trust.COUNTED
        assert isinstance(workspace.not_shared, TrailUntrusted)


def test_without_a_remote_nothing_is_tried(tmp_path: Path, alice: Signer) -> None:
    alone = shop(tmp_path / "alone", alice)
    automatic(alone)
    with at_work(alone) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        assert workspace.not_shared is None


def test_what_others_pushed_and_a_plain_fetch_brought_is_shown_as_behind(
    mine: Path, hub: Path, tmp_path: Path, bob: Signer
) -> None:
    git(tmp_path, "clone", "-q", f"file://{hub}", str(tmp_path / "theirs"))
    become(tmp_path / "theirs", bob)
    with at_work(tmp_path / "theirs") as workspace:
        sync(workspace)
        sign(workspace, None, "rollback")
        sync(workspace)
    git(mine, "fetch", "-q")
    with at_work(mine) as workspace:
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
        assert (status(workspace).trail.ahead, status(workspace).trail.behind) == (1, 1)
        sync(workspace)
        assert (status(workspace).trail.ahead, status(workspace).trail.behind) == (0, 0)


@pytest.fixture
def checkout(mine: Path, hub: Path, tmp_path: Path, bob: Signer) -> Path:
    """A checkout of the newest commit alone, of six since the one that runs in preprod."""
    with at_work(mine) as workspace:
        adopt(workspace, "preprod", "v0", "HEAD", "in service")
        sync(workspace)
    for count in range(6):
        commit_file(mine, "code", str(count))
    git(mine, "push", "-q", "origin", "main")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{hub}", str(tmp_path / "job"))
    git(tmp_path / "job", "checkout", "-q", "--detach")
    become(tmp_path / "job", bob)
    return tmp_path / "job"


def test_a_checkout_has_the_history_back_to_what_runs_in_the_target(checkout: Path, mine: Path) -> None:
    runs = git(mine, "rev-parse", "v1")
    with at_work(checkout) as workspace:
        report, commits = sync_checkout(workspace)
        assert report.fetched == 3
        assert (runs,) == commits
        assert status(workspace).trail.entries == 3
    assert git(checkout, "rev-list", "--count", f"{runs}..HEAD") == "6"


def test_on_the_command_line_and_twice(checkout: Path) -> None:
    said = promoter("-C", checkout, "sync", "--ci", "--json")
    assert said.code == 0
    assert len(said.document["history_to"]) == 1
    again = promoter("-C", checkout, "sync", "--ci", "-p", "v1")
    assert (again.code, again.out) == (0, "origin: 0 fetched, 0 pushed\n")


def test_a_history_that_is_not_to_be_had_is_could_not_tell(checkout: Path, hub: Path) -> None:
    git(hub, "update-ref", "-d", "refs/heads/main")
    with at_work(checkout) as workspace:
        sync(workspace)
    git(hub, "reflog", "expire", "--all", "--expire=now")
    git(hub, "gc", "-q", "--prune=now")
    said = promoter("-C", checkout, "sync", "--ci")
    assert said.code == ExitCode.COULD_NOT_TELL
    assert "fetch-depth: 0" in said.err


def settings(directory: Path) -> str:
    return git(directory, "config", "--local", "--list")


def test_setting_up_lets_a_plain_fetch_bring_the_trail_beside_ones_own(
    mine: Path, hub: Path, tmp_path: Path, bob: Signer
) -> None:
    narrow = tmp_path / "narrow"
    git(tmp_path, "clone", "-q", "--single-branch", "-b", "main", f"file://{hub}", str(narrow))
    become(narrow, bob)
    with at_work(narrow) as workspace:
        done = set_up(workspace)
        assert ["remote.origin.fetch", f"branch.{BRANCH}.remote", f"branch.{BRANCH}.merge"] == [
            key for key, _ in done.written
        ]
    git(narrow, "fetch", "-q")
    assert git(narrow, "rev-parse", f"origin/{BRANCH}") == git(hub, "rev-parse", BRANCH)
    before = settings(narrow)
    with at_work(narrow) as workspace:
        assert set_up(workspace).written == ()
    assert before == settings(narrow)


def test_setting_up_a_mirror_leaves_the_trail_out_of_it(mine: Path, alice: Signer) -> None:
    git(mine, "config", "remote.origin.fetch", "+refs/heads/*:refs/heads/*")
    assert "mirror-refspec" in {each.message.code for each in examine(Settings(mine)).ailments}
    with at_work(mine) as workspace:
        sign(workspace, None, "rollback")
        set_up(workspace)
        tip = workspace.trail.tip
    assert "mirror-refspec" not in {each.message.code for each in examine(Settings(mine)).ailments}
    git(mine, "checkout", "-q", "--detach")
    git(mine, "fetch", "-q")
    assert tip == git(mine, "rev-parse", BRANCH)


@pytest.mark.parametrize(
    ("url", "told", "untold"),
    [
        ("git@github.com:acme/shop.git", "Rulesets", "Protected branches"),
        ("https://token@gitlab.example/acme/shop.git", "Protected branches", "Rulesets"),
        ("/srv/git/shop.git", "receive.denyDeletes", "nothing"),
    ],
)
def test_setting_up_says_what_to_protect_where(mine: Path, url: str, told: str, untold: str) -> None:
    git(mine, "remote", "set-url", "origin", url)
    said = promoter("-C", mine, "sync", "--setup")
    assert said.code == 0
    assert told in said.out
    assert untold not in said.out
    assert "git config promoter.sync auto" in said.out
    document = promoter("-C", mine, "sync", "--setup", "--json").document
    assert (document["schema"], document["written"]) == ("promoter/sync-setup/1", [])


def test_a_refusal_has_its_code_in_json(mine: Path, hub: Path) -> None:
    hook = hub / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'error: GH006: Protected branch update failed' >&2\nexit 1\n")
    hook.chmod(0o755)
    assert promoter("-C", mine, "sign", "rollback").code == 0
    said = promoter("-C", mine, "sync", "--json")
    assert (said.code, said.document["code"]) == (6, "sync-branch-protected")
    assert "promoter sync --setup" in said.document["remedy"]


def test_what_excludes_each_other_is_refused(mine: Path) -> None:
    assert promoter("-C", mine, "sync", "--ci", "--setup").code == 2


def test_the_remote_is_named_by_its_option(mine: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", str(tmp_path / "backup.git"))
    git(mine, "remote", "add", "backup", str(tmp_path / "backup.git"))
    assert promoter("-C", mine, "sync", "--remote", "backup").out == "backup: 0 fetched, 2 pushed\n"
    assert git(tmp_path / "backup.git", "rev-parse", BRANCH) == git(mine, "rev-parse", BRANCH)

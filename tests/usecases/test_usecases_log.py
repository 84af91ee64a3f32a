"""The log: what is wanted of it, and what comes while somebody reads."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from promoter.errors import TrailUntrusted, UsageError
from promoter.messages import Language, Phrase
from promoter.model.entry import Recorded, Unreadable
from promoter.usecases.following import follow
from promoter.usecases.history import log
from promoter.usecases.opening import open_promotion
from promoter.usecases.selecting import Selection, Wanted, selection
from promoter.usecases.sharing import sync
from promoter.usecases.standing import status
from promoter.usecases.voices import reject, sign
from promoter.usecases.workspace import Workspace
from tests.support.command_line import away_from_home
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.shop_floor import at_work, run_all, shop

BRANCH = "promoter/trail"


def said(entries: tuple[Recorded | Unreadable, ...]) -> list[str]:
    """The entries by type and item."""
    found = [each.entry for each in entries if isinstance(each, Recorded)]
    return [f"{each.type} {each.item.id}" if each.item else str(each.type) for each in found]


def listed(workspace: Workspace, wanted: Wanted) -> list[str]:
    return said(log(workspace, selection(workspace, wanted)))


@pytest.fixture(scope="module")
def story_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Alice opens and runs; Bob signs rollback; Alice rejects training and opens a second promotion."""
    directory = tmp_path_factory.mktemp("story")
    with away_from_home(directory / "home"):
        alice = make_signer(directory / "keys", "Alice Martin", "alice@example.com")
        bob = make_signer(directory / "keys", "Bob Durand", "bob@example.com")
        return told(directory / "shop", alice, bob)


@pytest.fixture
def story(story_once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(story_once, tmp_path / "shop"))


def told(directory: Path, alice: Signer, bob: Signer) -> Path:
    mine = shop(directory, alice, bob)
    with at_work(mine) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        run_all(workspace)
    become(mine, bob)
    with at_work(mine) as workspace:
        sign(workspace, None, "rollback")
    become(mine, alice)
    with at_work(mine) as workspace:
        reject(workspace, None, "training", "nobody came")
        open_promotion(workspace, "staging-to-preprod", "v2")
    return mine


WHOLE = ["genesis", "opened", "checked", "signed-off rollback", "rejected training", "opened"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), WHOLE),
        (Wanted(promotion="v2"), ["opened"]),
        (Wanted(people=("bob",)), ["signed-off rollback"]),
        (Wanted(people=("BOB@example.com",)), ["signed-off rollback"]),
        (Wanted(people=("bob durand", "alice")), WHOLE),
        (Wanted(items=("rollback",)), ["signed-off rollback"]),
        (Wanted(items=("accounts",)), ["checked"]),
        (Wanted(items=("rollback", "training")), ["signed-off rollback", "rejected training"]),
        (Wanted(types=("opened", "rejected")), ["opened", "rejected training", "opened"]),
        (Wanted(types=("waived",)), []),
        (Wanted(items=("training",), people=("bob",)), []),
        (Wanted(promotion="v1", types=("opened",)), ["opened"]),
        (Wanted(since="1h"), WHOLE),
        (Wanted(since="2020-01-01"), WHOLE),
        (Wanted(since="2999-01-01"), []),
        (Wanted(since="2999-01-01T00:00:00+02:00", types=("opened",)), []),
    ],
)
def test_filters_narrow_each_other_down_and_several_of_one_kind_widen_it(
    story_once: Path, wanted: Wanted, expected: list[str]
) -> None:
    with at_work(story_once) as workspace:
        assert listed(workspace, wanted) == expected


def test_since_a_commit_is_what_was_recorded_after_it(story: Path) -> None:
    with at_work(story) as workspace:
        third = log(workspace)[2].commit
        assert listed(workspace, Wanted(since=third[:10])) == WHOLE[3:]
        assert listed(workspace, Wanted(since=workspace.trail.tip)) == []


def test_a_date_is_in_the_readers_time_zone(story: Path) -> None:
    zone = timezone(timedelta(hours=14))
    with at_work(story, at=datetime(2026, 11, 22, tzinfo=UTC)) as workspace:
        assert selection(workspace, Wanted(since="2026-11-20"), zone).since == datetime(
            2026, 11, 20, tzinfo=zone
        )
        assert selection(workspace, Wanted(since="3d")).since == datetime(2026, 11, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(items=("rolback",)), ["accounts", "rollback", "training", "variables"]),
        (Wanted(people=("carol",)), ["alice", "bob"]),
        (Wanted(types=("signed",)), ["checked", "genesis", "opened", "rejected", "signed-off"]),
        (Wanted(promotion="v9"), ["v1-", "v2-"]),
        (Wanted(since="yesterday"), ["2026-11-20", "3d"]),
        (Wanted(since="3"), ["3d"]),
        (Wanted(since="99999999d"), ["3d"]),
        (Wanted(since="main"), ["3d"]),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(
    story_once: Path, wanted: Wanted, names: list[str]
) -> None:
    with at_work(story_once) as workspace, pytest.raises(UsageError) as refused:
        selection(workspace, wanted)
    assert refused.value.remedy is not None
    remedy = Language().say(refused.value.remedy)
    assert [each for each in names if each not in remedy] == []


def test_a_commit_of_the_code_is_no_commit_of_the_trail(story: Path) -> None:
    with at_work(story) as workspace, pytest.raises(UsageError):
        selection(workspace, Wanted(since=git(story, "rev-parse", "HEAD")))


def test_an_item_of_the_checklist_that_nobody_spoke_of_is_no_mistake(tmp_path: Path, alice: Signer) -> None:
    mine = shop(tmp_path / "shop", alice)
    with at_work(mine) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        assert listed(workspace, Wanted(items=("training",))) == []


def test_the_latest_are_still_oldest_first(story: Path) -> None:
    with at_work(story) as workspace:
        assert said(log(workspace, limit=2)) == WHOLE[-2:]
        assert log(workspace, limit=0) == ()
        assert said(log(workspace, limit=99)) == WHOLE


def test_what_is_no_entry_is_listed_unless_something_of_entries_is_wanted(story: Path) -> None:
    path = f"r/{'0' * 25}Z.frobbed.json"
    blob = git(story, "hash-object", "-w", "--stdin", given=b"{}\n")
    listing = git(story, "ls-tree", BRANCH).splitlines()
    under = git(story, "ls-tree", f"{BRANCH}:r")
    inner = f"{under}\n100644 blob {blob}\t{path[2:]}\n"
    tree = git(story, "mktree", given=inner.encode())
    others = [line for line in listing if not line.endswith("\tr")]
    whole = git(story, "mktree", given="\n".join([*others, f"040000 tree {tree}\tr", ""]).encode())
    commit = git(story, "commit-tree", whole, "-p", BRANCH, "-m", "noise")
    git(story, "update-ref", f"refs/heads/{BRANCH}", commit)
    with at_work(story) as workspace:
        for wanted, there in (
            (Wanted(), True),
            (Wanted(types=("opened",)), False),
            (Wanted(people=("alice",)), False),
            (Wanted(promotion="v1"), False),
            (Wanted(since="2999-01-01"), True),
            (Wanted(since=commit), False),
        ):
            found = log(workspace, selection(workspace, wanted))
            assert any(isinstance(each, Unreadable) for each in found) is there, wanted


class Reader:
    """Reads for so many looks, doing something before each, and keeps what was told."""

    def __init__(self, *before_each: Callable[[], object]) -> None:
        self.todo = list(before_each)
        self.told: list[str] = []

    def left(self, within_s: float) -> bool:
        if not self.todo:
            return True
        self.todo.pop(0)()
        return False

    def tell(self, phrase: Phrase) -> None:
        self.told.append(Language().say(phrase))

    def read(self, workspace: Workspace, wanted: Selection | None = None) -> list[str]:
        known = workspace.trail.position().tip
        batches = follow(
            workspace, wanted or Selection(), known=known, left=self.left, tell=self.tell, fetch_every_s=0
        )
        return [one for each in batches for one in said(each)]


def nothing() -> None:
    """Nothing happens."""


@contextmanager
def shared(tmp_path: Path, alice: Signer, bob: Signer) -> Iterator[tuple[Path, Path]]:
    """Alice's clone and Bob's of one shop, with a promotion open in both."""
    mine, theirs, hub = shop(tmp_path / "shop", alice, bob), tmp_path / "theirs", tmp_path / "hub.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(mine, "remote", "add", "origin", str(hub))
    git(mine, "push", "-q", "origin", "main")
    with at_work(mine) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sync(workspace)
    git(tmp_path, "clone", "-q", str(hub), str(theirs))
    become(theirs, bob)
    with at_work(theirs) as workspace:
        sync(workspace)
    yield mine, theirs


def signs(directory: Path, item: str, *, shares: bool = False) -> Callable[[], object]:
    def act() -> None:
        with at_work(directory) as workspace:
            sign(workspace, None, item)
            if shares:
                sync(workspace)

    return act


def test_what_is_recorded_meanwhile_comes_once_and_in_order(story: Path) -> None:
    with at_work(story) as workspace:
        promotion = log(workspace)[-1]
        assert isinstance(promotion, Recorded)
        assert promotion.entry.subject is not None
        latest = promotion.entry.subject.promotion

        def both() -> None:
            with at_work(story) as other:
                sign(other, latest, "rollback")
                reject(other, latest, "training", "no")

        assert Reader(nothing, both, nothing).read(workspace) == ["signed-off rollback", "rejected training"]
        only = selection(workspace, Wanted(items=("training",)))
        assert Reader(both, nothing).read(workspace, only) == ["rejected training"]


def test_what_others_share_comes_too_and_is_then_here(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    with shared(tmp_path, alice, bob) as (mine, theirs), at_work(mine) as workspace:
        before = status(workspace).promotion.sign_offs
        reader = Reader(nothing, signs(theirs, "rollback", shares=True), nothing, nothing)
        assert reader.read(workspace) == ["signed-off rollback"]
        assert reader.told == []
        assert (len(before), len(status(workspace).promotion.sign_offs)) == (0, 1)
        assert git(mine, "status", "--porcelain") == ""


def test_histories_that_went_apart_are_said_to_be_and_neither_joined_nor_pushed(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    with shared(tmp_path, alice, bob) as (mine, theirs), at_work(mine) as workspace:
        signs(theirs, "rollback", shares=True)()
        signs(mine, "training")()
        workspace.trail.refresh()
        tip, remote = workspace.trail.tip, git(tmp_path / "hub.git", "rev-parse", BRANCH)
        reader = Reader(nothing, nothing, nothing)
        assert reader.read(workspace) == []
        assert reader.told == ["origin has entries that are not joined with those of this clone yet"]
        assert (workspace.trail.tip, git(tmp_path / "hub.git", "rev-parse", BRANCH)) == (tip, remote)


def test_being_offline_is_said_once_and_stops_nothing(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    with shared(tmp_path, alice, bob) as (mine, _), at_work(mine) as workspace:
        git(mine, "remote", "set-url", "origin", str(tmp_path / "gone.git"))
        reader = Reader(nothing, nothing, signs(mine, "rollback"), nothing)
        assert reader.read(workspace) == ["signed-off rollback"]
        assert len(reader.told) == 1


def test_a_trail_that_begins_meanwhile_is_shown_from_its_beginning(tmp_path: Path, alice: Signer) -> None:
    mine = shop(tmp_path / "shop", alice)

    def opens() -> None:
        with at_work(mine) as other:
            open_promotion(other, "staging-to-preprod", "v1")

    with at_work(mine) as workspace:
        assert log(workspace) == ()
        assert Reader(nothing, opens, nothing).read(workspace) == ["genesis", "opened"]


def test_a_branch_that_is_cut_off_meanwhile_ends_it(story: Path) -> None:
    with at_work(story) as workspace:
        log(workspace)

        def cut() -> None:
            git(story, "update-ref", f"refs/heads/{BRANCH}", f"{BRANCH}~1")

        with pytest.raises(TrailUntrusted):
            Reader(cut, nothing).read(workspace)

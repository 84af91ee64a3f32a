"""Whoever started a trail apart takes over the shared one: agreed to by its id, their own entries signed anew."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.errors import ExitCode, NotYet, Refused, UsageError
from promoter.messages import Language
from promoter.model.entry import EntryType, Genesis, ItemBinding, Recorded, SignedOff
from promoter.model.roster import Roster
from promoter.trail.adopting import take_over
from promoter.trail.outbox import Outbox
from promoter.trail.ulid import new_ulid
from promoter.usecases.adopting import Adoption, adopt_shared, offered
from promoter.usecases.history import log
from promoter.usecases.opening import adopt, open_promotion
from promoter.usecases.sharing import sync
from promoter.usecases.standing import status
from promoter.usecases.verifying import verify
from promoter.usecases.voices import revoke, sign
from promoter.usecases.workspace import Workspace
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.shop_floor import at_work, shop
from tests.support.trail_histories import History, files_of

BRANCH = "promoter/trail"


def adopted(workspace: Workspace) -> Adoption:
    offer = offered(workspace)
    return adopt_shared(workspace, offer, offer.trail)


def recorded(workspace: Workspace) -> list[Recorded]:
    return [each for each in log(workspace) if isinstance(each, Recorded)]


def signatures(directory: Path) -> int:
    commits = git(directory, "rev-list", "--no-merges", BRANCH).split()
    return sum("gpgsig" in git(directory, "cat-file", "commit", each) for each in commits)


@pytest.fixture(scope="module")
def alice(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("keys"), "Alice Martin", "alice@example.com")


@pytest.fixture(scope="module")
def bob(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("keys"), "Bob Durand", "bob@example.com")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("adopting") / "made"


@pytest.fixture
def apart(made_once: Path, tmp_path: Path, alice: Signer, bob: Signer) -> tuple[Path, Path]:
    """Alice's shop, whose trail is shared with one promotion open, and Bob's, who opened and signed one on his own."""
    if not made_once.exists():
        made_once.mkdir()
        make_apart(made_once, alice, bob)
    shutil.copytree(made_once, tmp_path / "at")
    mine, theirs = tmp_path / "at" / "shop", tmp_path / "at" / "theirs"
    for each in (mine, theirs):
        git(each, "remote", "set-url", "origin", str(tmp_path / "at" / "hub.git"))
    return mine, theirs


def make_apart(place: Path, alice: Signer, bob: Signer) -> None:
    mine = shop(place / "shop", alice, bob)
    hub = place / "hub.git"
    git(place, "init", "-q", "--bare", "-b", "main", str(hub))
    git(mine, "remote", "add", "origin", str(hub))
    git(mine, "push", "-q", "origin", "main")
    theirs = place / "theirs"
    git(place, "clone", "-q", str(hub), str(theirs))
    become(theirs, bob)
    with at_work(theirs) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v2")
        sign(workspace, None, "rollback", comment="tried it out")
        revoke(workspace, None, "rollback", "too early")
        adopt(workspace, "staging", "v0", None, "in service")
    with at_work(mine) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sync(workspace)


def test_an_offer_says_whom_to_trust_and_what_becomes_of_ones_own(
    apart: tuple[Path, Path], alice: Signer
) -> None:
    with at_work(apart[1]) as workspace:
        before = workspace.trail.tip
        offer = offered(workspace)
        assert (offer.genesis.actor.email, offer.genesis.actor.key) == (alice.email, alice.id)
        assert {"alice", "bob"} == {each.id for each in offer.roster.people}
        again = [EntryType.OPENED, EntryType.SIGNED_OFF, EntryType.REVOKED, EntryType.ADOPTED]
        assert again == [entry.type for entry, _ in offer.again]
        assert [entry.type for entry, _ in offer.left] == [EntryType.GENESIS]
        assert before == workspace.trail.tip
        with pytest.raises(NotYet):
            adopt_shared(workspace, offer, None)
        with pytest.raises(UsageError):
            adopt_shared(workspace, offer, "another")
        assert before == workspace.trail.tip


def test_ones_own_entries_are_on_the_shared_trail_under_their_ids_and_count(apart: tuple[Path, Path]) -> None:
    mine, theirs = apart
    with at_work(theirs) as workspace:
        ids = [each.entry.id for each in recorded(workspace)][1:]
        adoption = adopted(workspace)
        assert ids == [each.entry.id for each in adoption.recorded]
        assert len(ids) == adoption.report.pushed
        assert {"counted"} == {each.trust.value for each in recorded(workspace)}
        told = {each.message.code for each in verify(workspace, full=True).findings}
        assert told <= {"time-before-parent"}
        assert verify(workspace, full=True).exit_code is ExitCode.YES
        assert Outbox(workspace.repository).paths() == ()
    assert signatures(theirs) == 6
    with at_work(mine) as workspace:
        sync(workspace)
        assert set(ids) <= {each.entry.id for each in recorded(workspace)}
        assert status(workspace, "v2").promotion.opener.id == "bob"
        assert verify(workspace, full=True).exit_code is ExitCode.YES


def test_the_trail_that_was_started_apart_stays_set_aside(apart: tuple[Path, Path]) -> None:
    with at_work(apart[1]) as workspace:
        before = workspace.trail.tip
        adopted(workspace)
    assert git(apart[1], "rev-parse", f"refs/promoter/apart/{before}") == before
    hub = apart[0].parent / "hub.git"
    named = git(hub, "for-each-ref", "--format=%(refname)").split()
    assert {f"refs/heads/{BRANCH}", "refs/heads/main"} == set(named)


def test_adopting_that_was_interrupted_goes_on_where_it_was(apart: tuple[Path, Path]) -> None:
    with at_work(apart[1]) as workspace:
        take_over(workspace.repository, BRANCH, offered(workspace).shared)
    with at_work(apart[1]) as workspace:
        adoption = adopted(workspace)
        assert len(adoption.recorded) == 4
    with at_work(apart[1]) as workspace:
        assert adopted(workspace).recorded == ()
        assert verify(workspace, full=True).exit_code is ExitCode.YES


def test_what_others_recorded_is_not_signed_for_them(
    apart: tuple[Path, Path], alice: Signer, bob: Signer
) -> None:
    become(apart[1], alice)
    with at_work(apart[1]) as workspace:
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
    become(apart[1], bob)
    with at_work(apart[1]) as workspace:
        offer = offered(workspace)
        why = {entry.type: Language("en").say(each) for entry, each in offer.left}
        assert "Alice Martin" in why[EntryType.SIGNED_OFF]
        assert len(offer.again) == 4
    become(apart[1], alice)
    with at_work(apart[1]) as workspace:
        offer = offered(workspace)
        [hers] = [each for entry, each in offer.left if entry.actor.id == "alice"]
        assert Language("en").say(hers) == "the promotion it is of stays behind"
        assert offer.again == ()


@pytest.mark.parametrize("rostered", [True, False])
def test_what_a_stranger_wrote_in_ones_name_is_not_signed_for_them(
    apart: tuple[Path, Path], tmp_path: Path, bob: Signer, *, rostered: bool
) -> None:
    theirs = apart[1]
    mallory = make_signer(tmp_path / "elsewhere", "Mallory", "mallory@evil.example")
    with at_work(theirs) as workspace:
        entries = [each.entry for each in recorded(workspace)]
        rules = workspace.checklist("staging-to-preprod").item("rollback")
    assert rules is not None
    begun, opened = (each for each in entries if each.type in (EntryType.GENESIS, EntryType.OPENED))
    forged = replace(
        opened,
        id=new_ulid(datetime.now(UTC)),
        type=EntryType.SIGNED_OFF,
        content=SignedOff("forged"),
        item=ItemBinding("rollback", rules.digest),
    )
    history = History(theirs)
    if not rostered:
        assert isinstance(begun.content, Genesis)
        laxer = replace(begun, content=replace(begun.content, roster=Roster()))
        shutil.rmtree(theirs / ".git" / "promoter")
        history.commit(files_of(laxer), by=mallory, signed=False, after=[])
        history.commit(files_of(opened), by=mallory, signed=False)
    history.commit(files_of(forged), by=mallory, signed=False)
    with at_work(theirs) as workspace:
        assert forged.id in {each.entry.id for each in recorded(workspace)}
        offer = offered(workspace)
        assert forged.id not in {entry.id for entry, _ in offer.again}
        [why] = [Language("en").say(each) for entry, each in offer.left if entry.id == forged.id]
        assert ("it does not count" if rostered else "nothing shows that you wrote it") in why


def test_what_was_recorded_here_without_a_key_is_recorded_again(apart: tuple[Path, Path]) -> None:
    theirs = apart[1]
    git(theirs, "update-ref", "-d", f"refs/heads/{BRANCH}")
    shutil.rmtree(theirs / ".git" / "promoter")
    for key in ("commit.gpgsign", "user.signingkey"):
        git(theirs, "config", "--unset", key)
    path = theirs / "checklists" / "pipeline.yaml"
    told = path.read_text()
    path.write_text(told[: told.index("roster:")])
    with at_work(theirs) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v2")
        [opened] = [each.entry for each in recorded(workspace) if each.entry.type is EntryType.OPENED]
        assert [opened.id] == [entry.id for entry, _ in offered(workspace).again]


def test_who_is_not_on_the_shared_roster_changes_nothing(apart: tuple[Path, Path], tmp_path: Path) -> None:
    stranger = make_signer(tmp_path / "other", "Zoe Roux", "bob@example.com.evil.example")
    theirs = apart[1]
    become(theirs, stranger)
    git(theirs, "config", "user.email", "bob@example.com")
    with at_work(theirs) as workspace:
        before = workspace.trail.tip
        with pytest.raises(Refused):
            adopted(workspace)
        assert before == workspace.trail.tip


def test_a_trail_of_another_pipeline_is_not_adopted(apart: tuple[Path, Path]) -> None:
    path = apart[1] / "checklists" / "pipeline.yaml"
    path.write_text(path.read_text().replace("pipeline: shop", "pipeline: bakery"))
    with at_work(apart[1]) as workspace, pytest.raises(UsageError):
        offered(workspace)


def test_a_remote_without_a_trail_has_none_to_adopt(tmp_path: Path, alice: Signer) -> None:
    mine = shop(tmp_path / "alone", alice)
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(tmp_path / "empty.git"))
    git(mine, "remote", "add", "origin", str(tmp_path / "empty.git"))
    with at_work(mine) as workspace, pytest.raises(UsageError):
        offered(workspace)


@pytest.fixture
def replaced(apart: tuple[Path, Path], tmp_path: Path) -> tuple[Path, str]:
    """Alice's shop, where the trail it follows on the remote was replaced by another that she began; and what it had."""
    mine = apart[0]
    again = tmp_path / "again"
    git(tmp_path, "clone", "-q", "-b", "main", str(mine.parent / "hub.git"), str(again))
    git(again, "remote", "rename", "origin", "hub")
    for key in ("user.name", "user.email", "user.signingkey", "gpg.format", "commit.gpgsign"):
        git(again, "config", key, git(mine, "config", key).strip())
    git(again, "update-ref", "-d", f"refs/remotes/hub/{BRANCH}")
    git(again, "remote", "remove", "hub")
    with at_work(again) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v3")
    git(again, "push", "-q", "--force", str(mine.parent / "hub.git"), BRANCH)
    return mine, git(mine, "rev-parse", BRANCH).strip()


def test_a_trail_put_in_the_place_of_the_one_followed_is_told_before_it_is_adopted(
    replaced: tuple[Path, str],
) -> None:
    mine, had = replaced
    assert promoter("-C", mine, "sync").code == 4
    asked = promoter("-C", mine, "sync", "--adopt")
    assert asked.code == 5
    assert "somebody put this one in its place" in asked.out
    assert had[:12] in asked.out
    assert promoter("-C", mine, "sync", "--adopt", "--json").document["offer"]["replaces"] == had
    looked = promoter("-C", mine, "verify")
    assert (looked.code, "entries it had are gone" in looked.out) == (4, True)
    assert git(mine, "rev-parse", BRANCH).strip() == had


def test_a_trail_put_in_the_place_of_the_one_followed_can_be_adopted(replaced: tuple[Path, str]) -> None:
    mine, had = replaced
    assert promoter("-C", mine, "sync").code == 4
    with at_work(mine) as workspace:
        take_over(workspace.repository, BRANCH, offered(workspace).shared)
    trail = promoter("-C", mine, "sync", "--adopt", "--json").document["adopted"]["trail"]
    assert promoter("-C", mine, "sync", "--adopt", trail).code == 0
    for verb in (["sync"], ["verify"], ["verify", "--full"]):
        assert promoter("-C", mine, *verb).code == 0
    assert git(mine, "rev-parse", f"refs/promoter/apart/{had}").strip() == had


def test_on_the_command_line_consent_is_the_trails_id(apart: tuple[Path, Path]) -> None:
    theirs = apart[1]
    refused = promoter("-C", theirs, "sync")
    assert refused.code == 6
    assert "sync --adopt" in refused.err
    asked = promoter("-C", theirs, "sync", "--adopt")
    assert asked.code == 5
    assert "This clone would trust its roster" in asked.out
    assert "alice  Alice Martin" in asked.out
    assert "4 entries of yours" in asked.out
    offer = promoter("-C", theirs, "sync", "--adopt", "--json")
    assert offer.code == 5
    trail = offer.document["offer"]["trail"]
    assert f"promoter sync --adopt {trail}" in asked.err
    done = promoter("-C", theirs, "sync", "--adopt", trail)
    assert (done.code, done.err) == (0, "")
    assert "4 entries recorded again" in done.out
    assert promoter("-C", theirs, "sync", "--adopt", "another").code == 2
    assert promoter("-C", theirs, "sync").code == 0

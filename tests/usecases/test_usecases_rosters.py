"""Rosters and keys changed in two clones, and what promotions become of that."""

import asyncio
from pathlib import Path

import pytest

from promoter.errors import ExitCode, Refused
from promoter.gate import Answer
from promoter.messages import Language
from promoter.promotion.tenures import Given
from promoter.usecases.history import log
from promoter.usecases.keys import key_add, key_compromised, key_retire
from promoter.usecases.opening import open_promotion
from promoter.usecases.promoting import promote
from promoter.usecases.rosters import roster_apply, roster_history, roster_show
from promoter.usecases.sharing import sync
from promoter.usecases.standing import status
from promoter.usecases.verifying import verify
from promoter.usecases.voices import sign
from promoter.usecases.workspace import Workspace
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.shop_floor import EVERY_ROLE, at_work, ignore, run_all, shop
from tests.support.small_shop import person_line


def two_clones(tmp_path: Path, alice: Signer, bob: Signer) -> tuple[Path, Path]:
    """The shop as Alice has it and as Bob has it, both roster-admins, with the trail begun."""
    mine = shop(tmp_path / "alice", alice, bob)
    hub = tmp_path / "hub.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(mine, "remote", "add", "origin", str(hub))
    git(mine, "push", "-q", "origin", "main")
    with at_work(mine) as workspace:
        roster_apply(workspace)
        sync(workspace)
    theirs = tmp_path / "bob"
    git(tmp_path, "clone", "-q", str(hub), str(theirs))
    become(theirs, bob)
    with at_work(theirs) as workspace:
        sync(workspace)
    return mine, theirs


def propose(repository: Path, *lines: str) -> None:
    path = repository / "checklists" / "pipeline.yaml"
    path.write_text(path.read_text() + "".join(lines))


def meet(*repositories: Path) -> None:
    for each in (*repositories, repositories[0]):
        with at_work(each) as workspace:
            sync(workspace)


def in_force(repository: Path) -> list[tuple[str, tuple[str, ...]]]:
    with at_work(repository) as workspace:
        return [(each.id, each.roles) for each in roster_show(workspace).in_force.people]


def test_people_added_in_two_clones_are_both_on_the_roster_of_both(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    mine, theirs = two_clones(tmp_path, alice, bob)
    carol, dan = (
        make_signer(tmp_path / "keys", name, f"{name.lower()}@example.com") for name in ("Carol", "Dan")
    )
    propose(mine, person_line(carol, "security"))
    propose(theirs, person_line(dan, "operations"))
    for each in (mine, theirs):
        with at_work(each) as workspace:
            roster_apply(workspace)
    meet(mine, theirs)

    both = [
        ("alice", EVERY_ROLE),
        ("bob", EVERY_ROLE),
        ("carol", ("security",)),
        ("dan", ("operations",)),
    ]
    assert both == sorted(in_force(mine))
    assert in_force(mine) == in_force(theirs)
    with at_work(mine) as workspace:
        for full in (False, True):
            found = verify(workspace, full=full)
            assert found.exit_code is ExitCode.YES
            assert [each.message.code for each in found.findings] == ["roster-joined"]
    become(mine, carol)
    with at_work(mine) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sign(workspace, None, "accounts", fields={"kept": "the vault"})


def test_a_person_two_clones_disagree_about_is_named_until_the_roster_is_applied_again(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    mine, theirs = two_clones(tmp_path, alice, bob)
    carol = make_signer(tmp_path / "keys", "Carol", "carol@example.com")
    other = make_signer(tmp_path / "more", "Carol", "carol@example.com")
    propose(mine, person_line(carol, "security", "operations"))
    propose(theirs, person_line(other, "security"))
    for each in (mine, theirs):
        with at_work(each) as workspace:
            roster_apply(workspace)
    meet(mine, theirs)

    with at_work(theirs) as workspace:
        view = roster_show(workspace)
        assert [each.code for each in view.conflicts] == ["roster-conflict"]
        assert [each.message.code for each in verify(workspace).findings].count("roster-conflict") == 1
        open_promotion(workspace, "staging-to-preprod", "v1")
        assert "roster-conflict" in [each.code for each in status(workspace).warnings]
        roster_apply(workspace)
    meet(theirs, mine)
    with at_work(mine) as workspace:
        view = roster_show(workspace)
        carols = view.in_force.person("carol")
        assert view.conflicts == ()
        assert carols is not None
        assert [key.id for key in carols.keys] == [other.id]


def test_a_sign_off_that_arrives_after_its_key_was_retired_elsewhere_does_not_count(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    mine, theirs = two_clones(tmp_path, alice, bob)
    with at_work(mine) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
    meet(mine, theirs)
    with at_work(theirs) as workspace:
        sign(workspace, None, "rollback")
    with at_work(mine) as workspace:
        key_retire(workspace, bob.id, "left")
    meet(theirs, mine)
    with at_work(mine) as workspace:
        assert [each.why.code for each in log(workspace) if each.why] == ["retired-key"]
        assert status(workspace).decision.item("rollback").sign_offs == ()  # type: ignore[union-attr]


def _ready(workspace: Workspace) -> None:
    open_promotion(workspace, "staging-to-preprod", "v1")
    run_all(workspace)
    sign(workspace, None, "rollback")


def test_a_compromise_holds_an_open_promotion_and_leaves_a_promoted_one_with_a_warning(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice, bob)
    with at_work(directory) as workspace:
        _ready(workspace)
        believed = log(workspace)[-1].commit
    become(directory, bob)
    with at_work(directory) as workspace:
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
    become(directory, alice)
    with at_work(directory) as workspace:
        assert status(workspace).decision.answer is Answer.OPEN
        asyncio.run(promote(workspace, None, on_event=ignore))
        taken = key_compromised(workspace, bob.id, believed, "stolen")
        assert [each.entry.actor.id for each in taken.disowned] == ["bob"]
        decision = status(workspace).decision
        assert (decision.answer, decision.exit_code) == (Answer.PROMOTED, ExitCode.YES)
        assert [
            each.code for each in decision.warnings if each.code not in ("opener-signed", "author-signed")
        ] == ["compromised-later"]
        assert decision.warnings[-1].parameters["items"] == ("accounts",)


def test_a_compromise_before_the_promotion_blocks_it(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    directory = shop(tmp_path / "shop", alice, bob)
    with at_work(directory) as workspace:
        _ready(workspace)
        believed = log(workspace)[-1].commit
    become(directory, bob)
    with at_work(directory) as workspace:
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
    become(directory, alice)
    with at_work(directory) as workspace:
        key_compromised(workspace, bob.id, believed, "stolen")
        decision = status(workspace).decision
        assert decision.answer is Answer.BLOCKED
        assert [each.message.code for each in decision.reasons] == [
            "sign-off-missing",
            "sign-off-compromised",
        ]


def test_the_tenures_of_a_roster_name_the_entry_that_gave_and_the_one_that_took(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice, bob)
    newer = make_signer(tmp_path / "keys", "Bob", "bob2@example.com")
    become(directory, bob)
    with at_work(directory) as workspace:
        roster_apply(workspace)
        added = key_add(workspace, newer.public).recorded
        git(directory, "config", "user.signingkey", str(newer.key))
        taken = key_retire(workspace, bob.id).recorded
        keys = {
            each.which: (each.since.entry.id, each.until and each.until.entry.id)
            for each in roster_history(workspace)
            if each.given is Given.KEY and each.person.id == "bob"
        }
        genesis = log(workspace)[0]
    assert keys[newer.id] == (added.entry.id, None)
    assert keys[bob.id] == (genesis.entry.id, taken.entry.id)  # type: ignore[union-attr]


def test_the_new_key_cannot_vouch_for_itself(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    directory = shop(tmp_path / "shop", alice, bob)
    newer = make_signer(tmp_path / "keys", "Bob", "bob2@example.com")
    become(directory, bob)
    with at_work(directory) as workspace:
        roster_apply(workspace)
        git(directory, "config", "user.signingkey", str(newer.key))
        with pytest.raises(Refused) as refused:
            key_add(workspace, f"{newer.key}.pub")
    assert "new key" in Language().say(refused.value.wrong)


def test_a_roster_that_locks_everybody_out_is_not_applied(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    mine, _ = two_clones(tmp_path, alice, bob)
    path = mine / "checklists" / "pipeline.yaml"
    path.write_text(path.read_text().replace("roster-admin", "operations"))
    before = in_force(mine)
    with at_work(mine) as workspace:
        assert [each.code for each in roster_show(workspace).remarks] == ["no-admin-left"]
        with pytest.raises(Refused) as refused:
            roster_apply(workspace)
    assert refused.value.remedy is not None
    assert before == in_force(mine)


def test_the_last_key_of_the_last_admin_is_not_retired(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    mine, _ = two_clones(tmp_path, alice, bob)
    with at_work(mine) as workspace:
        key_retire(workspace, bob.id)
        with pytest.raises(Refused):
            key_retire(workspace, alice.id)
        key_compromised(workspace, alice.id, workspace.trail.tip, "the laptop is gone")
        assert not roster_show(workspace).in_force.people[0].keys


def test_the_roster_of_a_bare_clone_is_the_one_in_force(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    mine, _ = two_clones(tmp_path, alice, bob)
    git(tmp_path, "clone", "-q", "--bare", str(mine), "bare.git")
    with at_work(tmp_path / "bare.git") as workspace:
        view = roster_show(workspace)
    assert (view.differs, view.changed) == (False, None)
    assert [(each.id, each.roles) for each in view.in_force.people] == in_force(mine)


def test_a_clone_without_checklists_brings_the_trail_that_its_remote_has(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    mine, _ = two_clones(tmp_path, alice, bob)
    reader = tmp_path / "reader"
    git(tmp_path, "init", "-q", str(reader))
    become(reader, bob)
    git(reader, "remote", "add", "origin", str(tmp_path / "hub.git"))
    git(reader, "fetch", "-q", "origin")
    with at_work(reader) as workspace:
        sync(workspace)
        assert verify(workspace).exit_code is ExitCode.YES
    assert in_force(reader) == in_force(mine)

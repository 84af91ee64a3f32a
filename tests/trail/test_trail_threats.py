"""The threat table, row by row: each attack made on a real trail with real keys, and what `verify`, `status` and
`status --gate` make of it. None opens the gate."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promoter.model.entry import (
    Entry,
    Genesis,
    ItemBinding,
    KeyCompromised,
    KeyRetired,
    Opened,
    Promoted,
    Rejected,
    Revoked,
    RosterChanged,
    SignedOff,
)
from promoter.model.release import Release
from promoter.model.roster import ROSTER_ADMIN, Person, PersonClass, Roster
from promoter.trail.entry import blob_path, entry_bytes, entry_path
from promoter.trail.severity import gravest
from tests.support.command_line import away_from_home, promoter
from tests.support.git_repositories import Signer, git, make_signer
from tests.support.lying_index import let_everything_count
from tests.support.threatened_shop import CHECKLIST, ThreatenedShop, shop_before_threats, threatened
from tests.support.trail_histories import actor, digest_of, files_of, person

ALTERED = 4
UNSAID = {"compromised-key", "copy-differs"}
"""The gate says the first of its sign-off, and a copy that nobody names is nobody's entry."""

OF_THE_WHOLE = {"history-replaced", "history-grafted", "object-differs", "object-missing"}


@pytest.fixture(scope="module")
def people(keys: Path) -> tuple[Signer, Signer, Signer]:
    names = (("Alice Martin", "alice"), ("Bob Durand", "bob"), ("Build server", "ci"))
    alice, bob, machine = (make_signer(keys / "shop", name, f"{short}@example.com") for name, short in names)
    return alice, bob, machine


@pytest.fixture(scope="module")
def mallory(keys: Path) -> Signer:
    return make_signer(keys / "shop", "Mallory", "mallory@example.com")


@pytest.fixture(scope="module")
def before(people: tuple[Signer, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("threats")
    with away_from_home(directory / "home"):
        yield shop_before_threats(directory / "shop", people)


@pytest.fixture
def shop(before: Path, tmp_path: Path, people: tuple[Signer, ...], mallory: Signer) -> ThreatenedShop:
    return threatened(before, tmp_path / "shop", people, mallory)


@dataclass(frozen=True)
class Row:
    """An attack, and what must be said of it: the finding's code and severity, how `verify` and the gate end.

    Which of two codes it is may depend on which commit id is lower; `full`: only `verify --full` sees it.
    """

    attack: Callable[[ThreatenedShop], object]
    code: str
    severity: str = "not-counted"
    verify: int = 0
    gate: int = 5
    full: bool = False

    @property
    def name(self) -> str:
        return f"{self.attack.__name__}: {self.code}"


def another_members_key_signs_in_bobs_name(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.bob), shop.bob, key=shop.alice)


def a_member_commits_as_bob_what_says_it_is_by_themselves(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.alice), shop.bob, key=shop.alice)


def a_stranger_signs_in_bobs_name(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.bob), shop.bob, key=shop.mallory)


def a_stranger_signs_under_a_wildcard_that_git_allows(shop: ThreatenedShop) -> None:
    signers = shop.directory / ".git" / "allowed_signers"
    signers.write_text(f"*@example.com {shop.mallory.public}\n")
    git(shop.directory, "config", "gpg.ssh.allowedSignersFile", str(signers))
    commit = shop.push(shop.sign_off(shop.bob), shop.bob, key=shop.mallory)
    git(shop.directory, "verify-commit", commit)


def a_roster_admin_lists_a_wildcard_address(shop: ThreatenedShop) -> None:
    anyone = replace(person(shop.mallory, "operations"), emails=("*@example.com",))
    shop.push(shop.entry(RosterChanged(Roster((*members(shop), anyone))), shop.alice), shop.alice)
    forged = shop.sign_off(shop.mallory, actor=replace(actor(shop.mallory), email=shop.bob.email))
    shop.push(forged, replace(shop.bob, key=shop.mallory.key))


def nobody_signs_in_bobs_name(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.bob), shop.bob, signed=False)


def a_stranger_signs_as_themselves(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.mallory), shop.mallory)


def a_member_without_the_role_signs(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.alice), shop.alice)


def a_sign_off_is_dated_back_into_a_membership_that_ended(shop: ThreatenedShop) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    left = [replace(each, valid_until=yesterday) if each.id == "bob" else each for each in members(shop)]
    shop.push(shop.entry(RosterChanged(Roster(tuple(left))), shop.alice), shop.alice)
    shop.push(shop.sign_off(shop.bob, at=days_ago(2)), shop.bob)


def a_sign_off_for_what_somebody_else_must_sign_is_dated_back(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.bob, "training", at=days_ago(2)), shop.bob)


def the_branch_is_rewritten(shop: ThreatenedShop) -> None:
    seen(shop)
    first = git(shop.directory, "rev-list", "--max-parents=0", shop.tip)
    shop.push(shop.sign_off(shop.bob), shop.bob, after=[first])


def the_end_of_the_branch_is_cut_off(shop: ThreatenedShop) -> None:
    seen(shop)
    shop.history.point(git(shop.directory, "rev-parse", f"{shop.tip}~1"))


def the_branch_is_deleted(shop: ThreatenedShop) -> None:
    seen(shop)
    git(shop.directory, "update-ref", "-d", "refs/heads/promoter/trail")


def the_trail_is_replaced_by_another(shop: ThreatenedShop) -> None:
    seen(shop)
    begin = shop.entry(Genesis(1, Roster((person(shop.mallory, ROSTER_ADMIN),))), shop.mallory)
    shop.push(begin, shop.mallory, after=[])


def another_trail_is_joined_to_this_one(shop: ThreatenedShop) -> None:
    ours = shop.tip
    begin = shop.entry(Genesis(1, Roster((person(shop.mallory, ROSTER_ADMIN),))), shop.mallory)
    theirs = shop.push(begin, shop.mallory, after=[])
    shop.history.merge(ours, theirs, by=shop.mallory)


def a_second_genesis_is_written(shop: ThreatenedShop) -> None:
    begin = shop.entry(Genesis(1, Roster((person(shop.mallory, ROSTER_ADMIN),))), shop.mallory)
    shop.push(begin, shop.mallory)


def a_sign_off_is_copied_to_another_promotion(shop: ThreatenedShop) -> None:
    voice = elsewhere(shop)
    there = entry_path(replace(voice, subject=shop.opening.entry.subject))
    shop.history.commit({there: entry_bytes(voice)}, by=shop.mallory)


def a_sign_off_is_copied_into_another_promotion_and_signed_again(shop: ThreatenedShop) -> None:
    shop.push(replace(elsewhere(shop), subject=shop.opening.entry.subject), shop.bob, key=shop.mallory)


def a_sign_off_for_another_release_is_put_here(shop: ThreatenedShop) -> None:
    subject = shop.opening.entry.subject
    assert subject is not None
    other = replace(subject, release=Release("v0", "a" * 40, "b" * 40))
    shop.push(shop.sign_off(shop.bob, subject=other), shop.bob)


def a_sign_off_of_another_trail_is_put_here(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.bob, trail="f" * 32), shop.bob)


def a_sign_off_of_another_pipeline_is_put_here(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.bob, pipeline="another-shop"), shop.bob)


def a_revoked_sign_off_is_put_here_again(shop: ThreatenedShop) -> None:
    voice, base = shop.sign_off(shop.bob), shop.tip
    shop.push(voice, shop.bob)
    revoked = shop.entry(Revoked("too early"), shop.bob, item="rollback", refers_to=(voice.id,))
    ours = shop.push(revoked, shop.bob)
    copy = shop.push(voice, shop.mallory, after=[base])
    shop.history.merge(ours, copy, by=shop.mallory)


def a_signed_commit_is_put_after_another_one(shop: ThreatenedShop) -> None:
    voice, base = shop.sign_off(shop.bob), shop.tip
    honest = shop.push(voice, shop.bob)
    shop.history.point(base)
    later = shop.push(shop.sign_off(shop.alice, "training"), shop.alice)
    joined = shop.push(voice, shop.mallory)
    raw = git(shop.directory, "cat-file", "commit", honest).replace(base, later) + "\n"
    moved = raw.replace(tree_of(shop, honest), tree_of(shop, joined)).encode()
    shop.history.point(git(shop.directory, "hash-object", "-t", "commit", "-w", "--stdin", given=moved))


def the_pinned_checklist_is_gutted(shop: ThreatenedShop) -> None:
    gutted = CHECKLIST.replace("{roles: [operations]}", "{}").encode()
    shop.history.commit({pinned_checklist(shop): gutted}, by=shop.mallory)


def the_pinned_checklist_is_taken_away(shop: ThreatenedShop) -> None:
    shop.history.commit({}, by=shop.mallory, without=[pinned_checklist(shop)])


def a_sign_off_answers_for_an_earlier_wording_of_the_item(shop: ThreatenedShop) -> None:
    earlier = ItemBinding("rollback", digest_of(b"an earlier wording"))
    shop.push(replace(shop.sign_off(shop.bob), item=earlier), shop.bob)


def a_machine_signs_off(shop: ThreatenedShop) -> None:
    shop.push(shop.as_machine(shop.sign_off(shop.machine)), shop.machine)


def a_machine_says_it_is_a_person(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.machine), shop.machine)


def an_entry_is_changed(shop: ThreatenedShop) -> None:
    voice = shop.sign_off(shop.alice, "training")
    shop.push(voice, shop.alice)
    changed = entry_bytes(replace(voice, content=SignedOff("something else")))
    shop.history.commit({entry_path(voice): changed}, by=shop.mallory)


def a_rejection_is_deleted(shop: ThreatenedShop) -> None:
    _, rejection = disputed(shop)
    shop.history.commit({}, by=shop.mallory, without=[entry_path(rejection)])


def a_merge_drops_a_rejection(shop: ThreatenedShop) -> None:
    base, rejection = disputed(shop)
    theirs = shop.tip
    ours = shop.push(shop.sign_off(shop.bob, "training"), shop.bob, after=[base])
    shop.history.merge(theirs, ours, by=shop.mallory, without=[entry_path(rejection)])


def a_merge_alters_a_rejection(shop: ThreatenedShop) -> None:
    base, rejection = disputed(shop)
    theirs = shop.tip
    ours = shop.push(shop.sign_off(shop.bob, "training"), shop.bob, after=[base])
    altered = entry_bytes(replace(rejection, content=Rejected("never mind")))
    shop.history.merge(theirs, ours, by=shop.mallory, files={entry_path(rejection): altered})


def a_merge_brings_a_sign_off_in(shop: ThreatenedShop) -> None:
    base = shop.tip
    ours = shop.push(shop.sign_off(shop.alice, "training"), shop.alice)
    theirs = shop.push(shop.sign_off(shop.bob, "training"), shop.bob, after=[base])
    shop.history.merge(ours, theirs, by=shop.mallory, files=files_of(shop.sign_off(shop.bob)))


def an_unsigned_merge_brings_a_sign_off_in(shop: ThreatenedShop) -> None:
    base = shop.tip
    ours = shop.push(shop.sign_off(shop.alice, "training"), shop.alice)
    theirs = shop.push(shop.sign_off(shop.bob, "training"), shop.bob, after=[base])
    voice = files_of(shop.sign_off(shop.bob))
    shop.history.merge(ours, theirs, by=shop.bob, files=voice, signed=False)


def a_retired_key_signs(shop: ThreatenedShop) -> None:
    retire(shop)
    shop.push(shop.sign_off(shop.bob), shop.bob)


def a_retired_key_signs_beside_its_retirement_and_dates_it_back(shop: ThreatenedShop) -> None:
    base = shop.tip
    retired = retire(shop)
    beside = shop.push(shop.sign_off(shop.bob, at=days_ago(1)), shop.bob, after=[base])
    shop.history.merge(retired, beside, by=shop.bob)


def a_compromised_key_signed(shop: ThreatenedShop) -> None:
    believed = shop.tip
    shop.push(shop.sign_off(shop.bob), shop.bob)
    lost = KeyCompromised("bob", shop.bob.id, believed, "the laptop was stolen")
    shop.push(shop.entry(lost, shop.alice), shop.alice)


def somebody_who_is_no_admin_writes_a_roster(shop: ThreatenedShop) -> None:
    rival = (*members(shop), person(shop.mallory, "operations"))
    shop.push(shop.entry(RosterChanged(Roster(rival)), shop.bob), shop.bob)
    shop.push(shop.sign_off(shop.mallory), shop.mallory)


def a_stranger_writes_a_roster(shop: ThreatenedShop) -> None:
    rival = person(shop.mallory, ROSTER_ADMIN, "operations")
    shop.push(shop.entry(RosterChanged(Roster((rival,))), shop.mallory), shop.mallory)
    shop.push(shop.sign_off(shop.mallory), shop.mallory)


def an_entry_of_two_megabytes_is_pushed(shop: ThreatenedShop) -> None:
    shop.history.commit({entry_path(shop.sign_off(shop.bob)): b"{" * 2_000_000}, by=shop.mallory)


def an_entry_of_nothing_but_brackets_is_pushed(shop: ThreatenedShop) -> None:
    shop.history.commit({entry_path(shop.sign_off(shop.bob)): b"[" * 500_000}, by=shop.mallory)


def an_entry_in_another_form_is_pushed(shop: ThreatenedShop) -> None:
    voice = shop.sign_off(shop.bob)
    shop.history.commit({entry_path(voice): b" " + entry_bytes(voice)}, by=shop.bob)


def an_entry_that_is_a_symbolic_link_is_pushed(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.bob), shop.bob, mode="120000")


def an_entry_that_is_a_submodule_is_pushed(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.bob), shop.bob, mode="160000")


def a_file_that_has_no_place_is_pushed(shop: ThreatenedShop) -> None:
    shop.history.commit({"run.sh": b"#!/bin/sh"}, by=shop.mallory)


def a_copy_that_is_not_what_its_name_says_is_pushed(shop: ThreatenedShop) -> None:
    shop.history.commit({blob_path(digest_of(b"what was promised")): b"something else"}, by=shop.mallory)


def entries_are_pushed_together(shop: ThreatenedShop) -> None:
    both = files_of(shop.sign_off(shop.bob), shop.sign_off(shop.bob, "training"))
    shop.history.commit(both, by=shop.bob)


def what_is_not_there_is_revoked(shop: ThreatenedShop) -> None:
    nothing = shop.sign_off(shop.bob).id
    shop.push(shop.entry(Revoked("no"), shop.alice, item="training", refers_to=(nothing,)), shop.alice)


def a_member_writes_with_a_newer_promoter(shop: ThreatenedShop) -> None:
    shop.history.commit(newer(shop), by=shop.bob)


def a_stranger_says_they_have_a_newer_promoter(shop: ThreatenedShop) -> None:
    shop.history.commit(newer(shop), by=shop.mallory)


def git_is_told_to_show_another_commit(shop: ThreatenedShop) -> None:
    tip = shop.tip
    forged = shop.push(shop.sign_off(shop.bob), shop.mallory)
    shop.history.point(tip)
    git(shop.directory, "replace", tip, forged)


def git_is_told_of_other_parents(shop: ThreatenedShop) -> None:
    (shop.directory / ".git" / "info").mkdir(exist_ok=True)
    (shop.directory / ".git" / "info" / "grafts").write_text(f"{shop.tip}\n")


def part_of_the_history_is_not_here(shop: ThreatenedShop) -> None:
    forget(shop)
    (shop.directory / ".git" / "shallow").write_text(git(shop.directory, "rev-parse", f"{shop.tip}~1") + "\n")


def an_entry_is_not_here(shop: ThreatenedShop) -> None:
    forget(shop)
    lost(shop, f"{shop.tip}:{shop.opening.path}").unlink()


def an_object_is_not_what_it_was(shop: ThreatenedShop) -> None:
    voice = shop.sign_off(shop.alice, "training")
    shop.push(voice, shop.alice)
    promoter("-C", shop.directory, "status")
    other = git(shop.directory, "hash-object", "-w", "--stdin", given=b"{}")
    target = lost(shop, f"{shop.tip}:{entry_path(voice)}")
    target.chmod(0o644)
    target.write_bytes((target.parents[1] / other[:2] / other[2:]).read_bytes())


def the_index_of_this_clone_is_written_to(shop: ThreatenedShop) -> None:
    shop.push(shop.sign_off(shop.mallory), shop.mallory)
    promoter("-C", shop.directory, "status")
    let_everything_count(shop.directory, "promoter/trail")


def a_decision_quotes_a_tip_that_nobody_saw(shop: ThreatenedShop) -> None:
    decision = shop.entry(Promoted("f" * 40, 99, "open", claimed=False), shop.alice)
    shop.push(decision, shop.alice)


def members(shop: ThreatenedShop) -> tuple[Person, ...]:
    machine = person(shop.machine, "operations", person_class=PersonClass.MACHINE)
    return (person(shop.alice, ROSTER_ADMIN), person(shop.bob, "operations"), machine)


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def seen(shop: ThreatenedShop) -> None:
    """This clone has seen Alice reject `training`: the gate is blocked."""
    disputed(shop)
    assert promoter("-C", shop.directory, "status", "--gate").code == 1


def disputed(shop: ThreatenedShop) -> tuple[str, Entry]:
    """Bob signs `rollback`, which would open the gate, and Alice rejects `training`. Where Bob's is, and hers."""
    base = shop.push(shop.sign_off(shop.bob), shop.bob)
    rejection = shop.entry(Rejected("nobody was there"), shop.alice, item="training")
    shop.push(rejection, shop.alice)
    return base, rejection


def elsewhere(shop: ThreatenedShop) -> Entry:
    """Bob signs `rollback` off in another promotion."""
    subject = shop.opening.entry.subject
    assert subject is not None
    voice = shop.sign_off(shop.bob, subject=replace(subject, promotion="v0-preprod-000000"))
    shop.push(voice, shop.bob)
    return voice


def retire(shop: ThreatenedShop) -> str:
    return shop.push(shop.entry(KeyRetired("bob", shop.bob.id, "a new laptop"), shop.alice), shop.alice)


def newer(shop: ThreatenedShop) -> dict[str, bytes]:
    voice = shop.sign_off(shop.bob)
    return {entry_path(voice): entry_bytes(voice).replace(b"promoter/entry/1", b"promoter/entry/3")}


def pinned_checklist(shop: ThreatenedShop) -> str:
    content = shop.opening.entry.content
    assert isinstance(content, Opened)
    return blob_path(content.checklist.digest)


def tree_of(shop: ThreatenedShop, commit: str) -> str:
    return git(shop.directory, "rev-parse", f"{commit}^{{tree}}")


def forget(shop: ThreatenedShop) -> None:
    """As in a new clone: neither index nor memory."""
    shutil.rmtree(shop.directory / ".git" / "promoter")


def lost(shop: ThreatenedShop, name: str) -> Path:
    """The file of a loose object."""
    oid = git(shop.directory, "rev-parse", name)
    return shop.directory / ".git" / "objects" / oid[:2] / oid[2:]


TABLE = (
    Row(another_members_key_signs_in_bobs_name, "signer-not-actor"),
    Row(a_member_commits_as_bob_what_says_it_is_by_themselves, "author-not-signer"),
    Row(a_stranger_signs_in_bobs_name, "unknown-key"),
    Row(a_stranger_signs_under_a_wildcard_that_git_allows, "unknown-key"),
    Row(a_roster_admin_lists_a_wildcard_address, "author-not-signer"),
    Row(nobody_signs_in_bobs_name, "unsigned"),
    Row(a_stranger_signs_as_themselves, "unknown-key"),
    Row(a_member_without_the_role_signs, "signed-without-role", "note"),
    Row(a_sign_off_is_dated_back_into_a_membership_that_ended, "outside-membership"),
    Row(a_sign_off_for_what_somebody_else_must_sign_is_dated_back, "time-before-parent", "note"),
    Row(the_branch_is_rewritten, "trail-rewritten", "untrusted", ALTERED, ALTERED),
    Row(the_end_of_the_branch_is_cut_off, "trail-rewound", "untrusted", ALTERED, ALTERED),
    Row(the_branch_is_deleted, "trail-deleted", "untrusted", ALTERED, ALTERED),
    Row(the_trail_is_replaced_by_another, "trail-replaced", "untrusted", ALTERED, ALTERED),
    Row(another_trail_is_joined_to_this_one, "several-beginnings", "untrusted", ALTERED, ALTERED),
    Row(a_second_genesis_is_written, "second-genesis"),
    Row(a_sign_off_is_copied_to_another_promotion, "entry-wrong-path"),
    Row(a_sign_off_is_copied_into_another_promotion_and_signed_again, "duplicate-entry"),
    Row(a_sign_off_for_another_release_is_put_here, "binding-differs", "note"),
    Row(a_sign_off_of_another_trail_is_put_here, "other-trail"),
    Row(a_sign_off_of_another_pipeline_is_put_here, "other-pipeline"),
    Row(a_revoked_sign_off_is_put_here_again, "unknown-key or duplicate-entry"),
    Row(a_signed_commit_is_put_after_another_one, "bad-signature"),
    Row(the_pinned_checklist_is_gutted, "file-changed", "untrusted", ALTERED, ALTERED),
    Row(the_pinned_checklist_is_taken_away, "file-removed", "untrusted", ALTERED, ALTERED),
    Row(a_sign_off_answers_for_an_earlier_wording_of_the_item, "item-differs", "note"),
    Row(a_machine_signs_off, "machine-decides"),
    Row(a_machine_says_it_is_a_person, "class-differs"),
    Row(an_entry_is_changed, "file-changed", "untrusted", ALTERED, ALTERED),
    Row(a_rejection_is_deleted, "file-removed", "untrusted", ALTERED, ALTERED),
    Row(a_merge_drops_a_rejection, "removed-by-merge", "untrusted", ALTERED, ALTERED),
    Row(a_merge_alters_a_rejection, "changed-by-merge", "untrusted", ALTERED, ALTERED),
    Row(a_merge_brings_a_sign_off_in, "smuggled-by-merge", "untrusted", ALTERED, ALTERED),
    Row(an_unsigned_merge_brings_a_sign_off_in, "smuggled-by-merge", "untrusted", ALTERED, ALTERED),
    Row(a_retired_key_signs, "retired-key"),
    Row(a_retired_key_signs_beside_its_retirement_and_dates_it_back, "retired-key"),
    Row(a_compromised_key_signed, "compromised-key"),
    Row(somebody_who_is_no_admin_writes_a_roster, "not-roster-admin"),
    Row(a_stranger_writes_a_roster, "unknown-key"),
    Row(an_entry_of_two_megabytes_is_pushed, "entry-too-large"),
    Row(an_entry_of_nothing_but_brackets_is_pushed, "malformed-entry"),
    Row(an_entry_in_another_form_is_pushed, "malformed-entry"),
    Row(an_entry_that_is_a_symbolic_link_is_pushed, "entry-not-a-file"),
    Row(an_entry_that_is_a_submodule_is_pushed, "entry-not-a-file"),
    Row(a_file_that_has_no_place_is_pushed, "foreign-file", "note"),
    Row(a_copy_that_is_not_what_its_name_says_is_pushed, "copy-differs"),
    Row(entries_are_pushed_together, "several-entries"),
    Row(what_is_not_there_is_revoked, "refers-to-missing"),
    Row(a_member_writes_with_a_newer_promoter, "written-by-newer", "unsure", 6, 6),
    Row(a_stranger_says_they_have_a_newer_promoter, "written-by-newer"),
    Row(git_is_told_to_show_another_commit, "history-replaced", "note"),
    Row(git_is_told_of_other_parents, "history-grafted", "note"),
    Row(part_of_the_history_is_not_here, "parent-missing", "unsure", 6, 6),
    Row(an_entry_is_not_here, "entry-missing", "unsure", 6, 6),
    Row(an_object_is_not_what_it_was, "object-differs", "untrusted", ALTERED, full=True),
    Row(the_index_of_this_clone_is_written_to, "counted-no-more", "untrusted", ALTERED, full=True),
    Row(a_decision_quotes_a_tip_that_nobody_saw, "decided-elsewhere", "note", gate=1, full=True),
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_verify_names_each_attack_and_the_gate_stays_shut(shop: ThreatenedShop, row: Row) -> None:
    row.attack(shop)

    status, standing = shop.answers("status")
    gate, _ = shop.answers("status", "--gate")
    assert (gate, status) == (row.gate, row.gate if row.gate in (4, 6) and "gate" not in standing else 0)
    if "gate" in standing:
        assert standing["gate"]["answer"] not in ("open", "open-with-waivers")
        if row.severity == "not-counted" and row.code not in UNSAID:
            assert "entries-not-counted" in [each["code"] for each in standing["warnings"]]
    for full in ((), ("--full",)):
        code, verification = shop.answers("verify", *full)
        found = [each for each in verification["findings"] if each["code"] in row.code.split(" or ")]
        if row.full and not full:
            continue
        assert (code, [each["severity"] for each in found][:1]) == (row.verify, [row.severity])
        assert all(each["text"] and each["remedy"] for each in found)
        assert row.severity in (gravest(found[0]["code"]), "not-counted")
        assert all(each["commit"] or each["path"] for each in found if each["code"] not in OF_THE_WHOLE)


def test_the_table_is_of_a_gate_that_an_honest_sign_off_opens(shop: ThreatenedShop) -> None:
    assert shop.answers("status", "--gate")[0] == 5
    shop.push(shop.sign_off(shop.bob), shop.bob)
    assert shop.answers("status", "--gate")[0] == 0
    assert shop.answers("verify", "--full")[1]["findings"] == []


def test_an_unsigned_merge_that_adds_nothing_is_no_finding(shop: ThreatenedShop) -> None:
    base = shop.tip
    ours = shop.push(shop.sign_off(shop.alice, "training"), shop.alice)
    theirs = shop.push(shop.sign_off(shop.bob, "training"), shop.bob, after=[base])
    shop.history.merge(ours, theirs, by=shop.mallory, signed=False)

    for full in ((), ("--full",)):
        assert shop.answers("verify", *full)[1]["findings"] == []
    assert shop.answers("status", "--gate")[0] == 5


def by_far(raw: bytes) -> bytes:
    return re.sub(rb"committer (.*) \d+ ", rb"committer \1 99999999999999 ", raw)


def before_all_time(raw: bytes) -> bytes:
    return re.sub(rb"committer (.*) \d+ ", rb"committer \1 -62135596801 ", raw)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "dated in the year 3 million": by_far,
    "dated before the year 1": before_all_time,
    "without author": lambda raw: re.sub(rb"author .*\n", b"", raw, count=1),
    "without committer": lambda raw: re.sub(rb"committer .*\n", b"", raw, count=1),
    "with two authors": lambda raw: re.sub(rb"(author .*\n)", rb"\1\1", raw, count=1),
    "with its parent twice": lambda raw: re.sub(rb"(parent .*\n)", rb"\1\1", raw, count=1),
    "without message": lambda raw: raw.partition(b"\n\n")[0] + b"\n\n",
    "without the blank line": lambda raw: raw.partition(b"\n\n")[0] + b"\n",
    "with zeros in it": lambda raw: raw + b"\0\0\xff\xfe\n",
    "in an encoding nobody has": lambda raw: raw.replace(b"\n\n", b"\nencoding none-such\n\n", 1),
    "with an endless header": lambda raw: raw.replace(b"\n\n", b"\nx " + b"y" * 500_000 + b"\n\n", 1),
    "with a signature of nothing": lambda raw: raw.replace(b"\n\n", b"\ngpgsig \n\n", 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_commit_is_so_broken_that_anything_fails(shop: ThreatenedShop, name: str) -> None:
    honest = shop.push(shop.sign_off(shop.bob), shop.mallory)
    raw = subprocess.run(
        ["git", "cat-file", "commit", honest], cwd=shop.directory, check=True, capture_output=True
    ).stdout
    broken = BROKEN[name](raw)
    assert broken != raw
    given = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
    shop.history.point(git(shop.directory, *given, given=broken))

    for verb in (
        ("verify",),
        ("verify", "--full"),
        ("verify", "--at", shop.tip),
        ("verify", "--at", "2099-01-01"),
        ("log",),
        ("report",),
        ("status",),
    ):
        assert promoter("-C", shop.directory, *verb).code in (0, 4, 6), verb
    assert promoter("-C", shop.directory, "status", "--gate").code in (4, 5, 6)


STRANGE = (
    b"\xff\xfe.json",
    b"a\nb",
    b"..",
    b".git",
    b'"',
    b"x" * 5000,
    b"\x1b[2J",
    b"01M82933TN4GXZ8TH2D9RBSV8Q.roster.json\n",
)


@pytest.mark.parametrize("directory", ["", "r", "p"])
def test_no_name_of_a_file_is_so_strange_that_anything_fails(shop: ThreatenedShop, directory: str) -> None:
    blob = git(shop.directory, "hash-object", "-w", "--stdin", given=b"{}\n")
    beside = git(shop.directory, "ls-tree", "-z", f"{shop.tip}:{directory}").encode()
    strange = b"".join(f"100644 blob {blob}\t".encode() + name + b"\0" for name in STRANGE)
    tree = git(shop.directory, "mktree", "-z", given=beside + strange)
    if directory:
        listed = git(shop.directory, "ls-tree", "-z", shop.tip).split("\0")
        kept = [each for each in listed if each and not each.endswith(f"\t{directory}")]
        given = "\0".join([*kept, f"040000 tree {tree}\t{directory}", ""])
        tree = git(shop.directory, "mktree", "-z", given=given.encode())
    shop.history.point(git(shop.directory, "commit-tree", "-p", shop.tip, "-m", "strange", tree))

    for full in ((), ("--full",)):
        code, verification = shop.answers("verify", *full)
        assert code == 0
        assert [each["code"] for each in verification["findings"]] == ["foreign-file"] * len(STRANGE)
        assert "\x1b" not in promoter("-C", shop.directory, "verify", *full).out
    assert shop.answers("status", "--gate")[0] == 5

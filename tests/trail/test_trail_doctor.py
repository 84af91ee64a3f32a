"""Every ailment, made for real: what the doctor says of it, and that mending it mends it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.messages import Language
from promoter.model.entry import EntryType, Revoked
from promoter.trail.ailment import PHRASES, REMEDIES, Gravity
from promoter.trail.damage import OLD_S
from promoter.trail.entry import entry_bytes, entry_path
from promoter.trail.outbox import Outbox
from promoter.trail.repository import Repository
from promoter.trail.trail import Trail
from promoter.usecases.doctoring import Health, examine
from promoter.usecases.language import phrasebook
from promoter.usecases.settings import Settings
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, commit_file, git, make_repository, make_signer
from tests.support.trail_entries import PIPELINE, digest_of, genesis, opened, sign_off
from tests.support.trail_histories import genesis as begin
from tests.support.trail_histories import person

BRANCH = "promoter/trail"
REFERENCE = f"refs/heads/{BRANCH}"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doctor") / "alice"


@pytest.fixture
def clone(made_once: Path, tmp_path: Path, alice: Signer) -> Path:
    """A repository of Alice with a trail of two entries."""
    if not made_once.exists():
        append(make_repository(made_once, person=alice), genesis(alice), sign_off(alice))
    return Path(shutil.copytree(made_once, tmp_path / "alice"))


def append(directory: Path, *entries: object) -> str:
    with Repository.discover(directory) as repository:
        trail = Trail(repository, BRANCH)
        return [trail.append(each) for each in entries][-1].commit  # type: ignore[arg-type]


def look(directory: Path, *, fix: bool = False) -> Health:
    return examine(Settings(directory), fix=fix)


def codes(health: Health) -> set[str]:
    return {each.message.code for each in health.ailments}


def blocking(health: Health) -> set[str]:
    return {each.message.code for each in health.ailments if each.gravity is Gravity.BLOCKS}


def entries_on(directory: Path) -> list[str]:
    return git(directory, "ls-tree", "-r", "--name-only", REFERENCE).splitlines()


def object_file(directory: Path, name: str) -> Path:
    oid = git(directory, "rev-parse", name)
    return directory / ".git" / "objects" / oid[:2] / oid[2:]


def empty(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"")


def pushed(directory: Path) -> Path:
    """A bare repository beside it that has its trail."""
    server = make_repository(directory.parent / "server.git", bare=True)
    git(directory, "remote", "add", "origin", str(server))
    with Repository.discover(directory) as repository:
        Trail(repository, BRANCH).sync()
    return server


def test_a_healthy_clone_has_only_what_waits_to_be_pushed(clone: Path) -> None:
    health = look(clone)
    assert {"entries-waiting"} == codes(health)
    assert health.exit_code == 0
    pushed(clone)
    assert set() == codes(look(clone))


def test_a_repository_without_a_trail_is_healthy(repository_of_alice: Path) -> None:
    assert look(repository_of_alice).ailments == ()


def test_every_code_has_words_and_a_remedy_that_can_be_said() -> None:
    assert PHRASES.keys() <= REMEDIES.keys()
    assert all(phrasebook(code) for code in REMEDIES)


def no_identity(directory: Path) -> None:
    git(directory, "config", "--unset", "user.name")
    git(directory, "config", "--unset", "user.email")


def no_key(directory: Path) -> None:
    for key in ("user.signingkey", "gpg.format", "commit.gpgsign"):
        git(directory, "config", "--unset", key)


def unreadable_key(directory: Path) -> None:
    git(directory, "config", "user.signingkey", "/nonexistent/key")


def checked_out(directory: Path) -> None:
    git(directory, "worktree", "add", "-q", str(directory.parent / "there"), BRANCH)


def mirror(directory: Path) -> None:
    git(directory, "remote", "add", "--mirror=fetch", "hub", "/nonexistent/hub.git")


def pruning(directory: Path) -> None:
    git(directory, "remote", "add", "hub", "/nonexistent/hub.git")
    git(directory, "config", "remote.hub.fetch", "refs/heads/*:refs/heads/*")
    git(directory, "config", "fetch.prune", "true")


def mirror_push(directory: Path) -> None:
    git(directory, "remote", "add", "--mirror=push", "hub", "/nonexistent/hub.git")


def prune_now(directory: Path) -> None:
    git(directory, "config", "gc.pruneExpire", "now")


def replaced(directory: Path) -> None:
    git(directory, "replace", REFERENCE, f"{REFERENCE}~1")


def grafted(directory: Path) -> None:
    (directory / ".git" / "info").mkdir(exist_ok=True)
    (directory / ".git" / "info" / "grafts").write_text(git(directory, "rev-parse", REFERENCE) + "\n")


def damaged_index(directory: Path) -> None:
    [index] = (directory / ".git" / "promoter").glob("index-*.sqlite")
    index.write_bytes(b"not a database at all" * 100)


def damaged_anchor(directory: Path) -> None:
    (directory / ".git" / "promoter" / "anchor").write_text("{")


def recent_lock(directory: Path) -> None:
    (directory / ".git" / f"{REFERENCE}.lock").touch()


def old_lock(directory: Path) -> None:
    aged(directory / ".git" / f"{REFERENCE}.lock")


def index_lock(directory: Path) -> None:
    aged(directory / ".git" / "index.lock")


def aged(path: Path) -> Path:
    path.touch()
    then = time.time() - OLD_S - 60
    os.utime(path, (then, then))
    return path


def deleted(directory: Path) -> None:
    git(directory, "branch", "-q", "-D", BRANCH)


def rewound(directory: Path) -> None:
    git(directory, "update-ref", REFERENCE, f"{REFERENCE}~1")


def emptied_entry(directory: Path) -> None:
    empty(object_file(directory, f"{REFERENCE}:{entries_on(directory)[0]}"))


def lost_tree(directory: Path) -> None:
    object_file(directory, f"{REFERENCE}^{{tree}}").unlink()


def lost_tip(directory: Path) -> None:
    object_file(directory, REFERENCE).unlink()


def pipeline_that_does_not_load(directory: Path) -> None:
    (directory / "checklists").mkdir()
    (directory / "checklists" / "pipeline.yaml").write_text("pipeline: [\n")


MADE: list[tuple[Callable[[Path], None], str, Gravity]] = [
    (no_identity, "no-identity", Gravity.BLOCKS),
    (no_key, "no-signing-key", Gravity.NOTE),
    (unreadable_key, "signing-key-unreadable", Gravity.BLOCKS),
    (checked_out, "trail-checked-out", Gravity.BLOCKS),
    (mirror, "mirror-refspec", Gravity.RISK),
    (pruning, "mirror-refspec", Gravity.RISK),
    (mirror_push, "mirror-push", Gravity.RISK),
    (prune_now, "prune-too-soon", Gravity.RISK),
    (replaced, "history-replaced", Gravity.NOTE),
    (grafted, "history-grafted", Gravity.NOTE),
    (damaged_index, "index-unreadable", Gravity.NOTE),
    (damaged_anchor, "anchor-unreadable", Gravity.BLOCKS),
    (recent_lock, "foreign-lock", Gravity.NOTE),
    (index_lock, "foreign-lock", Gravity.RISK),
    (old_lock, "stale-lock", Gravity.BLOCKS),
    (deleted, "trail-behind-anchor", Gravity.BLOCKS),
    (rewound, "trail-behind-anchor", Gravity.BLOCKS),
    (emptied_entry, "empty-object", Gravity.BLOCKS),
    (emptied_entry, "trail-incomplete", Gravity.BLOCKS),
    (lost_tree, "trail-incomplete", Gravity.BLOCKS),
    (lost_tip, "tip-unreadable", Gravity.BLOCKS),
    (pipeline_that_does_not_load, "pipeline-unreadable", Gravity.NOTE),
]


@pytest.mark.parametrize(("make", "code", "gravity"), MADE, ids=[f"{m.__name__}-{c}" for m, c, _ in MADE])
def test_what_is_wrong_is_named_with_its_gravity_and_a_remedy(
    clone: Path, make: Callable[[Path], None], code: str, gravity: Gravity
) -> None:
    make(clone)
    health = look(clone)
    [found] = [each for each in health.ailments if each.message.code == code]
    assert gravity is found.gravity
    assert (health.exit_code == 6) is bool(blocking(health))
    language = Language("en", phrasebook=phrasebook)
    assert code not in language.say(found.message)
    assert found.remedy is not None
    assert "{" not in language.say(found.remedy).replace("trail: {branch", "")


@pytest.mark.parametrize(
    "make",
    [damaged_index, old_lock, deleted, rewound, emptied_entry, lost_tree, lost_tip],
    ids=lambda make: make.__name__,
)
def test_what_is_mended_is_mended_and_nothing_recorded_is_lost(
    clone: Path, make: Callable[[Path], None]
) -> None:
    before = entries_on(clone)
    make(clone)
    health = look(clone, fix=True)
    assert set() == blocking(health)
    assert health.mended
    assert health.exit_code == 0
    assert before == entries_on(clone)
    with Repository.discover(clone) as repository:
        trail = Trail(repository, BRANCH)
        assert (
            len(trail.records_of_trail().recorded) + len(trail.records_of("v1-preprod-a1b2c3").recorded) == 2
        )
        assert trail.verify(full=True).exit_code == 0
    assert git(clone, "fsck", "--strict", "--no-dangling") == ""
    assert not look(clone, fix=True).mended


@pytest.mark.parametrize("make", [recent_lock, index_lock, checked_out, no_identity, mirror, damaged_anchor])
def test_what_is_not_safe_to_mend_is_left_as_it_is(clone: Path, make: Callable[[Path], None]) -> None:
    make(clone)
    before = codes(look(clone))
    health = look(clone, fix=True)
    assert before == codes(health)
    assert health.mended == ()


def test_a_lock_file_that_a_process_has_open_is_left(clone: Path) -> None:
    path = clone / ".git" / f"{REFERENCE}.lock"
    aged(path)
    with path.open("rb"):
        assert "foreign-lock" in codes(look(clone, fix=True))
    assert path.exists()
    look(clone, fix=True)
    assert not path.exists()


@pytest.mark.parametrize("make", [deleted, rewound])
def test_a_branch_that_comes_back_by_its_commits_keeps_every_signature(
    clone: Path, make: Callable[[Path], None]
) -> None:
    tip = git(clone, "rev-parse", REFERENCE)
    make(clone)
    [restored] = look(clone, fix=True).restored
    assert (tip, ()) == (restored.tip, restored.anew)
    assert tip == git(clone, "rev-parse", REFERENCE)


def test_an_entry_whose_commit_is_lost_comes_back_under_its_id_and_signed_anew(
    clone: Path, alice: Signer
) -> None:
    entry = sign_off(alice, "rollback", comment="tried it out")
    append(clone, entry)
    lost_tip(clone)
    [restored] = look(clone, fix=True).restored
    assert (entry,) == restored.anew
    assert restored.left == ()
    assert "gpgsig" in git(clone, "cat-file", "commit", REFERENCE)
    with Repository.discover(clone) as repository:
        recorded = Trail(repository, BRANCH).records_of("v1-preprod-a1b2c3").recorded
    assert entry in [each.entry for each in recorded]


def test_a_mirrors_fetch_takes_an_entry_away_and_the_doctor_brings_it_back(
    clone: Path, alice: Signer
) -> None:
    server = pushed(clone)
    append(clone, sign_off(alice, "rollback"))
    git(clone, "config", "remote.origin.fetch", "+refs/heads/*:refs/heads/*")
    git(clone, "fetch", "-q", "origin")
    assert git(server, "rev-parse", BRANCH) == git(clone, "rev-parse", REFERENCE)
    assert {"trail-behind-anchor", "entries-lost", "mirror-refspec"} <= codes(look(clone))
    look(clone, fix=True)
    assert len(entries_on(clone)) == 3
    with Repository.discover(clone) as repository:
        assert Trail(repository, BRANCH).sync().pushed == 1


def test_it_is_brought_back_from_the_outbox_when_git_has_tidied_the_commit_away(
    clone: Path, alice: Signer
) -> None:
    pushed(clone)
    entry = sign_off(alice, "rollback")
    append(clone, entry)
    git(clone, "config", "remote.origin.fetch", "+refs/heads/*:refs/heads/*")
    git(clone, "fetch", "-q", "origin")
    git(clone, "reflog", "expire", "--expire=now", "--all")
    git(clone, "gc", "-q", "--prune=now")
    [restored] = look(clone, fix=True).restored
    assert (entry,) == restored.anew
    assert len(entries_on(clone)) == 3
    with Repository.discover(clone) as repository:
        assert Trail(repository, BRANCH).sync().pushed == 1


def test_two_ways_the_branch_went_on_are_joined(
    clone: Path, alice: Signer, bob: Signer, tmp_path: Path
) -> None:
    server = pushed(clone)
    append(clone, sign_off(alice, "rollback"))
    other = make_repository(tmp_path / "other", person=bob)
    git(other, "remote", "add", "origin", str(server))
    with Repository.discover(other) as repository:
        Trail(repository, BRANCH).sync()
    append(other, sign_off(bob, "rollback"))
    git(other, "push", "-q", "origin", BRANCH)
    git(clone, "fetch", "-q", "origin", f"+{BRANCH}:{BRANCH}")
    assert len(entries_on(clone)) == 3
    look(clone, fix=True)
    assert len(entries_on(clone)) == 4
    assert set() == blocking(look(clone))


def test_what_somebody_else_recorded_here_is_not_signed_for_them(
    clone: Path, alice: Signer, bob: Signer
) -> None:
    lost_tip(clone)
    become(clone, bob)
    health = look(clone, fix=True)
    assert [entry for each in health.restored for entry in each.anew] == []
    [(path, why)] = health.restored[0].left
    assert "Alice Martin" in Language("en").say(why)
    assert "signed-off" in path
    assert "entries-lost" in blocking(health)
    become(clone, alice)
    assert set() == blocking(look(clone, fix=True))


def test_nothing_is_done_where_nothing_of_the_trail_is_whole(clone: Path) -> None:
    pushed(clone)
    tip = git(clone, "rev-parse", REFERENCE)
    for name in (REFERENCE, f"{REFERENCE}~1"):
        object_file(clone, f"{name}^{{tree}}").unlink()
    health = look(clone, fix=True)
    assert tip == git(clone, "rev-parse", REFERENCE)
    assert health.failed
    assert health.exit_code == 6


def test_a_trail_that_was_never_pushed_and_lost_everything_is_recorded_again_from_its_beginning(
    clone: Path, alice: Signer
) -> None:
    before = entries_on(clone)
    for name in (REFERENCE, f"{REFERENCE}~1"):
        object_file(clone, f"{name}^{{tree}}").unlink()
    [restored] = look(clone, fix=True).restored
    assert [entry.type.value for entry in restored.anew] == ["genesis", "signed-off"]
    assert before == entries_on(clone)
    append(clone, sign_off(alice, "rollback"))
    with Repository.discover(clone) as repository:
        assert Trail(repository, BRANCH).verify(full=True).exit_code == 0
    assert set() == blocking(look(clone))


def test_entries_of_one_moment_come_back_in_the_order_they_follow_each_other(
    clone: Path, alice: Signer
) -> None:
    """Ids made in the same millisecond sort by chance."""
    given = sign_off(alice, "rollback")
    taken = replace(
        sign_off(alice, "rollback"),
        type=EntryType.REVOKED,
        content=Revoked("too early"),
        refers_to=(given.id,),
        id="0" * 26,
    )
    opening = opened(alice, "v2-preprod-a1b2c3")
    with Repository.discover(clone) as repository:
        trail = Trail(repository, BRANCH)
        trail.append(opening, {digest_of(PIPELINE): PIPELINE})
        trail.append(given)
        trail.append(taken)
    for back in range(3):
        object_file(clone, f"{REFERENCE}~{back}^{{tree}}").unlink()
    [restored] = look(clone, fix=True).restored
    assert [opening, given, taken] == list(restored.anew)
    assert restored.left == ()


def test_without_the_beginning_nothing_is_put_before_it(clone: Path, alice: Signer, bob: Signer) -> None:
    for name in (REFERENCE, f"{REFERENCE}~1"):
        object_file(clone, f"{name}^{{tree}}").unlink()
    become(clone, bob)
    with Repository.discover(clone) as repository:
        path, content = next(
            (path, content) for path, content in Outbox(repository).contents() if "signed-off" in path
        )
        mine = sign_off(bob)
        Outbox(repository).drop([path])
        Outbox(repository).put(entry_path(mine), entry_bytes(mine))
    tip = git(clone, "rev-parse", REFERENCE)
    health = look(clone, fix=True)
    assert (health.restored, health.exit_code) == ((), 6)
    assert tip == git(clone, "rev-parse", REFERENCE)
    with Repository.discover(clone) as repository:
        Outbox(repository).put(path, content)
    become(clone, alice)
    assert [len(each.anew) for each in look(clone, fix=True).restored] == [2]


def test_mending_twice_at_once_records_nothing_twice(clone: Path, alice: Signer) -> None:
    append(clone, sign_off(alice, "rollback"))
    lost_tip(clone)
    mending = [
        subprocess.Popen([sys.executable, "-m", "promoter", "-C", str(clone), "doctor", "--fix"])
        for _ in range(3)
    ]
    assert {0, 6} >= {each.wait(timeout=120) for each in mending}
    assert set() == blocking(look(clone, fix=True))
    assert len(entries_on(clone)) == 3
    assert git(clone, "rev-list", "--count", "--no-merges", REFERENCE) == "3"


def test_with_a_roster_a_clone_without_a_key_cannot_record(repository_of_alice: Path, alice: Signer) -> None:
    append(repository_of_alice, begin(alice, person(alice, "roster-admin")))
    no_key(repository_of_alice)
    assert "no-signing-key-for-roster" in blocking(look(repository_of_alice))


def test_a_branch_that_leaves_the_trails_no_room_is_named(repository_of_alice: Path) -> None:
    commit_file(repository_of_alice, "a", "a")
    git(repository_of_alice, "branch", "promoter")
    assert {"trail-branch-in-the-way"} == blocking(look(repository_of_alice))


def test_a_clone_that_did_not_fetch_the_trail_is_told_to(clone: Path, tmp_path: Path) -> None:
    server = pushed(clone)
    git(tmp_path, "clone", "-q", str(server), str(tmp_path / "new"))
    become(tmp_path / "new", make_signer(tmp_path / "keys", "Zoe Roux", "zoe@example.org"))
    assert {"trail-not-fetched"} == blocking(look(tmp_path / "new"))


def test_a_truncated_trail_is_told(clone: Path, tmp_path: Path, bob: Signer) -> None:
    server = pushed(clone)
    cut = tmp_path / "cut"
    git(tmp_path, "clone", "-q", "--depth=1", "-b", BRANCH, f"file://{server}", str(cut))
    git(cut, "checkout", "-q", "--detach")
    become(cut, bob)
    assert {"trail-shallow"} == blocking(look(cut))


def test_a_partial_trail_is_told_and_nothing_is_fetched_for_it(
    clone: Path, tmp_path: Path, bob: Signer
) -> None:
    server = pushed(clone)
    git(server, "config", "uploadpack.allowFilter", "true")
    part = tmp_path / "part"
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{server}", str(part))
    become(part, bob)
    git(part, "branch", "-q", BRANCH, f"origin/{BRANCH}")
    assert "trail-partial" in blocking(look(part))
    assert "?" in git(part, "rev-list", "--objects", "--missing=print", BRANCH)


def test_a_repository_that_cannot_be_written_is_told(clone: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    (clone / ".git").chmod(0o500)
    try:
        assert "not-writable" in blocking(look(clone))
    finally:
        (clone / ".git").chmod(0o700)


def test_from_a_linked_work_tree_the_same_is_found_and_mended(clone: Path, tmp_path: Path) -> None:
    commit_file(clone, "a", "a")
    git(clone, "worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    old_lock(clone)
    emptied_entry(clone)
    assert {"stale-lock", "empty-object", "trail-incomplete"} <= blocking(look(tmp_path / "linked"))
    look(tmp_path / "linked", fix=True)
    assert set() == blocking(look(clone))


def test_a_bare_repository_is_examined_too(tmp_path: Path, alice: Signer) -> None:
    directory = make_repository(tmp_path / "bare.git", person=alice, bare=True)
    append(directory, genesis(alice))
    assert {"entries-waiting"} == codes(look(directory))


def test_the_command_line_tells_what_is_wrong_what_to_do_and_what_was_mended(clone: Path) -> None:
    old_lock(clone)
    said = promoter("-C", clone, "doctor")
    assert said.code == 6
    assert said.out.startswith("in the way: ")
    assert "\n  'promoter doctor --fix' removes it\n" in said.out
    asked = promoter("-C", clone, "doctor", "--json")
    [finding] = [each for each in asked.document["findings"] if each["severity"] == "blocks"]
    assert (finding["code"], finding["fixable"]) == ("stale-lock", True)
    assert "Nothing stands in the way" in promoter("-C", clone, "doctor", "--fix").out
    lost_tip(clone)
    done = promoter("-C", clone, "doctor", "--fix")
    assert done.code == 0
    assert "1 entry put back under its id, in a commit signed now:" in done.out
    lost_tip(clone)
    document = promoter("-C", clone, "doctor", "--fix", "--json").document
    assert len(document["restored"][0]["signed_anew"]) == 1
    assert {"tip-unreadable"} <= {each["code"] for each in document["mended"]}


def test_outside_a_repository(tmp_path: Path) -> None:
    assert {"no-repository"} == blocking(look(tmp_path))


def test_a_repository_of_another_owner(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert {"dubious-ownership"} == blocking(look(clone))


@pytest.fixture
def path_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def test_a_git_that_is_too_old(clone: Path, path_of: Path) -> None:
    (path_of / "git").write_text("#!/bin/sh\necho git version 2.30.2\n")
    (path_of / "git").chmod(0o755)
    assert {"git-too-old"} == blocking(look(clone))


def test_a_machine_without_git(clone: Path, path_of: Path) -> None:
    assert {"git-missing"} == blocking(look(clone))


def test_a_refspec_that_leaves_the_trail_out_endangers_nothing(clone: Path) -> None:
    mirror(clone)
    git(clone, "config", "--add", "remote.hub.fetch", f"^{REFERENCE}")
    assert "mirror-refspec" not in codes(look(clone))


def test_the_remedy_for_a_mirror_keeps_the_entry(clone: Path, alice: Signer) -> None:
    pushed(clone)
    append(clone, sign_off(alice, "rollback"))
    git(clone, "config", "remote.origin.fetch", "+refs/heads/*:refs/heads/*")
    [found] = [each for each in look(clone).ailments if each.message.code == "mirror-refspec"]
    assert found.remedy is not None
    remedy = Language("en").say(found.remedy).partition(": ")[2]
    subprocess.run(["sh", "-c", remedy], cwd=clone, check=True)
    git(clone, "fetch", "-q", "origin")
    assert len(entries_on(clone)) == 3

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import psutil
import pytest

from promoter.errors import CannotAct, UsageError
from promoter.messages import Language
from promoter.model.entry import Reserved
from promoter.trail.command import harmless
from promoter.trail.entry import entry_bytes, read_entry
from promoter.trail.lock import locked
from promoter.trail.outbox import Outbox
from promoter.trail.repository import Repository
from promoter.trail.writing import append, lock_of
from tests.support.git_repositories import (
    Signer,
    become,
    commit_file,
    git,
    gpg_home,
    make_repository,
    make_signer,
)
from tests.support.trail_entries import PIPELINE, digest_of, genesis, opened, sign_off

BRANCH = "promoter/trail"


def words(error: pytest.ExceptionInfo[CannotAct]) -> str:
    remedy = error.value.remedy
    language = Language("en")
    return language.say(error.value.wrong) + " | " + (language.say(remedy) if remedy else "")


def entries_on(directory: Path, branch: str = BRANCH) -> list[str]:
    return git(directory, "ls-tree", "-r", "--name-only", branch).splitlines()


def test_an_entry_is_one_signed_commit_that_adds_its_file_and_the_copies_it_names(
    repository_of_alice: Path, alice: Signer
) -> None:
    entry = opened(alice)
    with Repository.discover(repository_of_alice) as repository:
        first = append(repository, BRANCH, genesis(alice))
        second = append(repository, BRANCH, entry, {digest_of(PIPELINE): PIPELINE})
        [(_, _, written)] = repository.objects([f"{second.tip}:{second.path}"])
    assert entry == read_entry(written, second.path)
    added = git(
        repository_of_alice, "diff-tree", "-r", "--name-status", first.commit, second.commit
    ).splitlines()
    digest = digest_of(PIPELINE).removeprefix("sha256:")
    assert sorted([f"A\ta/{digest[:2]}/{digest}", f"A\t{second.path}"]) == sorted(added)
    assert first.commit == git(repository_of_alice, "rev-parse", f"{BRANCH}~1")
    allowed = repository_of_alice.parent / "allowed"
    allowed.write_text(f"{alice.email} {alice.public}\n")
    git(repository_of_alice, "-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-commit", second.commit)
    assert git(repository_of_alice, "fsck", "--strict") == ""
    shown = git(repository_of_alice, "log", "-1", "--format=%an <%ae>|%cn <%ce>|%aI|%s", BRANCH)
    who = "Alice Martin <alice@example.org>"
    assert (
        f"{who}|{who}|2026-11-22T12:00:00Z|opened: v1 from staging to preprod — Alice Martin"
        == shown.replace("+00:00", "Z")
    )


def test_nothing_of_the_users_own_work_is_touched(repository_of_alice: Path, alice: Signer) -> None:
    commit_file(repository_of_alice, "kept.txt", "kept")
    (repository_of_alice / "kept.txt").write_text("changed")
    (repository_of_alice / "staged.txt").write_text("staged")
    (repository_of_alice / "new.txt").write_text("untracked")
    git(repository_of_alice, "add", "staged.txt")
    watched = [repository_of_alice / ".git" / name for name in ("index", "HEAD", "config", "refs/heads/main")]

    def seen() -> list[object]:
        status = git(repository_of_alice, "--no-optional-locks", "status", "--porcelain=v2", "--branch")
        return [status, *((path.read_bytes(), path.stat().st_mtime_ns) for path in watched)]

    before = seen()
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        append(repository, BRANCH, sign_off(alice))
    assert before == seen()


def test_the_same_entry_again_changes_nothing_and_answers_where_it_is(
    repository_of_alice: Path, alice: Signer
) -> None:
    entry = sign_off(alice)
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        written = append(repository, BRANCH, entry)
        last = append(repository, BRANCH, sign_off(alice))
        assert replace(written, tip=last.tip) == append(repository, BRANCH, entry)
        assert last.tip == repository.tip(BRANCH)
        with pytest.raises(CannotAct) as caught:
            append(repository, BRANCH, replace(entry, pipeline="another"))
    assert "something else already lies" in words(caught)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("bare", [False, True])
def test_it_works_bare_and_not_with_either_hash(
    tmp_path: Path, alice: Signer, object_format: str, bare: bool
) -> None:
    directory = make_repository(tmp_path / "r", person=alice, bare=bare, object_format=object_format)
    with Repository.discover(directory) as repository:
        append(repository, BRANCH, genesis(alice))
        written = append(repository, BRANCH, sign_off(alice))
    assert len(entries_on(directory)) == 2
    assert written.tip == git(directory, "rev-parse", BRANCH)
    assert git(directory, "fsck", "--strict") == ""


def test_it_works_detached_and_from_a_linked_work_tree(repository_of_alice: Path, alice: Signer) -> None:
    commit_file(repository_of_alice, "a", "a")
    git(repository_of_alice, "checkout", "-q", "--detach")
    linked = repository_of_alice.parent / "linked"
    git(repository_of_alice, "worktree", "add", "-q", "-b", "other", str(linked))
    for directory in (repository_of_alice, linked):
        with Repository.discover(directory) as repository:
            append(repository, BRANCH, genesis(alice) if directory != linked else sign_off(alice))
            assert repository_of_alice / ".git" / "promoter.lock" == lock_of(repository)
    assert len(entries_on(repository_of_alice)) == 2


def test_without_a_signing_key_entries_are_unsigned_commits(tmp_path: Path, alice: Signer) -> None:
    directory = make_repository(tmp_path / "r", person=alice, signing=False)
    with Repository.discover(directory) as repository:
        commit = append(repository, BRANCH, genesis(alice)).commit
    assert "gpgsig" not in git(directory, "cat-file", "commit", commit)


def test_a_gpg_key_signs_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alice: Signer) -> None:
    directory = make_repository(tmp_path / "r", person=alice, signing=False)
    home = Path("/tmp") / f"promoter-gpg-{os.getpid()}"
    monkeypatch.setenv("GNUPGHOME", str(home))
    keys = gpg_home(home, alice)
    git(directory, "config", "user.signingkey", next(keys))
    with Repository.discover(directory) as repository:
        commit = append(repository, BRANCH, genesis(alice)).commit
    git(directory, "verify-commit", commit)
    next(keys, None)


def test_an_encrypted_key_without_an_agent_says_so_and_writes_nothing(tmp_path: Path) -> None:
    locked_up = make_signer(tmp_path / "k", "Eve Petit", "eve@example.org", passphrase="secret")
    directory = make_repository(tmp_path / "r", person=locked_up)
    with (
        Repository.discover(directory) as repository,
        without_a_terminal(),
        pytest.raises(CannotAct) as caught,
    ):
        append(repository, BRANCH, genesis(locked_up))
    assert "git could not sign" in words(caught)
    assert "unlock the key" in words(caught)
    assert git(directory, "for-each-ref") == ""


class without_a_terminal:  # noqa: N801 - reads as a statement
    """Makes ssh-keygen unable to ask: no display, no terminal to open."""

    def __enter__(self) -> None:
        os.environ["SSH_ASKPASS_REQUIRE"] = "force"
        os.environ["SSH_ASKPASS"] = "/bin/false"

    def __exit__(self, *error: object) -> None:
        del os.environ["SSH_ASKPASS_REQUIRE"], os.environ["SSH_ASKPASS"]


def test_a_race_lost_while_a_person_signs_ends_in_a_merge_and_one_signature(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    slow = make_signer(tmp_path / "k", "Sam Lent", "sam@example.org", passphrase="secret")
    directory = make_repository(tmp_path / "r", person=bob)
    linked = tmp_path / "linked"
    commit_file(directory, "a", "a")
    with Repository.discover(directory) as repository:
        append(repository, BRANCH, genesis(bob))
    git(directory, "config", "extensions.worktreeConfig", "true")
    git(directory, "worktree", "add", "-q", str(linked))
    for key, value in (
        ("user.name", slow.name),
        ("user.email", slow.email),
        ("user.signingkey", str(slow.key)),
    ):
        git(linked, "config", "--worktree", key, value)
    counted = tmp_path / "asked"
    askpass = tmp_path / "askpass"
    askpass.write_text(
        f"#!/bin/sh\necho asked >> {counted}\nwhile [ ! -e {tmp_path}/go ]; do sleep 0.01; done\necho secret\n"
    )
    askpass.chmod(0o755)
    source = f"""
from pathlib import Path
from promoter.trail.repository import Repository
from promoter.trail.writing import append
from tests.support.git_repositories import Signer
from tests.support.trail_entries import sign_off
with Repository.discover(Path({str(linked)!r})) as repository:
    append(repository, {BRANCH!r}, sign_off(Signer({slow.name!r}, {slow.email!r}, Path(), "", "SHA256:x")))
"""
    asked = os.environ | {"SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force"}
    signing = subprocess.Popen([sys.executable, "-c", source], env=asked)
    wait_until(counted.exists)
    with Repository.discover(directory) as repository:
        append(repository, BRANCH, sign_off(bob))
    (tmp_path / "go").touch()
    assert signing.wait(timeout=20) == 0
    assert len(entries_on(directory)) == 3
    assert git(directory, "rev-list", "--count", "--min-parents=2", BRANCH) == "1"
    assert counted.read_text() == "asked\n"


def wait_until(happened: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_a_program_that_says_it_signed_and_did_not_is_found_out(tmp_path: Path, alice: Signer) -> None:
    directory = make_repository(tmp_path / "r", person=alice, signing=False)
    program = tmp_path / "signs"
    program.write_text("#!/bin/sh\ncat > /dev/null\nprintf '\\n[GNUPG:] SIG_CREATED \\n' >&2\n")
    program.chmod(0o755)
    git(directory, "config", "gpg.program", str(program))
    git(directory, "config", "user.signingkey", "0123456789ABCDEF")
    with Repository.discover(directory) as repository, pytest.raises(CannotAct) as caught:
        append(repository, BRANCH, genesis(alice))
    assert "said it signed and did not" in words(caught)
    assert git(directory, "for-each-ref") == ""


def write_many(directory: str, person: Signer, count: int) -> int:
    with Repository.discover(Path(directory)) as repository:
        for _ in range(count):
            append(repository, BRANCH, sign_off(person))
    return count


def race(directory: Path, person: Signer, processes: int, each: int) -> None:
    with Repository.discover(directory) as repository:
        append(repository, BRANCH, genesis(person))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        done = list(
            pool.map(write_many, [str(directory)] * processes, [person] * processes, [each] * processes)
        )
    assert [each] * processes == done
    assert 1 + processes * each == len(entries_on(directory))
    assert str(1 + processes * each) == git(directory, "rev-list", "--count", BRANCH)
    assert git(directory, "fsck", "--strict") == ""


def test_two_processes_at_once_lose_nothing_and_need_no_merge(
    repository_of_alice: Path, alice: Signer
) -> None:
    race(repository_of_alice, alice, 2, 8)


def test_a_lock_file_that_a_killed_writer_left_is_removed(repository_of_alice: Path, alice: Signer) -> None:
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        stale = repository.common_directory / "refs" / "heads" / f"{BRANCH}.lock"
        stale.touch()
        lock_of(repository).write_text(f"refs/heads/{BRANCH}")
        append(repository, BRANCH, sign_off(alice))
    assert not stale.exists()
    assert lock_of(repository).read_text() == ""


def test_a_lock_file_that_may_be_somebody_elses_is_explained_and_left(
    repository_of_alice: Path, alice: Signer
) -> None:
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        foreign = repository.common_directory / "refs" / "heads" / f"{BRANCH}.lock"
        foreign.touch()
        with pytest.raises(CannotAct) as caught:
            append(repository, BRANCH, sign_off(alice))
    assert str(foreign) in words(caught)
    assert "remove that file" in words(caught)
    assert foreign.exists()


def test_a_lock_that_is_never_released_is_given_up_on(tmp_path: Path) -> None:
    with locked(tmp_path / "l"), pytest.raises(CannotAct) as caught, locked(tmp_path / "l", patience_s=0.05):
        pass
    assert "another promoter" in words(caught)


def test_the_bytes_stay_in_the_outbox(repository_of_alice: Path, alice: Signer) -> None:
    entry = genesis(alice)
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, entry)
        outbox = Outbox(repository)
        assert [(f"r/{entry.id}.genesis.json", entry_bytes(entry))] == list(outbox.contents())
        outbox.drop(outbox.paths())
        assert outbox.paths() == ()


HOSTILE: dict[str, dict[str, str]] = {
    "a hook's variables": {
        "GIT_DIR": "/nonexistent",
        "GIT_INDEX_FILE": "/nonexistent/i",
        "GIT_OBJECT_DIRECTORY": "/nonexistent",
    },
    "a forged author and date": {
        "GIT_AUTHOR_NAME": "Boss",
        "GIT_AUTHOR_EMAIL": "boss@example.org",
        "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z",
    },
    "a namespace": {
        "GIT_NAMESPACE": "elsewhere",
        "GIT_WORK_TREE": "/",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nonexistent",
    },
}


@pytest.mark.parametrize("variables", HOSTILE.values(), ids=HOSTILE.keys())
def test_variables_of_the_environment_cannot_redirect_or_forge_an_entry(
    repository_of_alice: Path, alice: Signer, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with Repository.discover(repository_of_alice) as repository:
        written = append(repository, BRANCH, genesis(alice))
    for name in variables:
        monkeypatch.delenv(name)
    shown = git(repository_of_alice, "log", "-1", "--format=%an %ae %ad %cd", "--date=unix", BRANCH)
    assert shown == "Alice Martin alice@example.org 1795348800 1795348800"
    assert written.tip == git(repository_of_alice, "rev-parse", f"refs/heads/{BRANCH}")


def test_settings_of_the_users_git_change_nothing_of_an_entry(
    repository_of_alice: Path, alice: Signer
) -> None:
    ran = repository_of_alice.parent / "ran"
    hooks = repository_of_alice.parent / "hooks"
    hooks.mkdir()
    for name in ("reference-transaction", "pre-commit", "commit-msg", "post-commit", "monitor"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\nexit 1\n")
        (hooks / name).chmod(0o755)
    (repository_of_alice / ".git" / "info" / "attributes").write_text("* text eol=crlf\n")
    for key, value in (
        ("core.hooksPath", str(hooks)),
        ("core.fsmonitor", str(hooks / "monitor")),
        ("core.autocrlf", "true"),
        ("i18n.commitEncoding", "ISO-8859-1"),
        ("log.showSignature", "true"),
        ("color.ui", "always"),
        ("commit.template", "/nonexistent"),
    ):
        git(repository_of_alice, "config", key, value)
    entry = sign_off(alice, comment="déjà vérifié\r\nsur deux lignes")
    with Repository.discover(repository_of_alice) as repository:
        assert repository.is_clean()
        append(repository, BRANCH, genesis(alice))
        written = append(repository, BRANCH, entry)
        [(_, _, content)] = repository.objects([f"{written.tip}:{written.path}"])
        [(_, _, commit)] = repository.objects([written.commit])
    assert entry_bytes(entry) == content
    assert "déjà vérifié".encode() in commit
    assert b"\nencoding " not in commit
    assert not ran.exists()


def test_replaced_and_grafted_history_is_not_followed(repository_of_alice: Path, alice: Signer) -> None:
    with Repository.discover(repository_of_alice) as repository:
        first = append(repository, BRANCH, genesis(alice))
        second = append(repository, BRANCH, sign_off(alice))
        git(repository_of_alice, "replace", second.commit, first.commit)
        third = append(repository, BRANCH, sign_off(alice))
    git(repository_of_alice, "replace", "-d", second.commit)
    assert len(entries_on(repository_of_alice)) == 3
    assert second.commit == git(repository_of_alice, "rev-parse", f"{third.commit}^")


def test_nothing_is_written_from_a_receiving_repositorys_quarantine(
    repository_of_alice: Path, alice: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_QUARANTINE_PATH", "/somewhere")
    with Repository.discover(repository_of_alice) as repository, pytest.raises(CannotAct) as caught:
        append(repository, BRANCH, genesis(alice))
    assert "post-receive" in words(caught)


def test_a_branch_that_leaves_no_room_for_the_trail_is_explained(
    repository_of_alice: Path, alice: Signer
) -> None:
    commit_file(repository_of_alice, "a", "a")
    git(repository_of_alice, "branch", "promoter")
    with Repository.discover(repository_of_alice) as repository:
        with pytest.raises(CannotAct) as caught:
            append(repository, BRANCH, genesis(alice))
        append(repository, "promoter-trail", genesis(alice))
    assert "trail: {branch: promoter-trail}" in words(caught)
    assert len(entries_on(repository_of_alice, "promoter-trail")) == 1


def test_a_trail_that_is_checked_out_somewhere_is_not_written(
    repository_of_alice: Path, alice: Signer
) -> None:
    linked = repository_of_alice.parent / "linked"
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        git(repository_of_alice, "worktree", "add", "-q", str(linked), BRANCH)
        with pytest.raises(CannotAct) as caught:
            append(repository, BRANCH, sign_off(alice))
    assert str(linked) in words(caught)


def test_a_clone_without_the_trail_must_fetch_it_before_it_starts_another(
    repository_of_alice: Path, alice: Signer, bob: Signer
) -> None:
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
    clone = repository_of_alice.parent / "clone"
    git(repository_of_alice.parent, "clone", "-q", str(repository_of_alice), str(clone))
    become(clone, bob)
    with Repository.discover(clone) as repository, pytest.raises(CannotAct) as caught:
        append(repository, BRANCH, genesis(bob))
    assert "promoter sync" in words(caught)


def test_an_entry_of_somebody_else_is_not_committed_as_mine(
    repository_of_alice: Path, alice: Signer, bob: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Repository.discover(repository_of_alice) as repository:
        with pytest.raises(CannotAct) as caught:
            append(repository, BRANCH, genesis(bob))
        monkeypatch.setenv("GIT_COMMITTER_EMAIL", "ci@example.org")
        with pytest.raises(CannotAct):
            append(repository, BRANCH, genesis(alice))
    assert "bob@example.org" in words(caught)


def test_an_entry_the_format_refuses_leaves_no_trace(repository_of_alice: Path, alice: Signer) -> None:
    with Repository.discover(repository_of_alice) as repository:
        with pytest.raises(UsageError):
            append(repository, BRANCH, sign_off(alice, comment="x" * 30_000))
        with pytest.raises(ValueError, match="not the digest"):
            append(repository, BRANCH, genesis(alice), {digest_of(b"a"): b"b"})
        assert Outbox(repository).paths() == ()
    assert git(repository_of_alice, "for-each-ref") == ""


def test_the_true_copy_takes_the_place_of_a_file_planted_where_it_belongs(
    repository_of_alice: Path, alice: Signer
) -> None:
    digest = digest_of(PIPELINE).removeprefix("sha256:")
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        planted = git(repository_of_alice, "hash-object", "-w", "--stdin", given=b"planted")
        inner = git(repository_of_alice, "mktree", given=f"100644 blob {planted}\t{digest}\n".encode())
        middle = git(repository_of_alice, "mktree", given=f"040000 tree {inner}\t{digest[:2]}\n".encode())
        top = git(repository_of_alice, "mktree", given=f"040000 tree {middle}\ta\n".encode())
        commit = git(repository_of_alice, "commit-tree", top, "-p", BRANCH, "-m", "planted")
        git(repository_of_alice, "update-ref", f"refs/heads/{BRANCH}", commit)
        append(repository, BRANCH, opened(alice), {digest_of(PIPELINE): PIPELINE})
    assert git(repository_of_alice, "show", f"{BRANCH}:a/{digest[:2]}/{digest}").encode() == PIPELINE.strip()


def test_a_repository_leaves_no_process_behind(repository_of_alice: Path, alice: Signer) -> None:
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        unread = repository.objects([BRANCH] * 200)
        next(unread)
        del unread
    assert [each for each in psutil.Process().children(recursive=True) if each.name() == "git"] == []


def test_a_reserved_type_can_be_written_whole(repository_of_alice: Path, alice: Signer) -> None:
    from promoter.model.entry import EntryType
    from tests.support.trail_entries import of_promotion

    entry = of_promotion(alice, EntryType.DELEGATED, Reserved({"until": "2027-01-01"}), item="webhook")
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        written = append(repository, BRANCH, entry)
        [(_, _, content)] = repository.objects([f"{written.tip}:{written.path}"])
    assert entry == read_entry(content, written.path)


def test_gits_own_words_are_harmless_when_shown() -> None:
    said = b"fatal: unable to access 'https://alice:hunter2@example.org/x\x1b[31m':\n no\xff"
    assert harmless(said) == "fatal: unable to access 'https://***@example.org/x\u241b[31m':\n no\ufffd"


@pytest.mark.parametrize("revision", ["{tip}", "{tip}^{{tree}}", "{tip}:p", "{tip}:p/71/v1-preprod-a1b2c3"])
@pytest.mark.parametrize("emptied", [False, True])
def test_a_damaged_trail_is_not_built_upon(
    repository_of_alice: Path, alice: Signer, revision: str, emptied: bool
) -> None:
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        tip = append(repository, BRANCH, sign_off(alice)).tip
        oid = git(repository_of_alice, "rev-parse", revision.format(tip=tip))
        lost = repository.common_directory / "objects" / oid[:2] / oid[2:]
        lost.unlink()
        if emptied:
            lost.touch()
        with pytest.raises(CannotAct):
            append(repository, BRANCH, sign_off(alice))
    assert tip == git(repository_of_alice, "rev-parse", f"refs/heads/{BRANCH}")


def test_an_object_that_a_power_cut_left_empty_is_noticed_before_anything_is_published(
    repository_of_alice: Path, alice: Signer
) -> None:
    entry = sign_off(alice)
    with Repository.discover(repository_of_alice) as repository:
        tip = append(repository, BRANCH, genesis(alice)).tip
        oid = git(repository_of_alice, "hash-object", "--stdin", given=entry_bytes(entry))
        emptied = repository.common_directory / "objects" / oid[:2] / oid[2:]
        emptied.parent.mkdir(exist_ok=True)
        emptied.touch()
        with pytest.raises(CannotAct) as caught:
            append(repository, BRANCH, entry)
        assert tip == repository.tip(BRANCH)
    assert "does not read back" in words(caught)
    assert str(repository.common_directory / "promoter" / "outbox") in words(caught)


def test_a_branch_whose_reference_is_damaged_is_explained(repository_of_alice: Path, alice: Signer) -> None:
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        (repository.common_directory / "refs" / "heads" / BRANCH).write_bytes(bytes(41))
        with pytest.raises(CannotAct) as caught:
            append(repository, BRANCH, sign_off(alice))
    assert "is damaged" in words(caught)


def test_what_was_not_recorded_does_not_stay_in_the_outbox(tmp_path: Path) -> None:
    locked_up = make_signer(tmp_path / "k", "Eve Petit", "eve@example.org", passphrase="secret")
    directory = make_repository(tmp_path / "r", person=locked_up)
    with Repository.discover(directory) as repository:
        with without_a_terminal(), pytest.raises(CannotAct):
            append(repository, BRANCH, genesis(locked_up))
        assert Outbox(repository).paths() == ()


def test_the_copies_an_entry_names_are_in_the_outbox_beside_it(
    repository_of_alice: Path, alice: Signer
) -> None:
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        written = append(repository, BRANCH, opened(alice), {digest_of(PIPELINE): PIPELINE})
        kept = dict(Outbox(repository).contents())
    digest = digest_of(PIPELINE).removeprefix("sha256:")
    assert kept[f"a/{digest[:2]}/{digest}"] == PIPELINE
    assert written.path in kept

import subprocess
import sys
from pathlib import Path

import pytest

from promoter.errors import CannotAct, PromoterError, UsageError
from promoter.messages import Language
from promoter.trail.command import GitFailed
from promoter.trail.repository import Repository, reference_of
from tests.support.git_repositories import Signer, commit_file, git, make_repository


def words(error: pytest.ExceptionInfo[PromoterError]) -> str:
    remedy = error.value.remedy
    return Language("en").say(error.value.wrong) + " | " + (Language("en").say(remedy) if remedy else "")


def test_it_is_found_from_a_folder_inside(repository_of_alice: Path) -> None:
    inside = repository_of_alice / "a" / "b"
    inside.mkdir(parents=True)
    repository = Repository.discover(inside)
    git_directory = repository_of_alice / ".git"
    assert (repository_of_alice, git_directory, git_directory, False, "sha1") == (
        repository.root,
        repository.git_directory,
        repository.common_directory,
        repository.bare,
        repository.object_format,
    )


def test_a_linked_work_tree_shares_the_common_directory(repository_of_alice: Path) -> None:
    commit_file(repository_of_alice, "a", "a")
    linked = repository_of_alice.parent / "linked"
    git(repository_of_alice, "worktree", "add", "-q", "-b", "other", str(linked))
    repository = Repository.discover(linked)
    assert (linked, repository_of_alice / ".git") == (repository.root, repository.common_directory)
    assert repository.git_directory != repository.common_directory


def test_a_bare_repository_is_its_own_root(tmp_path: Path) -> None:
    directory = make_repository(tmp_path / "r.git", bare=True, object_format="sha256")
    repository = Repository.discover(directory)
    assert (directory, True, "sha256", True) == (
        repository.root,
        repository.bare,
        repository.object_format,
        repository.is_clean(),
    )


def test_outside_a_repository_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(CannotAct) as caught:
        Repository.discover(tmp_path)
    assert "is not in a git repository | `git init`" in words(caught)
    with pytest.raises(CannotAct):
        Repository.discover(tmp_path / "missing")


def test_gits_own_words_are_shown_when_it_does_not_trust_the_owner(
    repository_of_alice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(CannotAct) as caught:
        Repository.discover(repository_of_alice)
    assert "git does not trust this repository" in words(caught)
    assert "git config --global --add safe.directory" in words(caught)


@pytest.mark.parametrize("version", ["2.37.9", "2.20"])
def test_a_git_that_is_too_old_is_refused_before_anything_is_written(
    repository_of_alice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    real = subprocess.run(["which", "git"], check=True, capture_output=True).stdout.decode().strip()
    (tmp_path / "bin").mkdir()
    old = tmp_path / "bin" / "git"
    old.write_text(
        f'#!/bin/sh\nfor word in "$@"; do [ "$word" = version ] && echo "git version {version}" && exit; done\nexec {real} "$@"\n'
    )
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with Repository.discover(repository_of_alice) as repository, pytest.raises(CannotAct) as caught:
        repository.change("hash-object", "-w", "--stdin", input=b"x")
    assert f"git {version} is too old" in words(caught)


def test_a_machine_without_git_is_told_so(repository_of_alice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(CannotAct) as caught:
        Repository.discover(repository_of_alice)
    assert "git was not found" in words(caught)


def test_many_objects_come_in_order_and_missing_ones_say_so(repository_of_alice: Path) -> None:
    repository = Repository.discover(repository_of_alice)
    contents = [b"", b"\n", b"x" * 200_000, *(b"%d\n" % number for number in range(100))]
    oids = [git(repository_of_alice, "hash-object", "-w", "--stdin", given=each) for each in contents]
    wanted = [name for oid in oids for name in (oid, f"HEAD:no such {oid}")]
    found = list(repository.objects(wanted))
    assert contents == [content for _, kind, content in found[::2] if kind == "blob"]
    assert [(name, "missing", b"") for name in wanted[1::2]] == found[1::2]
    assert list(repository.objects([])) == []


@pytest.mark.parametrize("name", ["a\nb", "a\0b", "x" * 2000])
def test_a_name_that_could_mislead_the_batch_is_refused(repository_of_alice: Path, name: str) -> None:
    with pytest.raises(UsageError):
        list(Repository.discover(repository_of_alice).objects([name]))


def test_a_revision_is_a_commit_and_its_tree_and_never_an_option(repository_of_alice: Path) -> None:
    repository = Repository.discover(repository_of_alice)
    with pytest.raises(UsageError):
        repository.resolve("HEAD")
    assert repository.commit_of("HEAD") is None
    commit = commit_file(repository_of_alice, "a", "a")
    git(repository_of_alice, "tag", "-a", "-m", "one", "v1")
    tree = git(repository_of_alice, "rev-parse", "HEAD^{tree}")
    assert {(commit, tree)} == {repository.resolve(each) for each in ("HEAD", "v1", "main", commit[:8])}
    for wrong in ("", "--all", "-h", "HEAD:a", "v1\n", "no-such", "HEAD --", "@{upstream}"):
        with pytest.raises(UsageError):
            repository.resolve(wrong)


def test_what_checks_ask_about_files(repository_of_alice: Path) -> None:
    repository = Repository.discover(repository_of_alice)
    commit_file(repository_of_alice, "a [x].txt", "a")
    (repository_of_alice / ".gitignore").write_text(".env*\n")
    (repository_of_alice / ".env").write_text("")
    tracked, ignored = repository_of_alice / "a [x].txt", repository_of_alice / ".env"
    assert (repository.is_tracked(tracked), repository.is_ignored(tracked)) == (True, False)
    assert (repository.is_tracked(ignored), repository.is_ignored(ignored)) == (False, True)
    assert repository.is_tracked(Path("/etc/passwd")) is None
    assert repository.is_ignored(Path("/etc/passwd")) is None
    assert git(repository_of_alice, "hash-object", "a [x].txt") == repository.blob_of(tracked)
    assert repository.blob_of(Path("missing")) is None
    assert not repository.is_clean()
    commit_file(repository_of_alice, ".gitignore", ".env*\n")
    assert repository.is_clean()


def test_asking_about_the_work_tree_does_not_refresh_the_users_index(repository_of_alice: Path) -> None:
    commit_file(repository_of_alice, "a", "a")
    index = repository_of_alice / ".git" / "index"
    before = (index.read_bytes(), index.stat().st_mtime_ns)
    (repository_of_alice / "a").write_text("a")
    assert Repository.discover(repository_of_alice).is_clean()
    assert before == (index.read_bytes(), index.stat().st_mtime_ns)


def test_ancestry_and_tips(repository_of_alice: Path) -> None:
    repository = Repository.discover(repository_of_alice)
    assert repository.tip("main") is None
    first = commit_file(repository_of_alice, "a", "a")
    second = commit_file(repository_of_alice, "a", "b")
    assert second == repository.tip("main")
    assert repository.is_ancestor(first, second)
    assert repository.is_ancestor(first, first)
    assert not repository.is_ancestor(second, first)
    with pytest.raises(GitFailed):
        repository.is_ancestor("0" * 40, first)


def test_settings_are_read_with_their_kind(repository_of_alice: Path) -> None:
    repository = Repository.discover(repository_of_alice)
    git(repository_of_alice, "config", "a.flag", "yes")
    git(repository_of_alice, "config", "a.text", "two\nlines")
    assert (
        repository.setting("a.flag", kind="bool"),
        repository.setting("a.text"),
        repository.setting("a.missing"),
    ) == ("true", "two\nlines", None)


@pytest.mark.parametrize(
    "branch",
    ["", "-x", "a..b", "a b", "a/", "/a", "a.lock", "a/.b", "a~1", "x@{1}", "a\n", "a\x1b", "a:b", "@{-1}"],
)
def test_names_that_git_would_not_take_for_a_branch_are_refused(branch: str) -> None:
    with pytest.raises(UsageError):
        reference_of(branch)
    assert reference_of("promoter/trail") == "refs/heads/promoter/trail"


def test_a_command_that_does_not_end_is_stopped(repository_of_alice: Path) -> None:
    git(repository_of_alice, "config", "alias.wait", "!sleep 20")
    with pytest.raises(GitFailed) as caught:
        Repository.discover(repository_of_alice).run("wait", timeout=0.2)
    assert caught.value.status is None


def test_reading_never_imports_gitpython(repository_of_alice: Path, alice: Signer) -> None:
    source = f"""
import sys
from pathlib import Path
from promoter.trail.repository import Repository
from promoter.trail.sync import position
with Repository.discover(Path({str(repository_of_alice)!r})) as repository:
    repository.tip("promoter/trail"), list(repository.objects(["HEAD"])), position(repository, "promoter/trail")
    assert "git" not in sys.modules
    repository.change("hash-object", "-w", "--stdin", input=b"x")
    assert "git" in sys.modules
"""
    subprocess.run([sys.executable, "-c", source], check=True)

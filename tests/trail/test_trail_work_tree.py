import os
import subprocess
from pathlib import Path

import pytest

from promoter.trail.command import GitFailed
from promoter.trail.work_tree import Differences, differences
from tests.support.git_repositories import commit_file, git, isolate_git, make_repository, make_signer

CLEAN = Differences((), (), ())


class Tree:
    """A repository whose files all have a filter, and a program that says when it is run."""

    def __init__(self, root: Path, beside: Path) -> None:
        self.root = root
        self.sprung = beside / "sprung"
        self.trap = beside / "trap"
        self.trap.write_text(f"#!/bin/sh\necho $0 >> {self.sprung}\nexec cat\n")
        self.trap.chmod(0o755)

    def filter_all(self, name: str, root: Path | None = None) -> None:
        """Gives every file of a repository the filter, without a commit, and a time git does not know."""
        at = root or self.root
        info = Path(git(at, "rev-parse", "--path-format=absolute", "--git-path", "info"))
        info.mkdir(exist_ok=True)
        (info / "attributes").write_text(f"* filter={name}\n")
        self.age(at)

    def age(self, root: Path) -> None:
        """Has git look into every file."""
        for each in root.iterdir():
            if each.is_file():
                os.utime(each, (1_000_000_000, 1_000_000_000))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    isolate_git(monkeypatch, tmp_path / "home")
    alice = make_signer(tmp_path / "keys", "Alice", "alice@example.org")
    root = make_repository(tmp_path / "tree", person=alice)
    git(root, "config", "--global", "protocol.file.allow", "always")
    commit_file(root, "a.txt", "aaa\n")
    return Tree(root, tmp_path)


def status(root: Path) -> None:
    subprocess.run(["git", "status"], cwd=root, check=True, capture_output=True)


@pytest.mark.parametrize("name", ["evil", "e.v.i.l", "e=vil", "é\\ü", "clean", "-c"])
@pytest.mark.parametrize("key", ["clean", "process"])
def test_no_filter_of_the_repository_is_run(tree: Tree, name: str, key: str) -> None:
    git(tree.root, "config", f"filter.{name}.{key}", str(tree.trap))
    git(tree.root, "config", f"filter.{name}.required", "true")
    tree.filter_all(name)
    assert differences(tree.root) == CLEAN
    assert not tree.sprung.exists()


def test_a_filter_would_have_been_run(tree: Tree) -> None:
    git(tree.root, "config", "filter.evil.clean", str(tree.trap))
    tree.filter_all("evil")
    status(tree.root)
    assert tree.sprung.exists()


def test_a_filter_of_one_work_tree_or_an_included_file_is_not_run(tree: Tree, tmp_path: Path) -> None:
    git(tree.root, "config", "extensions.worktreeConfig", "true")
    git(tree.root, "config", "--worktree", "filter.one.clean", str(tree.trap))
    tree.filter_all("one")
    assert differences(tree.root) == CLEAN
    included = tmp_path / "included"
    git(tree.root, "config", "--file", str(included), "filter.two.clean", str(tree.trap))
    git(tree.root, "config", "include.path", str(included))
    tree.filter_all("two")
    assert differences(tree.root) == CLEAN
    assert not tree.sprung.exists()


def test_the_settings_given_to_git_by_variables_stay(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tree.root, "config", "filter.evil.clean", str(tree.trap))
    tree.filter_all("evil")
    (tree.root / "b.tmp").write_text("b")
    ignored = tree.root.parent / "ignored"
    ignored.write_text("*.tmp\n")
    for name, value in (("COUNT", "1"), ("KEY_0", "core.excludesFile"), ("VALUE_0", str(ignored))):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert differences(tree.root) == CLEAN
    assert not tree.sprung.exists()


def test_the_user_s_own_filter_is_run(tree: Tree) -> None:
    git(tree.root, "config", "--global", "filter.rot.clean", f"{tree.trap} | tr a-z n-za-m")
    tree.filter_all("rot")
    git(tree.root, "add", "--renormalize", ".")
    git(tree.root, "commit", "-q", "--no-gpg-sign", "-m", "Turn it")
    tree.sprung.unlink()
    os.utime(tree.root / "a.txt", (1_100_000_000, 1_100_000_000))
    assert differences(tree.root) == CLEAN
    assert tree.sprung.exists()


def test_the_user_s_own_filter_is_run_in_place_of_the_repository_s(tree: Tree, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text(f"#!/bin/sh\necho own >> {tmp_path / 'own-ran'}\nexec cat\n")
    own.chmod(0o755)
    git(tree.root, "config", "--global", "filter.lfs.clean", str(own))
    git(tree.root, "config", "filter.lfs.clean", str(tree.trap))
    tree.filter_all("lfs")
    assert differences(tree.root) == CLEAN
    assert (tmp_path / "own-ran").exists()
    assert not tree.sprung.exists()


def test_what_the_repository_writes_as_the_user_does_is_the_user_s(tree: Tree) -> None:
    for scope in ("--global", "--local"):
        git(tree.root, "config", scope, "filter.rot.clean", "tr a-z n-za-m")
    tree.filter_all("rot")
    assert differences(tree.root) == Differences(("a.txt",), (), ())


def test_only_what_a_filter_could_tell_is_left_open(tree: Tree) -> None:
    git(tree.root, "config", "filter.evil.clean", str(tree.trap))
    for each in ("b.txt", "c.txt", "d.txt"):
        commit_file(tree.root, each, "text\n")
    (tree.root / "link").symlink_to("a.txt")
    git(tree.root, "add", "link")
    git(tree.root, "commit", "-q", "--no-gpg-sign", "-m", "Link")
    tree.filter_all("evil")
    (tree.root / "a.txt").write_text("other\n")
    (tree.root / "b.txt").unlink()
    (tree.root / "link").unlink()
    (tree.root / "link").symlink_to("c.txt")
    (tree.root / "new.txt").write_text("new\n")
    (tree.root / "d.txt").write_text("staged\n")
    git(tree.root, "-c", "filter.evil.clean=", "add", "d.txt")
    found = differences(tree.root)
    assert found.filtered == ("a.txt",)
    assert found.filters == ("evil",)
    assert {"b.txt", "d.txt", "link", "new.txt"} == set(found.changed)
    assert not tree.sprung.exists()


def test_more_filters_than_anybody_has_are_could_not_tell(tree: Tree) -> None:
    many = "".join(f'[filter "f{each}"]\n\tclean = x\n' for each in range(101))
    with (tree.root / ".git" / "config").open("a") as config:
        config.write(many)
    with pytest.raises(GitFailed):
        differences(tree.root)


@pytest.fixture
def module(tree: Tree, tmp_path: Path) -> Path:
    """A submodule of a submodule, both committed."""
    alice = make_signer(tmp_path / "others", "Alice", "alice@example.org")
    inner = make_repository(tmp_path / "inner", person=alice)
    commit_file(inner, "i.txt", "iii\n")
    outer = make_repository(tmp_path / "outer", person=alice)
    commit_file(outer, "o.txt", "ooo\n")
    for into, what, name in ((outer, inner, "in side"), (tree.root, outer, "out")):
        git(into, "submodule", "--quiet", "add", str(what), name)
        git(into, "commit", "-q", "--no-gpg-sign", "-m", "Add a submodule")
    git(tree.root, "submodule", "--quiet", "update", "--init", "--recursive")
    return tree.root / "out" / "in side"


def test_no_program_of_a_submodule_is_run(tree: Tree, module: Path) -> None:
    for each in (module, module.parent):
        git(each, "config", "filter.evil.clean", str(tree.trap))
        git(each, "config", "core.fsmonitor", str(tree.trap))
        tree.filter_all("evil", each)
    assert differences(tree.root) == CLEAN
    assert not tree.sprung.exists()


def test_what_differs_in_a_submodule_differs(tree: Tree, module: Path) -> None:
    (module / "stray").write_text("x")
    (module.parent / "o.txt").write_text("other\n")
    assert {"out/o.txt", "out/in side/stray"} == set(differences(tree.root).changed)
    (module / "stray").unlink()
    git(module.parent, "checkout", "-q", "o.txt")
    assert differences(tree.root) == CLEAN
    git(module, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "More")
    assert differences(tree.root).changed == ("out/in side",)


def test_a_filtered_file_of_a_submodule_is_left_open(tree: Tree, module: Path) -> None:
    git(module, "config", "filter.rot.clean", "tr a-z n-za-m")
    tree.filter_all("rot", module)
    (module / "i.txt").write_text("vvv\n")
    assert differences(tree.root) == Differences((), ("out/in side/i.txt",), ("rot",))


def test_a_submodule_that_was_not_fetched_differs_in_nothing(tree: Tree, module: Path) -> None:
    git(tree.root, "submodule", "--quiet", "deinit", "--all", "--force")
    assert not (tree.root / "out" / ".git").exists()
    assert differences(tree.root) == CLEAN


def test_a_submodule_that_is_no_repository_is_could_not_tell(tree: Tree, module: Path) -> None:
    (module / ".git").unlink()
    (module / ".git").mkdir()
    with pytest.raises(GitFailed, match="not a git repository"):
        differences(tree.root)


def test_a_path_with_a_line_break_or_an_escape_is_shown_harmless(tree: Tree) -> None:
    (tree.root / "a\x1b[2J -> b").write_text("x")
    (changed,) = differences(tree.root).changed
    assert "\x1b" not in changed

"""Who wrote the commits between two releases, asked of real repositories."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.trail.authorship import authors_between
from promoter.trail.mailmap import read_mailmap
from promoter.trail.repository import Repository
from tests.support.git_repositories import git
from tests.support.release_repositories import Shop, make_shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    yield from make_shop(tmp_path, monkeypatch)


def by(shop: Shop, name: str, message: str = "A change", *, committer: str = "alice") -> str:
    """A commit of somebody's, committed by another."""
    who = {
        "GIT_AUTHOR_NAME": name.capitalize(),
        "GIT_AUTHOR_EMAIL": f"{name}@shop.example",
        "GIT_COMMITTER_NAME": committer.capitalize(),
        "GIT_COMMITTER_EMAIL": f"{committer}@shop.example",
    }
    arguments = ("commit", "-q", "--no-gpg-sign", "--allow-empty", "-F", "-")
    git(shop.root, *arguments, environment=who, given=message.encode())
    return shop.head


def emails(repository: Repository, commit: str, since: str | None = None) -> set[str]:
    found = authors_between(repository, commit, since)
    assert found.unknown is None
    return set(found.commits)


def test_authors_committers_and_co_authors_of_what_lies_between_are_found_and_nobody_else(shop: Shop) -> None:
    by(shop, "zoe")
    before = shop.head
    by(shop, "bob", committer="carol")
    squashed = "Merge it all\n\n* first\n\nCo-Authored-By: Dan <Dan@Shop.example>\n\n* second\n\nsome words"
    after = by(shop, "eve", squashed, committer="carol")
    found = authors_between(shop.repository, after, before)
    assert set(found.commits) == {f"{each}@shop.example" for each in ("bob", "carol", "dan", "eve")}
    assert found.written_by(["CAROL@shop.example "]) == 2
    assert found.written_by(["bob@shop.example", "eve@shop.example"]) == 2
    assert found.written_by(["zoe@shop.example"]) == 0
    assert "zoe@shop.example" in emails(shop.repository, after)


def test_a_release_without_new_commits_has_no_authors(shop: Shop) -> None:
    assert emails(shop.repository, shop.head, shop.head) == set()


def test_the_mailmap_of_the_release_adds_addresses_and_takes_none_away(shop: Shop) -> None:
    before = shop.head
    (shop.root / ".mailmap").write_text(
        "Carol <carol@shop.example> <bob@shop.example>\nDan <dan@shop.example> Eve <eve@shop.example>\n"
    )
    git(shop.root, "add", ".mailmap")
    by(shop, "bob", "Map\n\nCo-authored-by: Eve <eve@shop.example>", committer="bob")
    (shop.root / ".mailmap").write_text("Zoe <zoe@shop.example> <bob@shop.example>\n")
    assert emails(shop.repository, shop.head, before) == {
        f"{each}@shop.example" for each in ("bob", "carol", "eve", "dan")
    }


@pytest.mark.parametrize("odd", ["directory", "link", "large"])
def test_a_mailmap_that_is_none_is_passed_over_and_one_too_large_to_read_is_could_not_tell(
    shop: Shop, odd: str
) -> None:
    path = shop.root / ".mailmap"
    if odd == "directory":
        path.mkdir()
        (path / "x").write_text("Carol <carol@shop.example> <bob@shop.example>\n")
    elif odd == "link":
        path.symlink_to("README.md")
    else:
        path.write_text("#" * (1024 * 1024 + 1))
    git(shop.root, "add", ".mailmap")
    by(shop, "bob")
    unknown = authors_between(shop.repository, shop.head, None).unknown
    assert (unknown.code if unknown else None) == ("mailmap-too-large" if odd == "large" else None)


def test_history_that_is_cut_off_is_could_not_tell_and_the_same_history_in_full_is_not(shop: Shop) -> None:
    before = shop.head
    for name in ("bob", "carol", "dan"):
        by(shop, name)
    shallow = shop.shallow(depth=2)
    unknown = authors_between(shallow, shop.head, before).unknown
    assert unknown is not None
    assert unknown.code == "history-missing"
    unknown = authors_between(shallow, shop.head, None).unknown
    assert unknown is not None
    assert unknown.code == "history-truncated"
    git(shallow.root, "fetch", "-q", "--unshallow")
    assert emails(shallow, shop.head, before) == emails(shop.repository, shop.head, before)
    shallow.close()


def test_what_lies_wholly_within_a_shallow_clone_can_be_told(shop: Shop) -> None:
    for name in ("bob", "carol", "dan"):
        by(shop, name)
    shallow = shop.shallow(depth=3)
    since = shop.git("rev-parse", "HEAD~1")
    assert "dan@shop.example" in emails(shallow, shop.head, since)
    assert "bob@shop.example" not in emails(shallow, shop.head, since)
    shallow.close()


@pytest.mark.parametrize("name", ["--all", "-1", "main..main", "0" * 40])
def test_what_is_no_commit_here_is_could_not_tell_and_never_an_option(shop: Shop, name: str) -> None:
    unknown = authors_between(shop.repository, name, None).unknown
    assert unknown is not None
    assert unknown.code == "history-missing"


def test_a_commit_with_strange_names_is_read_like_any_other(shop: Shop) -> None:
    before = shop.head
    by(shop, "bob", "Odd\n\nCo-authored-by: \x1b[31m \u202e<>\nCo-authored-by: <q@shop.example>")
    assert emails(shop.repository, shop.head, before) >= {"bob@shop.example", "q@shop.example"}


@pytest.mark.parametrize(
    "shape", ["Proper <p@x> <c@x>", "<p@x> <c@x>", "Proper <p@x> Known <c@x>", "Proper <c@x>"]
)
def test_a_mailmap_says_what_git_says_of_it(shop: Shop, shape: str) -> None:
    (shop.root / ".mailmap").write_text(f"# people\n{shape}\n")
    mailmap = read_mailmap((shop.root / ".mailmap").read_bytes())
    for name in ("Known", "Other"):
        said = shop.git("check-mailmap", f"{name} <C@X>")
        assert mailmap.proper(name, "C@X") == said.partition("<")[2].rstrip(">").casefold()


@settings(max_examples=200)
@given(st.binary(max_size=300) | st.text("ab<>@# \n\t", max_size=80).map(str.encode))
def test_no_file_is_too_strange_a_mailmap(content: bytes) -> None:
    assert isinstance(read_mailmap(content).proper("a", "b"), str)

"""The walk over a trail's commits: what each adds, and what none may do."""

from pathlib import Path

import pytest

from promoter.model.roster import ROSTER_ADMIN
from promoter.trail.history import walk
from promoter.trail.repository import Repository
from promoter.trail.signature import SealState
from tests.support.git_repositories import Signer, git, make_repository
from tests.support.trail_histories import History, files_of, genesis, opened, person, sign_off


@pytest.fixture(params=["sha1", "sha256"])
def history(request: pytest.FixtureRequest, tmp_path: Path, alice: Signer) -> History:
    """A trail with a genesis and an opened promotion."""
    history = History(make_repository(tmp_path / "it", person=alice, object_format=request.param))
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    history.add(beginning, by=alice)
    history.add(opened(alice, beginning), by=alice)
    return history


def repository_of(history: History) -> Repository:
    return Repository.discover(history.directory)


def test_each_commit_is_told_with_its_entry_author_and_seal(history: History, alice: Signer) -> None:
    walked = walk(repository_of(history), history.tip)
    first, second = walked.commits

    assert ((), (first.commit,), history.tip) == (first.parents, second.parents, second.commit)
    assert [each.found[0].entry.type.value for each in walked.commits if each.found[0].entry] == [
        "genesis",
        "opened",
    ]
    assert {(alice.email, SealState.INTACT, alice.id)} == {
        (each.email, each.seal.state, each.seal.key) for each in walked.commits
    }
    assert (walked.findings, walked.incomplete) == ([], False)


def test_a_walk_from_a_tip_that_was_seen_tells_only_what_came_since(history: History, alice: Signer) -> None:
    seen, voice = history.tip, sign_off(alice)
    history.add(voice, by=alice)

    walked = walk(repository_of(history), history.tip, since=seen)

    assert [[voice]] == [[found.entry for found in each.found] for each in walked.commits]


def test_a_union_of_two_histories_adds_nothing(history: History, alice: Signer) -> None:
    base = history.tip
    ours = history.add(sign_off(alice), by=alice)
    theirs = history.add(sign_off(alice), by=alice, after=[base])
    history.merge(ours, theirs, by=alice)

    for since in (None, ours, theirs):
        walked = walk(repository_of(history), history.tip, since=since, known={base}.__contains__)
        assert (walked.findings, walked.incomplete) == ([], False)
        assert walked.commits[-1].found == ()


def test_a_file_that_comes_back_after_it_was_removed_is_two_findings(history: History, alice: Signer) -> None:
    voice = sign_off(alice)
    history.add(voice, by=alice)
    [path] = files_of(voice)
    history.commit({}, by=alice, without=[path])
    history.add(voice, by=alice)

    walked = walk(repository_of(history), history.tip)

    assert [each.message.code for each in walked.findings] == ["file-removed"]
    assert sum(found.path == path for each in walked.commits for found in each.found) == 2


def test_a_path_in_no_encoding_is_shown_and_harms_nothing(history: History, alice: Signer) -> None:
    tree = git(history.directory, "rev-parse", f"{history.tip}^{{tree}}")
    oid = git(history.directory, "hash-object", "-w", "--stdin", given=b"x")
    listed = (
        git(history.directory, "ls-tree", "-z", tree).encode()
        + f"100644 blob {oid}\t".encode()
        + b"\xff\xfe\0"
    )
    strange = git(history.directory, "mktree", "-z", given=listed)
    history.point(git(history.directory, "commit-tree", "-p", history.tip, "-m", "x", strange))

    walked = walk(repository_of(history), history.tip)

    assert [(each.message.code, each.path) for each in walked.findings] == [("foreign-file", "\\xff\\xfe")]


def test_a_history_cut_short_is_incomplete(history: History, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    url = history.directory.as_uri()
    git(tmp_path, "clone", "-q", "--depth=1", "--branch", history.branch, url, str(shallow))

    walked = walk(Repository.discover(shallow), history.tip)

    assert [each.message.code for each in walked.findings] == ["parent-missing"]
    assert walked.incomplete

"""The index in hard times: rows that lie, two that rebuild it at once, a newer promoter, a lock, no room to write."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest

from promoter.model.roster import ROSTER_ADMIN
from promoter.trail.index import VERSION, Index, Indexed
from promoter.trail.index_rows import IndexLies
from promoter.trail.projection import from_history
from promoter.trail.repository import Repository
from promoter.trail.trail import Trail
from tests.support.git_repositories import Signer, git
from tests.support.trail_histories import BRANCH, History, files_of, genesis, opened, person, sign_off


@pytest.fixture
def history(repository_of_alice: Path, alice: Signer, bob: Signer) -> History:
    """A trail of six entries, the last by somebody in no roster; its index is up to date."""
    made = History(repository_of_alice)
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    made.add(beginning, by=alice)
    made.add(opened(alice, beginning), by=alice)
    for _ in range(3):
        made.add(sign_off(alice), by=alice)
    made.add(sign_off(bob), by=bob)
    trail_of(made).refresh()
    return made


def trail_of(history: History) -> Trail:
    return Trail(Repository.discover(history.directory), BRANCH)


def index_of(history: History) -> Index:
    return Index(Repository.discover(history.directory), BRANCH)


@contextmanager
def opened_by_hand(history: History) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(index_of(history).path)) as connection:
        yield connection
        connection.commit()


def is_right(history: History) -> None:
    """The trail is read as its history says, and after that the index says so too."""
    expected = from_history(Repository.discover(history.directory), history.tip)
    trail = trail_of(history)
    trail.refresh()
    assert trail.records_of("p1") == expected.of_promotion("p1")
    assert trail.all_records() == expected.everything()
    assert trail_of(history).records_of_trail() == expected.of_trail()
    again = index_of(history).at(history.tip)
    assert isinstance(again, Indexed)
    assert again.everything() == expected.everything()


LIES = {
    "a quarantined entry that counts": "UPDATE files SET trust = 'counted', why = NULL",
    "another author": "UPDATE files SET content = replace(content, 'alice', 'carol') WHERE position = 3",
    "another signature": "UPDATE files SET signature = 'good', key = 'SHA256:x' WHERE position = 5",
    "an entry that is gone": "DELETE FROM files WHERE position = 4",
    "an entry twice": "INSERT INTO files SELECT 'other', path, content, unreadable, position + 9, type, id, promotion,"
    " of_trail, signature, key, trust, why, roles, roster, disowned_by, blocks, sum FROM files WHERE position = 3",
    "an entry elsewhere": "UPDATE files SET promotion = 'p2' WHERE position = 3",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_row_that_lies_is_found_out_when_it_is_read(history: History, lie: str) -> None:
    with opened_by_hand(history) as connection:
        connection.execute(lie)
    with pytest.raises(IndexLies):
        index_of(history).at(history.tip).everything()
    assert not index_of(history).path.exists()
    trail_of(history).refresh()
    with opened_by_hand(history) as connection:
        connection.execute(lie)
    is_right(history)


def test_what_verify_says_in_full_does_not_hang_on_the_index(history: History) -> None:
    expected = trail_of(history).verify(full=True)
    with opened_by_hand(history) as connection:
        connection.execute("UPDATE files SET trust = 'quarantined'")
        connection.execute("DELETE FROM findings")
    assert trail_of(history).verify(full=True) == expected


@pytest.mark.parametrize("version", ["0", str(int(VERSION) + 1), "99", "later"])
def test_an_index_of_another_version_of_promoter_is_made_anew(history: History, version: str) -> None:
    path = index_of(history).path
    path.unlink()
    with opened_by_hand(history) as connection:
        connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT, more TEXT)")
        connection.execute("CREATE TABLE files (something INTEGER, else_ TEXT)")
        rows = (("version", version), ("tip", history.tip), ("branch", BRANCH), ("unchecked", ""))
        connection.executemany("INSERT INTO meta VALUES (?, ?, 'x')", rows)
    is_right(history)


@pytest.mark.parametrize("left", [0, 1, 100, 4096, 20_000])
def test_a_truncated_index_is_made_anew(history: History, left: int) -> None:
    path = index_of(history).path
    path.write_bytes(path.read_bytes()[:left])
    is_right(history)


def read_it(directory: Path) -> int:
    with Repository.discover(directory) as repository:
        trail = Trail(repository, BRANCH)
        return len(trail.records_of_trail().recorded) + len(trail.records_of("p1").recorded)


def test_processes_that_rebuild_it_at_once_all_answer_right(history: History) -> None:
    expected = read_it(history.directory)
    with get_context("spawn").Pool(4) as pool:
        for damage in (b"", b"garbage" * 1000, None):
            path = index_of(history).path
            path.write_bytes(damage) if damage is not None else path.unlink()
            assert pool.map(read_it, [history.directory] * 8) == [expected] * 8
    is_right(history)


HOLDING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


def test_one_that_a_stranger_has_locked_is_waited_for(history: History, alice: Signer) -> None:
    words = [sys.executable, "-c", HOLDING, str(index_of(history).path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stranger:
        assert stranger.stdout is not None
        stranger.stdout.readline()
        history.add(sign_off(alice), by=alice)
        with get_context("spawn").Pool(1) as pool:
            answer = pool.apply_async(read_it, [history.directory])
            answer.wait(1)
            stranger.communicate("let go\n")
            assert answer.get(60) == 8
    is_right(history)


def test_one_that_cannot_be_written_does_not_keep_the_trail_from_being_read(
    history: History, alice: Signer
) -> None:
    path = index_of(history).path
    path.unlink()
    path.mkdir()
    history.add(sign_off(alice), by=alice)
    assert read_it(history.directory) == 8
    assert git(history.directory, "fsck", "--strict", "--no-dangling") == ""


def test_reading_a_long_trail_for_the_first_time_says_how_far_it_is(
    repository_of_alice: Path, alice: Signer
) -> None:
    stream = []
    for each in (genesis(alice), *(sign_off(alice) for _ in range(2100))):
        [(path, content)] = files_of(each).items()
        stream.append(
            b"commit refs/heads/%s\ncommitter A <a@b.c> 1795348800 +0000\ndata 1\nx\nM 100644 inline %s\ndata %d\n%s\n"
            % (BRANCH.encode(), path.encode(), len(content), content)
        )
    git(repository_of_alice, "fast-import", "--quiet", given=b"".join(stream))
    told: list[tuple[int, int]] = []
    with Repository.discover(repository_of_alice) as repository:
        for _ in range(2):
            trail = Trail(repository, BRANCH, lambda read, of: told.append((read, of)))
            trail.refresh()
            assert trail.position().entries == 2101
    assert told == [(0, 2101), (1000, 2101), (2000, 2101)]

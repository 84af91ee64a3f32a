"""What is acknowledged stays: many writers at once, writers killed in the act, a repository that refuses."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from promoter.model.entry import Entry
from promoter.trail.command import GitFailed
from promoter.trail.commit_message import commit_message
from promoter.trail.entry import entry_bytes, entry_path, read_entry
from promoter.trail.identity import git_identity
from promoter.trail.repository import Repository, reference_of
from promoter.trail.signing import written_commit
from promoter.trail.trail import Trail
from promoter.trail.trees import with_contents
from promoter.trail.writing import append
from tests.support.git_repositories import Signer, git, make_repository
from tests.support.trail_entries import genesis, sign_off

BRANCH = "promoter/trail"
HERE = Path(__file__).parent
Writing = Callable[[Repository, Entry], None]


def entries_on(directory: Path) -> set[str]:
    return set(git(directory, "ls-tree", "-r", "--name-only", BRANCH).splitlines())


def as_promoter_does(repository: Repository, entry: Entry) -> None:
    Trail(repository, BRANCH).append(entry)


def without_compare_and_swap(repository: Repository, entry: Entry) -> None:
    """The control: the same objects, and then the branch is set to them, wherever it is by then."""
    tip, identity = repository.tip(BRANCH), git_identity(repository)
    assert tip is not None
    tree = with_contents(repository, tip, {entry_path(entry): entry_bytes(entry)})
    commit = written_commit(
        repository,
        tree,
        (tip,),
        commit_message(entry),
        identity,
        at=datetime.fromisoformat(entry.at),
        sign=False,
    )
    while True:
        try:
            repository.change("update-ref", reference_of(BRANCH), commit)
        except GitFailed as failed:  # somebody else holds git's own lock of the reference, for a moment
            if "cannot lock ref" not in failed.said:
                raise
        else:
            return


def write_many(directory: Path, person: Signer, count: int, write: Writing) -> None:
    with Repository.discover(directory) as repository:
        for _ in range(count):
            write(repository, sign_off(person))


def all_at_once(directory: Path, person: Signer, processes: int, each: int, write: Writing) -> None:
    with Repository.discover(directory) as repository:
        append(repository, BRANCH, genesis(person))
    running = [
        get_context("spawn").Process(target=write_many, args=(directory, person, each, write))
        for _ in range(processes)
    ]
    for one in running:
        one.start()
    for one in running:
        one.join()
    assert {one.exitcode for one in running} == {0}
    assert git(directory, "fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize(
    ("processes", "each"), [(4, 12), pytest.param(8, 50, marks=pytest.mark.soak)], ids=["few", "many"]
)
def test_without_compare_and_swap_writers_take_each_others_entries_away(
    tmp_path: Path, alice: Signer, processes: int, each: int
) -> None:
    directory = make_repository(tmp_path / "r", person=alice, signing=False)
    all_at_once(directory, alice, processes, each, without_compare_and_swap)
    assert len(entries_on(directory)) < 1 + processes * each


@pytest.mark.parametrize("signing", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize(
    ("processes", "each"), [(3, 4), pytest.param(8, 50, marks=pytest.mark.soak)], ids=["few", "many"]
)
def test_the_same_writers_as_promoter_has_them_lose_nothing(
    tmp_path: Path, alice: Signer, processes: int, each: int, signing: bool
) -> None:
    directory = make_repository(tmp_path / "r", person=alice, signing=signing)
    all_at_once(directory, alice, processes, each, as_promoter_does)
    assert len(entries_on(directory)) == 1 + processes * each
    assert git(directory, "rev-list", "--count", "--min-parents=2", BRANCH) == "0"
    with Repository.discover(directory) as repository:
        assert Trail(repository, BRANCH).verify(full=True).exit_code == 0


def write_until_killed(directory: Path, person: Signer, told: Connection) -> None:
    os.setsid()
    with Repository.discover(directory) as repository:
        append(repository, BRANCH, sign_off(person))
        told.send(None)
        while True:
            entry = sign_off(person)
            told.send((entry_bytes(entry), entry_path(entry)))
            append(repository, BRANCH, entry)
            told.send(None)


def killed_in_the_act(directory: Path, person: Signer, after_s: float) -> tuple[list[Entry], int]:
    """What a process group meant to record before it was killed, in order, and how much of it was acknowledged."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__, "promoter.trail.writing", "git", "cryptography"])
    listening, telling = context.Pipe(duplex=False)
    writer = context.Process(target=write_until_killed, args=(directory, person, telling))
    writer.start()
    telling.close()
    listening.recv()
    time.sleep(after_s)
    assert writer.pid is not None
    os.killpg(writer.pid, signal.SIGKILL)
    writer.join()
    meant, acknowledged = [], 0
    with contextlib.suppress(EOFError, OSError), listening:
        while True:
            told = listening.recv()
            if told is None:
                acknowledged += 1
            else:
                meant.append(read_entry(*told))
    return meant, acknowledged


@pytest.mark.parametrize("signing", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.soak)])
def test_a_writer_that_is_killed_loses_nothing_it_acknowledged_and_can_be_repeated(
    tmp_path: Path, alice: Signer, kills: int, signing: bool
) -> None:
    directory = make_repository(tmp_path / "r", person=alice, signing=signing)
    moments = random.Random(kills)
    expected = 1
    with Repository.discover(directory) as repository:
        append(repository, BRANCH, genesis(alice))
        repository.close()
        for kill in range(kills):
            meant, acknowledged = killed_in_the_act(directory, alice, moments.uniform(0.0, 0.15))
            there = entries_on(directory)
            assert {entry_path(each) for each in meant[:acknowledged]} <= there
            assert len(meant) - acknowledged <= 1
            if kill % 10 == 0 or kill == kills - 1:
                assert git(directory, "fsck", "--strict", "--no-dangling") == ""
            for each in meant[-1:]:
                again = append(repository, BRANCH, each)
                assert append(repository, BRANCH, each) == again
            append(repository, BRANCH, sign_off(alice))
            repository.close()
            expected += 1 + len(meant) + 1
            assert len(entries_on(directory)) == expected
        assert Trail(repository, BRANCH).verify(full=True).exit_code == 0


REFUSED = """
import sys
from pathlib import Path
from promoter.errors import CannotAct
from promoter.messages import Language
from promoter.trail.repository import Repository
from promoter.trail.trail import Trail
from tests.support.git_repositories import Signer
from tests.support.trail_entries import sign_off
at, name, email, key = sys.argv[1:]
with Repository.discover(Path(at)) as repository:
    trail = Trail(repository, "promoter/trail")
    print(len(trail.all_records().recorded))
    try:
        trail.append(sign_off(Signer(name, email, Path(), "", key)))
    except CannotAct as cannot:
        print(Language("en").say(cannot.wrong))
"""


def as_an_ordinary_user(*command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command that permissions bind, even where the tests are run by root."""
    words: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may do anything here: there is no setpriv")
        words = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")
    return subprocess.run(
        [*words, *command], capture_output=True, text=True, check=True, cwd=HERE.parents[1], timeout=60
    )


@pytest.mark.parametrize("place", ["objects", "refs/heads/promoter", "promoter", "promoter/outbox", "."])
def test_where_permission_is_denied_nothing_is_recorded_and_the_trail_is_read(
    repository_of_alice: Path, alice: Signer, place: str
) -> None:
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        tip = Trail(repository, BRANCH).append(sign_off(alice)).commit
    (repository_of_alice / ".git" / "promoter.lock").unlink()
    denied = repository_of_alice / ".git" / place
    directories = (
        [denied, *(each for each in denied.rglob("*") if each.is_dir())] if place != "." else [denied]
    )
    for each in directories:
        each.chmod(0o555)
    words = (sys.executable, "-c", REFUSED, str(repository_of_alice), alice.name, alice.email, alice.id)
    try:
        done = as_an_ordinary_user(*words)
    finally:
        for each in directories:
            each.chmod(0o755)
    read, _, said = done.stdout.partition("\n")
    assert read == "2"
    assert "ermission denied" in said or "cannot be written" in said or "insufficient permission" in said
    assert git(repository_of_alice, "rev-parse", BRANCH) == tip
    with Repository.discover(repository_of_alice) as repository:
        Trail(repository, BRANCH).append(sign_off(alice))
        assert Trail(repository, BRANCH).verify(full=True).exit_code == 0


def test_a_limit_on_the_size_of_files_is_told_and_leaves_no_half_entry(
    repository_of_alice: Path, alice: Signer
) -> None:
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        Trail(repository, BRANCH).refresh()
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))\n{REFUSED}"
    words = (sys.executable, "-c", limited, str(repository_of_alice), alice.name, alice.email, alice.id)
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=HERE.parents[1], timeout=60)
    assert "cannot be written: File too large" in done.stdout
    with Repository.discover(repository_of_alice) as repository:
        assert len(entries_on(repository_of_alice)) == 1
        Trail(repository, BRANCH).append(sign_off(alice))
        assert Trail(repository, BRANCH).verify(full=True).exit_code == 0

"""What verifying a long signed trail takes, against git's own verification of the same history."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import PROMOTER, Figure, in_turn, seconds
from benchmarks.signed_trails import signed_repository
from benchmarks.trails import BRANCH

ENTRIES = 10_000
SAMPLE = 300
ROUNDS = 3
TIMES_FASTER = 30


def figures() -> Iterator[Figure]:
    """`promoter verify` as a whole process, every signature checked, against `git log --format=%G?`, which starts
    ssh-keygen for each commit and is therefore measured on the newest of them only."""
    with tempfile.TemporaryDirectory() as directory:
        made = signed_repository(Path(directory) / "signed", ENTRIES)
        git, first, full, again = in_turn(
            ROUNDS, lambda: _git(made), lambda: _first(made), lambda: _full(made), lambda: _again(made)
        )
    of_git = git / SAMPLE * ENTRIES
    for what, taken in (
        (f"promoter verify of {ENTRIES} signed entries, for the first time", first),
        (f"promoter verify of {ENTRIES} signed entries, once more", again),
    ):
        detail = f"{taken:.1f} s, {of_git / taken:.0f} times faster than git's {of_git:.0f} s (from {SAMPLE} commits)"
        yield Figure(f"{what} / git log %G?", taken / of_git * 100, 100 / TIMES_FASTER, "%", detail)
    what = f"promoter verify --full of {ENTRIES} signed entries / git log %G?"
    yield Figure(what, full / of_git * 100, 100 / 10, "%", f"{full:.1f} s, every object read")


def _git(directory: Path) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        ["git", "log", f"--max-count={SAMPLE}", "--format=%G?", BRANCH],
        cwd=directory,
        check=True,
        capture_output=True,
    )
    taken = time.perf_counter() - started
    assert done.stdout.split() == [b"G"] * SAMPLE, "git finds every signature good"
    return taken


def _first(directory: Path) -> float:
    shutil.rmtree(directory / ".git" / "promoter", ignore_errors=True)
    return _again(directory)


def _again(directory: Path) -> float:
    return seconds([*PROMOTER, "-C", str(directory), "verify"])


def _full(directory: Path) -> float:
    return seconds([*PROMOTER, "-C", str(directory), "verify", "--full"])

"""Eight processes that append to one trail at once: whether any waits much longer than the others."""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Figure, environment
from benchmarks.trails import BRANCH, repository

WRITERS, EACH = 8, 50
LIMIT = 4.0


def figures() -> Iterator[Figure]:
    """The slowest twentieth of the appends against the median, and how many of them had to be merged."""
    with tempfile.TemporaryDirectory() as directory:
        made = repository(Path(directory) / "shared", 10)
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.writing_at_once", str(made)],
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(WRITERS)
        ]
        for each in writers:
            assert each.stdout is not None
            each.stdout.readline()
        for each in writers:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        taken = sorted(float(one) for each in writers for one in each.communicate()[0].split())
        merges = _count(made, "--min-parents=2")
        assert len(taken) == WRITERS * EACH, "every writer wrote"
        assert _count(made, "--no-merges") == 10 + len(taken), "nothing was lost"
    middle, slow = statistics.median(taken), taken[int(len(taken) * 0.95)]
    detail = f"{middle * 1000:.0f} ms, the slowest {taken[-1] * 1000:.0f} ms, {merges} merged"
    what = f"{WRITERS} processes appending {EACH} entries each: the 95th percentile / the median"
    yield Figure(what, slow / middle, LIMIT, detail=detail)


def _count(directory: Path, which: str) -> int:
    printed = subprocess.run(
        ["git", "rev-list", "--count", which, BRANCH], cwd=directory, check=True, capture_output=True
    ).stdout
    return int(printed)


def write(directory: str) -> None:
    """One of the writers: says it is ready, waits for the word, and prints how many seconds each append took."""
    from benchmarks.trail_length import one_append
    from promoter.usecases.settings import Settings
    from promoter.usecases.workspace import Workspace

    with Workspace.open(Settings(Path(directory))) as workspace:
        workspace.trail.refresh()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        taken = [one_append(workspace) for _ in range(EACH)]
    sys.stdout.write("".join(f"{each}\n" for each in taken))


if __name__ == "__main__":
    write(sys.argv[1])

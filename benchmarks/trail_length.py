"""Whether `status` and appending cost the same on a long trail as on a short one."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks import plumbing
from benchmarks.measuring import PROMOTER, Figure, in_turn, seconds
from benchmarks.trails import repository
from promoter.model.entry import Commented, Entry, EntryType
from promoter.trail.ulid import new_ulid
from promoter.usecases.settings import Settings, utc_now
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace

SHORT, LONG = 10, 100_000
ROUNDS = 9
APPENDS = 21
STATUS_LIMIT = 1.5
LIMIT = 1.3
PLUMBING_LIMIT = 2.0


def figures() -> Iterator[Figure]:
    """`promoter status` as a whole process, and one append in process, long against short, and against git."""
    with tempfile.TemporaryDirectory() as directory:
        short = repository(Path(directory) / "short", SHORT)
        long = repository(Path(directory) / "long", LONG)
        yield _status(short, long)
        yield from _append(short, long)


def _status(short: Path, long: Path) -> Figure:
    few, many = in_turn(
        ROUNDS,
        lambda: seconds([*PROMOTER, "-C", str(short), "status"]),
        lambda: seconds([*PROMOTER, "-C", str(long), "status"]),
    )
    what = f"promoter status on {LONG} entries / on {SHORT} (index warm)"
    return Figure(what, many / few, STATUS_LIMIT, detail=f"{few * 1000:.0f} ms on {SHORT}")


def _append(short: Path, long: Path) -> Iterator[Figure]:
    with Workspace.open(Settings(short)) as few, Workspace.open(Settings(long)) as many:
        floor, taken, bare = in_turn(
            APPENDS, lambda: one_append(few), lambda: one_append(many), lambda: _bare(many)
        )
    what = f"appending the {LONG}th entry / the {SHORT}th"
    yield Figure(what, taken / floor, LIMIT, detail=f"{floor * 1000:.0f} ms on {SHORT}")
    what = f"appending the {LONG}th entry / the git commands it must call"
    yield Figure(what, taken / bare, PLUMBING_LIMIT, detail=f"{bare * 1000:.0f} ms of git")


def one_append(workspace: Workspace) -> float:
    """Seconds that one append to the open promotion takes."""
    entry = _next(workspace)
    started = time.perf_counter()
    workspace.trail.append(entry)
    return time.perf_counter() - started


def _bare(workspace: Workspace) -> float:
    entry = _next(workspace)
    started = time.perf_counter()
    plumbing.append(workspace.root, entry)
    taken = time.perf_counter() - started
    workspace.trail.refresh()
    return taken


def _next(workspace: Workspace) -> Entry:
    opened = chosen_promotion(workspace, None).opened.entry
    return replace(opened, id=new_ulid(utc_now()), type=EntryType.COMMENTED, content=Commented("noted"))

"""Whether one promotion's answer costs the same among thousands, and what the board over a hundred open ones costs."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import PROMOTER, Figure, in_turn, seconds
from benchmarks.trails import Length, repository

EACH = 5
FEW, MANY, OPEN = 10, 10_000, 100
ROUNDS = 9
LIMIT = 1.3
BOARD_LIMIT = 5.0


def figures() -> Iterator[Figure]:
    """`promoter status` of one promotion among many against among few, and `status --all` against `status`, as
    whole processes with a warm index."""
    with tempfile.TemporaryDirectory() as directory:
        few = repository(Path(directory) / "few", _of(FEW))
        many = repository(Path(directory) / "many", _of(MANY))
        board = repository(Path(directory) / "board", _of(MANY, OPEN))
        one = f"v1-preprod-{MANY:06}"
        among_few, among_many, closed, of_all, of_one = in_turn(
            ROUNDS,
            lambda: seconds([*PROMOTER, "-C", str(few), "status"]),
            lambda: seconds([*PROMOTER, "-C", str(many), "status"]),
            lambda: seconds([*PROMOTER, "-C", str(many), "status", "-p", f"v1-preprod-{MANY // 2:06}"]),
            lambda: seconds([*PROMOTER, "-C", str(board), "status", "--all"]),
            lambda: seconds([*PROMOTER, "-C", str(board), "status", "-p", one]),
        )
    what = f"promoter status of the open promotion among {MANY} / among {FEW}"
    yield Figure(what, among_many / among_few, LIMIT, detail=f"{among_few * 1000:.0f} ms among {FEW}")
    what = f"promoter status of a promotion long closed among {MANY} / of the open one among {FEW}"
    yield Figure(what, closed / among_few, LIMIT)
    what = f"promoter status --all with {OPEN} open among {MANY} / status of one of them"
    yield Figure(what, of_all / of_one, BOARD_LIMIT, detail=f"{of_one * 1000:.0f} ms of one")


def _of(promotions: int, left_open: int = 1) -> Length:
    return Length(promotions * EACH + 2, EACH, left_open)

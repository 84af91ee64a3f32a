"""How long `--version` and `--help` take, against a bare Python's start."""

import sys
from collections.abc import Iterator

from benchmarks.measuring import PROMOTER, Figure, in_turn, seconds

ROUNDS = 9
LIMIT = 5.0


def figures() -> Iterator[Figure]:
    """`--version` and `--help` as multiples of `python -c pass`."""
    floor, version, usage = in_turn(
        ROUNDS,
        lambda: seconds([sys.executable, "-c", "pass"]),
        lambda: seconds([*PROMOTER, "--version"]),
        lambda: seconds([*PROMOTER, "--help"]),
    )
    detail = f"floor {floor * 1000:.0f} ms"
    yield Figure("promoter --version / a bare Python", version / floor, LIMIT, detail=detail)
    yield Figure("promoter --help / a bare Python", usage / floor, LIMIT, detail=detail)

"""Whole processes timed in turn, and the table that says how they compare."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PROMOTER = (sys.executable, "-m", "promoter")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result: what was measured, the figure, and the most it may be."""

    what: str
    value: float
    limit: float
    unit: str = "x"
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure is within its limit."""
        return self.value <= self.limit

    def line(self) -> str:
        """The figure as a line of the table."""
        mark = "ok  " if self.holds else "OVER"
        return f"{mark}  {self.value:8.2f} {self.unit:3} (at most {self.limit:g})  {self.what}  {self.detail}"


def environment() -> dict[str, str]:
    """This process's environment, with bytecode kept as an installed program keeps it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: Sequence[str]) -> float:
    """How long a command takes from its start to its end; it must succeed."""
    started = time.perf_counter()
    subprocess.run(
        command,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


def in_turn(rounds: int, *measures: Callable[[], float]) -> list[float]:
    """The median of each measure, taken in turn so that a drifting machine drifts for all; one warm-up round."""
    for measure in measures:
        measure()
    taken: list[list[float]] = [[] for _ in measures]
    for _ in range(rounds):
        for index, measure in enumerate(measures):
            taken[index].append(measure())
    return [statistics.median(each) for each in taken]

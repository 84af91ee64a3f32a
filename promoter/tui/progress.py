"""A run as it goes on: what has started, what has come to an end, and how long it took."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

from promoter.model.outcome import Outcome, Verdict
from promoter.tui.desk import Progress

_WORST_FIRST = (Verdict.FAILED, Verdict.ERRORED, Verdict.WARNED, Verdict.SKIPPED, Verdict.PASSED)


@dataclass(slots=True)
class LiveRun:
    """One run of some checks, by item and check. Times are seconds of a monotonic clock. `asking` while it
    waits for a person to agree to something, and nothing runs."""

    checks: Iterable[tuple[str, str]]
    clock: Callable[[], float] = monotonic
    started: dict[tuple[str, str], float] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    asking: bool = False
    stopping: bool = False
    _of_item: dict[str, list[str]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.plan(self.checks)

    def plan(self, checks: Iterable[tuple[str, str]]) -> None:
        """Takes other checks for those of the run."""
        self.checks = tuple(checks)
        self._of_item = {}
        for item, check in self.checks:
            self._of_item.setdefault(item, []).append(check)

    def hear(self, progress: Progress) -> None:
        """Takes one event in."""
        key = (progress.item, progress.check)
        if progress.outcome is None:
            self.started[key] = self.clock()
        else:
            self.outcomes[key] = progress.outcome

    def covers(self, item: str, check: str | None = None) -> bool:
        """Whether the run is about this item, or this check of it."""
        return item in self._of_item and (check is None or check in self._of_item[item])

    def counts(self, item: str) -> tuple[int, int]:
        """How many of its checks have come to an end, and how many there are."""
        checks = self._of_item.get(item, [])
        return sum((item, each) in self.outcomes for each in checks), len(checks)

    def total(self) -> tuple[int, int]:
        """How many checks have come to an end, and how many there are."""
        return len(self.outcomes), sum(map(len, self._of_item.values()))

    def begun(self, item: str) -> bool:
        """Whether one of its checks has started."""
        return any(name == item for name, _ in self.started)

    def finished(self, item: str) -> bool:
        """Whether all its checks have come to an end."""
        done, all_of_them = self.counts(item)
        return done == all_of_them

    def elapsed(self, item: str) -> float:
        """How long ago its first check started, in seconds; 0 before."""
        moments = [at for (name, _), at in self.started.items() if name == item]
        return self.clock() - min(moments) if moments else 0.0

    def worst(self, item: str) -> Outcome | None:
        """Of the outcomes there are, the one to show first."""
        heard = [
            self.outcomes[item, each] for each in self._of_item.get(item, []) if (item, each) in self.outcomes
        ]
        return min(heard, key=lambda each: _WORST_FIRST.index(each.verdict)) if heard else None

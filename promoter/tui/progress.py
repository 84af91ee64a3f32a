"""A run as it goes on: what has started, what has come to an end, and how long it took."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from promoter.model.checklist import Item
from promoter.model.outcome import Outcome, Verdict
from promoter.tui.desk import Progress

_WORST_FIRST = (Verdict.FAILED, Verdict.ERRORED, Verdict.WARNED, Verdict.SKIPPED, Verdict.PASSED)


@dataclass(slots=True)
class LiveRun:
    """One run over some items. Times are seconds of a monotonic clock."""

    items: Sequence[Item]
    clock: Callable[[], float] = monotonic
    started: dict[tuple[str, str], float] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    stopping: bool = False

    def hear(self, progress: Progress) -> None:
        """Takes one event in."""
        key = (progress.item, progress.check)
        if progress.outcome is None:
            self.started[key] = self.clock()
        else:
            self.outcomes[key] = progress.outcome

    def covers(self, item: str) -> bool:
        """Whether the run is about this item."""
        return any(each.id == item for each in self.items)

    def counts(self, item: Item) -> tuple[int, int]:
        """How many of its checks have come to an end, and how many there are."""
        return sum((item.id, each.id) in self.outcomes for each in item.checks), len(item.checks)

    def total(self) -> tuple[int, int]:
        """How many checks have come to an end, and how many there are."""
        return len(self.outcomes), sum(len(each.checks) for each in self.items)

    def begun(self, item: Item) -> bool:
        """Whether one of its checks has started."""
        return any(name == item.id for name, _ in self.started)

    def finished(self, item: Item) -> bool:
        """Whether all its checks have come to an end."""
        done, all_of_them = self.counts(item)
        return done == all_of_them

    def elapsed(self, item: Item) -> float:
        """How long ago its first check started, in seconds; 0 before."""
        moments = [at for (name, _), at in self.started.items() if name == item.id]
        return self.clock() - min(moments) if moments else 0.0

    def worst(self, item: Item) -> Outcome | None:
        """Of the outcomes there are, the one to show first."""
        heard = [
            self.outcomes[item.id, each.id] for each in item.checks if (item.id, each.id) in self.outcomes
        ]
        return min(heard, key=lambda each: _WORST_FIRST.index(each.verdict)) if heard else None

"""Freeze windows on the calendar: when they are, and when something may be promoted next."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from promoter.frozen import frozen
from promoter.model.freeze import FreezeWindow

if TYPE_CHECKING:
    from dateutil.rrule import rrule, rruleset

HORIZON = timedelta(days=400)
"""How far ahead it is looked: beyond it, nobody says when a freeze ends."""


@frozen
class Span:
    """A window as it comes once: from `begins` until before `ends` (aware)."""

    window: FreezeWindow
    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        """Whether a moment is in it."""
        return self.begins <= at < self.ends


@frozen
class Calendar:
    """Every span of some windows around a moment, as far as `known_until`; made by `calendar`."""

    windows: tuple[FreezeWindow, ...]
    spans: tuple[Span, ...]
    known_until: datetime

    def frozen(self, at: datetime) -> tuple[FreezeWindow, ...]:
        """The windows that stop a promotion at a moment: those that deny it, and where some allow and none of
        them does then, those too."""
        inside = [each.window for each in self.spans if each.holds(at)]
        denying = [each for each in self.windows if not each.allows and each in inside]
        allowing = [each for each in self.windows if each.allows]
        missed = [] if any(each in inside for each in allowing) else allowing
        return (*denying, *missed)

    def changes(self, after: datetime) -> Iterator[datetime]:
        """The moments after one at which something may begin or end, in order."""
        edges = {edge for each in self.spans for edge in (each.begins, each.ends)}
        return iter(sorted(each for each in edges if after < each <= self.known_until))

    def opens(self, after: datetime) -> datetime | None:
        """The first moment after one that is not frozen; None when there is none within the horizon."""
        return next((each for each in self.changes(after) if not self.frozen(each)), None)

    def freezes(self, after: datetime) -> datetime | None:
        """The first moment after one that is frozen; None when there is none within the horizon."""
        return next((each for each in self.changes(after) if self.frozen(each)), None)


def calendar(windows: Sequence[FreezeWindow], now: datetime) -> Calendar:
    """The calendar of some windows around a moment (aware).

    Raises ValueError where a time zone or a repetition cannot be read, or the moment is out of all proportion.
    """
    if not _EARLIEST <= now <= _LATEST:
        raise ValueError("no calendar reaches there")
    try:
        spans = tuple(span for each in windows for span in _spans(each, now))
    except OverflowError as error:
        raise ValueError("a window lasts beyond all times") from error
    return Calendar(tuple(windows), spans, known_until=now + HORIZON - timedelta(days=2))


def starts(window: FreezeWindow, since: datetime, until: datetime) -> Sequence[datetime]:
    """When a window begins between two moments on the wall, both included. Raises ValueError for a repetition
    that is none."""
    if not window.repeats:
        return [window.begins] if since <= window.begins <= until else []
    return _rule(window.repeats, window.begins).between(since, until, inc=True)


def comes(window: FreezeWindow) -> bool:
    """Whether a window that repeats ever comes; False for a repetition that is none."""
    try:
        return _rule(window.repeats, window.begins).after(window.begins, inc=True) is not None
    except ValueError:
        return False


def _spans(window: FreezeWindow, now: datetime) -> Iterator[Span]:
    zone = _zone(window.time_zone)
    wall = now.astimezone(zone).replace(tzinfo=None)
    for start in starts(window, wall - window.lasts - timedelta(days=1), wall + HORIZON):
        begins, ends = start.replace(tzinfo=zone), (start + window.lasts).replace(tzinfo=zone)
        yield Span(window, begins.astimezone(UTC), ends.astimezone(UTC))


@lru_cache(maxsize=64)
def _rule(repeats: str, begins: datetime) -> "rrule | rruleset":
    from dateutil.rrule import rrulestr

    return rrulestr(repeats, dtstart=begins, cache=True)


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (OSError, KeyError) as error:
        raise ValueError("an unknown time zone") from error


_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

"""The timestamps of a file of results, of which the earliest and the latest matter, however many there are. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from promoter.frozen import frozen

_LONGEST = 100
_MOST_KEPT = 5
_YEARS = range(1970, 9000)


@frozen
class Stamp:
    """A timestamp as written, and the moment; `moment` may be without a time zone."""

    written: str
    moment: datetime


@dataclass(slots=True)
class Stamps:
    """What is kept of them: the extremes of those with a time zone and of those without, how many could not
    be read, and the first of these as they are written."""

    zoned: list[Stamp] = field(default_factory=list)
    bare: list[Stamp] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    count: int = 0
    unreadable_count: int = 0

    @property
    def readable(self) -> bool:
        """Whether any of them says when the tests ran."""
        return bool(self.zoned or self.bare)

    def add(self, written: str) -> None:
        """Takes in one more; an empty one says nothing."""
        written = written.strip()
        if not written:
            return
        self.count += 1
        moment = _moment(written)
        if moment is None:
            self.unreadable_count += 1
            if len(self.unreadable) < _MOST_KEPT:
                self.unreadable.append(written[:_LONGEST])
            return
        extremes = self.bare if moment.tzinfo is None else self.zoned
        among = [*extremes, Stamp(written[:_LONGEST], moment)]
        extremes[:] = (min(among, key=_moment_of), max(among, key=_moment_of))


def _moment_of(stamp: Stamp) -> datetime:
    return stamp.moment


def _moment(written: str) -> datetime | None:
    """A timestamp of ISO 8601; None when it is none, or one of the ends of time that stand for “not known”."""
    try:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None

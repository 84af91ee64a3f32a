"""How far in time a trail has come, as its own entries tell. Pure.

Nobody's clock is proven. An entry dated back into a membership that has ended is told by what others had dated
before it; but whoever dates one entry far ahead must not end everybody's membership with it. So it takes two: a
time was reached, for one person, when two others had dated entries so late, or the only other one had. Machines
confirm nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from promoter.frozen import frozen
from promoter.model.entry import Entry
from promoter.model.roster import PersonClass

AHEAD_AT_MOST = timedelta(hours=1)
"""How far the clocks of two machines may differ."""
_KEPT = 3
"""Of how many people the latest date is kept: without one of them, two are left."""


@frozen
class Clock:
    """The latest dates of entries that count (RFC 3339), of different people, latest first; each with the
    person's id and where the entry lies."""

    dates: tuple[tuple[str, str, str], ...] = ()

    def after(self, entry: Entry, path: str) -> "Clock":
        """The clock once the entry was recorded."""
        if entry.actor.person_class is PersonClass.MACHINE:
            return self
        return latest((self, Clock(((entry.at, entry.actor.id, path),))))

    def reached(self, person: str) -> str:
        """The time that had come for a person by what others dated; empty when nobody else wrote."""
        others = [at for at, who, _ in self.dates if who != person]
        return others[min(1, len(others) - 1)] if others else ""

    def ahead_of(self, now: datetime) -> tuple[tuple[str, str], ...]:
        """The dates that are still to come, by a reader's clock, each with where its entry lies."""
        return tuple((at, path) for at, _, path in self.dates if moment_of(at) - now > AHEAD_AT_MOST)

    def passed(self, person: str) -> str:
        """The same, or what they dated themselves, whichever is later."""
        own = next((at for at, who, _ in self.dates if who == person), "")
        return max(own, self.reached(person), key=moment_of)


def latest(clocks: Iterable[Clock]) -> Clock:
    """Where histories that were joined had come."""
    found: dict[str, tuple[str, str, str]] = {}
    for at, who, path in (each for clock in clocks for each in clock.dates):
        known = found.get(who)
        if known is None or (moment_of(known[0]), known[2]) < (moment_of(at), path):
            found[who] = at, who, path
    ordered = sorted(found.values(), key=lambda each: (moment_of(each[0]), each[1]), reverse=True)
    return Clock(tuple(ordered[:_KEPT]))


def moment_of(at: str) -> datetime:
    """A time as entries write it; long ago where there is none."""
    return datetime.fromisoformat(at) if at else datetime.fromtimestamp(0).astimezone()

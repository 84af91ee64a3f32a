"""When nothing may be promoted into an environment, as its pipeline says."""

from datetime import datetime, timedelta

from promoter.frozen import frozen


@frozen
class FreezeWindow:
    """A window in which nothing may be promoted, or, with `allows`, outside which nothing may.

    `begins` and `ends` are what the clock on the wall shows in `time_zone`. `repeats` is an iCalendar RRULE
    (RFC 5545) by which it comes again; empty for once. People with a role of `passed_by` may thaw it.
    """

    id: str
    begins: datetime
    ends: datetime
    repeats: str = ""
    allows: bool = False
    time_zone: str = ""
    passed_by: tuple[str, ...] = ()

    @property
    def lasts(self) -> timedelta:
        """How long it is, on the wall."""
        return self.ends - self.begins

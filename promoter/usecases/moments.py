"""Moments as people give them: a date, a date and time, or so long from now."""

from datetime import UTC, datetime, time, timedelta

from promoter.errors import UsageError
from promoter.messages import N_, phrase
from promoter.model.duration import parse_duration


def moment_given(written: str, now: datetime) -> datetime:
    """The moment (UTC) until which `2026-12-01`, `2026-12-01 18:00`, `2026-12-01T18:00Z` or `30d` means: a date is its
    end, a time without a zone is this machine's, a length of time is from `now`.

    Raises UsageError for anything else.
    """
    return _read(written, now, time.max.replace(microsecond=0))


def beginning_given(written: str, now: datetime) -> datetime:
    """The moment (UTC) since which it means: a date is its beginning, all else as `moment_given` reads it.

    Raises UsageError for anything else.
    """
    return _read(written, now, time.min)


def _read(written: str, now: datetime, of_a_day: time) -> datetime:
    words = written.strip()
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        at = now + _length(written)
    else:
        if len(words) <= len("2026-12-01"):
            at = datetime.combine(at.date(), of_a_day)
    try:
        return at.astimezone(UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise _no_moment(written) from error


def _length(written: str) -> timedelta:
    try:
        return parse_duration(written)
    except ValueError as error:
        raise _no_moment(written) from error


def _no_moment(written: str) -> UsageError:
    return UsageError(
        phrase(N_("{written} is no moment"), written=written),
        phrase(N_("write a date, a time or how long from now: 2026-12-01, '2026-12-01 18:00' or 30d")),
    )

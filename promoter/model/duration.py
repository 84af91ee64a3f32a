"""Lengths of time as users write them: `5s`, `10m`, `36h`, `7d`, `2w`, or a number of seconds."""

import re
from datetime import timedelta
from typing import NewType

Duration = NewType("Duration", float)
"""A length of time in seconds, as a check's field."""

_WRITTEN = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(ms|s|m|min|h|d|w)?", re.ASCII)
_SECONDS = {
    None: 1.0,
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
}


def parse_duration(written: str | int | float) -> timedelta:
    """The length of time a user wrote.

    Raises ValueError when it is not one, is negative, or is longer than ten years.
    """
    match = _WRITTEN.fullmatch(str(written).strip()) if not isinstance(written, bool) else None
    if match is None:
        raise ValueError("not a duration")
    length = timedelta(seconds=float(match[1]) * _SECONDS[match[2]])
    if length > timedelta(days=3660):
        raise ValueError("longer than ten years")
    return length

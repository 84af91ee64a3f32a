"""Entry ids: ULIDs, which sort by the moment they were made (github.com/ulid/spec)."""

import re
import secrets
from datetime import UTC, datetime

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII)


def new_ulid(at: datetime) -> str:
    """An id for what happens at this moment: 48 bits of milliseconds, 80 bits of chance."""
    number = int(at.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def made_at(ulid: str) -> datetime:
    """The moment in an id, to the millisecond, UTC; raises ValueError when it is no ULID."""
    if not ULID.fullmatch(ulid):
        raise ValueError("not a ULID")
    number = 0
    for digit in ulid:
        number = number << 5 | _DIGITS.index(digit)
    return datetime.fromtimestamp((number >> 80) / 1000, UTC)

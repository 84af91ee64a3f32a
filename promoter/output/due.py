"""What runs out, as text, as JSON and as a calendar."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from promoter.messages import N_, Language, phrase
from promoter.output.console import Console, Piece, Style
from promoter.output.outcome_documents import said
from promoter.redaction import visible
from promoter.usecases.due import Deadline

_LONGEST_LINE = 75
"""Bytes in a line of iCalendar (RFC 5545, section 3.1)."""


def show_due(console: Console, found: Sequence[Deadline], now: datetime) -> None:
    """A line each, soonest first; what ran out already is told as such."""
    language = console.language
    if not found:
        console.line(language.gettext(N_("Nothing runs out in that time.")))
    console.columns([tuple(_row(each, language, now)) for each in found], indent="")


def due_document(found: Sequence[Deadline], language: Language) -> dict[str, Any]:
    """`promoter/due/1`."""
    return {
        "due": [
            {
                "at": each.due.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "sort": str(each.due.sort),
                "promotion": each.promotion.id if each.promotion else None,
                "item": each.due.item,
                **said(each.due.what, language),
            }
            for each in found
        ]
    }


def icalendar(found: Sequence[Deadline], language: Language, now: datetime) -> bytes:
    """The same as a calendar (RFC 5545): an event each, with an id that stays the same."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//promoter//due//EN"]
    for each in found:
        about = language.say(each.due.what)
        where = each.promotion.id if each.promotion else ""
        moment = each.due.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        identity = hashlib.sha256("\0".join((each.due.sort, where, each.due.what.code, about)).encode())
        lines += [
            "BEGIN:VEVENT",
            f"UID:{identity.hexdigest()[:32]}@promoter",
            f"DTSTAMP:{now.astimezone(UTC).strftime('%Y%m%dT%H%M%SZ')}",
            f"DTSTART:{moment}",
            f"SUMMARY:{_escaped(about)}",
            *([f"DESCRIPTION:{_escaped(where)}"] if where else []),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _row(each: Deadline, language: Language, now: datetime) -> Iterator[Piece]:
    past = each.due.at < now
    yield (language.time(each.due.at), Style.BAD if past else Style.PLAIN)
    yield (each.promotion.id if each.promotion else "", Style.ACCENT)
    about = language.say(each.due.what)
    yield language.say(phrase(N_("{what} (overdue)"), what=about)) if past else about


def _escaped(words: str) -> str:
    plain = visible(words).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 bytes, none of which cuts a character."""
    piece, size, room = "", 0, _LONGEST_LINE
    for char in line:
        length = len(char.encode())
        if size + length > room:
            yield piece
            piece, size, room = " ", 1, _LONGEST_LINE
        piece += char
        size += length
    yield piece

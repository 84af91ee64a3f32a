"""Texts laid out in the cells of a terminal, where a letter may take two."""

import unicodedata
from collections.abc import Iterator

from promoter.redaction import visible


def cells(text: str) -> int:
    """How many cells of a terminal a text takes, once it is made visible."""
    shown = visible(text)
    return len(shown) if shown.isascii() else sum(map(_cells, shown))


def wrapped(text: str, width: int) -> list[str]:
    """A text as lines of at most `width` cells; an empty one is one empty line.

    Lines end between words, and between letters of scripts that have no spaces. A longer word, such as a
    link, keeps its line to itself: it is there to be copied.
    """
    lines: list[str] = []
    line, taken, gap = "", 0, ""
    for piece, spaced in _pieces(visible(text.replace("\n", " "))):
        wide = cells(piece)
        gap = " " if spaced and line else ""
        if line and taken + len(gap) + wide > width:
            lines.append(line)
            line, taken, gap = "", 0, ""
        line += gap + piece
        taken += len(gap) + wide
    return [*lines, line]


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """What a line may not be broken in, and whether a space goes before it."""
    for word in text.split():
        spaced, piece = True, ""
        for char in word if not word.isascii() else ():
            if piece and _cells(char) == 2 and unicodedata.category(char)[0] != "P":
                yield piece, spaced
                spaced, piece = False, ""
            piece += char
        yield piece or word, spaced


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1

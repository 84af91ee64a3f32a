"""The one way for words to reach the screen.

Whatever came from a file, a server, git or a person passes through `foreign`: it is never parsed as
markup, and nothing in it reaches the terminal as a control sequence. Textual lets escape sequences,
C1 controls and bidirectional overrides through, and its markup escaping does not cover every string.
"""

from collections.abc import Iterable

from textual.content import Content

from promoter.redaction import visible

ELLIPSIS = "…"


def foreign(text: str, style: str = "", *, lines: bool = False) -> Content:
    """The text as literal, harmless content; `style` is ours and names theme colours. With `lines` line
    breaks stay."""
    content = Content(visible(text, lines=lines))
    return content.stylize(style) if style else content


def fitted(text: str, width: int, style: str = "") -> Content:
    """One line of at most `width` cells, with an ellipsis where it was cut."""
    return foreign(text, style).truncate(max(width, 0), ellipsis=True)


def padded(content: Content, width: int) -> Content:
    """One line of exactly `width` cells."""
    short = content.truncate(max(width, 0), ellipsis=True)
    return short.pad_right(max(width - short.cell_length, 0))


def apart(left: Content, right: Content, width: int) -> Content:
    """One line with a part at each end; the left one gives way."""
    room = width - right.cell_length - 2
    return Content("").join([padded(left, room), Content("  "), right]) if room > 8 else padded(left, width)


def indented(first: Content, body: Content, width: int) -> list[Content]:
    """The body wrapped beside `first`, its further lines under where the first one starts."""
    margin = first.cell_length
    wrapped = body.wrap(max(width - margin, 12)) or [Content("")]
    return [first + wrapped[0].rstrip(), *(Content(" " * margin) + each.rstrip() for each in wrapped[1:])]


def lines_of(parts: Iterable[Content]) -> Content:
    """The parts, each on its own line."""
    return Content("\n").join(parts)

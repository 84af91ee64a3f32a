"""What the command line prints, as lines for a screen."""

from collections.abc import Mapping
from io import StringIO

from textual.content import Content

from promoter.messages import Language
from promoter.output.console import Console, Piece, Style
from promoter.tui.foreign import foreign, indented
from promoter.tui.styles import ACCENT, BAD, DIM, GOOD, PLAIN, WARN

_STYLES: Mapping[Style, str] = {
    Style.PLAIN: PLAIN,
    Style.STRONG: "bold",
    Style.FAINT: DIM,
    Style.GOOD: GOOD,
    Style.BAD: BAD,
    Style.WAITING: WARN,
    Style.ACCENT: ACCENT,
}


class Transcript(Console):
    """Keeps what it is told to write: `wrapped_to` gives it line by line, answers and warnings in one order."""

    def __init__(self, language: Language) -> None:
        super().__init__(language, colour=False, out=StringIO(), err=StringIO(), environ={})
        self._lines: list[Content] = []

    def line(self, *pieces: Piece) -> None:
        """Keeps a line of the answer."""
        told = ((each, Style.PLAIN) if isinstance(each, str) else each for each in pieces)
        self._lines.append(Content("").join(foreign(text, _STYLES[style]) for text, style in told))

    def note(self, *pieces: Piece) -> None:
        """Keeps a line beside the answer, in its place."""
        self.line(*pieces)

    @property
    def text(self) -> str:
        """The lines as they are."""
        return "\n".join(each.plain for each in self._lines)

    def wrapped_to(self, width: int) -> list[Content]:
        """The lines, each wrapped to a width in cells, its further ones under where it starts."""
        laid_out = []
        for each in self._lines:
            margin = len(each.plain) - len(each.plain.lstrip(" "))
            laid_out += indented(Content(" " * margin), each[margin:], width)
        return laid_out

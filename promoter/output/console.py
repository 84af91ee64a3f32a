"""The two streams: stdout for the answer, stderr for what goes wrong and for progress."""

import os
import select
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from io import StringIO
from typing import Any, TextIO, TypeAlias

from promoter.errors import CannotAct, ExitCode, PromoterError
from promoter.messages import N_, Language, Sayable, phrase
from promoter.output.wrapping import cells, wrapped
from promoter.redaction import Redactor, visible


class Style(StrEnum):
    """What a piece of a line means; colour only repeats what glyph and word already say."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    GOOD = "32"
    BAD = "31"
    WAITING = "33"
    ACCENT = "36"


Piece: TypeAlias = str | tuple[str, Style]

_WIDTH_OF_A_FILE = 140
_PLAINER = {
    "✓": "v",
    "✗": "x",
    "◌": "o",
    "⊘": "-",
    "⚠": "!",
    "▸": ">",
    "→": "->",
    "·": "-",
    "…": "...",
    "↑": "+",
    "↓": "-",
}
"""What stands for our glyphs on a stream that cannot encode them."""


class Console:
    """Writes for one user: in their language, with colour only where it is wanted.

    Every text passes `visible` on its way out, so that nothing foreign moves the cursor. When nobody
    reads a stream any more it falls silent, and the verb goes on to its true exit code.
    """

    def __init__(
        self,
        language: Language,
        *,
        as_json: bool = False,
        colour: bool | None = None,
        out: TextIO | None = None,
        err: TextIO | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.language = language
        self.as_json = as_json
        self.out = out or sys.stdout or StringIO()
        self.err = err or sys.stderr or StringIO()
        self._environ = os.environ if environ is None else environ
        self._colour = colour
        self._deserted = False
        self.by_lines = False
        """Whether each JSON object takes one line, so that several can be read as they come."""

    def line(self, *pieces: Piece) -> None:
        """One line of the answer; a line break in a piece is shown, not obeyed."""
        self._write(self.out, pieces)

    def note(self, *pieces: Piece) -> None:
        """One line beside the answer, on stderr: progress, warnings."""
        self._write(self.err, pieces)

    def block(self, text: str) -> None:
        """A text of several lines, as part of the answer."""
        self._write(self.out, [text.removesuffix("\n")], lines=True)

    def raw(self, text: str, *, beside: bool = False) -> None:
        """Text for a program, as it is: on the standard output, or `beside` the answer on stderr."""
        stream = self.err if beside else self.out
        self._put(stream, _encodable(text, stream))

    def octets(self, content: bytes) -> None:
        """A file for a program, byte by byte."""
        stream = getattr(self.out, "buffer", None)
        with self._readers_may_leave(self.out):
            self.out.flush()
            if stream is None:
                self.out.write(content.decode("utf-8", "replace"))
            else:
                stream.write(content)
                stream.flush()

    def document(self, schema: str, content: Mapping[str, Any]) -> None:
        """The answer as one JSON object that names its schema; control characters are escaped."""
        import json

        written = json.dumps({"schema": schema, **content}, indent=None if self.by_lines else 2)
        self._put(self.out, written + "\n")

    def warn(self, *messages: Sayable) -> None:
        """Warnings, one a line."""
        for each in messages:
            self.note((self.language.gettext(N_("warning:")), Style.WAITING), " ", self.language.say(each))

    def error(self, error: PromoterError, **content: Any) -> None:
        """What went wrong and what to do about it; with `--json` the answer is an error object, with `content` in it."""
        from promoter.place import ProblemsFound

        language = self.language
        if self.as_json:
            self.document("promoter/error/1", {**error_document(error, language), **content})
            return
        if isinstance(error, ProblemsFound):
            for problem in error.problems:
                self.note(problem.text(language))
        self._told(N_("error:"), Style.BAD, error.wrong)
        if error.remedy is not None:
            self._told(N_("remedy:"), Style.ACCENT, error.remedy)

    def bug(self, error: BaseException, version: str, redactor: Redactor) -> None:
        """A block to paste into a bug report: no locals, no secrets."""
        import traceback

        told = self.language.gettext(N_("This is a bug in promoter. Please report it with this block:"))
        system = f"promoter {version} · Python {sys.version.split()[0]} · {sys.platform}"
        report = redactor.scrub("".join(traceback.format_exception(error)))
        if self.as_json:
            content = {"exit_code": int(ExitCode.BUG), "error": told, "system": system, "traceback": report}
            self.document("promoter/error/1", content)
            return
        self.note((told, Style.BAD))
        for line in ("```", system, *report.rstrip("\n").split("\n"), "```"):
            self.note(line)

    def columns(self, rows: Sequence[Sequence[Piece]], *, indent: str = "  ") -> None:
        """Rows whose columns line up; the last column of each row is as long as it is."""
        count = max(map(len, rows), default=0)
        widths = [max((width(row[i]) for row in rows if len(row) > i + 1), default=0) for i in range(count)]
        for row in rows:
            padded: list[Piece] = [indent]
            for each, wide in zip(row[:-1], widths, strict=False):
                padded += [each, " " * (wide - width(each) + 2)]
            self.line(*padded, *row[-1:])

    def wrapped(self, text: str, indent: int) -> list[str]:
        """A text as lines that fit beside an indent on a terminal; in a file it stays one line, to be searched."""
        return wrapped(text, max(self.width - indent, 20)) if self.out.isatty() else [text]

    @property
    def width(self) -> int:
        """How many cells a line of the answer may take before it reads better as two."""
        if not self.out.isatty():
            return _WIDTH_OF_A_FILE
        return os.get_terminal_size(self.out.fileno()).columns or _WIDTH_OF_A_FILE

    def wants_colour(self, stream: TextIO) -> bool:
        """Whether to colour what is written to a stream."""
        if self._colour is not None:
            return self._colour
        if self._environ.get("NO_COLOR") or self._environ.get("TERM", "") in ("", "dumb"):
            return False
        return stream.isatty()

    def flush(self) -> None:
        """Sends what is still held back; raises CannotAct when the disk is full."""
        for stream in (self.out, self.err):
            with self._readers_may_leave(stream):
                stream.flush()

    def deserted(self, within_s: float) -> bool:
        """Waits so many seconds, less when the reader of the answer leaves; whether there is none any more."""
        if not self._deserted and _is_pipe(self.out):
            leaving = select.poll()
            leaving.register(self.out.fileno(), 0)
            self._deserted = bool(leaving.poll(within_s * 1000))
        elif not self._deserted:
            time.sleep(within_s)
        return self._deserted

    def _told(self, label: str, style: Style, said: Sayable) -> None:
        """A label and words; further lines of theirs are indented, so that none stands for another label."""
        first, *more = self.language.say(said).split("\n")
        self.note((self.language.gettext(label), style), " ", first)
        for each in more:
            self.note("  ", each)

    def _write(self, stream: TextIO, pieces: Iterable[Piece], *, lines: bool = False) -> None:
        coloured = self.wants_colour(stream)
        for piece in pieces:
            text, style = (piece, Style.PLAIN) if isinstance(piece, str) else piece
            shown = _encodable(visible(text, lines=lines), stream)
            self._put(stream, f"\x1b[{style.value}m{shown}\x1b[0m" if coloured and style.value else shown)
        self._put(stream, "\n")

    def _put(self, stream: TextIO, text: str) -> None:
        with self._readers_may_leave(stream):
            stream.write(text)

    @contextmanager
    def _readers_may_leave(self, stream: TextIO) -> Iterator[None]:
        """Silences a stream that nobody reads any more; raises CannotAct when it cannot be written otherwise."""
        try:
            yield
        except BrokenPipeError:
            self._deserted |= stream is self.out
            _silence(stream)
        except OSError as error:
            _silence(stream)
            raise CannotAct(
                phrase(N_("the answer cannot be written: {why}"), why=error.strerror or "")
            ) from error


def error_document(error: PromoterError, language: Language) -> dict[str, Any]:
    """An error as JSON."""
    from promoter.place import ProblemsFound

    content: dict[str, Any] = {
        "exit_code": int(error.exit_code),
        "error": language.say(error.wrong),
        "remedy": language.say(error.remedy) if error.remedy else None,
    }
    if isinstance(error, ProblemsFound):
        content["problems"] = [each.text(language) for each in error.problems]
    return content


def width(piece: Piece) -> int:
    """How many cells of a terminal a piece takes."""
    return cells(piece if isinstance(piece, str) else piece[0])


def _is_pipe(stream: TextIO) -> bool:
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _silence(stream: TextIO) -> None:
    """Nobody reads: what is written from here on, and what is still buffered, goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _encodable(text: str, stream: TextIO) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plainer = "".join(_PLAINER.get(each, each) for each in text)
        return plainer.encode(encoding, "backslashreplace").decode(encoding)
    return text

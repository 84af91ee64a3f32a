"""What a document holds: its headings, and whether anything stands under them; and words that must not be there. Pure."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser

from promoter.checks.document_words import fold, front_matter, length_of, says_something
from promoter.frozen import frozen

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_ATX = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*")
_NO_PARAGRAPH = re.compile(r"(?: {4,}|\t)| {0,3}(?:[#>|]|[-*+][ \t]|\d{1,9}[.)][ \t])")
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,500}\)")
_TAG = re.compile(r"<[^<>]{0,200}>")
_OPEN_TASK = re.compile(r"[ \t>]{0,80}(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,80})?\[[ \t]?\](?:[ \t]|$)")
_UNDER_A_TABLE_HEAD = re.compile(r"[ \t|:-]*-[ \t|:-]*")
_NUMBERING = re.compile(r"(?:\d{1,4}|[ivx]{1,6}|[a-z])(?:\.\d{1,4})*[.)]?\s+")
_WORDS = re.compile(r"[^\W_]+")
_HTML_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NOT_READ = frozenset({"script", "style", "template", "noscript", "head", "nav"})
_MOST_HEADINGS = 10_000


@frozen
class Heading:
    """A heading; `filled` when anything stands under it, or under one of its own sub-headings."""

    level: int
    title: str
    filled: bool


@frozen
class Reading:
    """What people read in a document: its headings in order, and its text, in which words are looked for.

    `length` is in characters that are shown and not blank; `written` when more than headings says anything.
    `open_tasks` are the lines, from 1, of tasks that are not ticked; `asks_password` when it is a page with a
    field for one.
    """

    headings: tuple[Heading, ...]
    text: str
    length: int
    written: bool
    open_tasks: tuple[int, ...]
    asks_password: bool = False


def read_markdown(text: str) -> Reading:
    """A Markdown document (CommonMark 0.31): headings outside of code and comments; the whole text."""
    outline, length, open_tasks = _Outline(), 0, []
    fence, comment, before = "", False, ""
    lines = text.splitlines()
    begin = len(front_matter(lines))
    for number, line in enumerate(lines[begin:], start=begin + 1):
        if fence:
            closing = _FENCE.fullmatch(line)
            if closing and closing[1].startswith(fence) and not closing[2].strip():
                fence = ""
            outline.content(line)
            length += length_of(line)
            continue
        line, comment = _without_comments(line, comment=comment)
        length += length_of(line)
        opening, atx = _FENCE.fullmatch(line), _ATX.match(line)
        if opening and not (opening[1][0] == "`" and "`" in opening[2]):
            fence = opening[1]
        elif atx:
            outline.heading(len(atx[1]), _without_closing(line[atx.end() :].strip()))
        elif (under := _SETEXT.fullmatch(line)) and before:
            outline.turn_into_heading(1 if under[1][0] == "=" else 2, before)
        elif "|" in line and _UNDER_A_TABLE_HEAD.fullmatch(line):
            outline.take_back()
        else:
            outline.content(line)
        if _OPEN_TASK.match(line):
            open_tasks.append(number)
        is_paragraph = not (opening or atx or _NO_PARAGRAPH.match(line) or _SETEXT.fullmatch(line))
        before = line.strip() if is_paragraph else ""
    return Reading(outline.headings(), text, length, outline.written, tuple(open_tasks))


def read_html(text: str) -> Reading:
    """An HTML page: its headings, and the text that is shown."""
    page = _Page()
    page.feed(_uncommented(text))
    page.close()
    shown = "".join(page.shown)
    written, open_tasks = page.outline.written, tuple(page.open_tasks)
    return Reading(page.outline.headings(), shown, length_of(shown), written, open_tasks, page.asks_password)


def same_title(wanted: str, title: str) -> bool:
    """Whether a heading is the one that is wanted: case, accents, markup and numbering do not matter."""
    plain = fold(_TAG.sub("", _LINK.sub(r"\1", title)))
    words = _WORDS.findall(fold(wanted))
    return bool(words) and words in (
        _WORDS.findall(plain),
        _WORDS.findall(_NUMBERING.sub("", plain, count=1)),
    )


def _without_closing(title: str) -> str:
    """The title of `## Title ##`."""
    less = title.rstrip("#")
    return less.rstrip() if less[-1:] in ("", " ", "\t") else title


def _without_comments(line: str, *, comment: bool) -> tuple[str, bool]:
    """The line less its HTML comments, and whether one goes on."""
    kept = ""
    while line:
        if comment:
            _, end, line = line.partition("-->")
            comment = not end
        else:
            shown, begin, line = line.partition("<!--")
            kept += shown
            comment = bool(begin)
    return kept, comment


def _uncommented(page: str) -> str:
    """A page without its comments, on as many lines. Python's parser takes time without bound for comments that
    do not end; of such a one only its mark is left out, so that nothing is overlooked."""
    kept = []
    while page:
        shown, begin, rest = page.partition("<!--")
        comment, end, after = rest.partition("-->")
        kept.append(shown + "\n" * comment.count("\n") if end else shown)
        if not end:
            kept.append(rest.replace("<!--", ""))
        page = after if begin and end else ""
    return "".join(kept)


class _Outline:
    """Headings as they come, with what comes under them."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []
        self._filled: set[int] = set()
        self._open: list[int] = []
        self._newly_filled: list[int] = []
        self._lines_before = 0
        self._lines = 0

    def heading(self, level: int, title: str) -> None:
        """A heading begins a section, and ends those of its level and below."""
        if len(self._found) >= _MOST_HEADINGS:
            return
        self._open = [each for each in self._open if self._found[each][0] < level]
        self._open.append(len(self._found))
        self._found.append((level, title.strip()))
        self._newly_filled = []

    def content(self, text: str) -> None:
        """Something stands under the headings that are open."""
        self._lines_before, said = self._lines, any(map(says_something, text.splitlines()))
        self._lines += said
        self._newly_filled = []
        if said:
            self._newly_filled = [each for each in self._open if each not in self._filled]
            self._filled.update(self._newly_filled)

    def turn_into_heading(self, level: int, title: str) -> None:
        """The line before, which was taken for content, was a heading."""
        self.take_back()
        self.heading(level, title)

    def take_back(self) -> None:
        """The line before, which was taken for content, says nothing."""
        self._filled.difference_update(self._newly_filled)
        self._newly_filled = []
        self._lines = self._lines_before

    @property
    def written(self) -> bool:
        """Whether anything stands there but headings."""
        return self._lines > 0

    def headings(self) -> tuple[Heading, ...]:
        """All of them, in order."""
        return tuple(
            Heading(level, title, number in self._filled) for number, (level, title) in enumerate(self._found)
        )


class _Page(HTMLParser):
    """The headings and the shown text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.outline = _Outline()
        self.shown: list[str] = []
        self.open_tasks: list[int] = []
        self.asks_password = False
        self._hidden: list[str] = []
        self._level = 0
        self._title: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self._field({name: value or "" for name, value in attrs})
        elif tag in _NOT_READ:
            self._hidden.append(tag)
        elif tag in _HTML_HEADINGS and not self._hidden:
            self._level, self._title = _HTML_HEADINGS[tag], []
        elif tag == "body":
            self._hidden.clear()  # the end of <head> may be left out

    def _field(self, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("type", "").strip().lower()
        self.asks_password = self.asks_password or kind == "password"
        if kind == "checkbox" and "disabled" in attributes and "checked" not in attributes:
            self.open_tasks.append(self.getpos()[0])  # so task lists are rendered

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif tag in _HTML_HEADINGS and self._level:
            self.outline.heading(self._level, " ".join("".join(self._title).split()))
            self._level = 0

    def handle_data(self, data: str) -> None:
        if self._hidden:
            self.shown.append("\n" * data.count("\n"))
            return
        self.shown.append(data)
        if self._level:
            self._title.append(data)
        else:
            self.outline.content(data)

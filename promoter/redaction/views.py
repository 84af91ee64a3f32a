"""A text as those would read it who undo what it is disguised with.

A server, or the message of an exception, may write a secret in more ways than anybody can list: as it is, with
some characters or all of them escaped, twice over, broken over lines. So what it is looked for in is not one text
but every reading of it. What is found in a reading is then traced back to the text that is really there.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from html import unescape

from promoter.frozen import frozen


@frozen
class Disguise:
    """Tokens that stand for something else, such as `%41`; `mark` is in every text that has one of them."""

    mark: str
    tokens: str
    meaning: Callable[[str], str] | None = None

    def undone(self, text: str) -> str:
        """The text with what each token means in its place."""
        if self.mark not in text:
            return text
        return _compiled(self.tokens).sub("" if self.meaning is None else self._meant, text)

    def _meant(self, token: "re.Match[str]") -> str:
        return "" if self.meaning is None else self.meaning(token[0])

    def origins(self, text: str) -> "Origins":
        """Where each part of the undone text came from."""
        found = Origins([0], [0], [0], [0])
        undone = told = 0
        for token in _compiled(self.tokens).finditer(text):
            undone += token.start() - told
            told = token.end()
            found.starts.append(token.start())
            found.ends.append(told)
            found.undone_starts.append(undone)
            undone += len(self._meant(token))
            found.undone_ends.append(undone)
        return found


@frozen
class Origins:
    """Where the tokens of a text stand in it, and what they mean in the undone one, in order. The first is the
    empty one before everything."""

    starts: list[int]
    ends: list[int]
    undone_starts: list[int]
    undone_ends: list[int]

    def of(self, start: int, end: int) -> tuple[int, int]:
        """The part of the text that became this part of the undone one; tokens are whole."""
        return self._of_one(start)[0], self._of_one(end - 1)[1]

    def _of_one(self, position: int) -> tuple[int, int]:
        at = bisect_right(self.undone_starts, position) - 1
        beyond = position - self.undone_ends[at]
        if beyond < 0:
            return self.starts[at], self.ends[at]
        return self.ends[at] + beyond, self.ends[at] + beyond + 1


@frozen
class Reading:
    """A text with disguises undone, and the stages it went through on the way."""

    text: str
    stages: tuple[tuple[Disguise, str], ...] = ()

    def without(self, disguises: Sequence[Disguise]) -> "Reading":
        """The same with these undone as well, one after the other."""
        text, stages = self.text, self.stages
        for each in disguises:
            undone = each.undone(text)
            if undone != text:
                text, stages = undone, (*stages, (each, text))
        return self if text is self.text else Reading(text, stages)

    def origin(self, places: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """The parts of the text that was there first which became these parts."""
        for disguise, before in reversed(self.stages):
            origins = disguise.origins(before)
            places = [origins.of(start, end) for start, end in places]
        return places


def readings(text: str, joints: Sequence[Sequence[Disguise]]) -> Iterator[Reading]:
    """Every way to read the text: with what joins its parts undone in each of these ways, and under that one
    way of escaping characters, or two."""
    if not any(each.mark in text for each in _ESCAPES):
        joined = [Reading(text).without(each) for each in joints]
        yield from {each.text: each for each in joined}.values()
        return
    told: set[Reading] = set()
    for joint in joints:
        met: set[Reading] = set()
        front = [Reading(text).without(joint)]
        for last in (False, False, True):
            new = {each.text: each for each in front if each not in met}.values()
            met.update(new)
            yield from (each for each in new if each not in told)
            if not last:
                pairs = [(each, each.without([escape])) for each in new for escape in _ESCAPES]
                front = [undone.without(joint) for each, undone in pairs if undone is not each]
        told |= met


@cache
def _compiled(tokens: str) -> "re.Pattern[str]":
    return re.compile(tokens)


@lru_cache(maxsize=1024)
def _percent(token: str) -> str:
    return chr(int(token[1:], 16)) if len(token) > 1 else " "


@lru_cache(maxsize=1024)
def _backslash(token: str) -> str:
    letter = token[1]
    if letter in "0123":
        return chr(int(token[1:], 8))
    if letter not in "uUx":
        return _CONTROLS.get(letter, letter)
    units = [int(each.strip("{}"), 16) for each in re.split(r"\\[uUx]", token)[1:]]
    if len(units) == 2:
        return chr(0x10000 + (units[0] - 0xD800) * 0x400 + units[1] - 0xDC00)
    return chr(units[0]) if units[0] <= sys.maxunicode else token


_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

LINE_BREAKS = (
    Disguise("\n", r"(?:(?:\r\n?|\n)[ \t]*)+"),
    Disguise("\r", r"(?:\r[ \t]*)+"),
)
CONTINUATIONS = (Disguise("\\", r"(?:\\(?:\r\n?|\n)[ \t]*)+"),)
UNSEEN = (
    r"[\s\x00-\x1f\x7f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
"""Characters that leave a gap, or nothing at all."""
BLANKS = (Disguise("", UNSEEN),)
MARGINS = (
    Disguise("\n", r"(?:\r\n?|\n)[ \t]*(?:(?:[>#|*;:+-]|//|--)[ \t]*)+"),
    Disguise("=", r"=(?:\r\n?|\n)"),
)
"""What stands before each line that is quoted, commented or listed; and the end of a line of quoted-printable."""
_ESCAPES = (
    Disguise("%", r"%[0-9A-Fa-f]{2}", _percent),
    Disguise("+", r"\+|%[0-9A-Fa-f]{2}", _percent),
    Disguise("&", r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});", unescape),
    Disguise(
        "\\",
        r"\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}"
        r"|\\U[0-9A-Fa-f]{8}|\\x[0-9A-Fa-f]{2}|\\[0-3][0-7]{2}|\\[^\nuUx0-9]",
        _backslash,
    ),
)

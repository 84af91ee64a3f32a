"""Finds known secrets in text, in whatever way they are written there."""

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache

from promoter.frozen import frozen
from promoter.redaction.secret import SHORTEST
from promoter.redaction.views import (
    BLANKS,
    CONTINUATIONS,
    LINE_BREAKS,
    MARGINS,
    UNSEEN,
    Disguise,
    readings,
)

_SHORTEST_BROKEN = 8
"""From how many characters on a form without blanks is found with blanks between them."""
_SHORTEST_CUT = 40
"""From how many characters on a text may be one that somebody cut off, in the middle of a secret too."""
_LEAST_LEFT = 4
_CUT = "…"
_UNFINISHED = re.compile(
    r"[\ud800-\udbff]?(?:\\(?:u\{?[0-9A-Fa-f]{0,5}|U[0-9A-Fa-f]{0,7}|x[0-9A-Fa-f]?|[0-7]{0,2})"
    r"|%[0-9A-Fa-f]?|&#?[0-9A-Za-z]{0,8})?\Z"
)
_LONGEST_UNFINISHED = 13
_ALONE = (0, 0)
_HEX = re.compile(r"[0-9A-Fa-f]+")
_LOWER = {each: each + 32 for each in range(ord("A"), ord("Z") + 1)}
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")


def places(text: str, values: frozenset[str]) -> set[tuple[int, int]]:
    """Every part of the text that is one of the values, in whatever way it is written; they may overlap."""
    return {place for search in _searches(values) for place in search.places(text)}


@frozen
class _Search:
    """Forms that are looked for in the same readings of a text, each with how many characters before and after
    it may hold some of its bits too; those of `lower` whatever the case of their letters."""

    joints: Sequence[Sequence[Disguise]]
    forms: Mapping[str, tuple[int, int]]
    beginnings: Mapping[str, Sequence[str]]
    longest: int
    lower: Mapping[str, tuple[int, int]]

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Every part of the text that is one of the forms in some reading."""
        may_be_cut = len(text) >= _SHORTEST_CUT or text.endswith(_CUT)
        text = text.removesuffix(_CUT)
        for reading in readings(text, self.joints):
            there = [form for form in self.forms if form in reading.text]
            found = [place for form in there for place in _of(form, self.forms[form], reading.text)]
            lowered = reading.text.translate(_LOWER) if self.lower else ""
            for form, shared in self.lower.items():
                if form in lowered:
                    found += _of(form, shared, lowered)
            if may_be_cut:
                found += self._cut_off(reading.text)
            if found:
                yield from reading.origin(found)

    def _cut_off(self, text: str) -> Iterator[tuple[int, int]]:
        """The beginning of a form at the end of the text, where there may be half an escape after it."""
        half = _UNFINISHED.search(text, max(0, len(text) - _LONGEST_UNFINISHED))
        for end in {len(text), half.start() if half else len(text)}:
            for start in range(max(0, end - self.longest), end - _LEAST_LEFT + 1):
                for form in self.beginnings.get(text[start : start + _LEAST_LEFT], ()):
                    if form.startswith(text[start:end]):
                        yield start, len(text)


def _of(form: str, shared: tuple[int, int], text: str) -> Iterator[tuple[int, int]]:
    """Everywhere a form is, also where it overlaps itself."""
    before, after = shared
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        yield (
            start - (before if text[start - 1 : start] in _BASE64 else 0),
            end + (after if text[end : end + 1] in _BASE64 else 0),
        )
        start = text.find(form, start + 1)


@lru_cache(maxsize=64)
def _searches(values: frozenset[str]) -> tuple[_Search, ...]:
    exact: dict[str, tuple[int, int]] = {}
    short: dict[str, tuple[int, int]] = {}
    packed: dict[str, tuple[int, int]] = {}
    lower: dict[str, tuple[int, int]] = {}
    for value in values:
        squeezed = _unseen().sub("", value).translate(_LOWER)
        if len(squeezed) >= _SHORTEST_BROKEN:
            lower[squeezed] = _ALONE
        for form, shared in _forms(value):
            squeezed = _unseen().sub("", form)
            blank = squeezed != form
            if blank:
                exact[form] = shared
            if len(squeezed) >= (SHORTEST if blank else _SHORTEST_BROKEN):
                packed[squeezed] = shared
            elif not blank:
                short[form] = shared
    searches: tuple[
        tuple[Sequence[Sequence[Disguise]], Mapping[str, tuple[int, int]], Mapping[str, tuple[int, int]]], ...
    ] = (
        ((BLANKS, CONTINUATIONS + BLANKS, MARGINS + BLANKS), packed, lower),
        ((LINE_BREAKS, CONTINUATIONS + LINE_BREAKS, MARGINS + LINE_BREAKS), short, {}),
        (((),), exact, {}),
    )
    return tuple(_search(joints, forms, anyhow) for joints, forms, anyhow in searches if forms)


@cache
def _unseen() -> "re.Pattern[str]":
    return re.compile(UNSEEN)


def _search(
    joints: Sequence[Sequence[Disguise]],
    forms: Mapping[str, tuple[int, int]],
    lower: Mapping[str, tuple[int, int]],
) -> _Search:
    beginnings: dict[str, list[str]] = {}
    for each in forms:
        beginnings.setdefault(each[:_LEAST_LEFT], []).append(each)
    return _Search(joints, forms, beginnings, max(map(len, forms)), lower)


def _forms(value: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """What to look for: the value, as bytes that were taken for Latin-1 too, and what is not an escape of single
    characters."""
    if len(value) < SHORTEST:
        return
    yield value, _ALONE
    if _HEX.fullmatch(value):
        yield value.upper(), _ALONE
        yield value.lower(), _ALONE
    for order in ("utf-16-le", "utf-16-be"):
        wide = value.encode(order, "surrogatepass").hex()
        yield wide, _ALONE
        yield wide.upper(), _ALONE
    for raw in _bytes(value):
        yield raw.decode("latin-1"), _ALONE
        yield from _encoded(raw)


def _bytes(value: str) -> set[bytes]:
    """The value as UTF-8; as the bytes it was too, where the process environment held some that are not."""
    raws = {value.encode("utf-8", "surrogatepass")}
    with suppress(UnicodeEncodeError):
        raws.add(value.encode("utf-8", "surrogateescape"))
    return raws


def _encoded(raw: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    """In hexadecimal; and in base64, at each of the three offsets it may have in what is encoded with it."""
    yield raw.hex(), _ALONE
    yield raw.hex().upper(), _ALONE
    for encode in (b64encode, urlsafe_b64encode):
        for shift in range(3):
            encoded = encode(bytes(shift) + raw).decode().rstrip("=")
            shared = (shift + len(raw)) % 3 != 0
            form = encoded[(0, 2, 3)[shift] : len(encoded) - shared]
            if len(form) >= SHORTEST:
                yield form, (int(shift > 0), int(shared))

"""Keeps secrets and terminal tricks out of every text that leaves the program."""

import unicodedata
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

MASK = "***"
_SHORTEST_MASKED = 4
_SHORTEST_BROKEN = 8


class Secret:
    """A value that never shows itself: not in a repr, a log, a traceback or a comparison's message.

    `name` is what it is called where it comes from (`PASSEMARCHE_CLIENT_SECRET`), if anything.
    """

    __slots__ = ("_value", "name")

    def __init__(self, value: str, name: str = "") -> None:
        self._value = value
        self.name = name

    def reveal(self) -> str:
        """The value, for the one call that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__


class Redactor:
    """Masks the values of known secrets, also when encoded or broken over lines, in any text. What is shorter
    than four characters is no secret to it: it would mask every other word."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._values = tuple({each.reveal() for each in secrets})

    def scrub(self, text: str) -> str:
        """The text with every form of every known secret replaced by `***`."""
        if not self._values or not text:
            return text
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        squeezed = text.translate(_BREAKS)
        if len(squeezed) < len(text):
            for form in self._forms:
                if len(form) >= _SHORTEST_BROKEN and form in squeezed:
                    text = _broken(form).sub(MASK, text)
        return text

    @cached_property
    def _forms(self) -> tuple[str, ...]:
        forms = {form for value in self._values for form in _forms_of(value)}
        return tuple(sorted(forms, key=len, reverse=True))


_BREAKS = {ord(each): None for each in " \t\n\r\v\f\\"}
"""What may stand between the characters of a secret that was broken over lines: blanks, and the backslash
that continues a line."""


@lru_cache(maxsize=256)
def _broken(form: str) -> "re.Pattern[str]":
    import re

    return re.compile(r"[\s\\]*".join(map(re.escape, form)))


@lru_cache(maxsize=256)
def _forms_of(value: str) -> frozenset[str]:
    """How a value may be written where it should not be."""
    if len(value) < _SHORTEST_MASKED:
        return frozenset()
    raw = value.encode("utf-8", "surrogatepass")
    forms = {value, repr(value)[1:-1], repr(raw)[2:-1], raw.hex(), raw.hex().upper()}
    forms |= _in_json(value) | _in_markup(value) | _percent_encoded(raw) | _in_base64(raw)
    return frozenset(form for form in forms if len(form) >= _SHORTEST_MASKED)


def _in_json(value: str) -> set[str]:
    """With the escapes of any writer: all of ASCII or none, `/` and what HTML means something by or not."""
    import json

    forms = set()
    for plain in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        guarded = plain
        for each in "<>&'":
            guarded = guarded.replace(each, f"\\u{ord(each):04x}")
        forms |= {plain, plain.replace("/", "\\/"), guarded, _upper_escapes(plain), _upper_escapes(guarded)}
    return forms


def _upper_escapes(text: str) -> str:
    import re

    return re.sub(r"\\u[0-9a-f]{4}", lambda found: "\\u" + found[0][2:].upper(), text)


def _in_markup(value: str) -> set[str]:
    import html

    named = html.escape(value, quote=True)
    numbered = value.translate({ord(each): f"&#{ord(each)};" for each in "<>&\"'"})
    return {
        html.escape(value, quote=False),
        named,
        named.replace("&#x27;", "&#39;"),
        named.replace("&#x27;", "&apos;"),
        numbered,
    }


def _percent_encoded(raw: bytes) -> set[str]:
    import re
    from urllib.parse import quote, quote_plus

    forms = {quote(raw), quote(raw, safe=""), quote_plus(raw), "".join(f"%{each:02X}" for each in raw)}
    return forms | {re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), each) for each in forms}


def _in_base64(raw: bytes) -> set[str]:
    """At each of the three offsets it may have in what is encoded with it, without what its neighbours
    have a part in."""
    import base64

    forms = set()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            encoded = encode(b"\0" * shift + raw).decode()
            inner = encoded[(0, 2, 3)[shift] :].rstrip("=")
            forms.add(inner[:-1] if len(raw + b"\0" * shift) % 3 else inner)
    return forms


def visible(text: str, *, lines: bool = False) -> str:
    """Makes foreign text visible and harmless on a terminal.

    Control characters become their pictures (U+2400 …), and C1 controls, bidirectional overrides,
    zero-width characters and lone surrogates become `<U+202E>`. With `lines`, newlines stay and
    tabs become spaces; without, a newline is shown as its picture.
    """
    return (
        "".join(_visible(char, lines) for char in text)
        if not text.isascii() or not text.isprintable()
        else text
    )


def _visible(char: str, lines: bool) -> str:
    point = ord(char)
    if lines and char == "\n":
        return char
    if lines and char == "\t":
        return "    "
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "\u2421"
    if unicodedata.category(char) in _INVISIBLE or point in _BLANK_LETTERS:
        return f"<U+{point:04X}>"
    return char


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK_LETTERS = frozenset(
    {0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x180B, 0x180C, 0x180D, 0xFE0E, 0xFE0F, 0x034F}
)

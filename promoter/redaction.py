"""Keeps secrets and terminal tricks out of every text that leaves the program."""

import unicodedata
from collections.abc import Iterable

MASK = "***"
_SHORTEST_MASKED = 4


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
    """Masks the values of known secrets, also when encoded, in any text."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        forms: set[str] = set()
        for secret in secrets:
            forms |= _forms_of(secret.reveal())
        self._forms = sorted(forms, key=len, reverse=True)

    def scrub(self, text: str) -> str:
        """The text with every form of every known secret replaced by `***`."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


def _forms_of(value: str) -> set[str]:
    import base64
    import json
    from urllib.parse import quote, quote_plus

    if len(value) < _SHORTEST_MASKED:
        return set()
    raw = value.encode("utf-8", "surrogatepass")
    forms = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {quote(raw), quote(raw, safe=""), quote_plus(raw)}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            encoded = encode(b"\0" * shift + raw).decode()
            inner = encoded[(0, 2, 3)[shift] :].rstrip("=")
            forms.add(inner[:-1] if len(raw + b"\0" * shift) % 3 else inner)
    return {form for form in forms if len(form) >= _SHORTEST_MASKED}


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

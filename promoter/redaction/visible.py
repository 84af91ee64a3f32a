"""Foreign text, made harmless to look at."""

import unicodedata


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

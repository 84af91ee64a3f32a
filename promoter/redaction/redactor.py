"""Masks known secrets in text, in whatever way they are written there."""

from collections.abc import Iterable, Sequence

from promoter.redaction.secret import MASK, SHORTEST, Secret


class Redactor:
    """Masks the values of known secrets in any text.

    They are found as they are, percent-encoded, form-encoded, escaped as in JSON, Python, HTML or XML, two of
    these inside each other, in base64 and in hexadecimal; each also broken over lines at any place, also
    where each line is quoted or commented, and from 8 characters on with any blanks or unseen characters between its
    characters, and whatever the case of its letters. A value of fewer than 4 is left alone: masking every
    `a` would tell what it is, and leave nothing to read.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._values = frozenset(each.reveal() for each in secrets)

    def scrub(self, text: str) -> str:
        """The text with every known secret in it replaced by `***`."""
        if not self._values or len(text) < SHORTEST:
            return text
        from promoter.redaction.searching import places

        found = places(text, self._values)
        return _masked(text, sorted(found)) if found else text


def _masked(text: str, places: Sequence[tuple[int, int]]) -> str:
    pieces: list[str] = []
    told = 0
    reached = -1
    for start, end in places:
        if start >= reached:
            pieces += (text[told:start], MASK)
        told = reached = max(reached, end)
    return "".join((*pieces, text[told:]))

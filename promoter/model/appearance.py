"""What may be said of a value that must not be shown."""

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(
    r"your[_-].*|.*change[_-]?me.*|.*replace[_-]?me.*|.*<[a-z][\w .-]*>.*|\$\{?\w+\}?|x{3,}|\.{3,}|…"
    r"|todo|tbd|placeholder|secret|password|none|null|example"
    r"|(?:à|a)[ _-](?:remplir|compléter|completer|définir|definir|changer)|.*changez[_-]?moi.*|votre[_-].*|exemple"
    r"|(.)\1{7,}",
    re.IGNORECASE | re.DOTALL,
)
_USUAL_FORMS: Mapping[str, re.Pattern[str]] = {
    "PASSEMARCHE_CLIENT_ID": re.compile(r"[0-9a-f]{32}", re.IGNORECASE),
    "PASSEMARCHE_CLIENT_SECRET": re.compile(r"[0-9a-f]{64}", re.IGNORECASE),
    "PASSEMARCHE_WEBHOOK_SECRET": re.compile(r"[0-9a-f]{64}", re.IGNORECASE),
}
_LENGTHS = ((16, "1–15"), (32, "16–31"), (64, "32–63"))


def is_placeholder(value: str) -> bool:
    """Whether a value stands for one that was never put in: `your_…`, `à remplir`, `changeme`, `<…>`,
    one character again and again, and the like."""
    return _PLACEHOLDER.fullmatch(value.strip()) is not None


def has_usual_form(name: str, value: str) -> bool | None:
    """Whether a variable's value looks as Passe Marché issues them today (32 or 64 hex digits); None for
    a variable of which no form is known."""
    form = _USUAL_FORMS.get(name)
    return None if form is None else form.fullmatch(value) is not None


def length_class(value: str) -> str:
    """Roughly how many characters a value has."""
    return next((shown for limit, shown in _LENGTHS if len(value) < limit), "64+")

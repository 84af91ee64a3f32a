"""What may be shown of what a server said: with real data, not the data itself."""

import hashlib
from collections.abc import Mapping

from promoter.messages import N_, Message, Parameter, Template, message
from promoter.model.context import Context
from promoter.net.real_data import is_withheld as is_withheld

FACTS: Mapping[str, Template] = {
    "withheld": N_("withheld, because the data is real: {size} bytes, {digest}"),
    "withheld-value": N_("withheld, because the data is real: {what}"),
    "a-text": N_("a text"),
    "a-number": N_("a number"),
    "a-truth-value": N_("true or false"),
    "a-list": N_("a list"),
    "an-object": N_("an object"),
}
"""For the facts of the kinds that use this."""

_LONGEST = 300
_TYPES = ((bool, "a-truth-value"), (str, "a-text"), (int | float, "a-number"), (list, "a-list"))


def shown_text(text: str, context: Context) -> Parameter:
    """A text that a server sent; its size and SHA-256 digest where it may not be shown."""
    if is_withheld(context):
        raw = text.encode("utf-8", "surrogatepass")
        return message("withheld", size=len(raw), digest=f"sha256:{hashlib.sha256(raw).hexdigest()}")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def shown_value(value: object, context: Context) -> Parameter:
    """A value out of a server's JSON; only of which type it is where it may not be shown: the digest of
    a short value gives it away."""
    if value is None:
        return None
    if is_withheld(context):
        return message("withheld-value", what=type_of(value))
    if isinstance(value, bool | int | float):
        return value
    return shown_text(value if isinstance(value, str) else _as_json(value), context)


def type_of(value: object) -> Message:
    """The type of a JSON value."""
    return message(next((code for sort, code in _TYPES if isinstance(value, sort)), "an-object"))


def _as_json(value: object) -> str:
    import json

    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "…"

"""What a scalar field may be written as, and what it then is."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from promoter.messages import N_, Message, Parameter, Template, message
from promoter.model.address import HostPort, Url, parse_host_port, split_url
from promoter.model.duration import Duration, parse_duration
from promoter.model.limits import PHRASES as LIMIT_PHRASES
from promoter.model.reference import JsonValue, Value
from promoter.redaction import Secret

PHRASES: Mapping[str, Template] = {
    "field-not-a-text": N_("must be a text"),
    "field-not-a-whole-number": N_("must be a whole number"),
    "field-not-a-number": N_("must be a number"),
    "field-not-yes-or-no": N_("must be true or false"),
    "field-not-a-url": N_("must be an http or https URL, without user name or password"),
    "field-not-a-duration": N_("must be a length of time, such as 5s, 10m or 7d"),
    "field-not-an-address": N_("must be ADDRESS:PORT, with brackets around an IPv6 address"),
    "field-not-one-of": N_("must be one of {allowed:list}"),
    "field-empty": N_("must not be empty"),
    "field-secret-written-out": N_(
        "is a secret: name it with variable, env, file or command instead of writing it"
    ),
    "field-fact-is-no-secret": N_("is a secret: a fact of the pipeline is not one"),
    "field-secret-in-the-open": N_("is no secret, and would show the value of {name}"),
    "field-not-a-mapping": N_("must be a mapping of names to values"),
    "field-not-json": N_("must be plain data, without references to secrets"),
    "field-part-mistaken": N_("has a mistake: {name} {why}"),
    "field-part-missing": N_("lacks {name}"),
    "field-part-unknown": N_("has no part {name}; the ones there are: {allowed:list}"),
    **LIMIT_PHRASES,
}


class Mistaken(ValueError):
    """A field cannot have this value; `why` says why, with a code of `PHRASES`."""

    def __init__(self, code: str, **parameters: Parameter) -> None:
        super().__init__(code)
        self.why: Message = message(code, **parameters)


def one_of(allowed: tuple[str, ...], value: Value) -> str:
    """The one of the words that is written; raises Mistaken."""
    written = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if written not in allowed or not isinstance(written, str):
        raise Mistaken("field-not-one-of", allowed=allowed)
    return written


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise Mistaken("field-not-a-text")
    if not value.strip():
        raise Mistaken("field-empty")
    return value


def _whole(value: Value) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Mistaken("field-not-a-whole-number")
    return value


def _number(value: Value) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Mistaken("field-not-a-number")
    try:
        number = float(value)
    except OverflowError:
        raise Mistaken("field-not-a-number") from None
    if not math.isfinite(number):
        raise Mistaken("field-not-a-number")
    return number


def _yes_or_no(value: Value) -> bool:
    if not isinstance(value, bool):
        raise Mistaken("field-not-yes-or-no")
    return value


def _url(value: Value) -> Url:
    try:
        split_url(value if isinstance(value, str) else "")
    except ValueError:
        raise Mistaken("field-not-a-url") from None
    return Url(value)


def _duration(value: Value) -> Duration:
    try:
        seconds = parse_duration(value).total_seconds() if isinstance(value, str | int | float) else 0.0
    except ValueError:
        raise Mistaken("field-not-a-duration") from None
    if seconds <= 0:
        raise Mistaken("field-not-a-duration")
    return Duration(seconds)


def _address(value: Value) -> HostPort:
    try:
        return parse_host_port(value if isinstance(value, str) else "")
    except ValueError:
        raise Mistaken("field-not-an-address") from None


def _json(value: Value) -> Value:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise Mistaken("field-not-json") from None
    return value


def _secret(value: Value) -> Secret:
    if not isinstance(value, Secret):
        raise Mistaken("field-secret-written-out")
    return value


READERS: Mapping[Any, Callable[[Value], Any]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _yes_or_no,
    Url: _url,
    Duration: _duration,
    HostPort: _address,
    JsonValue: _json,
    Secret: _secret,
}
"""How the value of each type is read; each raises Mistaken."""

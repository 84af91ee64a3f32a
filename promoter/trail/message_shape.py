"""The shapes of what was reasoned: messages, what they say, and plain JSON, all of bounded size. Pure."""

import math
import re
from collections.abc import Mapping
from typing import Any

from promoter.messages import Message, Parameter, message, message_from_json, message_to_json
from promoter.trail.shape import Misshapen, Shape, object_schema

_DEEPEST = 16
_MOST = 10_000
_LONGEST = 100_000
CODE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*", re.ASCII)


def _bounded(value: Any, where: str, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise Misshapen(where, message("entry-field-too-long", at_most=_DEEPEST))
    if isinstance(value, str) and len(value) > _LONGEST:
        raise Misshapen(where, message("entry-field-too-long", at_most=_LONGEST))
    if isinstance(value, float) and not math.isfinite(value):
        raise Misshapen(where, message("entry-field-form"))
    if isinstance(value, int) and abs(value) >= 2**63:
        raise Misshapen(where, message("entry-field-form"))
    if isinstance(value, list | dict):
        if len(value) > _MOST:
            raise Misshapen(where, message("entry-field-too-long", at_most=_MOST))
        for each in value.values() if isinstance(value, dict) else value:
            _bounded(each, where, depth + 1)


def _read_message(value: Any, where: str) -> Message:
    _bounded(value, where)
    try:
        read = message_from_json(value)
    except ValueError:
        raise Misshapen(where, message("entry-field-form")) from None
    if set(value) != {"code", "parameters"} or not CODE.fullmatch(read.code) or len(read.code) > 100:
        raise Misshapen(where, message("entry-field-form"))
    return read


def _read_parameter(value: Any, where: str) -> Parameter:
    wrapped = _read_message({"code": "parameter", "parameters": {"value": value}}, where)
    return wrapped.parameters["value"]


def _read_plain(value: Any, where: str) -> Mapping[str, Any]:
    _bounded(value, where)
    if not isinstance(value, dict):
        raise Misshapen(where, message("entry-field-type"))
    return value


_MESSAGE_SCHEMA = object_schema(
    {"code": {"type": "string", "maxLength": 100}, "parameters": {"type": "object"}}
)
words: Shape[Message] = Shape(message_to_json, _read_message, _MESSAGE_SCHEMA)
parameter: Shape[Parameter] = Shape(
    lambda value: message_to_json(Message("parameter", {"value": value}))["parameters"]["value"],
    _read_parameter,
    {"anyOf": [{"type": ["string", "number", "boolean", "null", "array"]}, _MESSAGE_SCHEMA]},
)
plain: Shape[Mapping[str, Any]] = Shape(dict, _read_plain, {"type": "object"})

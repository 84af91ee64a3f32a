"""The fields of a check kind as JSON Schema, for editors."""

import collections.abc
import enum
import json
import re
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from promoter.checks.fields import FieldSpec, is_record, specs
from promoter.model.address import HostPort, Url
from promoter.model.duration import Duration
from promoter.model.reference import JsonValue
from promoter.redaction import Secret

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def json_schema(spec: FieldSpec) -> dict[str, Any]:
    """The JSON Schema of a field as written: its own type, or a reference where one may stand."""
    limits = spec.limit.schema() if spec.limit is not None else {}
    return {"description": spec.description, **_schema(spec.annotation, limits)}


def _schema(annotation: Any, limits: Mapping[str, Any]) -> dict[str, Any]:
    if get_origin(annotation) is tuple:
        element = _schema(get_args(annotation)[0], limits)
        return {"anyOf": [*element["anyOf"], {"type": "array", "minItems": 1, "items": element}]}
    if get_origin(annotation) is collections.abc.Mapping:
        values = _schema(get_args(annotation)[1], limits)
        return {"anyOf": [{"type": "object", "additionalProperties": values}]}
    if is_record(annotation):
        return {"anyOf": [_record(annotation)]}
    if annotation is JsonValue:
        return {"anyOf": [{}]}
    if annotation is Secret:
        return {"anyOf": [_reference(key) for key in ("variable", "env", "file", "command")]}
    literal = {**_literal(annotation), **limits}
    return {"anyOf": [literal, _reference("fact"), _reference("variable")]}


def _record(annotation: Any) -> dict[str, Any]:
    parts = specs(annotation)
    return {
        "type": "object",
        "properties": {each.name: json_schema(each) for each in parts},
        "required": [each.name for each in parts if each.required],
        "additionalProperties": False,
    }


def _literal(annotation: Any) -> dict[str, Any]:
    if get_origin(annotation) is Literal:
        return _choices(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return _choices(tuple(each.value for each in annotation))
    return dict(_LITERALS[annotation])


def _choices(allowed: tuple[str, ...]) -> dict[str, Any]:
    """As `_one_of` reads them: `1.2` may be written with or without quotes."""
    numbers = [json.loads(each) for each in allowed if _NUMBER.fullmatch(each)]
    return {"enum": [*allowed, *(each for each in numbers if str(each) in allowed)]}


def _reference(key: str) -> dict[str, Any]:
    written: dict[str, Any] = {"type": "string", "minLength": 1}
    if key == "command":
        written = {"type": "array", "minItems": 1, "items": {"type": "string"}}
    return {"type": "object", "properties": {key: written}, "required": [key], "additionalProperties": False}


_LITERALS: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string", "minLength": 1},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Url: {"type": "string", "pattern": "^https?://"},
    Duration: {"type": ["string", "number"]},
    HostPort: {"type": "string", "pattern": ":[0-9]+$"},
}

"""Shapes: how a typed value is written as JSON, strictly read back, and described by JSON Schema.

One definition gives all three, so that they cannot drift apart. Pure.
"""

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from promoter.frozen import frozen
from promoter.messages import Message, message

T = TypeVar("T")
S = TypeVar("S", bound=StrEnum)


class Misshapen(ValueError):
    """JSON that does not have its shape: `where` is a dotted path, `what` says in which way."""

    def __init__(self, where: str, what: Message) -> None:
        super().__init__(where, what)
        self.where = where
        self.what = what


@frozen
class Shape(Generic[T]):
    """`write` makes JSON of a value; `read` takes JSON and where it stands, and raises Misshapen."""

    write: Callable[[T], Any]
    read: Callable[[Any, str], T]
    schema: Mapping[str, Any]


@frozen
class Added(Generic[T]):
    """A field that an earlier format did not have: left out where it says no more than it was always taken to
    say, so that whatever could be written before is written as it was."""

    shape: Shape[T]
    absent: T


def text(*, at_most: int, pattern: str | None = None) -> Shape[str]:
    """A string of bounded length, wholly of a pattern where one is given (valid here and in ECMA)."""
    form = re.compile(pattern, re.ASCII) if pattern is not None else None

    def read(value: Any, where: str) -> str:
        if not isinstance(value, str):
            raise Misshapen(where, message("entry-field-type"))
        if len(value) > at_most:
            raise Misshapen(where, message("entry-field-too-long", at_most=at_most))
        if form is not None and not form.fullmatch(value):
            raise Misshapen(where, message("entry-field-form"))
        return value

    schema: dict[str, Any] = {"type": "string", "maxLength": at_most}
    if pattern is not None:
        schema["pattern"] = f"^(?:{pattern})$"
    return Shape(str, read, schema)


def choice(kind: type[S]) -> Shape[S]:
    """One of an enumeration's values."""

    known = {each.value: each for each in kind}

    def read(value: Any, where: str) -> S:
        if not isinstance(value, str) or value not in known:
            raise Misshapen(where, message("entry-field-form"))
        return known[value]

    return Shape(lambda value: value.value, read, {"enum": [each.value for each in kind]})


def integer(*, least: int, most: int) -> Shape[int]:
    """A whole number within bounds."""

    def read(value: Any, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Misshapen(where, message("entry-field-type"))
        if not least <= value <= most:
            raise Misshapen(where, message("entry-field-form"))
        return value

    return Shape(int, read, {"type": "integer", "minimum": least, "maximum": most})


def _read_seconds(value: Any, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Misshapen(where, message("entry-field-type"))
    if not 0 <= value <= 1e9:
        raise Misshapen(where, message("entry-field-form"))
    return float(value)


def _read_flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise Misshapen(where, message("entry-field-type"))
    return value


def _write_moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a time without a zone")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3}|\.[0-9]{6})?Z"


def _read_utc(value: Any, where: str) -> str:
    written = text(at_most=27, pattern=MOMENT).read(value, where)
    try:
        datetime.fromisoformat(written)
    except ValueError:
        raise Misshapen(where, message("entry-field-form")) from None
    return written


seconds: Shape[float] = Shape(float, _read_seconds, {"type": "number", "minimum": 0, "maximum": 1e9})
flag: Shape[bool] = Shape(bool, _read_flag, {"type": "boolean"})
utc: Shape[str] = Shape(str, _read_utc, {"type": "string", "pattern": f"^{MOMENT}$"})
moment: Shape[datetime] = Shape(
    _write_moment, lambda value, where: datetime.fromisoformat(_read_utc(value, where)), utc.schema
)


def optional(shape: Shape[T]) -> Shape[T | None]:
    """The shape, or null."""
    return Shape(
        lambda value: None if value is None else shape.write(value),
        lambda value, where: None if value is None else shape.read(value, where),
        {"anyOf": [{"type": "null"}, dict(shape.schema)]},
    )


def list_of(shape: Shape[T], *, at_most: int) -> Shape[tuple[T, ...]]:
    """A sequence of bounded length."""

    def read(value: Any, where: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise Misshapen(where, message("entry-field-type"))
        if len(value) > at_most:
            raise Misshapen(where, message("entry-field-too-long", at_most=at_most))
        return tuple(shape.read(each, f"{where}.{number}") for number, each in enumerate(value))

    schema = {"type": "array", "items": dict(shape.schema), "maxItems": at_most}
    return Shape(lambda value: [shape.write(each) for each in value], read, schema)


def map_of(key: Shape[str], shape: Shape[T], *, at_most: int) -> Shape[Mapping[str, T]]:
    """Keys of one shape to values of another."""

    def read(value: Any, where: str) -> Mapping[str, T]:
        if not isinstance(value, dict):
            raise Misshapen(where, message("entry-field-type"))
        if len(value) > at_most:
            raise Misshapen(where, message("entry-field-too-long", at_most=at_most))
        return {key.read(name, where): shape.read(each, f"{where}.{name}") for name, each in value.items()}

    schema = {
        "type": "object",
        "propertyNames": dict(key.schema),
        "additionalProperties": dict(shape.schema),
        "maxProperties": at_most,
    }
    return Shape(lambda value: {name: shape.write(each) for name, each in value.items()}, read, schema)


def record(
    kind: Callable[..., T], names: Mapping[str, str] | None = None, /, **fields: Shape[Any] | Added[Any]
) -> Shape[T]:
    """A dataclass, every field present that was not `Added`, and no other; `names` gives fields another name in
    JSON."""
    shapes = {field: each.shape if isinstance(each, Added) else each for field, each in fields.items()}
    names = names or {}
    keys = {field: names.get(field, field) for field in shapes}
    declared = {each.name for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if declared != set(shapes):
        raise TypeError(f"{kind} has other fields: {declared ^ set(shapes)}")

    parts = [(field, keys[field], shape.read) for field, shape in shapes.items()]
    added = {field: each.absent for field, each in fields.items() if isinstance(each, Added)}
    expected, spared = set(keys.values()), {keys[field] for field in added}

    def read(value: Any, where: str) -> T:
        given = members(value, where, expected, spared)
        if not added:
            return kind(**{field: one(given[key], _inner(where, key)) for field, key, one in parts})
        found = {field: one(given[key], _inner(where, key)) for field, key, one in parts if key in given}
        for field, absent in added.items():
            if field in found and found[field] == absent:
                raise Misshapen(_inner(where, keys[field]), message("entry-field-form"))
        return kind(**{**added, **found})

    def write(value: T) -> Any:
        said = {field: getattr(value, field) for field in shapes}
        return {
            keys[field]: shapes[field].write(each)
            for field, each in said.items()
            if field not in added or each != added[field]
        }

    properties = {keys[field]: shape.schema for field, shape in shapes.items()}
    return Shape(write, read, object_schema(properties, spared))


def members(value: Any, where: str, expected: set[str], spared: Collection[str] = ()) -> Mapping[str, Any]:
    """An object with exactly these keys, of which the spared ones may be left out; raises Misshapen."""
    if not isinstance(value, dict):
        raise Misshapen(where, message("entry-field-type"))
    if value.keys() == expected:
        return value
    for key in sorted(expected.difference(spared, value)):
        raise Misshapen(_inner(where, key), message("entry-field-missing"))
    for key in sorted(set(value) - expected):
        raise Misshapen(_inner(where, key[:100]), message("entry-field-unknown"))
    return value


def object_schema(
    properties: Mapping[str, Mapping[str, Any]], spared: Collection[str] = ()
) -> dict[str, Any]:
    """The schema of an object with exactly these keys, of which the spared ones may be left out."""
    return {
        "type": "object",
        "properties": {key: dict(schema) for key, schema in properties.items()},
        "required": sorted(set(properties).difference(spared)),
        "additionalProperties": False,
    }


def _inner(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key

"""The fields of a check kind: read from YAML data, or refused with a reason.

A field is written where the kind is: `url: Annotated[Url, N_("what it is for")]`. Its type is one of
`str`, `int`, `float`, `bool`, `Url`, `Duration` (seconds), `HostPort`, `Secret`, a string enum, a
`Literal` of strings, `JsonValue` (taken as written), `Mapping[str, T]`, a record (a frozen dataclass of
such fields), or `tuple[T, …]` of one of these, for which one value stands for a list of one.
What bounds it beyond its type is a note of `promoter.model.limits`.
"""

import collections.abc
import contextlib
import enum
import types
import typing
from collections.abc import Container, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from promoter.checks.field_scalars import PHRASES, READERS, Mistaken, one_of
from promoter.frozen import frozen
from promoter.messages import Message, Phrase, phrase
from promoter.model.address import HostPort
from promoter.model.limits import Limit, Names
from promoter.model.reference import (
    CommandOutput,
    Fact,
    FileContent,
    JsonValue,
    ProcessVariable,
    Reference,
    Value,
    Variable,
)
from promoter.redaction import Secret

_REFERENCES = (Fact, Variable, ProcessVariable, FileContent, CommandOutput)


@frozen
class FieldSpec:
    """One field of a kind. `annotation` is its bare type; `description` is English, translatable;
    `default` is None when there is none. `limit` bounds what is written out; `names` says what of the
    pipeline it names."""

    name: str
    annotation: Any
    required: bool
    default: object
    description: str
    limit: Limit | None = None
    names: Names | None = None


def specs(cls: type) -> tuple[FieldSpec, ...]:
    """The fields of a check kind's dataclass, in the order they are written."""
    hints = typing.get_type_hints(cls, include_extras=True)
    found = []
    for each in fields(cls):
        annotation, notes = _taken_apart(hints[each.name])
        required = each.default is MISSING and each.default_factory is MISSING
        default = each.default if each.default is not MISSING else None
        if each.default_factory is not MISSING:
            default = each.default_factory()
        description = next((note for note in notes if isinstance(note, str)), "")
        names = next((note for note in notes if isinstance(note, Names)), None)
        limit = next((note for note in notes if hasattr(note, "broken_by")), None)
        found.append(FieldSpec(each.name, annotation, required, default, description, limit, names))
    return tuple(found)


def mistake(spec: FieldSpec, value: Value, *, secret_variables: Container[str] = ()) -> Phrase | None:
    """What is wrong with a value as written, which may hold references; None when nothing is.

    `secret_variables` names the variables whose values may only go where a secret is expected.
    """
    try:
        _examine(spec.annotation, value, secret_variables)
    except Mistaken as mistaken:
        why: Message | None = mistaken.why
    else:
        why = beyond(spec, value)
    return phrase(PHRASES[why.code], **why.parameters) if why is not None else None


def beyond(spec: FieldSpec, value: Value) -> Message | None:
    """Which limit of the field a well-typed value breaks where it is written out; None when none."""
    if spec.limit is None:
        return None
    broken = (spec.limit.broken_by(each) for each in parts_of(value) if not isinstance(each, _REFERENCES))
    return next((why for why in broken if why is not None), None)


def parts_of(value: Value) -> tuple[Value, ...]:
    """What a list or a mapping holds, or the value itself."""
    if isinstance(value, Mapping):
        return tuple(value.values())
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def references_in(value: Value) -> Iterator[Reference]:
    """Every reference in a value, however deep."""
    if isinstance(value, _REFERENCES):
        yield value
    elif isinstance(value, list | tuple | Mapping):
        for each in parts_of(value):
            yield from references_in(each)


def is_written_out(value: Value) -> bool:
    """Whether a value holds no reference."""
    return next(references_in(value), None) is None


def parse(spec: FieldSpec, value: Value) -> Any:
    """The field's value from plain data whose references have been resolved.

    Raises Mistaken when the field cannot have it.
    """
    return _read(spec.annotation, value)


def element_of(annotation: Any) -> Any:
    """What a list is of; the annotation itself where it is no list."""
    return get_args(annotation)[0] if get_origin(annotation) is tuple else annotation


def is_record(annotation: Any) -> bool:
    """Whether a field has parts of its own."""
    return isinstance(annotation, type) and is_dataclass(annotation) and annotation is not HostPort


def _taken_apart(hint: Any) -> tuple[Any, list[Any]]:
    notes: list[Any] = []
    if get_origin(hint) is Annotated:
        hint, *notes = get_args(hint)
    if get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (each for each in get_args(hint) if each is not type(None))
    return hint, notes


def _examine(annotation: Any, value: Value, secret_variables: Container[str]) -> None:
    if isinstance(value, _REFERENCES):
        _examine_reference(annotation, value, secret_variables)
    elif get_origin(annotation) is tuple and isinstance(value, list | tuple):
        if not value:
            raise Mistaken("field-empty")
        for each in value:
            _examine(element_of(annotation), each, secret_variables)
    elif get_origin(annotation) is tuple:
        _examine(element_of(annotation), value, secret_variables)
    elif get_origin(annotation) is collections.abc.Mapping:
        for name, each in _mapping(value).items():
            with _about(name):
                _examine(get_args(annotation)[1], each, secret_variables)
    elif is_record(annotation):
        for spec, each in _written_parts(annotation, value):
            with _about(spec.name):
                _examine(spec.annotation, each, secret_variables)
                _hold_to(spec, each)
    elif annotation is JsonValue:
        _examine_json(value, secret_variables)
    else:
        _read(annotation, value)


def _examine_json(value: Value, secret_variables: Container[str]) -> None:
    for each in references_in(value):
        _examine_reference(str, each, secret_variables)
    if is_written_out(value):
        _read(JsonValue, value)


def _hold_to(spec: FieldSpec, value: Value) -> None:
    broken = beyond(spec, value)
    if broken is not None:
        raise Mistaken(broken.code, **broken.parameters)


@contextlib.contextmanager
def _about(name: str) -> Iterator[None]:
    try:
        yield
    except Mistaken as mistaken:
        raise Mistaken("field-part-mistaken", name=name, why=mistaken.why) from None


def _mapping(value: Value) -> Mapping[str, Value]:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value):
        raise Mistaken("field-not-a-mapping")
    return value


def _written_parts(record: Any, value: Value) -> Iterator[tuple[FieldSpec, Value]]:
    written, there = _mapping(value), {each.name: each for each in specs(record)}
    for name in written:
        if name not in there:
            raise Mistaken("field-part-unknown", name=name, allowed=tuple(there))
    for spec in there.values():
        if spec.name in written:
            yield spec, written[spec.name]
        elif spec.required:
            raise Mistaken("field-part-missing", name=spec.name)


def _examine_reference(annotation: Any, value: Value, secret_variables: Container[str]) -> None:
    element = element_of(annotation)
    if is_record(element) or get_origin(element) is collections.abc.Mapping:
        raise Mistaken("field-not-a-mapping")
    if element is Secret:
        if isinstance(value, Fact):
            raise Mistaken("field-fact-is-no-secret")
    elif isinstance(value, ProcessVariable):
        raise Mistaken("field-secret-in-the-open", name=value.name)
    elif isinstance(value, FileContent):
        raise Mistaken("field-secret-in-the-open", name=value.path)
    elif isinstance(value, CommandOutput):
        raise Mistaken("field-secret-in-the-open", name=" ".join(value.arguments))
    elif isinstance(value, Variable) and value.name in secret_variables:
        raise Mistaken("field-secret-in-the-open", name=value.name)


def _read(annotation: Any, value: Value) -> Any:
    if get_origin(annotation) is tuple:
        listed = value if isinstance(value, list | tuple) else (value,)
        if not listed:
            raise Mistaken("field-empty")
        return tuple(_read(element_of(annotation), each) for each in listed)
    if get_origin(annotation) is collections.abc.Mapping:
        return {name: _read(get_args(annotation)[1], each) for name, each in _mapping(value).items()}
    if is_record(annotation):
        return annotation(
            **{spec.name: _read(spec.annotation, each) for spec, each in _written_parts(annotation, value)}
        )
    if get_origin(annotation) is Literal:
        return one_of(get_args(annotation), value)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return annotation(one_of(tuple(each.value for each in annotation), value))
    return READERS[annotation](value)

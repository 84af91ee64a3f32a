"""The fields of a check kind: read from YAML data, or refused with a reason.

A field is written where the kind is: `url: Annotated[Url, N_("what it is for")]`. Its type is one of
`str`, `int`, `float`, `bool`, `Url`, `Duration` (seconds), `HostPort`, `Secret`, a string enum, a
`Literal` of strings, or `tuple[T, …]` of one of these, for which one value stands for a list of one.
What bounds it beyond its type is a note of `promoter.model.limits`.
"""

import enum
import types
import typing
from collections.abc import Callable, Container, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any, Literal, get_args, get_origin

from promoter.messages import N_, Message, Phrase, Template, message, phrase
from promoter.model.address import HostPort, Url, parse_host_port, split_url
from promoter.model.duration import Duration, parse_duration
from promoter.model.limits import PHRASES as LIMIT_PHRASES
from promoter.model.limits import Limit, Names
from promoter.model.reference import CommandOutput, Fact, FileContent, ProcessVariable, Value, Variable
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
    **LIMIT_PHRASES,
}

_REFERENCES = (Fact, Variable, ProcessVariable, FileContent, CommandOutput)


class Mistaken(ValueError):
    """A field cannot have this value; `why` says why, with a code of `PHRASES`."""

    def __init__(self, code: str, **parameters: str | tuple[str, ...]) -> None:
        super().__init__(code)
        self.why: Message = message(code, **parameters)


@dataclass(frozen=True, slots=True)
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
    written = value if isinstance(value, list | tuple) else (value,)
    broken = (spec.limit.broken_by(each) for each in written if not isinstance(each, _REFERENCES))
    return next((why for why in broken if why is not None), None)


def is_written_out(value: Value) -> bool:
    """Whether a value holds no reference."""
    written = value if isinstance(value, list | tuple) else (value,)
    return not any(isinstance(each, _REFERENCES) for each in written)


def parse(spec: FieldSpec, value: Value) -> Any:
    """The field's value from plain data whose references have been resolved.

    Raises Mistaken when the field cannot have it.
    """
    return _read(spec.annotation, value)


def from_text(spec: FieldSpec, text: str) -> Value:
    """The value a word of the command line stands for, to be given to `mistake` and `parse`; lists
    are separated by commas."""
    if get_origin(spec.annotation) is tuple:
        element = get_args(spec.annotation)[0]
        return [_scalar(element, each.strip()) for each in text.split(",")]
    return _scalar(spec.annotation, text)


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
            _examine(get_args(annotation)[0], each, secret_variables)
    else:
        _read(annotation, value)


def _examine_reference(annotation: Any, value: Value, secret_variables: Container[str]) -> None:
    element = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
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
        element = get_args(annotation)[0]
        listed = value if isinstance(value, list | tuple) else (value,)
        if not listed:
            raise Mistaken("field-empty")
        return tuple(_read(element, each) for each in listed)
    if get_origin(annotation) is Literal:
        return _one_of(get_args(annotation), value)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return annotation(_one_of(tuple(each.value for each in annotation), value))
    return _READERS[annotation](value)


def _one_of(allowed: tuple[str, ...], value: Value) -> str:
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
    return float(value)


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


def _secret(value: Value) -> Secret:
    if not isinstance(value, Secret):
        raise Mistaken("field-secret-written-out")
    return value


_READERS: Mapping[Any, Callable[[Value], Any]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _yes_or_no,
    Url: _url,
    Duration: _duration,
    HostPort: _address,
    Secret: _secret,
}


def _scalar(annotation: Any, text: str) -> Value:
    try:
        if annotation is int:
            return int(text)
        if annotation is float:
            return float(text)
    except ValueError:
        return text
    if annotation is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    return text

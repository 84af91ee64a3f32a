"""The fields of a check as words of a command line.

A scalar is written as it is, a secret as `env:NAME` or `file:PATH`. A list is separated by commas, or a JSON
list: `'["a,b", "c"]'`. What has parts, a mapping or a record, is JSON, in which `{"env": "NAME"}` is a secret.
"""

import collections.abc
import enum
import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NoReturn, get_args, get_origin

from promoter.checklist.reporting import closest
from promoter.checks.declaration import Kind
from promoter.checks.fields import FieldSpec, element_of, is_record, mistake, specs
from promoter.errors import UsageError
from promoter.messages import N_, Phrase, phrase
from promoter.model.address import HostPort, Url
from promoter.model.duration import Duration
from promoter.model.limits import Within
from promoter.model.reference import (
    Fact,
    FileContent,
    JsonValue,
    ProcessVariable,
    Reference,
    Value,
    Variable,
    written,
)
from promoter.redaction import Secret

_SHOWN = 30


def value_given(kind: Kind, name: str, words: str) -> Value:
    """The value that a field is given in words.

    Raises UsageError for an unknown field or a value that cannot be one; it says where JSON stops being
    JSON, and shows a right example of that very field.
    """
    spec = kind.field(name)
    if spec is None:
        raise UsageError(
            phrase(N_("{kind} has no field {name}"), kind=kind.name, name=name),
            among(name, [each.name for each in kind.fields]),
        )
    try:
        value = _value(spec, words)
    except _NotJson as wrong:
        _refuse(kind, spec, words, wrong.why)
    wrong_with = mistake(spec, value)
    if wrong_with is not None:
        _refuse(kind, spec, words, wrong_with)
    return value


def among(name: str, names: Sequence[str]) -> Phrase:
    """What may be meant by a name that there is not."""
    meant = closest(name, names)
    if meant is None:
        return phrase(N_("the ones there are: {names}"), names=names)
    return phrase(N_("did you mean {name}? The ones there are: {names}"), name=meant, names=names)


def example_given(kind: Kind, spec: FieldSpec, *, as_json: bool = False) -> str:
    """A right example of a field, as a shell is given it; lists as JSON where they have to be, or shall."""
    there = kind.example.get(spec.name)
    value = _sample(spec.annotation, spec) if there is None or _is_reference(there) else written(there)
    listed = value if isinstance(value, list) else [value]
    if element_of(spec.annotation) is Secret and isinstance(value, dict):
        words = "env:NAME"
    elif all(isinstance(each, str | int | float) for each in listed):
        plain = [str(each).lower() if isinstance(each, bool) else str(each) for each in listed]
        easy = len(plain) == 1 or not any("," in each or each != each.strip() for each in plain)
        as_json = (as_json and isinstance(value, list)) or not easy
        words = json.dumps(value, ensure_ascii=False) if as_json else ",".join(plain)
    else:
        words = json.dumps(value, ensure_ascii=False)
    return shlex.quote(f"{spec.name}={words}")


class _NotJson(Exception):
    def __init__(self, why: Phrase) -> None:
        super().__init__()
        self.why = why


def _refuse(kind: Kind, spec: FieldSpec, words: str, why: Phrase) -> NoReturn:
    example = example_given(kind, spec, as_json=words.lstrip().startswith("["))
    raise UsageError(
        phrase(N_("{name}: {wrong}"), name=spec.name, wrong=why),
        phrase(N_("for example {example}"), example=example),
    )


def _value(spec: FieldSpec, words: str) -> Value:
    element = element_of(spec.annotation)
    if spec.annotation is Secret:
        source, _, named = words.partition(":")
        if named and source in ("env", "file"):
            return ProcessVariable(named) if source == "env" else FileContent(named)
        return words
    if is_record(element) or get_origin(element) is collections.abc.Mapping:
        return _with_references(_json(words, hidden=_holds_secrets(element)))
    if element is JsonValue:
        return _with_references(_json(words)) if words.lstrip()[:1] in ("{", "[", '"') else _lenient(words)
    if get_origin(spec.annotation) is tuple:
        if words.lstrip().startswith("[") and element is not HostPort:
            return _with_references(_json(words))
        return [_scalar(element, each.strip()) for each in words.split(",")]
    return _scalar(element, words)


def _json(words: str, *, hidden: bool = False) -> Any:
    """What JSON says; raises _NotJson, which quotes nothing where a secret may be written out."""
    try:
        return json.loads(words, object_pairs_hook=_once_each)
    except json.JSONDecodeError as wrong:
        if wrong.pos >= len(words.rstrip()):
            raise _NotJson(
                phrase(N_("is JSON that ends too early, after {count} characters"), count=len(words))
            ) from None
        if hidden:
            raise _NotJson(
                phrase(N_("stops being JSON at character {number}"), number=wrong.pos + 1)
            ) from None
        rest = words[wrong.pos :]
        near = f"{rest[: _SHOWN - 1]}…" if len(rest) > _SHOWN else rest
        raise _NotJson(
            phrase(N_("stops being JSON at character {number}: {near}"), number=wrong.pos + 1, near=near)
        ) from None
    except (ValueError, RecursionError):
        raise _NotJson(phrase(N_("is JSON with a number too long, or too deep, to be read"))) from None


def _lenient(words: str) -> Value:
    try:
        value: Value = json.loads(words)
    except (ValueError, RecursionError):
        return words
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _NotJson(phrase(N_("has {name} twice"), name=name))
        found[name] = value
    return found


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


def _with_references(value: Value) -> Value:
    """What was given as JSON, in which a mapping with the one key of a reference is that reference."""
    if isinstance(value, list):
        return [_with_references(each) for each in value]
    if isinstance(value, dict):
        ((key, named),) = value.items() if len(value) == 1 else (("", None),)
        if key in _REFERENCES and isinstance(named, str):
            return _REFERENCES[key](named)
        return {name: _with_references(each) for name, each in value.items()}
    return value


def _holds_secrets(annotation: Any) -> bool:
    if is_record(annotation):
        return any(_holds_secrets(element_of(each.annotation)) for each in specs(annotation))
    return Secret in (annotation, *get_args(annotation))


def _is_reference(value: Value) -> bool:
    return isinstance(value, Fact | Variable | ProcessVariable | FileContent)


def _sample(annotation: Any, spec: FieldSpec) -> Any:
    """Something that a field of this type may be, where the kind's own example has none."""
    if get_origin(annotation) is tuple:
        return [_sample(element_of(annotation), spec)]
    if get_origin(annotation) is collections.abc.Mapping:
        return {"NAME": _sample(get_args(annotation)[1], spec)}
    if is_record(annotation):
        parts = specs(annotation)
        more = next((each for each in parts if not each.required), None)
        shown = [each for each in parts if each.required or each is more]
        return {each.name: _sample(each.annotation, each) for each in shown}
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return next(iter(annotation)).value
    if annotation in (int, float) and isinstance(spec.limit, Within):
        return spec.limit.least
    return _SAMPLES[annotation]


_SAMPLES: Mapping[Any, Any] = {
    str: "text",
    int: 1,
    float: 0.5,
    bool: True,
    Url: "https://example.org",
    Duration: "5s",
    HostPort: "127.0.0.1:8443",
    JsonValue: {"name": "value"},
    Secret: {"env": "NAME"},
}
_REFERENCES: Mapping[str, Callable[[str], Reference]] = {
    "fact": Fact,
    "variable": Variable,
    "env": ProcessVariable,
    "file": FileContent,
}

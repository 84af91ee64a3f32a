"""A check as an item writes it: one kind, its fields, and what every kind has (`id`, `max_age`)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from promoter.checklist.forms import (
    Form,
    Others,
    Schema,
    as_table,
    attempt,
    list_of,
    map_of,
    optional,
    record,
)
from promoter.checklist.leaves import duration, line, slug, whole_number
from promoter.checklist.nodes import Node, Scalar, Series, Table
from promoter.checklist.references import value
from promoter.checklist.reporting import Known, Report, Unread, about
from promoter.checks.declaration import Kind, KindBroken
from promoter.checks.field_schema import json_schema
from promoter.checks.fields import mistake
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.model.checklist import CheckSpec
from promoter.model.environment import Environment
from promoter.model.limits import Names
from promoter.model.reference import Value


class Kinds(Protocol):
    """Where kinds of checks are found; `promoter.checks.registry` is one."""

    def names(self) -> tuple[str, ...]:
        """Every kind there is."""

    def kind(self, name: str) -> Kind:
        """The kind of that name; raises KeyError, or KindBroken, which is one."""


@frozen
class _Written:
    """A check as its author wrote it."""

    id: str | None
    max_age: timedelta | None
    needs: tuple[str, ...]
    retries: int
    fields: Mapping[str, Value]


_COMMON = (
    optional("id", slug, "Tells checks of one kind in an item apart; the kind when left out"),
    optional("max_age", duration, "How old an outcome may be and still count"),
    optional(
        "needs",
        list_of(slug, at_least=1, unique=str),
        "Checks of the item, before this one, that must pass first",
        (),
    ),
    optional(
        "retries",
        whole_number(at_least=0, at_most=10),
        "How often it is tried again when it does not pass; passing then is a warning",
        0,
    ),
)


def _written(values: dict[str, Value]) -> Form[_Written]:
    """A check's fields; every one that can be read is put into `values`, whatever is wrong with others."""

    def keep(name: Scalar, found: Value) -> Value:
        values[name.text] = found
        return found

    return record(_Written, *_COMMON, others=Others("fields", map_of(line, value, keep)))


def check_form(kinds: Kinds | None) -> Form[CheckSpec]:
    """The form of one check. Without `kinds`, any name is a kind and any field one of its own."""

    def read(node: Node, report: Report) -> CheckSpec:
        table = as_table(node, report)
        if len(table.entries) != 1:
            words = phrase(N_("a check is one kind with its fields: '- https: {{url: …}}'"))
            report.refuse(table.place, "not-one-kind", words)
        ((name, under),) = table.entries
        fields = Table((), under.place) if _left_empty(under) else as_table(under, report)
        values: dict[str, Value] = {}
        got = attempt(_written(values), fields, report)
        kind = _found(kinds, name, report) if kinds else None
        if kind is not None:
            _judge_names(kind, fields, report)
            _judge_values_later(kind, fields, values, report)
        if got is None:
            raise Unread
        found = got[0]
        return CheckSpec(
            found.id or slug.read(name, report),
            name.text,
            found.fields,
            name.place,
            found.max_age,
            found.needs,
            found.retries,
        )

    return Form(read, lambda: _schema(kinds))


def _left_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text


def _found(kinds: Kinds, name: Scalar, report: Report) -> Kind | None:
    try:
        return kinds.kind(name.text)
    except KindBroken as broken:
        template = N_("the kind {name} is installed and cannot be loaded ({why})")
        report.wrong(name.place, "broken-kind", phrase(template, name=name.text, why=broken.why))
    except KeyError:
        words = phrase(N_("there is no kind of check named {name}"), name=name.text)
        report.wrong(name.place, "unknown-kind", words, (name.text, kinds.names()))
    return None


def _judge_names(kind: Kind, fields: Table, report: Report) -> None:
    known = {each.name for each in kind.fields} | {each.key for each in _COMMON}
    unknown = [key for key, _ in fields.entries if key.text not in known]
    for key in unknown:
        words = phrase(N_("{kind} has no field {name}"), kind=kind.name, name=key.text)
        report.wrong(key.place, "unknown-field", words, (key.text, known))
    missing = [each.name for each in kind.fields if each.required and fields.get(each.name) is None]
    for name in missing:
        report.wrong(fields.place, "missing-field", phrase(N_("{name} is missing here"), name=name))


def _judge_values_later(kind: Kind, fields: Table, values: Mapping[str, Value], report: Report) -> None:
    def judge(known: Known) -> None:
        rules = known.target.variables.rules if known.target else ()
        secrets = {each.name for each in rules if each.secret}
        named = _named_environment(kind, values, known)
        for spec in kind.fields:
            node = fields.get(spec.name)
            if node is None or spec.name not in values:
                continue
            wrong = mistake(spec, values[spec.name], secret_variables=secrets)
            if wrong:
                report.wrong(node.place, "field-mistaken", about(spec.name, wrong))
            elif spec.names is Names.ENVIRONMENT:
                _judge_environment(node, known, report)
            elif spec.names is Names.VARIABLE and named is not None:
                _judge_variables(node, named, report)
            elif spec.names is Names.URL and named is not None:
                _judge_urls(node, named, report)
        for name, why in kind.contradictions(values):
            node = fields.get(name) or fields
            report.wrong(
                node.place, "field-mistaken", about(name, phrase(kind.phrases[why.code], **why.parameters))
            )

    report.later(judge)


def _named_environment(kind: Kind, values: Mapping[str, Value], known: Known) -> Environment | None:
    """The environment whose variables a check may name; None when it cannot be known."""
    field = next((each.name for each in kind.fields if each.names is Names.ENVIRONMENT), None)
    if field is None or field not in values:
        return known.target
    there = known.pipeline.environments if known.pipeline is not None else ()
    return next((each for each in there if each.name == values[field]), None)


def _judge_environment(node: Node, known: Known, report: Report) -> None:
    if isinstance(node, Scalar) and known.environments and node.text not in known.environments:
        words = phrase(N_("there is no environment {name}"), name=node.text)
        report.wrong(node.place, "unknown-environment", words, (node.text, known.environments))


def _judge_variables(node: Node, environment: Environment, report: Report) -> None:
    names = [each.name for each in environment.variables.rules]
    for each in node.children if isinstance(node, Series) else (node,):
        if isinstance(each, Scalar) and each.text not in names:
            words = phrase(
                N_("{environment} has no variable {name}"), name=each.text, environment=environment.name
            )
            report.wrong(each.place, "unknown-variable", words, (each.text, names))


def _judge_urls(node: Node, environment: Environment, report: Report) -> None:
    for each in node.children if isinstance(node, Series) else (node,):
        if isinstance(each, Scalar) and each.text not in environment.urls:
            words = phrase(
                N_("{environment} has no URL {name}"), name=each.text, environment=environment.name
            )
            report.wrong(each.place, "unknown-url", words, (each.text, environment.urls))


def _schema(kinds: Kinds | None) -> Schema:
    if kinds is None:
        return {"type": "object", "minProperties": 1, "maxProperties": 1}
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {name: _kind_schema(kinds.kind(name)) for name in kinds.names()},
    }


def _kind_schema(kind: Kind) -> Schema:
    own = {each.name: json_schema(each) for each in kind.fields}
    common = {each.key: {**each.form.schema(), "description": each.description} for each in _COMMON}
    must = [each.name for each in kind.fields if each.required]
    schema: dict[str, Any] = {
        "description": kind.docstring,
        "type": "object" if must else ["object", "null"],
        "properties": {**own, **common},
        "additionalProperties": False,
    }
    return {**schema, "required": must} if must else schema

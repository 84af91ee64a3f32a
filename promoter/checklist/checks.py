"""A check as an item writes it: one kind, its fields, and what every kind has (`id`, `max_age`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from promoter.checklist.forms import Form, Others, Schema, as_table, attempt, map_of, optional, record
from promoter.checklist.leaves import duration, line, slug
from promoter.checklist.nodes import Node, Scalar, Table
from promoter.checklist.references import value
from promoter.checklist.reporting import Known, Report, Unread, about
from promoter.checks.declaration import Kind
from promoter.checks.fields import json_schema, mistake
from promoter.messages import N_, phrase
from promoter.model.checklist import CheckSpec
from promoter.model.reference import Value


class Kinds(Protocol):
    """Where kinds of checks are found; `promoter.checks.registry` is one."""

    def names(self) -> tuple[str, ...]:
        """Every kind there is."""

    def kind(self, name: str) -> Kind:
        """The kind of that name; raises KeyError."""


@dataclass(frozen=True, slots=True)
class _Written:
    id: str | None
    max_age: timedelta | None
    fields: Mapping[str, Value]


_COMMON = (
    optional("id", slug, "Tells checks of one kind in an item apart; the kind when left out"),
    optional("max_age", duration, "How old an outcome may be and still count"),
)
_written = record(_Written, *_COMMON, others=Others("fields", map_of(line, value, lambda _, found: found)))


def check_form(kinds: Kinds | None) -> Form[CheckSpec]:
    """The form of one check. Without `kinds`, any name is a kind and any field one of its own."""

    def read(node: Node, report: Report) -> CheckSpec:
        table = as_table(node, report)
        if len(table.entries) != 1:
            words = phrase(N_("a check is one kind with its fields: '- https: {{url: …}}'"))
            report.refuse(table.place, "not-one-kind", words)
        ((name, under),) = table.entries
        fields = Table((), under.place) if _left_empty(under) else as_table(under, report)
        got = attempt(_written, fields, report)
        kind = _found(kinds, name, report) if kinds else None
        if kind is not None:
            whole = _judge_names(kind, fields, report)
            if got is not None and whole:
                _judge_values_later(kind, fields, got[0].fields, report)
        if got is None:
            raise Unread
        found = got[0]
        return CheckSpec(
            found.id or slug.read(name, report), name.text, found.fields, name.place, found.max_age
        )

    return Form(read, lambda: _schema(kinds))


def _left_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text


def _found(kinds: Kinds, name: Scalar, report: Report) -> Kind | None:
    try:
        return kinds.kind(name.text)
    except KeyError:
        names = kinds.names()
    if name.text in names:
        words = phrase(N_("the kind {name} is installed and cannot be loaded"), name=name.text)
        report.wrong(name.place, "broken-kind", words)
    else:
        words = phrase(N_("there is no kind of check named {name}"), name=name.text)
        report.wrong(name.place, "unknown-kind", words, (name.text, names))
    return None


def _judge_names(kind: Kind, fields: Table, report: Report) -> bool:
    known = {each.name for each in kind.fields} | {each.key for each in _COMMON}
    unknown = [key for key, _ in fields.entries if key.text not in known]
    for key in unknown:
        words = phrase(N_("{kind} has no field {name}"), kind=kind.name, name=key.text)
        report.wrong(key.place, "unknown-field", words, (key.text, known))
    missing = [each.name for each in kind.fields if each.required and fields.get(each.name) is None]
    for name in missing:
        report.wrong(fields.place, "missing-field", phrase(N_("{name} is missing here"), name=name))
    return not unknown


def _judge_values_later(kind: Kind, fields: Table, values: Mapping[str, Value], report: Report) -> None:
    def judge(known: Known) -> None:
        rules = known.target.variables.rules if known.target else ()
        secrets = {each.name for each in rules if each.secret}
        for spec in kind.fields:
            node = fields.get(spec.name)
            wrong = mistake(spec, values[spec.name], secret_variables=secrets) if node else None
            if node and wrong:
                report.wrong(node.place, "field-mistaken", about(spec.name, wrong))

    report.later(judge)


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

"""The form of an environment's variables: where their values come from, and what must be true of each."""

from dataclasses import replace
from typing import Any

from promoter.checklist.forms import (
    Form,
    Others,
    as_table,
    judged,
    list_of,
    map_of,
    optional,
    record,
    required,
)
from promoter.checklist.leaves import environment_name, flag, line, relative_path, text, variable_name
from promoter.checklist.nodes import Node
from promoter.checklist.references import either, fact
from promoter.checklist.reporting import Report
from promoter.messages import N_, phrase
from promoter.model.environment import DotenvSource, ProcessSource, VariableRule, Variables, VariableSource


def _read_source(node: Node, report: Report) -> VariableSource:
    return (_process if as_table(node, report).get("environment") else _dotenv).read(node, report)


_dotenv = record(DotenvSource, required("dotenv", relative_path, "A file of NAME=value lines", into="path"))
_process = record(
    lambda source: source,
    required(
        "environment",
        record(
            ProcessSource, optional("prefix", variable_name, "What names begin with, such as PREPROD_", "")
        ),
        "The process environment",
        into="source",
    ),
)
_source: Form[VariableSource] = Form(_read_source, lambda: {"anyOf": [_dotenv.schema(), _process.schema()]})


def _judge_rule(rule: VariableRule, node: Node, report: Report) -> None:
    if rule.secret and isinstance(rule.equals, str):
        words = phrase(N_("a secret's value is written here; take it out, and change it wherever it is used"))
        report.wrong(node.place, "secret-written-out", words)


def _variable_rule(**written: Any) -> VariableRule:
    return VariableRule(name="", **written)


_rule = judged(
    record(
        _variable_rule,
        optional("secret", flag, "Its value is never shown", False),
        optional("equals", either(line, fact), "What its value must be"),
        optional(
            "differs_from", list_of(environment_name), "Environments whose value must be another one", ()
        ),
        optional("description", text, "What it is, for people"),
    ),
    _judge_rule,
)


def _variables(sources: tuple[VariableSource, ...], rules: dict[str, VariableRule]) -> Variables:
    return Variables(sources, tuple(rules.values()))


variables = record(
    _variables,
    optional(
        "from",
        list_of(_source, at_least=1),
        "Where values come from: the first that exists serves all",
        (),
        into="sources",
    ),
    others=Others("rules", map_of(variable_name, _rule, lambda key, rule: replace(rule, name=key.text))),
)

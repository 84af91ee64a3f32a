"""Values that name what is looked up later: `{fact: …}`, `{variable: …}`, `{env: …}`, `{file: …}`, `{command: […]}`.

Whole values only; nothing is ever expanded inside text.
"""

from collections.abc import Mapping

from promoter.checklist.forms import Form, attempt, list_of, record, required
from promoter.checklist.leaves import line, matching, relative_path, variable_name
from promoter.checklist.nodes import Node, Scalar, Series, Table
from promoter.checklist.reporting import Known, Report, Unread
from promoter.checklist.scalars import DOUBTFUL, meaning
from promoter.messages import N_, phrase
from promoter.model.environment import Environment
from promoter.model.facts import fact_paths, find_fact
from promoter.model.reference import (
    CommandOutput,
    Fact,
    FileContent,
    ProcessVariable,
    Reference,
    Value,
    Variable,
)

_FACT_PATH = matching(
    r"[a-z0-9][a-z0-9._-]{0,199}",
    "not-a-fact",
    phrase(N_("must be the path of a fact, such as urls.webhook")),
)


def environment_here(known: Known, scope: tuple[str, ...]) -> Environment | None:
    """The environment a reference is about: the checklist's target, or in a pipeline the one around it."""
    if known.target is not None or known.pipeline is None or not scope:
        return known.target
    return next((each for each in known.pipeline.environments if each.name == scope[0]), None)


def _read_fact(node: Node, report: Report) -> str:
    path, scope = _FACT_PATH.read(node, report), report.scope

    def exists(known: Known) -> None:
        environment = environment_here(known, scope)
        if environment is None or known.pipeline is None:
            return
        environments = {each.name: each for each in known.pipeline.environments}
        try:
            find_fact(environments, environment, path)
        except KeyError:
            words = phrase(
                N_("there is no fact {name} of {environment}"), name=path, environment=environment.name
            )
            report.wrong(node.place, "unknown-fact", words, (path, fact_paths(environments, environment)))

    report.later(exists)
    return path


def _read_variable(node: Node, report: Report) -> str:
    name, scope = variable_name.read(node, report), report.scope

    def exists(known: Known) -> None:
        environment = environment_here(known, scope)
        if environment is None or environment.variables.rule(name) is not None:
            return
        words = phrase(N_("{environment} has no variable {name}"), name=name, environment=environment.name)
        report.wrong(
            node.place, "unknown-variable", words, (name, [each.name for each in environment.variables.rules])
        )

    report.later(exists)
    return name


fact = record(
    Fact,
    required(
        "fact",
        Form(_read_fact, _FACT_PATH.schema),
        "A fact of the target environment (urls.webhook), or of another (staging.urls.app)",
        into="path",
    ),
)
variable = record(
    Variable,
    required(
        "variable", Form(_read_variable, variable_name.schema), "A variable of the environment", into="name"
    ),
)
_REFERENCES: Mapping[str, Form[Reference]] = {
    "fact": fact,
    "variable": variable,
    "env": record(
        ProcessVariable, required("env", variable_name, "A variable of the process environment", into="name")
    ),
    "file": record(
        FileContent,
        required("file", relative_path, "A file of the repository that holds the value", into="path"),
    ),
    "command": record(
        CommandOutput,
        required("command", list_of(line, at_least=1), "A command that prints the value", into="arguments"),
    ),
}


def either(literal: Form[str], *references: Form[Fact] | Form[Variable]) -> Form[Value]:
    """A literal, or one of the references."""

    def read(node: Node, report: Report) -> Value:
        if not isinstance(node, Table):
            return literal.read(node, report)
        chosen = next(
            (each for each in references if set(node.keys()) & set(each.schema()["properties"])),
            references[0],
        )
        return chosen.read(node, report)

    return Form(read, lambda: {"anyOf": [literal.schema(), *(each.schema() for each in references)]})


def read_value(node: Node, report: Report) -> Value:
    """A node as plain data, in which a mapping with the one key of a reference is that reference."""
    if isinstance(node, Scalar):
        return _plain(node, report)
    if isinstance(node, Series):
        listed = [attempt(value, each, report) for each in node.children]
        return [each[0] for each in _all_there(listed)]
    keys = list(node.keys())
    if len(keys) == 1 and keys[0] in _REFERENCES:
        return _REFERENCES[keys[0]].read(node, report)
    values = [attempt(value, each, report) for _, each in node.entries]
    return {key: each[0] for key, each in zip(keys, _all_there(values), strict=True)}


value: Form[Value] = Form(read_value, dict)


def _all_there(values: list[tuple[Value] | None]) -> list[tuple[Value]]:
    there = [each for each in values if each is not None]
    if len(there) < len(values):
        raise Unread
    return there


def _plain(scalar: Scalar, report: Report) -> Value:
    found = meaning(scalar)
    if found is None:
        report.refuse(
            scalar.place, "empty-value", phrase(N_("says nothing; leave the field out or fill it in"))
        )
    if found is DOUBTFUL:
        words = phrase(
            N_(
                "{value} is not the same to every reader of YAML: write it in quotes if it is text, as JSON would write it if not"
            ),
            value=scalar.text,
        )
        report.refuse(scalar.place, "doubtful-value", words)
    return found

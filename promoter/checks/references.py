"""References in a check's fields, looked up before the check is built."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from typing import Any

from promoter.checks.declaration import Kind
from promoter.checks.field_scalars import Mistaken
from promoter.checks.fields import beyond, parse, parts_of
from promoter.checks.variables import read_text
from promoter.messages import Message, Parameter, message
from promoter.model.context import Context
from promoter.model.environment import Environment
from promoter.model.facts import find_fact
from promoter.model.reference import CommandOutput, Fact, FileContent, ProcessVariable, Value, Variable
from promoter.net.regular_file import NotUsable
from promoter.redaction import Secret

_COMMAND_SECONDS = 30


class Unresolved(Exception):
    """A check cannot be built; `why` is a code of `promoter.checks.rulings`."""

    def __init__(self, code: str, **parameters: Parameter) -> None:
        super().__init__(code)
        self.why: Message = message(code, **parameters)


def field_values(kind: Kind, fields: Mapping[str, Value], context: Context) -> dict[str, Any]:
    """The values a check of the kind is built with, every reference looked up.

    Raises Unresolved.
    """
    values = {}
    for name, written in fields.items():
        spec = kind.field(name)
        if spec is None:
            raise Unresolved("field-unknown", kind=kind.name, field=name)
        value = resolved(written, context)
        try:
            values[name] = parse(spec, value)
        except Mistaken as mistaken:
            if mistaken.why.code != "field-secret-written-out" and _holds_secret(value):
                raise Unresolved("secret-in-the-open", field=name) from None
            raise Unresolved("field-mistaken", field=name, why=mistaken.why) from None
        broken = beyond(spec, written)
        if broken is not None:
            raise Unresolved("field-mistaken", field=name, why=broken)
    for name, why in kind.contradictions(fields):
        raise Unresolved("field-mistaken", field=name, why=why)
    missing = next((each.name for each in kind.fields if each.required and each.name not in values), None)
    if missing is not None:
        raise Unresolved("field-missing", field=missing)
    return values


def secrets_in(value: object) -> tuple[Secret, ...]:
    """Every secret in a field's value."""
    if isinstance(value, Secret):
        return (value,)
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(each for part in fields_of(value) for each in secrets_in(getattr(value, part.name)))
    if isinstance(value, list | tuple | Mapping):
        return tuple(secret for each in parts_of(value) for secret in secrets_in(each))
    return ()


def resolved(written: Value, context: Context) -> Value:
    """What a value says once every reference in it is looked up; raises Unresolved."""
    if isinstance(written, list | tuple):
        return [resolved(each, context) for each in written]
    if isinstance(written, Mapping):
        return {name: resolved(each, context) for name, each in written.items()}
    return _resolve(written, context.environment, context)


def _resolve(written: Value, environment: Environment, context: Context) -> Value:
    if isinstance(written, Fact):
        try:
            found = find_fact(context.environments, environment, written.path)
        except KeyError:
            raise Unresolved("fact-unknown", name=written.path) from None
        if isinstance(found.value, Fact):  # a fact that names a fact could go round in circles
            raise Unresolved("fact-unknown", name=written.path)
        return _resolve(found.value, found.environment, context)
    if isinstance(written, Variable):
        return _variable(written.name, environment, context)
    look_up = _LOOK_UPS.get(type(written))
    return look_up(written, context) if look_up is not None else written


def _variable(name: str, environment: Environment, context: Context) -> str | Secret:
    found = context.variables.get(environment.name)
    if found is not None and found.unreadable is not None:
        raise Unresolved(
            "variables-unreadable", name=name, environment=environment.name, why=found.unreadable
        )
    value = found.values.get(name) if found is not None else None
    if not value:
        raise Unresolved("variable-not-known", name=name, environment=environment.name)
    return value


def _process_variable(written: ProcessVariable, context: Context) -> Secret:
    value = context.process_environment.get(written.name)
    if not value:
        raise Unresolved("environment-variable-not-set", name=written.name)
    return Secret(value, written.name)


def _file(written: FileContent, context: Context) -> Secret:
    try:
        content = read_text(written.path, context.root)
    except NotUsable as wrong:
        raise Unresolved("file-not-usable", path=written.path, why=wrong.why) from None
    return Secret(content.removesuffix("\n").removesuffix("\r"))


def _command(written: CommandOutput, context: Context) -> Secret:
    """What the command prints, less its final newline, before the check has to end. Whether it may run has been
    asked before."""
    command = " ".join(written.arguments)
    left = context.deadline - time.monotonic()
    try:
        with subprocess.Popen(
            written.arguments,
            cwd=context.root,
            env=dict(context.process_environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=max(min(left, _COMMAND_SECONDS), 0))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, written.arguments)
        printed = output.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError, subprocess.SubprocessError) as wrong:
        raise Unresolved("command-gave-nothing", command=command, error=type(wrong).__name__) from None
    if not printed:
        raise Unresolved("command-gave-nothing", command=command, error="")
    return Secret(printed)


_LOOK_UPS: Mapping[type, Callable[[Any, Context], Secret]] = {
    ProcessVariable: _process_variable,
    FileContent: _file,
    CommandOutput: _command,
}


def _holds_secret(value: object) -> bool:
    return bool(secrets_in(value))

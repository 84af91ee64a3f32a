"""Values that are named in a checklist and looked up later, never expanded inside text."""

from typing import Any, NewType, TypeAlias

from promoter.frozen import frozen


@frozen
class Fact:
    """`{fact: urls.webhook}` of the target environment, or `{fact: staging.urls.app}` of another."""

    path: str


@frozen
class Variable:
    """`{variable: NAME}`: from the target environment's variable sources."""

    name: str


@frozen
class ProcessVariable:
    """`{env: NAME}`: from the process environment; always a secret."""

    name: str


@frozen
class FileContent:
    """`{file: PATH}`: the content of a file of the work tree, less its final newline; a secret."""

    path: str


@frozen
class CommandOutput:
    """`{command: [ARGUMENT, …]}`: what a command prints; needs consent; a secret."""

    arguments: tuple[str, ...]


Reference: TypeAlias = Fact | Variable | ProcessVariable | FileContent | CommandOutput
Value: TypeAlias = Any
"""A field as written in YAML: plain JSON-like data, in which any value may be a `Reference`."""

JsonValue = NewType("JsonValue", object)
"""Data that a check takes as it is written: what `json` reads, with no secret in it."""


def written(value: Value) -> Any:
    """A value as a checklist writes it: references as mappings with one key."""
    match value:
        case Fact(path=path):
            return {"fact": path}
        case Variable(name=name):
            return {"variable": name}
        case ProcessVariable(name=name):
            return {"env": name}
        case FileContent(path=path):
            return {"file": path}
        case CommandOutput(arguments=arguments):
            return {"command": list(arguments)}
        case dict():
            return {name: written(each) for name, each in value.items()}
        case list() | tuple():
            return [written(each) for each in value]
        case _:
            return value

"""What of a check needs a person's consent before anything of it happens.

Its effects on the world; the commands it runs; and secrets that would go to a host which the work tree's
own pipeline does not name: whoever can push a checklist must not be able to fetch a colleague's secrets.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from promoter.checks.declaration import Kind
from promoter.checks.fields import element_of, references_in
from promoter.checks.references import Unresolved, resolved
from promoter.messages import N_, Template, message
from promoter.model.address import HostPort, Url, split_url
from promoter.model.consent import Ask
from promoter.model.context import NO_ENVIRONMENT, Context
from promoter.model.reference import CommandOutput, FileContent, ProcessVariable, Value, Variable, written
from promoter.net.regular_file import NotUsable, read_usable_file
from promoter.redaction import Secret

PHRASES: Mapping[str, Template] = {
    "ask-effects": N_("{kind} changes something in {environment}: {effects}"),
    "its-environment": N_("its environment"),
    "ask-command": N_("a command is run: {command}"),
    "ask-secrets": N_(
        "{names:list} would be sent to {hosts:list}, which this work tree's pipeline does not name"
    ),
}
_LARGEST_PROGRAM = 4 * 1024 * 1024
_OTHER_WAYS = frozenset({"connect_to", "ca_file", "server_name"})


def consent_needed(
    kind: Kind, fields: Mapping[str, Value], view: Context, known_hosts: frozenset[str] | None
) -> Iterator[Ask]:
    """What the check asks for, given its fields as written."""
    if kind.changes_the_world(fields):
        nowhere = view.environment.name == NO_ENVIRONMENT
        where = message("its-environment") if nowhere else view.environment.name
        effects = message(f"{kind.name}.effects")
        yield Ask(
            kind.name if nowhere else f"{kind.name}@{view.environment.name}",
            message("ask-effects", kind=kind.name, environment=where, effects=effects),
            lasting=False,
        )
    for arguments in _commands(kind, fields):
        about = message("ask-command", command=" ".join(arguments))
        yield Ask(_digest(kind, fields, programs=_programs(arguments, fields, view.root)), about, lasting=True)
    if known_hosts is not None:
        yield from _secrets_abroad(kind, fields, view, known_hosts)


def _commands(kind: Kind, fields: Mapping[str, Value]) -> Iterator[tuple[str, ...]]:
    if kind.executes is not None and kind.executes in fields:
        written = fields[kind.executes]
        yield tuple(map(str, written)) if isinstance(written, list | tuple) else (str(written),)
    for each in fields.values():
        yield from (found.arguments for found in references_in(each) if isinstance(found, CommandOutput))


def _programs(arguments: tuple[str, ...], fields: Mapping[str, Value], root: Path) -> dict[str, str]:
    """The digests of the work tree's files that a command names, from the root or from its `directory`: a
    changed script is another command."""
    found = {}
    words = {part for each in arguments for part in (each, *each.split())}
    directory = fields.get("directory")
    if isinstance(directory, str):
        words |= {f"{directory}/{word}" for word in words}
    for word in words:
        try:
            content = read_usable_file(Path(word), _LARGEST_PROGRAM, inside=root)
        except (NotUsable, ValueError):
            continue
        found[word] = hashlib.sha256(content).hexdigest()
    return found


def _secrets_abroad(
    kind: Kind, fields: Mapping[str, Value], view: Context, known_hosts: frozenset[str]
) -> Iterator[Ask]:
    names = sorted({name for each in fields.values() for name in _secret_names(each, view)})
    if not names:
        return
    hosts = sorted(set(_hosts(kind, fields, view)))
    detour = any(fields.get(each) is not None for each in _OTHER_WAYS)
    if detour or not known_hosts.issuperset(hosts):
        about = message("ask-secrets", names=names, hosts=hosts)
        yield Ask(_digest(kind, fields, hosts=hosts), about, lasting=True)


def _secret_names(value: Value, view: Context) -> Iterator[str]:
    variables = view.variables.get(view.environment.name)
    for each in references_in(value):
        match each:
            case ProcessVariable(name=name):
                yield name
            case FileContent(path=path):
                yield path
            case CommandOutput(arguments=arguments):
                yield " ".join(arguments)
            case Variable(name=name) if variables and isinstance(variables.values.get(name), Secret):
                yield name
            case _:
                pass


def _hosts(kind: Kind, fields: Mapping[str, Value], view: Context) -> Iterator[str]:
    for spec in kind.fields:
        if spec.name in fields and element_of(spec.annotation) in (Url, HostPort):
            try:
                found = resolved(fields[spec.name], view)
            except Unresolved:
                continue
            for each in found if isinstance(found, list) else [found]:
                yield _host(str(each))


def _host(written: str) -> str:
    try:
        return split_url(written).host
    except ValueError:
        return written.rpartition(":")[0].lower()


def _digest(kind: Kind, fields: Mapping[str, Value], **more: Any) -> str:
    definition = {"kind": kind.name, "fields": {name: written(each) for name, each in fields.items()}, **more}
    canonical = json.dumps(definition, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode('ascii')).hexdigest()}"

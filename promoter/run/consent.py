"""What of a check needs a person's consent before anything of it happens.

Its effects on the world; the commands it runs; and secrets that would go to a host which the work tree's
own pipeline does not name: whoever can push a checklist must not be able to fetch a colleague's secrets.
"""

import hashlib
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from promoter.checks.declaration import Kind
from promoter.checks.fields import element_of, parts_of, references_in
from promoter.checks.references import Unresolved, resolved
from promoter.messages import N_, Message, Template, message
from promoter.model.address import HostPort, Url, split_url
from promoter.model.consent import Ask
from promoter.model.context import NO_ENVIRONMENT, Context
from promoter.model.reference import (
    CommandOutput,
    Fact,
    FileContent,
    ProcessVariable,
    Reference,
    Value,
    Variable,
    written,
)
from promoter.redaction import Secret
from promoter.run import scripts
from promoter.run.plan import Vouched
from promoter.run.scripts import scripts_of

PHRASES: Mapping[str, Template] = {
    "ask-effects": N_("{kind} changes something in {environment}: {effects}"),
    "its-environment": N_("its environment"),
    "ask-command": N_("a command is run: {command}"),
    "ask-command-each-time": N_(
        "a command is run: {command}; consent holds for one run only, because {unbound:list}"
    ),
    "ask-secrets": N_(
        "{names:list} would be sent to {hosts:list}, for which this work tree's own pipeline does not vouch"
    ),
    "ask-secrets-of-late": N_(
        "{names:list} would be sent to {hosts:list}, which this clone did not know until now: {since}"
    ),
    "what-is-printed": N_("what {command} prints"),
    "named-since": N_("commit {commit} of {name} <{email}> changed where {path} sends them"),
    "named-by-nobody": N_("{path} names it, and is not committed so"),
    "ask-secrets-of-nobody": N_(
        "{names:list}, of no environment of the pipeline, would be sent to {hosts:list}"
    ),
    "ask-secrets-by-another-way": N_("{names:list} would be sent to {hosts:list}; {ways:list}"),
    "way-not-vouched": N_("this work tree's own pipeline does not vouch for {place}"),
    "way-unencrypted": N_("nothing is encrypted on the way to {place}: whoever is on it can read them"),
    "way-other-address": N_("what is for {place} is handed to {address} instead"),
    "way-other-roots": N_("certificates are believed that {path} vouches for"),
    "way-other-name": N_("the certificate may be for {name} instead"),
    **scripts.PHRASES,
}
_SCHEME = re.compile(r"https?://[^/?#@]+:[0-9]+\Z")
_OTHER_WAYS = frozenset({"connect_to", "ca_file", "server_name"})


def consent_needed(
    kind: Kind, fields: Mapping[str, Value], view: Context, vouched: Vouched | None
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
    for arguments, shown in _commands(kind, fields, view):
        scripts = scripts_of(arguments, str(_meant(fields.get("directory", "."), view)), view.root)
        about = message("ask-command", command=shown)
        if scripts.unbound:
            about = message("ask-command-each-time", command=shown, unbound=scripts.unbound)
        more = {"stamps": scripts.stamps} if scripts.unbound else {}
        digest = _digest(kind, fields, view, programs=scripts.digests, **more)
        yield Ask(digest, about, lasting=not scripts.unbound)
    if vouched is not None:
        yield from _secrets_abroad(kind, fields, view, vouched)


def _commands(kind: Kind, fields: Mapping[str, Value], view: Context) -> Iterator[tuple[Sequence[Any], str]]:
    """Each command, with what its references stand for (a secret is its reference), and as a shell would be
    given it: where it runs, what it is passed, and where its words begin and end."""
    if kind.executes is not None and kind.executes in fields:
        meant = _meant(fields[kind.executes], view)
        words = meant if isinstance(meant, list) else [meant]
        passed = [*parts_of(fields.get("environment", ())), *parts_of(fields.get("variables", ()))]
        where = _meant(fields.get("directory"), view)
        shown = [f"cd {shlex.quote(str(where))} &&"] if where is not None else []
        shown += [f"{_meant(each, view)}=…" for each in passed]
        shown += ["sh -c"] if fields.get("shell") else []
        yield words, " ".join([*shown, *(shlex.quote(str(each)) for each in words)])
    for value in fields.values():
        for each in references_in(value):
            if isinstance(each, CommandOutput):
                yield each.arguments, shlex.join(each.arguments)


def _meant(value: Value, view: Context) -> Any:
    """A value with its references looked up, as far as that can be shown and done without a command."""
    if isinstance(value, list | tuple):
        return [_meant(each, view) for each in value]
    if isinstance(value, Mapping):
        return {name: _meant(each, view) for name, each in value.items()}
    if not isinstance(value, Fact | Variable):
        return written(value)
    try:
        found = resolved(value, view)
    except Unresolved:
        return written(value)
    return written(value) if isinstance(found, Secret) else found


def _secrets_abroad(
    kind: Kind, fields: Mapping[str, Value], view: Context, vouched: Vouched
) -> Iterator[Ask]:
    """Variables of the environment may go where the work tree's pipeline says that the service is; what the
    process or a file holds belongs to nobody's environment, and is asked about wherever it goes."""
    found = [each for value in fields.values() for each in references_in(value)]
    strange = [each for each in found if isinstance(each, ProcessVariable | FileContent | CommandOutput)]
    secrets = (*strange, *(each for each in found if _is_secret(each, view)))
    names = {str(_name(each)): _name(each) for each in secrets}
    places = sorted(set(_places(kind, fields, view)))
    if not names or not places:
        return
    strangers = [each for each in places if each not in vouched.places]
    ways = list(_ways(fields, view, places))
    if not (strange or strangers or any(fields.get(each) is not None for each in _OTHER_WAYS)):
        return
    known: dict[str, Any] = {"names": [names[each] for each in sorted(names)], "hosts": tuple(places)}
    if ways:
        unknown = [message("way-not-vouched", place=each) for each in strangers]
        about = message("ask-secrets-by-another-way", **known, ways=[*unknown, *ways])
    elif vouched.since is not None and strangers and vouched.late.issuperset(strangers):
        about = message("ask-secrets-of-late", **known, since=vouched.since)
    else:
        about = message("ask-secrets" if strangers else "ask-secrets-of-nobody", **known)
    yield Ask(_digest(kind, fields, view, places=places), about, lasting=True)


def _ways(fields: Mapping[str, Value], view: Context, places: Sequence[str]) -> Iterator[Message]:
    """By which ways but the plain one, encrypted and to the place itself, something goes to the places."""
    pinned = {each.lower(): address for each, address in view.environment.network.connect_to.items()}
    for place in places:
        scheme, _, authority = place.partition("://")
        if scheme == "http":
            yield message("way-unencrypted", place=place)
        address = _meant(fields.get("connect_to"), view) or pinned.get(authority)
        if address is not None:
            yield message("way-other-address", place=place, address=str(address))
    roots = _meant(fields.get("ca_file"), view) or view.environment.network.ca_file
    if roots is not None:
        yield message("way-other-roots", path=str(roots))
    if fields.get("server_name") is not None:
        yield message("way-other-name", name=str(_meant(fields["server_name"], view)))


def _is_secret(reference: Reference, view: Context) -> bool:
    if not isinstance(reference, Fact | Variable):
        return False
    try:
        return isinstance(resolved(reference, view), Secret)
    except Unresolved:
        return False


def _name(reference: Reference) -> str | Message:
    match reference:
        case ProcessVariable(name=name) | Variable(name=name):
            return name
        case FileContent(path=path) | Fact(path=path):
            return path
        case CommandOutput(arguments=arguments):
            return message("what-is-printed", command=shlex.join(arguments))


def _places(kind: Kind, fields: Mapping[str, Value], view: Context) -> Iterator[str]:
    """Where the check's connections are meant to go, as `place_of` writes it; a secret that is no URL is masked."""
    for spec in kind.fields:
        if spec.name in fields.keys() - _OTHER_WAYS and element_of(spec.annotation) in (Url, HostPort):
            try:
                found = resolved(fields[spec.name], view)
            except Unresolved:
                continue
            for each in found if isinstance(found, list) else [found]:
                shown = str(each)
                place = place_of(each.reveal() if isinstance(each, Secret) else shown)
                yield place if _SCHEME.match(place) else shown.lower()


def place_of(url: str) -> str:
    """A URL's scheme, host and port; what is no URL as it is."""
    try:
        endpoint = split_url(url)
    except ValueError:
        return url.lower()
    return f"{endpoint.scheme}://{endpoint.authority}"


def _digest(kind: Kind, fields: Mapping[str, Value], view: Context, **more: Any) -> str:
    """Of all that decides what happens: the definition with what its references stand for, the way there, and
    where the variables come from."""
    environment = view.environment
    definition = {
        "kind": kind.name,
        "fields": {name: _meant(each, view) for name, each in fields.items()},
        "connect_to": dict(environment.network.connect_to),
        "ca_file": _file_digest(view.ca_file),
        "sources": [str(each) for each in environment.variables.sources],
        **more,
    }
    canonical = json.dumps(definition, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode('ascii')).hexdigest()}"


def _file_digest(path: Path | None) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path is not None else None

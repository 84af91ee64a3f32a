"""What the work tree's own pipeline vouches for: where secrets may go without asking, and which variables are none.

Whoever can push can change that file, and a pull brings the change to everybody. So this clone remembers what the
file vouched for when it was first used here; what came since vouches for nothing before somebody agreed to it.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from promoter.checks.variables import find
from promoter.errors import CannotAct, PromoterError
from promoter.frozen import frozen
from promoter.messages import N_, Message, message, phrase
from promoter.model.environment import Environment, Pipeline
from promoter.model.reference import Variable
from promoter.net.regular_file import read_regular_file
from promoter.os_words import why_of
from promoter.promotion import Promotion
from promoter.redaction import Secret
from promoter.run import Vouched
from promoter.run.consent import place_of
from promoter.trail.last_change import last_naming
from promoter.trail.outbox import durable_write
from promoter.usecases.pinned import digest_of
from promoter.usecases.workspace import Workspace

_LARGEST = 1024 * 1024


@frozen
class Remembered:
    """What this clone knows of its pipeline: the places it vouched for, the variables that it called no secrets, by
    environment, name and a digest of where their values come from, and by which way it led to each environment, as a
    digest. Whatever else it may say since is secret."""

    places: frozenset[str]
    open: frozenset[tuple[str, str, str]]
    ways: frozenset[tuple[str, str]]


@frozen
class _Kept:
    """Everything this clone remembers: of the pipelines it used, and the digests of those it had not used when it used the
    first."""

    known: Mapping[str, Remembered]
    unread: Mapping[str, str]


def vouched_for(workspace: Workspace, promotion: Promotion, pinned: Pipeline, target: Environment) -> Vouched:
    """What the work tree's own pipeline vouches for of a pinned one.

    No place when it cannot be read, or leads to the target environment by another way, than the pinned one or
    than when this clone first used it, and none that it did not name then; no variable that it does not itself read from the same sources and
    call no secret, and did so then. Raises CannotAct when what is remembered cannot be read.
    """
    own = _own(workspace)
    if own is None:
        return Vouched()
    now = frozenset(_places(workspace, own))
    remembered = _remembered(workspace) or _first_seen(workspace, own, now)
    there = {each.name: each for each in pinned.environments}
    open_variables = {
        (environment, name)
        for environment, name, sources in _open(own)
        if environment in there
        and sources == _sources(there[environment])
        and (environment, name, sources) in remembered.open
    }
    same_way = any(
        each.name == target.name
        and each.network == target.network
        and (each.name, _way(workspace, each)) in remembered.ways
        and _same_roots(workspace, promotion, each)
        for each in own.environments
    )
    late = now - remembered.places
    return Vouched(
        now & remembered.places if same_way else frozenset(),
        frozenset(open_variables),
        late,
        _who_named(workspace, late) if late else None,
    )


def remember(workspace: Workspace, agreed: Iterable[Message]) -> None:
    """Takes the places that somebody agreed to for ones that the pipeline always named. Raises CannotAct."""
    of_late = [each for each in agreed if each.code == "ask-secrets-of-late"]
    known = _remembered(workspace)
    if of_late and known is not None:
        places = {str(place) for each in of_late for place in _listed(each.parameters["hosts"])}
        _keep(workspace, replace(known, places=known.places | places))


def _listed(hosts: object) -> Iterable[object]:
    return hosts if isinstance(hosts, list | tuple) else ()


def _own(workspace: Workspace) -> Pipeline | None:
    try:
        return workspace.pipeline_unruled if workspace.has_pipeline else None
    except PromoterError:
        return None


def _first_seen(workspace: Workspace, own: Pipeline, places: frozenset[str]) -> Remembered:
    ways = frozenset((each.name, _way(workspace, each)) for each in own.environments)
    seen = Remembered(places, frozenset(_open(own)), ways)
    _keep(workspace, seen)
    return seen


def _open(own: Pipeline) -> Iterator[tuple[str, str, str]]:
    for each in own.environments:
        sources = _sources(each)
        yield from ((each.name, rule.name, sources) for rule in each.variables.rules if not rule.secret)


def _sources(environment: Environment) -> str:
    """A digest of where an environment's variables come from."""
    return digest_of(repr(environment.variables.sources).encode("utf-8"))


def _way(workspace: Workspace, environment: Environment) -> str:
    """A digest of what decides where connections to an environment really go, and whom they trust there."""
    network, roots = environment.network, ""
    if network.ca_file is not None:
        try:
            roots = digest_of(read_regular_file(workspace.pipeline_directory / network.ca_file, _LARGEST))
        except (OSError, ValueError):
            roots = "unreadable"
    ways = {name: str(address) for name, address in network.connect_to.items()}
    return digest_of(json.dumps([ways, network.ca_file, roots], sort_keys=True).encode("utf-8"))


def _who_named(workspace: Workspace, places: Iterable[str]) -> Message:
    """Since when the pipeline's file names these places."""
    path = workspace.relative(workspace.pipeline_path)
    hosts = sorted(each.partition("://")[2].rpartition(":")[0] for each in places)
    try:
        found = last_naming(workspace.repository, path, hosts)
    except CannotAct:
        found = None
    if found is None:
        return message("named-by-nobody", path=path)
    return message("named-since", path=path, commit=found.commit[:12], name=found.name, email=found.email)


def _same_roots(workspace: Workspace, promotion: Promotion, own: Environment) -> bool:
    """Whether the pinned roots are those of the user's own file."""
    pinned = promotion.pinned.ca_file
    if own.network.ca_file is None or pinned is None:
        return own.network.ca_file is None and pinned is None
    try:
        return (
            digest_of(read_regular_file(workspace.pipeline_directory / own.network.ca_file, _LARGEST))
            == pinned.digest
        )
    except (OSError, ValueError):
        return False


def _places(workspace: Workspace, pipeline: Pipeline) -> Iterator[str]:
    """Where the pipeline says that the service, and what is the user's own, is to be found: over https only."""
    environments = {each.name: each for each in pipeline.environments}
    for each in pipeline.environments:
        variables = find(each, workspace.root, workspace.settings.environ, environments).values
        for written in each.urls.values():
            value = variables.get(written.name) if isinstance(written, Variable) else written
            url = value.reveal() if isinstance(value, Secret) else value
            if isinstance(url, str) and url.lower().startswith("https://"):
                yield place_of(url)


def _remembered(workspace: Workspace) -> Remembered | None:
    """What is known of this pipeline. Of one that this clone never used, what is known of the others, for whoever can push
    can add one; nothing where it was there, as it is now, when the first of them was used."""
    everything = _kept(workspace)
    path = workspace.relative(workspace.pipeline_path)
    found = everything.known.get(path)
    there_then = everything.unread.get(path) == digest_of(workspace.pipeline_bytes)
    if found is not None or there_then or not everything.known:
        return found
    others = everything.known.values()
    return Remembered(
        frozenset().union(*(each.places for each in others)),
        frozenset().union(*(each.open for each in others)),
        frozenset().union(*(each.ways for each in others)),
    )


def _kept(workspace: Workspace) -> _Kept:
    path = _path(workspace)
    try:
        kept = json.loads(read_regular_file(path, _LARGEST))
        known = {
            str(each): Remembered(
                frozenset(map(str, one["places"])),
                frozenset(
                    (str(environment), str(name), str(sources)) for environment, name, sources in one["open"]
                ),
                frozenset((str(environment), str(way)) for environment, way in one["ways"]),
            )
            for each, one in kept["known"].items()
        }
        return _Kept(known, {str(each): str(digest) for each, digest in kept["unread"].items()})
    except FileNotFoundError:
        return _Kept({}, _others(workspace))
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as wrong:
        raise CannotAct(
            phrase(N_("{path} cannot be read"), path=str(path)),
            phrase(N_("see in the pipeline where secrets are sent, then remove that file")),
        ) from wrong


def _others(workspace: Workspace) -> Mapping[str, str]:
    """The pipelines of the work tree, by the digest of their files."""
    found = {}
    for each in workspace.pipeline_files:
        with contextlib.suppress(OSError, ValueError):
            found[workspace.relative(each)] = digest_of(read_regular_file(each, _LARGEST))
    return found


def _keep(workspace: Workspace, remembered: Remembered) -> None:
    path, everything = _path(workspace), _kept(workspace)
    known = {**everything.known, workspace.relative(workspace.pipeline_path): remembered}
    kept = {
        "known": {
            each: {
                "places": sorted(one.places),
                "open": sorted(one.open),
                "ways": sorted(one.ways),
            }
            for each, one in known.items()
        },
        "unread": {each: digest for each, digest in everything.unread.items() if each not in known},
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable_write(path, json.dumps(kept, indent=1).encode("utf-8"))
    except OSError as failed:
        raise CannotAct(
            phrase(N_("{path} cannot be written: {why}"), path=str(path), why=why_of(failed))
        ) from failed


def _path(workspace: Workspace) -> Path:
    return workspace.repository.common_directory / "promoter" / "vouched.json"

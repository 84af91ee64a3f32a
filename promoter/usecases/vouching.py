"""What the work tree's own pipeline vouches for: where secrets may go without asking, and which variables are none.

Whoever can push can change that file, and a pull brings the change to everybody. So this clone remembers what the
file vouched for when it was first used here; what came since vouches for nothing before somebody agreed to it.
"""

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
    """What this clone knows of its pipeline: the places it vouched for, the variables, by environment and name,
    that it called secrets, and by which way it led to each environment, as a digest."""

    places: frozenset[str]
    secrets: frozenset[tuple[str, str]]
    ways: frozenset[tuple[str, str]]


def vouched_for(workspace: Workspace, promotion: Promotion, pinned: Pipeline, target: Environment) -> Vouched:
    """What the work tree's own pipeline vouches for of a pinned one.

    No place when it cannot be read, or leads to the target environment by another way, than the pinned one or
    than when this clone first used it, and none that it did not name then; no variable that it does not itself read from the same sources and
    call no secret, and did not call one before. Raises CannotAct when what is remembered cannot be read.
    """
    own = _own(workspace)
    if own is None:
        return Vouched()
    now = frozenset(_places(workspace, own))
    remembered = _remembered(workspace) or _first_seen(workspace, own, now)
    there = {each.name: each for each in pinned.environments}
    open_variables = {
        (each.name, rule.name)
        for each in own.environments
        if each.name in there and each.variables.sources == there[each.name].variables.sources
        for rule in each.variables.rules
        if not rule.secret
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
        frozenset(open_variables - remembered.secrets),
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
    secrets = {
        (each.name, rule.name) for each in own.environments for rule in each.variables.rules if rule.secret
    }
    ways = frozenset((each.name, _way(workspace, each)) for each in own.environments)
    seen = Remembered(places, frozenset(secrets), ways)
    _keep(workspace, seen)
    return seen


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
    """What is known of this pipeline; of one that came in the place of others, what was known of those."""
    everything = _kept(workspace)
    found = everything.get(workspace.relative(workspace.pipeline_path))
    gone = [known for path, known in everything.items() if not (workspace.root / path).is_file()]
    if found is not None or not gone:
        return found
    return Remembered(
        frozenset().union(*(each.places for each in gone)),
        frozenset().union(*(each.secrets for each in gone)),
        frozenset().union(*(each.ways for each in gone)),
    )


def _kept(workspace: Workspace) -> Mapping[str, Remembered]:
    path = _path(workspace)
    try:
        kept = json.loads(read_regular_file(path, _LARGEST))
        return {
            str(each): Remembered(
                frozenset(map(str, known["places"])),
                frozenset((str(environment), str(name)) for environment, name in known["secrets"]),
                frozenset((str(environment), str(way)) for environment, way in known["ways"]),
            )
            for each, known in kept.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as wrong:
        raise CannotAct(
            phrase(N_("{path} cannot be read"), path=str(path)),
            phrase(N_("see in the pipeline where secrets are sent, then remove that file")),
        ) from wrong


def _keep(workspace: Workspace, remembered: Remembered) -> None:
    path = _path(workspace)
    everything = {**_kept(workspace), workspace.relative(workspace.pipeline_path): remembered}
    kept = {
        each: {
            "places": sorted(known.places),
            "secrets": sorted(known.secrets),
            "ways": sorted(known.ways),
        }
        for each, known in everything.items()
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable_write(path, json.dumps(kept, indent=1).encode("utf-8"))
    except OSError as failed:
        raise CannotAct(
            phrase(N_("{path} cannot be written: {why}"), path=str(path), why=failed.strerror or "")
        ) from failed


def _path(workspace: Workspace) -> Path:
    return workspace.repository.common_directory / "promoter" / "vouched.json"

"""What has been agreed to on this machine, and what the work tree vouches for.

Consent to commands and to secrets for strange hosts is kept beside the repository's objects, never in what
is pushed: nobody can agree for somebody else. It is bound to a digest, so that what has changed asks again.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from promoter.checks.variables import find
from promoter.errors import CannotAct, PromoterError, UsageError
from promoter.messages import N_, Message, message_from_json, message_to_json, phrase
from promoter.model.consent import Ask
from promoter.model.environment import Environment, Pipeline
from promoter.model.reference import Variable
from promoter.net.regular_file import read_regular_file
from promoter.promotion import Promotion
from promoter.redaction import Secret
from promoter.run import Vouched
from promoter.run.consent import place_of
from promoter.trail.outbox import durable_write
from promoter.usecases.pinned import digest_of
from promoter.usecases.workspace import Workspace

_LARGEST = 1024 * 1024


def agreed_to(workspace: Workspace) -> Mapping[str, Message]:
    """What was agreed to on this machine for this repository: ids, and what each is about.

    Raises CannotAct when the file cannot be read: what is unknown is never taken for agreed.
    """
    path = _path(workspace)
    try:
        kept = json.loads(read_regular_file(path, _LARGEST))
        return {str(each): message_from_json(about) for each, about in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as wrong:
        raise CannotAct(
            phrase(N_("{path} cannot be read"), path=str(path)),
            phrase(N_("remove it; 'promoter trust' then asks anew")),
        ) from wrong


def agree(workspace: Workspace, asks: Iterable[Ask]) -> None:
    """Remembers consent for this repository on this machine. Raises CannotAct."""
    lasting = {each.id: each.about for each in asks if each.lasting}
    _keep(workspace, {**agreed_to(workspace), **lasting})


def withdraw(workspace: Workspace, wanted: str) -> str:
    """Forgets consent; `wanted` is its id or the beginning of it. Raises UsageError, CannotAct."""
    there = agreed_to(workspace)
    found = matching(wanted, list(there))
    _keep(workspace, {each: about for each, about in there.items() if each != found})
    return found


def matching(wanted: str, ids: Sequence[str]) -> str:
    """The one id that begins so, with or without `sha256:`; raises UsageError."""
    found = [each for each in ids if wanted and each.startswith((wanted, f"sha256:{wanted}"))]
    if len(found) == 1:
        return found[0]
    raise UsageError(
        phrase(N_("nothing to agree to is named {id}"), id=wanted)
        if not found
        else phrase(N_("several are named {id}…"), id=wanted),
        phrase(N_("'promoter trust' lists what there is to agree to")),
    )


def vouched_for(workspace: Workspace, promotion: Promotion, pinned: Pipeline, target: Environment) -> Vouched:
    """What the work tree's own pipeline vouches for of a pinned one.

    No place when it cannot be read, or leads to the target environment by another way; no variable that it does
    not itself read from the same sources and call no secret.
    """
    try:
        own = workspace.pipeline if workspace.has_pipeline else None
    except PromoterError:
        own = None
    if own is None:
        return Vouched()
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
        and _same_roots(workspace, promotion, each)
        for each in own.environments
    )
    places = frozenset(_places(workspace, own)) if same_way else frozenset()
    return Vouched(places, frozenset(open_variables))


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


def _keep(workspace: Workspace, agreed: Mapping[str, Message]) -> None:
    path = _path(workspace)
    content = json.dumps({each: message_to_json(about) for each, about in agreed.items()}, indent=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable_write(path, content.encode("utf-8"))
    except OSError as failed:
        raise CannotAct(
            phrase(N_("{path} cannot be written: {why}"), path=str(path), why=failed.strerror or "")
        ) from failed


def _path(workspace: Workspace) -> Path:
    return workspace.repository.common_directory / "promoter" / "agreed.json"

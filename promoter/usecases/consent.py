"""What has been agreed to on this machine.

Consent to commands and to secrets for strange hosts is kept beside the repository's objects, never in what
is pushed: nobody can agree for somebody else. It is bound to a digest, so that what has changed asks again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from promoter.checklist.reporting import closest
from promoter.checks import registry
from promoter.errors import CannotAct, UsageError
from promoter.messages import N_, Message, message_from_json, message_to_json, phrase
from promoter.model.consent import Ask
from promoter.net.regular_file import read_regular_file
from promoter.os_words import why_of
from promoter.trail.outbox import durable_write
from promoter.usecases.vouching import remember
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
    remember(workspace, lasting.values())


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


def require_known(given: Iterable[str], kinds: Iterable[str], environments: Sequence[str]) -> None:
    """Refuses an effect that nothing has: a slip would agree to nothing, and say so only when the check is skipped.

    `kinds` are those that are about to run; all others that are installed are known too. Where there are no
    `environments`, an effect is its kind's name. Raises UsageError.
    """
    effects = [each for each in given if not each.startswith("sha256:")]
    if not effects:
        return
    changing = [each for each in dict.fromkeys((*kinds, *registry.names())) if _changes_the_world(each)]
    known = [f"{kind}@{where}" for kind in changing for where in environments] or changing
    for each in effects:
        if each not in known:
            meant = closest(each, known)
            raise UsageError(
                phrase(N_("nothing has the effect {effect}"), effect=each),
                phrase(N_("did you mean {name}?"), name=meant)
                if meant is not None
                else phrase(N_("what can be agreed to: {names:list}"), names=known),
            )


def _changes_the_world(kind: str) -> bool:
    try:
        return registry.kind(kind).effects is not None
    except KeyError:
        return False


def _keep(workspace: Workspace, agreed: Mapping[str, Message]) -> None:
    path = _path(workspace)
    content = json.dumps({each: message_to_json(about) for each, about in agreed.items()}, indent=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable_write(path, content.encode("utf-8"))
    except OSError as failed:
        raise CannotAct(
            phrase(N_("{path} cannot be written: {why}"), path=str(path), why=why_of(failed))
        ) from failed


def _path(workspace: Workspace) -> Path:
    return workspace.repository.common_directory / "promoter" / "agreed.json"

"""Telling of decisions: what the work tree's own pipeline asks for, once this machine's user agreed to it.

What is pinned on the trail tells nobody: whoever can push there could otherwise have anything run or sent here.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from promoter.errors import PromoterError
from promoter.messages import N_, Template, message
from promoter.model.consent import Ask
from promoter.model.entry import Recorded
from promoter.model.notice import Notice, Occasion
from promoter.model.reference import written
from promoter.run.scripts import scripts_of
from promoter.usecases.consent import agreed_to
from promoter.usecases.delivering import Deliveries, Delivery, not_notified
from promoter.usecases.notification import (
    Waiting,
    notification,
    occasion_of,
    standing_now,
    waiting_for,
)
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "ask-notice-webhook": N_("decisions are told to {url}, signed with {secret}"),
    "ask-notice-command": N_("decisions are given to a command to read: {command}"),
    "ask-notice-unbound": N_(
        "decisions would be given to a command to read, and never are, because {unbound:list}: {command}"
    ),
}


def notices_asked(workspace: Workspace) -> tuple[Ask, ...]:
    """What the work tree's own pipeline asks to be told, and to whom."""
    try:
        notices = workspace.pipeline_unruled.notify if workspace.has_pipeline else ()
    except PromoterError:
        return ()
    return tuple(_ask(workspace, each) for each in notices)


def seats_waiting(workspace: Workspace, promotion: str | None) -> tuple[Waiting, ...] | None:
    """The seats that wait before something is written; None where nobody wants to know."""
    wanted = any(Occasion.WAITING in each.on for each in workspace.pipeline_unruled.notify)
    if not wanted or promotion is None:
        return () if wanted else None
    try:
        return waiting_for(standing_now(workspace, promotion))
    except PromoterError:
        return None


def tell(workspace: Workspace, recorded: Recorded, before: Sequence[Waiting] | None) -> None:
    """Tells of what was just recorded those who are to know, beside what goes on; what stands in the way is kept
    in the workspace and fails nothing."""
    try:
        wanted = list(_wanted(workspace, recorded, before))
    except PromoterError as error:
        workspace.not_notified.append(error.wrong)
        return
    if wanted:
        workspace.deliveries.append(Deliveries(workspace, wanted))


def _wanted(workspace: Workspace, recorded: Recorded, before: Sequence[Waiting] | None) -> Iterator[Delivery]:
    subject, happened = recorded.entry.subject, occasion_of(recorded)
    if happened is None and before is None:
        return
    standing = standing_now(workspace, subject.promotion) if subject is not None else None
    waiting = waiting_for(standing)
    moved = before is not None and subject is not None and waiting and tuple(before) != waiting
    occasions = [*([happened] if happened else []), *([Occasion.WAITING] if moved else [])]
    agreed = agreed_to(workspace)
    for notice in workspace.pipeline_unruled.notify:
        on = next((each for each in occasions if each in notice.on), None)
        if on is None:
            continue
        ask = _ask(workspace, notice)
        if ask.lasting and ask.id in agreed:
            yield Delivery(notice, notification(workspace, on, recorded, standing, waiting))
        else:
            why = message("notice-not-agreed-to", id=ask.id) if ask.lasting else ask.about
            workspace.not_notified.append(not_notified(notice, why))


def _ask(workspace: Workspace, notice: Notice) -> Ask:
    """What is to be agreed to: another URL, secret or command, or another content of a script, is another."""
    if notice.webhook is not None:
        hook = notice.webhook
        secret = written(hook.secret)
        about = message("ask-notice-webhook", url=hook.url, secret=next(iter(secret.values())))
        return Ask(_digest(url=hook.url, secret=secret, scheme=str(hook.scheme)), about, lasting=True)
    command = " ".join(notice.command)
    scripts = scripts_of(notice.command, ".", workspace.root)
    about = message("ask-notice-command", command=command)
    if scripts.unbound:
        about = message("ask-notice-unbound", command=command, unbound=scripts.unbound)
    digest = _digest(command=list(notice.command), programs=dict(scripts.digests))
    return Ask(digest, about, lasting=not scripts.unbound)


def _digest(**definition: object) -> str:
    canonical = json.dumps({"notice": definition}, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode('ascii')).hexdigest()}"

"""Delivering notifications: beside what goes on, within one deadline, and failing nothing."""

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Thread

from promoter.checks.references import Unresolved, resolved
from promoter.frozen import frozen
from promoter.messages import N_, Message, Phrase, Template, message, phrase
from promoter.model.notice import Hook, Notice
from promoter.redaction import Secret
from promoter.run import Surroundings
from promoter.usecases.settings import Settings
from promoter.usecases.workspace import Workspace

PATIENCE_S = 5.0
"""How long one delivery may take, in seconds."""

_SPARE_S = 2.0
_GRACE_S = 1.0
_LARGEST_ANSWER = 4096

PHRASES: Mapping[str, Template] = {
    "not-notified": N_("{to} was not notified: {why}"),
    "answered-otherwise": N_(
        "it answered {status}, and 200 to 299 is expected; redirects are not followed: correct the URL or the receiver"
    ),
    "out-of-patience": N_(
        "it took longer than {limit:duration}; see whether it hangs, and let it answer before it works"
    ),
    "secret-not-had": N_("its secret cannot be had: {why}"),
    "secret-not-base64": N_("its secret is not Base64, as its scheme wants it"),
    "command-ended-with": N_("it ended with {status}; run it by hand to see why"),
    "command-not-started": N_("it cannot be started ({detail}); see the command in the pipeline"),
    "notice-not-agreed-to": N_("nobody agreed to it on this machine: promoter trust {id}"),
}


@frozen
class Delivery:
    """One notification on its way: to whom, and what it says."""

    notice: Notice
    body: bytes


class Deliveries:
    """Deliveries under way on a thread of their own; `failed` says which did not arrive, once they ended."""

    def __init__(self, workspace: Workspace, wanted: Sequence[Delivery]) -> None:
        self.failed: list[Phrase] = []
        self._surroundings = _surroundings(workspace)
        self._settings = workspace.settings
        self._wanted = wanted
        self._thread = Thread(target=self._deliver, name="notifications", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Waits until all have arrived or failed, within the deadline."""
        self._thread.join(PATIENCE_S + _SPARE_S)

    def _deliver(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        for each, why in await asyncio.gather(*(self._one(each) for each in self._wanted)):
            if why is not None:
                self.failed.append(not_notified(each.notice, why))

    async def _one(self, delivery: Delivery) -> tuple[Delivery, Message | Phrase | None]:
        notice = delivery.notice
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        try:
            async with asyncio.timeout_at(deadline):
                if notice.webhook is not None:
                    return delivery, await _post(notice.webhook, delivery.body, self._surroundings, deadline)
                return delivery, await _start(
                    notice, delivery.body, self._settings, self._surroundings, deadline
                )
        except TimeoutError:
            return delivery, message("out-of-patience", limit=PATIENCE_S)


def name_of(notice: Notice) -> str:
    """How a notice is named to people: where it goes, or what is started."""
    return notice.webhook.url.partition("?")[0] if notice.webhook is not None else " ".join(notice.command)


def not_notified(notice: Notice, why: Message | Phrase) -> Phrase:
    """That somebody was not told, and why."""
    return phrase(PHRASES["not-notified"], to=name_of(notice), why=why)


def _surroundings(workspace: Workspace) -> Surroundings:
    settings = workspace.settings
    return Surroundings(
        root=workspace.root,
        overrides=settings.overrides,
        process_environment=settings.environ,
        clock=settings.clock,
    )


async def _post(
    hook: Hook, body: bytes, surroundings: Surroundings, deadline: float
) -> Message | Phrase | None:
    from promoter.net.http import Request, ask
    from promoter.net.route import Reach
    from promoter.net.trouble import CERTIFICATE_RULINGS, HTTP_RULINGS, RULINGS, Trouble

    context = replace(surroundings.view(), deadline=deadline)
    try:
        secret = resolved(hook.secret, context)
    except Unresolved as unresolved:
        return message("secret-not-had", why=unresolved.why)
    try:
        headers = _signed(hook, secret, body)
    except ValueError:
        return message("secret-not-base64")
    request = Request(
        url=hook.url, method="POST", headers=headers, body=body, largest_body=_LARGEST_ANSWER, keep_body=False
    )
    try:
        answer = await ask(request, Reach(), context, [])
    except Trouble as trouble:
        rulings = {**RULINGS, **CERTIFICATE_RULINGS, **HTTP_RULINGS}
        return phrase(rulings[trouble.code].summary, **trouble.parameters)
    return None if 200 <= answer.status < 300 else message("answered-otherwise", status=answer.status)


def _signed(hook: Hook, secret: Secret, body: bytes) -> list[tuple[str, str]]:
    """The headers that sign a body; raises ValueError for a secret that is none of the scheme's."""
    from promoter.net.signing import SCHEMES

    scheme = SCHEMES[hook.scheme]
    key = scheme.key(secret.reveal())
    headers = [("Content-Type", "application/json")]
    signed = body
    if scheme.timed:
        name, at = f"msg_{secrets.token_hex(12)}", str(int(time.time()))
        headers += [("webhook-id", name), ("webhook-timestamp", at)]
        signed = f"{name}.{at}.".encode("ascii") + body
    return [*headers, (scheme.header, scheme.prefix + scheme.digest(key, signed))]


async def _start(
    notice: Notice, body: bytes, settings: Settings, surroundings: Surroundings, deadline: float
) -> Message | None:
    from promoter.process import Invocation, NotStarted, run

    invocation = Invocation(
        arguments=notice.command, directory=surroundings.root, environment=settings.environ, given=body
    )
    try:
        ending = await run(invocation, deadline - _GRACE_S)
    except NotStarted as wrong:
        return message("command-not-started", detail=wrong.detail)
    if ending.stopped:
        return message("out-of-patience", limit=PATIENCE_S)
    return (
        None if ending.status == 0 else message("command-ended-with", status=ending.signal or ending.status)
    )

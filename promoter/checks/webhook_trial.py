"""The deliveries that try a receiver of webhooks, one after the other, and what its answers come to."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from promoter.checks.webhook_events import Delivery, Event, Signer, new_identifier
from promoter.checks.webhook_rulings import FOUND
from promoter.checks.withheld import shown_text
from promoter.messages import Message, Parameter, message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.net.real_data import shown_location
from promoter.net.route import Reach
from promoter.net.signing import Scheme
from promoter.net.trouble import CERTIFICATE_RULINGS, HTTP_RULINGS, RULINGS, Trouble, fact
from promoter.redaction import Secret

if TYPE_CHECKING:
    from promoter.net.http import Answer, Request

_LARGEST_ANSWER = 64 * 1024
_ALL_WRONG = frozenset({"redirects", "no-receiver"})
_PERHAPS_REWRITTEN = frozenset({400, 401, 403})
_SHARE_OF_THE_FIRST = 2 / 3
_MARGIN = 0.95
_ACCEPTED = {
    "stale": "accepts-stale",
    "ahead": "accepts-stale",
    "signature-empty": "accepts-empty-signature",
    "prefix-alone": "accepts-empty-signature",
    "other-body": "accepts-other-body",
}
_OF_ONE_THAT_WAS_TAKEN = {"signed-again": "not-idempotent", "signed-in-rotation": "refuses-rotation"}
_EXTREME: Mapping[str, Callable[[Any, Any], Any]] = {"took": max, "limit": min}
"""What is true of all the deliveries that a finding names: the longest time taken, the shortest waited."""
_ALL_RULINGS = {**RULINGS, **CERTIFICATE_RULINGS, **HTTP_RULINGS, **FOUND}
_GRAVEST_FIRST = (Verdict.FAILED, Verdict.ERRORED, Verdict.WARNED)


class Findings:
    """What was wrong, each sort once, with all the deliveries it was seen in."""

    def __init__(self, header: str) -> None:
        self._header = header
        self._found: dict[str, dict[str, Parameter]] = {}

    def add(self, code: str, delivery: Delivery, status: int | None = None, **more: Parameter) -> None:
        """Takes note of one answer."""
        known = self._found.setdefault(code, {"header": self._header, "deliveries": (), "statuses": ()})
        known["deliveries"] = _with(known["deliveries"], delivery.said)
        if status is not None:
            known["statuses"] = _with(known["statuses"], status)
        known["count"] = len(known["deliveries"])  # type: ignore[arg-type]
        for name, value in more.items():
            known[name] = _EXTREME[name](known.get(name, value), value) if name in _EXTREME else value

    def gravest_first(self) -> list[tuple[str, Mapping[str, Parameter]]]:
        """Everything that was wrong: code and parameters."""
        order = [*FOUND]

        def rank(code: str) -> tuple[int, int]:
            return _GRAVEST_FIRST.index(verdict_of(code)), order.index(code) if code in FOUND else len(order)

        return [(code, self._found[code]) for code in sorted(self._found, key=rank)]


def _with(known: Parameter, new: Message | int) -> Parameter:
    listed = tuple(known) if isinstance(known, tuple) else ()
    return listed if new in listed else (*listed, new)


def verdict_of(code: str) -> Verdict:
    """What a finding or a trouble stands for."""
    return _ALL_RULINGS[code].verdict


@dataclass(slots=True, kw_only=True)
class Trial:
    """One receiver on trial: whom to ask, how long to wait, and what was found. `lines` is the evidence of
    the deliveries, `seen` that of the way there."""

    url: str
    reach: Reach
    signer: Signer
    patience: float
    warn_after: float
    context: Context
    findings: Findings
    lines: list[Evidence] = field(default_factory=list)
    seen: list[Evidence] = field(default_factory=list)

    async def run(self, events: Sequence[Event], forged: Sequence[Event]) -> None:
        """Delivers events rightly signed, the first of them twice, then forgeries of the first and of the others.

        Raises Trouble when the first delivery does not get through.
        """
        first, *others = events
        identifier = new_identifier()
        forgeries = list(self.signer.forgeries(forged[0], first))
        forgeries += (delivery for each in forged[1:] for delivery in self.signer.forgeries_of(each))
        rotated = list(self.signer.in_rotation(first))
        rest = 1 + len(others) + len(rotated) + len(forgeries)
        taken = await self._deliver_first(first, identifier, forgeries, rest)
        if _ALL_WRONG.intersection(code for code, _ in self.findings.gravest_first()):
            return
        if taken:
            again = self.signer.signed(first, message("signed-again"), identifier)
            await self._try(again, rest)
            for position, event in enumerate(others, 1):
                said = message("signed-of", name=event.name)
                await self._try(self.signer.signed(event, said, new_identifier()), rest - position)
            for delivery in rotated:
                await self._try(delivery, len(rotated) + len(forgeries))
        for position, delivery in enumerate(forgeries):
            await self._try(delivery, len(forgeries) - position)

    async def _deliver_first(
        self, event: Event, identifier: str, forgeries: Sequence[Delivery], rest: int
    ) -> bool:
        """Whether the signed event is taken; if not, why: whether it is taken when its JSON is written anew,
        or whether a receiver is there at all, which would refuse a forgery."""
        delivery = self.signer.signed(event, message("signed"), identifier)
        answer = await self._answer(delivery, min(self.patience, self._left() * _SHARE_OF_THE_FIRST))
        if answer is None:
            return False
        code = _about_signed(answer.status, self.signer.scheme)
        if code is not None and answer.body:
            text = answer.body.decode("utf-8", "replace")
            self.seen.append(fact("begins", None, shown_text(text, self.context)))
        if answer.status in _PERHAPS_REWRITTEN:
            for position, other in enumerate(self.signer.rewritten(event)):
                status = await self._status(other, message("success"), rest + 2 - position)
                if status is not None and 200 <= status < 300:
                    code = "verifies-other-bytes"
                    break
        elif code == "no-receiver":
            status = await self._status(forgeries[0], self.signer.scheme.refusals, rest + 1)
            code = "refuses-event" if status in (401, 403) else code
        self._judge(delivery, answer, code)
        return code is None

    async def _status(self, delivery: Delivery, expected: Parameter, left: int) -> int | None:
        """The status that a further delivery is answered with, to explain the answer to another."""
        try:
            answer = await self._answer(delivery, self._left() / left)
        except Trouble:
            return None
        if answer is None:
            return None
        self.lines.append(_line(delivery, expected, answer, None))
        return answer.status

    async def _try(self, delivery: Delivery, left: int) -> None:
        """A delivery that is not the first; that it does not get through is a finding."""
        try:
            answer = await self._answer(delivery, min(self.patience, self._left() / left))
        except Trouble as trouble:
            self.findings.add(trouble.code, delivery, None, **trouble.parameters)
            observed = Message(trouble.code, trouble.parameters)
            self.lines.append(
                Evidence(delivery.said, self._expected(delivery), observed, verdict_of(trouble.code))
            )
            return
        if answer is None:
            return
        about = self._about_right if delivery.right else self._about_forged
        code = about(delivery, answer.status)
        if not delivery.right and delivery.digest and delivery.digest.encode() in answer.body:
            self.findings.add("discloses-signature", delivery, answer.status)
            code = code if code is not None and verdict_of(code) is Verdict.FAILED else "discloses-signature"
        self._judge(delivery, answer, code)

    def _about_right(self, delivery: Delivery, status: int) -> str | None:
        code = _about_signed(status, self.signer.scheme)
        if code in (None, "redirects", "rate-limited"):
            return code
        return _OF_ONE_THAT_WAS_TAKEN.get(delivery.said.code, code)

    def _about_forged(self, delivery: Delivery, status: int) -> str | None:
        if status in self.signer.scheme.refusals:
            return None
        if status < 300:
            return _ACCEPTED.get(delivery.said.code, "accepts-forgeries")
        if status < 400:
            return "redirects-forgeries"
        if status == 429:
            return "rate-limited"
        return "would-be-retried" if _is_retried(status) else "refuses-otherwise"

    async def _answer(self, delivery: Delivery, share: float) -> "Answer | None":
        """What the receiver answers within its share of the time; None when it does not.

        Raises Trouble as `ask`.
        """
        from promoter.net.http import ask

        self.context.journal.secrets += (Secret(each) for each in (delivery.digest, delivery.lent))
        seen: list[Evidence] = []
        try:
            async with asyncio.timeout(share):
                answer = await ask(self._request(delivery), self.reach, self.context, seen)
        except TimeoutError:
            code = "too-slow" if share >= self.patience else "unanswered"
            self.findings.add(code, delivery, None, limit=round(share, 3))
            observed = message(code, deliveries=(delivery.said,), limit=round(share, 3))
            self.lines.append(Evidence(delivery.said, self._expected(delivery), observed, verdict_of(code)))
            return None
        finally:
            self.seen += [each for each in seen if each not in self.seen]
        if 300 <= answer.status < 400:
            self.seen.append(fact("redirect", None, shown_location(answer.header("location"), self.context)))
        return answer

    def _judge(self, delivery: Delivery, answer: "Answer", code: str | None) -> None:
        verdict = Verdict.PASSED
        if code is not None:
            verdict = verdict_of(code)
            self.findings.add(code, delivery, answer.status)
        if answer.took_s > self.warn_after:
            self.findings.add("slow", delivery, None, took=answer.took_s, limit=self.warn_after)
            verdict = Verdict.WARNED if code is None else verdict
        self.lines.append(_line(delivery, self._expected(delivery), answer, verdict))

    def _expected(self, delivery: Delivery) -> Parameter:
        return message("success") if delivery.right else self.signer.scheme.refusals

    def _left(self) -> float:
        """Seconds that may be spent, so that the check's own deadline does not come first."""
        return max(0.0, (self.context.deadline - asyncio.get_running_loop().time()) * _MARGIN)

    def _request(self, delivery: Delivery) -> "Request":
        from promoter.net.http import Request

        return Request(
            url=self.url,
            method="POST",
            headers=delivery.headers,
            body=delivery.body,
            largest_body=_LARGEST_ANSWER,
        )


def _about_signed(status: int, scheme: Scheme) -> str | None:
    """What is wrong with an answer to an event that is rightly signed."""
    if status < 300:
        return None
    if status < 400:
        return "redirects"
    if status in (404, 405, 410):
        return "no-receiver"
    if status == 429:
        return "rate-limited"
    if _is_retried(status):
        return "fails-on-event"
    return "refuses-good-signature" if status in scheme.refusals else "refuses-event"


def _is_retried(status: int) -> bool:
    """Whether a sender takes the status for a fault that may pass."""
    return status == 408 or status >= 500


def _line(delivery: Delivery, expected: Parameter, answer: "Answer", verdict: Verdict | None) -> Evidence:
    observed = message("answered", status=answer.status, took=answer.took_s)
    return Evidence(delivery.said, expected, observed, verdict)

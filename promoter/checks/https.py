"""Is an endpoint reachable over HTTPS, as callers would reach it?"""

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from promoter.checks.declaration import conclude, kind
from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message
from promoter.model.address import Endpoint, HostPort, Url, is_ip_address, split_url
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.limits import OnlyHttps, Within
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net import (
    client_validity,
    every_address,
    hsts,
    interception,
    old_versions,
    redirects,
    refusing_status,
)
from promoter.net.chain import MIN_DAYS, WARN_DAYS, Limits
from promoter.net.real_data import shown_url
from promoter.net.route import Reach
from promoter.net.trouble import CERTIFICATE_RULINGS, FACTS, HTTP_RULINGS, RULINGS, Trouble, fact
from promoter.net.worst import worst

if TYPE_CHECKING:
    from promoter.net.http import Answer
    from promoter.net.old_tls import OldTlsLooks

_OWN_RULINGS = {
    "answers": Ruling(Verdict.PASSED, N_("answered {status} in {took:duration}")),
    "slow": Ruling(
        Verdict.WARNED,
        N_("answered {status} in {took:duration}, more than {budget:duration}"),
        N_("Find out what slows the service down before promoting, or raise `warn_after`."),
    ),
    "wrong-status": Ruling(
        Verdict.FAILED,
        N_("answered {status}, expected {expected}"),
        N_("Find out why the server answers {status}; name it in `status` if it is the right answer."),
    ),
}
_RULINGS: Mapping[str, Ruling] = {
    **RULINGS,
    **CERTIFICATE_RULINGS,
    **HTTP_RULINGS,
    **redirects.RULINGS,
    **refusing_status.RULINGS,
    **client_validity.RULINGS,
    **old_versions.RULINGS,
    **interception.RULINGS,
    **hsts.RULINGS,
    **every_address.RULINGS,
    **_OWN_RULINGS,
}
_OWN_FACTS: Mapping[str, Template] = {
    "status": N_("status"),
    "below": N_("below {limit}"),
    "time": N_("time taken"),
    "seconds": N_("{seconds:duration}"),
    "at-most": N_("at most {seconds:duration}"),
    "warns-never": N_("must be less than timeout: it would never warn"),
    "hsts-of-an-address": N_("means nothing for an IP address: browsers keep it for names only"),
}


def _relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    if written.keys() >= {"warn_after", "timeout"} and written["warn_after"] >= written["timeout"]:
        yield "warn_after", message("warns-never")
    if written.keys() >= {"hsts", "url"} and is_ip_address(split_url(written["url"]).host):
        yield "hsts", message("hsts-of-an-address")


@kind(
    "https",
    rulings=_RULINGS,
    facts={
        **FACTS,
        **redirects.FACTS,
        **hsts.FACTS,
        **client_validity.FACTS,
        **old_versions.FACTS,
        **interception.FACTS,
        **_OWN_FACTS,
    },
    example={
        "url": "https://preprod.example.org/health",
        "status": [200, 204],
        "hsts": "180d",
        "timeout": "5s",
    },
    relations=_relations,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Https(Reach):
    """An endpoint answers over HTTPS.

    Connects with a verified certificate and TLS 1.2 or newer, asks for the URL with GET and follows
    redirects. Each step must stay on https with a certificate that is trusted, and none may come back to
    a URL already asked for; a client certificate is shown to the URL's own server only. Any status below
    500 will do, unless `status` says which; those with which a server says that it did not answer the
    request warn (400, 404, 407, 408, 410, 421, 425, 426), and 400 fails where a client certificate was to be
    shown. The body of the answer is read and dropped.

    Beside the request, a second connection offers each server on the way TLS 1.1 and 1.0 only and is dropped
    at its answer: a server that still accepts one of them warns, or fails with `old_tls: fail`. With `hsts`,
    the answer to the URL must carry a Strict-Transport-Security of at least that length. A client certificate
    fails with less than 7 days left, and warns with less than 30.

    The first address that answers is the one judged, and named. With `addresses: every`, each address of
    the name is asked and must be right; `ipv4` and `ipv6` ask for an address of that family. A proxy named
    in HTTPS_PROXY is used, and named; one that intercepts TLS is told from an untrusted server. Where its root
    is trusted, it warns: it is asked for a name that cannot exist (promoter.invalid), unless the certificate
    is in public logs.
    """

    url: Annotated[Url, OnlyHttps(), N_("The https URL to ask for")]
    status: Annotated[
        tuple[int, ...], Within(200, 599), N_("The status or statuses to accept; any below 500 by default")
    ] = ()
    redirects: Annotated[int, Within(0, 20), N_("How many redirects to follow at most")] = 5
    old_tls: Annotated[
        Literal["fail", "warn", "ignore"], N_("What it means when the server still accepts TLS 1.0 or 1.1")
    ] = "warn"
    hsts: Annotated[
        Duration | None, N_("For how long Strict-Transport-Security must hold browsers to https, at least")
    ] = None
    addresses: Annotated[
        Literal["first", "every", "ipv4", "ipv6"],
        N_("Which addresses of the name to ask: the first that answers, every one, or those of a family"),
    ] = "first"
    warn_after: Annotated[Duration | None, N_("An answer that takes longer than this warns")] = None

    async def observe(self, context: Context) -> Outcome:
        """Asks at each address that is to be judged."""
        try:
            if self.addresses == "first":
                return await self._ask_at((), context)
            from promoter.net.dial import addresses_of
            from promoter.net.route import route_to

            route = route_to(split_url(self.url), self, context)
            found = await addresses_of(route, self.addresses, context)
            if self.addresses == "every":
                return await self.observe_each(found, context)
            return await self._ask_at(found, context)
        except Trouble as trouble:
            return conclude(self, trouble.code, trouble.evidence, **trouble.parameters)

    async def observe_each(self, addresses: Sequence[HostPort], context: Context) -> Outcome:
        """Asks at every one of these addresses.

        Raises Trouble when one of several does not pass.
        """
        return await every_address.judge_each(
            addresses, lambda address, own: self._ask_at((address,), own), context
        )

    async def _ask_at(self, addresses: Sequence[HostPort], context: Context) -> Outcome:
        """Follows the URL to its final answer and judges each step; the URL's own server is asked at the
        first of these addresses that answers, or of all it has when there are none."""
        from promoter.net.client_certificate import client_certificate_of
        from promoter.net.old_tls import looking_for_old_tls

        started = time.perf_counter()
        seen, _ = context.journal.afresh()
        try:
            async with looking_for_old_tls(context) as looks:
                shown = client_certificate_of(self.client_certificate, self.client_key, context)
                client = client_validity.judge(shown, Limits(MIN_DAYS, WARN_DAYS, context.now), seen)
                steps = await self._follow(addresses, seen, looks, context)
                first, last = steps[0], steps[-1]
                took = round(time.perf_counter() - started, 3)
                troubles = [
                    client,
                    self._judge_status(last, took, seen),
                    hsts.judge_policy(first.answer.headers, first.endpoint.host, self.hsts, seen),
                    await first.suspicion(seen),
                    *await self._troubles_of_old_tls(steps, looks, seen),
                ]
                trouble = worst(troubles, _RULINGS)
                if trouble is not None:
                    raise trouble
        except Trouble as trouble:
            evidence = _by_hand_last((*seen, *trouble.evidence))
            return conclude(self, trouble.code, evidence, **trouble.parameters)
        evidence = _by_hand_last(seen)
        if self.warn_after is not None and took > self.warn_after:
            return conclude(
                self, "slow", evidence, status=last.answer.status, took=took, budget=self.warn_after
            )
        return conclude(self, "answers", evidence, status=last.answer.status, took=took)

    async def _follow(
        self, addresses: Sequence[HostPort], seen: list[Evidence], looks: "OldTlsLooks", context: Context
    ) -> list["_Step"]:
        """The answers to the URL and to each that it redirects to."""
        asked = [str(self.url)]
        steps: list[_Step] = []
        while len(asked) <= self.redirects + 1:
            steps.append(await self._ask(asked[-1], addresses, seen, looks, context))
            answer = steps[-1].answer
            target = redirects.next_url(answer, asked, seen, context, final=answer.status in self.status)
            if target is None:
                return steps
            asked.append(target)
        raise Trouble("too-many-redirects", count=self.redirects)

    async def _ask(
        self,
        url: str,
        addresses: Sequence[HostPort],
        seen: list[Evidence],
        looks: "OldTlsLooks",
        context: Context,
    ) -> "_Step":
        from promoter.net.connection import connected
        from promoter.net.http import Request, exchange
        from promoter.net.reproduce import curl_line, reproduced

        endpoint = split_url(url)
        if endpoint.scheme != "https":
            raise Trouble("not-https", url=url)
        own = endpoint.authority == split_url(self.url).authority
        reach = self if own else Reach(ca_file=self.ca_file)
        pinned = tuple(addresses) if own else ()
        request = Request(url=url, keep_body=False)
        step = shown_url(url, context)
        if url == self.url or isinstance(step, str):  # the first step's line leads to one that is withheld
            shown = request if url == self.url else replace(request, url=str(step))
            by_hand = curl_line(shown, replace(reach, connect_to=pinned[0]) if pinned else reach, context)
            seen[:] = [*(each for each in seen if each.fact.code != "reproduce"), reproduced(by_hand)]
        begin = looks.at(endpoint.authority).begin if self.old_tls != "ignore" else lambda route: None
        started = time.perf_counter()
        async with connected(endpoint, reach, context, addresses=pinned, on_dialled=begin) as connection:
            seen += connection.evidence()
            answer = await exchange(endpoint, request, connection, context, started)
            return _Step(endpoint, answer, own, connection.suspicion)

    def _judge_status(self, last: "_Step", took: float, seen: list[Evidence]) -> Trouble | None:
        status = last.answer.status
        expected: Message | tuple[int, ...] = self.status or message("below", limit=500)
        right = status in self.status if self.status else status < 500
        shown = self.client_certificate if last.own else None
        refused = refusing_status.refusal(status, last.endpoint.host, shown) if not self.status else None
        if not right:
            refused = Trouble("wrong-status", status=status, expected=expected)
        verdict = _RULINGS[refused.code].verdict if refused is not None else Verdict.PASSED
        seen.append(fact("status", expected, status, verdict))
        budget = message("at-most", seconds=self.warn_after) if self.warn_after is not None else None
        slow = self.warn_after is not None and took > self.warn_after
        in_time = None if budget is None else Verdict.WARNED if slow else Verdict.PASSED
        seen.append(fact("time", budget, message("seconds", seconds=took), in_time))
        return refused

    async def _troubles_of_old_tls(
        self, steps: Sequence["_Step"], looks: "OldTlsLooks", seen: list[Evidence]
    ) -> list[Trouble | None]:
        if self.old_tls == "ignore":
            return []
        addresses: dict[HostPort, str] = {}
        for each in steps:
            addresses.setdefault(each.endpoint.authority, each.answer.address)
        found = await looks.settled(addresses)
        return [old_versions.judge(each, seen, strict=self.old_tls == "fail") for each in found]


@frozen
class _Step:
    """An answer on the way; `own` when it is of the URL's own server. `suspicion` is its connection's."""

    endpoint: Endpoint
    answer: "Answer"
    own: bool
    suspicion: Callable[[list[Evidence]], Awaitable[Trouble | None]]


def _by_hand_last(seen: Sequence[Evidence]) -> list[Evidence]:
    """The evidence with the line that reproduces the last step after what it is to reproduce."""
    return sorted(seen, key=lambda each: each.fact.code == "reproduce")

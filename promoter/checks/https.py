"""Is an endpoint reachable over HTTPS, as callers would reach it?"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urljoin, urlsplit

from promoter.checks.declaration import conclude, kind
from promoter.messages import N_, NP_, Message, Template, message
from promoter.model.address import Url, split_url
from promoter.model.context import Context
from promoter.model.limits import OnlyHttps, Within
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net.route import Reach
from promoter.net.trouble import CERTIFICATE_RULINGS, FACTS, HTTP_RULINGS, RULINGS, Trouble, fact

if TYPE_CHECKING:
    from promoter.net.http import Answer

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_OWN_RULINGS = {
    "answers": Ruling(Verdict.PASSED, N_("answered {status} in {took:duration}")),
    "wrong-status": Ruling(
        Verdict.FAILED,
        N_("answered {status}, expected {expected}"),
        N_("Find out why the server answers {status}; name it in `status` if it is the right answer."),
    ),
    "redirect-to-http": Ruling(
        Verdict.FAILED,
        N_("redirects to plain http: {to}"),
        N_("Make the server redirect to https, never to http."),
    ),
    "bad-redirect": Ruling(
        Verdict.FAILED,
        N_("answered {status} without a URL to go to"),
        N_("Make the server send a valid Location header with its redirects."),
    ),
    "too-many-redirects": Ruling(
        Verdict.FAILED,
        NP_("redirects more than {count} time", "redirects more than {count} times"),
        N_("Look for a loop in the redirects, or raise `redirects`."),
    ),
}
_OWN_FACTS: Mapping[str, Template] = {
    "status": N_("status"),
    "below": N_("below {limit}"),
    "redirect": N_("redirect"),
    "over-https": N_("over https"),
    "time": N_("time taken"),
    "seconds": N_("{seconds:duration}"),
}


@kind(
    "https",
    rulings={**RULINGS, **CERTIFICATE_RULINGS, **HTTP_RULINGS, **_OWN_RULINGS},
    facts={**FACTS, **_OWN_FACTS},
    example={"url": "https://preprod.example.org/health", "status": [200, 204], "timeout": "5s"},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Https(Reach):
    """An endpoint answers over HTTPS.

    Connects with a verified certificate and TLS 1.2 or newer, asks for the URL with GET and follows
    redirects, none of which may leave https. Any status below 500 will do, unless `status` says which.
    A proxy named in HTTPS_PROXY is used, and named. The body of the answer is read and dropped.
    """

    url: Annotated[Url, OnlyHttps(), N_("The https URL to ask for")]
    status: Annotated[
        tuple[int, ...], Within(200, 599), N_("The status or statuses to accept; any below 500 by default")
    ] = ()
    redirects: Annotated[int, Within(0, 20), N_("How many redirects to follow at most")] = 5

    async def observe(self, context: Context) -> Outcome:
        """Follows the URL to its final answer and judges each step."""
        started = time.perf_counter()
        url: str = self.url
        seen: list[Evidence] = []
        try:
            for _ in range(self.redirects + 1):
                answer = await self._ask(url, seen, context)
                target = self._redirected(url, answer, seen)
                if target is None:
                    return self._judge(answer, time.perf_counter() - started, seen)
                url = target
        except Trouble as trouble:
            return conclude(self, trouble.code, (*seen, *trouble.evidence), **trouble.parameters)
        return conclude(self, "too-many-redirects", seen, count=self.redirects)

    async def _ask(self, url: str, seen: list[Evidence], context: Context) -> "Answer":
        from promoter.net.connection import connected
        from promoter.net.http import Request, exchange

        endpoint = split_url(url)
        if endpoint.scheme != "https":
            raise Trouble("not-https", url=url)
        first = endpoint.authority == split_url(self.url).authority
        async with connected(endpoint, self if first else Reach(ca_file=self.ca_file), context) as connection:
            seen += connection.evidence()
            request = Request(url=url, keep_body=False)
            return await exchange(endpoint, request, connection, context.journal, time.perf_counter())

    def _redirected(self, url: str, answer: "Answer", seen: list[Evidence]) -> str | None:
        """Where a redirect leads; None when the answer is final."""
        if answer.status not in _REDIRECTS:
            return None
        location = answer.header("location")
        try:
            target = urljoin(url, location) if location else ""
            secure = split_url(target).scheme == "https"
        except ValueError:
            raise Trouble("bad-redirect", status=answer.status) from None
        shown = urlsplit(target)._replace(query="", fragment="").geturl()
        verdict = Verdict.PASSED if secure else Verdict.FAILED
        seen.append(fact("redirect", message("over-https"), shown, verdict))
        if not secure:
            raise Trouble("redirect-to-http", to=shown)
        return None if answer.status in self.status else target

    def _judge(self, answer: "Answer", took: float, seen: list[Evidence]) -> Outcome:
        expected: Message | tuple[int, ...] = self.status or message("below", limit=500)
        right = answer.status in self.status if self.status else answer.status < 500
        seen.append(fact("status", expected, answer.status, Verdict.PASSED if right else Verdict.FAILED))
        seen.append(fact("time", observed=message("seconds", seconds=round(took, 3))))
        if not right:
            return conclude(self, "wrong-status", seen, status=answer.status, expected=expected)
        return conclude(self, "answers", seen, status=answer.status, took=round(took, 3))

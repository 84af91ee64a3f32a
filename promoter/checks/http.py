"""Does a request get the answer it should?"""

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from promoter.checks import http_expecting, http_sending, withheld
from promoter.checks.declaration import conclude, kind
from promoter.checks.http_expecting import Expecting, judged
from promoter.frozen import frozen
from promoter.messages import N_, NP_, Message, Parameter, Template, message
from promoter.model.address import split_url
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net.real_data import shown_url
from promoter.net.route import Reach
from promoter.net.trouble import CERTIFICATE_RULINGS, FACTS, HTTP_RULINGS, RULINGS, Trouble, fact

if TYPE_CHECKING:
    from promoter.net.http import Answer

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_OWN_RULINGS = {
    "answers": Ruling(Verdict.PASSED, N_("answered {status} as expected, in {took:duration}")),
    "slow": Ruling(
        Verdict.WARNED,
        N_("answered as expected, but took {took:duration}; more than {limit:duration} is slow"),
        N_("Find out what the service waits for, before its users wait for it too."),
    ),
    "in-the-clear": Ruling(
        Verdict.WARNED,
        N_("answered as expected, but secrets were sent over plain http"),
        N_("Serve the URL over https, and have the secrets replaced: they could be read on the way."),
    ),
    "too-slow": Ruling(
        Verdict.FAILED,
        N_("took {took:duration}, more than the {limit:duration} allowed"),
        N_("Find out what the service waits for; raise `fail_after` only if its callers can wait as long."),
    ),
    "wrong-status": Ruling(
        Verdict.FAILED,
        N_("answered {status}, expected {expected}"),
        N_(
            "Find out why the server answers {status}: look at its log, at the credentials and at the path; name it in `status` if it is right."
        ),
    ),
    "wrong-headers": Ruling(
        Verdict.FAILED,
        N_("headers are not as expected: {names:list}"),
        N_("Correct the headers where the server, or the proxy before it, sets them."),
    ),
    "text-missing": Ruling(
        Verdict.FAILED,
        N_("the answer does not contain {texts:list}"),
        N_("Compare the answer with what is expected: reproduce it, and look at its body."),
    ),
    "pattern-missing": Ruling(
        Verdict.FAILED,
        N_("nothing in the answer matches {pattern}"),
        N_("Compare the answer with what is expected: reproduce it, and look at its body."),
    ),
    "wrong-values": Ruling(
        Verdict.FAILED,
        N_("not as expected: {paths:list}"),
        N_("Compare expected and observed in the evidence; correct the service, or the expectation."),
    ),
    "not-json": Ruling(
        Verdict.FAILED,
        N_("the answer is not JSON: {detail}"),
        N_("Check that the URL is the one of the API: an error page or a login page is no JSON."),
    ),
    "body-too-large": Ruling(
        Verdict.ERRORED,
        N_("the answer has more than the {limit} bytes that are read, so it cannot be judged"),
        N_("Ask for less, or raise `largest_body`."),
    ),
    "encoded-body": Ruling(
        Verdict.ERRORED,
        N_("the answer is encoded as {encoding}, though this was not asked for"),
        N_("Make the server respect Accept-Encoding."),
    ),
    "pattern-without-end": Ruling(
        Verdict.ERRORED,
        N_("trying {pattern} on the answer came to no end"),
        N_("Write a simpler pattern: a repetition within a repetition, such as (a+)+, may take for ever."),
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
    "not-usable": Ruling(
        Verdict.ERRORED, N_("the field {field} {why}"), N_("Correct the field, or what it refers to.")
    ),
}
_OWN_FACTS: Mapping[str, Template] = {
    "redirect": N_("redirect"),
    "over-https": N_("over https"),
    "time": N_("time taken"),
    "at-most-time": N_("at most {limit:duration}"),
    "seconds": N_("{seconds:duration}"),
}


def _changes_something(fields: Mapping[str, Any]) -> bool:
    return fields.get("method", "GET") not in http_sending.HARMLESS


@kind(
    "http",
    rulings={**RULINGS, **CERTIFICATE_RULINGS, **HTTP_RULINGS, **_OWN_RULINGS},
    facts={**FACTS, **withheld.FACTS, **http_sending.FACTS, **http_expecting.FACTS, **_OWN_FACTS},
    example={
        "url": "https://preprod.example.org/api/v1/health",
        "json_expected": [{"path": "status", "equals": "ok"}, {"path": "queue.waiting", "at_most": 100}],
        "warn_after": "1s",
    },
    effects=N_("sends a request that may change something there: its method is not GET, HEAD or OPTIONS"),
    effects_of=_changes_something,
    relations=http_expecting.relations,
    presences=http_sending.presences,
)
@frozen(kw_only=True)
class Http(Expecting):
    """A request gets the answer it should.

    Sends one request over verified TLS and judges status, headers, body, JSON and time. Any status from
    200 to 299 will do, unless `status` says which. Redirects of GET and HEAD are followed, five at most,
    never from https to http; with secrets, none unless `redirects` says so, and secrets go to the URL's
    own host only. Methods other than GET, HEAD and OPTIONS may change something and need consent.

    `json_expected` names places by JMESPath; a place where nothing is satisfies nothing but `exists:
    false`. Patterns are tried in a process of their own, and given up after five seconds. What is more
    than `largest_body`, 1 MiB by default, is not read, and not guessed at. Where the data is real no part
    of a body is shown.
    """

    async def observe(self, context: Context) -> Outcome:
        """Sends the request, follows it to its final answer and judges that."""
        for name, why in self._mistakes():
            return conclude(self, "not-usable", field=name, why=why)
        started = time.perf_counter()
        seen, hand = context.journal.afresh()
        most = self.most_redirects()
        url: str = self.url
        try:
            hand.append(self.by_hand(context))
            for _ in range(most + 1):
                answer = await self._ask(url, seen, context)
                target = self._redirected(url, answer, seen, most, context)
                if target is None:
                    return await self._judge(answer, time.perf_counter() - started, [*seen, *hand], context)
                url = target
        except Trouble as trouble:
            return conclude(self, trouble.code, (*seen, *trouble.evidence, *hand), **trouble.parameters)
        return conclude(self, "too-many-redirects", [*seen, *hand], count=most)

    def _mistakes(self) -> Iterator[tuple[str, Message]]:
        """What is wrong with the fields that a reference may have brought."""
        given = {each: getattr(self, each) for each in ("url", "plain", "matches", "json_expected")}
        yield from http_expecting.relations({name: value for name, value in given.items() if value})

    async def _ask(self, url: str, seen: list[Evidence], context: Context) -> "Answer":
        from promoter.net.http import ask

        first = split_url(url).authority == split_url(self.url).authority
        reach = self if first else Reach(ca_file=self.ca_file)
        return await ask(self.request(url, self.largest_body), reach, context, seen)

    def _redirected(
        self, url: str, answer: "Answer", seen: list[Evidence], most: int, context: Context
    ) -> str | None:
        """Where a redirect leads; None when the answer is final."""
        if answer.status not in _REDIRECTS:
            return None
        location = answer.header("location")
        try:
            target = urljoin(url, location) if location else ""
            scheme = split_url(target).scheme
        except ValueError:
            if not most or answer.status in self.status:
                return None
            raise Trouble("bad-redirect", status=answer.status) from None
        shown = shown_url(target, context)
        secure = scheme == "https" or (self.plain and split_url(url).scheme == "http")
        verdict = Verdict.PASSED if secure else Verdict.FAILED
        seen.append(fact("redirect", message("over-https"), shown, verdict))
        if not secure:
            raise Trouble("redirect-to-http", to=shown)
        return None if not most or answer.status in self.status else target

    async def _judge(self, answer: "Answer", took: float, seen: list[Evidence], context: Context) -> Outcome:
        judgement = await judged(self, answer, context)
        evidence = (*judgement.evidence, self._time(took), *seen)
        if judgement.code is not None:
            return conclude(self, judgement.code, evidence, **judgement.parameters)
        said: dict[str, Parameter] = {"took": round(took, 3)}
        if self.fail_after is not None and took > self.fail_after:
            return conclude(self, "too-slow", evidence, limit=self.fail_after, **said)
        endpoint = split_url(self.url)
        if endpoint.scheme == "http" and self.has_secrets() and endpoint.host not in _LOOPBACK:
            return conclude(self, "in-the-clear", evidence)
        if self.warn_after is not None and took > self.warn_after:
            return conclude(self, "slow", evidence, limit=self.warn_after, **said)
        return conclude(self, "answers", evidence, status=answer.status, **said)

    def _time(self, took: float) -> Evidence:
        limits = [each for each in (self.warn_after, self.fail_after) if each is not None]
        exceeded = [limit for limit in limits if took > limit]
        verdict = None if not limits else Verdict.PASSED
        if exceeded:
            verdict = Verdict.FAILED if self.fail_after in exceeded else Verdict.WARNED
        expected = message("at-most-time", limit=min(limits)) if limits else None
        return fact("time", expected, message("seconds", seconds=round(took, 3)), verdict)

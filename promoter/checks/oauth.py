"""Does a token endpoint issue the token that the environment's credentials are for?"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote_plus, urlencode

from promoter.checks import oauth_answer, oauth_rulings
from promoter.checks.authorization import Basic, by_hand, headers_of
from promoter.checks.declaration import conclude, kind
from promoter.checks.oauth_answer import Grant
from promoter.messages import N_, Message, Template, message
from promoter.model.address import Url, split_url
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.limits import OnlyHttps, Within
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.reference import Fact, Variable
from promoter.model.ruling import Ruling
from promoter.net.real_data import shown_location, shown_media_type
from promoter.net.route import Reach
from promoter.net.trouble import CERTIFICATE_RULINGS, FACTS, HTTP_RULINGS, RULINGS, Trouble, fact
from promoter.redaction import Secret

if TYPE_CHECKING:
    from promoter.net.http import Answer, Request, Text

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_BEARER_ERROR = re.compile(r'error="(invalid_request|invalid_token|insufficient_scope)"')
_LONGEST_CHALLENGE = 2000

_OWN_RULINGS: Mapping[str, Ruling] = {
    "issues-token": Ruling(Verdict.PASSED, N_("issued a token, valid for {lifetime:duration}")),
    "token-works": Ruling(
        Verdict.PASSED, N_("issued a token, valid for {lifetime:duration}, and the API accepts it")
    ),
    "api-refuses-token": Ruling(
        Verdict.FAILED,
        N_("the API does not accept the token that was just issued: it answered 401"),
        N_(
            "Check that `api` and the token endpoint are of the same environment; if so, tell whoever runs it."
        ),
    ),
    "api-forbids": Ruling(
        Verdict.FAILED,
        N_("the API knows the token, but does not allow this call: it answered 403"),
        N_("Ask for the scope that this call needs, or have the client be given the right to it."),
    ),
    "api-redirects": Ruling(
        Verdict.FAILED,
        N_("the API answered {status} to a call with the token, a redirect to {to}"),
        N_(
            "Name the final URL in `api`; if that is where `api` should be, the token is not accepted: an API that does not know its caller sends them to a login page."
        ),
    ),
    "api-web-page": Ruling(
        Verdict.FAILED,
        N_("the API answered {status} to a call with the token, but with a web page"),
        N_(
            "Check the URL of `api`, and what stands before it: a login page answers 200 too, whatever the token."
        ),
    ),
    "api-error-inside": Ruling(
        Verdict.FAILED,
        N_("the API answered {status} to a call with the token, but its answer tells of an error"),
        N_("Reproduce the call and read the error; ask for what it lacks, or tell whoever runs the API."),
    ),
    "api-wrong-status": Ruling(
        Verdict.FAILED,
        N_("the API answered {status} to a call with the token, expected {expected}"),
        N_("Check the URL of `api`; name {status} in `api_status` if it is the right answer."),
    ),
    "not-usable": Ruling(
        Verdict.ERRORED, N_("the field {field} {why}"), N_("Correct the field, or what it refers to.")
    ),
}
_OWN_FACTS: Mapping[str, Template] = {
    "time": N_("time taken"),
    "api-status": N_("status of the API"),
    "api-error": N_("error of the API"),
    "api-content-type": N_("content type of the API"),
    "api-time": N_("time the API took"),
    "success": N_("200 to 299"),
    "empty": N_("is empty"),
    "not-a-scope": N_("is not a scope: it has characters that no scope may have (RFC 6749, section 3.3)"),
    "needs-api": N_("needs `api`: nothing else is called with the token"),
}


def _relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    names = [name for each in written.get("scope", ()) for name in each.split()]
    if not all(_SCOPE.fullmatch(each) for each in names):
        yield "scope", message("not-a-scope")


def _presences(written: Collection[str]) -> Iterator[tuple[str, Message]]:
    if "api_status" in written and "api" not in written:
        yield "api_status", message("needs-api")


@kind(
    "oauth",
    rulings={**RULINGS, **CERTIFICATE_RULINGS, **HTTP_RULINGS, **oauth_rulings.RULINGS, **_OWN_RULINGS},
    facts={**FACTS, **oauth_rulings.FACTS, **_OWN_FACTS},
    example={
        "url": Fact("urls.token"),
        "client_id": Variable("PASSEMARCHE_CLIENT_ID"),
        "client_secret": Variable("PASSEMARCHE_CLIENT_SECRET"),
        "scope": ["api_access"],
        "expires_in": "1h",
    },
    effects=N_("revokes the token in use"),
    relations=_relations,
    presences=_presences,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Oauth(Reach):
    """A token endpoint issues a token for the environment's credentials.

    Asks for a token with the grant client_credentials (RFC 6749, section 4.4), once, over verified TLS, and
    judges what was granted, not the status alone: a Bearer token that can be used, how long it is valid,
    and every scope asked for. A server may answer 200 and leave a scope out: that fails. Errors are told
    apart as the server words them; a redirect is not followed.

    With `api`, that URL is then called with the token, and must answer 200 to 299, or a status of
    `api_status`, and where it is 200 to 299 neither with a web page nor with JSON that tells of an error.
    The token never leaves the check: it is masked whatever server repeats it.

    Many servers, Passe Marché among them, revoke the client's token in use when they issue another: in an
    environment where the integration is live, it is cut off until it authenticates again. The check runs
    with consent only.
    """

    url: Annotated[Url, OnlyHttps(), N_("The https URL of the token endpoint")]
    client_id: Annotated[str, N_("The id of the client")]
    client_secret: Annotated[Secret, N_("The secret of the client")]
    scope: Annotated[tuple[str, ...], N_("The scope or scopes to ask for, and to be granted")] = ()
    credentials: Annotated[
        Literal["body", "basic"], N_("Where to send id and secret: in the body, or as Authorization: Basic")
    ] = "body"
    expires_in: Annotated[Duration | None, N_("How long the token must be valid, at least")] = None
    api: Annotated[Url | None, OnlyHttps(), N_("An https URL to call with the token")] = None
    api_status: Annotated[
        tuple[int, ...],
        Within(200, 599),
        N_("The status or statuses `api` may answer; 200 to 299 by default"),
    ] = ()

    async def observe(self, context: Context) -> Outcome:
        """Asks for a token, and calls the API with it."""
        for name, why in self._mistakes():
            return conclude(self, "not-usable", field=name, why=why)
        seen, hand = context.journal.afresh()
        try:
            grant = await self._granted(seen, hand, context)
            if self.api is not None:
                await self._call(self.api, grant.token, seen, hand, context)
        except Trouble as trouble:
            return conclude(self, trouble.code, (*seen, *trouble.evidence, *hand), **trouble.parameters)
        if grant.remarks:
            return conclude(self, grant.remarks[0], (*seen, *hand))
        code = "issues-token" if self.api is None else "token-works"
        return conclude(self, code, (*seen, *hand), lifetime=grant.lifetime)

    def _mistakes(self) -> Iterator[tuple[str, Message]]:
        """What is wrong with the fields that a reference may have brought."""
        if not self.client_secret:
            yield "client_secret", message("empty")
        yield from _relations({"scope": self.scope})

    @property
    def _scopes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for each in self.scope for name in each.split()))

    async def _granted(self, seen: list[Evidence], hand: list[Evidence], context: Context) -> Grant:
        from promoter.net.http import ask

        if split_url(self.url).scheme != "https":
            raise Trouble("not-https", url=self.url)
        context.journal.secrets.append(Secret(_encoded(self.client_secret.reveal())))
        hand.append(self._by_hand(context))
        answer = await ask(self._request(), self, context, seen)
        seen.append(fact("time", None, message("seconds", seconds=answer.took_s)))
        return oauth_answer.judged(answer, self._scopes, self.expires_in, seen, context)

    def _request(self) -> "Request":
        from promoter.net.http import Request

        form = {"grant_type": "client_credentials"}
        headers: list[tuple[str, Text]] = [
            ("Accept", "application/json"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ]
        if self.credentials == "basic":
            headers += headers_of(None, self._basic(_encoded(self.client_secret.reveal())))
        else:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret.reveal()}
        if self._scopes:
            form["scope"] = " ".join(self._scopes)
        body = urlencode(form, errors="surrogateescape").encode()
        return Request(
            url=self.url, method="POST", headers=headers, body=body, largest_body=oauth_answer.LARGEST
        )

    def _basic(self, password: str) -> Basic:
        """Id and secret are form-encoded before they become Basic (RFC 6749, section 2.3.1)."""
        return Basic(user=_encoded(self.client_id), password=Secret(password, self.client_secret.name))

    def _by_hand(self, context: Context) -> Evidence:
        from promoter.net.http import Request
        from promoter.net.reproduce import curl_line, reproduced

        form: list[Text] = ["grant_type=client_credentials"]
        if self.credentials == "body":
            form += [f"client_id={self.client_id}", ("client_secret=", self.client_secret)]
        if self._scopes:
            form.append(f"scope={' '.join(self._scopes)}")
        line = curl_line(Request(url=self.url, method="POST"), self, context, form=form)
        basic = self._basic(self.client_secret.reveal()) if self.credentials == "basic" else None
        return reproduced(by_hand(line, basic))

    async def _call(
        self, api: Url, token: Secret, seen: list[Evidence], hand: list[Evidence], context: Context
    ) -> None:
        """Calls the API with the token; raises Trouble when it does not answer as it should."""
        from promoter.net.http import Request, ask
        from promoter.net.reproduce import curl_line, reproduced

        endpoint = split_url(api)
        if endpoint.scheme != "https":
            raise Trouble("not-https", url=api)
        own = endpoint.authority == split_url(self.url).authority
        reach = self if own else Reach(ca_file=self.ca_file)
        headers: list[tuple[str, Text]] = [
            ("Accept", "application/json"),
            ("Authorization", ("Bearer ", token)),
        ]
        request = Request(url=api, headers=headers, largest_body=oauth_answer.LARGEST)
        hand.append(reproduced(curl_line(request, reach, context)))
        answer = await ask(request, reach, context, seen)
        seen.append(fact("api-time", None, message("seconds", seconds=answer.took_s)))
        self._judge_call(answer, seen, context)

    def _judge_call(self, answer: "Answer", seen: list[Evidence], context: Context) -> None:
        right = answer.status in self.api_status if self.api_status else 200 <= answer.status < 300
        expected: Message | tuple[int, ...] = self.api_status or message("success")
        verdict = Verdict.PASSED if right else Verdict.FAILED
        seen.append(fact("api-status", expected, answer.status, verdict))
        challenge = (answer.header("www-authenticate") or "")[:_LONGEST_CHALLENGE]
        if (named := _BEARER_ERROR.search(challenge)) is not None:
            seen.append(fact("api-error", None, named[1]))
        if not right:
            if 300 <= answer.status < 400:
                to = shown_location(answer.header("location"), context)
                raise Trouble("api-redirects", status=answer.status, to=to)
            code = {401: "api-refuses-token", 403: "api-forbids"}.get(answer.status, "api-wrong-status")
            raise Trouble(code, status=answer.status, expected=expected)
        if answer.status >= 300:
            return
        if (content_type := answer.header("content-type")) is not None:
            seen.append(fact("api-content-type", None, shown_media_type(content_type, context)))
        if oauth_answer.is_web_page(answer):
            raise Trouble("api-web-page", status=answer.status)
        if oauth_answer.tells_of_error(answer):
            raise Trouble("api-error-inside", status=answer.status)


def _encoded(text: str) -> str:
    return quote_plus(text, errors="surrogateescape")

"""What the kind `http` sends, as its fields say it."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from promoter.checks import authorization
from promoter.checks.authorization import Basic
from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message
from promoter.model.address import Url, split_url
from promoter.model.context import Context
from promoter.model.limits import Within
from promoter.model.outcome import Evidence
from promoter.model.reference import JsonValue
from promoter.net.route import Reach
from promoter.redaction import Secret

if TYPE_CHECKING:
    from promoter.net.http import Request, Text

HARMLESS = ("GET", "HEAD", "OPTIONS")
FOLLOWED = ("GET", "HEAD")
_USUAL_REDIRECTS = 5
_OF_ONE_PLACE = frozenset({"authorization", "cookie", "proxy-authorization"})

FACTS: Mapping[str, Template] = {
    **authorization.FACTS,
    "needs-plain": N_("is a plain http URL: use https, or write plain: true"),
    "one-body": N_("is one body too many: there can be only one of body, json and form"),
    "cannot-follow": N_("must not be more than 0 with this method"),
}


@frozen(kw_only=True)
class Sending(Reach):
    """The fields that make the request."""

    url: Annotated[Url, N_("The URL to ask for")]
    plain: Annotated[bool, N_("Whether plain http will do, for the URL and where it redirects to")] = False
    method: Annotated[
        Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"], N_("The method of the request")
    ] = "GET"
    headers: Annotated[Mapping[str, str], N_("Headers to send, none of them secret")] = field(
        default_factory=dict
    )
    secret_headers: Annotated[Mapping[str, Secret], N_("Headers to send whose values are secrets")] = field(
        default_factory=dict
    )
    bearer: Annotated[Secret | None, N_("A token to send as Authorization: Bearer")] = None
    basic: Annotated[Basic | None, N_("A user and a password to send as Authorization: Basic")] = None
    body: Annotated[str | None, N_("A text to send as the body")] = None
    json: Annotated[JsonValue | None, N_("Data to send as JSON")] = None
    form: Annotated[Mapping[str, str] | None, N_("Fields to send as a form")] = None
    redirects: Annotated[
        int | None,
        Within(0, 20),
        N_("How many redirects of GET and HEAD to follow at most; 5 by default, none with secrets"),
    ] = None

    def has_secrets(self) -> bool:
        """Whether secrets are sent along."""
        return bool(self.secret_headers) or self.bearer is not None or self.basic is not None

    def most_redirects(self) -> int:
        """How many redirects are followed."""
        if self.method not in FOLLOWED:
            return 0
        return self.redirects if self.redirects is not None else 0 if self.has_secrets() else _USUAL_REDIRECTS

    def request(self, url: str, largest_body: int) -> "Request":
        """The request for the URL, or for where it redirects to: secrets, cookies and the body go to the
        URL's own scheme, host and port only."""
        from promoter.net.http import Request

        return Request(
            url=url,
            method=self.method,
            headers=[*self._headers(url), *self._authorization(url)],
            body=self._body(),
            largest_body=largest_body,
        )

    def by_hand(self, context: Context) -> Evidence:
        """The curl line that sends the same request.

        Raises Trouble when there is no route to the URL.
        """
        from promoter.net.http import Request
        from promoter.net.reproduce import curl_line, reproduced

        headers = [*self._headers(self.url), *([] if self.basic else self._authorization(self.url))]
        request = Request(url=self.url, method=self.method, headers=headers)
        body = self._body().decode() or None
        return reproduced(authorization.by_hand(curl_line(request, self, context, body=body), self.basic))

    def _body(self) -> bytes:
        if self.json is not None:
            return json.dumps(self.json, ensure_ascii=False).encode("utf-8", "replace")
        if self.form is not None:
            return urlencode(self.form).encode()
        return (self.body or "").encode("utf-8", "replace")

    def _headers(self, url: str) -> "Iterator[tuple[str, Text]]":
        own = _origin(url) == _origin(self.url)
        for name, value in self.headers.items():
            if own or name.lower() not in _OF_ONE_PLACE:
                yield name, value
        if self._body() and "content-type" not in {name.lower() for name in self.headers}:
            sorts = ((self.json, "application/json"), (self.form, "application/x-www-form-urlencoded"))
            named = next((sort for value, sort in sorts if value is not None), "text/plain; charset=utf-8")
            yield "Content-Type", named
        if own:
            yield from self.secret_headers.items()

    def _authorization(self, url: str) -> "list[tuple[str, Text]]":
        own = _origin(url) == _origin(self.url)
        return authorization.headers_of(self.bearer, self.basic) if own else []


def relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    """Values of the request that cannot go together; see `declaration`."""
    if written.get("url", "").lower().startswith("http://") and not written.get("plain"):
        yield "url", message("needs-plain")
    if written.get("redirects") and written.get("method", "GET") not in FOLLOWED:
        yield "redirects", message("cannot-follow")


def presences(written: Collection[str]) -> Iterator[tuple[str, Message]]:
    """Fields of the request that cannot stand beside each other; see `declaration`."""
    bodies = [each for each in ("body", "json", "form") if each in written]
    if len(bodies) > 1:
        yield bodies[1], message("one-body")
    yield from authorization.presences(written)


def _origin(url: str) -> tuple[str, str, int]:
    endpoint = split_url(url)
    return endpoint.scheme, endpoint.host, endpoint.port

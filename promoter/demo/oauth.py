"""The token endpoint of one environment (RFC 6749, section 4.4), and what a token is worth afterwards."""

import hmac
import math
import secrets
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from promoter.demo.web import Request, Response, document
from promoter.frozen import frozen

LIFETIME = 86_400
"""Seconds a token lives, unless another is issued before."""

RATE = 60
"""Token requests answered per `RATE_WINDOW`; the ones above are answered 429."""

RATE_WINDOW = 60.0
"""Seconds."""

DEFAULT_SCOPE = "api_access"
SCOPES = frozenset({DEFAULT_SCOPE, "api_read", "api_write"})

_DESCRIPTIONS = {
    "invalid_client": "Client authentication failed",
    "invalid_request": "The request is missing a parameter, repeats one or is malformed",
    "unsupported_grant_type": "The grant type is not supported",
    "invalid_scope": "The requested scope is unknown",
    "rate_limit_exceeded": "Too many requests",
}


@frozen
class _Token:
    value: bytes
    expires_at: float


class TokenIssuer:
    """Issues tokens to one client and judges the ones it is shown; only the last one issued is good.

    `clock` gives the time in seconds since the epoch; with `drops_scope` it grants `api_read` alone,
    whatever is asked for.
    """

    def __init__(
        self, client_id: str, client_secret: str, clock: Callable[[], float], *, drops_scope: bool = False
    ) -> None:
        self._drops_scope = drops_scope
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._token: _Token | None = None
        self._asked_at: deque[float] = deque()

    def issue(self, request: Request) -> Response:
        """The answer to a token request: a token, which revokes the one before, or an error as RFC 6749 words it."""
        if wait := self._wait():
            return _refuse(HTTPStatus.TOO_MANY_REQUESTS, "rate_limit_exceeded", {"retry-after": str(wait)})
        form = _form(request)
        if form is None or not form.keys() >= {"grant_type", "client_id", "client_secret"}:
            return _refuse(HTTPStatus.BAD_REQUEST, "invalid_request")
        if form["grant_type"] != "client_credentials":
            return _refuse(HTTPStatus.BAD_REQUEST, "unsupported_grant_type")
        known = _same(form["client_id"], self._client_id)
        if not _same(form["client_secret"], self._client_secret) or not known:
            return _refuse(HTTPStatus.UNAUTHORIZED, "invalid_client")
        scopes = form.get("scope", "").split() or [DEFAULT_SCOPE]
        if not SCOPES.issuperset(scopes):
            return _refuse(HTTPStatus.BAD_REQUEST, "invalid_scope")
        return self._grant("api_read" if self._drops_scope else " ".join(dict.fromkeys(scopes)))

    def objection(self, request: Request) -> str | None:
        """Why the bearer token of a request (RFC 6750) is not good, or none when it is."""
        scheme, _, shown = (request.header(b"authorization") or b"").partition(b" ")
        if scheme.lower() != b"bearer" or not shown.strip():
            return "The access token is missing"
        if self._token is None or not hmac.compare_digest(shown.strip(), self._token.value):
            return "The access token is unknown or was revoked"
        if self._clock() >= self._token.expires_at:
            return "The access token expired"
        return None

    def _grant(self, scope: str) -> Response:
        now = self._clock()
        value = secrets.token_urlsafe(32)
        self._token = _Token(value.encode(), now + LIFETIME)
        content = {
            "access_token": value,
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "scope": scope,
            "created_at": int(now),
        }
        return document(HTTPStatus.OK, content)

    def _wait(self) -> int:
        now = self._clock()
        while self._asked_at and self._asked_at[0] <= now - RATE_WINDOW:
            self._asked_at.popleft()
        if len(self._asked_at) >= RATE:
            return math.ceil(self._asked_at[0] + RATE_WINDOW - now)
        self._asked_at.append(now)
        return 0


def _form(request: Request) -> dict[str, str] | None:
    kind = (request.header(b"content-type") or b"").partition(b";")[0].strip().lower()
    if kind != b"application/x-www-form-urlencoded":
        return None
    try:
        pairs = parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return None
    form = dict(pairs)
    return form if len(form) == len(pairs) else None


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _refuse(status: HTTPStatus, error: str, headers: dict[str, str] | None = None) -> Response:
    return document(status, {"error": error, "error_description": _DESCRIPTIONS[error]}, headers)

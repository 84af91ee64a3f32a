"""An editor's webhook receiver: one that does everything right, unless it is given flaws."""

import hashlib
import hmac
import json
from collections.abc import Collection
from http import HTTPStatus

from promoter.demo.flaws import Flaw
from promoter.demo.web import Request, Response, document, not_found, only

PATH = "/webhook"
"""Where a receiver takes its events."""

MARKET = "VR-2026-A1B2C3D4E5F6"
"""The one market a receiver knows; events about any other are accepted and ignored."""


class Receiver:
    """Takes the events Passe Marché signs with `webhook_secret`, each once; `GET /` lists them."""

    def __init__(self, webhook_secret: str, flaws: Collection[Flaw] = ()) -> None:
        self._secret = webhook_secret.encode()
        self._flaws = frozenset(flaws)
        self._taken: dict[tuple[str, str, str], None] = {}

    def __call__(self, request: Request) -> Response:
        """The answer to any request for this host."""
        if request.path == PATH:
            return self._take(request) if request.method == "POST" else only("POST")
        if request.path == "/" and request.method in ("GET", "HEAD"):
            return document(HTTPStatus.OK, {"events": list(self._taken)})
        return not_found()

    def _take(self, request: Request) -> Response:
        expected = "sha256=" + hmac.new(self._secret, request.body, hashlib.sha256).hexdigest()
        given = request.header(b"x-webhook-signature-sha256") or b""
        if Flaw.CRASHES_ON_FORGERIES in self._flaws and len(given) != len(expected):
            return document(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "byte sizes must be equal"})
        signed = hmac.compare_digest(given, expected.encode())
        if not signed and Flaw.ACCEPTS_FORGERIES not in self._flaws:
            return document(HTTPStatus.UNAUTHORIZED, {"error": "Invalid signature"})
        try:
            event = json.loads(request.body)
        except (ValueError, RecursionError):
            return document(HTTPStatus.BAD_REQUEST, {"error": "Invalid JSON"})
        if (key := _key(event)) is not None:
            self._taken[key] = None
        return Response(HTTPStatus.NO_CONTENT)


def _key(event: object) -> tuple[str, str, str] | None:
    """What tells an event about a known market from another: its kind, its time and its subject."""
    match event:
        case {
            "event": "market.completed" as kind,
            "timestamp": str(time),
            "market": {"identifier": str(market)},
        }:
            subject = market
        case {
            "event": "market_application.completed" as kind,
            "timestamp": str(time),
            "market_identifier": str(market),
            "market_application": {"identifier": str(subject)},
        }:
            pass
        case _:
            return None
    return (kind, time, subject) if market == MARKET else None

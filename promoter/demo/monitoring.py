"""An editor's monitoring, as far as checks ask it: the HTTP API of Prometheus."""

import time
from collections.abc import Collection
from http import HTTPStatus
from typing import Any

from promoter.demo.flaws import Flaw
from promoter.demo.web import Request, Response, document, not_found, page

ALERTS = ("PasseMarcheAuthenticationFails", "PasseMarcheWebhookRefused")
"""The alert rules that are loaded."""


class Monitoring:
    """A Prometheus that knows one metric, whatever it is asked, and the rules of `ALERTS`."""

    def __init__(self, flaws: Collection[Flaw] = ()) -> None:
        self._measured = "NaN" if Flaw.MEASURES_NOTHING in flaws else "1"

    def __call__(self, request: Request) -> Response:
        """The answer to any request for this host."""
        match request.path:
            case "/api/v1/query":
                metric = {"__name__": "up", "job": "passe-marche"}
                series = [{"metric": metric, "value": [time.time(), self._measured]}]
                return _success({"resultType": "vector", "result": series})
            case "/api/v1/rules":
                return _success(
                    {"groups": [{"name": "passe-marche", "file": "rules.yml", "rules": _rules()}]}
                )
            case "/":
                return page("Prometheus")
        return not_found()


def _success(content: Any) -> Response:
    return document(HTTPStatus.OK, {"status": "success", "data": content})


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "name": each,
            "type": "alerting",
            "state": "inactive",
            "health": "ok",
            "query": "vector(0) > 0",
            "duration": 300,
            "labels": {},
            "annotations": {},
            "alerts": [],
        }
        for each in ALERTS
    ]

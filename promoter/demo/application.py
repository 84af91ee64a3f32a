"""Passe Marché itself, as one environment serves it: home page, token endpoint, API."""

from http import HTTPStatus

from promoter.demo.oauth import TokenIssuer
from promoter.demo.web import Request, Response, document, not_found, only, page

_READ = ("GET", "HEAD")


class Application:
    """The application's host of one environment."""

    def __init__(self, environment: str, issuer: TokenIssuer) -> None:
        self._environment = environment
        self._issuer = issuer

    def __call__(self, request: Request) -> Response:
        """The answer to any request for this host."""
        if request.path == "/oauth/token":
            return self._issuer.issue(request) if request.method == "POST" else only("POST")
        if request.path.startswith("/api/v1/"):
            return self._api(request)
        if request.path == "/":
            return page(f"Passe Marché ({self._environment})") if request.method in _READ else only(*_READ)
        return not_found()

    def _api(self, request: Request) -> Response:
        if objection := self._issuer.objection(request):
            content = {"error": "Not authorized", "errors": [objection]}
            return document(
                HTTPStatus.UNAUTHORIZED, content, {"www-authenticate": 'Bearer realm="passe-marche"'}
            )
        if request.method not in _READ:
            return only(*_READ)
        return document(HTTPStatus.OK, {"environment": self._environment, "path": request.path})


class DemonstrationEditor:
    """The demonstration editor's host of one environment: a home page."""

    def __init__(self, environment: str) -> None:
        self._environment = environment

    def __call__(self, request: Request) -> Response:
        """The answer to any request for this host."""
        if request.path != "/":
            return not_found()
        return (
            page(f"Éditeur de démonstration ({self._environment})")
            if request.method in _READ
            else only(*_READ)
        )

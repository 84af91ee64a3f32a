"""An authorization server that others wrote (Authlib), with an API that it protects."""

import contextlib
import hmac
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import flask
from authlib.integrations.flask_oauth2 import (  # type: ignore[import-untyped]
    AuthorizationServer,
    ResourceProtector,
)
from authlib.oauth2.rfc6749 import ClientMixin  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant  # type: ignore[import-untyped]
from authlib.oauth2.rfc6750 import BearerTokenValidator  # type: ignore[import-untyped]
from werkzeug.serving import WSGIRequestHandler, make_server

TOKEN_PATH = "/oauth/token"
API_PATH = "/api/v1/me"


@dataclass
class Client(ClientMixin):  # type: ignore[misc]
    """A client that may ask for tokens; what it asks for beyond `scopes` is silently left out."""

    client_id: str
    client_secret: str
    scopes: tuple[str, ...] = ("api_access", "api_read")
    active: bool = True
    grants: tuple[str, ...] = ("client_credentials",)

    def check_client_secret(self, client_secret: str) -> bool:
        return self.active and hmac.compare_digest(self.client_secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grants

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(each for each in (scope or "").split() if each in self.scopes)


@dataclass
class Token:
    """A token as it was issued; `revoked` once another was."""

    access_token: str
    scope: str
    revoked: bool = False

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return self.revoked

    def get_scope(self) -> str:
        return self.scope


class Grant(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


@dataclass
class Authority:
    """The clients there are, and the tokens that were issued, the last of each client's being good."""

    clients: dict[str, Client]
    tokens: list[Token] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def save(self, token: dict[str, Any], request: Any) -> None:
        for each in self.tokens:
            each.revoked = True
        self.tokens.append(Token(token["access_token"], token.get("scope", "")))

    def find(self, value: str) -> Token | None:
        return next((each for each in self.tokens if each.access_token == value), None)

    def app(self, scopes: tuple[str, ...]) -> flask.Flask:
        app = flask.Flask("authority")
        app.config["OAUTH2_SCOPES_SUPPORTED"] = list(scopes)
        server = AuthorizationServer(app, self.clients.get, self.save)
        server.register_grant(Grant)
        find = self.find

        class Validator(BearerTokenValidator):  # type: ignore[misc]
            def authenticate_token(self, token_string: str) -> Token | None:
                return find(token_string)

        protect = ResourceProtector()
        protect.register_token_validator(Validator())

        @app.post(TOKEN_PATH)
        def token() -> Any:
            self.requests.append(flask.request.headers.get("Authorization", ""))
            return server.create_token_response()

        @app.get(API_PATH)
        @protect("api_access")  # type: ignore[untyped-decorator]
        def me() -> Any:
            return {"name": "editor"}

        return app


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - as werkzeug names it
        pass


@contextlib.contextmanager
def authority_serving(
    settings: ssl.SSLContext,
    *clients: Client,
    scopes: tuple[str, ...] = ("api_access", "api_read", "api_write"),
) -> Iterator[tuple[Authority, int]]:
    """Serves over TLS on a free port of 127.0.0.1."""
    authority = Authority({each.client_id: each for each in clients})
    server = make_server(
        "127.0.0.1", 0, authority.app(scopes), ssl_context=settings, threaded=True, request_handler=_Silent
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield authority, server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

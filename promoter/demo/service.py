"""The embedded Passe Marché: the real hosts of every environment, played over HTTPS on loopback."""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus
from types import TracebackType
from typing import NamedTuple, Self

from promoter.demo.application import Application, DemonstrationEditor
from promoter.demo.authority import Authority
from promoter.demo.flaws import Flaw
from promoter.demo.monitoring import Monitoring
from promoter.demo.oauth import TokenIssuer
from promoter.demo.receiver import Receiver
from promoter.demo.server import serve
from promoter.demo.web import Request, Response, Site, document
from promoter.frozen import frozen

ADDRESS = "127.0.0.1"


@frozen(kw_only=True)
class Hosts:
    """The host names of one environment: Passe Marché's two, and the editor's own: of its webhook receiver,
    and of its monitoring where it has any."""

    application: str
    demonstration_editor: str
    receiver: str
    monitoring: str | None = None


class Credentials(NamedTuple):
    """What Passe Marché hands to an editor for one environment: 32, 64 and 64 hexadecimal digits."""

    client_id: str
    client_secret: str
    webhook_secret: str


class EmbeddedService:
    """Passe Marché for a demonstration, served by a thread of its own while the context lasts.

    Every host name answers on one port of 127.0.0.1 with a certificate of its own; a client reaches
    it with the `connect_to` mappings and trusts `ca_pem` (PEM). `flaws` are those of each environment.
    `credentials` has those of each
    environment, made anew for each instance. `clock` gives the seconds since the epoch, by which
    tokens expire; `patience` is how many seconds a client may take over a handshake or a request.

    Raises:
        ValueError: two sites have the same host name.
        OSError: entering, no port could be had.
        ExceptionGroup: leaving, the bugs met while answering.
    """

    def __init__(
        self,
        environments: Mapping[str, Hosts],
        *,
        flaws: Mapping[str, Collection[Flaw]] | None = None,
        clock: Callable[[], float] = time.time,
        patience: float = 10.0,
    ) -> None:
        self.credentials: Mapping[str, Credentials] = {
            name: Credentials(secrets.token_hex(16), secrets.token_hex(32), secrets.token_hex(32))
            for name in environments
        }
        self._sites: dict[str, Site] = {}
        for name, hosts in environments.items():
            client_id, client_secret, webhook_secret = self.credentials[name]
            wrong = (flaws or {}).get(name, ())
            drops_scope = Flaw.DROPS_SCOPE in wrong
            issuer = TokenIssuer(client_id, client_secret, clock, drops_scope=drops_scope)
            self._add(hosts.application, Application(name, issuer))
            self._add(hosts.demonstration_editor, DemonstrationEditor(name))
            self._add(hosts.receiver, Receiver(webhook_secret, wrong))
            if hosts.monitoring is not None:
                self._add(hosts.monitoring, Monitoring(wrong))
        self._authority = Authority(self._sites)
        self._patience = patience
        self._port: int | None = None
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            listener = stack.enter_context(socket.create_server((ADDRESS, 0)))
            listener.setblocking(False)
            thread = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="embedded-passe-marche"))
            stop: Future[None] = Future()
            serving = thread.submit(asyncio.run, self._serve(listener, stop))
            stack.callback(serving.result)
            stack.callback(stop.set_result, None)
            self._port = listener.getsockname()[1]
            self._exit = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._port = None
        self._exit.close()

    @property
    def port(self) -> int:
        """The port all hosts answer on; a RuntimeError outside the context."""
        if self._port is None:
            raise RuntimeError("the embedded service is not running")
        return self._port

    @property
    def ca_pem(self) -> bytes:
        """The certificate authority to trust, in PEM."""
        return self._authority.ca_pem

    @property
    def connect_to(self) -> tuple[str, ...]:
        """One `HOST:443:127.0.0.1:PORT` for each host, as curl's `--connect-to` takes them."""
        return tuple(f"{host}:443:{ADDRESS}:{self.port}" for host in self._sites)

    def _add(self, host: str, site: Site) -> None:
        if self._sites.setdefault(host.lower(), site) is not site:
            raise ValueError(f"two sites have the host name {host}")

    async def _serve(self, listener: socket.socket, stop: Future[None]) -> None:
        await serve(
            listener,
            self._authority.context,
            self._answer,
            asyncio.wrap_future(stop),
            patience=self._patience,
        )

    def _answer(self, request: Request) -> Response:
        if site := self._sites.get(request.host):
            return site(request)
        return document(HTTPStatus.MISDIRECTED_REQUEST, {"error": "No such host here"})

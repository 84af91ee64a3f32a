"""The OCSP answer that a server staples to its handshake (RFC 6066, section 8), asked for on a connection of
its own: the standard library cannot ask, pyOpenSSL can. Nothing is verified here."""

import asyncio
import contextlib
import socket

from cryptography import x509
from OpenSSL import SSL

from promoter.frozen import frozen
from promoter.model.address import is_ip_address
from promoter.model.context import Context
from promoter.net.dial import dial
from promoter.net.route import Route
from promoter.net.trouble import Trouble

_CHUNK = 16 * 1024


@frozen
class Stapled:
    """What was stapled, empty when nothing was, and the certificate that it came with."""

    answer: bytes
    certificate: x509.Certificate | None


async def staple_at(route: Route, context: Context) -> Stapled:
    """What the server that the route leads to staples. The deadline is the caller's.

    Raises Trouble when there is no connection or no handshake.
    """
    sock, address, _ = await dial(route, context)
    with contextlib.closing(sock):
        try:
            return await _Asking(sock, route.server_name).ask()
        except SSL.Error as error:
            reason = error.args[0][0][-1] if error.args and error.args[0] else ""
            raise Trouble("handshake-refused", address=address, detail=str(reason)[:200]) from error
        except OSError as error:
            raise Trouble("closed-in-handshake", address=address) from error


class _Asking:
    """A handshake that goes on until the server has shown its certificate and what it staples to it."""

    def __init__(self, sock: socket.socket, server_name: str) -> None:
        self._sock = sock
        self._found: list[bytes] = []
        settings = SSL.Context(SSL.TLS_CLIENT_METHOD)
        settings.set_min_proto_version(SSL.TLS1_2_VERSION)
        settings.set_ocsp_client_callback(self._take)
        self._connection = SSL.Connection(settings, None)
        if not is_ip_address(server_name):
            self._connection.set_tlsext_host_name(server_name.encode("ascii"))
        self._connection.request_ocsp()
        self._connection.set_connect_state()

    def _take(self, connection: SSL.Connection, answer: bytes, _: object) -> bool:
        self._found.append(answer)
        return True

    async def ask(self) -> Stapled:
        loop = asyncio.get_running_loop()
        while True:
            over = self._step()
            if over or self._found:
                certificate = self._connection.get_peer_certificate(as_cryptography=True)
                return Stapled(self._found[0] if self._found else b"", certificate)
            with contextlib.suppress(SSL.WantReadError):
                await loop.sock_sendall(self._sock, self._connection.bio_read(_CHUNK))
            received = await loop.sock_recv(self._sock, _CHUNK)
            if not received:
                raise ConnectionResetError
            self._connection.bio_write(received)

    def _step(self) -> bool:
        """Whether the handshake is over."""
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return False
        except SSL.Error:
            if not self._found:
                raise
        return True

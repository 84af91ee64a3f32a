"""One TLS connection to an endpoint, with the facts of it."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

from promoter.messages import Message, message
from promoter.model.address import Endpoint
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.net import tls
from promoter.net.certificate import CertificateFacts, read_chain, why_untrusted
from promoter.net.dial import closed_unless_kept, dial
from promoter.net.roots import evidence_of
from promoter.net.route import Proxy, Reach, Route, route_to
from promoter.net.trouble import Trouble, fact

_LEAST_TLS = "TLSv1.2"
_SHARE_FOR_A_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Connection:
    """An open connection: the address that answered (as `ADDRESS:PORT`), the proxy it goes through, and
    the verified chain in DER, leaf first; no TLS version and no chain when it is in the clear. `attempts` is evidence of the addresses that did not answer, `trust` of
    the roots besides the system's."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    address: str
    proxy: Proxy | None
    tls_version: str
    cipher: str
    chain: tuple[bytes, ...]
    attempts: tuple[Evidence, ...]
    trust: tuple[Evidence, ...]

    def evidence(self, least_tls: str = _LEAST_TLS) -> tuple[Evidence, ...]:
        """What was connected to, and how."""
        if not self.tls_version:
            return *self.attempts, *_where(self.address, self.proxy)
        cipher = message("tls-version-and-cipher", version=self.tls_version, cipher=self.cipher)
        enough = Verdict.PASSED if self.tls_version >= least_tls else Verdict.FAILED
        return (
            *self.attempts,
            *_where(self.address, self.proxy),
            *self.trust,
            fact("tls", _or_newer(least_tls), cipher, enough),
        )


class Distrusted(Trouble):
    """The certificate cannot be verified; `sent` has the facts of what the server sent, if it could be
    looked at in a second handshake."""

    def __init__(self, trouble: Trouble, sent: tuple[CertificateFacts, ...]) -> None:
        super().__init__(trouble.code, trouble.evidence, **trouble.parameters)
        self.sent = sent


@contextlib.asynccontextmanager
async def connected(endpoint: Endpoint, reach: Reach, context: Context) -> AsyncIterator[Connection]:
    """A connection, dropped at the end: over verified TLS, or in the clear for an http URL.

    Addresses are tried in the order the resolver gives them, each with its share of the time left; the
    deadline itself is the caller's. Raises Trouble when there is no connection, Distrusted when the
    certificate is why.
    """
    route = route_to(endpoint, reach, context)
    if endpoint.scheme == "http":
        async with _in_the_clear(route, context) as plain:
            yield plain
        return
    settings = tls.verifying(context, route.roots)
    trust = tuple(evidence_of(route.roots, context.process_environment))
    sock, address, attempts = await dial(route, context)
    context.journal.doing = message("shaking-hands", address=address)
    where = (*attempts, *_where(address, route.proxy), *trust)
    try:
        reader, writer = await _shake_hands(sock, settings, route.server_name)
    except ssl.SSLCertVerificationError as error:
        raise await _distrusted(error, route, where, context) from error
    except OSError as error:
        raise await _no_handshake(error, route, where, address, context) from error
    try:
        secured: ssl.SSLObject = writer.get_extra_info("ssl_object")
        yield Connection(
            reader=reader,
            writer=writer,
            address=address,
            proxy=route.proxy,
            tls_version=secured.version() or "",
            cipher=(secured.cipher() or ("",))[0],
            chain=tls.verified_chain(secured),
            attempts=attempts,
            trust=trust,
        )
    finally:
        writer.transport.abort()


@contextlib.asynccontextmanager
async def _in_the_clear(route: Route, context: Context) -> AsyncIterator[Connection]:
    sock, address, attempts = await dial(route, context, tunnel=False)
    with closed_unless_kept(sock) as keep:
        reader, writer = await asyncio.open_connection(sock=sock)
        keep()
    try:
        yield Connection(reader, writer, address, route.proxy, "", "", (), attempts, ())
    finally:
        writer.transport.abort()


async def _shake_hands(
    sock: socket.socket, settings: ssl.SSLContext, server_name: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    with closed_unless_kept(sock) as keep:
        streams = await asyncio.open_connection(sock=sock, ssl=settings, server_hostname=server_name)
        keep()
    return streams


async def _distrusted(
    error: ssl.SSLCertVerificationError, route: Route, where: tuple[Evidence, ...], context: Context
) -> Distrusted:
    look = await _look(route, context)
    code, parameters = why_untrusted(
        error.verify_code,
        error.verify_message,
        look.sent,
        route.server_name,
        context.now,
        private_roots=bool(route.roots),
    )
    return Distrusted(Trouble(code, where, **parameters), look.sent)


async def _no_handshake(
    error: OSError, route: Route, where: tuple[Evidence, ...], address: str, context: Context
) -> Trouble:
    trouble = tls.why_no_handshake(error, address)
    look = await _look(route, context)
    if look.tls_version and look.tls_version < _LEAST_TLS:
        trouble = Trouble("tls-too-old", address=address)
        where = (*where, fact("tls", _or_newer(_LEAST_TLS), look.tls_version, Verdict.FAILED))
    return Trouble(trouble.code, where, **trouble.parameters)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a server shows to whoever verifies nothing."""

    tls_version: str = ""
    sent: tuple[CertificateFacts, ...] = ()


async def _look(route: Route, context: Context) -> _Look:
    """A second, indifferent handshake; what it shows is empty when it cannot be had in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout((context.deadline - loop.time()) * _SHARE_FOR_A_LOOK):
            sock, _, _ = await dial(route, context)
            _, writer = await _shake_hands(sock, tls.indifferent(context), route.server_name)
            try:
                secured: ssl.SSLObject = writer.get_extra_info("ssl_object")
                return _Look(secured.version() or "", read_chain(tls.sent_chain(secured)))
            finally:
                writer.transport.abort()
    except (OSError, Trouble):
        return _Look()


def _or_newer(version: str) -> Message:
    return message("version-or-newer", version=version)


def _where(address: str, proxy: Proxy | None) -> tuple[Evidence, ...]:
    through = (fact("proxy", observed=str(proxy)),) if proxy is not None else ()
    return (*through, fact("address", observed=address))

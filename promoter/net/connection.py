"""One connection to an endpoint, with the facts of it."""

import asyncio
import contextlib
import socket
import ssl
from asyncio import sslproto
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from promoter.frozen import frozen
from promoter.messages import Message, message
from promoter.model.address import Endpoint, HostPort, parse_host_port
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.net import tls
from promoter.net.certificate import CertificateFacts, read_chain, why_untrusted
from promoter.net.client_certificate import ClientCertificate
from promoter.net.dial import closed_unless_kept, dial
from promoter.net.hello import TLS_1_2, Flight, first_flight
from promoter.net.roots import evidence_of
from promoter.net.route import Proxy, Reach, Route, route_to
from promoter.net.trouble import Trouble, fact
from promoter.net.turns import turn_to_connect

_LEAST_TLS = "TLSv1.2"
_SHARE_FOR_A_LOOK = 0.5
_PATIENCE_S = 1.0

# What one record of TLS holds at most (RFC 8446, section 5.1): asyncio clears 256 KiB for each connection.
sslproto.SSLProtocol.max_size = 16 * 1024


async def _nothing_heard() -> Trouble | None:
    return None


@frozen
class Connection:
    """An open connection: the address that answered (as `ADDRESS:PORT`), the proxy it goes through, the
    verified chain in DER, leaf first, and the client certificate for the server to ask for; no TLS version
    and no chain when it is in the clear. `attempts` is evidence of the addresses that did not answer,
    `trust` of the roots besides the system's. `why_refused` is for when the connection breaks before there
    is an answer: what the server has against the client certificate, or its absence."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    address: str
    proxy: Proxy | None
    tls_version: str
    cipher: str
    chain: tuple[bytes, ...]
    attempts: tuple[Evidence, ...]
    trust: tuple[Evidence, ...]
    client_certificate: ClientCertificate | None = None
    why_refused: Callable[[], Awaitable[Trouble | None]] = _nothing_heard

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
async def connected(
    endpoint: Endpoint,
    reach: Reach,
    context: Context,
    *,
    addresses: Sequence[HostPort] = (),
    on_dialled: Callable[[Route], object] = lambda route: None,
) -> AsyncIterator[Connection]:
    """A connection, dropped at the end: over verified TLS, or in the clear for an http URL.

    Addresses are tried in the order the resolver gives them, or in that of `addresses`, each with its share
    of the time left; the deadline itself is the caller's. `on_dialled` is told the route to the very address
    that answered as soon as it has, before the handshake. Raises Trouble when there is no connection,
    Distrusted when the certificate is why.
    """
    route = replace(route_to(endpoint, reach, context), addresses=tuple(addresses))
    if endpoint.scheme == "http":
        async with _in_the_clear(route, context) as plain:
            yield plain
        return
    settings = await tls.verifying(context, route.roots, route.client_certificate)
    trust = tuple(evidence_of(route.roots, context.process_environment))
    end_turn = await turn_to_connect(context)
    sock, address, attempts = await dial(route, context)
    route = _to_this_address(route, address)
    on_dialled(route)
    context.journal.doing = message("shaking-hands", address=address)
    where = (*attempts, *_where(address, route.proxy), *trust)
    try:
        reader, writer = await _shake_hands(sock, settings, route.server_name)
    except ssl.SSLCertVerificationError as error:
        raise await _distrusted(error, route, where, context) from error
    except OSError as error:
        raise await _no_handshake(error, route, where, address, context) from error
    end_turn()
    try:
        secured: ssl.SSLObject = writer.get_extra_info("ssl_object")
        chain = tls.verified_chain(secured)
        yield Connection(
            reader=reader,
            writer=writer,
            address=address,
            proxy=route.proxy,
            tls_version=secured.version() or "",
            cipher=(secured.cipher() or ("",))[0],
            chain=chain,
            attempts=attempts,
            trust=(*trust, *_trusted_in_the_tunnel(chain, route, context)),
            client_certificate=route.client_certificate,
            why_refused=partial(_listen, settings, route, context)
            if secured.version() in ("TLSv1.3", None)
            else _nothing_heard,
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


def _to_this_address(route: Route, address: str) -> Route:
    try:
        return route if route.proxy is not None else replace(route, addresses=(parse_host_port(address),))
    except ValueError:  # an address with a zone, which is no host
        return route


def _trusted_in_the_tunnel(chain: Sequence[bytes], route: Route, context: Context) -> Iterator[Evidence]:
    """Who intercepts TLS has people trust a root of their own: said of a proxy's tunnel, never guessed."""
    if route.proxy is not None and tls.trusted_besides(chain, route.roots, context):
        yield fact("trusted-by", observed=message("roots-given"))


async def _shake_hands(
    sock: socket.socket, settings: ssl.SSLContext, server_name: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A handshake that may be cancelled at any time: asyncio forgets to close a transport that is cancelled
    in the very turn of the loop in which it was made, and the next user of its descriptor pays for it."""
    name: Any = server_name.encode("ascii")  # as text it would load Python's IDNA tables, for 10 ms
    opening = asyncio.ensure_future(asyncio.open_connection(sock=sock, ssl=settings, server_hostname=name))
    with closed_unless_kept(sock) as keep:
        try:
            streams = await asyncio.shield(opening)
        except asyncio.CancelledError:
            keep()
            await asyncio.shield(asyncio.ensure_future(_ended(opening, sock)))
            raise
        keep()
    return streams


async def _ended(
    opening: "asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]", sock: socket.socket
) -> None:
    with contextlib.closing(sock):
        await asyncio.sleep(0)
        opening.cancel()
        for done in await asyncio.gather(opening, return_exceptions=True):
            if isinstance(done, tuple):
                done[1].transport.abort()
        await asyncio.sleep(0)


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
    if route.proxy is not None and _may_be_intercepted(code, look.sent):
        parameters |= {"proxy": str(route.proxy), "host": route.server_name}
        code = "intercepted"
    return Distrusted(Trouble(code, where, **parameters), look.sent)


async def _no_handshake(
    error: OSError, route: Route, where: tuple[Evidence, ...], address: str, context: Context
) -> Trouble:
    trouble = tls.why_no_handshake(error, address, route.client_certificate)
    flight = await _flight(route, context)
    if flight.version and flight.version < _LEAST_TLS:
        trouble = Trouble("tls-too-old", address=address)
        where = (*where, fact("tls", _or_newer(_LEAST_TLS), flight.version, Verdict.FAILED))
    elif flight.asks_for_certificate and trouble.code in ("handshake-refused", "closed-in-handshake"):
        detail = trouble.parameters.get("detail", message("closed"))
        trouble = tls.why_client_unknown(address, route.client_certificate, detail)
    return Trouble(trouble.code, where, **trouble.parameters)


async def _listen(settings: ssl.SSLContext, route: Route, context: Context) -> Trouble | None:
    """What the server says to another handshake after which nothing is asked. From TLS 1.3 on it turns a
    client away only when the client has sent its request, and then its reset may overtake its reason."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(min((context.deadline - loop.time()) * _SHARE_FOR_A_LOOK, _PATIENCE_S)):
            sock, _, _ = await dial(route, context)
            reader, writer = await _shake_hands(sock, settings, route.server_name)
            try:
                await reader.read(1)
            finally:
                writer.transport.abort()
    except ssl.SSLError as error:
        trouble = tls.why_no_handshake(
            error, str((*route.addresses, route.target)[0]), route.client_certificate
        )
        return trouble if trouble.code in tls.ABOUT_THE_CLIENT else None
    except (OSError, Trouble):
        pass
    return None


def _may_be_intercepted(code: str, sent: Sequence[CertificateFacts]) -> bool:
    """Whether a certificate that came through a proxy may be one of the proxy's own making: its issuer is
    not trusted, and it does not say where that issuer's certificate is published, as public ones do."""
    missing = code == "incomplete-chain" and not any(each.names_issuer_url for each in sent)
    return code == "unknown-issuer" or missing


async def _flight(route: Route, context: Context) -> Flight:
    """What the server says to a hello of TLS 1.2; nothing when it cannot be had in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout((context.deadline - loop.time()) * _SHARE_FOR_A_LOOK):
            sock, _, _ = await dial(route, context)
            with contextlib.closing(sock):
                return await first_flight(sock, TLS_1_2, route.server_name)
    except (OSError, Trouble):
        return Flight()


@frozen
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

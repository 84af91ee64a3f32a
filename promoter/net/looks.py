"""Further looks at a server whose handshake or answer failed, over connections of their own, to say why."""

import asyncio
import contextlib
import ssl

from promoter.frozen import frozen
from promoter.model.context import Context
from promoter.net import tls
from promoter.net.certificate import CertificateFacts, read_chain
from promoter.net.certificate_requests import asks_for_certificate, notice_requests
from promoter.net.dial import dial
from promoter.net.handshake import shake_hands
from promoter.net.hello import TLS_1_2, Flight, first_flight
from promoter.net.route import Route
from promoter.net.trouble import Trouble

_SHARE = 0.5
_PATIENCE_S = 1.0


async def flight(route: Route, context: Context) -> Flight:
    """What the server says to a hello of TLS 1.2; nothing when it cannot be had in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout((context.deadline - loop.time()) * _SHARE):
            sock, _, _ = await dial(route, context)
            with contextlib.closing(sock):
                return await first_flight(sock, TLS_1_2, route.server_name)
    except (OSError, Trouble):
        return Flight()


@frozen
class Look:
    """What a server shows to whoever verifies nothing."""

    tls_version: str = ""
    sent: tuple[CertificateFacts, ...] = ()


async def look(route: Route, context: Context) -> Look:
    """A second, indifferent handshake; what it shows is empty when it cannot be had in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout((context.deadline - loop.time()) * _SHARE):
            sock, _, _ = await dial(route, context)
            _, writer = await shake_hands(sock, tls.indifferent(context), route.server_name)
            try:
                secured: ssl.SSLObject = writer.get_extra_info("ssl_object")
                return Look(secured.version() or "", read_chain(tls.sent_chain(secured)))
            finally:
                writer.transport.abort()
    except (OSError, Trouble):
        return Look()


async def why_dropped(settings: ssl.SSLContext, route: Route, context: Context) -> Trouble | None:
    """What a server that dropped the connection instead of an answer has against the client certificate, or
    its absence: what it says to another handshake after which nothing is asked. From TLS 1.3 on it turns a
    client away only when the client has sent its request, and then its reset may overtake its reason."""
    loop = asyncio.get_running_loop()
    notice_requests(settings)
    try:
        async with asyncio.timeout(min((context.deadline - loop.time()) * _SHARE, _PATIENCE_S)):
            sock, _, _ = await dial(route, context)
            reader, writer = await shake_hands(sock, settings, route.server_name)
            try:
                return await why_turned_away(reader, writer, route, context)
            finally:
                writer.transport.abort()
    except (OSError, Trouble):
        return None


async def why_turned_away(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    route: Route,
    context: Context,
    patience_s: float = _PATIENCE_S,
) -> Trouble | None:
    """What a server says right after a handshake to who shows this client certificate, or none: from TLS 1.3
    on it turns a client away only then (RFC 8446, section 4.4.2.4). Costs nothing with a server that did not
    ask for one, under settings that notice it; one that did has so many seconds, one at most, or half of the
    time left, and who is silent then takes it."""
    secured: ssl.SSLObject = writer.get_extra_info("ssl_object")
    if not asks_for_certificate(secured) or tls.settled_for(writer)[0] != "TLSv1.3":
        return None
    left = context.deadline - asyncio.get_running_loop().time()
    address = str((*route.addresses, route.target)[0])
    with contextlib.suppress(OSError):  # also the time-out, which may come together with what is waited for
        async with asyncio.timeout(min(left * _SHARE, patience_s, _PATIENCE_S)):
            if await reader.read(1):
                return None
    error = reader.exception()
    if error is None and not reader.at_eof():
        return None
    detail = tls.said_in(error) if isinstance(error, OSError) else tls.HUNG_UP
    return tls.why_client_unknown(address, route.client_certificate, detail, context.now)

"""One connection to an endpoint, with the facts of it."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from promoter.frozen import frozen
from promoter.messages import Message, message
from promoter.model.address import Endpoint, HostPort, parse_host_port
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.net import interception, looks, tls
from promoter.net.certificate import CertificateFacts, why_untrusted
from promoter.net.certificate_requests import notice_requests
from promoter.net.client_certificate import ClientCertificate
from promoter.net.dial import closed_unless_kept, dial
from promoter.net.handshake import shake_hands
from promoter.net.roots import evidence_of
from promoter.net.route import Proxy, Reach, Route, route_to
from promoter.net.trouble import Trouble, fact
from promoter.net.turns import turn_to_connect

_LEAST_TLS = "TLSv1.2"
_REFUSAL_S = 0.25


async def _nothing_heard() -> Trouble | None:
    return None


async def _nothing_suspected(seen: list[Evidence]) -> Trouble | None:
    return None


@frozen
class Connection:
    """An open connection: the address that answered (as `ADDRESS:PORT`), the proxy it goes through, the
    verified chain in DER, leaf first, and the client certificate for the server to ask for; no TLS version
    and no chain when it is in the clear. `attempts` is evidence of the addresses that did not answer,
    `trust` of the roots besides the system's. What the server has against the client certificate, or its absence:
    `why_dropped` tells when the connection breaks before there is an answer, `why_turned_away` when nothing
    is to be asked, of a `watchful` connection. `suspicion` tells whether the chain may be of the proxy's own
    making, and adds what it saw to the evidence it is given."""

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
    why_dropped: Callable[[], Awaitable[Trouble | None]] = _nothing_heard
    why_turned_away: Callable[[], Awaitable[Trouble | None]] = _nothing_heard
    suspicion: Callable[[list[Evidence]], Awaitable[Trouble | None]] = _nothing_suspected

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
    watchful: bool = False,
) -> AsyncIterator[Connection]:
    """A connection, dropped at the end: over verified TLS, or in the clear for an http URL.

    Addresses are tried in the order the resolver gives them, or in that of `addresses`, each with its share
    of the time left; the deadline itself is the caller's. `on_dialled` is told the route to the very address
    that answered as soon as it has, before the handshake; a `watchful` one notices whether a client
    certificate is asked for. Raises Trouble when there is no connection, Distrusted when the certificate is
    why.
    """
    route = replace(route_to(endpoint, reach, context), addresses=tuple(addresses))
    if endpoint.scheme == "http":
        async with _in_the_clear(route, context) as plain:
            yield plain
        return
    settings = await tls.verifying(context, route.roots, route.client_certificate)
    if watchful:
        notice_requests(settings)
    trust = tuple(evidence_of(route.roots, context.process_environment))
    end_turn = await turn_to_connect(context)
    sock, address, attempts = await dial(route, context)
    route = _to_this_address(route, address)
    on_dialled(route)
    context.journal.doing = message("shaking-hands", address=address)
    where = (*attempts, *_where(address, route.proxy), *trust)
    began = time.perf_counter()
    try:
        reader, writer = await shake_hands(sock, settings, route.server_name)
    except ssl.SSLCertVerificationError as error:
        raise await _distrusted(error, route, where, context) from error
    except OSError as error:
        raise await _no_handshake(error, route, where, address, context) from error
    end_turn()
    patience = max(_REFUSAL_S, 2 * (time.perf_counter() - began))  # from afar its answer takes longer
    try:
        chain = tls.verified_chain(writer.get_extra_info("ssl_object"))
        version, cipher = tls.settled_for(writer)
        yield Connection(
            reader=reader,
            writer=writer,
            address=address,
            proxy=route.proxy,
            tls_version=version,
            cipher=cipher,
            chain=chain,
            attempts=attempts,
            trust=(*trust, *_trusted_in_the_tunnel(chain, route, context)),
            client_certificate=route.client_certificate,
            why_dropped=partial(looks.why_dropped, settings, route, context),
            suspicion=partial(interception.suspicion, chain, route, context),
            why_turned_away=partial(looks.why_turned_away, reader, writer, route, context, patience),
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


async def _distrusted(
    error: ssl.SSLCertVerificationError, route: Route, where: tuple[Evidence, ...], context: Context
) -> Distrusted:
    shown = await looks.look(route, context)
    code, parameters = why_untrusted(
        error.verify_code,
        error.verify_message,
        shown.sent,
        route.server_name,
        context.now,
        private_roots=bool(route.roots),
    )
    if route.proxy is not None and _may_be_intercepted(code, shown.sent):
        parameters |= {"proxy": str(route.proxy), "host": route.server_name}
        code = "intercepted"
    return Distrusted(Trouble(code, where, **parameters), shown.sent)


async def _no_handshake(
    error: OSError, route: Route, where: tuple[Evidence, ...], address: str, context: Context
) -> Trouble:
    trouble = tls.why_no_handshake(error, address, route.client_certificate, context.now)
    said = await looks.flight(route, context)
    if said.version and said.version < _LEAST_TLS:
        trouble = Trouble("tls-too-old", address=address)
        where = (*where, fact("tls", _or_newer(_LEAST_TLS), said.version, Verdict.FAILED))
    elif said.asks_for_certificate and trouble.code in ("handshake-refused", "closed-in-handshake"):
        detail = trouble.parameters.get("detail", tls.HUNG_UP)
        trouble = tls.why_client_unknown(address, route.client_certificate, detail, context.now)
    return Trouble(trouble.code, where, **trouble.parameters)


def _may_be_intercepted(code: str, sent: Sequence[CertificateFacts]) -> bool:
    """Whether a certificate that came through a proxy may be one of the proxy's own making: its issuer is
    not trusted, and it does not say where that issuer's certificate is published, as public ones do."""
    missing = code == "incomplete-chain" and not any(each.names_issuer_url for each in sent)
    return code == "unknown-issuer" or missing


def _or_newer(version: str) -> Message:
    return message("version-or-newer", version=version)


def _where(address: str, proxy: Proxy | None) -> tuple[Evidence, ...]:
    through = (fact("proxy", observed=str(proxy)),) if proxy is not None else ()
    return (*through, fact("address", observed=address))

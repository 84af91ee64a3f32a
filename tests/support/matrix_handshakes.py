"""Cases of the matrix that are about handshakes: versions, clients' certificates, proxies, and rude servers."""

import asyncio
import contextlib
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from promoter.model.reference import ProcessVariable, Value
from tests.support.matrix_case import ROOT, Case, Scene, Serve, at, bad, good, only, tls
from tests.support.matrix_fronts import Front, before, frank, is_outdated, tunnelling
from tests.support.tls_servers import (
    DAY,
    OK,
    Handler,
    Made,
    Wanted,
    answer,
    answering,
    dripping,
    hanging_up,
    make,
    server_side,
    serving,
    silence,
)

LEAF = make(Wanted(), ROOT)
STRANGER = make(Wanted(name="Somebody's Root", authority=True))
V10, V11, V12, V13 = (
    ssl.TLSVersion.TLSv1,
    ssl.TLSVersion.TLSv1_1,
    ssl.TLSVersion.TLSv1_2,
    ssl.TLSVersion.TLSv1_3,
)
HTTPS = ("https",)


def speaking(oldest: ssl.TLSVersion, newest: ssl.TLSVersion = V13) -> Callable[[ssl.SSLContext], None]:
    """Settings of a server that speaks these versions."""

    def adjust(settings: ssl.SSLContext) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            settings.minimum_version, settings.maximum_version = oldest, newest

    return adjust


def raw(handler: Handler) -> Serve:
    """A server that does not speak TLS by itself."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        async with serving(handler) as port:
            yield Scene(fields=at(port))

    return serve


def saying(words: bytes, *, at_once: bool = False) -> Serve:
    """A server that says these bytes and hangs up."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not at_once:
            await reader.read(65536)
        writer.write(words)
        await writer.drain()
        writer.close()

    return raw(handler)


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hangs up without a word."""
    writer.close()


async def resetting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Breaks the connection off."""
    await reader.read(16)
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()


def fronted(front: Front, adjust: Callable[[ssl.SSLContext], object] = lambda settings: None) -> Serve:
    """A good server with something before it that looks at the first bytes."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        settings = server_side(LEAF, tree)
        adjust(settings)
        async with serving(OK, settings) as port, serving(before(port, front)) as outside:
            yield Scene(fields=at(outside))

    return serve


async def slow(first: bytes, writer: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(0.5)
    return True


async def deaf_to_old_hellos(first: bytes, writer: asyncio.StreamWriter) -> bool:
    if is_outdated(first):
        await asyncio.sleep(3600)
    return True


async def deaf_to_the_oldest_hellos(first: bytes, writer: asyncio.StreamWriter) -> bool:
    if first[9:11] == b"\x03\x01":
        await asyncio.sleep(3600)
    return True


async def closed_to_old_hellos(first: bytes, writer: asyncio.StreamWriter) -> bool:
    if is_outdated(first):
        writer.transport.abort()
        return False
    return True


def asking(
    newest: ssl.TLSVersion,
    shown: Made | None = None,
    key: bytes | None = None,
    *,
    optional: bool | None = False,
    rudely: bool = False,
    told: bytes | None = None,
) -> Serve:
    """A server that asks for a client certificate of our root, unless `optional` is None; the client shows this one, with its key or
    another text. Who shows none is hung up on `rudely`; who asks is `told` this."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        settings = server_side(LEAF, tree)
        settings.maximum_version = newest
        settings.verify_mode = {None: ssl.CERT_NONE, True: ssl.CERT_OPTIONAL, False: ssl.CERT_REQUIRED}[
            optional
        ]
        settings.load_verify_locations(cadata=ROOT.pem.decode())
        asks = frank(settings, rudely=rudely) if told is None else serving(answering(told), settings)
        async with asks as port:
            if shown is None:
                yield Scene(fields=at(port))
                return
            (tree / "client.pem").write_bytes(shown.pem)
            fields = {"client_certificate": "client.pem", "client_key": ProcessVariable("CLIENT_KEY")}
            secret = (key_of(shown) if key is None else key).decode()
            yield Scene(
                fields=at(port) | fields, surroundings={"process_environment": {"CLIENT_KEY": secret}}
            )

    return serve


def showing(shown: Made) -> Serve:
    """A server that asks for no client certificate, and a client that would show this one."""
    return asking(V13, shown, optional=None)


def key_of(made: Made, password: bytes | None = None) -> bytes:
    """Its private key in PEM."""
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password)
    return made.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def picking(by_name: Made | None) -> Serve:
    """A server that has a right certificate, and for who names the host by SNI this one, or an alert."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        settings = server_side(LEAF, tree)
        other = server_side(by_name, tree) if by_name is not None else None

        def pick(connection: ssl.SSLObject, name: str | None, own: ssl.SSLContext) -> int | None:
            if name is None:
                return None
            if other is None:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            connection.context = other
            return None

        settings.sni_callback = pick
        async with frank(settings) as port:
            yield Scene(fields=at(port))

    return serve


def by_ipv6(made: Made) -> Serve:
    """A server at the IPv6 address of this machine."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        async with serving(OK, server_side(made, tree), host="::1") as port:
            yield Scene(fields={"url": f"https://[::1]:{port}/"})

    return serve


def making(issuer: Made, tree: Path, *, of_its_own: tuple[str, ...] = ()) -> ssl.SSLContext:
    """Settings of who makes a certificate for whatever name it is asked for, and `of_its_own`."""
    settings = server_side(make(Wanted(), issuer), tree)

    def pick(connection: ssl.SSLObject, name: str | None, own: ssl.SSLContext) -> None:
        names = tuple(dict.fromkeys((*((name,) if name else ()), *of_its_own)))
        connection.context = server_side(make(Wanted(names=names or ("localhost",)), issuer), tree)

    settings.sni_callback = pick
    return settings


def through(
    answer: bytes = b"HTTP/1.1 200 Connection established",
    *,
    intercepted_by: Made | None = None,
    made_by_server: Made | None = None,
    strict: bool = False,
    most: int = 100,
    no_proxy: str = "",
    host: str = "localhost",
) -> Serve:
    """A server behind a proxy, which may answer with certificates of its own making, as may the server."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        theirs = server_side(LEAF, tree) if made_by_server is None else making(made_by_server, tree)
        mine = making(intercepted_by or STRANGER, tree, of_its_own=("localhost",))
        async with (
            serving(OK, theirs) as port,
            serving(OK, mine) as own,
            tunnelling(
                answer, to=own if intercepted_by is not None else None, most=most, strict=strict
            ) as proxy,
        ):
            environ = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}", "NO_PROXY": no_proxy}
            fields: dict[str, Value] = {"url": f"https://{host}:{port}/"}
            yield Scene(fields=fields, surroundings={"process_environment": environ})

    return serve


@contextlib.asynccontextmanager
async def nobody(tree: Path) -> AsyncIterator[Scene]:
    """A port that is taken, and at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield Scene(fields=at(taken.getsockname()[1]))


def frankly(made: Made, adjust: Callable[[ssl.SSLContext], object]) -> Serve:
    """A server that says why it ends a handshake."""

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        settings = server_side(made, tree)
        adjust(settings)
        async with frank(settings) as port:
            yield Scene(fields=at(port))

    return serve


def ciphers(named: str) -> Callable[[ssl.SSLContext], None]:
    """Settings of a server of TLS 1.2 with these ciphers only."""

    def adjust(settings: ssl.SSLContext) -> None:
        settings.maximum_version = V12
        settings.set_ciphers(named)

    return adjust


CLIENT = make(Wanted(name="client", usage=ExtendedKeyUsageOID.CLIENT_AUTH), ROOT)
LATE_CLIENT = make(
    Wanted(name="client", usage=ExtendedKeyUsageOID.CLIENT_AUTH, since=-9 * DAY, until=-DAY), ROOT
)
STRANGE_CLIENT = make(Wanted(name="client", usage=ExtendedKeyUsageOID.CLIENT_AUTH), STRANGER)


def client_until(until: timedelta, since: timedelta = -DAY) -> Made:
    """A client certificate that ends then."""
    return make(Wanted(name="client", usage=ExtendedKeyUsageOID.CLIENT_AUTH, since=since, until=until), ROOT)


VERSIONS: Sequence[Case] = (
    good("TLS 1.3 only", "good versions", tls(LEAF, adjust=speaking(V13))),
    good("TLS 1.2 only", "good versions", tls(LEAF, adjust=speaking(V12, V12))),
    good("TLS 1.2 and 1.3, old ones must fail", "good versions", tls(LEAF), kinds=HTTPS, old_tls="fail"),
    good(
        "old TLS still on, and nobody cares",
        "old TLS still on",
        tls(LEAF, adjust=speaking(V10)),
        kinds=HTTPS,
        old_tls="ignore",
    ),
    good("silent to old hellos", "good versions", fronted(deaf_to_old_hellos), kinds=HTTPS, old_tls="fail"),
    good("rude to old hellos", "good versions", fronted(closed_to_old_hellos), kinds=HTTPS, old_tls="fail"),
    bad("TLS 1.0 only", "old TLS only", tls(LEAF, adjust=speaking(V10, V10)), "failed tls-too-old"),
    bad("TLS 1.1 only", "old TLS only", tls(LEAF, adjust=speaking(V11, V11)), "failed tls-too-old"),
    bad(
        "TLS 1.0 still on",
        "old TLS still on",
        tls(LEAF, adjust=speaking(V10)),
        https="warned old-tls-tolerated",
    ),
    bad(
        "TLS 1.1 still on",
        "old TLS still on",
        tls(LEAF, adjust=speaking(V11)),
        https="warned old-tls-tolerated",
    ),
    bad(
        "TLS 1.1 still on, silent to 1.0",
        "old TLS still on",
        fronted(deaf_to_the_oldest_hellos, speaking(V10)),
        https="failed old-tls",
        old_tls="fail",
    ),
    bad(
        "TLS 1.0 still on, and must not be",
        "old TLS still on",
        tls(LEAF, adjust=speaking(V10)),
        https="failed old-tls",
        old_tls="fail",
    ),
    bad(
        "TLS 1.2 only where 1.3 is wanted",
        "old TLS only",
        tls(LEAF, adjust=speaking(V12, V12)),
        certificate="failed tls-version",
        min_tls="1.3",
    ),
    bad(
        "ciphers that no caller has",
        "ciphers",
        frankly(LEAF, ciphers("AES128-SHA@SECLEVEL=0")),
        "failed handshake-refused",
    ),
    bad(
        "ciphers without a secret",
        "ciphers",
        frankly(LEAF, ciphers("ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")),
        "failed handshake-refused",
    ),
)

CLIENTS: Sequence[Case] = (
    good("a client certificate, over TLS 1.3", "client auth", asking(V13, CLIENT)),
    good("a client certificate, over TLS 1.2", "client auth", asking(V12, CLIENT)),
    good("a client certificate that is optional", "client auth", asking(V13, optional=True)),
    good(
        "a client certificate that is optional, and shown", "client auth", asking(V12, CLIENT, optional=True)
    ),
    bad(
        "no client certificate, over TLS 1.3",
        "client auth",
        asking(V13),
        "failed client-certificate-required",
    ),
    bad(
        "no client certificate, and hung up on for it",
        "client auth",
        asking(V13, optional=True, rudely=True),
        "failed client-certificate-required",
    ),
    bad(
        "no client certificate, and told so in HTTP",
        "client auth",
        asking(V13, optional=True, told=answer(400)),
        https="warned request-not-taken",
    ),
    bad(
        "a client certificate that HTTP refuses",
        "client auth",
        asking(V13, CLIENT, told=answer(400)),
        https="failed client-certificate-not-taken",
    ),
    good(
        "a client certificate, and 400 is right",
        "client auth",
        asking(V13, CLIENT, told=answer(400)),
        kinds=HTTPS,
        status=400,
    ),
    bad(
        "no client certificate, over TLS 1.2",
        "client auth",
        asking(V12),
        "failed client-certificate-required",
    ),
    bad(
        "a client certificate of strangers, over TLS 1.3",
        "client auth",
        asking(V13, STRANGE_CLIENT),
        "failed client-certificate-refused",
    ),
    bad(
        "a client certificate of strangers, over TLS 1.2",
        "client auth",
        asking(V12, STRANGE_CLIENT),
        "failed client-certificate-refused",
    ),
    bad(
        "an expired client certificate",
        "client auth",
        asking(V12, LATE_CLIENT),
        "failed client-certificate-expired",
    ),
    bad(
        "an expired client certificate, over TLS 1.3",
        "client auth",
        asking(V13, LATE_CLIENT),
        "failed client-certificate-expired",
    ),
    bad(
        "an expired client certificate that nobody asks for",
        "client auth",
        showing(LATE_CLIENT),
        "failed client-certificate-expired",
    ),
    bad(
        "a client certificate of tomorrow",
        "client auth",
        showing(client_until(90 * DAY, since=DAY)),
        "failed client-certificate-not-yet-valid",
    ),
    bad(
        "a client certificate that ends in three weeks",
        "client auth",
        asking(V13, client_until(21 * DAY)),
        "warned client-certificate-expires-soon",
    ),
    bad(
        "a client certificate that ends in three days",
        "client auth",
        asking(V12, client_until(3 * DAY)),
        "failed client-certificate-expires-too-soon",
    ),
    only(
        good(
            "a client certificate that ends in three days, which will do",
            "client auth",
            asking(V13, client_until(3 * DAY)),
            kinds=("certificate",),
        ),
        "certificate",
        min_days=2,
        warn_days=2,
    ),
    bad(
        "the key of another client certificate",
        "client auth",
        asking(V13, CLIENT, key_of(STRANGE_CLIENT)),
        "errored client-certificate-unusable",
    ),
    bad(
        "an encrypted key",
        "client auth",
        asking(V13, CLIENT, key_of(CLIENT, b"secret")),
        "errored client-certificate-unusable",
    ),
    bad(
        "a key that is none",
        "client auth",
        asking(V13, CLIENT, b"no key"),
        "errored client-certificate-unusable",
    ),
)

RUDE: Sequence[Case] = (
    good("a slow handshake, but in time", "good handshakes", fronted(slow)),
    good("another certificate for who names the host", "SNI", picking(make(Wanted(), ROOT))),
    bad(
        "a wrong certificate for who names the host",
        "SNI",
        picking(make(Wanted(names=("other.test",)), ROOT)),
        "failed wrong-host",
    ),
    bad("the host's name is unknown to it", "SNI", picking(None), "failed handshake-refused"),
    bad(
        "plain http on the TLS port",
        "plain http",
        saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        "failed not-tls",
    ),
    bad(
        "SSH on the TLS port",
        "plain http",
        saying(b"SSH-2.0-OpenSSH_9.2p1\r\n", at_once=True),
        "failed not-tls",
    ),
    bad("garbage", "plain http", saying(bytes(range(7, 250))), "failed not-tls"),
    bad(
        "an alert that it does not like us",
        "closes in handshake",
        saying(b"\x15\x03\x03\x00\x02\x02\x28"),
        "failed handshake-refused",
    ),
    bad("closes at once", "closes in handshake", raw(closing), "failed closed-in-handshake"),
    bad("closes after the hello", "closes in handshake", raw(hanging_up), "failed closed-in-handshake"),
    bad("resets after the hello", "closes in handshake", raw(resetting), "failed closed-in-handshake"),
    bad(
        "closes in its own hello",
        "closes in handshake",
        saying(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"),
        "failed closed-in-handshake",
    ),
    bad("hangs in the handshake", "hangs in handshake", raw(silence), "errored timed-out", timeout="1s"),
    bad(
        "drips in the handshake",
        "drips in handshake",
        raw(dripping(b"\x16\x03\x03\x40\x00" + b"\x02" * 3000)),
        "errored timed-out",
        timeout="1s",
    ),
    bad("nobody listens", "nobody", nobody, "failed refused"),
)

PROXIES: Sequence[Case] = (
    good("through a proxy", "proxy", through()),
    good("past a proxy that would refuse", "proxy", through(b"HTTP/1.1 403 Forbidden", no_proxy="localhost")),
    good(
        "past a proxy, after a blank",
        "proxy",
        through(b"HTTP/1.1 403 Forbidden", no_proxy="a.test localhost"),
    ),
    good("through a proxy that knows no name that cannot exist", "proxy", through(strict=True)),
    good(
        "a server that makes certificates as it is asked, through a proxy",
        "proxy",
        through(made_by_server=ROOT, strict=True),
    ),
    good(
        "a name that only the proxy knows",
        "proxy",
        through(host="only.proxy.invalid"),
        server_name="localhost",
    ),
    bad(
        "each address of a name that only the proxy knows",
        "proxy",
        through(host="only.proxy.invalid"),
        "errored proxy-looks-up",
        server_name="localhost",
        addresses="every",
    ),
    bad(
        "a proxy that intercepts, with a root that is trusted",
        "proxy",
        through(intercepted_by=ROOT),
        "warned perhaps-intercepted",
    ),
    bad(
        "a proxy that intercepts what exists, with a root that is trusted",
        "proxy",
        through(intercepted_by=ROOT, strict=True),
        "warned perhaps-intercepted",
    ),
    bad("a proxy that intercepts", "proxy", through(intercepted_by=STRANGER), "errored intercepted"),
    bad("a proxy that refuses", "proxy", through(b"HTTP/1.1 403 Forbidden"), "errored proxy-refused"),
    bad(
        "a proxy that wants to know who asks", "proxy", through(b"HTTP/1.1 407 Who?"), "errored proxy-refused"
    ),
    bad("a proxy that speaks no HTTP", "proxy", through(b"220 mail"), "errored proxy-refused"),
    bad("no second tunnel", "old TLS unknown", through(most=1), https="warned old-tls-untried"),
    bad(
        "no second tunnel, and old TLS must fail",
        "old TLS unknown",
        through(most=1),
        https="errored old-tls-unknown",
        old_tls="fail",
    ),
)


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


IPV6: Sequence[Case] = (
    good("an IPv6 address", "IPv6", by_ipv6(make(Wanted(names=("::1",)), ROOT))),
    good(
        "an IPv6 address, asked for as such",
        "IPv6",
        by_ipv6(make(Wanted(names=("::1",)), ROOT)),
        kinds=HTTPS,
        addresses="ipv6",
    ),
    bad(
        "another IPv6 address's certificate",
        "IPv6",
        by_ipv6(make(Wanted(names=("::2",)), ROOT)),
        "failed wrong-host",
    ),
)
FAMILIES: Sequence[Case] = (
    good(
        "an IPv4 address, asked for as such",
        "IPv4",
        tls(LEAF, host="127.0.0.1"),
        kinds=HTTPS,
        addresses="ipv4",
    ),
    good("every address", "IPv4", tls(LEAF, host="127.0.0.1"), kinds=HTTPS, addresses="every"),
    bad(
        "no IPv6 address where one is asked for",
        "IPv4",
        tls(LEAF, host="127.0.0.1"),
        https="failed no-such-address",
        addresses="ipv6",
    ),
)
CASES: Sequence[Case] = (*VERSIONS, *CLIENTS, *RUDE, *PROXIES, *FAMILIES, *(IPV6 if _has_ipv6() else ()))

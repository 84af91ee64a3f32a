"""Cases of the matrix that are about what is answered once the handshake is done."""

import asyncio
import contextlib
import gzip
import ssl
import warnings
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from promoter.model.reference import Value
from tests.support.matrix_case import ROOT, Case, Scene, Serve, at, bad, tls
from tests.support.matrix_case import good as good_for_all
from tests.support.tls_servers import (
    OK,
    Handler,
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
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
HALF_A_YEAR = "180d"


def good(name: str, family: str, serve: Serve, **fields: Value) -> Case:
    """A case that https must pass without a warning."""
    return good_for_all(name, family, serve, kinds=("https",), **fields)


def sends(raw: bytes) -> Serve:
    """A server that sends these bytes to who asks, and hangs up."""
    return tls(LEAF, answering(raw))


def headed(*lines: str, body: bytes = b"fine") -> Serve:
    """A server that answers 200 with these headers."""
    head = "".join(f"{line}\r\n" for line in (*lines, f"Content-Length: {len(body)}"))
    return sends(HEAD + head.encode("latin-1") + b"\r\n" + body)


def hsts(value: str) -> Serve:
    """A server that sends this Strict-Transport-Security."""
    return headed(f"Strict-Transport-Security: {value}")


def slowly(*parts: bytes, pause: float = 0.2) -> Handler:
    """Sends the parts with a pause before each, and hangs up."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            await asyncio.sleep(pause)
            writer.write(part)
            await writer.drain()
        writer.close()

    return handler


def then(first: bytes, more: Handler) -> Handler:
    """Sends these bytes, then goes on like the other."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        await writer.drain()
        await more(reader, writer)

    return handler


def endless(part: bytes) -> Handler:
    """Sends the same part for as long as anyone listens."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)

    return handler


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def leading(steps: Mapping[str, bytes]) -> Handler:
    """Answers each path with its bytes; 200 to what is not among them. `{port}` stands for its own port."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        port = writer.get_extra_info("sockname")[1]
        found = steps.get(asked.split(b" ")[1].decode("ascii"), answer(200))
        writer.write(found.replace(b"{port}", str(port).encode()))
        await writer.drain()

    return handler


def to(location: str, status: int = 302) -> bytes:
    return answer(status, Location=location)


def redirects(**steps: str) -> Serve:
    """A server whose `/` redirects to the first of these; `_` stands for the path `/`."""
    return tls(
        LEAF, leading({"/" if path == "_" else f"/{path}": to(where) for path, where in steps.items()})
    )


async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Redirects to a URL it never redirected to before, for ever."""
    asked = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode("ascii")
    writer.write(to(f"{asked}a"))
    await writer.drain()


def across(
    name: str,
    issuer_is_trusted: bool,
    adjust: Callable[[ssl.SSLContext], object] = lambda settings: None,
    **steps: str,
) -> Serve:
    """A server that redirects to another host with a certificate of its own; `{other}` is its port, and
    `adjust` changes its settings."""
    issuer = ROOT if issuer_is_trusted else make(Wanted(name="Somebody's Root", authority=True))

    @contextlib.asynccontextmanager
    async def serve(tree: Path) -> AsyncIterator[Scene]:
        theirs = server_side(make(Wanted(names=(name,)), issuer), tree)
        adjust(theirs)
        async with serving(OK, theirs) as other:
            here = leading({"/": to(steps["_"].replace("{other}", str(other)))})
            async with serving(here, server_side(LEAF, tree)) as port:
                yield Scene(fields=at(port))

    return serve


def with_old_tls(settings: ssl.SSLContext) -> None:
    """Lets a server speak TLS 1.0 as well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        settings.minimum_version = ssl.TLSVersion.TLSv1


PLAIN: Sequence[Case] = (
    good("a short answer", "good answers", headed()),
    good("no content", "good answers", sends(b"HTTP/1.1 204 No Content\r\n\r\n")),
    good("chunks", "chunks", sends(CHUNKED + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")),
    good(
        "chunks with extensions and a trailer",
        "chunks",
        sends(CHUNKED + b'5;x="y"\r\nhello\r\n0\r\nDigest: 1\r\n\r\n'),
    ),
    good("chunks of one byte", "chunks", sends(CHUNKED + b"1\r\nx\r\n" * 500 + b"0\r\n\r\n")),
    good(
        "HTTP/1.0, and a body until it closes",
        "good answers",
        sends(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nfine"),
    ),
    good(
        "early hints before the answer",
        "interim answers",
        sends(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(200)),
    ),
    good(
        "100 Continue though nobody asked",
        "interim answers",
        sends(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(200)),
    ),
    good(
        "a reason in another script",
        "good answers",
        sends(b"HTTP/1.1 200 \xc3\xa7a va\r\nContent-Length: 0\r\n\r\n"),
    ),
    good("no reason at all", "good answers", sends(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")),
    good(
        "an offer to keep the connection",
        "good answers",
        headed("Connection: keep-alive"),
    ),
    good("not allowed in, which is an answer", "status", sends(answer(401, WWW_Authenticate="Basic"))),
    good("not found, where that is wanted", "status", sends(answer(404)), status=404),
    good("the status that is wanted", "status", sends(answer(503)), status=503),
    good("slow, but in time", "slow", tls(LEAF, slowly(HEAD, b"Content-Length: 4\r\n\r\n", b"fi", b"ne"))),
    good(
        "drips, but in time",
        "slow",
        tls(LEAF, slowly(*(bytes([each]) for each in answer(200, b"fine")), pause=0.005)),
    ),
    good("faster than it must be", "slow", headed(), warn_after="9s"),
    bad(
        "slower than it should be",
        "slow",
        tls(LEAF, slowly(answer(200), pause=0.5)),
        https="warned slow",
        warn_after="400ms",
    ),
    bad("an error of the server", "status", sends(answer(500)), https="failed wrong-status"),
    bad("a bad request", "status", sends(answer(400)), https="warned request-not-taken"),
    good("a bad request, where that is wanted", "status", sends(answer(400)), status=400),
    good("not served here, where that is wanted", "status", sends(answer(421)), status=[421]),
    good("an upgrade wanted, where that is right", "status", sends(answer(426)), status=[200, 426]),
    good("not allowed, which is an answer", "status", sends(answer(405, Allow="POST"))),
    good("no access, which is an answer", "status", sends(answer(403))),
    bad("another host's server", "status", sends(answer(421)), https="warned not-served-here"),
    bad(
        "a proxy before it that wants a password", "status", sends(answer(407)), https="warned proxy-asks-who"
    ),
    bad("a server that wants HTTP/2", "status", sends(answer(426)), https="warned other-protocol-wanted"),
    bad("unavailable", "status", sends(answer(503)), https="failed wrong-status"),
    bad(
        "another status than wanted", "status", sends(answer(200)), https="failed wrong-status", status=[204]
    ),
)

SIZES: Sequence[Case] = (
    good("headers that are long but allowed", "huge header", headed("X: " + "x" * 60_000)),
    good(
        "a body longer than what is read", "huge body", tls(LEAF, then(HEAD + b"\r\n", endless(b"x" * 65536)))
    ),
    good("gzip", "compression", headed("Content-Encoding: gzip", body=gzip.compress(b"fine" * 100))),
    good("deflate", "compression", headed("Content-Encoding: deflate", body=zlib.compress(b"fine" * 100))),
    good(
        "a coding nobody reads here",
        "compression",
        headed("Content-Encoding: br", body=b"\x0b\x02\x80fine\x03"),
    ),
    bad("one huge header", "huge header", headed("X: " + "x" * 200_000), https="failed headers-too-large"),
    bad("too many headers", "huge header", headed(*["X: x"] * 50_000), https="failed headers-too-large"),
    bad(
        "a header without end",
        "huge header",
        tls(LEAF, then(HEAD + b"X: ", endless(b"x" * 4096))),
        https="failed headers-too-large",
    ),
    bad(
        "a status line without end",
        "huge header",
        tls(LEAF, then(b"HTTP/1.1 200 ", endless(b"K" * 4096))),
        https="failed headers-too-large",
    ),
    bad(
        "a trailer without end",
        "huge header",
        tls(LEAF, then(CHUNKED + b"0\r\nX: ", endless(b"x" * 4096))),
        https="failed headers-too-large",
    ),
    bad(
        "a compression bomb",
        "compression",
        headed("Content-Encoding: gzip", body=gzip.compress(bytes(20 << 20))),
        https="failed compression-bomb",
    ),
    bad(
        "a compression bomb in deflate",
        "compression",
        headed("Content-Encoding: deflate", body=zlib.compress(bytes(20 << 20))),
        https="failed compression-bomb",
    ),
    bad(
        "gzip that is none",
        "compression",
        headed("Content-Encoding: gzip", body=b"not compressed"),
        https="failed bad-answer",
    ),
)

BROKEN: Sequence[Case] = (
    bad("closes before the answer", "closes in header", tls(LEAF, hanging_up), https="failed cut-off"),
    bad("closes without reading", "closes in header", tls(LEAF, closing), https="failed cut-off"),
    bad("closes in the status line", "closes in header", sends(b"HTTP/1.1 20"), https="failed cut-off"),
    bad("closes in the headers", "closes in header", sends(HEAD + b"Content-Le"), https="failed cut-off"),
    bad(
        "closes in the body",
        "closes in body",
        sends(HEAD + b"Content-Length: 100\r\n\r\nshort"),
        https="failed cut-off",
    ),
    bad(
        "closes between chunks", "closes in body", sends(CHUNKED + b"5\r\nhello\r\n"), https="failed cut-off"
    ),
    bad(
        "hangs before the answer",
        "hangs in header",
        tls(LEAF, silence),
        https="errored timed-out",
        timeout="1s",
    ),
    bad(
        "hangs in the headers",
        "hangs in header",
        tls(LEAF, then(HEAD, silence)),
        https="errored timed-out",
        timeout="1s",
    ),
    bad(
        "hangs in the body",
        "hangs in body",
        tls(LEAF, then(HEAD + b"Content-Length: 9\r\n\r\nx", silence)),
        https="errored timed-out",
        timeout="1s",
    ),
    bad(
        "drips its headers",
        "drips in header",
        tls(LEAF, dripping(HEAD + b"X: " + b"x" * 5000, 0.01)),
        https="errored timed-out",
        timeout="1s",
    ),
    bad(
        "drips its body",
        "drips in body",
        tls(LEAF, then(HEAD + b"Content-Length: 9999\r\n\r\n", dripping(b"x" * 5000, 0.01))),
        https="errored timed-out",
        timeout="1s",
    ),
    bad(
        "hints for ever",
        "drips in header",
        tls(LEAF, then(b"", dripping(b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.001))),
        https="errored timed-out",
        timeout="1s",
    ),
    bad(
        "a chunk without a size",
        "bad chunking",
        sends(CHUNKED + b"zz\r\nnope\r\n0\r\n\r\n"),
        https="failed bad-answer",
    ),
    bad(
        "a chunk longer than it says",
        "bad chunking",
        sends(CHUNKED + b"2\r\nhello\r\n0\r\n\r\n"),
        https="failed bad-answer",
    ),
    bad(
        "a chunk of a size beyond all",
        "bad chunking",
        sends(CHUNKED + b"f" * 40 + b"\r\nx\r\n"),
        https="failed bad-answer",
    ),
    bad(
        "a chunk of a negative size",
        "bad chunking",
        sends(CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n"),
        https="failed bad-answer",
    ),
    bad(
        "two lengths",
        "not HTTP",
        sends(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        https="failed bad-answer",
    ),
    bad(
        "a negative length",
        "not HTTP",
        sends(HEAD + b"Content-Length: -1\r\n\r\n"),
        https="failed bad-answer",
    ),
    bad(
        "a NUL in a header",
        "not HTTP",
        sends(HEAD + b"X: a\0b\r\nContent-Length: 0\r\n\r\n"),
        https="failed bad-answer",
    ),
    bad(
        "a header without a name",
        "not HTTP",
        sends(HEAD + b": x\r\nContent-Length: 0\r\n\r\n"),
        https="failed bad-answer",
    ),
    bad("a status of two digits", "not HTTP", sends(b"HTTP/1.1 20 OK\r\n\r\n"), https="failed bad-answer"),
    bad("SSH within TLS", "not HTTP", sends(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), https="failed bad-answer"),
    bad("an answer as of HTTP/0.9", "not HTTP", sends(b"hello"), https="failed bad-answer"),
    bad(
        "another protocol, though nobody asked for it",
        "not HTTP",
        sends(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        https="failed unasked-upgrade",
    ),
    bad(
        "HTTP/2 though nobody asked",
        "not HTTP",
        sends(b"\0\0\x12\4\0\0\0\0\0" + bytes(18)),
        https="failed bad-answer",
    ),
)

REDIRECTS: Sequence[Case] = (
    good("a redirect to another path", "redirects", redirects(_="/there")),
    good("a redirect without a scheme", "redirects", redirects(_="//localhost:{port}/there")),
    good("five redirects", "redirects", redirects(_="/1", **{"1": "/2", "2": "/3", "3": "/4", "4": "/5"})),
    good("a redirect with a fragment", "redirects", redirects(_="/there#part")),
    good(
        "a redirect to another host", "redirects", across("127.0.0.1", True, _="https://127.0.0.1:{other}/")
    ),
    good("a redirect that is wanted", "redirects", redirects(_="https://elsewhere.invalid/"), status=302),
    bad("a redirect to itself", "redirect loop", redirects(_="/"), https="failed redirect-loop"),
    bad(
        "a redirect to itself, but for the fragment",
        "redirect loop",
        redirects(_="/#again"),
        https="failed redirect-loop",
    ),
    bad("a circle of two", "redirect loop", redirects(_="/there", there="/"), https="failed redirect-loop"),
    bad("redirects without end", "redirect loop", tls(LEAF, counting), https="failed too-many-redirects"),
    bad(
        "one redirect too many",
        "redirect loop",
        redirects(_="/there"),
        https="failed too-many-redirects",
        redirects=0,
    ),
    bad("a downgrade", "downgrade", redirects(_="http://localhost/"), https="failed redirect-to-http"),
    bad(
        "a downgrade on the second step",
        "downgrade",
        redirects(_="/there", there="http://localhost:{port}/"),
        https="failed redirect-to-http",
    ),
    bad(
        "a downgrade that keeps the port",
        "downgrade",
        redirects(_="http://localhost:{port}/"),
        https="failed redirect-to-http",
    ),
    good(
        "a redirect to another host without old TLS, which must not have it",
        "good redirects",
        across("127.0.0.1", True, _="https://127.0.0.1:{other}/"),
        old_tls="fail",
    ),
    bad(
        "a redirect to another host with old TLS",
        "old TLS still on",
        across("127.0.0.1", True, with_old_tls, _="https://127.0.0.1:{other}/"),
        https="warned old-tls-tolerated",
    ),
    bad(
        "a redirect to another host with old TLS, which must not have it",
        "old TLS still on",
        across("127.0.0.1", True, with_old_tls, _="https://127.0.0.1:{other}/"),
        https="failed old-tls",
        old_tls="fail",
    ),
    bad("a redirect to nowhere", "bad redirect", sends(answer(302)), https="failed bad-redirect"),
    bad(
        "a redirect with a password",
        "bad redirect",
        redirects(_="https://me:secret@localhost:{port}/"),
        https="failed redirect-with-user",
    ),
    bad(
        "a redirect out of HTTP",
        "bad redirect",
        redirects(_="javascript:alert(1)"),
        https="failed bad-redirect",
    ),
    bad(
        "a redirect to who is not trusted",
        "untrusted redirect",
        across("127.0.0.1", False, _="https://127.0.0.1:{other}/"),
        https="failed incomplete-chain",
    ),
    bad(
        "a redirect to who has another name",
        "untrusted redirect",
        across("other.test", True, _="https://127.0.0.1:{other}/"),
        https="failed wrong-host",
    ),
)

HSTS: Sequence[Case] = (
    good("a year of HSTS", "HSTS", hsts("max-age=31536000"), hsts=HALF_A_YEAR),
    good(
        "HSTS, quoted, with more and in another case",
        "HSTS",
        hsts('includeSubDomains; MAX-AGE="31536000" ; preload;'),
        hsts=HALF_A_YEAR,
    ),
    good(
        "HSTS with directives of tomorrow", "HSTS", hsts('max-age=31536000; report="a;b"'), hsts=HALF_A_YEAR
    ),
    good("no HSTS, and nobody asks for it", "HSTS", headed()),
    bad("no HSTS", "HSTS", headed(), https="failed no-hsts", hsts=HALF_A_YEAR),
    bad("an hour of HSTS", "HSTS", hsts("max-age=3600"), https="failed hsts-too-short", hsts=HALF_A_YEAR),
    bad(
        "HSTS taken back",
        "HSTS",
        hsts("max-age=0; includeSubDomains"),
        https="failed hsts-too-short",
        hsts=HALF_A_YEAR,
    ),
    bad(
        "HSTS without an age",
        "HSTS",
        hsts("includeSubDomains; preload"),
        https="failed hsts-ignored",
        hsts=HALF_A_YEAR,
    ),
    bad(
        "HSTS with two ages",
        "HSTS",
        hsts("max-age=31536000; max-age=31536000"),
        https="failed hsts-ignored",
        hsts=HALF_A_YEAR,
    ),
    bad(
        "HSTS with commas",
        "HSTS",
        hsts("max-age=31536000, includeSubDomains"),
        https="failed hsts-ignored",
        hsts=HALF_A_YEAR,
    ),
    bad("HSTS of words", "HSTS", hsts("max-age=a year"), https="failed hsts-ignored", hsts=HALF_A_YEAR),
    bad(
        "two HSTS, the weaker first",
        "HSTS",
        headed("Strict-Transport-Security: max-age=60", "Strict-Transport-Security: max-age=31536000"),
        https="failed hsts-too-short",
        hsts=HALF_A_YEAR,
    ),
)
CASES: Sequence[Case] = (*PLAIN, *SIZES, *BROKEN, *REDIRECTS, *HSTS)

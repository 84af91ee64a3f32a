"""What may stand before a server: proxies that give tunnels, and fronts that look at the first bytes."""

import asyncio
import contextlib
import socketserver
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from tests.support.tls_servers import Handler, answer, serving

Front = Callable[[bytes, asyncio.StreamWriter], Awaitable[bool]]
"""Gets a client's first bytes; answers them itself, or has them passed on by being true."""


class _Frank(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, settings: ssl.SSLContext, rudely: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.settings = settings
        self.rudely = rudely


class _Answering(socketserver.BaseRequestHandler):
    server: _Frank

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self.request.settimeout(10)
            with self.server.settings.wrap_socket(self.request, server_side=True) as connection:
                if self.server.rudely and not connection.getpeercert():
                    return
                if connection.recv(1 << 16):
                    connection.sendall(answer(200, b"fine"))


@contextlib.asynccontextmanager
async def frank(settings: ssl.SSLContext, *, rudely: bool = False) -> AsyncIterator[int]:
    """A server in threads of its own that says why it ends a handshake, as servers do: asyncio's drops the
    alert with the connection. One that does it `rudely` hangs up without a word after the handshake on who
    shows no certificate that it takes."""
    with _Frank(settings, rudely) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            await asyncio.to_thread(server.shutdown)
            thread.join()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.transport.abort()


async def _join(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, first: bytes = b""
) -> None:
    there, back = await asyncio.open_connection("127.0.0.1", port)
    try:
        back.write(first)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))
    finally:  # a pump that is cancelled before it begins ends nothing
        back.transport.abort()


def before(port: int, front: Front) -> Handler:
    """Shows the first bytes to the front, which decides whether the server at the port gets them."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(65536)
        if await front(first, writer):
            await _join(reader, writer, port, first)

    return handler


def is_outdated(hello: bytes) -> bool:
    """Whether a TLS hello offers nothing newer than TLS 1.1: its `supported_versions` (RFC 8446, 4.2.1) is
    absent, and the version that came before that extension is not 1.2."""
    return hello[9:11] in (b"\x03\x01", b"\x03\x02") and b"\x00\x2b\x00" not in hello


@dataclass
class Tunnels:
    """An HTTP proxy that runs; `asked` has the requests it got."""

    port: int
    asked: list[bytes] = field(default_factory=list)


@contextlib.asynccontextmanager
async def tunnelling(
    answer: bytes = b"HTTP/1.1 200 Connection established",
    *,
    to: int | None = None,
    most: int = 100,
    patient: bool = False,
    strict: bool = False,
) -> AsyncIterator[Tunnels]:
    """A proxy that answers CONNECT like this; tunnels lead to 127.0.0.1 at the port that is asked for, or
    always `to` another, and there are at most so many of them: who asks for more is refused, or has to wait
    for ever when it is `patient`. A `strict` one gives none to a name that cannot exist."""
    proxy = Tunnels(0)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        proxy.asked.append(request)
        full = len(proxy.asked) > most or (strict and b".invalid:" in request)
        if full and patient:
            await asyncio.sleep(3600)
        writer.write((b"HTTP/1.1 429 Too many" if full else answer) + b"\r\nVia: test\r\n\r\n")
        await writer.drain()
        if b" 200 " in answer and not full:
            asked = int(request.split(b" ")[1].rpartition(b":")[2])
            await _join(reader, writer, asked if to is None else to)

    async with serving(handler) as port:
        proxy.port = port
        yield proxy

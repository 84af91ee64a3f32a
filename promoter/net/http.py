"""A thin HTTP/1.1 client: one exchange on a connection of one's own, its answer capped."""

import contextlib
import ssl
import time
import zlib
from collections.abc import Sequence
from dataclasses import field
from typing import TypeAlias

import h11

from promoter import __version__
from promoter.frozen import frozen
from promoter.messages import Message, message
from promoter.model.address import Endpoint, split_url
from promoter.model.context import Context
from promoter.model.outcome import Evidence
from promoter.net import misunderstood
from promoter.net.connection import Connection, connected
from promoter.net.route import Reach
from promoter.net.tls import why_no_handshake
from promoter.net.trouble import Trouble
from promoter.redaction import Secret

LARGEST_HEADERS = 64 * 1024
LARGEST_BODY = 1024 * 1024
_CHUNK = 64 * 1024
_LONGEST_BEGINNING = 1024
_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate"})
_LARGEST_INFLATION = 100
_EITHER_WRAPPER = zlib.MAX_WBITS | 32

Text: TypeAlias = str | Secret | Sequence[str | Secret]
"""A text of which parts are secrets: they are sent as they are, and shown by their names."""


@frozen(kw_only=True)
class Request:
    """One request. `Host`, `User-Agent`, `Accept`, `Content-Length` and `Connection` are added where
    `headers` does not say otherwise. `largest_body` is how many bytes of the answer's body are read;
    they are dropped unless `keep_body`."""

    url: str
    method: str = "GET"
    headers: Sequence[tuple[str, Text]] = ()
    body: bytes = field(default=b"", repr=False)
    largest_body: int = LARGEST_BODY
    keep_body: bool = True


@frozen(kw_only=True)
class Answer:
    """What came back. Header names are in lower case. `body` is decoded (gzip, deflate), and empty when
    it was not to be kept; `size` counts its decoded bytes; `complete` is False when there was more than
    the cap. `encoding` names a content coding that was left as it is. `address` is where it came from;
    `first_byte_s` and `took_s` are seconds since the connection was begun."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    size: int
    complete: bool
    encoding: str
    address: str
    first_byte_s: float
    took_s: float

    def header(self, name: str) -> str | None:
        """The first header of that name, which is given in lower case."""
        return next((value for key, value in self.headers if key == name), None)


async def ask(request: Request, reach: Reach, context: Context, seen: list[Evidence]) -> Answer:
    """One exchange over a new connection: verified TLS for an https URL, none for an http one.

    What it is connected to is added to `seen` as soon as it is known. Raises Trouble when there is no
    connection, or the answer is cut off, too large in its headers, or not HTTP/1.1 (RFC 9112).
    """
    started = time.perf_counter()
    endpoint = split_url(request.url)
    async with connected(endpoint, reach, context) as connection:
        seen += connection.evidence()
        return await exchange(endpoint, request, connection, context, started)


async def exchange(
    endpoint: Endpoint, request: Request, connection: Connection, context: Context, started: float
) -> Answer:
    """One exchange over an open connection; `started` is when it was begun (`time.perf_counter`).

    Raises Trouble as `ask`.
    """
    protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEADERS)
    context.journal.doing = message("awaiting-answer", address=connection.address)
    try:
        head = h11.Request(
            method=request.method,
            target=_target(endpoint, connection),
            headers=_headers(endpoint, request, connection),
        )
        sent = protocol.send(head) or b""
        sent += protocol.send(h11.Data(data=request.body)) or b"" if request.body else b""
        sent += protocol.send(h11.EndOfMessage()) or b""
    except (h11.LocalProtocolError, UnicodeEncodeError) as error:
        raise Trouble("unsendable", address=connection.address) from error
    reading = _Reading(request, connection, context, started)
    try:
        connection.writer.write(sent)
        with contextlib.suppress(OSError):  # who refuses to read on may have answered all the same
            await connection.writer.drain()
        return await reading.read(protocol)
    except h11.RemoteProtocolError as error:
        raise reading.misunderstood(error) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise Trouble("cut-off", address=connection.address) from error
    except ssl.SSLError as error:
        raise why_no_handshake(
            error, connection.address, connection.client_certificate, context.now
        ) from error
    except OSError as error:
        refused = await connection.why_dropped() if isinstance(error, ConnectionError) else None
        raise refused or Trouble("cut-off", address=connection.address) from error


class _Reading:
    """An answer as it comes in."""

    def __init__(self, request: Request, connection: Connection, context: Context, started: float) -> None:
        self._request = request
        self._connection = connection
        self._context = context
        self._started = started
        self._response: h11.Response | None = None
        self._first_byte_s = 0.0
        self._begins = b""
        self._body = bytearray()
        self._size = 0
        self._received = 0
        self._inflate: zlib._Decompress | None = None

    async def read(self, protocol: h11.Connection) -> Answer:
        complete = False
        while self._size <= self._request.largest_body:
            event = protocol.next_event()
            if event is h11.NEED_DATA:
                received = await self._connection.reader.read(_CHUNK)
                self._begins = self._begins or received[:_LONGEST_BEGINNING]
                if not received and self._response is None:
                    break
                protocol.receive_data(received)
            elif isinstance(event, h11.Response):
                self._begin(event)
            elif isinstance(event, h11.Data):
                self._take(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                complete = True
                break
        if self._response is None:
            detail = misunderstood.not_http(self._begins, self._context)
            if detail is not None:
                raise self._bad(detail)
            raise ConnectionAbortedError("closed without an answer")
        return self._answer(self._response, complete=complete)

    def misunderstood(self, error: h11.RemoteProtocolError) -> Trouble:
        """The trouble with an answer that h11 does not take for one."""
        address, words = self._connection.address, str(error)
        if error.error_status_hint == 431:
            return Trouble("headers-too-large", address=address, limit=LARGEST_HEADERS)
        if words.startswith("Received server _SWITCH_UPGRADE"):
            return Trouble("unasked-upgrade", address=address)
        if self._connection.reader.at_eof() and words.startswith(("peer closed", "peer unexpectedly closed")):
            return Trouble("cut-off", address=address)
        unlike = None if self._response else misunderstood.not_http(self._begins, self._context)
        return self._bad(unlike or misunderstood.of_h11(words, self._context))

    def _bad(self, detail: Message) -> Trouble:
        return Trouble("bad-answer", address=self._connection.address, detail=detail)

    def _begin(self, response: h11.Response) -> None:
        self._response = response
        self._first_byte_s = time.perf_counter() - self._started
        self._context.journal.doing = message("reading-answer", address=self._connection.address)
        if _encoding(response) in _ENCODINGS:
            self._inflate = zlib.decompressobj(_EITHER_WRAPPER)

    def _take(self, received: bytes) -> None:
        """Never holds more than one byte beyond the cap, however much a few bytes inflate to."""
        room = self._request.largest_body + 1 - self._size
        self._received += len(received)
        if self._inflate is not None:
            try:
                received = self._inflate.decompress(received, room)
            except zlib.error as error:
                raise self._bad(message("not-inflatable")) from error
        received = received[:room]
        self._size += len(received)
        self._defuse()
        if self._request.keep_body:
            self._body += received

    def _defuse(self) -> None:
        """What inflates beyond the cap as no text does is made to exhaust whoever reads it."""
        limit, received = self._request.largest_body, self._received - len(self._rest)
        if self._size > limit and received * _LARGEST_INFLATION < self._size:
            address = self._connection.address
            raise Trouble("compression-bomb", address=address, received=received, limit=limit)

    @property
    def _rest(self) -> bytes:
        return self._inflate.unconsumed_tail if self._inflate is not None else b""

    def _answer(self, response: h11.Response, *, complete: bool) -> Answer:
        largest = self._request.largest_body
        return Answer(
            status=response.status_code,
            headers=tuple((key.decode("ascii"), value.decode("latin-1")) for key, value in response.headers),
            body=bytes(self._body[:largest]),
            size=min(self._size, largest),
            complete=complete and self._size <= largest,
            encoding="" if self._inflate is not None else _encoding(response),
            address=self._connection.address,
            first_byte_s=round(self._first_byte_s, 3),
            took_s=round(time.perf_counter() - self._started, 3),
        )


def revealed(text: Text) -> str:
    """A text with its secrets, to be sent."""
    parts = (text,) if isinstance(text, str | Secret) else text
    return "".join(each.reveal() if isinstance(each, Secret) else each for each in parts)


def _target(endpoint: Endpoint, connection: Connection) -> str:
    """What is asked for: the path, or the whole URL of a proxy that forwards (RFC 9112, section 3.2.2)."""
    forwarded = connection.proxy is not None and endpoint.scheme == "http"
    return f"http://{endpoint.host_header}{endpoint.path}" if forwarded else endpoint.path


def _headers(endpoint: Endpoint, request: Request, connection: Connection) -> list[tuple[str, str]]:
    given = [(name, revealed(text)) for name, text in request.headers]
    named = {name.lower() for name, _ in given}
    usual = [
        ("Host", endpoint.host_header),
        ("User-Agent", f"promoter/{__version__}"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]
    if request.body or request.method not in ("GET", "HEAD", "OPTIONS", "DELETE"):
        usual.append(("Content-Length", str(len(request.body))))
    proxy = connection.proxy
    if proxy is not None and proxy.authorization is not None and endpoint.scheme == "http":
        usual.append(("Proxy-Authorization", proxy.authorization.reveal()))
    return [*(each for each in usual if each[0].lower() not in named), *given]


def _encoding(response: h11.Response) -> str:
    coded = (value for key, value in response.headers if key == b"content-encoding")
    named = next(coded, b"").decode("latin-1").strip().lower()
    return "" if named == "identity" else named[:40]

"""HTTP/1.1 as the embedded service speaks it: whole requests in, whole responses out."""

import asyncio
import contextlib
import html
import json
from collections.abc import Callable, Mapping
from dataclasses import field
from email.utils import formatdate
from http import HTTPStatus

import h11

from promoter.frozen import frozen

LARGEST_BODY = 1 << 20
"""Bytes of a request's body that are read; a larger one is answered 413."""

_CHUNK = 1 << 16


@frozen(kw_only=True)
class Request:
    """A whole request; `host` is in lower case without port, `path` without query."""

    method: str
    host: str
    path: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        """The value of a header, its name in lower case; none unless it was sent exactly once."""
        values = [value for sent, value in self.headers if sent == name]
        return values[0] if len(values) == 1 else None


@frozen
class Response:
    """A whole response; length, date and connection headers are added when it is sent."""

    status: HTTPStatus
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Site = Callable[[Request], Response]
"""What answers for one host or for several."""


def page(title: str) -> Response:
    """A home page in HTML."""
    shown = html.escape(title)
    body = f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>{shown}</title><h1>{shown}</h1></html>\n'
    return Response(HTTPStatus.OK, {"content-type": "text/html; charset=utf-8"}, body.encode())


def document(status: HTTPStatus, content: object, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON, never stored by a cache."""
    fixed = {"content-type": "application/json; charset=utf-8", "cache-control": "no-store"}
    return Response(status, fixed | dict(headers or {}), json.dumps(content).encode())


def not_found() -> Response:
    """The answer for a path that is not served."""
    return document(HTTPStatus.NOT_FOUND, {"error": "Resource not found"})


def only(*methods: str) -> Response:
    """The answer for a path that is served, but not for this method."""
    return document(
        HTTPStatus.METHOD_NOT_ALLOWED, {"error": "Method not allowed"}, {"allow": ", ".join(methods)}
    )


async def converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, site: Site, *, patience: float
) -> None:
    """Answers one client's requests until either side has had enough.

    A client that takes longer than `patience` seconds over one request or its answer is left
    without a word, so is one that has gone; what is not HTTP is answered with the status it deserves.
    """
    connection = h11.Connection(h11.SERVER)
    again = True
    with contextlib.suppress(OSError):
        while again:
            async with asyncio.timeout(patience):
                again = await _exchange(connection, reader, writer, site)


async def _exchange(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, site: Site
) -> bool:
    method = ""
    try:
        request = await _receive(connection, reader)
    except h11.RemoteProtocolError as error:
        response = Response(HTTPStatus(error.error_status_hint), {"connection": "close"})
    else:
        if request is None:
            return False
        method = request.method
        too_large = len(request.body) > LARGEST_BODY
        response = Response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) if too_large else site(request)
    writer.write(_encode(connection, response, with_body=method != "HEAD"))
    await writer.drain()
    if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
        return False
    connection.start_next_cycle()
    return True


async def _receive(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    head = await _next_event(connection, reader)
    if not isinstance(head, h11.Request):
        return None
    body = bytearray()
    while isinstance(part := await _next_event(connection, reader), h11.Data):
        if len(body) <= LARGEST_BODY:
            body += part.data
    headers = tuple((name, value) for name, value in head.headers)
    host = next((value for name, value in headers if name == b"host"), b"").decode("latin-1")
    return Request(
        method=head.method.decode("latin-1"),
        host=host.partition(":")[0].lower(),
        path=head.target.decode("latin-1").partition("?")[0],
        headers=headers,
        body=bytes(body),
    )


async def _next_event(
    connection: h11.Connection, reader: asyncio.StreamReader
) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
    while (event := connection.next_event()) is h11.NEED_DATA:
        connection.receive_data(await reader.read(_CHUNK))
    return event


def _encode(connection: h11.Connection, response: Response, *, with_body: bool) -> bytes:
    headers = {
        "date": formatdate(usegmt=True),
        "strict-transport-security": "max-age=31536000",
        **response.headers,
    }
    if response.status is not HTTPStatus.NO_CONTENT:
        headers["content-length"] = str(len(response.body))
    events: list[h11.Event] = [
        h11.Response(
            status_code=response.status, reason=response.status.phrase, headers=list(headers.items())
        )
    ]
    if with_body and response.body:
        events.append(h11.Data(data=response.body))
    events.append(h11.EndOfMessage())
    return b"".join(connection.send(event) or b"" for event in events)

"""A thin HTTP/1.1 client: one GET on a connection of one's own, its answer capped."""

import ssl
from dataclasses import dataclass

import h11

from promoter import __version__
from promoter.messages import message
from promoter.model.address import Endpoint
from promoter.model.context import Journal
from promoter.net.connection import Connection
from promoter.net.trouble import Trouble

LARGEST_HEADERS = 64 * 1024
LARGEST_BODY = 1024 * 1024
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and headers (names in lower case) of an answer whose body was read and dropped; `size` is
    that of the body in bytes, of which no more than `LARGEST_BODY` are read."""

    status: int
    headers: tuple[tuple[str, str], ...]
    size: int

    def header(self, name: str) -> str | None:
        """The first header of that name, which is given in lower case."""
        return next((value for key, value in self.headers if key == name), None)


async def get(endpoint: Endpoint, connection: Connection, journal: Journal) -> Answer:
    """Asks for the endpoint's path over an open connection.

    Raises Trouble when the answer is cut off, too large in its headers, or not HTTP/1.1 (RFC 9112).
    """
    protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEADERS)
    request = h11.Request(
        method="GET",
        target=endpoint.path,
        headers=[
            ("Host", endpoint.host_header),
            ("User-Agent", f"promoter/{__version__}"),
            ("Accept", "*/*"),
            ("Connection", "close"),
        ],
    )
    journal.doing = message("awaiting-answer", address=connection.address)
    try:
        connection.writer.write(protocol.send(request) or b"")
        connection.writer.write(protocol.send(h11.EndOfMessage()) or b"")
        await connection.writer.drain()
        return await _read(protocol, connection, journal)
    except h11.RemoteProtocolError as error:
        raise _misunderstood(error, connection, closed=connection.reader.at_eof()) from error
    except ssl.SSLError as error:
        detail = (error.reason or "TLS").lower().replace("_", " ")
        raise Trouble("handshake-refused", address=connection.address, detail=detail) from error
    except OSError as error:
        raise Trouble("cut-off", address=connection.address) from error


async def _read(protocol: h11.Connection, connection: Connection, journal: Journal) -> Answer:
    response: h11.Response | None = None
    size = 0
    while size < LARGEST_BODY:
        event = protocol.next_event()
        if event is h11.NEED_DATA:
            received = await connection.reader.read(_CHUNK)
            if not received and response is None:
                break
            protocol.receive_data(received)
        elif isinstance(event, h11.Response):
            response = event
            journal.doing = message("reading-answer", address=connection.address)
        elif isinstance(event, h11.Data):
            size += len(event.data)
        elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            break
    if response is None:
        raise Trouble("cut-off", address=connection.address)
    headers = tuple((key.decode("ascii"), value.decode("latin-1")) for key, value in response.headers)
    return Answer(response.status_code, headers, size)


def _misunderstood(error: h11.RemoteProtocolError, connection: Connection, *, closed: bool) -> Trouble:
    if error.error_status_hint == 431:
        return Trouble("headers-too-large", address=connection.address, limit=LARGEST_HEADERS)
    if closed and "closed connection" in str(error):
        return Trouble("cut-off", address=connection.address)
    return Trouble("bad-answer", address=connection.address, detail=str(error)[:200])

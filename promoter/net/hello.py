"""A server's first flight, read in the clear: the TLS version it settles for, and whether it asks for a
client certificate (RFC 5246, sections 6.2.1 and 7.4). Nothing is verified and no handshake is completed."""

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass

_LARGEST = 64 * 1024
_RECORD_HEADER, _MESSAGE_HEADER = 5, 4
_HANDSHAKE = 22
_SERVER_HELLO, _CERTIFICATE_REQUEST, _SERVER_HELLO_DONE = 2, 13, 14
_VERSIONS = {b"\x03\x00": "SSLv3", b"\x03\x01": "TLSv1", b"\x03\x02": "TLSv1.1", b"\x03\x03": "TLSv1.2"}


@dataclass(frozen=True, slots=True)
class Flight:
    """What a server says first: the version it settles for, empty when it settles for none, and whether
    it asks for a client certificate. `over` when it has nothing more to say."""

    version: str = ""
    asks_for_certificate: bool = False
    over: bool = False


async def first_flight(
    sock: socket.socket, settings: ssl.SSLContext, server_name: str, *, version_only: bool = False
) -> Flight:
    """What a server says to the hello that these settings make; with `version_only` it is not listened to
    beyond that. The settings must offer nothing newer than TLS 1.2, which hides its flight no more than its
    elders. The socket is not closed.

    Raises OSError when the connection breaks, or these settings can make no hello.
    """
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, _client_hello(settings, server_name))
    received = b""
    while len(received) < _LARGEST:
        part = await loop.sock_recv(sock, 16 * 1024)
        received += part
        flight = read_flight(received)
        if not part or flight.over or (version_only and flight.version):
            return flight
    return read_flight(received)


def read_flight(received: bytes) -> Flight:
    """What the bytes a server has sent so far say; whatever they are."""
    messages, over = _handshake_bytes(received)
    version, asks, at = "", False, 0
    while at + _MESSAGE_HEADER <= len(messages):
        sort, size = messages[at], int.from_bytes(messages[at + 1 : at + _MESSAGE_HEADER])
        content = messages[at + _MESSAGE_HEADER : at + _MESSAGE_HEADER + size]
        if sort == _SERVER_HELLO and len(content) >= 2:
            version = _VERSIONS.get(content[:2], "")
        asks = asks or sort == _CERTIFICATE_REQUEST
        over = over or sort == _SERVER_HELLO_DONE
        at += _MESSAGE_HEADER + size
    return Flight(version, asks and bool(version), over)


def _client_hello(settings: ssl.SSLContext, server_name: str) -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        settings.wrap_bio(incoming, outgoing, server_hostname=server_name.encode("ascii")).do_handshake()
    return outgoing.read()


def _handshake_bytes(received: bytes) -> tuple[bytes, bool]:
    """The content of the handshake records at the front, and whether something else follows: an alert,
    or what is no TLS at all."""
    found, at = b"", 0
    while at + _RECORD_HEADER <= len(received):
        if received[at] != _HANDSHAKE or received[at + 1] != 3:
            return found, True
        size = int.from_bytes(received[at + 3 : at + _RECORD_HEADER])
        found += received[at + _RECORD_HEADER : at + _RECORD_HEADER + size]
        at += _RECORD_HEADER + size
    return found, False

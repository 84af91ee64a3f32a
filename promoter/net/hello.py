"""A server's first flight, read in the clear: the TLS version it settles for, and whether it asks for a
client certificate. Nothing is verified and no handshake is completed, so the hello is made by hand: the
TLS of this machine may no longer have the versions that a server still accepts (RFC 5246, 7.4; RFC 8446, D)."""

import asyncio
import os
import socket

from promoter.frozen import frozen
from promoter.model.address import is_ip_address

TLS_1_0, TLS_1_1, TLS_1_2 = b"\x03\x01", b"\x03\x02", b"\x03\x03"

_LARGEST = 64 * 1024
_RECORD_HEADER, _MESSAGE_HEADER = 5, 4
_HANDSHAKE = 22
_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE_REQUEST, _SERVER_HELLO_DONE = 1, 2, 13, 14
_VERSIONS = {b"\x03\x00": "SSLv3", TLS_1_0: "TLSv1", TLS_1_1: "TLSv1.1", TLS_1_2: "TLSv1.2"}
_CIPHERS = bytes.fromhex(
    "c02bc02fc02cc030cca9cca8009e009f009c009d"  # AEAD, from TLS 1.2 on
    "c009c013c00ac014c023c027c024c02800330039"  # AES in CBC, with and without forward secrecy
    "0067006b003c003d002f0035"
    "c008c0120016000a00410084"  # 3DES, Camellia
    "c007c01100050004"  # RC4
    "00ff"  # no renegotiation (RFC 5746)
)
_GROUPS = bytes.fromhex("001d001700180019001e0100")
_SIGNATURES = bytes.fromhex("040305030603080708080804080508060401050106010303030102030201")
_NULL_COMPRESSION = b"\x01\x00"
_SERVER_NAME, _SUPPORTED_GROUPS, _POINT_FORMATS, _SIGNATURE_ALGORITHMS = 0, 10, 11, 13


@frozen
class Flight:
    """What a server says first: the version it settles for, empty when it settles for none, and whether
    it asks for a client certificate. `over` when it has nothing more to say."""

    version: str = ""
    asks_for_certificate: bool = False
    over: bool = False


async def first_flight(
    sock: socket.socket, newest: bytes, server_name: str, *, version_only: bool = False
) -> Flight:
    """What a server says to a hello that offers every version up to the `newest`; with `version_only` it is
    not listened to beyond that. The socket is not closed.

    Raises OSError when the connection breaks.
    """
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, client_hello(newest, server_name))
    received = b""
    while len(received) < _LARGEST:
        part = await loop.sock_recv(sock, 16 * 1024)
        received += part
        flight = read_flight(received)
        if not part or flight.over or (version_only and flight.version):
            return flight
    return read_flight(received)


def client_hello(newest: bytes, server_name: str) -> bytes:
    """The record of a hello that offers TLS up to this version, which is not newer than 1.2, and what any
    server of its time understands. The name is ASCII; an IP address is never sent (RFC 6066, section 3)."""
    extensions = _extension(_SUPPORTED_GROUPS, _sized(2, _GROUPS))
    extensions += _extension(_POINT_FORMATS, _sized(1, b"\x00"))
    if newest == TLS_1_2:
        extensions += _extension(_SIGNATURE_ALGORITHMS, _sized(2, _SIGNATURES))
    if not is_ip_address(server_name):
        name = b"\x00" + _sized(2, server_name.encode("ascii"))
        extensions += _extension(_SERVER_NAME, _sized(2, name))
    hello = newest + os.urandom(32) + _sized(1, b"") + _sized(2, _CIPHERS) + _NULL_COMPRESSION
    message = bytes([_CLIENT_HELLO]) + _sized(3, hello + _sized(2, extensions))
    return bytes([_HANDSHAKE]) + TLS_1_0 + _sized(2, message)


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


def _sized(width: int, content: bytes) -> bytes:
    return len(content).to_bytes(width) + content


def _extension(number: int, content: bytes) -> bytes:
    return number.to_bytes(2) + _sized(2, content)


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

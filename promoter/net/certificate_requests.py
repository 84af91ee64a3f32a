"""Whether a server asks for a client certificate, which OpenSSL knows and the ssl module does not tell: its
messages are watched (RFC 8446, section 4.3.2; RFC 5246, section 7.4.4)."""

import ssl
from typing import Any
from weakref import WeakSet

_HANDSHAKE, _CERTIFICATE_REQUEST = 22, 13
_asking: "WeakSet[ssl.SSLObject]" = WeakSet()


def notice_requests(settings: ssl.SSLContext) -> None:
    """From now on handshakes under these settings notice it, each for some 50 µs."""
    private: Any = settings
    private._msg_callback = _note  # public nowhere; there from Python 3.8 on


def asks_for_certificate(connection: ssl.SSLObject) -> bool:
    """Whether the server did, under settings that notice it."""
    return connection in _asking


def _note(connection: Any, direction: str, _version: int, content: int, sort: int, _data: bytes) -> None:
    if direction == "read" and content == _HANDSHAKE and sort == _CERTIFICATE_REQUEST:
        _asking.add(connection)

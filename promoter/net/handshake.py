"""A TLS handshake over a connected socket."""

import asyncio
import contextlib
import socket
import ssl
from asyncio import sslproto
from typing import Any

from promoter.net.dial import closed_unless_kept

# What one record of TLS holds at most (RFC 8446, section 5.1): asyncio clears 256 KiB for each connection.
sslproto.SSLProtocol.max_size = 16 * 1024


async def shake_hands(
    sock: socket.socket, settings: ssl.SSLContext, server_name: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A handshake that may be cancelled at any time: asyncio forgets to close a transport that is cancelled
    in the very turn of the loop in which it was made, and the next user of its descriptor pays for it."""
    name: Any = server_name.encode("ascii")  # as text it would load Python's IDNA tables, for 10 ms
    opening = asyncio.ensure_future(asyncio.open_connection(sock=sock, ssl=settings, server_hostname=name))
    with closed_unless_kept(sock) as keep:
        try:
            streams = await asyncio.shield(opening)
        except asyncio.CancelledError:
            keep()
            await asyncio.shield(asyncio.ensure_future(_ended(opening, sock)))
            raise
        keep()
    return streams


async def _ended(
    opening: "asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]", sock: socket.socket
) -> None:
    with contextlib.closing(sock):
        await asyncio.sleep(0)
        opening.cancel()
        for done in await asyncio.gather(opening, return_exceptions=True):
            if isinstance(done, tuple):
                done[1].transport.abort()
        await asyncio.sleep(0)

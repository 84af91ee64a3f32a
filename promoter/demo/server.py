"""Accepts TLS connections on a listening socket until told to stop, and leaves nothing behind."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable
from functools import partial

from promoter.demo.web import Site, converse

_SHUTDOWN = 5.0
_OUT_OF_DESCRIPTORS = 0.1


async def serve(
    listener: socket.socket, context: ssl.SSLContext, site: Site, stopped: Awaitable[None], *, patience: float
) -> None:
    """Serves every client of a non-blocking `listener` until `stopped` is done, then cuts off those that remain.

    `patience` is in seconds: for the handshake, and for each request with its answer. A client that
    cannot do TLS, is too slow or goes away costs its own connection only.

    Raises:
        ExceptionGroup: the bugs met while answering; each has cost one connection, none the service.
    """
    server = _Server(listener, context, site, patience)
    server.listen()
    try:
        await stopped
    finally:
        await server.close()


class _Server:
    def __init__(self, listener: socket.socket, context: ssl.SSLContext, site: Site, patience: float) -> None:
        self._listener = listener
        self._context = context
        self._site = site
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._connections: set[asyncio.Task[None]] = set()
        self._closed = False

    def listen(self) -> None:
        if not self._closed:
            self._loop.add_reader(self._listener, self._accept)

    async def close(self) -> None:
        self._closed = True
        self._loop.remove_reader(self._listener)
        for connection in self._connections:
            connection.cancel()
        ends = await asyncio.gather(*self._connections, return_exceptions=True)
        if bugs := [end for end in ends if isinstance(end, Exception)]:
            raise ExceptionGroup("the embedded service failed to answer", bugs)

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            self._loop.remove_reader(self._listener)
            self._loop.call_later(_OUT_OF_DESCRIPTORS, self.listen)
            return
        connection = self._loop.create_task(self._attend(client))
        self._connections.add(connection)
        connection.add_done_callback(partial(self._forget, client))

    def _forget(self, client: socket.socket, connection: asyncio.Task[None]) -> None:
        client.close()  # a task cancelled before its first step has not handed it to a transport
        if connection.cancelled() or connection.exception() is None:
            self._connections.discard(connection)

    async def _attend(self, client: socket.socket) -> None:
        reader = asyncio.StreamReader(loop=self._loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=self._loop)
        try:
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: protocol,
                client,
                ssl=self._context,
                ssl_handshake_timeout=self._patience,
                ssl_shutdown_timeout=_SHUTDOWN,
            )
        except OSError:
            return
        writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
        try:
            await converse(reader, writer, self._site, patience=self._patience)
            writer.close()
            await writer.wait_closed()
        except OSError:
            return
        finally:
            writer.transport.abort()

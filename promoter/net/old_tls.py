"""Does a server still settle for TLS versions that nobody should use any more (RFC 8996)? Asked for on
connections of its own beside the real one, with a hello and no more: no handshake is completed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from promoter.model.context import Context, Journal
from promoter.net.dial import dial
from promoter.net.hello import TLS_1_0, TLS_1_1, first_flight
from promoter.net.route import Route
from promoter.net.trouble import Trouble

_PATIENCE_S = 2.0
_HEAD_START_S = 0.1
_OUTDATED = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})


class OldTls:
    """The look at one server, under way from `begin` on. The real request has a head start: a tenth of a
    second, or less when it is answered sooner, so that the two do not compete for a busy server."""

    def __init__(self, context: Context) -> None:
        self._context = replace(context, journal=Journal())  # the check is doing something else meanwhile
        self._look: asyncio.Task[tuple[str, ...] | None] | None = None
        self._answered = asyncio.Event()

    def begin(self, route: Route) -> None:
        """Begins to look at the server that the route leads to; later calls change nothing."""
        if self._look is None:
            self._look = asyncio.create_task(self._versions(route))

    async def versions(self) -> tuple[str, ...] | None:
        """The outdated versions it settles for, newest first; None when nobody can tell, because there was
        no second connection. A server that says nothing to such a hello for two seconds more, or half of the
        time that is left, settles for none."""
        if self._look is None:
            return None
        self._answered.set()
        left = self._context.deadline - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait([self._look], timeout=max(0.0, min(_PATIENCE_S, left / 2)))
        return self._look.result() if done else ()

    async def _versions(self, route: Route) -> tuple[str, ...] | None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEAD_START_S):
                await self._answered.wait()
        newest = await _settled_for(route, self._context, TLS_1_1)
        if newest is None or newest not in _OUTDATED:
            return None if newest is None else ()
        oldest = newest if newest != "TLSv1.1" else await _settled_for(route, self._context, TLS_1_0)
        return tuple(dict.fromkeys(each for each in (newest, oldest) if each in _OUTDATED))

    async def end(self) -> None:
        """Drops whatever is under way."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)


@contextlib.asynccontextmanager
async def looking_for_old_tls(context: Context) -> AsyncIterator[OldTls]:
    """A look that is dropped at the end."""
    look = OldTls(context)
    try:
        yield look
    finally:
        await look.end()


async def _settled_for(route: Route, context: Context, newest: bytes) -> str | None:
    """The version a server settles for, empty when for none; None when there is no connection."""
    try:
        sock, _, _ = await dial(route, context)
    except Trouble:
        return None
    with contextlib.closing(sock):
        try:
            return (await first_flight(sock, newest, route.server_name, version_only=True)).version
        except OSError:  # it hung up on the hello
            return ""

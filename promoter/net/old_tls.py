"""Does a server still settle for TLS versions that nobody should use any more (RFC 8996)? Asked for on
connections of its own beside the real one, with a hello and no more: no handshake is completed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

from promoter.model.address import HostPort
from promoter.model.context import Context, Journal
from promoter.net.dial import dial
from promoter.net.hello import TLS_1_0, TLS_1_1, first_flight
from promoter.net.old_versions import Settled
from promoter.net.route import Route
from promoter.net.trouble import Trouble

_PATIENCE_S = 2.0
_HEAD_START_S = 0.1
_OUTDATED = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})


class OldTls:
    """The look at one server, under way from `begin` on. The real request has a head start: a tenth of a
    second, or less when it is answered sooner, so that the two do not compete for a busy server. `silent`
    when the server gave no answer to such a hello within two seconds more, or half of the time that is left:
    who asks so gets nothing from it, so that it counts as not settling for it."""

    def __init__(self, context: Context) -> None:
        self._context = replace(context, journal=Journal())  # the check is doing something else meanwhile
        self.silent = False
        self._look: asyncio.Task[bool] | None = None
        self._found: list[str] = []
        self._asked = False
        self._answered = asyncio.Event()

    def begin(self, route: Route) -> None:
        """Begins to look at the server that the route leads to; later calls change nothing."""
        if self._look is None:
            self._look = asyncio.create_task(self._tried(route))

    async def versions(self) -> tuple[str, ...] | None:
        """The outdated versions it settles for, newest first; None when nobody can tell, because there was
        no second connection."""
        if self._look is None:
            return None
        self._answered.set()
        left = self._context.deadline - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait([self._look], timeout=max(0.0, min(_PATIENCE_S, left / 2)))
        self.silent = not done and self._asked and not self._found
        could_ask = self._look.result() if done else self._asked
        return tuple(self._found) if could_ask or self._found else None

    async def _tried(self, route: Route) -> bool:
        """Whether the server could be asked; what it settles for is in `_found` as soon as it is known."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEAD_START_S):
                await self._answered.wait()
        for newest in (TLS_1_1, TLS_1_0):
            version = await self._settled_for(route, newest)
            if version in _OUTDATED:
                self._found.append(version)
            if version != "TLSv1.1":
                return version is not None
        return True

    async def _settled_for(self, route: Route, newest: bytes) -> str | None:
        """The version the server settles for, empty when for none; None when there is no connection."""
        try:
            sock, _, _ = await dial(route, self._context)
        except Trouble:
            return None
        with contextlib.closing(sock):
            self._asked = True
            try:
                return (await first_flight(sock, newest, route.server_name, version_only=True)).version
            except OSError:  # it hung up on the hello
                return ""

    async def end(self) -> None:
        """Drops whatever is under way."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)


class OldTlsLooks:
    """The looks at the servers on the way to an answer, one for each authority."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._looks: dict[HostPort, OldTls] = {}

    def at(self, authority: HostPort) -> OldTls:
        """The one at this authority, made when it is first asked for."""
        return self._looks.setdefault(authority, OldTls(self._context))

    async def settled(self, addresses: Mapping[HostPort, str]) -> list[Settled]:
        """What became of the looks at these authorities, each with the address that answered; the first is
        the URL's own."""
        found = await asyncio.gather(*(self.at(each).versions() for each in addresses))
        return [
            Settled(address, versions, self.at(each).silent, str(each) if position else None)
            for position, ((each, address), versions) in enumerate(zip(addresses.items(), found, strict=True))
        ]

    async def end(self) -> None:
        """Drops whatever is under way."""
        for each in self._looks.values():
            await each.end()


@contextlib.asynccontextmanager
async def looking_for_old_tls(context: Context) -> AsyncIterator[OldTlsLooks]:
    """Looks that are dropped at the end."""
    looks = OldTlsLooks(context)
    try:
        yield looks
    finally:
        await looks.end()

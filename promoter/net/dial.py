"""A connected socket: names looked up, addresses tried, tunnels asked for."""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeAlias

from promoter.messages import message
from promoter.model.address import HostPort, is_ip_address
from promoter.model.context import Context
from promoter.model.outcome import Evidence
from promoter.net.aside import aside
from promoter.net.proxy import open_tunnel
from promoter.net.route import Route
from promoter.net.trouble import Trouble

_MOST_ADDRESSES = 8

SocketAddress: TypeAlias = tuple[socket.AddressFamily, int, Any]
_AddressInfo: TypeAlias = Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]]


async def dial(
    route: Route, context: Context, *, tunnel: bool = True
) -> tuple[socket.socket, str, tuple[Evidence, ...]]:
    """A connected socket to the target, the `ADDRESS:PORT` it has, and the attempts that failed before.
    Without a `tunnel` the socket is the proxy's own, where there is one.

    Addresses are tried in the order the resolver gives them, each with its share of the time left.
    Raises Trouble when none answers, or the proxy gives no tunnel.
    """
    if route.proxy is None:
        return await _connect(route.target, context, route.addresses)
    try:
        sock, _, attempts = await _connect(route.proxy.at, context)
    except Trouble as trouble:
        detail = trouble.parameters.get("detail") or message(trouble.code, **trouble.parameters)
        raise Trouble(
            "proxy-unreachable", trouble.evidence, proxy=str(route.proxy), detail=detail
        ) from trouble
    if not tunnel:
        return sock, str(route.target), attempts
    context.journal.doing = message("asking-proxy", proxy=str(route.proxy))
    target = route.addresses[0] if route.addresses else route.target
    with closed_unless_kept(sock) as keep:
        await open_tunnel(sock, target, route.proxy)
        keep()
    return sock, str(target), attempts


@contextlib.contextmanager
def closed_unless_kept(sock: socket.socket) -> Iterator[Callable[[], object]]:
    """Closes the socket on the way out, cancelled or failed, unless what is yielded has been called."""
    with contextlib.ExitStack() as stack:
        stack.callback(sock.close)
        yield stack.pop_all


async def _connect(
    target: HostPort, context: Context, addresses: Sequence[HostPort] = ()
) -> tuple[socket.socket, str, tuple[Evidence, ...]]:
    context.journal.doing = message("looking-up", host=target.host)
    found = [where for each in addresses or (target,) for where in await look_up(each, context)]
    return await connect_to_any(found[:_MOST_ADDRESSES], target, context)


async def connect_to_any(
    addresses: Sequence[SocketAddress], target: HostPort, context: Context
) -> tuple[socket.socket, str, tuple[Evidence, ...]]:
    """A socket connected to the first of the target's addresses that answers; as `dial`."""
    loop = asyncio.get_running_loop()
    attempts: list[Evidence] = []
    errors: list[OSError] = []
    for position, (family, protocol, where) in enumerate(addresses):
        shown = str(HostPort(where[0], where[1]))
        context.journal.doing = message("connecting", address=shown)
        last = position == len(addresses) - 1
        share = None if last else (context.deadline - loop.time()) / (len(addresses) - position)
        sock = socket.socket(family, socket.SOCK_STREAM, protocol)
        try:
            with closed_unless_kept(sock) as keep:
                sock.setblocking(False)
                async with asyncio.timeout(share):
                    await loop.sock_connect(sock, where)
                keep()
            return sock, shown, tuple(attempts)
        except OSError as error:
            errors.append(error)
            attempts.append(Evidence(message("attempt", address=shown), None, _words(error)))
    raise _no_connection(target, addresses, errors, attempts)


def _no_connection(
    target: HostPort, addresses: Sequence[SocketAddress], errors: Sequence[OSError], attempts: list[Evidence]
) -> Trouble:
    for error, (_, _, where) in zip(errors, addresses, strict=True):
        if isinstance(error, ConnectionRefusedError):
            return Trouble("refused", attempts, address=str(HostPort(where[0], where[1])))
    return Trouble("unreachable", attempts, address=str(target), detail=_words(errors[-1]))


def _words(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return os.strerror(errno.ETIMEDOUT)
    return os.strerror(error.errno) if error.errno else str(error)  # asyncio words `strerror` anew


async def look_up(target: HostPort, context: Context) -> tuple[SocketAddress, ...]:
    """The addresses of the target, in the order the system's resolver gives them. Each host is looked up
    once a run, whoever asks first.

    Raises Trouble when there is none, or the resolver cannot tell.
    """

    def resolve() -> _AddressInfo:
        return socket.getaddrinfo(target.host.encode("ascii"), 0, type=socket.SOCK_STREAM)

    try:
        if is_ip_address(target.host):
            found = resolve()
        else:
            answer = context.shared.once(("addresses", target.host), lambda: aside(resolve))
            found = await asyncio.shield(answer)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            raise Trouble("name-unknown", host=target.host) from error
        detail = error.strerror or str(error)
        raise Trouble("name-not-resolved", host=target.host, detail=detail) from error
    except UnicodeError:
        raise Trouble("name-unknown", host=target.host) from None
    return tuple(
        (family, protocol, (where[0], target.port, *where[2:])) for family, _, protocol, _, where in found
    )


async def addresses_of(
    route: Route, which: Literal["every", "ipv4", "ipv6"], context: Context
) -> tuple[HostPort, ...]:
    """The addresses that the target of a route has: every one, or those of a family; never none.

    Raises Trouble when it has no such address, or cannot be looked up, which may be the proxy's to do.
    """
    target = route.target
    context.journal.doing = message("looking-up", host=target.host)
    wanted = _FAMILIES.get(which)
    try:
        known = await look_up(target, context)
    except Trouble as trouble:
        if route.proxy is None:
            raise
        raise Trouble("proxy-looks-up", host=target.host, proxy=str(route.proxy)) from trouble
    found = [HostPort(where[0], where[1]) for family, _, where in known if wanted is None or family == wanted]
    if not found:
        raise Trouble("no-such-address", host=target.host, family="IPv4" if which == "ipv4" else "IPv6")
    return tuple(dict.fromkeys(found))[:_MOST_ADDRESSES]


_FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}

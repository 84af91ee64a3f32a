"""A name server on loopback, over UDP and TCP, that says what it is told to."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Callable
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from tests.support.tls_servers import serving

Answerer = Callable[[bytes, bool], bytes | None]
"""Makes the bytes to answer a question with, over TCP or not; None stays silent."""


@contextlib.asynccontextmanager
async def name_server(answerer: Answerer) -> AsyncIterator[int]:
    """Serves on one port of 127.0.0.1."""

    class Datagrams(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast(asyncio.DatagramTransport, transport)

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            answer = answerer(data, False)
            if answer is not None:
                self.transport.sendto(answer, addr)

    async def over_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        answer = answerer(await reader.readexactly(length), True)
        if answer is not None:
            writer.write(struct.pack("!H", len(answer)) + answer)
            await writer.drain()
            await reader.read()

    async with serving(over_tcp) as port:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            Datagrams, local_addr=("127.0.0.1", port)
        )
        try:
            yield port
        finally:
            transport.close()


def zone(*records: str, truncated: bool = False, in_charge: bool = True) -> Answerer:
    """A server that has these records (`NAME TTL IN TYPE VALUE`) and no others; `truncated` over UDP."""
    written = [each.split(maxsplit=4) for each in records]
    sets = [dns.rrset.from_text(name, int(ttl), *rest) for name, ttl, *rest in written]

    def answerer(asked: bytes, tcp: bool) -> bytes:
        query = dns.message.from_wire(asked)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA if in_charge else 0
        name, sought = query.question[0].name, query.question[0].rdtype
        if not any(each.name == name for each in sets):
            response.set_rcode(dns.rcode.NXDOMAIN)
        while alias := next(
            (each for each in sets if each.name == name and each.rdtype == 5 != sought), None
        ):
            response.answer.append(alias)
            name = alias[0].target
        response.answer += [each for each in sets if each.name == name and each.rdtype == sought]
        if truncated and not tcp:
            response.answer = []
            response.flags |= dns.flags.TC
        return response.to_wire()

    return answerer


def refusing(status: str) -> Answerer:
    """A server that answers every question with this status."""

    def answerer(asked: bytes, tcp: bool) -> bytes:
        response = dns.message.make_response(dns.message.from_wire(asked))
        response.set_rcode(dns.rcode.from_text(status))
        return response.to_wire()

    return answerer

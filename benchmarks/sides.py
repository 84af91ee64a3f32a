"""The two sides of `checking`, each a process of its own: the endpoints, and the checks that ask them. Nothing is
imported here that only who measures needs."""

import sys
from pathlib import Path

from promoter.__main__ import little_collecting

ENDPOINTS = 50
SLOW_ENDPOINTS = 15
DELAY_S = 0.3


async def serve(directory: str) -> None:
    """The endpoints, on ports that are printed, until the process is killed."""
    import asyncio
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(directory) / "server.pem")
    context.num_tickets = 0  # the endpoints share two cores with what is measured

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        try:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(DELAY_S if port in slow else 0.0)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return  # a client that only wanted the handshake
        finally:
            writer.close()

    servers = [await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) for _ in range(ENDPOINTS)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    slow = frozenset(ports[:SLOW_ENDPOINTS])
    sys.stdout.write(" ".join(map(str, ports)) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def checks(directory: str) -> None:
    """One run of the checks of a checklist, begun as `promoter run` begins; each must pass."""
    from promoter.net.system_roots import read_ahead

    read_ahead()
    from promoter.checklist.loading import load_checklist
    from promoter.run import Planned, Surroundings, run_checks

    path = Path(directory) / "checklist.yaml"
    checklist, problems = load_checklist(path.read_bytes(), path.name, None)
    assert checklist is not None, problems
    plan = [Planned(item.id, item.digest, check) for item in checklist.items for check in item.checks]
    outcomes = await run_checks(plan, Surroundings(root=Path(directory)), lambda event: None)
    wrong = [each for each in outcomes if each.outcome.verdict != "passed"]
    assert len(outcomes) == ENDPOINTS, "every check ran"
    assert not wrong, wrong


def main(role: str, directory: str) -> None:
    """Runs one of the two sides: `serve` or `checks`."""
    import asyncio

    asyncio.run(serve(directory) if role == "serve" else checks(directory))


if __name__ == "__main__":
    with little_collecting():  # as every verb of promoter is run
        main(*sys.argv[1:])

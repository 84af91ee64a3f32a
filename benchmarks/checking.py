"""Fifty checks, fifteen of them of slow servers, against a bare loop making the same handshakes."""

import asyncio
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import trustme
import yaml

from benchmarks.measuring import Figure, in_turn, seconds

ENDPOINTS = 25
SLOW_CHECKS = 15
DELAY_S = 0.3
ROUNDS = 7
LIMIT = 1.5


def figures() -> Iterator[Figure]:
    """A checklist of 25 https and 25 certificate checks, from YAML to outcomes, as a whole process."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        authority = trustme.CA()
        (directory / "ca.pem").write_bytes(authority.cert_pem.bytes())
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
            str(directory / "server.pem")
        )
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.checking", "serve", name], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        try:
            fast, slow = map(int, server.stdout.readline().split())
            (directory / "checklist.yaml").write_text(_checklist(fast, slow), encoding="utf-8")
            floor, taken = in_turn(
                ROUNDS, lambda: _timed("bare", name, fast, slow), lambda: _timed("checks", name, fast, slow)
            )
        finally:
            server.kill()
            server.wait()
            server.stdout.close()
    what = (
        f"{2 * ENDPOINTS} https and certificate checks, {SLOW_CHECKS} of them slow / a bare asyncio+ssl loop"
    )
    yield Figure(what, taken / floor, LIMIT, detail=f"floor {floor * 1000:.0f} ms")


def _timed(role: str, directory: str, fast: int, slow: int) -> float:
    return seconds([sys.executable, "-m", "benchmarks.checking", role, directory, str(fast), str(slow)])


def _ports(fast: int, slow: int) -> list[int]:
    """The port of each check: https and certificate of an endpoint, in turn."""
    return [slow if index < SLOW_CHECKS else fast for index in range(2 * ENDPOINTS)]


def _checklist(fast: int, slow: int) -> str:
    ports = _ports(fast, slow)
    ca_file = "ca.pem"
    items = [
        {
            "id": f"endpoint-{index}",
            "title": "An endpoint",
            "source": ["benchmark"],
            "checks": [
                {"https": {"url": f"https://localhost:{ports[2 * index]}/", "ca_file": ca_file}},
                {
                    "certificate": {
                        "url": f"https://localhost:{ports[2 * index + 1]}/",
                        "ca_file": ca_file,
                        "warn_days": 1,
                        "min_days": 1,
                    }
                },
            ],
        }
        for index in range(ENDPOINTS)
    ]
    return yaml.safe_dump(
        {"checklist": "checklist", "from": "a", "to": "b", "title": "Benchmark", "items": items}
    )


class _Server(socketserver.ThreadingTCPServer):
    """Serves HTTPS after a delay before the handshake."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, context: ssl.SSLContext, delay: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.context = context
        self.delay = delay


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        time.sleep(self.server.delay)
        try:
            with self.server.context.wrap_socket(self.request, server_side=True) as connection:
                if connection.recv(1 << 16):
                    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        except OSError:
            return  # a client that only wanted the handshake


def _serve(directory: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(directory) / "server.pem")
    servers = [_Server(context, delay) for delay in (0.0, DELAY_S)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(" ".join(str(server.server_address[1]) for server in servers) + "\n")
    sys.stdout.flush()
    threading.Event().wait()


async def _bare(directory: str, fast: int, slow: int) -> None:
    context = ssl.create_default_context(cafile=str(Path(directory) / "ca.pem"))

    async def one(port: int, *, fetches: bool) -> None:
        reader, writer = await asyncio.open_connection("localhost", port, ssl=context)
        if fetches:
            writer.write(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()

    ports = _ports(fast, slow)
    await asyncio.gather(*(one(port, fetches=index % 2 == 0) for index, port in enumerate(ports)))


async def _checks(directory: str) -> None:
    from promoter.checklist.loading import load_checklist
    from promoter.run import Planned, Surroundings, run_checks

    path = Path(directory) / "checklist.yaml"
    checklist, problems = load_checklist(path.read_bytes(), path.name, None)
    assert checklist is not None, problems
    plan = [Planned(item.id, item.digest, check) for item in checklist.items for check in item.checks]
    outcomes = await run_checks(plan, Surroundings(root=Path(directory)), lambda event: None)
    wrong = [each for each in outcomes if each.outcome.verdict != "passed"]
    assert len(outcomes) == 2 * ENDPOINTS, "every check ran"
    assert not wrong, wrong


if __name__ == "__main__":
    role, where, *numbers = sys.argv[1:]
    match role:
        case "serve":
            _serve(where)
        case "bare":
            asyncio.run(_bare(where, *map(int, numbers)))
        case "checks":
            asyncio.run(_checks(where))

"""Fifty endpoints, fifteen of them slow, from a checklist to outcomes: against `curl --parallel`, as whole processes."""

import asyncio
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.measuring import Figure, environment, in_turn, seconds

ENDPOINTS = 50
SLOW_ENDPOINTS = 15
DELAY_S = 0.3
ROUNDS = 9
LIMIT = 1.4
MOST_MEMORY = 60.0
"""MiB."""


def figures() -> Iterator[Figure]:
    """One https check for each endpoint, with the handshake that looks for old TLS; and the memory it takes."""
    if shutil.which("curl") is None:
        sys.stderr.write("benchmarks: curl is not here, so that there is nothing to measure against\n")
        return
    import trustme  # not by the process that is measured

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
            ports = [int(each) for each in server.stdout.readline().split()]
            (directory / "checklist.yaml").write_text(_checklist(ports), encoding="utf-8")
            (directory / "curl.cfg").write_text(_for_curl(directory, ports), encoding="utf-8")
            checks = [sys.executable, "-m", "benchmarks.checking", "checks", name]
            floor, taken = in_turn(
                ROUNDS, lambda: seconds(["curl", "-K", str(directory / "curl.cfg")]), lambda: seconds(checks)
            )
            memory = _peak_memory(checks)
        finally:
            server.kill()
            server.wait()
            server.stdout.close()
    what = f"{ENDPOINTS} https checks, {SLOW_ENDPOINTS} of them of slow endpoints / curl --parallel"
    yield Figure(what, taken / floor, LIMIT, detail=f"floor {floor * 1000:.0f} ms")
    yield Figure("their peak memory", memory, MOST_MEMORY, unit="MiB")


def _peak_memory(command: list[str]) -> float:
    """The largest resident size of a process, in MiB."""
    process = subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 1024**2


def _checklist(ports: list[int]) -> str:
    items = [
        {
            "id": f"endpoint-{port}",
            "title": "An endpoint",
            "source": ["benchmark"],
            "checks": [{"https": {"url": f"https://localhost:{port}/", "ca_file": "ca.pem"}}],
        }
        for port in ports
    ]
    return yaml.safe_dump(
        {"checklist": "checklist", "from": "a", "to": "b", "title": "Benchmark", "items": items}
    )


def _for_curl(directory: Path, ports: list[int]) -> str:
    urls = "".join(f'url = "https://localhost:{port}/"\noutput = "/dev/null"\n' for port in ports)
    return f'no-progress-meter\nfail\nparallel\nparallel-immediate\nparallel-max = 64\ncacert = "{directory / "ca.pem"}"\n{urls}'


async def _serve(directory: str) -> None:
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


async def _checks(directory: str) -> None:
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


if __name__ == "__main__":
    role, where = sys.argv[1:]
    asyncio.run(_serve(where) if role == "serve" else _checks(where))

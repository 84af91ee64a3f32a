"""A thousand checks in one run: memory, open files, and how fast it stops."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.tls_servers import Wanted, make

pytestmark = pytest.mark.soak

CHECKS = 1000
ROOT = make(Wanted(name="Trusted Root", authority=True))
LEAF = make(Wanted(), ROOT)
SERVER = """
import asyncio, ssl, sys
from pathlib import Path

async def handler(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    if sys.argv[2] == "slow":
        await asyncio.sleep(600)
    writer.write(b"HTTP/1.1 200 Fine\\r\\nContent-Length: 4\\r\\nConnection: close\\r\\n\\r\\nfine")
    await writer.drain()
    writer.close()

async def main():
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.load_cert_chain(sys.argv[1])
    server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=settings, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
RUN = """
import asyncio, json, os, sys
from collections import Counter
from pathlib import Path
from promoter.model.checklist import CheckSpec
from promoter.place import Place
from promoter.run import Planned, Started, Surroundings, run_checks

port, warm_up, checks = map(int, sys.argv[1:])
surroundings = Surroundings(root=Path.cwd(), ca_file=Path("root.pem").absolute())
kinds = ("https", "http", "certificate")

def plan(count):
    return [
        Planned(str(each), "sha256:0", CheckSpec("c", kinds[each % 3], {"url": f"https://localhost:{port}/"}, Place("")))
        for each in range(count)
    ]

def open_files():
    return len(os.listdir("/proc/self/fd"))

def most_memory():
    # getrusage also knows how large the process was that started this one
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])

def tell(event):
    if isinstance(event, Started) and event.planned.item == "10":
        print("running", flush=True)

async def run():
    await run_checks(plan(warm_up), surroundings, lambda event: None)
    before = open_files()
    outcomes = await run_checks(plan(checks), surroundings, tell)
    await asyncio.sleep(0.2)
    return {
        "verdicts": Counter(each.outcome.verdict for each in outcomes),
        "files": open_files() - before,
        "kilobytes": most_memory(),
    }

try:
    print(json.dumps(asyncio.run(run())))
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    return tmp_path


def serving(folder: Path, manner: str) -> Iterator[int]:
    arguments = [sys.executable, "-c", SERVER, str(LEAF.write(folder)), manner]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.kill()


@pytest.fixture
def quick(folder: Path) -> Iterator[int]:
    yield from serving(folder, "quick")


@pytest.fixture
def slow(folder: Path) -> Iterator[int]:
    yield from serving(folder, "slow")


def started(folder: Path, port: int, *, warm_up: int) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", RUN, str(port), str(warm_up), str(CHECKS)]
    return subprocess.Popen(
        arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )


def environment() -> dict[str, str]:
    """Without a proxy, and with the tree under test."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def test_a_thousand_checks_take_little_memory_and_leave_no_file_open(folder: Path, quick: int) -> None:
    with started(folder, quick, warm_up=9) as run:
        out, err = run.communicate(timeout=600)
    assert run.returncode == 0, err
    came_to: dict[str, Any] = json.loads(out.splitlines()[-1])
    assert sum(came_to["verdicts"].values()) == came_to["verdicts"].get("passed") == CHECKS
    assert came_to["files"] <= 0
    assert came_to["kilobytes"] <= 150 * 1024


def test_ctrl_c_ends_a_thousand_slow_checks_at_once(folder: Path, slow: int) -> None:
    with started(folder, slow, warm_up=0) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "running\n"
        time.sleep(1)
        interrupted = time.perf_counter()
        run.send_signal(signal.SIGINT)
        run.wait(timeout=60)
        took = time.perf_counter() - interrupted
        assert run.stderr is not None
        assert run.returncode == 130, run.stderr.read()
    assert took < 5

"""Fifty endpoints, fifteen of them slow, from a checklist to outcomes: against `curl --parallel`, as whole processes."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.measuring import Figure, environment, in_turn, seconds
from benchmarks.sides import ENDPOINTS, SLOW_ENDPOINTS

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
            [sys.executable, "-m", "benchmarks.sides", "serve", name], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        try:
            ports = [int(each) for each in server.stdout.readline().split()]
            (directory / "checklist.yaml").write_text(_checklist(ports), encoding="utf-8")
            (directory / "curl.cfg").write_text(_for_curl(directory, ports), encoding="utf-8")
            checks = [sys.executable, "-m", "benchmarks.sides", "checks", name]
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

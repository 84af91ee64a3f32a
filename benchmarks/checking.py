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
_KINDS = {
    "http": (1.4, "http checks"),
    "https": (1.8, "https checks with a second handshake each"),
}
"""At most how many times as long as curl each may take, which makes one handshake for each endpoint."""
_SIDES = Path(__file__).with_name("sides.py")
MOST_MEMORY = 60.0
"""MiB."""


def figures() -> Iterator[Figure]:
    """One check for each endpoint: of the kind `http`, which asks once as curl does, and of the kind `https`, which also
    makes the handshake that looks for old TLS; and the memory it takes."""
    if shutil.which("curl") is None:
        sys.stderr.write("benchmarks: curl is not here, so that there is nothing to measure against\n")
        return
    import trustme  # not by the process that is measured

    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        authority = trustme.CA()
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
            str(directory / "server.pem")
        )
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sides", "serve", name], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        try:
            ports = [int(each) for each in server.stdout.readline().split()]
            for kind, (limit, what) in _KINDS.items():
                place = directory / kind
                place.mkdir()
                (place / "ca.pem").write_bytes(authority.cert_pem.bytes())
                (place / "checklist.yaml").write_text(_checklist(kind, ports), encoding="utf-8")
                (place / "curl.cfg").write_text(_for_curl(place, ports), encoding="utf-8")
                yield from _measured(place, limit, what)
        finally:
            server.kill()
            server.wait()
            server.stdout.close()


def _measured(place: Path, limit: float, what: str) -> Iterator[Figure]:
    checks = [sys.executable, str(_SIDES), "checks", str(place)]  # a script, as the installed command is
    curl = ["curl", "-K", str(place / "curl.cfg")]
    floor, taken = in_turn(ROUNDS, lambda: seconds(curl), lambda: seconds(checks))
    said = f"{ENDPOINTS} {what}, {SLOW_ENDPOINTS} of them of slow endpoints / curl --parallel"
    yield Figure(said, taken / floor, limit, detail=f"floor {floor * 1000:.0f} ms")
    yield Figure("their peak memory", _peak_memory(checks), MOST_MEMORY, unit="MiB")


def _peak_memory(command: list[str]) -> float:
    """The largest resident size of a process, in MiB."""
    process = subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 1024**2


def _checklist(kind: str, ports: list[int]) -> str:
    items = [
        {
            "id": f"endpoint-{port}",
            "title": "An endpoint",
            "source": ["benchmark"],
            "checks": [{kind: {"url": f"https://localhost:{port}/", "ca_file": "ca.pem", "status": 200}}],
        }
        for port in ports
    ]
    return yaml.safe_dump(
        {"checklist": "checklist", "from": "a", "to": "b", "title": "Benchmark", "items": items}
    )


def _for_curl(directory: Path, ports: list[int]) -> str:
    urls = "".join(f'url = "https://localhost:{port}/"\noutput = "/dev/null"\n' for port in ports)
    return f'no-progress-meter\nfail\nparallel\nparallel-immediate\nparallel-max = 64\ncacert = "{directory / "ca.pem"}"\n{urls}'

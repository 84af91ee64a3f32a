"""Servers that speak the APIs of Prometheus and Alertmanager, and the real ones where they are installed."""

import asyncio
import contextlib
import json
import shutil
import socket
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import yaml

from tests.support.tls_servers import Handler, answer

Answers = Mapping[str, Any]
"""What is answered, by path; bytes are a whole answer, anything else is JSON."""


def vector(*values: str, at: float | None = None, **labels: str) -> dict[str, Any]:
    """A successful instant vector of these values."""
    now = time.time() if at is None else at
    result: list[dict[str, Any]] = [
        {"metric": {"job": "web", "instance": str(number), **labels}, "value": [now, value]}
        for number, value in enumerate(values)
    ]
    return success({"resultType": "vector", "result": result})


def success(data: object, **more: object) -> dict[str, Any]:
    """An answer of Prometheus that succeeded."""
    return {"status": "success", "data": data, **more}


def rule(name: str, *, health: str = "ok", ago: float = 5, error: str = "", **labels: str) -> dict[str, Any]:
    """An alerting rule as Prometheus lists it, evaluated so many seconds ago."""
    at = datetime.now(UTC) - timedelta(seconds=ago)
    listed = {
        "name": name,
        "type": "alerting",
        "health": health,
        "labels": labels,
        "state": "inactive",
        "lastEvaluation": at.isoformat().replace("+00:00", "123Z"),
    }
    return listed | ({"lastError": error} if error else {})


def rules(*loaded: Mapping[str, Any], interval: float = 15) -> dict[str, Any]:
    """All rules, in one group."""
    return success({"groups": [{"name": "web", "interval": interval, "rules": list(loaded)}]})


def alerts(**states: str) -> dict[str, Any]:
    """Alerts by name, with their states."""
    return success(
        {"alerts": [{"labels": {"alertname": name}, "state": state} for name, state in states.items()]}
    )


def silence(*matchers: tuple[str, str, str], state: str = "active") -> dict[str, Any]:
    """A silence with matchers such as `("alertname", "=~", "Web.*")`."""
    written = [
        {"name": name, "value": value, "isRegex": "~" in sign, "isEqual": "!" not in sign}
        for name, sign, value in matchers
    ]
    return {
        "id": "9ef15a45-167b-4d18-8a05-1fd762307bc3",
        "status": {"state": state},
        "createdBy": "jo",
        "comment": "deploying",
        "endsAt": "2030-01-01T00:00:00.000Z",
        "matchers": written,
    }


class Monitoring:
    """Answers each path as told, and keeps what was asked."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Mapping[str, list[str]]]] = []
        self.heads: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next(
            (int(each.partition(":")[2]) for each in head.lower().split("\r\n") if "content-length:" in each),
            0,
        )
        body = (await reader.readexactly(length)).decode()
        path, _, query = head.split(" ")[1].partition("?")
        self.heads.append(head)
        self.asked.append((unquote(path), parse_qs(query or body)))
        told = self.answers.get(unquote(path), answer(404, b"not found"))
        told = told.pop(0) if isinstance(told, list) and path.endswith("/query") else told
        raw = told if isinstance(told, bytes) else answer(200, json.dumps(told).encode())
        writer.write(raw)
        await writer.drain()
        writer.close()


def handler_of(monitoring: Monitoring) -> Handler:
    return monitoring


def installed() -> tuple[str, str] | None:
    """Where Prometheus and Alertmanager are, as Debian or upstream calls them; None when they are not."""
    prometheus = shutil.which("prometheus")
    alertmanager = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    return (prometheus, alertmanager) if prometheus and alertmanager else None


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def real_monitoring(
    folder: Path, alerting_rules: list[Mapping[str, Any]], receivers: list[str]
) -> AsyncIterator[tuple[int, int]]:
    """A real Prometheus that watches itself, and a real Alertmanager; their ports."""
    found = installed()
    assert found is not None
    port, manager_port = _free_port(), _free_port()
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "web", "rules": alerting_rules}]}))
    (folder / "prometheus.yml").write_text(
        yaml.safe_dump(
            {
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": ["rules.yml"],
                "alerting": {
                    "alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{manager_port}"]}]}]
                },
                "scrape_configs": [
                    {"job_name": "self", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
                ],
            }
        )
    )
    hook = [{"url": "http://127.0.0.1:9/told"}]
    written = {
        "route": {"receiver": receivers[0]},
        "receivers": [
            {"name": each, "webhook_configs": hook} if each != "null" else {"name": each}
            for each in receivers
        ],
    }
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(written))
    async with contextlib.AsyncExitStack() as stack:
        for command in (
            (
                found[0],
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=data",
                f"--web.listen-address=127.0.0.1:{port}",
            ),
            (
                found[1],
                "--config.file=alertmanager.yml",
                "--storage.path=silences",
                f"--web.listen-address=127.0.0.1:{manager_port}",
                "--cluster.listen-address=",
            ),
        ):
            log = stack.enter_context((folder / f"{Path(command[0]).name}.log").open("wb"))
            process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=log, stderr=log)
            stack.push_async_callback(_end, process)
        yield port, manager_port


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()

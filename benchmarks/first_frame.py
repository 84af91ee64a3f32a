"""When the promotion screen is first painted, and what it weighs, against an empty Textual app."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import pyte

from benchmarks.measuring import PROMOTER, Figure, environment, in_turn
from benchmarks.trails import repository

COLUMNS, LINES = 120, 40
ROUNDS = 7
PATIENCE_S = 20.0
SETTLE_S = 0.7
LIMIT = 1.8
ITEMS_LIMIT = 3.5
MEMORY_LIMIT_MIB = 60.0
ANYTHING = r"\S"

EMPTY_APP = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("EMPTY")

Empty().run()
"""
_QUERIES = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[\?u"), b"\x1b[?0u"),
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),
)
_FULL_SCREEN = b"\x1b[?1049h"
_NOT_FOR_PYTE = re.compile(rb"\x1b\[[<>=][0-9;:]*[ -/]*[@-~]|\x1b\[\??[0-9;]*[$ '\"!][@-~]|\x1b\[\?[0-9;]*u")


@dataclass(frozen=True, slots=True)
class Seen:
    """When the awaited text stood on the emulated screen, in seconds, and the memory it took, in MiB."""

    painted: float
    memory: float


def figures() -> Iterator[Figure]:
    """First painted frame and the items on it as multiples of an empty app's frame, and resident memory."""
    memory: list[float] = []

    def promotion_screen(awaited: str) -> float:
        seen = watch([*PROMOTER, "-C", str(where)], awaited)
        memory.append(seen.memory)
        return seen.painted

    with tempfile.TemporaryDirectory() as directory:
        where = repository(Path(directory) / "repository", 100)
        floor, painted, items = in_turn(
            ROUNDS,
            lambda: watch([sys.executable, "-c", EMPTY_APP], ANYTHING).painted,
            lambda: promotion_screen(ANYTHING),
            lambda: promotion_screen(r"webhook"),
        )
    detail = f"floor {floor * 1000:.0f} ms"
    yield Figure(
        "promotion screen's first frame / an empty Textual app's", painted / floor, LIMIT, detail=detail
    )
    yield Figure(
        "its items read from the trail and painted / the same", items / floor, ITEMS_LIMIT, detail=detail
    )
    yield Figure("promotion screen's memory", max(memory), MEMORY_LIMIT_MIB, unit="MiB")


def watch(command: Sequence[str], awaited: str) -> Seen:
    """Runs a full-screen program in a terminal of its own until a line matches the awaited pattern."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environ = {**environment(), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True
    )
    os.close(slave)
    try:
        painted = _until(master, awaited, started)
        _drain(master)
        return Seen(painted, psutil.Process(process.pid).memory_info().rss / 2**20)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(master)


def _until(master: int, awaited: str, started: float) -> float:
    chunks: list[tuple[float, bytes]] = []
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    full_screen = False
    while time.perf_counter() - started < PATIENCE_S:
        if not select.select([master], [], [], 0.02)[0]:
            for at, chunk in chunks:
                full_screen = full_screen or _FULL_SCREEN in chunk
                stream.feed(_NOT_FOR_PYTE.sub(b"", chunk.replace(_FULL_SCREEN, _FULL_SCREEN + b"\x1b[2J")))
                if full_screen and any(re.search(awaited, line) for line in screen.display):
                    return at - started
            chunks.clear()
            continue
        chunk = os.read(master, 1 << 16)
        chunks.append((time.perf_counter(), chunk))
        _answer(master, chunk)
    raise TimeoutError(f"{awaited!r} was not painted within {PATIENCE_S} s")


def _drain(master: int) -> None:
    end = time.perf_counter() + SETTLE_S
    while time.perf_counter() < end:
        if select.select([master], [], [], 0.05)[0]:
            _answer(master, os.read(master, 1 << 16))


def _answer(master: int, chunk: bytes) -> None:
    for query, answer in _QUERIES:
        if query.search(chunk):
            os.write(master, answer)

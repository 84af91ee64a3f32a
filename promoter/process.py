"""Running a foreign program: within a time, with what it prints capped, and nothing of it left behind."""

import asyncio
import hashlib
import os
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import IO

from promoter.frozen import frozen

KEPT_OF_EACH_END = 128 * 1024
"""Bytes kept of the beginning of what a program prints, and as many of the end."""

_CHUNK = 64 * 1024
_LAST_WORDS = 1.0
_GLANCE = 0.02
_GRACE_WHEN_CANCELLED = 0.4
_LONGEST_GRACE = 5.0
_SHARE_OF_THE_TIME_LEFT = 0.2


class NotStarted(Exception):
    """The program could not be started: it is `missing`, its `interpreter` is, it is not `executable`,
    or for another reason (`other`)."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(why, detail)
        self.why = why
        self.detail = detail


class Capture:
    """What a program prints: both ends of it, how much it was, its SHA-256, and which of some texts it holds.

    The texts are looked for in all of it, also in what is not kept.
    """

    def __init__(self, sought: Sequence[bytes] = (), kept: int = KEPT_OF_EACH_END) -> None:
        self.size = 0
        self.found: set[bytes] = set()
        self._kept = kept
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._in_tail = 0
        self._digest = hashlib.sha256()
        self._sought = set(sought)
        self._overlap = max(map(len, sought), default=1) - 1
        self._before = b""

    def take(self, part: bytes) -> None:
        """Takes the next bytes."""
        self.size += len(part)
        self._digest.update(part)
        if self._sought:
            window = self._before + part
            new = {each for each in self._sought if each in window}
            self.found |= new
            self._sought -= new
            self._before = window[len(window) - self._overlap :] if self._overlap else b""
        room = self._kept - len(self._head)
        self._head += part[:room] if room > 0 else b""
        rest = part[max(room, 0) :]
        if rest:
            self._tail.append(rest)
            self._in_tail += len(rest)
            while self._in_tail - len(self._tail[0]) >= self._kept:
                self._in_tail -= len(self._tail.popleft())

    @property
    def digest(self) -> str:
        """Of all of it."""
        return f"sha256:{self._digest.hexdigest()}"

    @property
    def dropped(self) -> int:
        """How many bytes between the two ends were not kept."""
        return self.size - len(self._head) - len(self._last())

    def ends(self) -> tuple[bytes, bytes]:
        """The beginning and the end; the end is empty where the beginning is all.

        Where something between them was dropped, both end at a line's end: half a line may hold half a
        secret, which nobody could recognise.
        """
        head, tail = bytes(self._head), self._last()
        if not self.dropped:
            return head + tail, b""
        return head[: head.rfind(b"\n") + 1], tail[tail.find(b"\n") + 1 :] if b"\n" in tail else b""

    def _last(self) -> bytes:
        return b"".join(self._tail)[-self._kept :]


@frozen(kw_only=True)
class Invocation:
    """A program to run: its arguments as they are, the first of them looked up on `PATH` of its
    `environment`, which is all the environment it has; `sought` are texts to look for in what it prints; `given` is what it
    has to read."""

    arguments: Sequence[str]
    directory: Path
    environment: Mapping[str, str] = field(repr=False)
    sought: Sequence[bytes] = ()
    given: bytes = field(default=b"", repr=False)


@frozen(kw_only=True)
class Ending:
    """How a program ended: with a `status`, or by a `signal` by its name; `stopped` when it was still
    running at the deadline. `took_s` is in seconds."""

    status: int | None
    signal: str | None
    stopped: bool
    output: Capture
    took_s: float


async def run(invocation: Invocation, deadline: float) -> Ending:
    """Runs the program to its end, or stops it shortly before the `deadline` (the loop's time).

    It has nothing to read but what it is `given`, its output and its errors are one stream, and it leads a session of its own.
    When it has ended, when it is stopped, and when this is cancelled, whatever is left of its process group
    is ended: asked first (SIGTERM), then made to (SIGKILL). What has left the group is out of reach.

    Raises NotStarted.
    """
    clock = asyncio.get_running_loop().time
    started = time.perf_counter()
    grace = min(_LONGEST_GRACE, max(deadline - clock(), 0.0) * _SHARE_OF_THE_TIME_LEFT)
    transport, watching = await _started(invocation)
    patience = _GRACE_WHEN_CANCELLED
    try:
        try:
            stopped = not await _is_set_by(watching.exited, deadline - grace)
            patience = grace / 2
        finally:
            await _end(transport.get_pid(), patience)
        last = min(clock() + _LAST_WORDS, deadline - grace / 4)
        await _is_set_by(watching.exited, last)
        await _is_set_by(watching.silent, last)
    finally:
        transport.close()
    code = transport.get_returncode()
    return Ending(
        status=code if code is not None and code >= 0 and not stopped else None,
        signal=_name_of(-code) if code is not None and code < 0 and not stopped else None,
        stopped=stopped,
        output=watching.output,
        took_s=round(time.perf_counter() - started, 3),
    )


class _Watching(asyncio.SubprocessProtocol):
    """Takes what the program prints, and notices when it has ended and when nobody can print any more."""

    def __init__(self, sought: Sequence[bytes]) -> None:
        self.output = Capture(sought)
        self.exited = asyncio.Event()
        self.silent = asyncio.Event()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self.output.take(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self.silent.set()

    def process_exited(self) -> None:
        self.exited.set()


async def _started(invocation: Invocation) -> tuple[asyncio.SubprocessTransport, _Watching]:
    if not invocation.given:
        return await _started_reading(invocation, subprocess.DEVNULL)
    with tempfile.TemporaryFile() as given:
        given.write(invocation.given)
        given.seek(0)
        return await _started_reading(invocation, given)


async def _started_reading(
    invocation: Invocation, given: int | IO[bytes]
) -> tuple[asyncio.SubprocessTransport, _Watching]:
    try:
        return await asyncio.get_running_loop().subprocess_exec(
            lambda: _Watching(invocation.sought),
            *invocation.arguments,
            cwd=invocation.directory,
            env=dict(invocation.environment),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise NotStarted("interpreter" if _is_there(invocation) else "missing", _said(error)) from error
    except PermissionError as error:
        raise NotStarted("executable", _said(error)) from error
    except OSError as error:
        raise NotStarted("executable" if _is_there(invocation) else "other", _said(error)) from error
    except ValueError as error:
        raise NotStarted("other", str(error)) from error


def _is_there(invocation: Invocation) -> bool:
    """Whether the program's file is: what it names as its interpreter is missing, or it is no program."""
    program = invocation.arguments[0]
    if "/" in program:
        return (invocation.directory / program).is_file()
    path = invocation.environment.get("PATH", os.defpath)
    return any((Path(each) / program).is_file() for each in path.split(os.pathsep) if each)


def _said(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else type(error).__name__


async def _is_set_by(event: asyncio.Event, moment: float) -> bool:
    try:
        async with asyncio.timeout_at(moment):
            await event.wait()
    except TimeoutError:
        return event.is_set()
    return True


async def _end(group: int, patience: float) -> None:
    """Ends what is left of a process group, after `patience` seconds at the latest."""
    clock = asyncio.get_running_loop().time
    until = clock() + patience
    try:
        there = _signalled(group, signal.SIGTERM)
        while there and clock() < until:
            await asyncio.sleep(_GLANCE)
            there = _signalled(group, 0)
    finally:
        _signalled(group, signal.SIGKILL)


def _signalled(group: int, number: int) -> bool:
    """Whether there was anybody in the group to send the signal to."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody in it has another user's rights, or is dead and not yet buried
        return number == 0
    return True


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)

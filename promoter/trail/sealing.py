"""Ed25519 signatures checked beside this process, in one of their own, while this one reads what was signed.

A check takes 0.1 ms, and Python does one thing at a time: of 10 000 commits it is a third of the work. The other
process is this interpreter with this program, and knows nothing but what it is given. Whatever it does not
answer is checked here.
"""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from promoter.trail import sshsig
from promoter.trail.seal import Seal, SealState

WORTH_IT = 1_000
"""Signatures from which on another process is quicker than none."""

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from promoter.trail.sealing import serve; serve()"
_SECONDS = 600
_NOT_TOLD = b"?"


def ssh_seal(armoured: bytes, payload: bytes) -> Seal | None:
    """What an SSH signature says of a payload; None when it is of another type of key than Ed25519."""
    try:
        signature = sshsig.parse(armoured)
    except sshsig.NoSignature:
        return Seal(SealState.BROKEN)
    if signature.key_type != sshsig.ED25519:
        return None
    return Seal(SealState.INTACT if signature.covers(payload) else SealState.BROKEN, signature.key_id)


class Sealing:
    """The seals of many signatures, by the names they are given: pairs of the armoured signature and what it
    covers. A context manager, which starts the other process where that is worth it and ends it."""

    def __init__(
        self,
        signed: Mapping[str, tuple[bytes, bytes]],
        *,
        worth_it: int = WORTH_IT,
        interpreter: str = sys.executable,
    ) -> None:
        self._signed = signed
        self._process: subprocess.Popen[bytes] | None = None
        self._answered = b""
        self._seals: dict[str, Seal] | None = None
        self._reading = threading.Thread(target=self._ask, daemon=True)
        self._interpreter = interpreter
        self._start = len(signed) >= worth_it and bool(interpreter) and (os.cpu_count() or 1) > 1

    def of(self, name: str) -> Seal | None:
        """The seal by this name; None when nobody told."""
        if self._seals is None:
            self._seals = self._collected()
        return self._seals.get(name)

    def __enter__(self) -> Self:
        if self._start:
            path = [each for each in sys.path if Path(each).is_absolute()]
            with contextlib.suppress(OSError):
                self._process = subprocess.Popen(
                    [self._interpreter, "-I", "-c", _PROGRAM, *path],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
                self._reading.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._reading.join()
            self._process = None

    def _ask(self) -> None:
        assert self._process is not None  # noqa: S101 - it was started before this thread
        asked = BytesIO()
        for pair in self._signed.values():
            for each in pair:
                asked.write(len(each).to_bytes(8) + each)
        with contextlib.suppress(OSError, ValueError):
            self._answered = self._process.communicate(asked.getvalue())[0]

    def _collected(self) -> dict[str, Seal]:
        if self._process is None:
            return {}
        self._reading.join(_SECONDS)
        lines = self._answered.splitlines()
        told = len(lines) == len(self._signed) and self._process.returncode == 0
        answers = zip(self._signed, lines if told else (), strict=False)
        return {name: seal for name, line in answers if (seal := _read(line)) is not None}


def serve() -> None:
    """Answers on standard output, a line each, what is asked on standard input."""
    lines = [_written(ssh_seal(*pair)) for pair in _pairs(sys.stdin.buffer)]
    sys.stdout.buffer.write(b"".join(lines))
    sys.stdout.buffer.flush()


def _pairs(stream: BinaryIO) -> list[tuple[bytes, bytes]]:
    parts = []
    while size := stream.read(8):
        parts.append(stream.read(int.from_bytes(size)))
    return list(zip(parts[::2], parts[1::2], strict=True))


def _written(seal: Seal | None) -> bytes:
    if seal is None:
        return _NOT_TOLD + b"\n"
    return f"{seal.state.value} {seal.key or ''}".encode() + b"\n"


def _read(line: bytes) -> Seal | None:
    if line == _NOT_TOLD:
        return None
    state, _, key = line.decode("ascii").partition(" ")
    return Seal(SealState(state), key or None)

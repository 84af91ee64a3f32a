"""Git objects, many read by one process that stays for the next reader."""

import contextlib
import os
import select
import subprocess
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, TypeVar

from promoter.errors import UsageError
from promoter.messages import N_, phrase
from promoter.trail.command import GitFailed, finish

BATCH = ("cat-file", "--batch-command")
_NAMES_AT_ONCE = (
    32  # with the longest names still less than a pipe holds, so that git and we never wait for each other
)
_NAME_AT_MOST = 1000

T = TypeVar("T")


class Objects:
    """What `git cat-file --batch-command` answers, from as many processes as there are readers at once; `begin` starts one.

    A process that has answered all it was asked is kept for whoever asks next: starting one takes longer
    than most answers. It sees what was written meanwhile.
    """

    def __init__(self, begin: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._begin = begin
        self._idle: list[subprocess.Popen[bytes]] = []
        self._taking = threading.Lock()
        weakref.finalize(self, _end_all, self._idle)

    def read(self, names: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        """Object id, type and content of each name.

        A name that is not there answers itself, `missing` and no content. Raises GitFailed, and UsageError
        for a name that cannot be one.
        """
        return self._asked("contents", names, _content)

    def sizes(self, names: Iterable[str]) -> Iterator[int | None]:
        """The size in bytes of each name's object; None for one that is not there. Raises as `read` does."""
        return self._asked("info", names, _size)

    def _asked(self, what: str, names: Iterable[str], answer: Callable[[IO[bytes], str], T]) -> Iterator[T]:
        wanted = iter(names)
        process: subprocess.Popen[bytes] | None = None
        answered = True
        try:
            while batch := list(islice(wanted, _NAMES_AT_ONCE)):
                process = process or self._taken()
                answered = False
                yield from _batch(process, what, batch, answer)
                answered = True
        except (BrokenPipeError, EOFError) as ended:
            assert process is not None  # noqa: S101 - it did not answer
            finish(process, BATCH, given=None, timeout=5)
            raise GitFailed(BATCH, None, "it ended early") from ended
        finally:
            if process is not None and answered and not _complained(process):
                self._idle.append(process)
            elif process is not None:
                _end(process)

    def close(self) -> None:
        """Ends the processes that are kept."""
        with self._taking:
            _end_all(self._idle)

    def _taken(self) -> subprocess.Popen[bytes]:
        with self._taking:
            kept = self._idle.pop() if self._idle else None
        if kept is None:
            return self._begin()
        if kept.poll() is None:
            return kept
        _end(kept)
        return self._begin()


def _end_all(processes: list[subprocess.Popen[bytes]]) -> None:
    while processes:
        _end(processes.pop())


def _batch(
    process: subprocess.Popen[bytes], what: str, names: Sequence[str], answer: Callable[[IO[bytes], str], T]
) -> Iterator[T]:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    assert process.stdout is not None  # noqa: S101
    for name in names:
        if "\n" in name or "\0" in name or len(os.fsencode(name)) > _NAME_AT_MOST:
            raise UsageError(phrase(N_("{name} cannot name an object"), name=name[:_NAME_AT_MOST]))
    process.stdin.write(b"".join(f"{what} ".encode() + os.fsencode(name) + b"\n" for name in names))
    process.stdin.flush()
    for name in names:
        yield answer(process.stdout, name)


def _header(answers: IO[bytes], name: str) -> list[str] | None:
    header = answers.readline()
    if header == os.fsencode(name) + b" missing\n":
        return None
    if not header.endswith(b"\n"):
        raise EOFError
    return header.decode("ascii").split()


def _content(answers: IO[bytes], name: str) -> tuple[str, str, bytes]:
    header = _header(answers, name)
    if header is None:
        return name, "missing", b""
    oid, kind, size = header
    content = answers.read(int(size) + 1)
    if len(content) != int(size) + 1:
        raise EOFError
    return oid, kind, content[:-1]


def _size(answers: IO[bytes], name: str) -> int | None:
    header = _header(answers, name)
    return None if header is None else int(header[2])


def _complained(process: subprocess.Popen[bytes]) -> bool:
    """Whether it wrote to its standard error, which nobody reads before it ends."""
    assert process.stderr is not None  # noqa: S101 - it was asked for
    return bool(select.select([process.stderr], [], [], 0)[0])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError, ValueError):
            process.stdin.close()
    if process.poll() is None:
        process.terminate()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    process.wait()

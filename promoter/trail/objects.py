"""Git objects: many read by one process, and the form of a tree."""

import contextlib
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from promoter.errors import UsageError
from promoter.messages import N_, phrase
from promoter.trail.command import GitFailed, finish

BATCH = ("cat-file", "--batch")
_NAMES_AT_ONCE = (
    32  # with the longest names still less than a pipe holds, so that git and we never wait for each other
)
_NAME_AT_MOST = 1000


def batched(process: subprocess.Popen[bytes], names: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
    """Object id, type and content of each name, from a running `git cat-file --batch`, which is ended.

    A name that is not there answers itself, `missing` and no content. Raises GitFailed, and UsageError
    for a name that cannot be one.
    """
    wanted = iter(names)
    try:
        while batch := list(islice(wanted, _NAMES_AT_ONCE)):
            yield from _batch(process, batch)
    except (BrokenPipeError, EOFError) as ended:
        finish(process, BATCH, given=None, timeout=5)
        raise GitFailed(BATCH, None, "it ended early") from ended
    finally:
        _end(process)


def _batch(process: subprocess.Popen[bytes], names: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    assert process.stdout is not None  # noqa: S101
    for name in names:
        if "\n" in name or "\0" in name or len(os.fsencode(name)) > _NAME_AT_MOST:
            raise UsageError(phrase(N_("{name} cannot name an object"), name=name[:_NAME_AT_MOST]))
    process.stdin.write(b"".join(os.fsencode(name) + b"\n" for name in names))
    process.stdin.flush()
    for name in names:
        header = process.stdout.readline()
        if header == os.fsencode(name) + b" missing\n":
            yield name, "missing", b""
            continue
        if not header.endswith(b"\n"):
            raise EOFError
        oid, kind, size = header.decode("ascii").split()
        content = process.stdout.read(int(size) + 1)
        if len(content) != int(size) + 1:
            raise EOFError
        yield oid, kind, content[:-1]


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

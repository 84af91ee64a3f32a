"""One writer at a time in a repository, whatever work tree it is in.

The lock is an advisory one on a file of the common directory. It ends with the processes that hold it,
and git's own commands under it hold it as well: once it is ours, nothing started by a promoter that
died is still writing, so a lock file that one left on a reference can be told from one in use.
"""

import contextlib
import fcntl
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

from promoter.errors import CannotAct
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.trail.rights import as_the_repository

_PATIENCE_S = 120.0
_LONGEST_PAUSE_S = 0.02
_SHORTEST_PAUSE_S = 0.0005
_LONG_S = 0.05


@frozen
class Held:
    """The lock while it is held. `unfinished` is the reference a writer that died was changing."""

    descriptor: int
    unfinished: str

    @contextlib.contextmanager
    def changing(self, reference: str) -> Iterator[None]:
        """Notes in the lock file which reference is about to change, for whoever comes after a crash."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, reference.encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(self.descriptor, 0)


@contextlib.contextmanager
def locked(path: Path, *, patience_s: float = _PATIENCE_S) -> Iterator[Held]:
    """Holds the lock; waits for it at most `patience_s` seconds. Raises CannotAct."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as failed:
        raise CannotAct(
            phrase(N_("{path} cannot be written: {why}"), path=str(path), why=failed.strerror)
        ) from failed
    as_the_repository(path)
    try:
        _wait_for(descriptor, path, patience_s)
        yield Held(descriptor, os.pread(descriptor, 4096, 0).decode("utf-8", "replace"))
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, path: Path, patience_s: float) -> None:
    """Who has waited longest tries most often, so that nobody is passed over for long."""
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - began
            if waited > patience_s:
                raise CannotAct(
                    phrase(N_("another promoter has been writing to this trail for too long")),
                    phrase(N_("see which process holds {path}, and end it"), path=str(path)),
                ) from None
            pause = max(_LONGEST_PAUSE_S / (1 + waited / _LONG_S), _SHORTEST_PAUSE_S)
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads waiters, guards nothing
        else:
            return

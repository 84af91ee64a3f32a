"""What SIGTERM does: it is raised where the program is, so that everything is unwound."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM arrived. Asyncio lets it through, as it does an interrupt."""


@contextmanager
def terminable() -> Iterator[None]:
    """While it lasts, SIGTERM raises Terminated."""
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated

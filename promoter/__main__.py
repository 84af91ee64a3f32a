"""The entry point: the only module that knows both faces."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from promoter.cli.quick import quick_answer

if TYPE_CHECKING:
    from promoter.messages import Language
    from promoter.usecases.settings import Settings

_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own is 700 (CPython 3.11), at which a program collects 80 times before it has begun."""


def main() -> None:
    """Runs `promoter` and exits with its code."""
    with little_collecting():
        code: int | None = quick_answer(sys.argv[1:])
        if code is None:
            from promoter.cli.root import main as command_line

            code = command_line(sys.argv[1:], _full_screen)
    sys.exit(code)


@contextmanager
def little_collecting() -> Iterator[None]:
    """What is done here, with a garbage collector that seldom looks and that leaves what is there at the end
    to the end of the process: an invocation makes many objects, mostly while it imports, and next to no
    cycles, so that looking through them all again and again takes a tenth of its time and finds nothing."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    yield
    gc.freeze()


def _full_screen(settings: "Settings", language: "Language", promotion: str | None) -> int:
    from promoter.tui.start import start

    return start(settings, language, promotion)


if __name__ == "__main__":
    main()

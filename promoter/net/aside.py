"""What blocks, done beside the loop."""

import _thread
import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import TypeVar

_Done = TypeVar("_Done")


def aside(work: Callable[[], _Done]) -> "asyncio.Future[_Done]":
    """What `work` comes to, in a thread of its own that nobody waits for: the loop's executor would hold up
    the end of the program for as long as a name server does not answer. A bare thread costs the loop
    nothing; `Thread.start` waits for it to run. It may raise OSError or UnicodeError."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_Done] = loop.create_future()
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())

    def deliver(tell: Callable[[], None]) -> None:
        if not answer.done():
            tell()

    def run() -> None:
        try:
            done = work()
        except (OSError, UnicodeError) as error:
            tell = partial(answer.set_exception, error)
        else:
            tell = partial(answer.set_result, done)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(deliver, tell)

    _thread.start_new_thread(run, ())
    return answer

"""Waiting for what runs concurrently, so that being told to stop leaves it the time to record what has finished."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from promoter.cli.termination import Terminated

Result = TypeVar("Result")


def run_to_its_end(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Runs a coroutine and returns its result.

    On SIGINT or SIGTERM it is cancelled and may still do what must be done; then KeyboardInterrupt or
    Terminated is raised.
    """
    terminated = False

    async def supervised() -> Result:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def terminate() -> None:
            nonlocal terminated
            terminated = True
            if task is not None:
                task.cancel()

        loop.add_signal_handler(signal.SIGTERM, terminate)
        return await coroutine

    before = signal.getsignal(signal.SIGTERM)
    try:
        result = asyncio.run(supervised())
    except asyncio.CancelledError:
        if terminated:
            raise Terminated from None
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
    if terminated:
        raise Terminated
    return result

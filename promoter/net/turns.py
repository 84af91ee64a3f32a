"""Whose turn it is to connect, when many checks of a run would at once."""

import asyncio
from collections.abc import Callable

from promoter.model.context import Context

_AT_ONCE = 16
_LONGEST_S = 0.02


async def turn_to_connect(context: Context) -> Callable[[], None]:
    """Waits for a turn; what is returned ends it, and nothing else does but time: a server that takes its
    own holds nobody up for longer than 20 ms. Those who begin first have so asked what they are to ask
    before the last shake hands, and do not wait for the slowest of all handshakes."""
    turns = context.shared.once("turns to connect", lambda: asyncio.Semaphore(_AT_ONCE))
    await turns.acquire()
    ended = False

    def end() -> None:
        nonlocal ended
        if not ended:
            ended = True
            turns.release()

    asyncio.get_running_loop().call_later(_LONGEST_S, end)
    return end

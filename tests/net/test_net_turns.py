import asyncio

from promoter.net.turns import turn_to_connect
from tests.support.checks import context


async def test_who_never_ends_a_turn_holds_nobody_up() -> None:
    view = context()
    async with asyncio.timeout(5):
        for _ in range(64):
            await turn_to_connect(view)


async def test_a_turn_that_is_ended_twice_makes_room_for_one() -> None:
    view = context()
    ends = [await turn_to_connect(view) for _ in range(16)]
    ends[0]()
    ends[0]()
    await turn_to_connect(view)
    waiting = asyncio.ensure_future(turn_to_connect(view))
    await asyncio.sleep(0)
    assert not waiting.done()
    await waiting

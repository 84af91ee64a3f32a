"""The full screen, with somebody at the keys and no terminal."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from promoter.messages import Language
from promoter.tui.app import PromoterApp
from promoter.tui.desk import Desk
from promoter.tui.promotion_screen import PromotionScreen
from promoter.tui.session import Session
from tests.support.desks import remedies, speaking

NARROW, WIDE = (80, 24), (160, 50)


@asynccontextmanager
async def sitting(
    desk: Desk, size: tuple[int, int] = NARROW, language: str | Language = "en"
) -> AsyncIterator[tuple[PromoterApp, Pilot[int]]]:
    """The application at a desk, its first reading done. `language` is a code for a made-up desk, all of the
    language for a real one."""
    if isinstance(language, str):
        app = PromoterApp(Session(desk, speaking(language), remedies=remedies))
    else:
        app = PromoterApp(Session(desk, language))
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await _first_reading(app)
        await settle(app, pilot)
        yield app, pilot


async def _first_reading(app: PromoterApp) -> None:
    """It is asked for once the first frame is painted: on a busy machine, after everything has gone quiet."""
    session, give_up = app.session, time.monotonic() + 30
    while session.identity is None and session.failure is None and app.crash is None:
        assert time.monotonic() < give_up, "the trail was never read"
        await asyncio.sleep(0.01)


async def settle(app: PromoterApp, pilot: Pilot[int]) -> None:
    """Waits for what was asked for in the background."""
    await app.workers.wait_for_complete()
    await pilot.pause()


def shown(app: PromoterApp) -> str:
    """What the screen says, line by line, as the terminal would get it."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in lines)


def promotion(app: PromoterApp) -> PromotionScreen:
    """The promotion screen, wherever it is on the stack."""
    return next(each for each in app.screen_stack if isinstance(each, PromotionScreen))


def toasts(app: PromoterApp) -> str:
    """What passing notes say."""
    return "\n".join(each.message for each in app._notifications)

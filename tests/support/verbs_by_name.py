"""The verbs of the promotion screen that have no key, called by their name."""

import time
from typing import Any

from textual.command import CommandList
from textual.pilot import Pilot

from promoter.tui.app import PromoterApp
from promoter.tui.dialog import DEAF_SECONDS, Dialog
from promoter.tui.palette import Palette
from tests.support.sittings import promotion, settle, shown, toasts


async def commanded(app: PromoterApp, pilot: Pilot[Any], words: str) -> None:
    """Finds a command by words of its own and runs it, once it is the first that was found."""
    await pilot.press("colon")
    await pilot.pause()
    await pilot.press(*words)
    give_up = time.monotonic() + 30
    while words not in "".join(str(each.prompt) for each in app.screen.query_one(CommandList).options[:1]):
        assert time.monotonic() < give_up, shown(app)
        await pilot.pause(0.02)
    await pilot.press("enter")
    while isinstance(app.screen, Palette):
        assert time.monotonic() < give_up, shown(app)
        await pilot.pause(0.02)
    await settle(app, pilot)


async def asked(app: PromoterApp, pilot: Pilot[Any], action: str) -> Dialog:
    """The dialog of a verb, once it listens."""
    await promotion(app).run_action(action)
    await settle(app, pilot)
    assert isinstance(app.screen, Dialog), toasts(app)
    await pilot.pause(DEAF_SECONDS + 0.02)
    return app.screen

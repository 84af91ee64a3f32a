"""The main job through the full screen, on a real repository with a real key."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from promoter.gate import Answer
from promoter.tui.app import PromoterApp
from promoter.tui.desk import Scope
from promoter.tui.dialog import DEAF_SECONDS
from promoter.tui.office import Office
from promoter.tui.session import Session
from promoter.usecases.language import language_for
from promoter.usecases.opening import open_promotion
from promoter.usecases.settings import Settings
from promoter.usecases.standing import Standing
from tests.support.command_line import away_from_home
from tests.support.git_repositories import make_signer
from tests.support.shop_floor import at_work, shop
from tests.support.sittings import WIDE, promotion, settle, shown


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    with away_from_home(tmp_path / "home"):
        alice = make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com")
        made = shop(tmp_path / "shop", alice)
        with at_work(made) as workspace:
            open_promotion(workspace, "staging-to-preprod", "v1")
        yield made


def office(directory: Path) -> Office:
    return Office(Settings(directory, environ=os.environ), language_for("en", {}))


async def test_a_promotion_is_run_signed_and_promoted(directory: Path) -> None:
    app = PromoterApp(Session(office(directory), language_for("en", {})))
    async with app.run_test(size=WIDE, notifications=True, tooltips=True) as pilot:

        async def do(*keys: str) -> None:
            for key in keys:
                if key == "…":
                    await settle(app, pilot)
                    await pilot.pause(DEAF_SECONDS)
                else:
                    await pilot.press(key)
            await settle(app, pilot)
            await settle(app, pilot)

        await do("…", "R")
        assert "Alice Martin" in shown(app)
        await do(
            "slash", *"rollback", "enter", "s", "…", "tab", *"written", "tab", "tab", "tab", *"v1", "ctrl+j"
        )
        await do("escape", "slash", *"accounts", "enter", "s", "…", "tab", *"vault")
        await do("tab", "tab", "tab", "tab", *"v1", "ctrl+j")
        standing = promotion(app).standing
        assert standing is not None
        assert standing.decision.answer is Answer.OPEN
        await do("escape", "p", "…", "tab", *"go", "tab", *"v1", "ctrl+j")
        assert "PROMOTED" in shown(app)
        await do("m")
        assert "v1" in shown(app)
        await do("escape", "q")
    assert app.return_code == 0


def test_the_office_records_what_had_finished_when_a_run_is_stopped(directory: Path) -> None:
    desk = office(directory)
    before = desk.status(None)
    assert isinstance(before, Standing)
    stop = Event()
    stop.set()
    desk.run(before.promotion.id, Scope(), frozenset(), lambda progress: None, stop)
    assert isinstance(desk.status(None), Standing)


def test_the_tip_follows_what_others_write(directory: Path) -> None:
    desk = office(directory)
    before = desk.tip()
    shown_first = desk.status(None)
    assert isinstance(shown_first, Standing)
    desk.reject(shown_first.promotion.id, "rollback", "not yet")
    assert desk.tip() not in (None, before)

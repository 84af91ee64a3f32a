"""Who is told of what was decided at the full screen, and what it says when somebody could not be."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from promoter.messages import N_, phrase
from promoter.tui.app import PromoterApp
from promoter.tui.dialog import DEAF_SECONDS
from promoter.tui.office import Office
from promoter.usecases.consent import agree
from promoter.usecases.language import language_for
from promoter.usecases.notifying import notices_asked
from promoter.usecases.opening import open_promotion
from promoter.usecases.settings import Settings
from tests.support.command_line import away_from_home
from tests.support.desks import FakeDesk
from tests.support.git_repositories import git
from tests.support.hostile import FORBIDDEN, TERMINAL
from tests.support.shop_floor import at_work
from tests.support.sittings import promotion, settle, shown, sitting, toasts
from tests.support.small_shop import PIPELINE, make_shop

HOOKS = phrase(N_("{to} was not notified: {why}"), to="https://hooks.example", why="it answered 500")


def status(app: PromoterApp) -> str:
    """The line above the keys, under whatever passing note lies over it."""
    return str(promotion(app).query_one("#status", Static).visual)


async def rejected(app: PromoterApp, pilot: Pilot[Any]) -> None:
    """Rejects the item under the cursor, without waiting for who is told of it."""
    await pilot.press("x")
    await pilot.pause(DEAF_SECONDS + 0.02)
    await pilot.press("tab", *"no", "ctrl+j")
    give_up = time.monotonic() + 30
    while not promotion(app).is_current:
        assert time.monotonic() < give_up, shown(app)
        await pilot.pause(0.02)


async def test_who_could_not_be_told_is_named_until_the_next_decision() -> None:
    desk = FakeDesk(untold=(HOOKS,))
    async with sitting(desk) as (app, pilot):
        await rejected(app, pilot)
        await settle(app, pilot)
        assert "webhook is rejected" in toasts(app)
        assert "https://hooks.example was not notified: it answered 500" in toasts(app)
        assert "! https://hooks.example was not notified: it ans" in status(app)
        assert "trail 42 entries" in status(app)
        await rejected(app, pilot)
        await settle(app, pilot)
        assert "not notified" not in status(app)
        assert "Alice" in status(app)


async def test_nobody_waits_for_those_who_are_told() -> None:
    told = Event()
    desk = FakeDesk(untold=(HOOKS,), telling=told)
    async with sitting(desk) as (app, pilot):
        await rejected(app, pilot)
        assert desk.wrote("reject") == [("webhook", "no")]
        assert "not notified" not in toasts(app)
        told.set()
        await settle(app, pilot)
        assert "not notified" in toasts(app)


async def test_a_run_tells_too() -> None:
    desk = FakeDesk(untold=(HOOKS,))
    async with sitting(desk) as (app, pilot):
        await pilot.press("R")
        await settle(app, pilot)
        await settle(app, pilot)
        assert "! https://hooks.example was not notified" in status(app)


@pytest.mark.parametrize("text", ["[/", "[@click=app.quit]text[/]", TERMINAL])
async def test_no_text_gets_through_a_complaint(text: str) -> None:
    desk = FakeDesk(untold=(phrase(N_("{to} was not notified: {why}"), to=text, why=text),))
    async with sitting(desk) as (app, pilot):
        await rejected(app, pilot)
        await settle(app, pilot)
        assert {each for each in FORBIDDEN if each != "\n" and each in shown(app)} == set()
    assert app.crash is None


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    with away_from_home(tmp_path / "home"):
        yield make_shop(tmp_path / "shop")


def at_the_office(shop: Path, *notices: str) -> tuple[Office, str]:
    """An office whose pipeline gives decisions to commands that this machine's user agreed to."""
    text = PIPELINE + "notify:\n" + "".join(f"  - {each}\n" for each in notices)
    (shop / "checklists" / "pipeline.yaml").write_text(text, encoding="utf-8")
    with at_work(shop) as workspace:
        agree(workspace, notices_asked(workspace))
        name = open_promotion(workspace, "staging-to-preprod", "v1").standing.promotion.id
    return Office(Settings(shop, environ=os.environ), language_for("en", {})), name


def said(office: Office) -> str:
    language = language_for("en", {})
    return "\n".join(language.say(each) for each in office.not_told())


def test_a_decision_does_not_wait_for_the_command_that_is_told_of_it(shop: Path, tmp_path: Path) -> None:
    script = tmp_path / "told.py"
    script.write_text(
        "import pathlib, sys, time\n"
        "here, body = pathlib.Path(sys.argv[1]), sys.stdin.read()\n"
        "end = time.monotonic() + 3\n"
        "while not (here / 'go').exists() and time.monotonic() < end: time.sleep(0.02)\n"
        "(here / 'told').write_text(body)\n"
    )
    command = f"{{on: [rejected], command: [{sys.executable}, {script}, {tmp_path}]}}"
    office, name = at_the_office(shop, command)
    office.reject(name, "rollback", "not like this")
    assert not (tmp_path / "told").exists()
    (tmp_path / "go").touch()
    assert said(office) == ""
    assert '"on":"rejected"' in (tmp_path / "told").read_text()
    assert said(office) == ""


def test_a_command_that_fails_is_named_once_and_the_decision_stands(shop: Path) -> None:
    office, name = at_the_office(shop, "{on: [rejected], command: ['false']}")
    office.reject_promotion(name, "not like this")
    assert "false was not notified: it ended with 1" in said(office)
    assert said(office) == ""
    with at_work(shop) as workspace:
        assert workspace.trail.position().entries == 3


def test_what_could_not_be_shared_is_said_as_well(shop: Path, tmp_path: Path) -> None:
    office, name = at_the_office(shop, "{on: [opened], command: ['true']}")
    git(shop, "remote", "add", "origin", str(tmp_path / "nowhere"))
    git(shop, "config", "promoter.sync", "auto")
    office.comment(name, None, "as agreed")
    assert "recorded here, and not shared yet:" in said(office)

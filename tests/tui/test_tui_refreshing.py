"""What went stale or expired, listed and run again at the full screen."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from promoter.messages import message
from promoter.tui.desk import Scope
from promoter.tui.office import Office
from promoter.tui.outdated_screen import OutdatedScreen
from promoter.usecases.language import language_for
from promoter.usecases.opening import open_promotion
from promoter.usecases.refreshing import Outdated
from promoter.usecases.settings import Settings, utc_now
from promoter.usecases.standing import Standing
from tests.support.command_line import away_from_home
from tests.support.desks import FakeDesk, effect, standing
from tests.support.entries import Story
from tests.support.git_repositories import make_signer
from tests.support.hostile import FORBIDDEN, TERMINAL, scene_of
from tests.support.nouns import BOB, item, release, seats
from tests.support.shop_floor import at_work, shop
from tests.support.sittings import promotion, settle, shown, sitting, toasts

FLOWS = ("flows", "flows")


def moved() -> Standing:
    """A promotion whose release moved after Bob signed."""
    story = Story()
    story.signed("contract", BOB, release=release("v0", "d"))
    return standing(story=story, items=[item("contract", sign_off=seats())])


async def test_what_expired_is_listed_and_run_again() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await promotion(app).run_action("refresh")
        await settle(app, pilot)
        assert isinstance(app.screen, OutdatedScreen)
        assert "RUN AGAIN" in shown(app)
        assert "↻ flows  flows is 9 days old, 7 days allowed" in shown(app)
        assert "r run again" in shown(app)
        await pilot.press("r")
        await settle(app, pilot)
        assert promotion(app).is_current
        assert desk.wrote("prospect") == [(Scope(checks=frozenset({FLOWS})),)]
        assert [each[1] for each in desk.wrote("run")] == [("flows",)]
        assert "1 check ran and is recorded" in toasts(app)


async def test_escape_runs_nothing() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await promotion(app).run_action("refresh")
        await settle(app, pilot)
        await pilot.press("escape")
        await settle(app, pilot)
        assert app.screen is promotion(app)
        assert desk.wrote("run") == []


async def test_what_is_run_again_asks_for_consent_as_any_run_does() -> None:
    desk = FakeDesk(asking={FLOWS: effect()})
    async with sitting(desk) as (app, pilot):
        await promotion(app).run_action("refresh")
        await settle(app, pilot)
        await pilot.press("r")
        await settle(app, pilot)
        assert "Before the checks run" in shown(app)


async def test_what_only_people_can_say_again_is_listed_and_runs_nothing() -> None:
    desk = FakeDesk(shown=moved())
    async with sitting(desk) as (app, pilot):
        await promotion(app).run_action("refresh")
        await settle(app, pilot)
        assert "FOR PEOPLE TO SAY AGAIN" in shown(app)
        assert "contract · Bob" in shown(app)
        await pilot.press("r")
        await settle(app, pilot)
        assert "No check is among them" in toasts(app)
        assert desk.wrote("run") == []


async def test_where_nothing_went_stale_that_is_said() -> None:
    async with sitting(FakeDesk(shown=standing(done=True))) as (app, pilot):
        await promotion(app).run_action("refresh")
        await settle(app, pilot)
        assert "Nothing went stale or expired." in toasts(app)


@pytest.mark.parametrize("text", ["[/", "[@click=app.quit]text[/]", TERMINAL])
async def test_no_text_gets_through_the_list(text: str) -> None:
    said = message("nobody.knows", why=text)
    found = [Outdated(text, said, replace(BOB, name=text), check) for check in (text, None)]
    async with sitting(FakeDesk()) as (app, pilot):
        await app.push_screen(OutdatedScreen(app.session, scene_of(text), found, lambda checks: None))
        await settle(app, pilot)
        assert {each for each in FORBIDDEN if each != "\n" and each in shown(app)} == set()
    assert app.crash is None


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    with away_from_home(tmp_path / "home"):
        made = shop(tmp_path / "shop", make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com"))
        with at_work(made) as workspace:
            open_promotion(workspace, "staging-to-preprod", "v1")
        yield made


def test_an_office_runs_the_checks_it_is_asked_for_and_records_them_though_nothing_is_news(
    directory: Path,
) -> None:
    desk = Office(Settings(directory, environ=os.environ, clock=utc_now), language_for("en", {}))
    first = desk.status(None)
    assert isinstance(first, Standing)
    name, scope = first.promotion.id, Scope(checks=frozenset({("accounts", "credentials")}))
    assert desk.prospect(name, scope).checks == (("accounts", "credentials"),)
    for _ in range(2):
        assert desk.run(name, scope, frozenset(), lambda progress: None, Event())
    after = desk.status(name)
    assert isinstance(after, Standing)
    assert len(after.promotion.outcomes["accounts", "credentials"]) == 2
    assert ("variables", "credentials") not in after.promotion.outcomes

"""Saying at the full screen what happened after a promotion was authorised."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from promoter.errors import UsageError
from promoter.messages import N_, Language, message, phrase
from promoter.promotion import RunsIn
from promoter.tui.choosing import Choice
from promoter.tui.desk import Scope, SignOffForm
from promoter.tui.office import Office
from promoter.usecases.language import language_for, phrasebook
from promoter.usecases.opening import open_promotion
from promoter.usecases.settings import Settings
from tests.support.command_line import away_from_home
from tests.support.desks import FakeDesk, standing
from tests.support.entries import Story
from tests.support.git_repositories import git, make_signer
from tests.support.hostile import FORBIDDEN, TERMINAL
from tests.support.nouns import ALICE, at, release
from tests.support.shop_floor import at_work, shop
from tests.support.sittings import promotion, settle, shown, sitting, toasts
from tests.support.verbs_by_name import asked


def promoted(**others: object) -> FakeDesk:
    story = Story(release("v1.4.0", "c"))
    story.promoted(ALICE)
    return FakeDesk(shown=standing(story=story), **others)  # type: ignore[arg-type]


def arrivals(*names: str) -> tuple[RunsIn, ...]:
    story = Story()
    return tuple(
        RunsIn("preprod", release(name, fill), at(days=days), story.records[0], adopted=False)
        for days, (name, fill) in enumerate(zip(names, "abcdef", strict=False), 1)
    )


async def test_what_was_promoted_is_said_to_run() -> None:
    desk = promoted()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "deployed")
        assert "You say that v1.4.0 runs in preprod." in shown(app)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("deployed") == [(None, None, "")]
        assert "v1.4.0 runs in preprod" in toasts(app)
        await asked(app, pilot, "deployed")
        await pilot.press(
            "tab", *"2026-11-20 18:04", "tab", *"https://ci.example/1", "tab", *"blue", "ctrl+j"
        )
        await settle(app, pilot)
        assert desk.wrote("deployed")[1:] == [("2026-11-20 18:04", "https://ci.example/1", "blue")]


async def test_what_was_not_promoted_is_not_said_to_run() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await promotion(app).run_action("deployed")
        await settle(app, pilot)
        assert "This is not promoted, so nothing of it may run." in toasts(app)


@pytest.mark.parametrize("verb", ["deployed", "rolled_back"])
async def test_what_is_doubtful_about_it_is_said_once_it_is_recorded(verb: str) -> None:
    doubts = (message("deployed-before-promoted", at="2026-11-27T18:04:00Z"),)
    english = Language(phrasebook=phrasebook)
    desk = promoted(arrivals=arrivals("v1.3.2"), doubts=doubts)
    async with sitting(desk, language=english) as (app, pilot):
        await asked(app, pilot, verb)
        if verb == "rolled_back":
            await pilot.press("ctrl+j")
            await settle(app, pilot)
            await pilot.press(*"it loses events")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "it was promoted there only later" in toasts(app)


async def test_a_moment_that_nobody_can_read_is_said_in_the_dialog() -> None:
    desk = promoted(refusal=UsageError(phrase(N_("that is no moment")), phrase(N_("such as 2026-11-27"))))
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "deployed")
        await pilot.press("tab", *"soonish", "ctrl+j")
        await settle(app, pilot)
        for words in ("that is no moment", "such as 2026-11-27", "soonish"):
            assert words in shown(app)


async def test_the_release_that_runs_again_is_chosen_among_those_that_were_there() -> None:
    desk = promoted(arrivals=arrivals("v1.3.2", "v1.3.1"))
    async with sitting(desk) as (app, pilot):
        await promotion(app).run_action("rolled_back")
        await settle(app, pilot)
        assert isinstance(app.screen, Choice)
        assert "v1.3.2 aaaaaaaa" in shown(app)
        await pilot.press("j", "enter")
        await settle(app, pilot)
        assert "v1.3.1 bbbbbbbb runs in preprod again" in shown(app)
        await pilot.press("escape")
        await settle(app, pilot)
        assert desk.wrote("rolled_back") == []


async def test_a_roll_back_needs_a_reason() -> None:
    desk = promoted(arrivals=arrivals("v1.3.2"))
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "rolled_back")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        await pilot.press(*"it loses events", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("rolled_back") == [("v1.3.2", "it loses events", None)]
        assert "v1.3.2 aaaaaaaa runs in preprod again" in toasts(app)


async def test_where_nothing_was_before_there_is_nothing_to_go_back_to() -> None:
    async with sitting(promoted()) as (app, pilot):
        await promotion(app).run_action("rolled_back")
        await settle(app, pilot)
        assert "No other release ever got to preprod." in toasts(app)
        assert app.screen is promotion(app)


@pytest.mark.parametrize("text", ["[/", "[@click=app.quit]text[/]", TERMINAL])
async def test_no_text_gets_through_these_dialogs(text: str) -> None:
    async with sitting(promoted(arrivals=arrivals(text, "v1.3.1"))) as (app, pilot):
        await promotion(app).run_action("rolled_back")
        await settle(app, pilot)
        assert {each for each in FORBIDDEN if each != "\n" and each in shown(app)} == set()
        await pilot.press("enter")
        await settle(app, pilot)
        assert {each for each in FORBIDDEN if each != "\n" and each in shown(app)} == set()
    assert app.crash is None


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    with away_from_home(tmp_path / "home"):
        yield shop(tmp_path / "shop", make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com"))


def test_an_office_knows_what_was_there_before_and_records_what_runs(directory: Path) -> None:
    office = Office(Settings(directory, environ=os.environ), language_for("en", {}))
    names = []
    for version in ("v1", "v2"):
        if version != "v1":
            (directory / "code.txt").write_text(version)
            git(directory, "add", "code.txt")
            git(directory, "commit", "-q", "--no-gpg-sign", "-m", version)
        with at_work(directory) as workspace:
            opened = open_promotion(workspace, "staging-to-preprod", version, "HEAD")
        names.append(opened.standing.promotion.id)
        office.sign(names[-1], "rollback", SignOffForm())
        office.sign(names[-1], "accounts", SignOffForm(fields={"kept": "vault"}))
        assert office.run(names[-1], Scope(), frozenset(), lambda progress: None, Event())
        assert office.promote(names[-1], "", None, lambda progress: None, Event())
    office.deployed(names[1], None, "https://ci.example/2", "blue")
    [before] = office.earlier("preprod")
    assert before.release.name == "v1"
    office.rolled_back(before, "it loses events", None)
    with at_work(directory) as workspace:
        assert workspace.state.runs_in["preprod"].release.name == "v1"
    assert [each.release.name for each in office.earlier("preprod")] == ["v2"]
    assert office.earlier("staging") == ()

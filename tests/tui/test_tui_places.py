"""What is done at the full screen to an environment, and what is looked up there."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.errors import CannotAct, UsageError
from promoter.gate.expiring import Sort
from promoter.messages import N_, Language, message, phrase
from promoter.tui.board_screen import BoardScreen
from promoter.tui.dialog import DEAF_SECONDS
from promoter.tui.office import Office
from promoter.tui.told_screen import ToldScreen
from promoter.usecases.language import language_for, phrasebook
from promoter.usecases.opening import open_promotion
from promoter.usecases.settings import Settings
from promoter.usecases.standing import Standing
from promoter.usecases.voices import sign
from tests.support.command_line import away_from_home
from tests.support.desks import FakeDesk, board
from tests.support.entries import Story
from tests.support.git_repositories import git, make_signer
from tests.support.hostile import FORBIDDEN, TERMINAL, scene_of
from tests.support.shop_floor import at_work, shop
from tests.support.sittings import promotion, settle, shown, sitting, toasts
from tests.support.verbs_by_name import asked, commanded


async def test_the_environment_is_frozen_until_a_moment_for_a_reason() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "freeze")
        assert "Nothing is promoted into preprod meanwhile." in shown(app)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "Say until when" in shown(app)
        await pilot.press(*"7d", "ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        await pilot.press(*"census", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("freeze") == [("preprod", "census", "7d", None)]
        assert "preprod is frozen" in toasts(app)


async def test_its_freezes_are_thawed_until_a_moment_for_a_reason() -> None:
    desk = FakeDesk(doubts=(message("nothing-to-thaw", environment="preprod"),))
    async with sitting(desk, language=Language(phrasebook=phrasebook)) as (app, pilot):
        await asked(app, pilot, "thaw")
        await pilot.press("tab", *"2h", "tab", *"urgent", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("thaw") == [("preprod", "urgent", "2h")]
        assert "preprod is thawed" in toasts(app)
        assert "nothing freezes preprod until then" in toasts(app)


async def test_what_runs_somewhere_is_declared() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "adopt")
        assert "declared, not proven" in shown(app)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "An environment, a release and a reason are required." in shown(app)
        await pilot.press(*"v1", "tab", "tab", *"in service", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("adopt") == [("staging", "v1", None, "in service")]
        assert "v1 runs in staging, as declared" in toasts(app)


@pytest.mark.parametrize("action", ["freeze", "thaw", "adopt"])
async def test_escape_leaves_everything_as_it_was_and_no_text_gets_through(action: str) -> None:
    desk = FakeDesk(shown=scene_of(TERMINAL))
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, action)
        assert {each for each in FORBIDDEN if each != "\n" and each in shown(app)} == set()
        await pilot.press("tab", *"typed", "escape")
        await settle(app, pilot)
        assert promotion(app).is_current
        assert desk.wrote(action) == []


async def test_a_moment_that_is_past_is_said_in_the_dialog() -> None:
    refusal = UsageError(phrase(N_("a freeze ends later")), phrase(N_("give a later moment")))
    async with sitting(FakeDesk(refusal=refusal)) as (app, pilot):
        await asked(app, pilot, "freeze")
        await pilot.press("tab", "tab", *"yesterday", "tab", *"why", "ctrl+j")
        await settle(app, pilot)
        for words in ("a freeze ends later", "give a later moment", "yesterday"):
            assert words in shown(app)


async def test_what_changes_and_what_runs_out_is_told_as_the_command_line_tells_it() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        for words, told in (
            ("what the promotion changes", "nothing known → v1.4.0 (ccccccc)"),
            ("what runs out soon", "Nothing runs out in that time."),
        ):
            await commanded(app, pilot, words)
            assert isinstance(app.screen, ToldScreen)
            assert told in shown(app)
            await pilot.press("escape")
            await settle(app, pilot)
            assert promotion(app).is_current


async def test_what_cannot_be_told_is_said_and_leads_back() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await promotion(app).run_action("verify")
        await settle(app, pilot)
        assert "there is no trail" in toasts(app)
        assert promotion(app).is_current


async def test_the_trail_is_shared_and_read_again() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        readings = len(desk.wrote("status"))
        await promotion(app).run_action("sync")
        await settle(app, pilot)
        assert "origin: 3 fetched, 2 pushed" in toasts(app)
        assert len(desk.wrote("status")) > readings
    desk = FakeDesk(
        refusal=CannotAct(phrase(N_("the remote does not answer")), phrase(N_("see the network")))
    )
    async with sitting(desk) as (app, pilot):
        await promotion(app).run_action("sync")
        await settle(app, pilot)
        assert "the remote does not answer\nsee the network" in toasts(app)


async def test_the_board_says_what_is_wrong_with_the_trail_or_owed() -> None:
    warned = replace(board(), warnings=(message("nobody.knows", what="a debt"),))
    async with sitting(FakeDesk(shown=warned)) as (app, _):
        assert "! nobody.knows" in shown(app)


async def test_from_the_board_one_declares_and_looks_up_too() -> None:
    desk = FakeDesk(shown=board(Story().fold()))
    async with sitting(desk) as (app, pilot):
        assert isinstance(app.screen, BoardScreen)
        await commanded(app, pilot, "what runs out soon")
        assert "Nothing runs out in that time." in shown(app)
        await pilot.press("escape")
        await settle(app, pilot)
        await commanded(app, pilot, "declare what runs")
        await pilot.pause(DEAF_SECONDS + 0.02)
        await pilot.press("tab", "tab", *"v1", "tab", "tab", *"in service", "ctrl+j")
        await settle(app, pilot)
        await settle(app, pilot)
        assert desk.wrote("adopt") == [("sandbox", "v1", None, "in service")]
        assert "Promotions, newest first" in shown(app)
        assert "Passe Marché" in shown(app)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    with away_from_home(tmp_path / "home"):
        yield shop(tmp_path / "shop", make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com"))


def test_an_office_freezes_thaws_adopts_and_looks_up(directory: Path) -> None:
    office = Office(Settings(directory, environ=os.environ), language_for("en", {}))
    office.adopt("staging", "v1", "v1", "in service")
    with at_work(directory) as workspace:
        name = open_promotion(workspace, "staging-to-preprod", "v1").standing.promotion.id
    git(directory, "init", "-q", "--bare", str(directory.parent / "shared.git"))
    git(directory, "remote", "add", "origin", str(directory.parent / "shared.git"))
    assert office.sync().pushed == 3
    office.freeze("preprod", "census", "7d", None)
    frozen = office.status(name)
    assert isinstance(frozen, Standing)
    assert "frozen-by" in {each.message.code for each in frozen.decision.reasons}
    office.thaw("preprod", "urgent", "2h")
    thawed = office.status(name)
    assert isinstance(thawed, Standing)
    assert "frozen-by" not in {each.message.code for each in thawed.decision.reasons}
    assert office.difference(name).release.name == "v1"
    assert office.verification().entries == 5
    assert Sort.FREEZE in {each.due.sort for each in office.deadlines()[0]}
    office.abandon(name, "done with it")
    with pytest.raises(UsageError):
        office.difference(name)


async def test_the_promotion_is_shown_as_of_another_moment_and_said_not_to_be_as_it_is_now() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "look_back")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "Say as of when." in shown(app)
        await pilot.press(*"2026-11-20", "ctrl+j")
        await settle(app, pilot)
        await settle(app, pilot)
        assert desk.wrote("as-it-was") == [("2026-11-20",)]
        assert isinstance(app.screen, ToldScreen)
        assert "Not as it is now" in shown(app)
        assert "As of " in shown(app)
        await pilot.press("s")
        await settle(app, pilot)
        assert isinstance(app.screen, ToldScreen)
        await pilot.press("escape")
        await settle(app, pilot)
        assert promotion(app).is_current


async def test_a_deployment_log_is_compared_and_evidence_is_listed_and_saved() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "reconcile")
        await pilot.press("tab", *"log.csv", "ctrl+j")
        await settle(app, pilot)
        await settle(app, pilot)
        assert desk.wrote("reconciliation") == [("log.csv",)]
        assert "2 deployments: the log and the trail agree" in shown(app)
        await pilot.press("escape")
        await settle(app, pilot)
        await promotion(app).run_action("evidence")
        await settle(app, pilot)
        assert "nothing was given as evidence" in shown(app)
        await pilot.press("escape")
        await settle(app, pilot)
        await asked(app, pilot, "save_evidence")
        await pilot.press("tab", *"rollback", "tab", *"plan.pdf", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("save-evidence") == [("rollback", "plan.pdf")]
        assert "nothing was given as evidence" in shown(app)


def test_an_office_looks_back_compares_lists_and_saves(directory: Path) -> None:
    office = Office(Settings(directory, environ=os.environ), language_for("en", {}))
    office.adopt("staging", "v1", "v1", "in service")
    plan = directory.parent / "plan.txt"
    plan.write_text("back in ten minutes\n")
    with at_work(directory) as workspace:
        name = open_promotion(workspace, "staging-to-preprod", "v1").standing.promotion.id
        sign(workspace, name, "rollback", files=(plan,))
    before = git(directory, "rev-parse", "promoter/trail~1")
    then = office.as_it_was(name, before)
    now = office.status(name)
    assert isinstance(now, Standing)
    signed = [standing.decision.item("rollback") for standing in (then, now)]
    assert [len(each.sign_offs) for each in signed if each is not None] == [0, 1]
    log = directory.parent / "log.csv"
    log.write_text("environment,commit,time\n")
    assert office.reconciliation(str(log)).agrees
    assert [each.id for each in office.roster().in_force.people] == ["alice"]
    assert [each.file.file for each in office.evidence(name)] == ["plan.txt"]
    saved = directory.parent / "saved.txt"
    with pytest.raises(CannotAct):  # of real data only digests are kept
        office.save_evidence(name, "rollback", str(saved))
    assert not saved.exists()

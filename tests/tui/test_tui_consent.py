"""What checks do beyond looking happens only when somebody at the full screen agreed to it."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from promoter.errors import CannotAct, UsageError
from promoter.gate import Answer as GateAnswer
from promoter.messages import N_, phrase
from promoter.model.consent import Asker
from promoter.model.text import plain
from promoter.tui.app import PromoterApp
from promoter.tui.consent_dialog import Answer, Choice, ConsentDialog
from promoter.tui.desk import Desk
from promoter.tui.detailpane import DetailPane
from promoter.tui.dialog import DEAF_SECONDS
from promoter.tui.itemlist import ItemList
from promoter.tui.office import Office
from promoter.usecases.consent import agreed_to
from promoter.usecases.language import language_for
from promoter.usecases.opening import open_promotion
from promoter.usecases.settings import Settings
from tests.support.command_line import away_from_home
from tests.support.desks import FakeDesk, command, effect, standing
from tests.support.git_repositories import make_signer
from tests.support.hostile import FORBIDDEN, TERMINAL
from tests.support.kinds import Promising, Revoking, installed
from tests.support.shop_floor import EVERY_ROLE, at_work
from tests.support.sittings import NARROW, WIDE, promotion, settle, shown, sitting, toasts
from tests.support.small_shop import make_shop

OAUTH, INTEGRATION = ("oauth", "oauth"), ("integration", "integration")


def wary(**others: Any) -> FakeDesk:
    """A desk whose checks revoke a token and run a command."""
    return FakeDesk(**{"asking": {OAUTH: effect(), INTEGRATION: command()}, **others})


async def asked(app: PromoterApp, pilot: Pilot[int], key: str = "R") -> ConsentDialog:
    """Starts a run; its dialog listens as if it had been in sight for long."""
    await pilot.press(key)
    await settle(app, pilot)
    assert isinstance(app.screen, ConsentDialog)
    app.screen.opened_at = monotonic() - DEAF_SECONDS
    return app.screen


def choices(dialog: ConsentDialog) -> list[Choice]:
    return [each.choice for each in dialog.query(Answer)]


def detail(app: PromoterApp) -> str:
    """What the detail says, without where its lines break."""
    return " ".join(str(promotion(app).query_one(DetailPane).query_one(Static).visual).split())


def consents(desk: FakeDesk) -> list[object]:
    return [each[2] for each in desk.wrote("run")]


async def test_a_run_asks_first_and_says_what_would_happen_and_where() -> None:
    desk = wary()
    async with sitting(desk) as (app, pilot):
        dialog = await asked(app, pilot)
        text = shown(app)
        assert "oauth changes something in preprod: revokes the token in use" in text
        assert "a command is run: pytest -q tests" in text
        assert choices(dialog) == [Choice.NO, Choice.NO]
        assert (app.focused.id if app.focused else None) == "cancel"
        assert desk.wrote("run") == []


async def test_what_is_not_agreed_to_is_skipped_and_the_rest_runs() -> None:
    desk = wary()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert [frozenset()] == consents(desk)
        assert "5 checks ran and are recorded\n2 checks were skipped" in toasts(app)


async def test_yes_agrees_to_one_and_not_to_the_others() -> None:
    desk = wary()
    async with sitting(desk) as (app, pilot):
        dialog = await asked(app, pilot)
        await pilot.press("tab", "right")
        assert choices(dialog) == [Choice.YES, Choice.NO]
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert [frozenset({"oauth@preprod"})] == consents(desk)
        assert desk.wrote("agree") == []


async def test_only_what_may_last_is_offered_to_be_remembered() -> None:
    desk = wary()
    async with sitting(desk) as (app, pilot):
        dialog = await asked(app, pilot)
        await pilot.press("tab", "right", "right", "right", "tab", "right", "right")
        assert choices(dialog) == [Choice.YES, Choice.HERE]
        await pilot.press("left")
        assert choices(dialog) == [Choice.YES, Choice.ONCE]
        await pilot.press("right", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("agree") == [(("sha256:c0ffee",),)]
        assert [frozenset({"oauth@preprod", "sha256:c0ffee"})] == consents(desk)


async def test_an_answer_can_be_clicked() -> None:
    async with sitting(wary()) as (app, pilot):
        dialog = await asked(app, pilot)
        await pilot.click("#answer-1", offset=(11, 0))
        assert choices(dialog) == [Choice.NO, Choice.ONCE]


async def test_no_key_held_down_agrees_to_anything_or_runs_anything() -> None:
    desk = wary()
    async with sitting(desk) as (app, pilot):
        dialog = await asked(app, pilot)
        await pilot.press("R", "R", "y", "y")
        for _ in dialog.query(Answer):
            await pilot.press("tab", "R", "R", "y", "y", "space", "space", "enter", "enter")
            assert isinstance(app.focused, Answer)
            assert choices(dialog) == [Choice.NO, Choice.NO]
        await pilot.press("shift+tab", "shift+tab", "enter", "enter")
        await settle(app, pilot)
        assert app.screen is promotion(app)
        assert desk.wrote("run") == []


async def test_what_is_typed_ahead_agrees_to_nothing() -> None:
    desk = wary()
    async with sitting(desk) as (app, pilot):
        dialog = await asked(app, pilot)
        dialog.opened_at = monotonic() + 5
        await pilot.press("tab", "right", "tab", "right", "ctrl+j")
        await pilot.click("#answer-0", offset=(11, 0))
        await settle(app, pilot)
        assert choices(dialog) == [Choice.NO, Choice.NO]
        assert desk.wrote("run") == []


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_leaving_the_dialog_runs_nothing(key: str) -> None:
    desk = wary()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot)
        await pilot.press("tab", "right", key)
        await settle(app, pilot)
        await settle(app, pilot)
        assert app.screen is promotion(app)
        assert desk.wrote("run") == []
        assert "Nothing was run." in toasts(app)
        await asked(app, pilot)


async def test_quitting_from_the_dialog_leaves_and_runs_nothing() -> None:
    desk = wary()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot)
        await pilot.press("ctrl+q")
        await settle(app, pilot)
    assert app.return_code == 0
    assert desk.wrote("run") == []


async def test_an_effect_in_production_asks_for_the_environments_word() -> None:
    desk = wary(shown=standing(production=True), asking={OAUTH: effect("production")})
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot)
        assert "PRODUCTION" in shown(app)
        await pilot.press("tab", "right", "ctrl+j")
        await settle(app, pilot)
        assert "Type production to confirm" in shown(app)
        assert desk.wrote("run") == []
        await pilot.press(*"production", "ctrl+j")
        await settle(app, pilot)
        assert [frozenset({"oauth@production"})] == consents(desk)


async def test_no_word_is_needed_to_agree_to_nothing_in_production() -> None:
    desk = wary(shown=standing(production=True), asking={OAUTH: effect("production")})
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert [frozenset()] == consents(desk)


async def test_a_consent_that_cannot_be_kept_is_told_and_nothing_runs() -> None:
    desk = wary(refusal=CannotAct(phrase(N_("the disk is full")), phrase(N_("make room"))))
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot)
        await pilot.press("tab", "tab", "right", "right", "ctrl+j")
        await settle(app, pilot)
        assert "the disk is full" in shown(app)
        assert desk.wrote("run") == []


async def test_a_long_command_is_shown_whole_and_harmless() -> None:
    line = " ".join(["sh", "-c", TERMINAL, "x" * 200, *["word"] * 200, "[@click=app.quit]THE-END"])
    desk = wary(asking={INTEGRATION: command(line)})
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot)
        seen = ""
        for _ in range(12):
            seen += shown(app)
            await pilot.press("pagedown")
            await pilot.pause()
        assert "[@click=app.quit]THE-END" in seen
        assert "x" * 50 in seen
        assert set() == {each for each in FORBIDDEN if each != "\n" and each in seen}
        assert "on this machine" in shown(app)


async def test_an_item_and_its_statement_are_shown_harmless_and_cut_short() -> None:
    hostile = f"[@click=app.quit]one[/] {TERMINAL}\n1  a command is run: true " + "x" * 100_000
    asker = Asker("[b]oauth[/b]", plain(hostile), "::error::x")
    desk = wary(asking={OAUTH: replace(effect(), askers=(asker,))})
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot)
        text = shown(app)
        assert "for [b]oauth[/b], check ::error::x: [@click=app.quit]one[/]" in " ".join(text.split())
        assert set() == {each for each in FORBIDDEN if each != "\n" and each in text}
        assert not [line for line in text.splitlines() if line.strip(" │┃▌").startswith("1  a command")]
        assert "ctrl+j run" in text


@pytest.mark.parametrize("size", [NARROW, (60, 15)])
async def test_the_buttons_stay_in_sight_however_much_is_asked(size: tuple[int, int]) -> None:
    checks = [(each.item.id, check.spec.id) for each in standing().decision.items for check in each.checks]
    desk = wary(asking={key: command("word " * 30 * index) for index, key in enumerate(checks)})
    for index, key in enumerate(checks):
        ask = command("word " * 30)
        desk.asking = {**desk.asking, key: type(ask)(f"sha256:{index}", ask.about, lasting=True)}
    async with sitting(desk, size) as (app, pilot):
        await asked(app, pilot)
        assert "ctrl+j run" in shown(app)
        assert "Cancel" in shown(app)


@pytest.mark.parametrize(("size", "language"), [(NARROW, "en"), (NARROW, "fr"), ((60, 15), "fr")])
async def test_signing_into_production_keeps_its_buttons_in_sight(
    size: tuple[int, int], language: str
) -> None:
    async with sitting(FakeDesk(shown=standing(production=True)), size, language) as (app, pilot):
        for key in ("s", "ctrl+j"):
            await pilot.press("j", "j", "j", "j") if key == "s" else await pilot.pause(DEAF_SECONDS + 0.05)
            await pilot.press(key)
            await settle(app, pilot)
            await pilot.pause()
            assert "ctrl+j" in shown(app)
            assert {"en": "Cancel", "fr": "Annuler"}[language] in shown(app)


async def test_what_was_held_back_says_why_and_what_to_do_and_is_no_failure() -> None:
    desk = wary()
    async with sitting(desk, WIDE) as (app, pilot):
        await pilot.press("j", "j")
        assert promotion(app).query_one(ItemList).current == "oauth"
        before = str(promotion(app).query_one(ItemList).highlighted_option.prompt)  # type: ignore[union-attr]
        await asked(app, pilot, "r")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        await settle(app, pilot)
        assert "skipped not run, because it changes something in preprod" in detail(app)
        assert "r asks again" in detail(app)
        row = str(promotion(app).query_one(ItemList).highlighted_option.prompt)  # type: ignore[union-attr]
        assert before == row
        await asked(app, pilot, "r")
        await pilot.press("tab", "right", "ctrl+j")
        await settle(app, pilot)
        await settle(app, pilot)
        assert "r asks again" not in detail(app)


async def test_a_run_that_brings_no_news_says_that_nothing_is_recorded() -> None:
    async with sitting(FakeDesk(news=False)) as (app, pilot):
        await pilot.press("R")
        await settle(app, pilot)
        assert "7 checks ran: nothing new to record" in toasts(app)


async def test_f_runs_only_what_does_not_pass() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("f")
        await settle(app, pilot)
        assert [each[1] for each in desk.wrote("run")] == [("certificate", "oauth", "flows")]


async def test_f_says_so_when_everything_passes() -> None:
    desk = FakeDesk(shown=standing(done=True))
    async with sitting(desk) as (app, pilot):
        await pilot.press("f")
        await settle(app, pilot)
        assert "Every check passes" in toasts(app)
        assert desk.wrote("run") == []


async def test_nothing_to_run_is_told_kindly() -> None:
    desk = FakeDesk(unwilling=UsageError(phrase(N_("every check passes")), phrase(N_("run them all"))))
    async with sitting(desk) as (app, pilot):
        await pilot.press("f")
        await settle(app, pilot)
        assert "every check passes\nrun them all" in toasts(app)
        assert {"information"} == {each.severity for each in app._notifications}
        assert "RUNNING" not in shown(app)


async def test_promoting_shows_each_check_and_runs_no_effect_again() -> None:
    desk = wary(shown=standing(done=True), asking={INTEGRATION: effect()}, check_seconds=1.0)
    async with sitting(desk) as (app, pilot):
        await pilot.press("p")
        await settle(app, pilot)
        await pilot.pause(DEAF_SECONDS + 0.05)
        await pilot.press("ctrl+j")
        await pilot.pause(0.15)
        text = shown(app)
        assert "environment  running" in text
        assert "0 of 1 checks" in text
        await settle(app, pilot)
        assert "promoted into preprod" in toasts(app)
        assert desk.wrote("prospect") == []


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_promoting_can_be_stopped_while_its_checks_run(key: str) -> None:
    desk = FakeDesk(shown=standing(done=True), check_seconds=1.0)
    async with sitting(desk) as (app, pilot):
        await pilot.press("p")
        await settle(app, pilot)
        await pilot.pause(DEAF_SECONDS + 0.05)
        await pilot.press("ctrl+j")
        await pilot.pause(0.1)
        await pilot.press(key)
        assert "Stopping" in shown(app)
        await settle(app, pilot)
        if key != "ctrl+q":
            assert "Stopped: v1.4.0 is not promoted" in toasts(app)
    assert desk.wrote("promote") == []


@pytest.mark.parametrize(("language", "word"), [("en", "demonstration"), ("fr", "démo ")])
@pytest.mark.parametrize("production", [False, True])
async def test_at_80_columns_a_demonstration_says_so_in_full(
    language: str, word: str, production: bool
) -> None:
    desk = FakeDesk(shown=standing(production=production, demo=True))
    async with sitting(desk, language=language) as (app, _):
        bar = shown(app).split("\n")[0]
        for each in ("Passe Marché", word, "PRODUCTION" if production else "PREPROD", "v1.4.0"):
            assert each in bar


CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: token
    title: A token is had
    checks: [revoking: {}]
  - id: service
    title: The service answers
    checks: [promising: {key: {command: [cat, value]}}]
"""


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    with away_from_home(tmp_path / "home"), installed(Promising, Revoking, folder=_made(tmp_path / "kinds")):
        alice = make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com")
        made = make_shop(tmp_path / "shop", (alice, EVERY_ROLE), checklist=CHECKLIST)
        (made / "value").write_text("s3cr3t-value\n")
        with at_work(made) as workspace:
            open_promotion(workspace, "staging-to-preprod", "v1", "v1")
        yield made


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def test_a_real_effect_is_agreed_to_and_a_command_remembered(directory: Path) -> None:
    language = language_for("en", {})
    desk: Desk = Office(Settings(directory, environ=os.environ), language)
    async with sitting(desk, WIDE, language) as (app, pilot):
        await asked(app, pilot)
        assert "revoking changes something in preprod: revokes the token in use" in shown(app)
        assert "a command is run: cat value" in shown(app)
        assert "for token, check revoking: A token is had" in shown(app)
        assert "for service, check promising: The service answers" in shown(app)
        await pilot.press("tab", "right", "ctrl+j")
        await settle(app, pilot)
        assert "Type preprod to confirm" in shown(app)
        await pilot.press(*"preprod", "ctrl+j")
        await settle(app, pilot)
        await settle(app, pilot)
        assert "1 check ran and is recorded\n1 check was skipped" in toasts(app)
        await pilot.press("g")
        await pilot.pause()
        assert "nobody here agreed to the command: cat value" in detail(app)
        await asked(app, pilot, "f")
        assert "revoking changes" not in shown(app)
        await pilot.press("tab", "right", "right", "ctrl+j")
        await settle(app, pilot)
        await settle(app, pilot)
        now = promotion(app).standing
        assert now is not None
        assert now.decision.answer is GateAnswer.OPEN
        await pilot.press("f")
        await settle(app, pilot)
        assert "Every check passes" in toasts(app)
        assert "s3cr3t" not in shown(app)
    with at_work(directory) as workspace:
        assert [each.parameters["command"] for each in agreed_to(workspace).values()] == ["cat value"]

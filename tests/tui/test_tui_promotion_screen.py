"""The promotion screen, with a person's hands on the keys."""

import asyncio
import threading
from dataclasses import replace

import pytest
from textual.widgets import Static

from promoter.errors import CannotAct
from promoter.messages import N_, phrase
from promoter.tui.board_screen import BoardScreen
from promoter.tui.detailpane import DetailPane
from promoter.tui.help_screen import HelpScreen
from promoter.tui.itemlist import WHOLE, ItemList
from promoter.tui.log_screen import LogScreen
from promoter.tui.report_screen import ReportScreen
from promoter.tui.rules_screen import NextScreen, RulesScreen
from tests.support.desks import FakeDesk, board, standing
from tests.support.sittings import NARROW, WIDE, promotion, settle, shown, sitting, toasts


async def test_the_cursor_starts_on_what_holds_the_gate() -> None:
    async with sitting(FakeDesk()) as (app, _):
        assert promotion(app).query_one(ItemList).current == "webhook"


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_answer_the_pipeline_and_the_groups_are_in_sight(size: tuple[int, int]) -> None:
    async with sitting(FakeDesk(), size) as (app, _):
        text = shown(app)
        for words in (
            "BLOCKED",
            "7 of 11 items hold it",
            "PREPROD",
            "HOLDING THE GATE",
            "ADVISORY",
            "DONE",
            "✗ failing",
            "◌ waiting",
        ):
            assert words in text
        assert size[1] == len(text.split("\n"))


async def test_the_detail_stands_beside_where_there_is_room() -> None:
    async with sitting(FakeDesk(), WIDE) as (app, _):
        text = shown(app)
        for words in (
            "Endpoint webhook HTTPS",
            "expected  ≥ 7",
            "observed  6",
            "renew the certificate",
            "0 of 1 integrator",
            "HISTORY",
        ):
            assert words in text


async def test_at_80_columns_enter_shows_the_detail_in_place_and_esc_goes_back() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        assert "expected" not in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "expected" in shown(app)
        assert "BLOCKED" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "HOLDING THE GATE" in shown(app)


async def test_the_letters_move_the_cursor_over_items_and_never_onto_headings() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        items = promotion(app).query_one(ItemList)
        await pilot.press("j", "j")
        assert items.current == "oauth"
        await pilot.press("k")
        assert items.current == "credentials"
        await pilot.press("G")
        assert items.current == WHOLE
        await pilot.press("k")
        assert items.current == "hmac"
        await pilot.press("g")
        assert items.current == "webhook"


async def test_the_cursor_stays_on_its_item_when_the_trail_moves() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("j", "j")
        moved = standing(items=list(reversed(standing().checklist.items)))
        desk.shown = replace(moved, trail=replace(moved.trail, tip="beef" * 10))
        desk.current_tip = "beef" * 10
        promotion(app)._poll()
        await settle(app, pilot)
        assert promotion(app).query_one(ItemList).current == "oauth"
        assert promotion(app).standing.trail.tip == "beef" * 10  # type: ignore[union-attr]


async def test_an_unchanged_trail_is_not_read_again() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        readings = len(desk.wrote("status"))
        promotion(app)._poll()
        await settle(app, pilot)
        assert readings == len(desk.wrote("status"))


async def test_nothing_that_blocks_is_done_on_the_event_loop() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("R")
        await settle(app, pilot)
        promotion(app)._poll()
        await settle(app, pilot)
        assert desk.threads
        assert threading.get_ident() not in desk.threads


async def test_r_runs_one_item_and_shift_r_all_of_them() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("r")
        await settle(app, pilot)
        await pilot.press("R")
        await settle(app, pilot)
        assert [each[1] for each in desk.wrote("run")] == [
            ("https", "certificate"),
            ("https", "certificate", "oauth", "integration", "environment", "flows", "hmac"),
        ]
        assert "7 checks ran and are recorded" in toasts(app)


async def test_a_run_shows_itself_while_it_goes_on_and_ctrl_c_stops_it() -> None:
    desk = FakeDesk(check_seconds=0.15)
    async with sitting(desk) as (app, pilot):
        await pilot.press("R")
        await pilot.pause(0.2)
        text = shown(app)
        assert "RUNNING" in text
        assert "of 7 checks" in text
        await pilot.press("ctrl+c")
        await settle(app, pilot)
        ran = desk.wrote("run")[0][1]
        assert isinstance(ran, tuple)
        assert 0 < len(ran) < 7
        assert "RUNNING" not in shown(app)


async def test_quitting_during_a_run_records_what_has_finished() -> None:
    desk = FakeDesk(check_seconds=0.1)
    async with sitting(desk) as (app, pilot):
        await pilot.press("R")
        await pilot.pause(0.15)
        await pilot.press("q")
        await settle(app, pilot)
    assert len(desk.wrote("run")) == 1
    assert app.return_code == 0


async def test_a_failure_to_record_is_told_with_its_remedy() -> None:
    desk = FakeDesk(refusal=CannotAct(phrase(N_("the disk is full")), phrase(N_("make room"))))
    async with sitting(desk) as (app, pilot):
        await pilot.press("r")
        await settle(app, pilot)
        assert "the disk is full\nmake room" in toasts(app)


async def test_an_item_without_checks_says_who_answers_it() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("j", "r")
        await settle(app, pilot)
        assert "credentials has no check" in toasts(app)
        assert desk.wrote("run") == []


async def test_a_blocked_gate_says_why_instead_of_promoting() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await pilot.press("p")
        assert "The gate is blocked" in toasts(app)
        assert app.screen is promotion(app)


async def test_the_filter_shows_what_matches_and_esc_shows_all_again() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await pilot.press("slash", *"alerting")
        await pilot.pause()
        assert "monitoring" in shown(app)
        assert "credentials" not in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "credentials" in shown(app)


async def test_a_filter_that_matches_nothing_says_how_to_leave_it() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await pilot.press("slash", *"zzz")
        await pilot.pause()
        assert "esc shows all of them" in shown(app)


async def test_the_report_the_log_and_the_help_open_and_close() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        for key, screen, words in (
            ("m", ReportScreen, "Migration report"),
            ("l", LogScreen, "newest first"),
            ("question_mark", HelpScreen, "run the checks of this item"),
        ):
            await pilot.press(key)
            await settle(app, pilot)
            await pilot.pause(0.1)
            assert isinstance(app.screen, screen)
            assert words in shown(app)
            await pilot.press("escape")
            await pilot.pause()
            assert promotion(app).is_current


async def test_what_to_do_next_is_told_with_the_lines_to_type_and_who_may() -> None:
    async with sitting(FakeDesk(), size=WIDE) as (app, pilot):
        await pilot.press("t")
        await settle(app, pilot)
        await pilot.pause(0.1)
        assert isinstance(app.screen, NextScreen)
        for words in (
            "put webhook right, then run its checks",
            "$ promoter run webhook",
            "anyone on the roster, you too",
        ):
            assert words in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert promotion(app).is_current


async def test_the_rules_of_an_item_are_told_in_sentences() -> None:
    async with sitting(FakeDesk(), size=WIDE) as (app, pilot):
        await pilot.press("e")
        await settle(app, pilot)
        await pilot.pause(0.1)
        assert isinstance(app.screen, RulesScreen)
        for words in (
            "What must be true",
            "An endpoint answers over HTTPS.",
            "One person signs it off as integrator.",
        ):
            assert words in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert promotion(app).is_current


async def test_the_palette_finds_a_command_by_name_and_runs_it() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await pilot.press("colon")
        await pilot.pause(0.3)
        await pilot.press(*"migration report")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause(0.3)
        assert isinstance(app.screen, ReportScreen)


async def test_without_an_open_promotion_the_board_says_what_to_do_next() -> None:
    async with sitting(FakeDesk(shown=board())) as (app, _):
        assert isinstance(app.screen, BoardScreen)
        assert "No promotion is open. o opens one." in shown(app)


async def test_a_promotion_is_opened_from_the_board() -> None:
    desk = FakeDesk(shown=board())
    async with sitting(desk) as (app, pilot):
        await pilot.press("o")
        await pilot.pause(0.35)
        await pilot.press("tab", "tab", *"v2", "ctrl+j")
        await settle(app, pilot)
        await settle(app, pilot)
        assert desk.wrote("open") == [("staging-to-preprod", "v2", None, "")]
        assert app.screen is promotion(app)
        assert "HOLDING THE GATE" in shown(app)


async def test_production_is_a_word_and_another_frame() -> None:
    async with sitting(FakeDesk(shown=standing(production=True))) as (app, _):
        assert " PRODUCTION " in shown(app).split("\n")[0]
        assert "┏━" in shown(app)


async def test_at_80_columns_the_key_bar_names_six_keys_and_all_of_them_fit() -> None:
    for language in ("en", "fr"):
        async with sitting(FakeDesk(), language=language) as (app, _):
            bar = app.screen.query_one("#keys", Static)
            text = str(bar.visual)
            assert len([each for each in ("r ", "s ", "p ", "m ", "/ ", "? ") if each in text]) == 6
            assert len(text) <= 78


async def test_states_do_not_rest_on_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with sitting(FakeDesk()) as (app, _):
        assert app.theme == "promoter-plain"
        assert "✗ failing   webhook" in shown(app)


async def test_the_screen_mounts_few_widgets() -> None:
    async with sitting(FakeDesk(), WIDE) as (app, _):
        assert len(list(promotion(app).walk_children())) <= 14


async def test_the_detail_follows_the_cursor() -> None:
    async with sitting(FakeDesk(), WIDE) as (app, pilot):
        await pilot.press("j")
        await pilot.pause()
        assert "OAuth spécifiques" in str(app.screen.query_one(DetailPane).query_one(Static).visual)


async def test_a_terminal_that_changes_size_is_followed() -> None:
    async with sitting(FakeDesk(), WIDE) as (app, pilot):
        await pilot.resize_terminal(60, 15)
        await pilot.pause(0.1)
        assert "BLOCKED" in shown(app)
        await pilot.resize_terminal(200, 60)
        await asyncio.sleep(0.1)
        assert "CHECKS" in shown(app)

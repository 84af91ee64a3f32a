"""Whatever anyone wrote reaches the screen as harmless text, and crashes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.tui.foreign import fitted, foreign
from promoter.tui.report_screen import laid_out
from tests.support.desks import FakeDesk
from tests.support.hostile import FORBIDDEN, HOSTILE, TERMINAL, scene_of
from tests.support.sittings import NARROW, WIDE, promotion, settle, shown, sitting


def without_line_breaks(text: str) -> set[str]:
    return {each for each in FORBIDDEN if each != "\n" and each in text}


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_no_text_crashes_the_screen_or_gets_through(size: tuple[int, int]) -> None:
    desk = FakeDesk(shown=scene_of(HOSTILE[0]))
    async with sitting(desk, size) as (app, pilot):
        for text in HOSTILE:
            desk.shown = scene_of(text)
            promotion(app).action_reload()
            await settle(app, pilot)
            for way in ("g", "G"):
                await pilot.press(way)
                assert set() == without_line_breaks(shown(app)), text
    assert app.crash is None


@pytest.mark.parametrize("text", ["[/", "[@click=app.quit]text[/]", TERMINAL])
async def test_no_text_crashes_a_dialog_or_another_screen_or_gets_through(text: str) -> None:
    desk = FakeDesk(
        shown=scene_of(text), markdown=f"# {text}\n\n| a | b |\n|---|---|\n| {text} | {text} |\n\n{text}\n"
    )
    async with sitting(desk) as (app, pilot):
        for keys in (
            ("enter",),
            ("escape", "G", "enter"),
            ("escape", "g", "s"),
            ("escape", "x"),
            ("escape", "m"),
            ("escape", "l"),
            ("escape", "p"),
        ):
            await pilot.press(*keys)
            await settle(app, pilot)
            assert set() == without_line_breaks(shown(app)), keys
    assert app.crash is None


async def test_markup_is_shown_as_it_was_written() -> None:
    async with sitting(FakeDesk(shown=scene_of("[@click=app.quit]text[/]")), WIDE) as (app, _):
        assert "[@click=app.quit]text[/]" in shown(app)


async def test_markdown_cells_with_brackets_can_be_hovered() -> None:
    desk = FakeDesk(markdown="| a |\n|---|\n| [/some/path] [@click=app.quit]x[/] |\n")
    async with sitting(desk) as (app, pilot):
        await pilot.press("m")
        await settle(app, pilot)
        await pilot.hover("#document", offset=(5, 3))
        await pilot.pause(0.6)
        await pilot.click("#document", offset=(5, 3))
        assert "[/some/path]" in shown(app)


def test_character_references_in_a_report_stay_harmless() -> None:
    lines = laid_out("| a |\n|---|\n| &#x202e;x&#x200b; |\n\n&#x9b;31m &#27;[2J\n", 60, "#74bbf0")
    text = "".join(piece.text for line in lines for piece in line)
    assert set() == without_line_breaks(text)
    assert "<U+202E>x" in text


def test_a_report_has_no_links_to_click() -> None:
    lines = laid_out("[here](https://evil.example) <https://b.example>", 60, "")
    assert [piece for line in lines for piece in line if piece.style is not None and piece.style.link] == []


async def test_what_is_pasted_is_made_visible() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("slash")
        await pilot.pause()
        line = app.focused
        line.value = TERMINAL  # type: ignore[union-attr]
        await pilot.pause()
        assert set() == without_line_breaks(shown(app))


@given(st.text())
def test_no_text_gets_through_the_boundary(text: str) -> None:
    assert set() == {each for each in FORBIDDEN if each in foreign(text).plain}


@given(st.text(), st.integers(0, 40))
def test_a_fitted_text_is_never_wider_than_asked(text: str, width: int) -> None:
    assert fitted(text, width).cell_length <= width

"""Draws the picture of the full screen: the real application, on the demo's stage, with checks run and an item signed.

    python -m docs.screenshot

What differs from one run to the next (commit ids, lengths of time) is made the same, so that the picture
changes only when the screen does.
"""

import asyncio
import os
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from promoter.demo.stage import Stage, set_stage
from promoter.messages import Language
from promoter.tui.app import PromoterApp
from promoter.tui.office import Office
from promoter.tui.session import Session
from promoter.usecases.language import language_for
from promoter.usecases.running import run
from promoter.usecases.settings import Settings, utc_now
from promoter.usecases.voices import sign
from promoter.usecases.workspace import Workspace

PICTURE = Path(__file__).with_name("promotion.svg")
_SIZE = (120, 32)
_UNSTEADY = (
    (re.compile(r"<!--[^>]*-->\s*"), ""),
    (re.compile(r"@font-face\s*\{[^}]*\}\s*"), ""),
    (re.compile(r"terminal-\d+"), "terminal"),
    (re.compile(r"(?<=>)[0-9a-f]{7,12}(?=</text>)"), lambda found: "c3d4e5f1a2b3"[: len(found[0])]),
    (re.compile(r"\bin&#160;\d+&#160;ms?…"), "in&#160;84&#160;ms…"),
    (re.compile(r"\d(?=&#160;ms</text>)"), "4"),
)
_TEXT = re.compile(
    r'(?P<head><text [^>]*?x=")(?P<x>[0-9.]+)(?P<between>"[^>]*?textLength=")(?P<length>[0-9.]+)(?P<tail>"[^>]*>)'
    r"(?P<blank>(?:&#160;)+)(?P<words>[^<]*)"
)
_COLUMN = 12.2
"""Width of a character in the picture."""


def main() -> None:
    """Writes the picture."""
    language = language_for("en", {})
    with set_stage(language) as stage:
        settings = stage.settings(os.environ)
        _act(settings)
        later = utc_now() + timedelta(minutes=12)
        drawn = asyncio.run(_drawn(replace(settings, clock=lambda: later), language))
    shutil.rmtree(stage.directory)
    PICTURE.write_text(_steady(drawn, stage), encoding="utf-8")


def _act(settings: Settings) -> None:
    with Workspace.open(settings) as alice:
        asyncio.run(run(alice, None, on_event=lambda event: None))
        link = "https://ci.editeur.example/runs/1842"
        sign(alice, None, "integration-tests", comment="All 412 tests pass", links=(link,))


async def _drawn(settings: Settings, language: Language) -> str:
    app = PromoterApp(Session(Office(settings, language), language, None))
    async with app.run_test(size=_SIZE) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause(0.5)
        return app.export_screenshot(title="promoter")


def _steady(drawn: str, stage: Stage) -> str:
    for pattern, instead in _UNSTEADY:
        drawn = pattern.sub(instead, drawn)
    drawn = _TEXT.sub(_indented, drawn)
    if str(stage.directory) in drawn:
        raise ValueError("the picture shows a path of this machine")
    return drawn


def _indented(text: re.Match[str]) -> str:
    """A text that begins further right instead of with blanks, which some programs leave out."""
    blank = text["blank"].count("&") * _COLUMN
    x, length = float(text["x"]) + blank, float(text["length"]) - blank
    if not text["words"]:
        return text[0]
    return f"{text['head']}{x:g}{text['between']}{length:g}{text['tail']}{text['words']}"


if __name__ == "__main__":
    main()

"""A promotion that was promoted, said by every face: loud when something held it."""

import io

import pytest

from promoter.messages import Language
from promoter.model.outcome import Verdict
from promoter.output.console import Console
from promoter.output.standing import show_status
from promoter.tui.bars import gate_bar
from promoter.usecases.language import phrasebook
from promoter.usecases.standing import Standing
from tests.support.desks import standing
from tests.support.entries import Story
from tests.support.nouns import BOB, item, outcome


def promoted(verdict: Verdict) -> Standing:
    story = Story()
    story.checked(outcome("webhook", "https", verdict))
    story.promoted(BOB)
    return standing(items=[item("webhook", "https")], story=story)


def status(verdict: Verdict) -> str:
    out = io.StringIO()
    console = Console(Language(phrasebook=phrasebook), out=out, err=io.StringIO(), environ={})
    show_status(console, promoted(verdict))
    return out.getvalue()


def test_what_held_it_is_listed_under_the_answer_with_no_advice_to_sign_or_run() -> None:
    said = status(Verdict.FAILED)
    assert "✗ preprod" in said
    assert "promoted by Bob while the gate was blocked: https: " in said
    assert "do not deploy it" in said
    assert "✗ webhook" in said
    assert "promoter run" not in said


def test_an_honest_one_has_no_reasons_under_it() -> None:
    assert "✗" not in status(Verdict.PASSED)


@pytest.mark.parametrize(("verdict", "style"), [(Verdict.PASSED, "$success"), (Verdict.FAILED, "$error")])
def test_the_full_screen_shows_it_in_the_colour_of_what_held_it(verdict: Verdict, style: str) -> None:
    shown = gate_bar(promoted(verdict), Language(phrasebook=phrasebook), 100)
    assert style in str(shown.spans[0].style)
    assert ("while the gate was blocked" in shown.plain) is (verdict is Verdict.FAILED)

"""Foreign text on a terminal: nothing in it acts, hides or turns round what stands beside it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.redaction import visible

_ACTING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_tricks = st.sampled_from(
    "\x00\x07\x08\t\n\r\x1b\x7f\x85\x9b\u00ad\u200b\u200d\u202e\u2028\u2066\ufeff\ud800\U000e0041"
)
hostile = st.lists(_tricks | st.characters(exclude_categories=()), max_size=30).map("".join)


@given(hostile)
def test_nothing_that_acts_on_a_terminal_survives(text: str) -> None:
    assert [each for each in visible(text) if unicodedata.category(each) in _ACTING] == []


@given(hostile)
def test_of_many_lines_only_the_line_breaks_survive(text: str) -> None:
    shown = visible(text, lines=True)
    assert [each for each in shown if unicodedata.category(each) in _ACTING and each != "\n"] == []
    assert text.count("\n") == shown.count("\n")


@given(hostile)
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert visible(text) == visible(visible(text))
    shown = visible(text).encode()  # no lone surrogate: a terminal can be given it
    assert visible(text) == shown.decode()


@pytest.mark.parametrize(
    "text", ["", "plain", "Équipe d’été\u00a0: 3\u00a0%", "日本語", "✓ ◌ ▸", "<b>[red]{x}%s"]
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert text == visible(text)


@pytest.mark.parametrize(
    ("char", "shown"),
    [
        ("\x1b", "␛"),
        ("\x00", "␀"),
        ("\x7f", "␡"),
        ("\n", "␊"),
        ("\x9b", "<U+009B>"),
        ("\u202e", "<U+202E>"),
        ("\u200b", "<U+200B>"),
        ("\udc80", "<U+DC80>"),
        ("\u3164", "<U+3164>"),
        ("\ufe0f", "<U+FE0F>"),
    ],
)
def test_what_acts_or_hides_is_named(char: str, shown: str) -> None:
    assert f"a{shown}b" == visible(f"a{char}b")


def test_tabs_become_spaces_where_lines_are_kept() -> None:
    assert visible("a\tb\nc", lines=True) == "a    b\nc"
    assert visible("a\tb\nc") == "a␉b␊c"

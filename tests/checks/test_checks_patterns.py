import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checks import patterns, registry
from promoter.usecases.language import language_for


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(a", "what begins at character 1 is not closed"),
        ("ab[c", "what begins at character 3 is not closed"),
        ("a)", "the bracket at character 2 closes nothing"),
        ("*a", "the repetition at character 1 has nothing to repeat"),
        ("a**", "the repetition at character 3 follows another one"),
        ("a\\", "the backslash at character 2 stands before what it cannot"),
        ("\\x1", "the backslash at character 1 stands before what it cannot"),
        ("(?z)", "it is not understood (“unknown extension ?z at position 1”)"),
        ("(?<=a+)", "it is not understood (“look-behind requires fixed-width pattern”)"),
        ("a{99999999999}", "too deep or too large"),
        ("a" * 1001, "longer than 1000 characters"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_said_in_our_own_words(pattern: str, expected: str) -> None:
    found = patterns.mistake_in(pattern)
    assert found is not None
    assert language_for("en", {}).say(found) == expected


@pytest.mark.parametrize("kind", ["command", "http"])
def test_the_words_for_it_reach_whoever_wrote_the_pattern(kind: str) -> None:
    written = {"run": ["make"], "url": "https://a.example/", "matches": "(a"}
    fields = {name: value for name, value in written.items() if registry.kind(kind).field(name)}
    ((name, why),) = registry.kind(kind).contradictions(fields)
    assert name == "matches"
    assert language_for("en", {}).say(why) == (
        "is no regular expression: what begins at character 1 is not closed"
    )


@given(st.text("ab()[]{}*+?\\|^$.,1<>=P", max_size=12))
def test_whatever_is_wrong_with_a_pattern_has_words(pattern: str) -> None:
    found = patterns.mistake_in(pattern)
    assert found is None or found.code in patterns.PHRASES

"""Codes and phrases become words, in both languages, whatever they hold."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.messages import (
    Language,
    Message,
    Parameter,
    Phrase,
    Plural,
    Template,
    message,
    message_from_json,
    message_to_json,
    phrase,
)

ENGLISH, FRENCH = Language("en"), Language("fr")

_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
_names = st.sampled_from(["count", "name", "at", "a"]) | st.text(max_size=4)
parameters: st.SearchStrategy[Any] = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.builds(Message, st.text(max_size=8), st.dictionaries(_names, inner, max_size=3))
    ),
    max_leaves=8,
)
messages = st.builds(Message, st.text(max_size=12), st.dictionaries(_names, parameters, max_size=4))
_fields = st.builds(
    "{{{}{}}}".format,
    _names,
    st.sampled_from(["", ":date", ":time", ":duration", ":list", "!r", ".real", "[0]", ":>9", ":{a}"]),
)
_sentences = st.lists(_fields | st.text(max_size=6), max_size=4).map("".join)
templates: st.SearchStrategy[Template] = _sentences | st.builds(Plural, _sentences, _sentences)


@given(templates, st.dictionaries(_names, parameters, max_size=4), st.sampled_from(["en", "fr"]))
def test_no_template_and_no_parameter_keeps_a_language_from_answering(
    template: Template, given_parameters: dict[str, Parameter], code: str
) -> None:
    language = Language(code, phrasebook=lambda code: template)
    assert isinstance(language.say(Phrase(template, given_parameters)), str)
    assert isinstance(language.say(Message("any", given_parameters)), str)


@given(messages)
def test_a_message_survives_json(said: Message) -> None:
    assert said == message_from_json(json.loads(json.dumps(message_to_json(said))))


@pytest.mark.parametrize(
    "written",
    [
        None,
        "code",
        [],
        {},
        {"code": 1},
        {"code": "a", "parameters": []},
        {"code": "a", "more": 1},
        {"code": "a", "parameters": {"b": {"no": "message"}}},
    ],
)
def test_what_is_no_message_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="not a message"):
        message_from_json(written)


def test_what_one_person_recorded_is_read_by_another_in_their_language() -> None:
    recorded = message("outer", why=message("inner", until="2026-11-28T10:00:00+00:00"))
    phrases = {"outer": "the trail cannot be trusted: {why}", "inner": "expired on {until:date}"}
    english, french = (Language(each, phrasebook=phrases.get).say(recorded) for each in ("en", "fr"))
    assert english == "the trail cannot be trusted: expired on 28 Nov 2026"
    assert french == "la piste d’audit n’est pas digne de confiance\u00a0: expiré le 28 nov. 2026"


def test_a_code_nobody_knows_is_shown_as_it_is() -> None:
    assert FRENCH.say(message("gone.why")) == "gone.why"
    assert FRENCH.say(message("gone.why", sure=False, of=("a", "b"))) == "gone.why (sure=non, of=a, b)"


def test_a_template_that_asks_for_what_it_is_not_given_is_shown_with_what_it_was_given() -> None:
    assert ENGLISH.say(phrase("{nobody} is {here}", here=1)) == "{nobody} is {here} (here=1)"


@pytest.mark.parametrize("field", ["{a.__class__}", "{a[0]}", "{a!r}", "{a:>10}", "{0}", "{}"])
def test_a_template_reaches_nothing_but_the_parameters_themselves(field: str) -> None:
    assert f"{field} (a=x)" == ENGLISH.say(phrase(field, a="x"))


def test_parameters_are_never_read_as_templates() -> None:
    assert ENGLISH.say(phrase("{name} is missing here", name="{name}")) == "{name} is missing here"


def test_a_count_chooses_the_form_as_each_language_counts() -> None:
    entries = Plural("{count} entry", "{count} entries")
    assert [ENGLISH.say(phrase(entries, count=n)) for n in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]
    assert [FRENCH.say(phrase(entries, count=n)) for n in (0, 1, 2)] == ["0 entrée", "1 entrée", "2 entrées"]
    assert [FRENCH.ngettext("{count} day", "{count} days", n) for n in (0, 2)] == ["0 jour", "2 jours"]


def test_a_template_is_translated_with_its_parameters_still_in_it() -> None:
    assert FRENCH.template(Plural("{count} entry", "{count} entries")) == "{count} entrées"
    assert FRENCH.template(Plural("{count} entry", "{count} entries"), 1) == "{count} entrée"
    assert FRENCH.template("{name} is missing here") == "{name} manque ici"


@pytest.mark.parametrize(
    ("day", "english", "french"),
    [
        ("2026-11-28T10:00:00+00:00", "28 Nov 2026", "28 nov. 2026"),
        ("2026-05-01T10:00:00+00:00", "1 May 2026", "1er mai 2026"),
        ("2026-08-11T10:00:00", "11 Aug 2026", "11 août 2026"),
    ],
)
def test_a_day_is_written_as_people_write_it(day: str, english: str, french: str) -> None:
    assert [english, french] == [ENGLISH.date(day), FRENCH.date(day)]


def test_a_moment_is_told_in_the_readers_zone() -> None:
    at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    paris = timezone(timedelta(hours=1), "CET")
    assert ENGLISH.time(at) == "31 Dec 2026 23:30 UTC"
    assert FRENCH.in_time_zone(paris).time(at) == "1er janv. 2027 00:30 CET"


@pytest.mark.parametrize(
    ("seconds", "english", "french"),
    [
        (0, "0 ms", "0 ms"),
        (0.0842, "84 ms", "84 ms"),
        (2, "2 s", "2 s"),
        (2.14, "2.1 s", "2,1 s"),
        (-2.14, "-2.1 s", "-2,1 s"),
        (150, "2 min", "2 min"),
        (3600, "1 h", "1 h"),
        (12000, "3 h 20 min", "3 h 20 min"),
        (3660, "1 h 01 min", "1 h 01 min"),
        (86400, "1 day", "1 jour"),
        (800000, "9 days", "9 jours"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_units(seconds: float, english: str, french: str) -> None:
    assert [english, french] == [ENGLISH.duration(seconds), FRENCH.duration(seconds)]


def test_values_are_written_as_each_language_writes_them() -> None:
    said = phrase("{a} {b} {c} {d:list}", a=1.5, b=True, c=None, d=["x", 2.5])
    assert ENGLISH.say(said) == "1.5 yes none x, 2.5"
    assert FRENCH.say(said) == "1,5 oui aucun x, 2,5"


def test_an_unknown_language_is_english_and_no_words_stay_no_words() -> None:
    assert Language("de").code == "en"
    assert FRENCH.gettext("") == ""

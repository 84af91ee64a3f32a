"""How `promoter try` is given the fields of a check."""

import contextlib
import json
import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checks import registry
from promoter.checks.declaration import Kind
from promoter.checks.fields import FieldSpec, mistake
from promoter.errors import UsageError
from promoter.messages import Language
from promoter.model.reference import FileContent, ProcessVariable, Value
from promoter.usecases.field_words import example_given, value_given
from promoter.usecases.language import phrasebook
from tests.support.command_line import promoter

ENGLISH = Language("en", phrasebook=phrasebook)
DOCUMENT = Path(__file__).parents[2] / "docs" / "verbs.md"


def value(kind: str, name: str, words: str) -> Value:
    return value_given(registry.kind(kind), name, words)


def refusal(kind: str, name: str, words: str) -> str:
    with pytest.raises(UsageError) as refused:
        value(kind, name, words)
    assert refused.value.remedy is not None
    return f"{ENGLISH.say(refused.value.wrong)} -> {ENGLISH.say(refused.value.remedy)}"


@pytest.mark.parametrize(
    ("kind", "name", "words", "expected"),
    [
        ("https", "redirects", "3", 3),
        ("prometheus", "at_most", "0.5", 0.5),
        ("command", "shell", "TRUE", True),
        ("https", "timeout", "5s", "5s"),
        ("https", "status", "200, 204", [200, 204]),
        ("https", "status", "[200, 204]", [200, 204]),
        ("command", "contains", "a,b", ["a", "b"]),
        ("command", "contains", '["a,b", "c"]', ["a,b", "c"]),
        ("http", "headers", '{"Accept": "*/*"}', {"Accept": "*/*"}),
        ("http", "secret_headers", '{"X": {"env": "K"}}', {"X": ProcessVariable("K")}),
        ("http", "json_expected", '{"path": "a"}', {"path": "a"}),
        ("http", "json", "[1, null]", [1, None]),
        ("http", "json", "7", 7),
        ("http", "json", "word", "word"),
        ("http", "bearer", "env:TOKEN", ProcessVariable("TOKEN")),
        ("http", "bearer", "file:token", FileContent("token")),
        ("tcp", "address", "[::1]:443", "[::1]:443"),
    ],
)
def test_words_become_the_value_that_a_checklist_would_hold(
    kind: str, name: str, words: str, expected: object
) -> None:
    found = value(kind, name, words)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("kind", "name", "words", "said"),
    [
        (
            "http",
            "headers",
            "Accept: */*",
            'headers: stops being JSON at character 1: Accept: */* -> for example \'headers={"NAME": "text"}\'',
        ),
        (
            "http",
            "json_expected",
            "[{'path': 'a'}]",
            "json_expected: stops being JSON at character 3: 'path': 'a'}] -> for example "
            '\'json_expected=[{"path": "status", "equals": "ok"}, {"path": "queue.waiting", "at_most": 100}]\'',
        ),
        (
            "http",
            "headers",
            '{"Accept": "*/*"',
            'headers: is JSON that ends too early, after 16 characters -> for example \'headers={"NAME": "text"}\'',
        ),
        (
            "command",
            "contains",
            '["a,b", c]',
            "contains: stops being JSON at character 9: c] -> for example 'contains=[\"text\"]'",
        ),
        (
            "https",
            "status",
            "[200, 99]",
            "status: must be from 200 to 599 -> for example 'status=[200, 204]'",
        ),
        ("https", "status", "200;204", "status: must be a whole number -> for example status=200,204"),
        ("http", "headers", '{"a": "1", "a": "2"}', "headers: has a twice"),
        ("http", "json", "[" * 100_000, "too deep"),
        ("http", "bearer", "hunter2", "-> for example bearer=env:NAME"),
        ("http", "bearer", "env:", "-> for example bearer=env:NAME"),
        ("http", "nonsense", "x", "http has no field nonsense -> the ones there are: connect_to"),
        ("http", "ulr", "x", "http has no field ulr -> did you mean url? The ones there are: connect_to"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_with_a_right_example_of_that_field(
    kind: str, name: str, words: str, said: str
) -> None:
    assert said in refusal(kind, name, words)


def test_no_more_of_a_long_mistake_is_shown_than_helps() -> None:
    assert len(refusal("http", "headers", "x" * 100_000)) < 200


@pytest.mark.parametrize(("name", "words"), [("secret_headers", "{X: hunter2}"), ("basic", "[u, hunter2")])
def test_a_secret_written_out_is_not_repeated(name: str, words: str) -> None:
    assert "stops being JSON at character 2 ->" in (said := refusal("http", name, words))
    assert "hunter2" not in said


FIELDS = [(kind, spec) for kind in map(registry.kind, registry.names()) for spec in kind.fields]


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(("kind", "spec"), FIELDS, ids=lambda each: each.name)
def test_the_example_shown_for_a_field_is_one_that_it_can_be_given(
    kind: Kind, spec: FieldSpec, as_json: bool
) -> None:
    (given,) = shlex.split(example_given(kind, spec, as_json=as_json))
    name, _, words = given.partition("=")
    assert name == spec.name
    assert mistake(spec, value_given(kind, name, words)) is None


@given(st.sampled_from(FIELDS), st.text() | st.recursive(st.text(), st.lists).map(json.dumps))
def test_whatever_is_given_is_a_value_or_refused(field: tuple[Kind, FieldSpec], words: str) -> None:
    kind, spec = field
    with contextlib.suppress(UsageError):
        assert mistake(spec, value_given(kind, spec.name, words)) is None


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1))
def test_a_json_list_holds_whatever_texts_it_is_given(texts: list[str]) -> None:
    assert value("command", "contains", json.dumps(texts)) == texts


def documented() -> list[list[str]]:
    table = (
        DOCUMENT.read_text(encoding="utf-8")
        .partition("<!-- fields of try -->")[2]
        .partition("\n\nWhat is")[0]
    )
    helped = promoter("try", "--help").out
    lines = re.findall(r"`(promoter try .*?)` \|", table) + re.findall(
        r"^  (promoter try .*)$", helped, re.MULTILINE
    )
    return [shlex.split(each)[2:] for each in lines]


def test_every_sort_of_field_is_documented() -> None:
    assert len(documented()) == 8 + 6


@pytest.mark.parametrize("words", documented(), ids=" ".join)
def test_every_example_of_the_documents_and_of_the_help_is_one_that_works(
    words: list[str], tmp_path: Path
) -> None:
    kind, *fields = (each for each in words if each != "--json")
    for each in fields:
        name, _, given_words = each.partition("=")
        value(kind, name, given_words)
    if kind == "command":
        said = promoter("-C", tmp_path, "try", *words)
        assert (said.code, said.err) == (0, "")


def test_a_field_given_twice_is_refused() -> None:
    said = promoter("try", "tcp", "address=a:1", "address=b:1")
    assert (said.code, "address is given twice" in said.err) == (2, True)

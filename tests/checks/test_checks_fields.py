from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checks import registry
from promoter.checks.field_scalars import Mistaken
from promoter.checks.field_schema import json_schema
from promoter.checks.fields import FieldSpec, beyond, mistake, parse, references_in, specs
from promoter.messages import N_, Language
from promoter.model.address import HostPort, Url
from promoter.model.duration import Duration
from promoter.model.limits import InsideTree, OnlyHttps, Within
from promoter.model.reference import (
    CommandOutput,
    Fact,
    FileContent,
    JsonValue,
    ProcessVariable,
    Value,
    Variable,
)
from promoter.redaction import Secret
from promoter.usecases.language import phrasebook


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    text: Annotated[str, N_("A text")]
    number: Annotated[int, N_("A number")] = 3
    ratio: float = 0.5
    flag: bool = False
    url: Url | None = None
    wait: Duration | None = None
    at: HostPort | None = None
    key: Secret | None = None
    colour: Colour = Colour.RED
    version: Literal["1.2", "1.3"] = "1.2"
    names: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()
    tries: Annotated[int, Within(0, 20)] = 3
    statuses: Annotated[tuple[int, ...], Within(200, 599)] = ()
    roots: Annotated[str | None, InsideTree()] = None
    site: Annotated[Url | None, OnlyHttps()] = None


FIELDS = {each.name: each for each in specs(Everything)}


def test_fields_are_described_in_the_order_they_are_written() -> None:
    assert list(FIELDS)[:2] == ["text", "number"]
    assert FIELDS["text"] == FieldSpec("text", str, True, None, "A text")
    assert FIELDS["number"] == FieldSpec("number", int, False, 3, "A number")
    assert FIELDS["url"].annotation is Url


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("text", "x", "x"),
        ("number", 5, 5),
        ("ratio", 1, 1.0),
        ("flag", True, True),
        ("url", "https://a.example", "https://a.example"),
        ("wait", "1m", 60.0),
        ("wait", 2.5, 2.5),
        ("at", "[::1]:443", HostPort("::1", 443)),
        ("key", Secret("x"), Secret("x")),
        ("colour", "blue", Colour.BLUE),
        ("version", 1.3, "1.3"),
        ("names", "one", ("one",)),
        ("names", ["one", "two"], ("one", "two")),
        ("codes", 200, (200,)),
    ],
)
def test_a_value_is_read(name: str, written: Value, value: object) -> None:
    read = parse(FIELDS[name], written)
    assert read == value
    assert type(read) is type(value)


WRONG: list[tuple[str, Value, str]] = [
    ("text", 5, "must be a text"),
    ("text", None, "must be a text"),
    ("text", " ", "must not be empty"),
    ("number", "5", "must be a whole number"),
    ("number", True, "must be a whole number"),
    ("number", 1.5, "must be a whole number"),
    ("ratio", "x", "must be a number"),
    ("ratio", float("nan"), "must be a number"),
    ("ratio", 10**400, "must be a number"),
    ("flag", "yes", "must be true or false"),
    ("url", "a.example", "must be an http or https URL, without user name or password"),
    ("url", {"a": 1}, "must be an http or https URL, without user name or password"),
    ("wait", "soon", "must be a length of time, such as 5s, 10m or 7d"),
    ("wait", 0, "must be a length of time, such as 5s, 10m or 7d"),
    ("wait", -1, "must be a length of time, such as 5s, 10m or 7d"),
    ("at", "a", "must be ADDRESS:PORT, with brackets around an IPv6 address"),
    ("colour", "green", "must be one of red, blue"),
    ("colour", ["red"], "must be one of red, blue"),
    ("names", [], "must not be empty"),
    ("names", ["a", 1], "must be a text"),
    ("key", "hunter2", "is a secret: name it with variable, env, file or command instead of writing it"),
]


@pytest.mark.parametrize(("name", "written", "said"), WRONG)
def test_a_wrong_value_is_told_to_whoever_lints_and_refused_to_whoever_runs(
    name: str, written: Value, said: str
) -> None:
    wrong = mistake(FIELDS[name], written)
    assert wrong is not None
    assert Language("en").say(wrong) == said
    with pytest.raises(Mistaken):
        parse(FIELDS[name], written)


SECRETS = (ProcessVariable("X"), FileContent("x"), CommandOutput(("x",)))


@pytest.mark.parametrize(
    ("name", "written", "fits"),
    [
        ("url", Fact("urls.app"), True),
        ("url", Variable("X"), True),
        ("names", [Fact("urls.app"), "x"], True),
        ("names", Variable("X"), True),
        ("key", Variable("X"), True),
        ("key", Fact("urls.app"), False),
        *(("key", each, True) for each in SECRETS),
        *(("url", each, False) for each in SECRETS),
        *(("names", [each], False) for each in SECRETS),
    ],
)
def test_a_reference_stands_only_where_its_secrecy_fits(name: str, written: Value, fits: bool) -> None:
    assert (mistake(FIELDS[name], written) is None) is fits


def test_a_secret_variable_stands_only_for_a_secret() -> None:
    assert mistake(FIELDS["url"], Variable("KEY"), secret_variables={"KEY"}) is not None
    assert mistake(FIELDS["key"], Variable("KEY"), secret_variables={"KEY"}) is None


SOME = {
    Fact: {"fact": "urls.app"},
    Variable: {"variable": "X"},
    ProcessVariable: {"env": "X"},
    FileContent: {"file": "x"},
    CommandOutput: {"command": ["x"]},
}


def as_written(value: Value) -> Any:
    if isinstance(value, list):
        return [as_written(each) for each in value]
    return SOME.get(type(value), value)


@pytest.mark.parametrize("name", registry.names())
def test_the_schema_takes_the_example_of_a_kind(name: str) -> None:
    kind = registry.kind(name)
    for spec in kind.fields:
        schema = json_schema(spec)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["description"] == spec.description
        if spec.name in kind.example:
            jsonschema.validate(as_written(kind.example[spec.name]), schema)


@pytest.mark.parametrize(
    ("name", "written", "fits"),
    [
        ("codes", [200], True),
        ("codes", 200, True),
        ("codes", [], False),
        ("codes", "x", False),
        ("key", "written out", False),
        ("key", ProcessVariable("X"), True),
        ("url", ProcessVariable("X"), False),
        ("url", Fact("x"), True),
        ("colour", "red", True),
        ("colour", "green", False),
        ("tries", 0, True),
        ("tries", 20, True),
        ("tries", -1, False),
        ("tries", 21, False),
        ("tries", Variable("X"), True),
        ("statuses", [200, 599], True),
        ("statuses", [200, 199], False),
        ("statuses", 600, False),
        ("site", "https://a.example", True),
        ("site", "HTTPS://a.example", True),
        ("site", "http://a.example", False),
        ("site", Fact("urls.app"), True),
        ("roots", "a/..b/c.pem", True),
        ("roots", "/a.pem", False),
        ("roots", "../a.pem", False),
        ("roots", "a/../b.pem", False),
        ("roots", "a/..", False),
    ],
)
def test_the_schema_agrees_with_the_linter(name: str, written: Value, fits: bool) -> None:
    validator = jsonschema.Draft202012Validator(json_schema(FIELDS[name]))
    assert validator.is_valid(as_written(written)) is fits
    assert (mistake(FIELDS[name], written) is None) is fits


DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(FIELDS)), DATA)
def test_whatever_is_written_is_read_or_refused(name: str, written: Value) -> None:
    spec = FIELDS[name]
    try:
        parse(spec, written)
    except Mistaken:
        assert mistake(spec, written) is not None
    else:
        assert (mistake(spec, written) is None) is (beyond(spec, written) is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    path: Annotated[str, N_("Where")]
    equals: Annotated[JsonValue | None, N_("What it is")] = None
    most: Annotated[int, Within(0, 9), N_("How many")] = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    headers: Mapping[str, str] | None = None
    secrets: Mapping[str, Secret] | None = None
    json: tuple[Assertion, ...] = ()
    one: Assertion | None = None
    body: JsonValue | None = None


NESTED = {each.name: each for each in specs(Nested)}


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("headers", {"Accept": "text/html"}, {"Accept": "text/html"}),
        ("secrets", {"X-Key": Secret("k")}, {"X-Key": Secret("k")}),
        ("json", {"path": "a"}, (Assertion(path="a"),)),
        (
            "json",
            [{"path": "a"}, {"path": "b", "equals": [1]}],
            (Assertion(path="a"), Assertion(path="b", equals=JsonValue([1]))),
        ),
        ("one", {"path": "a", "most": 3}, Assertion(path="a", most=3)),
        ("body", {"a": [1, None, {"b": True}]}, {"a": [1, None, {"b": True}]}),
    ],
)
def test_a_value_with_parts_is_read(name: str, written: Value, value: object) -> None:
    assert mistake(NESTED[name], written if name != "secrets" else {"X-Key": ProcessVariable("K")}) is None
    assert parse(NESTED[name], written) == value


@pytest.mark.parametrize(
    ("name", "written", "wrong"),
    [
        ("headers", "Accept", "must be a mapping of names to values"),
        ("headers", {"Accept": 3}, "has a mistake: Accept must be a text"),
        ("secrets", {"X-Key": "k"}, "X-Key is a secret: name it"),
        ("headers", {"X-Key": ProcessVariable("K")}, "X-Key is no secret, and would show the value of K"),
        ("json", [{"paht": "a"}], "has no part paht; the ones there are: path, equals, most"),
        ("json", {"equals": 1}, "lacks path"),
        ("json", {"path": "a", "most": 12}, "has a mistake: most must be from 0 to 9"),
        ("one", Fact("urls.app"), "must be a mapping"),
        ("body", {"a": ProcessVariable("K")}, "would show the value of K"),
        ("body", Secret("k"), "must be plain data"),
    ],
)
def test_a_mistake_in_a_part_names_the_part(name: str, written: Value, wrong: str) -> None:
    found = mistake(NESTED[name], written)
    assert found is not None
    assert wrong in Language(phrasebook=phrasebook).say(found)


def test_references_are_found_however_deep() -> None:
    written = {"a": [{"b": Variable("B")}, Fact("urls.c")], "d": 1}
    assert list(references_in(written)) == [Variable("B"), Fact("urls.c")]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("headers", {"Accept": "x"}, {"Accept": []}),
        ("secrets", {"X": {"env": "K"}}, {"X": "k"}),
        ("json", [{"path": "a", "equals": None}], [{"equals": 1}]),
        ("one", {"path": "a"}, {"path": "a", "other": 1}),
    ],
)
def test_the_schema_of_a_field_with_parts_agrees(name: str, good: Value, bad: Value) -> None:
    schema = json_schema(NESTED[name])
    jsonschema.validate(good, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(bad, schema)

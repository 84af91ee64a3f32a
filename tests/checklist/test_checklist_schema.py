import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.checklist.composing import compose
from promoter.checklist.loading import load_checklist, load_pipeline
from promoter.checklist.scalars import as_written
from promoter.checklist.schema import checklist_schema, pipeline_schema
from promoter.shipped import shipped
from tests.support.checklist_texts import HEAD, PATH, PIPELINE, pipeline

SHIPPED = shipped("checklists")
PIPELINE_SCHEMA = jsonschema.Draft202012Validator(pipeline_schema())
CHECKLIST_SCHEMA = jsonschema.Draft202012Validator(checklist_schema())


def data_of(content: bytes) -> Any:
    node, _ = compose(content, "f.yaml")
    assert node is not None
    return as_written(node)


@pytest.mark.parametrize(
    ("name", "schema"), [("pipeline", pipeline_schema()), ("checklist", checklist_schema())]
)
def test_the_shipped_schema_is_the_one_the_forms_give(name: str, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)

    written = (SHIPPED / f"{name}.schema.json").read_text(encoding="utf-8")
    assert json.dumps(schema, indent=2, ensure_ascii=False) + "\n" == written


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.name)
def test_a_shipped_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    content = path.read_bytes()
    first_line = content.decode().splitlines()[0]
    schema = first_line.removeprefix("# yaml-language-server: $schema=./")

    assert schema in {"pipeline.schema.json", "checklist.schema.json"}
    jsonschema.Draft202012Validator(json.loads((SHIPPED / schema).read_text())).validate(data_of(content))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("data: real", "data: reel"),
        ("data: real", "dat: real"),
        ("pipeline: shop", "pipeline: Shop"),
        ("pipeline: shop", "pipeline: shop\ntitle: {de: Laden}"),
        ("https://preprod", "http://preprod"),
        ("HOOK_URL: {}", "HOOK-URL: {}"),
        ("{secret: true", "{secret: sure"),
        ("[staging-to-preprod]", "[]"),
    ],
)
def test_the_schema_refuses_what_an_editor_should_underline(old: str, new: str) -> None:
    assert not PIPELINE_SCHEMA.is_valid(data_of(PIPELINE.replace(old, new, 1).encode()))


LEAVES = st.sampled_from(
    [
        "x",
        "yes",
        "on",
        "true",
        "True",
        "false",
        "null",
        "~",
        "0",
        "1",
        "7",
        "012",
        "0x1f",
        "1.1",
        "1.2",
        "1.10",
        "1e3",
        "-1",
        ".5",
        "12:30",
        "2026-11-28",
        "7d",
        "5s",
        "1.5h",
        "''",
        "'yes'",
        "'1'",
        "' '",
        "preprod",
        "staging",
        "one",
        "https://a.example",
        "http://a.example",
        "https://a.example:0",
        "'https://[::1]/x'",
        "https://ü.example",
        "'https://a.example/ü?q'",
        "[]",
        "{}",
        "[x]",
        "[one]",
        "[200]",
        "[200, 404]",
        "{fr: x}",
        "{fact: urls.app}",
        "{variable: HOOK_URL}",
        "{env: X}",
        "{variable: SHOP_SECRET}",
        "{file: x}",
        "{command: [x]}",
        "{level: public}",
        "{opener: on}",
        "{opener: off, authors: on}",
        "{branch: a/b}",
        "{branch: a}",
        "{connect_to: {'a:1': 'b:2'}}",
        "{connect_to: {'a:x': 'b:2'}}",
        "{ca_file: ca.pem}",
        "[{text: x}]",
        "[{text: {en: x}, source: y}]",
        "[{id: a, name: A, emails: [a@a.example]}]",
        "Europe/Paris",
        "[{id: a, title: A}]",
        "[{id: a, title: A, required: no}]",
        "[{https: {url: 'https://a.example'}}]",
        "[{credentials: }]",
        "[{credentials: {}}]",
        "[{dotenv: .env}]",
        "[{environment: {}}]",
        "[{environment: {prefix: X_}}]",
        ".env",
        "../x",
        "a/../b",
        "/x",
        "'127.0.0.1:8443'",
        "'[::1]:1'",
        "x:99999",
        "ca.pem",
        '"a\\eb"',
        '"a\\tb"',
        '"a\\nb"',
        "real",
        "simulated",
        "required",
        "optional",
        "advisory",
        "release",
        "previous",
        "public",
        "internal",
    ]
)
EXTRA = ("title", "time_zone", "support", "roster", "trail")
IN_ENVIRONMENT = (
    "title",
    "use",
    "unstable",
    "signatures",
    "separation",
    "network",
    "notes",
    "access",
    "stability",
)


@settings(max_examples=300)
@given(st.sampled_from(EXTRA + tuple(f"    {each}" for each in IN_ENVIRONMENT)), LEAVES)
def test_whatever_loading_accepts_in_a_pipeline_the_schema_accepts(key: str, leaf: str) -> None:
    text = (
        PIPELINE.replace("    data: real\n", f"    data: real\n{key}: {leaf}\n")
        if key[0] == " "
        else PIPELINE + f"{key}: {leaf}\n"
    )

    loaded, _ = load_pipeline(text.encode(), "pipeline.yaml")

    assert loaded is None or PIPELINE_SCHEMA.is_valid(data_of(text.encode())), text


@settings(max_examples=300)
@given(st.sampled_from(PIPELINE.replace("{", " ").replace("}", " ").replace(",", " ").split()), LEAVES)
def test_whatever_loading_accepts_in_place_of_a_word_the_schema_accepts(word: str, leaf: str) -> None:
    text = PIPELINE.replace(word, leaf, 1)

    loaded, _ = load_pipeline(text.encode(), "pipeline.yaml")

    assert loaded is None or PIPELINE_SCHEMA.is_valid(data_of(text.encode())), text


ITEM_KEYS = (
    "text",
    "source",
    "notes",
    "level",
    "needs",
    "survives",
    "waivable",
    "may_not_apply",
    "checks",
    "sign_off",
)
SIGN_OFF_KEYS = ("roles", "count", "evidence", "fields")
CHECK_KEYS = (
    "url",
    "status",
    "redirects",
    "timeout",
    "id",
    "max_age",
    "connect_to",
    "ca_file",
    "server_name",
    "min_days",
    "min_tls",
)


@settings(max_examples=400)
@given(
    st.sampled_from(("https", "certificate", "credentials")),
    st.dictionaries(st.sampled_from(ITEM_KEYS), LEAVES, max_size=2),
    st.dictionaries(st.sampled_from(SIGN_OFF_KEYS), LEAVES, max_size=1),
    st.dictionaries(st.sampled_from(CHECK_KEYS), LEAVES, max_size=2),
)
def test_whatever_loading_accepts_in_an_item_the_schema_accepts(
    kind: str, item: dict[str, str], sign_off: dict[str, str], check: dict[str, str]
) -> None:
    url = {} if kind == "credentials" else {"url": "{fact: urls.app}"}
    item = {"checks": f"[{{{kind}: {flow(url | check)}}}]", "sign_off": flow(sign_off)} | item
    text = (
        HEAD + "- {id: one, title: One, sign_off: {}}\n- " + flow({"id": "two", "title": "Two"} | item) + "\n"
    )

    loaded, _ = load_checklist(text.encode(), PATH, pipeline())

    assert loaded is None or CHECKLIST_SCHEMA.is_valid(data_of(text.encode())), text


def flow(entries: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"

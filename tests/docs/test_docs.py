"""What the documents say, held to the program: links, commands, keys, codes, pictures."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest

from docs import generate
from promoter import __version__
from promoter.checklist.schema import checklist_schema, pipeline_schema, policy_schema
from promoter.cli.grammar import SHARED
from promoter.cli.verbs import VERBS
from promoter.errors import ExitCode
from promoter.gate.decision import Answer, ItemState
from promoter.model.outcome import Verdict

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
_KEYS = re.compile(r"<!-- keys: (?P<of>\S+) ?(?P<path>\S*) -->\n\n(?P<table>(?:\|.*\n)+)")
_ROW = re.compile(r"^\| `(?P<key>[^`]+)` \| (?P<default>.*?) \| (?P<meaning>.*?) \|$", re.MULTILINE)
_SCHEMAS = {"pipeline": pipeline_schema, "policy": policy_schema, "checklist": checklist_schema}
_TEXT_OR_REFERENCE = ({"en", "fr"}, {"fact"}, {"variable"})


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _anchors(document: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = []
    for link in _LINK.finditer(_FENCED.sub("", _read(path))):
        target, _, anchor = link["target"].partition("#")
        if "://" in target:
            continue
        there = (path.parent / target) if target else path
        if not there.exists() or (anchor and anchor not in _anchors(_read(there))):
            broken.append(link["target"])
    assert broken == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_generated_parts_are_what_the_code_says(path: Path) -> None:
    document = _read(path)
    assert generate.filled(document) == document, "run: python -m docs.generate"


def test_every_verb_has_its_part() -> None:
    expected = {"shared options", *(f"verb {name}" for name in VERBS)}
    assert expected == set(generate.parts_of(_read(ROOT / "docs" / "verbs.md")))


def _commands() -> Iterator[tuple[str, str]]:
    for path in DOCUMENTS:
        for block in _CONSOLE.findall(_read(path)):
            for line in re.findall(r"^\$ (.+)$", block, re.MULTILINE):
                for command in re.split(r"\s*(?:;|&&|[|>])\s*", line):
                    if command.startswith("promoter"):
                        yield path.name, command


@pytest.mark.parametrize("command", sorted({command for _, command in _commands()}))
def test_every_command_shown_is_one_the_program_knows(command: str) -> None:
    words = shlex.split(command)[1:]
    shared = click.Command("promoter", params=[*SHARED])
    parser = shared.make_parser(click.Context(shared))
    parser.allow_interspersed_args = False
    _, words, _ = parser.parse_args(words)
    if words:
        verb = generate.command_of(words[0])
        verb.make_parser(click.Context(verb)).parse_args(words[1:])


def _leaves(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping with known keys, by its path; references and texts in two languages left out."""
    properties = schema.get("properties", {})
    if properties and set(properties) not in _TEXT_OR_REFERENCE:
        yield path.lstrip("."), schema
    for key, each in properties.items():
        if not path.endswith(".checks[]"):
            yield from _leaves(each, f"{path}.{key}")
    if isinstance(rest := schema.get("additionalProperties"), dict):
        yield from _leaves(rest, f"{path}.*")
    if isinstance(items := schema.get("items"), dict):
        yield from _leaves(items, f"{path}[]")
    for number, each in enumerate(schema.get("anyOf", ())):
        yield from _leaves(each, f"{path}|{number}")


@pytest.mark.parametrize("of", _SCHEMAS)
def test_every_key_is_documented_and_no_other(of: str) -> None:
    document = _read(ROOT / "docs" / "writing-checklists.md")
    documented = {
        table["path"]: {row["key"]: row["default"] == "required" for row in _ROW.finditer(table["table"])}
        for table in _KEYS.finditer(document)
        if table["of"] == of
    }
    expected = {
        path: {key: key in schema.get("required", ()) for key in schema["properties"]}
        for path, schema in _leaves(_SCHEMAS[of]())
        if not path.endswith(".checks[]")
    }
    assert expected == documented


def _coded(document: str) -> set[str]:
    return set(re.findall(r"`([a-z0-9-]+)`", document))


def test_every_state_answer_and_verdict_is_explained() -> None:
    gate, checks = _read(ROOT / "docs" / "gate.md"), _read(ROOT / "docs" / "checks.md")
    assert set() == {*map(str, Answer), *map(str, ItemState)} - _coded(gate)
    assert set() == {str(each) for each in Verdict if str(each) not in checks}


def test_item_states_are_in_the_order_that_decides() -> None:
    order = str(ItemState.__doc__).partition("\n\n")[2].partition("\n\n")[0].strip().split(" · ")
    rows = re.findall(
        r"^\| `([a-z-]+)` \|", _read(ROOT / "docs" / "gate.md").partition("## Items")[2], re.MULTILINE
    )
    assert order == rows[: len(order)]


def test_every_exit_code_is_explained() -> None:
    section = _read(ROOT / "docs" / "verbs.md").partition("## Exit codes")[2].partition("\n## ")[0]
    codes = {
        int(code)
        for row in re.findall(r"^\| ([0-9, ]+) \|", section, re.MULTILINE)
        for code in row.split(",")
    }
    assert {int(each) for each in ExitCode} == codes


def test_every_json_schema_is_listed() -> None:
    sources = "".join(map(_read, (ROOT / "promoter" / "cli").glob("*.py")))
    written = set(re.findall(r'"(promoter/[a-z]+/\d+)"', sources))
    listed = set(re.findall(r"^\| `(promoter/[a-z]+/\d+)`", _read(ROOT / "docs" / "verbs.md"), re.MULTILINE))
    assert written == listed


def test_the_changelog_speaks_of_this_version() -> None:
    assert re.search(
        rf"^## (Unreleased|\[?{re.escape(__version__)}\b)", _read(ROOT / "CHANGELOG.md"), re.MULTILINE
    )


def test_the_picture_is_drawn_and_shows_nothing_of_the_machine_it_was_drawn_on() -> None:
    picture = _read(ROOT / "docs" / "promotion.svg")
    words = "".join(ElementTree.fromstring(picture).itertext())
    assert "BLOCKED" in words
    assert "HOLDING" in words
    assert re.findall(r"https?://[^\s\"'<>]+", picture) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"/(tmp|home|root|Users)\b", words)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_no_place_of_this_machine(path: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:tmp|home|root|Users|work)/\S*", _read(path)) == []

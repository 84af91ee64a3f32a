"""The workflows for continuous integration, held to the program."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from docs import generate
from promoter.cli.verbs import VERBS

WORKFLOWS = Path(__file__).parents[2] / "docs" / "ci"
_COMMAND = re.compile(r"(?:^|; *(?:then )?)promoter (?P<words>[^;\n]*)", re.MULTILINE)


def _workflow(name: str) -> Any:
    return yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def _commands(name: str) -> list[list[str]]:
    return [
        shlex.split(found["words"]) for text in _texts(_workflow(name)) for found in _COMMAND.finditer(text)
    ]


COMMANDS = [(name, words) for name in ("github.yml", "gitlab.yml") for words in _commands(name)]


@pytest.mark.parametrize(("name", "words"), COMMANDS, ids=str)
def test_every_line_is_one_the_program_takes(name: str, words: list[str]) -> None:
    assert words[0] in VERBS
    verb = generate.command_of(words[0])
    verb.make_parser(click.Context(verb)).parse_args(list(words[1:]))


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_no_line_is_overlooked(name: str) -> None:
    text = (WORKFLOWS / name).read_text(encoding="utf-8")
    shown = [each for each in text.splitlines() if re.search(r"(run: |    - |then |^ +)promoter ", each)]
    assert len(shown) == len(_commands(name))
    assert {"lint", "sync", "verify", "run", "status"} == {each[0] for each in _commands(name)}


def test_a_push_of_the_trail_starts_no_job() -> None:
    github, gitlab = _workflow("github.yml"), _workflow("gitlab.yml")
    assert github[True]["push"] == {"branches-ignore": ["promoter/**"]}
    assert gitlab["workflow"]["rules"][0] == {"if": "$CI_COMMIT_BRANCH =~ /^promoter\\//", "when": "never"}
    assert "git config push.pushOption ci.skip" in gitlab["record"]["script"]


def test_two_jobs_that_record_wait_for_each_other_and_are_not_cut_off() -> None:
    assert _workflow("github.yml")["jobs"]["record"]["concurrency"] == {
        "group": "promoter-preprod",
        "cancel-in-progress": False,
    }
    assert _workflow("gitlab.yml")["record"]["resource_group"] == "promoter-preprod"


def test_what_a_fork_may_start_has_no_secret_and_records_nothing() -> None:
    github, gitlab = _workflow("github.yml"), _workflow("gitlab.yml")
    assert github["permissions"] == {"contents": "read"}
    for job in (github["jobs"]["look"], gitlab["look"]):
        words = " ".join(_texts(job))
        assert "secrets." not in words
        assert "SIGNING_KEY" not in words
        assert "promoter run" not in words

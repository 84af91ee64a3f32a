"""The table of what the gate does: every command in it is one, and every test that it names is there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from docs import generate

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "gate-line-by-line.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`]+)`", TABLE)
COMMANDS = sorted({each for each in CODE if each.startswith("promoter ")})
TESTS = sorted({each for each in CODE if each.startswith("test_")})


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_table_can_be_typed(line: str) -> None:
    _, verb, *arguments = shlex.split(line)
    command = generate.command_of(verb)
    command.make_parser(click.Context(command)).parse_args(arguments)


def test_every_test_that_the_table_names_is_there() -> None:
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(
            r"^\s*(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert len(TESTS) > 50
    assert not set(TESTS) - there


def test_every_verb_of_the_table_is_told_where_the_gate_is() -> None:
    assert "gate-line-by-line.md" in (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")

"""The table of what the gate does: every command in it is run as it stands there, says what the table says, and every
test that it names is there."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command_line import away_from_home
from tests.support.gate_stories import Stories, Typed, typed

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gate-line-by-line.md").read_text(encoding="utf-8")
_SAYS = re.compile(r"`([^`]+)`(?: \((\d)\))?")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what is typed in which situation, and what it says."""

    title: str
    situation: str
    before: list[Typed]
    command: Typed
    phrase: str
    code: int
    tests: list[str]


def _rows() -> Iterator[Row]:
    for line in PAGE.splitlines():
        cells = [each.strip() for each in line.strip("|").split(" | ")]
        if len(cells) != 5 or set(cells[0]) <= {"-", " "} or cells[-1] == "Proven by":
            continue
        says = _SAYS.fullmatch(cells[3])
        assert says is not None, line
        situation, _, before = cells[1].partition(";")
        [command] = typed(cells[2])
        tests = re.findall(r"`(test_\w+)`", cells[4])
        yield Row(cells[0], situation, typed(before), command, says[1], int(says[2] or 0), tests)


ROWS = list(_rows())


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stories]:
    directory = tmp_path_factory.mktemp("stories")
    here = Path.cwd()
    with away_from_home(directory / "home"):
        yield Stories(directory)
    os.chdir(here)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.situation}: {row.command.command}")
def test_a_command_of_the_table_says_what_the_table_says(row: Row, stories: Stories) -> None:
    desk = stories.begin(row.situation)
    for each in row.before:
        said = desk.types(each)
        assert said.code in (0, 1, 5), f"{each}: {said.err}"
        assert not said.err.startswith("error"), f"{each}: {said.err}"
    said = desk.types(row.command)
    words = " ".join(f"{said.out}\n{said.err}".split())
    assert row.phrase in words, words
    assert said.code == row.code, words


def test_every_test_that_the_table_names_is_there() -> None:
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(
            r"^\s*(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert all(row.tests for row in ROWS)
    assert len(ROWS) > 80
    assert not set(re.findall(r"`(test_\w+)`", PAGE)) - there


def test_every_line_of_the_table_is_told_where_the_gate_is() -> None:
    assert "gate-line-by-line.md" in (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")

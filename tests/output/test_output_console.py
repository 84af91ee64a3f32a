"""The two streams: what is said where, in which width and colour, and what becomes of foreign text."""

import io
import os
import pty
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.errors import Refused
from promoter.messages import Language, message, phrase
from promoter.model.outcome import Evidence, Verdict
from promoter.output.checks import show_evidence
from promoter.output.console import Console, Style, width
from promoter.place import Place, Problem, ProblemsFound
from tests.support.command_line import away_from_home, python
from tests.support.git_repositories import make_signer
from tests.support.small_shop import make_shop, open_v1, set_variables


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """As a person's."""
        return True


def console(out: io.StringIO, **settings: bool) -> Console:
    return Console(Language(), out=out, err=io.StringIO(), environ={"TERM": "xterm"}, **settings)


def test_columns_line_up_by_cells_not_by_characters() -> None:
    out = io.StringIO()
    console(out).columns([["名前", "a"], ["é", "b"], ["plain", "c"]])
    assert out.getvalue() == "  名前   a\n  é      b\n  plain  c\n"


def test_colour_goes_to_terminals_only_and_never_into_a_dumb_one() -> None:
    terminal, file = Terminal(), io.StringIO()
    console(terminal).line(("OPEN", Style.GOOD))
    console(file).line(("OPEN", Style.GOOD))
    dumb = Terminal()
    Console(Language(), out=dumb, environ={"TERM": "dumb"}).line(("OPEN", Style.GOOD))
    assert [each.getvalue() for each in (terminal, file, dumb)] == [
        "\x1b[32mOPEN\x1b[0m\n",
        "OPEN\n",
        "OPEN\n",
    ]


def test_an_error_says_what_is_wrong_and_what_to_do() -> None:
    err = io.StringIO()
    error = Refused(phrase("{name} may not", name="Eve\x1b[2J"), phrase("ask Alice"))
    Console(Language(), out=io.StringIO(), err=err, environ={}).error(error)
    assert err.getvalue() == "error: Eve␛[2J may not\nremedy: ask Alice\n"


def test_every_problem_is_told_before_how_many_there_are() -> None:
    err = io.StringIO()
    problems = [Problem(Place("a.yaml", line, 1), "x", phrase("wrong")) for line in (1, 2)]
    Console(Language(), out=io.StringIO(), err=err, environ={}).error(ProblemsFound(problems))
    assert err.getvalue() == "a.yaml:1:1: wrong\na.yaml:2:1: wrong\nerror: 2 problems found\n"


def test_evidence_stands_in_columns_in_a_file_and_below_each_other_when_too_long() -> None:
    evidence = [
        Evidence(message("status"), "below 500", 200, Verdict.PASSED),
        Evidence(message("address"), None, "::1"),
    ]
    out = io.StringIO()
    show_evidence(console(out), evidence, indent="  ")
    assert out.getvalue() == "  ✓ status   observed 200  expected below 500\n  · address  observed ::1\n"
    long = io.StringIO()
    show_evidence(
        console(long), [Evidence(message("status"), "b" * 70, "o" * 70, Verdict.FAILED)], indent="  "
    )
    assert long.getvalue() == f"  ✗ status\n      observed {'o' * 70}\n      expected {'b' * 70}\n"


@given(st.text(max_size=60))
def test_nothing_that_moves_the_cursor_leaves_by_any_door(text: str) -> None:
    out, err = io.StringIO(), io.StringIO()
    said = Console(Language(), out=out, err=err, environ={})
    said.line(text, (text, Style.BAD))
    said.note(text)
    said.block(text)
    said.columns([[text, text]])
    said.error(Refused(phrase("{text}", text=text)))
    said.document("x/1", {"text": text})
    written = out.getvalue() + err.getvalue()
    assert {each for each in written if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {
        "\n"
    }


@given(st.text(max_size=30))
def test_a_piece_is_never_narrower_than_nothing(text: str) -> None:
    assert width(text) >= 0


def test_a_reader_that_is_gone_silences_its_stream_and_nothing_else() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    err = io.StringIO()
    with os.fdopen(writing, "w", buffering=1, encoding="utf-8") as out:
        said = Console(Language(), out=out, err=err, environ={})
        said.line("nobody reads this")
        said.line("nor this")
        said.flush()
        said.note("but this")
    assert err.getvalue() == "but this\n"


@pytest.mark.parametrize("verb", [["run"], ["status"]])
def test_on_a_terminal_progress_is_live_and_leaves_only_the_answer(tmp_path: Path, verb: list[str]) -> None:
    with away_from_home(tmp_path / "home"):
        alice = make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com")
        shop = make_shop(tmp_path / "shop", (alice, ("roster-admin", "operations", "security")))
        open_v1(shop)
        set_variables(shop)
        primary, secondary = pty.openpty()
        command = python("-m", "promoter", "-C", str(shop), *verb)
        environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80"}
        with subprocess.Popen(
            command, stdin=secondary, stdout=secondary, stderr=secondary, env=environment
        ) as running:
            os.close(secondary)
            written = _everything(primary)
        assert running.returncode == 0
    assert ("\x1b[?25l" in written) == (verb == ["run"])
    assert written.count("2 variables of preprod are set") == (1 if verb == ["run"] else 0)


def _everything(descriptor: int) -> str:
    read = b""
    try:
        while chunk := os.read(descriptor, 65536):
            read += chunk
    except OSError:
        pass
    os.close(descriptor)
    return read.decode()

"""Ends that nobody plans: a key pressed, a signal, a reader gone, a bug, a locale that cannot say it."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter import __version__
from promoter.messages import Language
from promoter.usecases.settings import Settings
from tests.support.command_line import promoter, python
from tests.support.git_repositories import Signer, git
from tests.support.small_shop import CHECKLIST, make_shop, open_v1, set_variables

SLOW = """\
  - id: slow
    title: It answers
    checks: [https: {{url: https://preprod.shop.example, connect_to: "127.0.0.1:{port}", timeout: 60}}]
"""


@pytest.fixture
def slow_shop(tmp_path: Path, alice: Signer) -> Iterator[Path]:
    """A shop with a check that waits for an answer that never comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        checklist = CHECKLIST + SLOW.format(port=server.getsockname()[1])
        shop = make_shop(
            tmp_path / "slow", (alice, ("roster-admin", "operations", "security")), checklist=checklist
        )
        assert open_v1(shop).code == 0
        set_variables(shop)
        yield shop


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_records_what_has_finished(
    slow_shop: Path, number: signal.Signals, code: int
) -> None:
    command = python("-m", "promoter", "-C", str(slow_shop), "run")
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        first = [running.stderr.readline() for _ in range(2)]
        running.send_signal(number)
        _, rest = running.communicate(timeout=20)
    assert (code, ["✓", "✓"]) == (running.returncode, [each[:1] for each in first])
    assert "Traceback" not in rest
    assert "checked: 2 of 2 passed" in promoter("-C", slow_shop, "log").out


@pytest.mark.parametrize(("arguments", "code"), [(["log"], 0), (["status", "--gate"], 5), (["--help"], 0)])
def test_when_nobody_reads_the_exit_code_is_still_true_and_nothing_is_said(
    shop: Path, arguments: list[str], code: int
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = python("-m", "promoter", "-C", str(shop), *arguments)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, text=True)
    os.close(writing)
    assert (code, "") == (done.returncode, done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", [["log"], ["status", "--json"], ["--version"]])
def test_an_answer_that_cannot_be_written_exits_6_and_says_why(shop: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        command = python("-m", "promoter", *arguments)
        done = subprocess.run(command, cwd=shop, stdout=full, stderr=subprocess.PIPE, check=False, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)
    assert "--json" in arguments or "No space left" in done.stderr


def test_without_any_stdout_the_exit_code_is_still_true(shop: Path) -> None:
    script = 'import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, "-m", "promoter", *sys.argv[1:]])'
    command = python("-c", script, "-C", str(shop), "status", "--gate")
    assert subprocess.run(command, check=False).returncode == 5


def broken(settings: Settings, language: Language, promotion: str | None) -> int:
    """A full screen with a bug in it that would show a secret."""
    local = "the value of a local"
    assert local
    raise ZeroDivisionError(f"token {os.environ['SHOP_TOKEN']} in \x1b[31mred")


def test_a_bug_exits_3_with_a_block_to_report_and_no_secret_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "s3cr3t-s3cr3t")
    said = promoter(screen=broken)
    assert (said.code, said.out) == (3, "")
    assert f"```\npromoter {__version__} · Python 3." in said.err
    assert "ZeroDivisionError: token *** in ␛[31mred\n```\n" in said.err
    assert "the value of a local" not in said.err.replace('local = "the value of a local"', "")


def test_a_bug_with_json_is_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "s3cr3t-s3cr3t")
    said = promoter("--json", screen=broken)
    assert (said.code, said.document["exit_code"], said.err) == (3, 3, "")
    assert "s3cr3t" not in said.out


def interrupted(settings: Settings, language: Language, promotion: str | None) -> int:
    """A full screen in which ctrl+c was pressed."""
    raise KeyboardInterrupt


def test_an_interrupt_exits_130() -> None:
    said = promoter(screen=interrupted)
    assert (said.code, said.err) == (130, "interrupted\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_stream_that_cannot_encode_it_gets_something_plainer(shop: Path, encoding: str) -> None:
    said = promoter("-C", shop, "status", encoding=encoding)
    assert said.code == 0
    assert "staging -> preprod" in said.out
    assert "  o rollback " in said.out


HOSTILE = "Eve\x1b]0;owned\x07\x1b[2J\u202e\x9b31m"


def test_nothing_hostile_reaches_the_terminal_raw(claimed_shop: Path) -> None:
    git(claimed_shop, "config", "user.name", "Eve \u202eecilA")
    release = "v1\u202e"
    answers = [
        promoter("-C", claimed_shop, *arguments)
        for arguments in (
            ["open", "staging-to-preprod", "--release", release, "-m", HOSTILE],
            ["reject", "rollback", "-m", HOSTILE],
            ["sign", "accounts", "--field", f"kept={HOSTILE}"],
            *(
                ["status"],
                ["log"],
                ["report"],
                ["verify"],
                ["roster"],
                ["status", "--json"],
                ["log", "--json"],
            ),
        )
    ]
    assert {0} == {said.code for said in answers}
    written = "".join(said.out + said.err for said in answers)
    assert set() == set("\x1b\x07\u202e\x9b") & set(written)
    assert "Eve␛]0;owned␇␛[2J<U+202E><U+009B>31m" in written


@pytest.mark.parametrize("argument", [HOSTILE, f"--{HOSTILE}", f"-C{HOSTILE}"])
def test_nothing_hostile_comes_back_from_the_command_line(argument: str) -> None:
    said = promoter(argument)
    assert said.code == 2
    assert set() == set("\x1b\x07\u202e\x9b") & set(said.out + said.err)


def test_colour_is_given_on_request_only_and_never_against_no_color(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b[" not in promoter("-C", shop, "status").out
    assert "\x1b[31mBLOCKED\x1b[0m" in promoter("-C", shop, "--color", "always", "status").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in promoter("-C", shop, "status").out

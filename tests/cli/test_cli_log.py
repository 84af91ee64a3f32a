"""The log on a terminal, in a pipe, and as it grows."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from promoter.output.wrapping import cells
from tests.support.command_line import promoter, python
from tests.support.git_repositories import git

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LONG = (
    "The procedure was read by the whole team; see https://wiki.example.org/a/link/that/does/not/fit/into/one/line/of/80\n"
    "已由运维团队检查并确认回滚步骤可以在十五分钟内完成请参阅文档中的说明部分以了解更多的详情以及联系人"
)


def on_a_terminal(*arguments: str | Path, columns: int = 80) -> list[str]:
    """The lines that promoter shows on a terminal so wide."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = python("-m", "promoter", *map(str, arguments))
    with subprocess.Popen(command, stdout=slave, stderr=subprocess.DEVNULL) as running:
        os.close(slave)
        shown = b""
        try:
            while data := os.read(master, 65536):
                shown += data
        except OSError:
            pass
        os.close(master)
    assert running.returncode == 0
    return _COLOURS.sub("", shown.decode()).replace("\r", "").splitlines()


@contextmanager
def following(shop: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A log that is being followed; ended at the end, whatever happens."""
    command = python("-m", "promoter", "-C", str(shop), "log", "--follow", *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_on_80_columns_lines_are_broken_between_words_under_what_they_belong_to(
    shop: Path, language: str
) -> None:
    git(shop, "config", "user.name", "Marie-Christine Dupont-Lavallée de Villiers et Compagnie")
    assert promoter("-C", shop, "reject", "rollback", "-m", LONG).code == 0
    lines = on_a_terminal("-C", shop, "--lang", language, "log")
    assert [line for line in lines if cells(line) > 80 and "https://" not in line] == []
    assert re.fullmatch(r"\d+(er)? \S+ \d{4} \(UTC\)", lines[0])
    assert re.match(r"[0-9a-f]{7}  \d\d:\d\d  \S", lines[1])
    below = lines[next(index for index, line in enumerate(lines) if "rollback" in line) + 1 :]
    assert below
    assert all(line.startswith(" " * 16) for line in below)
    assert "https://wiki.example.org/a/link/that/does/not/fit/into/one/line/of/80" in map(str.strip, below)
    told = "".join(line.strip() for line in below)
    assert LONG.splitlines()[1] in told


def test_in_a_file_each_entry_is_one_line_with_its_whole_time(shop: Path) -> None:
    assert promoter("-C", shop, "reject", "rollback", "-m", LONG).code == 0
    lines = promoter("-C", shop, "log").out.splitlines()
    assert all(re.match(r"[0-9a-f]{7}  \d+ \w+ \d{4} \d\d:\d\d UTC  |         \S", line) for line in lines)
    assert LONG.splitlines()[0] in lines[-2]


def test_entries_of_several_promotions_say_of_which_they_are(shop: Path) -> None:
    assert "v1-preprod-" not in promoter("-C", shop, "log").out
    assert promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2").code == 0
    shown = promoter("-C", shop, "log").out.splitlines()
    assert ["v1-preprod-" in line or "v2-preprod-" in line for line in shown] == [False, True, True]
    assert "-preprod-" not in promoter("-C", shop, "log", "-p", "v2").out


def test_filters_and_their_mistakes(shop: Path) -> None:
    promoter("-C", shop, "reject", "rollback", "-m", "no")
    document = promoter("-C", shop, "log", "--type", "rejected", "--person", "alice", "--json").document
    assert [each["entry"]["type"] for each in document["entries"]] == ["rejected"]
    assert document["tip"] == git(shop, "rev-parse", "promoter/trail") == document["entries"][0]["commit"]
    unknown = promoter("-C", shop, "log", "--item", "rollback\x1b[2J")
    assert (unknown.code, "\x1b" in unknown.err) == (2, False)
    assert "accounts, rollback, training, variables" in unknown.err
    assert "Nothing on the trail" in promoter("-C", shop, "log", "--type", "abandoned").out
    assert promoter("-C", shop, "log", "--limit", "-1").code == 2
    assert promoter("-C", shop, "log", "--limit", "1").out.count("\n") == 2


def test_with_an_item_runs_say_what_they_came_to_for_it(shop: Path) -> None:
    promoter("-C", shop, "run")
    shown = promoter("-C", shop, "log", "--item", "accounts").out
    assert "accounts credentials" in shown
    assert "variables credentials" not in shown


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_following_shows_what_comes_and_ends_cleanly(shop: Path, number: signal.Signals, code: int) -> None:
    with following(shop, "--limit", "1") as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        assert promoter("-C", shop, "reject", "rollback", "-m", "no").code == 0
        second, third = running.stdout.readline(), running.stdout.readline()
        running.send_signal(number)
        rest, wrong = running.communicate(timeout=20)
    assert running.returncode == code
    assert ("opened: v1" in first, "rejected: rollback" in second) == (True, True)
    assert (third.strip(), rest) == ("no", "")
    assert "Traceback" not in wrong


def test_following_with_json_answers_an_object_a_line(shop: Path) -> None:
    with following(shop, "--json") as running:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(2)]
        promoter("-C", shop, "reject", "rollback", "-m", "no")
        lines.append(running.stdout.readline())
    documents = [json.loads(line) for line in lines]
    assert {each["schema"] for each in documents} == {"promoter/log/1"}
    types = [entry["entry"]["type"] for each in documents for entry in each["entries"]]
    assert types == ["genesis", "opened", "rejected"]


def test_following_ends_when_nobody_reads_any_more_though_nothing_comes(shop: Path) -> None:
    with following(shop) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr is not None
        assert (running.wait(timeout=20), running.stderr.read()) == (0, "")

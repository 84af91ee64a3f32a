"""The full screen on a real terminal: what reaches it, how it is left, and the exit code."""

import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyte
import pytest

from promoter.tui.dialog import DEAF_SECONDS

ROOT = Path(__file__).parents[2]
ALT_SCREEN, MOUSE, PASTE, CURSOR = b"1049", b"1000", b"2004", b"25"


@dataclass
class Terminal:
    """A process on a pseudo-terminal of 80 by 24, with everything it wrote."""

    process: subprocess.Popen[bytes]
    master: int
    raw: bytearray = field(default_factory=bytearray)

    def read(self, seconds: float) -> bool:
        """Takes in what comes; whether the other end is still there."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if not ready:
                return True
            try:
                data = os.read(self.master, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                return False
            if not data:
                return False
            self.raw += data
        return True

    def text(self) -> str:
        """What is on the screen."""
        screen = pyte.Screen(80, 24)
        stream = pyte.ByteStream(screen)
        stream.feed(
            re.sub(rb"\x1b(\[[<>=?][0-9;]*[a-zA-Z$]|P[^\x1b]*\x1b\\|\[[0-9;?]*\$[a-z])", b"", bytes(self.raw))
        )
        return "\n".join(screen.display)

    def wait_for(self, words: str, seconds: float = 20) -> None:
        """Reads until the screen has some words."""
        end = time.monotonic() + seconds
        while words not in self.text():
            assert time.monotonic() < end, self.text()
            self.read(0.1)

    def press(self, keys: str) -> None:
        """Types."""
        os.write(self.master, keys.encode())

    def end(self, seconds: float = 20) -> int:
        """Waits for it to end; its exit code."""
        end = time.monotonic() + seconds
        while self.read(0.05) and time.monotonic() < end:
            pass
        return self.process.wait(max(end - time.monotonic(), 1))

    def left_on(self) -> set[bytes]:
        """The modes that were switched and not switched back."""
        modes: dict[bytes, bool] = {CURSOR: True}
        for match in re.finditer(rb"\x1b\[\?([0-9;]+)([hl])", bytes(self.raw)):
            modes.update(dict.fromkeys(match[1].split(b";"), match[2] == b"h"))
        hidden = {CURSOR} if not modes.pop(CURSOR) else set()
        return hidden | {mode for mode, on in modes.items() if on and mode in (ALT_SCREEN, MOUSE, PASTE)}


@pytest.fixture
def sit(tmp_path: Path) -> Iterator["Sit"]:
    made = Sit(tmp_path / "log")
    yield made
    for each in made.terminals:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()
        os.close(each.master)


class Sit:
    """Starts the full screen; `signed` is what was signed there."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.terminals: list[Terminal] = []

    def __call__(self, scene: str, **environ: str) -> Terminal:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.sitter", scene],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={**_environ(), "SITTER_LOG": str(self.log), **environ},
            start_new_session=True,
        )
        os.close(slave)
        self.terminals.append(Terminal(process, master))
        return self.terminals[-1]

    @property
    def signed(self) -> list[str]:
        """What was signed, and what ran with whose consent, in words."""
        return self.log.read_text().split() if self.log.exists() else []


def _environ() -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TMUX", "COLORFGBG")
    }
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}


def test_enter_held_down_signs_nothing_and_ctrl_j_does(sit: Sit) -> None:
    terminal = sit("plain")
    terminal.wait_for("HOLDING THE GATE")
    terminal.press("s")
    terminal.wait_for("I state")
    terminal.read(DEAF_SECONDS + 0.1)
    terminal.press("\t" + "\r" * 40)
    terminal.read(0.5)
    assert sit.signed == []
    terminal.press("s" * 5 + "\x1b")
    terminal.read(0.6)
    terminal.press("s")
    terminal.wait_for("I state")
    terminal.read(DEAF_SECONDS + 0.1)
    terminal.press("\n")
    terminal.wait_for("webhook is signed off")
    assert sit.signed == ["webhook"]
    terminal.press("q")
    assert terminal.end() == 0
    assert set() == terminal.left_on()


def test_enter_held_down_agrees_to_nothing_and_a_hostile_command_is_shown_harmless(sit: Sit) -> None:
    terminal = sit("wary")
    terminal.wait_for("HOLDING THE GATE")
    terminal.press("r")
    terminal.wait_for("a command is run")
    terminal.wait_for("THE-END")
    terminal.read(DEAF_SECONDS + 0.1)
    terminal.press("\t" + "\r" * 40)
    terminal.read(0.5)
    assert sit.signed == []
    terminal.press("\x1b")
    terminal.read(0.6)
    terminal.press("r")
    terminal.wait_for("◉ no")
    terminal.read(DEAF_SECONDS + 0.1)
    terminal.press("\t\x1b[C")
    terminal.wait_for("◉ once")
    terminal.press("\n")
    terminal.wait_for("are recorded")
    assert sit.signed == ["ran", "sha256:c0ffee"]
    terminal.press("q")
    assert terminal.end() == 0
    raw = bytes(terminal.raw)
    assert b"\x1b]0;owned" not in raw
    assert "\u202e" not in raw.decode("utf-8")


def test_no_control_sequence_of_anyone_reaches_the_terminal(sit: Sit) -> None:
    terminal = sit("hostile")
    terminal.wait_for("HOLDING THE GATE")
    for keys in ("\r", "\x1b", "s", "\x1b", "x", "\x1b", "m", "\x1b", "l", "\x1b", "p"):
        terminal.press(keys)
        terminal.read(0.5)
    terminal.press("q")
    assert terminal.end() == 0
    raw = bytes(terminal.raw)
    assert b"owned" in raw
    assert b"\x1b]0;owned" not in raw
    assert b"\x1b[2J \xc2" not in raw
    text = raw.decode("utf-8")
    for each in ("\u202e", "\u2066", "\u200b", "\u2028", "\x9b", "\x9d", "\x9c", "\x00", "\x7f"):
        assert each not in text
    assert b"]0;" not in raw.replace("␛]0;".encode(), b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_clean(sit: Sit, number: signal.Signals) -> None:
    terminal = sit("plain")
    terminal.wait_for("HOLDING THE GATE")
    terminal.process.send_signal(number)
    assert terminal.end() == 143
    assert set() == terminal.left_on()


def test_a_crash_leaves_the_terminal_clean_and_tells_no_locals(sit: Sit) -> None:
    terminal = sit("crash")
    terminal.wait_for("HOLDING THE GATE")
    terminal.press("m")
    assert terminal.end() == 3
    assert set() == terminal.left_on()
    assert b"a bug of 15 letters" in terminal.raw
    assert b"hunter2-hunter2" not in terminal.raw


def test_who_could_not_be_told_is_said_after_the_screen_was_left(sit: Sit) -> None:
    terminal = sit("untold")
    terminal.wait_for("HOLDING THE GATE")
    terminal.press("s")
    terminal.wait_for("I state")
    terminal.read(DEAF_SECONDS + 0.1)
    terminal.press("\n")
    terminal.wait_for("webhook is signed off")
    terminal.press("q")
    assert terminal.end() == 0
    assert set() == terminal.left_on()
    after = bytes(terminal.raw).rpartition(b"\x1b[?1049l")[2]
    assert b"hooks was not notified" in after
    assert b"\x1b]0;owned" not in after


def test_no_colour_is_no_colour(sit: Sit) -> None:
    terminal = sit("plain", NO_COLOR="1")
    terminal.wait_for("BLOCKED")
    terminal.press("q")
    assert terminal.end() == 0
    colours = {
        tuple(match[1].split(b";")) for match in re.finditer(rb"[34]8;2;(\d+;\d+;\d+)", bytes(terminal.raw))
    }
    assert colours
    assert {each for each in colours if len(set(each)) > 1} == set()


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"TERM": ""}])
def test_a_dumb_terminal_is_refused_at_once(sit: Sit, environ: dict[str, str]) -> None:
    terminal = sit("plain", **environ)
    assert terminal.end() == 2
    assert b"the full screen needs a terminal" in terminal.raw
    assert b"\x1b[?1049h" not in terminal.raw


def test_without_a_terminal_it_ends_at_once_and_loads_no_textual() -> None:
    script = (
        "import sys\n"
        "from promoter.errors import UsageError\n"
        "from promoter.messages import Language\n"
        "from promoter.tui.start import sit_down\n"
        "try:\n    sit_down(lambda: 1/0, Language())\n"
        "except UsageError as error:\n"
        "    assert 'textual' not in sys.modules\n"
        "    print(Language().say(error.remedy))\n"
        "    sys.exit(error.exit_code)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        env=_environ(),
        timeout=20,
        check=False,
        text=True,
    )
    assert ended.returncode == 2
    assert "promoter status" in ended.stdout

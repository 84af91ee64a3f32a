"""promoter as a command line: called in this process, with what it wrote caught; and golden files of what it says."""

import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promoter.cli.request import FullScreen
from promoter.cli.root import main
from promoter.messages import Language
from promoter.tui.start import start
from promoter.usecases.settings import Settings
from tests.support.git_repositories import isolate_git

UPDATE = "PROMOTER_UPDATE_GOLDEN"
_CHANGING = (
    (re.compile(r"\b[0-9a-f]{40}\b"), "<commit>"),
    (re.compile(r"sha256:[0-9a-f]{64}"), "<digest>"),
    (re.compile(r"SHA256:[\w+/]{43}"), "<key>"),
    (re.compile(r"(v\d[\w.]*-preprod)-[0-9a-f]{6}"), r"\1-<id>"),
    (re.compile(r"\b[0-9A-Z]{26}\b"), "<ulid>"),
    (re.compile(r"\b(?:[0-9a-f]{12}|[0-9a-f]{7})\b"), "<short>"),
    (re.compile(r"\d+ [^\W\d]+\.? 20\d\d( \d\d:\d\d UTC)?"), "<time>"),
    (re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "<utc>"),
    (re.compile(r"\b\d+\s(?:s|min) ago\b"), "just now"),
    (re.compile(r"\bil y a \d+\s(?:s|min)\b"), "à l’instant"),
    (re.compile(r"\b\d+ ms\b"), "<took>"),
    (re.compile(r'"took_s": [\d.]+'), '"took_s": 0'),
)


@dataclass(frozen=True, slots=True)
class Said:
    """How one invocation ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON object it answered with."""
        return json.loads(self.out)


class Pipe(io.StringIO):
    """A stream with the encoding of a pipe or file in some locale; like one of theirs it refuses what it cannot encode."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """What the locale says."""
        return self._encoding

    def write(self, text: str) -> int:
        """Writes what can be encoded; raises UnicodeEncodeError for the rest."""
        text.encode(self._encoding)
        return super().write(text)


def full_screen(settings: Settings, language: Language, promotion: str | None) -> int:
    """The full screen as `__main__` opens it."""
    return start(settings, language, promotion)


def promoter(*arguments: str | Path, encoding: str = "utf-8", screen: FullScreen = full_screen) -> Said:
    """One invocation of `promoter` in this process."""
    out, err = Pipe(encoding), Pipe(encoding)
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(each) for each in arguments], screen)
    return Said(code, out.getvalue(), err.getvalue())


@contextmanager
def away_from_home(home: Path) -> Iterator[None]:
    """A user nobody knows: no git configuration, English, UTC, no colour and no promoter of theirs set up."""
    with pytest.MonkeyPatch.context() as patch:
        isolate_git(patch, home)
        for name in [*os.environ]:
            if name.startswith(("PROMOTER_", "LC_", "LANG")) and name != UPDATE:
                patch.delenv(name)
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("TERM", "dumb")
        patch.setenv("TZ", "UTC")
        yield


def assert_golden(path: Path, text: str) -> None:
    """What was written is what the golden file says, but for ids and times; run with PROMOTER_UPDATE_GOLDEN=1 to
    write the files anew, and read the difference."""
    for pattern, stable in _CHANGING:
        text = pattern.sub(stable, text)
    if os.environ.get(UPDATE):
        path.write_text(text, encoding="utf-8")
    if not path.exists():
        pytest.fail(f"{path.name} is not written yet: run with {UPDATE}=1, and read it")
    assert path.read_text(encoding="utf-8") == text


def python(*arguments: str) -> list[str]:
    """A command line that runs this Python, as the tests' own process does."""
    return [sys.executable, *arguments]

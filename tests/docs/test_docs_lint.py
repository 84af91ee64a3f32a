"""What lint says of mistakes is quoted in the documents as it says it."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from promoter.errors import ExitCode
from promoter.shipped import shipped

_GUIDE = Path(__file__).parents[2] / "docs" / "writing-checklists.md"
_SECTION = re.compile(r"<!-- lint -->(.*?)<!-- end -->", re.DOTALL)
_BLOCK = re.compile(r"^```text\n(.*?)^```", re.DOTALL | re.MULTILINE)

Change = Callable[[str], str]


def _replaced(*pairs: tuple[str, str]) -> Change:
    def change(text: str) -> str:
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        return text

    return change


def _followed_by(more: str) -> Change:
    return lambda text: text + more


_STAGING = "staging-to-preprod.yaml"
_MISTAKES: tuple[tuple[str, Change], ...] = (
    (
        _STAGING,
        _replaced(
            ("needs: [webhook]", "needs: [webhok]"),
            ("{url: {fact: urls.webhook}, min_days: 7", "{url: {fact: urls.webhok}, min_day: 7"),
        ),
    ),
    (_STAGING, _replaced(("- credentials: {} ", "- credental: {} "), ("max_age: 7d", "max_age: 7"))),
    (
        _STAGING,
        _followed_by(
            "\n  - id: x\n    title: 1.10\n  - id: webhook\n    title: y\n    sign_off: {roles: []}\n"
        ),
    ),
    (_STAGING, _followed_by("\nitems: []\n")),
    (
        "pipeline.yaml",
        _replaced(
            ("time_zone: Europe/Paris", "time_zone: Europe/Pari"),
            (
                "PASSEMARCHE_CLIENT_SECRET: {secret: true, differs_from: [staging]}",
                "PASSEMARCHE_CLIENT_SECRET: {secret: true, equals: hunter2}",
            ),
        ),
    ),
    ("pipeline.yaml", _replaced(("transitions: [staging-to-preprod, ", "transitions: [staging-to-prod, "))),
)


def _quoted() -> list[list[str]]:
    section = _SECTION.search(_GUIDE.read_text(encoding="utf-8"))
    assert section is not None
    return [block.splitlines() for block in _BLOCK.findall(section[1])]


@pytest.mark.parametrize("number", range(len(_MISTAKES)))
def test_lint_says_of_a_mistake_what_the_guide_quotes(number: int, tmp_path: Path) -> None:
    (tmp_path / "checklists").mkdir()
    for source in shipped("checklists").iterdir():
        (tmp_path / "checklists" / source.name).write_bytes(source.read_bytes())
    name, change = _MISTAKES[number]
    path = tmp_path / "checklists" / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "promoter", "--lang", "en", "lint"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == ExitCode.BAD_INPUT, done.stderr
    assert _quoted()[number] == done.stdout.splitlines()


def test_every_mistake_the_guide_quotes_is_tried() -> None:
    assert len(_quoted()) == len(_MISTAKES)

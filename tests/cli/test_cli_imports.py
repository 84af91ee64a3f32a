"""What an answer must not pay for."""

import json
import subprocess
from pathlib import Path

import pytest

from promoter import __version__
from tests.support.command_line import python

HEAVY = (
    "textual",
    "git",
    "jinja2",
    "cryptography",
    "h11",
    "rich",
    "trustme",
    "sqlite3",
    "yaml",
    "asyncio",
    "click",
)
_SCRIPT = """
import json, sys
from promoter.__main__ import main
try:
    main()
except SystemExit as end:
    print(json.dumps([end.code, [name for name in {heavy} if name in sys.modules]]), file=sys.stderr)
"""


def imported(*arguments: str | Path) -> tuple[int, set[str], str]:
    """The exit code, which heavy packages an invocation imported, and what it answered."""
    script = _SCRIPT.format(heavy=repr(HEAVY))
    done = subprocess.run(
        python("-c", script, *map(str, arguments)), capture_output=True, check=True, text=True
    )
    code, names = json.loads(done.stderr.splitlines()[-1])
    return code, set(names), done.stdout


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy_not_even_the_parser(option: str) -> None:
    code, names, answer = imported(option)
    assert (code, names) == (0, set())
    assert answer.startswith(f"promoter {__version__}" if option == "--version" else "Usage:")


def test_status_imports_no_screen_no_client_no_template_and_no_cryptography(shop: Path) -> None:
    code, names, answer = imported("-C", shop, "status")
    assert code == 0
    assert "BLOCKED" in answer
    assert set() == names & {"textual", "git", "jinja2", "cryptography", "h11", "rich", "trustme"}


def test_help_of_a_verb_loads_nothing_that_the_verb_works_with() -> None:
    assert {"click"} == imported("report", "--help")[1]

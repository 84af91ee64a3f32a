"""What users and programs read, as a whole. A golden file's name has the language and the exit code."""

from pathlib import Path

import pytest

from promoter.messages import LANGUAGES, locale_directory
from tests.support.command_line import assert_golden, promoter
from tests.support.small_shop import set_variables

GOLDEN = Path(__file__).parent / "golden"
FRENCH = Path(locale_directory()) / "fr/LC_MESSAGES/promoter.mo"


def compare(name: str, language: str, *arguments: str | Path) -> None:
    said = promoter("--lang", language, *arguments)
    path = GOLDEN / f"{name}.{language}.{said.code}.txt"
    if language != "en" and not FRENCH.is_file():
        pytest.skip("the French catalogue is not compiled")
    assert_golden(path, said.out)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", ["", "sign", "status", "run"])
def test_help_is_as_agreed(verb: str, language: str) -> None:
    compare(f"help-{verb or 'promoter'}", language, *([verb] if verb else []), "--help")


@pytest.mark.parametrize("language", LANGUAGES)
def test_status_answers_what_holds_and_what_to_do_next(shop: Path, language: str) -> None:
    compare("status-waiting", language, "-C", shop, "status", "--gate")
    promoter("-C", shop, "run")
    promoter("-C", shop, "reject", "rollback", "-m", "names a server that is gone")
    compare("status-failing", language, "-C", shop, "status", "--gate")
    compare("status-json", language, "-C", shop, "status", "--gate", "--json")
    compare("next", language, "-C", shop, "next")
    compare("explain", language, "-C", shop, "explain", "accounts")
    compare("explain-gate", language, "-C", shop, "explain")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_story_reads_well_to_its_end(shop: Path, language: str) -> None:
    set_variables(shop)
    compare("run-json", language, "-C", shop, "run", "--json")
    compare("run", language, "-C", shop, "run")
    compare("sign", language, "-C", shop, "sign", "rollback", "-m", "read by Bob, too")
    compare("sign-accounts", language, "-C", shop, "sign", "accounts", "--field", "kept=vault")
    compare("status-open", language, "-C", shop, "status", "--gate")
    compare("promote", language, "-C", shop, "promote")
    compare("log", language, "-C", shop, "log")
    compare("verify", language, "-C", shop, "verify")
    compare("status-board", language, "-C", shop, "status")
    compare("kinds", language, "kinds")

"""Nothing is said that a catalogue could not say otherwise: with every sentence replaced, only names and data are left."""

import gettext
import io
import re
from pathlib import Path

import click
import pytest

from promoter.cli.grammar import Spoken
from promoter.cli.page import page_of_promoter
from promoter.cli.request import Request
from promoter.cli.root import Root
from promoter.cli.verbs import VERBS
from promoter.messages import Language, phrase
from promoter.output.board import show_board
from promoter.output.checks import show_run
from promoter.output.console import Console
from promoter.output.kinds import show_kinds
from promoter.output.log import Log
from promoter.output.people import show_roster
from promoter.output.setup import show_initialised, show_problems
from promoter.output.standing import show_status
from promoter.output.verification import show_verification
from promoter.place import Place, Problem
from promoter.usecases.board import board
from promoter.usecases.history import log
from promoter.usecases.language import phrasebook
from promoter.usecases.rosters import roster_show
from promoter.usecases.settings import Settings
from promoter.usecases.setup import Initialised
from promoter.usecases.standing import status
from promoter.usecases.trying import kinds
from promoter.usecases.verifying import verify
from promoter.usecases.workspace import Workspace
from tests.support.command_line import away_from_home, full_screen, promoter
from tests.support.git_repositories import make_signer
from tests.support.small_shop import make_shop, open_v1

_PARAMETER = re.compile(r"(\{[^}]*\})")
_WORD = re.compile(r"[A-Za-z]{3,}")


def replaced(text: str) -> str:
    """A sentence in a language of one letter; its parameters stay."""
    return "".join(
        part if part.startswith("{") else re.sub(r"\w", "ø", part) for part in _PARAMETER.split(text)
    )


class OneLetter(gettext.NullTranslations):
    """A catalogue that has every sentence."""

    def gettext(self, message: str) -> str:
        """Its translation."""
        return replaced(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The translation of the form that a number takes."""
        return replaced(msgid1 if n == 1 else msgid2)


class Replaced(Language):
    """A language that has a word for everything."""

    def __init__(self) -> None:
        super().__init__("en", phrasebook=phrasebook)
        self._translations = OneLetter()


def left(text: str) -> set[str]:
    """The words that no catalogue replaced."""
    return set(_WORD.findall(text))


def test_the_help_of_promoter_is_all_in_the_catalogue() -> None:
    page = page_of_promoter(Replaced())
    known = {"promoter", "version", "help", "json", "lang", "color", "always", "never", "auto", "pipeline"}
    known |= {"promotion", "connect", "file", "HOST", "PORT", "ADDRESS"}
    assert left(page) <= known | set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_is_all_in_the_catalogue(verb: str) -> None:
    group = Root("promoter")
    with click.Context(group, info_name="promoter", obj=Request(Replaced(), full_screen)) as parent:
        command = group.get_command(parent, verb)
        assert isinstance(command, Spoken)
        page = command.get_help(click.Context(command, parent=parent, info_name=verb))
    spelled = {word for each in command.params for name in each.opts for word in _WORD.findall(name)}
    shown_as_json = {"Accept", "text", "html", "path", "equals", "env", "NAME"} if verb == "try" else set()
    assert left(page) <= spelled | shown_as_json | {
        "promoter",
        verb,
        "help",
        "HOST",
        "PORT",
        "ADDRESS",
        "URL",
        "auto",
        "always",
        "never",
    } | {"show", "apply"}


def test_every_answer_is_all_in_the_catalogue(tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(Replaced(), out=out, err=out, environ={})
    with away_from_home(tmp_path / "home"):
        alice = make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com")
        shop = make_shop(tmp_path / "shop", (alice, ("roster-admin", "operations", "security")))
        open_v1(shop)
        promoter("-C", shop, "run")
        promoter("-C", shop, "sign", "rollback")
        with Workspace.open(Settings(shop)) as workspace:
            standing = status(workspace)
            show_status(console, standing)
            show_board(console, board(workspace))
            Log(console).show(log(workspace))
            show_verification(console, verify(workspace))
            show_roster(console, roster_show(workspace))
            checked = [each for several in standing.promotion.outcomes.values() for each in several]
            show_run(console, [each.outcome for each in checked])
    show_kinds(console, kinds())
    show_initialised(console, Initialised((Path("a"),), (Path("b"),), None))
    show_problems(
        console,
        [Problem(Place("a"), "x", phrase("wrong")), Problem(Place("a"), "x", phrase("wrong"), warning=True)],
    )
    data = {"Alice", "Martin", "alice", "example", "com", "preprod", "staging", "The", "shop", "env"}
    data |= {"variables", "rollback", "accounts", "credentials", "operations", "security", "roster", "admin"}
    data |= {"open", "ssh", "UTC", "SHA"}
    data |= {word for each in kinds() for word in _WORD.findall(each.name)}
    ids = r"\b[0-9a-f]{7,40}\b|v1-preprod-[0-9a-f]{6}|SHA256:\S+|ed25519"
    assert left(re.sub(ids, "", out.getvalue())) <= data

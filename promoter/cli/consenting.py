"""Asking a person on a terminal, and what a command line agrees to in their stead."""

import sys
from collections.abc import Callable, Iterator, Sequence

from promoter.cli.grammar import option
from promoter.cli.request import Request
from promoter.messages import N_, phrase
from promoter.model.consent import Ask
from promoter.output.console import Style

ALLOW_EFFECTS = option(
    "--allow-effects",
    multiple=True,
    metavar=N_("KIND@ENVIRONMENT"),
    help=N_("Agree to what a kind changes there, without being asked; repeatable."),
)
ALLOW_COMMANDS = option(
    "--allow-commands",
    multiple=True,
    metavar="sha256:…",
    help=N_("Agree to the command or the host of this id, without being asked; repeatable."),
)


def asker(request: Request) -> Callable[[Sequence[Ask]], list[str]]:
    """Asks the person at the terminal about each; agrees to nothing where there is none."""

    def ask(asked: Sequence[Ask]) -> list[str]:
        if request.console.as_json or not request.has_terminal():
            return []
        return list(_answers(request, asked))

    return ask


def agreed(request: Request, ask: Ask) -> bool:
    """Whether the person at the terminal says yes to one; no is what silence means."""
    request.console.note(("? ", Style.WAITING), request.language.say(ask.about))
    return says_yes(request)


def says_yes(request: Request) -> bool:
    """Asks the person at the terminal whether they agree to what they were shown."""
    console, language = request.console, request.language
    yes = language.gettext(N_("y"))
    console.note(
        (language.say(phrase(N_("Do you agree? {yes} or anything else for no:"), yes=yes)), Style.FAINT)
    )
    console.flush()
    return sys.stdin.readline().strip().casefold() in (yes, "y", "yes", "oui")


def _answers(request: Request, asked: Sequence[Ask]) -> Iterator[str]:
    for each in asked:
        if agreed(request, each):
            yield each.id

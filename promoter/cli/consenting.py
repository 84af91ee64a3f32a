"""Asking a person on a terminal, and what a command line agrees to in their stead."""

import sys
from collections.abc import Callable, Sequence

from promoter.cli.grammar import option
from promoter.cli.request import Request
from promoter.messages import N_, Phrase, phrase
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
        return agreed_among(request, asked)

    return ask


def agreed_among(request: Request, asked: Sequence[Ask]) -> list[str]:
    """What the person at the terminal says yes to. Everything is shown before the first question; no is what
    silence means."""
    from promoter.output.asking import about_lines

    console = request.console
    for number, each in enumerate(asked, start=1):
        head = f"? {number}  " if len(asked) > 1 else "? "
        first, *more = about_lines(console, each.about, each.askers, len(head))
        console.note((head, Style.WAITING), first)
        for words in more:
            console.note(" " * len(head), words)
    if len(asked) == 1:
        return [each.id for each in asked if says_yes(request)]
    questions = {
        each.id: phrase(
            N_("Do you agree to {number}? {yes} or anything else for no:"), number=number, yes=yes
        )
        for yes in [_yes(request)]
        for number, each in enumerate(asked, start=1)
    }
    return [name for name, question in questions.items() if _answered_yes(request, question)]


def says_yes(request: Request) -> bool:
    """Asks the person at the terminal whether they agree to what they were shown."""
    return _answered_yes(
        request, phrase(N_("Do you agree? {yes} or anything else for no:"), yes=_yes(request))
    )


def _yes(request: Request) -> str:
    return request.language.gettext(N_("y"))


def _answered_yes(request: Request, question: Phrase) -> bool:
    console = request.console
    console.note((request.language.say(question), Style.FAINT))
    console.flush()
    return sys.stdin.readline().strip().casefold() in (_yes(request), "y", "yes", "oui")

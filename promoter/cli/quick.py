"""The two answers that need no parser: `--version` and `--help`, when nothing else is asked."""

import os
from collections.abc import Sequence

from promoter import __version__
from promoter.errors import CannotAct, ExitCode
from promoter.usecases.language import language_for


def quick_answer(arguments: Sequence[str]) -> ExitCode | None:
    """Answers `--version` or `--help`; None when something else, or something more, was asked."""
    if len(arguments) != 1 or arguments[0] not in ("--version", "--help", "-h"):
        return None
    from promoter.output.console import Console

    language = language_for(None, os.environ)
    console = Console(language)
    try:
        if arguments[0] == "--version":
            console.line(version())
        else:
            from promoter.cli.page import page_of_promoter

            console.block(page_of_promoter(language))
        console.flush()
    except CannotAct as error:
        console.error(error)
        return error.exit_code
    return ExitCode.YES


def version() -> str:
    """What `--version` answers."""
    return f"promoter {__version__}"

"""The two answers that need no parser: `--version` and `--help`, when nothing else is asked."""

import os
from collections.abc import Sequence

from promoter import __version__
from promoter.usecases.language import language_for


def answered(arguments: Sequence[str]) -> bool:
    """Answers `--version` or `--help`; False when something else, or something more, was asked."""
    if len(arguments) != 1 or arguments[0] not in ("--version", "--help", "-h"):
        return False
    from promoter.output.console import Console

    language = language_for(None, os.environ)
    console = Console(language)
    if arguments[0] == "--version":
        console.line(version())
    else:
        from promoter.cli.page import page_of_promoter

        console.block(page_of_promoter(language))
    console.flush()
    return True


def version() -> str:
    """What `--version` answers."""
    return f"promoter {__version__}"

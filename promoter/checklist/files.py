"""The user's files, read within bounds."""

from pathlib import Path

from promoter.messages import N_, Phrase, phrase
from promoter.net.regular_file import read_regular_file
from promoter.os_words import why_of
from promoter.place import Place, Problem

LARGEST = 1024 * 1024
"""How many bytes a file may have: 1 MiB."""


def read_capped(path: Path, shown: str) -> bytes | Problem:
    """The bytes of a file of at most 1 MiB, or what is wrong with it; `shown` is how the user names it.

    Never hangs on a FIFO and never reads more than the limit.
    """
    try:
        return read_regular_file(path, LARGEST)
    except OSError as error:
        return _problem(shown, "unreadable", phrase(N_("cannot be read: {reason}"), reason=why_of(error)))
    except ValueError:
        return _unfit(path, shown)


def _unfit(path: Path, shown: str) -> Problem:
    if "\0" in str(path):
        return _problem(shown, "unreadable", phrase(N_("no file can have this name")))
    if path.is_dir():
        return _problem(shown, "a-directory", phrase(N_("is a directory, not a file")))
    if not path.is_file():
        return _problem(shown, "no-regular-file", phrase(N_("is not a regular file")))
    return _problem(shown, "too-large", phrase(N_("is larger than 1 MiB, too large for what it should be")))


def _problem(shown: str, code: str, wrong: Phrase) -> Problem:
    return Problem(Place(shown), code, wrong)

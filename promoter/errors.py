"""What can go wrong, and how the program ends.

Three kinds of wrong are never mixed: a `Problem` is a value about the user's file, an outcome
is a value about the world, and a bug is any exception that is not one of these:

    PromoterError                     a reason the user can act on; ends a verb
    ├── UsageError            exit 2  the command line asks for something that cannot be
    ├── ProblemsFound         exit 2  the user's files are wrong (carries every Problem)
    ├── Refused               exit 1  the rules say no (the gate is blocked, a reason is missing)
    ├── NotYet                exit 5  only people or time are missing
    ├── TrailUntrusted        exit 4  the trail was altered, dropped or replaced
    └── CannotAct             exit 6  git, network, key, disk or permission stands in the way
"""

from enum import IntEnum

from promoter.messages import Phrase


class ExitCode(IntEnum):
    """How the program ends. Where several apply: 4, then 1, 6, 5."""

    YES = 0
    NO = 1
    BAD_INPUT = 2
    BUG = 3
    UNTRUSTED = 4
    NOT_YET = 5
    COULD_NOT_TELL = 6
    INTERRUPTED = 130
    TERMINATED = 143


class PromoterError(Exception):
    """A reason to stop that the user can act on: what is wrong, and the remedy.

    Both are phrases, shown in the reader's language; `str()` is only for tracebacks.
    """

    exit_code = ExitCode.COULD_NOT_TELL

    def __init__(self, wrong: Phrase, remedy: Phrase | None = None) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.remedy = remedy


class UsageError(PromoterError):
    """The command line asks for something that cannot be."""

    exit_code = ExitCode.BAD_INPUT


class Refused(PromoterError):
    """The rules say no."""

    exit_code = ExitCode.NO


class NotYet(PromoterError):
    """Only people or time are missing."""

    exit_code = ExitCode.NOT_YET


class TrailUntrusted(PromoterError):
    """The trail was altered, dropped or replaced; nothing is decided on it."""

    exit_code = ExitCode.UNTRUSTED


class CannotAct(PromoterError):
    """Git, the network, a key, the disk or a permission stands in the way."""

    exit_code = ExitCode.COULD_NOT_TELL

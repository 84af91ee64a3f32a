"""Where something is wrong in the user's file, and what."""

from collections.abc import Sequence
from dataclasses import field

from promoter.errors import ExitCode, PromoterError
from promoter.frozen import frozen
from promoter.messages import N_, NP_, Language, Phrase, phrase


@frozen
class Place:
    """A position in a file; line and column count from 1, and 0 means the file as a whole."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@frozen
class Problem:
    """One thing that is wrong in the user's file. `code` is stable and kebab-case."""

    place: Place
    code: str
    wrong: Phrase = field(hash=False)
    did_you_mean: str | None = None
    warning: bool = False

    def text(self, language: Language) -> str:
        """`path:line:column: message; did you mean …?`"""
        words = language.say(self.wrong)
        if self.warning:
            words = language.say(phrase(N_("warning: {words}"), words=words))
        if self.did_you_mean is not None:
            words = language.say(
                phrase(N_("{words}; did you mean {name}?"), words=words, name=self.did_you_mean)
            )
        return f"{self.place}: {words}"


class ProblemsFound(PromoterError):
    """The user's files are wrong; carries every problem found, in file order."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(phrase(NP_("{count} problem found", "{count} problems found"), count=len(problems)))
        self.problems = tuple(problems)

"""What every screen shares: the desk, the language, and how something blocking is done."""

import asyncio
import sys
import termios
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from textual.app import App
from textual.message import Message as TextualMessage

from promoter.errors import PromoterError
from promoter.messages import N_, Language, Message, Phrase, Sayable, phrase
from promoter.place import ProblemsFound
from promoter.redaction import visible
from promoter.tui.desk import Desk

if TYPE_CHECKING:
    from promoter.usecases.identity import Identity

T = TypeVar("T")
P = ParamSpec("P")
_PROBLEMS_SHOWN = 5


def remedy(reason: Message) -> Phrase | None:
    """What to do about the reason a check ended with; None when nobody knows."""
    from promoter.usecases.language import remedy_of

    return remedy_of(reason)


class Decided(TextualMessage):
    """Something was written, or tried to be: those are being told who are to know."""


@dataclass(slots=True)
class Session:
    """One sitting. `failure` is what kept the first screen from having anything to show; `untold` says who could not
    be told of a decision, until that was shown, and `complaint` what was shown of it last."""

    desk: Desk
    language: Language
    promotion: str | None = None
    remedies: Callable[[Message], Phrase | None] = remedy
    identity: "Identity | None" = None
    failure: PromoterError | None = None
    untold: list[Sayable] = field(default_factory=list)
    complaint: str = ""
    _learning: Lock = field(default_factory=Lock)

    def learn(self) -> None:
        """Waits for those who are told of decisions; `untold` has by then who could not be."""
        with self._learning:
            self.untold += self.desk.not_told()

    async def ask(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does something that blocks, in a thread."""
        return await asyncio.to_thread(ask, *args, **kwargs)

    async def write(self, app: App[int], act: Callable[[], T]) -> T:
        """Does something that signs. Where the key may ask for a passphrase or a touch the terminal is
        handed over meanwhile. Posts `Decided`. Raises PromoterError."""
        try:
            return await self._write(app, act)
        finally:
            app.post_message(Decided())

    async def _write(self, app: App[int], act: Callable[[], T]) -> T:
        if self.identity is None:
            self.identity = await self.ask(self.desk.identity)
        if not self.identity.interactive or app.is_headless:
            return await self.ask(act)
        with app.suspend():
            self.aside(
                phrase(
                    N_("Signing with {key}. It may ask for a passphrase or a touch."),
                    key=self.identity.key_description,
                )
            )
            done = _caught(act)
            _forget_typed_ahead()
        if isinstance(done, PromoterError):
            raise done
        return done

    def aside(self, words: Sayable) -> None:
        """Says something on the terminal while the screen has stepped aside."""
        if sys.__stderr__ is not None:
            sys.__stderr__.write(visible(self.language.say(words)) + "\n")
            sys.__stderr__.flush()

    def explain(self, error: PromoterError) -> str:
        """What is wrong and what to do about it, one per line."""
        said = [self.language.say(error.wrong)]
        if isinstance(error, ProblemsFound):
            said += [each.text(self.language) for each in error.problems[:_PROBLEMS_SHOWN]]
        if error.remedy is not None:
            said.append(self.language.say(error.remedy))
        return "\n".join(said)


def _caught(act: Callable[[], T]) -> T | PromoterError:
    try:
        return act()
    except PromoterError as error:
        return error


def _forget_typed_ahead() -> None:
    """Drops what was typed for someone else: an Enter typed in a cooked terminal reads as ctrl+j here."""
    if sys.__stdin__ is not None and sys.__stdin__.isatty():
        termios.tcflush(sys.__stdin__.fileno(), termios.TCIFLUSH)


def tell(app: App[int], words: str, *, wrong: bool = False) -> None:
    """Shows a passing note; it is never parsed."""
    app.notify(
        visible(words, lines=True),
        severity="error" if wrong else "information",
        timeout=10 if wrong else 4,
        markup=False,
    )

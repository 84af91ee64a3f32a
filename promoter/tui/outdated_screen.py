"""What went stale or expired, and the key that runs again what a machine can answer."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from promoter.messages import N_
from promoter.tui.foreign import foreign, indented
from promoter.tui.keybar import KeyBar
from promoter.tui.keys import EVERYWHERE, OUTDATED, READING, bindings
from promoter.tui.rules_screen import TextScreen
from promoter.tui.session import Session, tell
from promoter.tui.styles import DIM, HEADING, WARN
from promoter.usecases.refreshing import Outdated, checks_among
from promoter.usecases.standing import Standing


class OutdatedScreen(TextScreen):
    """First what can be run again, then what only people can say again; `run` is given the checks."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(OUTDATED, READING, EVERYWHERE)

    def __init__(
        self,
        session: Session,
        standing: Standing,
        found: Sequence[Outdated],
        run: Callable[[frozenset[tuple[str, str]]], None],
    ) -> None:
        super().__init__(session, standing)
        self._found = tuple(found)
        self._run = run

    def key_bar(self) -> KeyBar:
        """With the key that runs them."""
        return KeyBar((*OUTDATED, *READING, *EVERYWHERE), self.session.language)

    def lines(self, width: int) -> Iterator[Content]:
        """Each with why it speaks no more."""
        checks = [each for each in self._found if each.check is not None]
        people = [each for each in self._found if each.check is None]
        yield from self._part(N_("RUN AGAIN: r"), checks, width)
        yield from self._part(N_("FOR PEOPLE TO SAY AGAIN"), people, width)

    def action_run(self) -> None:
        """Runs the checks again, back on the promotion."""
        checks = checks_among(self._found)
        if not checks:
            words = N_("No check is among them: people say it again.")
            tell(self.app, self.session.language.gettext(words))
            return
        _ = self.app.pop_screen()
        self._run(checks)

    def _part(self, title: str, found: Sequence[Outdated], width: int) -> Iterator[Content]:
        language = self.session.language
        if found:
            yield foreign(language.gettext(title), HEADING)
        for each in found:
            about = each.item or language.gettext(N_("approval"))
            of = " · ".join(dict.fromkeys((about, each.check or each.by.name)))
            said = foreign(of, "bold") + foreign(f"  {language.say(each.why)}", DIM)
            yield from indented(foreign("↻ ", WARN), said, width)
        if found:
            yield foreign("")

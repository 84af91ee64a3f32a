"""The entries of a promotion, as people read them."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from promoter.messages import N_, NP_, Language, phrase
from promoter.model.entry import Recorded, Trust
from promoter.tui.bars import SHORT_COMMIT, gate_bar, name_bar
from promoter.tui.entrylist import EntryList
from promoter.tui.foreign import foreign
from promoter.tui.keybar import KeyBar
from promoter.tui.keys import EVERYWHERE, READING, bindings
from promoter.tui.session import Session
from promoter.tui.styles import DIM, WARN
from promoter.tui.words import SIGNATURES
from promoter.usecases.standing import Standing


class LogScreen(Screen[None]):
    """Newest first; the line under the list says who signed the entry and whether it counts."""

    AUTO_FOCUS = "#entries"
    BINDINGS: ClassVar[list[BindingType]] = bindings(READING, EVERYWHERE)

    def __init__(self, session: Session, standing: Standing) -> None:
        super().__init__()
        self._session = session
        self._standing = standing
        self._entries = tuple(reversed(standing.promotion.history))

    def compose(self) -> ComposeResult:
        """The two bars, the entries, one of them in full, the keys."""
        yield Static(id="name", markup=False)
        yield Static(id="gate", markup=False)
        yield EntryList(self._entries, self._session.language)
        yield Static(id="status", markup=False)
        yield KeyBar((*READING, *EVERYWHERE), self._session.language)

    def on_mount(self) -> None:
        """Says how many there are."""
        words = phrase(
            NP_("{count} entry, newest first", "{count} entries, newest first"), count=len(self._entries)
        )
        self.query_one("#entries").border_title = foreign(self._session.language.say(words))

    def on_resize(self) -> None:
        """The bars follow the width."""
        standing, language, width = self._standing, self._session.language, max(self.size.width - 2, 20)
        name = name_bar(standing.pipeline, language, width, demo=standing.demo, standing=standing)
        self.query_one("#name", Static).update(name)
        self.query_one("#gate", Static).update(gate_bar(standing, language, width))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Says what the signature of the entry is worth."""
        recorded = self._entries[event.option_index]
        self.query_one("#status", Static).update(_worth(recorded, self._session.language))

    def action_back(self) -> None:
        """Back to the promotion."""
        _ = self.app.pop_screen()


def _worth(recorded: Recorded, language: Language) -> Content:
    look = SIGNATURES[recorded.signature]
    counts = {
        Trust.COUNTED: N_("counts"),
        Trust.CLAIMED: N_("claimed"),
        Trust.QUARANTINED: N_("does not count"),
    }[recorded.trust]
    why = f" · {language.say(recorded.why)}" if recorded.why else ""
    return Content.assemble(
        foreign(f"{look.glyph} {language.gettext(look.word)}", look.style),
        foreign(f" · {language.gettext(counts)}", WARN if recorded.trust is Trust.QUARANTINED else DIM),
        foreign(f" · {recorded.commit[:SHORT_COMMIT]}", DIM),
        foreign(f" · {recorded.key}" if recorded.key else "", DIM),
        foreign(why, WARN),
    )

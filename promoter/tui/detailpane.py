"""The pane beside the items, or in their place where the terminal is narrow."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from promoter.tui.foreign import foreign
from promoter.tui.itemlist import WHOLE
from promoter.tui.keys import VIM_SCROLLS
from promoter.tui.session import Session

if TYPE_CHECKING:
    from promoter.model.outcome import Outcome
    from promoter.tui.progress import LiveRun
    from promoter.usecases.standing import Standing

    _Shown: TypeAlias = tuple[Standing, LiveRun | None, Mapping[tuple[str, str], Outcome]]


class DetailPane(VerticalScroll):
    """One item in full, or the promotion as a whole; scrolls with the keys that move the cursor in a list."""

    BINDINGS: ClassVar[list[BindingType]] = VIM_SCROLLS

    def __init__(self, session: Session) -> None:
        super().__init__(id="detail")
        self._session = session
        self._shown: _Shown | None = None
        self._subject: str | None = None

    def compose(self) -> ComposeResult:
        """One widget, whatever the item holds."""
        yield Static(id="detail-text", markup=False)

    def show(
        self,
        standing: "Standing",
        subject: str | None,
        live: "LiveRun | None",
        held_back: "Mapping[tuple[str, str], Outcome]",
    ) -> None:
        """Writes the detail of an item, by its id, or of the promotion as a whole; another one starts at its top."""
        self._shown = (standing, live, held_back)
        if subject != self._subject:
            self._subject = subject
            self.scroll_home(animate=False)
        self._write()

    def on_resize(self) -> None:
        """The text wraps to the width."""
        self._write()

    def _write(self) -> None:
        if self._shown is None or not self.scrollable_content_region.width:
            return
        width = self.scrollable_content_region.width - 2
        self.query_one("#detail-text", Static).update(self._text(*self._shown, width))

    def _text(
        self,
        standing: "Standing",
        live: "LiveRun | None",
        held_back: "Mapping[tuple[str, str], Outcome]",
        width: int,
    ) -> Content:
        from promoter.tui import whole

        language = self._session.language
        if self._subject == WHOLE:
            from promoter.tui.whole_text import WholeText

            self.border_title = foreign(language.gettext(whole.NAME))
            return WholeText(standing, language, width).of()
        found = standing.decision.item(self._subject) if self._subject is not None else None
        if found is None:
            return foreign("")
        from promoter.tui.detail import DetailText

        self.border_title = foreign(found.item.id)
        return DetailText(standing, language, self._session.remedies, width).of(found, live, held_back)

"""The pane beside the items, or in their place where the terminal is narrow."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from promoter.tui.foreign import foreign
from promoter.tui.keys import VIM_SCROLLS
from promoter.tui.session import Session

if TYPE_CHECKING:
    from promoter.gate import ItemStanding
    from promoter.model.outcome import Outcome
    from promoter.tui.progress import LiveRun
    from promoter.usecases.standing import Standing


class DetailPane(VerticalScroll):
    """One item in full; scrolls with the keys that move the cursor in a list."""

    BINDINGS: ClassVar[list[BindingType]] = VIM_SCROLLS

    def __init__(self, session: Session) -> None:
        super().__init__(id="detail")
        self._session = session
        self._shown: (
            tuple[Standing, ItemStanding | None, LiveRun | None, Mapping[tuple[str, str], Outcome]] | None
        ) = None
        self._item: str | None = None

    def compose(self) -> ComposeResult:
        """One widget, whatever the item holds."""
        yield Static(id="detail-text", markup=False)

    def show(
        self,
        standing: "Standing",
        found: "ItemStanding | None",
        live: "LiveRun | None",
        held_back: "Mapping[tuple[str, str], Outcome]",
    ) -> None:
        """Writes the detail of an item; another item starts at its top."""
        self._shown = (standing, found, live, held_back)
        item = found.item.id if found is not None else None
        if item != self._item:
            self._item = item
            self.scroll_home(animate=False)
        self._write()

    def on_resize(self) -> None:
        """The text wraps to the width."""
        self._write()

    def _write(self) -> None:
        if self._shown is None or not self.scrollable_content_region.width:
            return
        from promoter.tui.detail import DetailText

        standing, found, live, held_back = self._shown
        text = foreign("")
        if found is not None:
            self.border_title = foreign(found.item.id)
            width = self.scrollable_content_region.width - 2
            writer = DetailText(standing, self._session.language, self._session.remedies, width)
            text = writer.of(found, live, held_back)
        self.query_one("#detail-text", Static).update(text)

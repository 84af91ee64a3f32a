"""The items of a promotion in one widget."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.widgets import OptionList

from promoter.messages import Language
from promoter.tui.keys import VIM_MOVES

if TYPE_CHECKING:
    from promoter.tui.itemrows import ItemRows
    from promoter.tui.progress import LiveRun
    from promoter.usecases.standing import Standing


WHOLE = "*"
"""What stands for the promotion as a whole where an item's id stands for the item; no item is called so."""


class ItemList(OptionList):
    """One widget for all items. The cursor stays on its item whatever moves around it."""

    BINDINGS: ClassVar[list[BindingType]] = VIM_MOVES

    def __init__(self, language: Language) -> None:
        super().__init__(id="items", markup=False, compact=True)
        self.language = language
        self.sought = ""
        self._standing: Standing | None = None
        self._live: LiveRun | None = None
        self._turn = 0

    @property
    def current(self) -> str | None:
        """The id of the item under the cursor, or `WHOLE`."""
        option = self.highlighted_option
        return option.id if option is not None else None

    def show(self, standing: "Standing", live: "LiveRun | None") -> None:
        """Draws the items anew, with the cursor where it was, or on the first that holds the gate."""
        self._standing, self._live = standing, live
        kept = self.current
        self.set_options(self._drawn(standing).options(self.sought))
        ids = [each.id for each in self.options if each.id is not None]
        if ids:
            self.highlighted = self.get_option_index(kept if kept in ids else ids[0])

    def show_again(self) -> None:
        """Draws the same items, after the filter or the width changed."""
        if self._standing is not None:
            self.show(self._standing, self._live)

    def turn(self) -> None:
        """Moves the spinners on, and nothing else."""
        self._turn += 1
        if self._standing is not None:
            listed = {each.id for each in self.options}
            for item, row in self._drawn(self._standing).running():
                if item in listed:
                    self.replace_option_prompt(item, row)

    def on_resize(self) -> None:
        """Columns follow the width."""
        self.show_again()

    def _drawn(self, standing: "Standing") -> "ItemRows":
        from promoter.tui.itemrows import ItemRows

        return ItemRows(standing, self._live, self.language, self.scrollable_content_region.width, self._turn)

"""A choice among a few, before a dialog that acts."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from promoter.messages import Language
from promoter.tui.foreign import foreign
from promoter.tui.keys import VIM_MOVES


class _Choices(OptionList):
    BINDINGS: ClassVar[list[BindingType]] = VIM_MOVES


class Choice(ModalScreen[int | None]):
    """Dismisses with the place of what was chosen, from 0; with None when nothing was. Choosing writes nothing."""

    AUTO_FOCUS = "#choice"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c,q", "leave", show=False)]

    def __init__(self, language: Language, title: str, among: Sequence[str]) -> None:
        super().__init__()
        self._language = language
        self._title = title
        self._among = tuple(among)

    def compose(self) -> ComposeResult:
        """One list."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = foreign(self._language.gettext(self._title))
            options = [Option(foreign(f" {each} ")) for each in self._among]
            yield _Choices(*options, id="choice", markup=False, compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Takes it."""
        event.stop()
        _ = self.dismiss(event.option_index)

    def action_leave(self) -> None:
        """Takes none."""
        _ = self.dismiss(None)

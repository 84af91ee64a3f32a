"""Entries of the trail in one widget."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from promoter.messages import Language
from promoter.model.entry import Recorded
from promoter.tui.history import entry_line
from promoter.tui.keys import VIM_MOVES


class EntryList(OptionList):
    """One line for each entry."""

    BINDINGS: ClassVar[list[BindingType]] = VIM_MOVES

    def __init__(self, entries: Sequence[Recorded], language: Language) -> None:
        options = [Option(entry_line(each, language)) for each in entries]
        super().__init__(*options, id="entries", markup=False, compact=True)

"""The line in which one types which items to show."""

from textual.widgets import Input

from promoter.messages import N_
from promoter.redaction import visible
from promoter.tui.itemlist import ItemList
from promoter.tui.session import Session


class FilterLine(Input):
    """Filters while one types; enter keeps the filter, esc forgets it."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            id="filter", compact=True, placeholder=session.language.gettext(N_("filter the items"))
        )

    def validate_value(self, value: str) -> str:
        """What is pasted is harmless to show."""
        return visible(value)

    def on_mount(self) -> None:
        """It was asked for in order to type."""
        self.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """The items follow every letter."""
        items = self.screen.query_one(ItemList)
        items.sought = event.value
        items.show_again()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the items; an empty filter goes away."""
        self.screen.query_one(ItemList).focus()
        if not event.value:
            _ = self.remove()

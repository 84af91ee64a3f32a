"""The keys, and what the glyphs mean."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from promoter.messages import N_, Language
from promoter.tui.foreign import foreign, indented, lines_of
from promoter.tui.keys import BACK, EVERYWHERE, MOVES, NAMED, PROMOTION, Key
from promoter.tui.styles import DIM, HEADING
from promoter.tui.words import ITEM_STATES

_CAP_WIDTH = 8
_BY_NAME = ":"
_WIDTH = 66


class HelpScreen(ModalScreen[None]):
    """Any of the keys that leave something leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", show=False),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
    ]

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language

    def compose(self) -> ComposeResult:
        """One scrolling text."""
        with VerticalScroll(id="help") as box:
            box.border_title = foreign(self._language.gettext(N_("Help")))
            yield Static(self._text(), markup=False)

    def action_scroll(self, way: str) -> None:
        """Scrolls a line."""
        box = self.query_one("#help", VerticalScroll)
        (box.scroll_down if way == "down" else box.scroll_up)(animate=False)

    def _text(self) -> Content:
        language = self._language
        return lines_of(
            [
                *self._keys(N_("THE ITEMS"), MOVES),
                *self._keys(N_("THE PROMOTION"), PROMOTION),
                *self._keys(N_("BY NAME"), NAMED),
                *self._keys(N_("EVERYWHERE"), (*BACK, *EVERYWHERE)),
                foreign(language.gettext(N_("STATES")), HEADING),
                *self._states(),
                foreign(""),
                *indented(Content(""), foreign(language.gettext(_CONFIRMING), DIM), _WIDTH),
                *indented(Content(""), foreign(language.gettext(_SELECTING), DIM), _WIDTH),
                *indented(Content(""), foreign(language.gettext(_READERS), DIM), _WIDTH),
            ]
        )

    def _keys(self, title: str, keys: Iterable[Key]) -> Iterable[Content]:
        yield foreign(self._language.gettext(title), HEADING)
        for each in keys:
            cap = foreign(f"  {(each.shown_as or _BY_NAME).ljust(_CAP_WIDTH)}", "bold")
            yield from indented(cap, foreign(self._language.gettext(each.help)), _WIDTH)
        yield foreign("")

    def _states(self) -> Iterable[Content]:
        looks = list(ITEM_STATES.values())
        words = [self._language.gettext(each.word) for each in looks]
        width = max(map(len, words)) + 2
        cells = [
            foreign(f"  {look.glyph} ", look.style) + foreign(word.ljust(width))
            for look, word in zip(looks, words, strict=True)
        ]
        across = max(_WIDTH // (width + 4), 1)
        for start in range(0, len(cells), across):
            yield Content("").join(cells[start : start + across])


_CONFIRMING = N_(
    "In a dialog ctrl+j confirms, or the button with space; Enter never does. esc leaves without doing anything."
)
_SELECTING = N_("Hold shift (option on macOS) to select text with the mouse.")
_READERS = N_(
    "With a screen reader, use the verbs instead: promoter status, run, sign, promote; --json for machines."
)

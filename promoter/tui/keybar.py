"""One line that says which keys do what; each can be clicked."""

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from promoter.messages import Language
from promoter.tui.foreign import foreign
from promoter.tui.keys import Key
from promoter.tui.styles import DIM

_WIDE = 120


class KeyBar(Static):
    """The keys that fit; the last one, help, always does."""

    def __init__(self, keys: Sequence[Key], language: Language) -> None:
        super().__init__(id="keys", markup=False)
        self._keys = keys
        self._language = language

    def on_resize(self) -> None:
        """More keys are named where there is room."""
        self.update(self._content(self.size.width), layout=False)

    def _content(self, width: int) -> Content:
        shown = [each for each in self._keys if each.bar and (each.bar < _WIDE or width >= _WIDE - 4)]
        caps = [self._cap(each) for each in shown]
        while len(caps) > 1 and sum(each.cell_length + 2 for each in caps) - 2 > width:
            del caps[-2]
        return Content("  ").join(caps)

    def _cap(self, key: Key) -> Content:
        scope = key.action if key.action.startswith("app.") else f"screen.{key.action}"
        click = Style.from_meta({"@click": scope})
        cap = foreign(key.shown_as, "bold $text-accent") + foreign(
            f" {self._language.gettext(key.label)}", DIM
        )
        return cap.stylize(click)

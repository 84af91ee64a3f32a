"""What every dialog that writes to the trail has in common: it cannot be confirmed by accident.

It takes nothing as a yes until it has been in sight for a moment; Cancel has the focus; Enter never confirms, nor does
the key that opened it, held or repeated: ctrl+j does, or a button pressed with space or the mouse.
Into production the release's name is typed as well.
"""

from collections.abc import Iterator
from math import inf
from time import monotonic
from typing import ClassVar

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from promoter.errors import PromoterError
from promoter.messages import N_, phrase
from promoter.redaction import visible
from promoter.tui.foreign import foreign
from promoter.tui.session import Session
from promoter.tui.styles import BAD, DIM, WARN

DEAF_SECONDS = 0.3
_SHARE = 0.96
_LEAST_ROOM = 3
_LABEL_WIDTH = 18


class Line(Input):
    """One line of text under a label; what is pasted is harmless to show."""

    def __init__(self, name: str, *, placeholder: str = "", value: str = "") -> None:
        super().__init__(value, id=name, compact=True, placeholder=visible(placeholder))

    def validate_value(self, value: str) -> str:
        """Control characters become visible ones."""
        return visible(value)


class Cancel(Button):
    """Has the focus when a dialog opens."""

    def __init__(self, words: Content) -> None:
        super().__init__(words, id="cancel", compact=True)


class Accept(Button, inherit_bindings=False):
    """Pressed with space or the mouse, never with Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "press", show=False)]

    def __init__(self, words: Content) -> None:
        super().__init__(words, id="accept", compact=True)


class Dialog(ModalScreen[str | None]):
    """Dismisses with what was done, to be told, or with None. `busy_words` are said while it is done,
    `typed_label` and `typed_why` where a word is to be typed."""

    busy_words = N_("Signing and recording…")
    typed_label = N_("PRODUCTION: type {word} to confirm")
    typed_why = N_("Type {word} to confirm: this goes into production.")

    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "cancel", show=False),
        Binding("ctrl+j", "accept", show=False, priority=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("pagedown", "turn_page(1)", show=False),
        Binding("pageup", "turn_page(-1)", show=False),
    ]

    def __init__(self, session: Session, *, typed_word: str | None = None) -> None:
        super().__init__()
        self.session = session
        self.language = session.language
        self._typed_word = typed_word
        self.opened_at = inf
        self.busy = False

    @property
    def is_deaf(self) -> bool:
        """Whether it has not been in sight for long enough to take anything as an answer."""
        return monotonic() - self.opened_at < DEAF_SECONDS

    def on_mount(self) -> None:
        """It listens from a moment after it was painted: what was typed ahead was meant for something else."""
        self.call_after_refresh(self._in_sight)

    def on_resize(self) -> None:
        """The buttons stay in sight, whatever the size."""
        self.call_after_refresh(self._fit)

    def heading(self) -> str:
        """What the frame says."""
        raise NotImplementedError

    def accept_word(self) -> str:
        """What the button says."""
        raise NotImplementedError

    def statement(self) -> Content:
        """What one is about to state."""
        raise NotImplementedError

    def fields(self) -> Iterator[Widget]:
        """What can be filled in."""
        yield from ()

    def missing(self) -> str | None:
        """What must be filled in first; None when nothing."""
        return None

    async def perform(self) -> str:
        """Does it; returns what to tell. Raises PromoterError."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The statement, the fields, the way to confirm, and Cancel: tab goes from it to the first field."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = foreign(self.heading())
            with VerticalScroll(id="asked", can_focus=False):
                yield Static(self.statement(), id="statement", markup=False)
                yield from self.fields()
                if self._typed_word is not None:
                    words = phrase(self.typed_label, word=self._typed_word)
                    yield self.labelled(self.language.say(words), Line("typed"), style=BAD)
            with Vertical(id="foot"):
                with VerticalScroll(id="said", can_focus=False):
                    yield Static(id="wrong", markup=False)
                with Horizontal(id="choices"):
                    yield Accept(foreign(" ctrl+j ", DIM) + foreign(f"{self.accept_word()} ", "bold"))
                    cancel = self.language.gettext(N_("Cancel"))
                    yield Cancel(foreign(f" {cancel} "))

    def labelled(self, words: str, line: Line, *, style: str = DIM) -> Widget:
        """A line with its label beside it, or above it when the label is long."""
        label = Static(foreign(words, style), classes="label", markup=False)
        if cell_len(words) > _LABEL_WIDTH:
            return Vertical(label, line, classes="stacked")
        return Horizontal(label, line, classes="labelled")

    def value(self, name: str) -> str:
        """What was typed into a line."""
        return self.query_one(f"#{name}", Line).value

    def action_cancel(self) -> None:
        """Goes away without doing anything, except while it is being done."""
        if not self.busy:
            _ = self.dismiss(None)

    def action_turn_page(self, way: int) -> None:
        """Scrolls what is asked by a page."""
        asked = self.query_one("#asked", VerticalScroll)
        asked.scroll_relative(y=way * max(asked.size.height - 1, 1), animate=False)

    def action_accept(self) -> None:
        """Does it, unless the dialog has only just opened or something is missing."""
        if self.busy or self.is_deaf:
            return
        missing = self.missing() or self.missing_word()
        if missing is not None:
            self.say_wrong(missing)
            return
        self.busy = True
        self.say_wrong(self.language.gettext(self.busy_words), style=WARN)
        self._perform()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Cancel, or the way to confirm."""
        event.stop()
        if event.button.id == "accept":
            self.action_accept()
        elif not self.is_deaf:
            self.action_cancel()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next line."""
        event.stop()
        self.focus_next()

    def say_wrong(self, words: str, *, style: str = BAD) -> None:
        """Says something above the buttons."""
        self.query_one("#wrong", Static).update(foreign(words, style, lines=True))
        self.call_after_refresh(self._fit)

    def missing_word(self) -> str | None:
        """What to type first; None when nothing."""
        if self._typed_word is None or self.value("typed").strip() == visible(self._typed_word).strip():
            return None
        self.query_one("#typed", Line).focus()
        return self.language.say(phrase(self.typed_why, word=self._typed_word))

    def _in_sight(self) -> None:
        self.opened_at = min(self.opened_at, monotonic())

    def _fit(self) -> None:
        """Gives the foot its room first; what is asked scrolls in the rest."""
        dialog, asked, foot = (self.query_one(f"#{each}") for each in ("dialog", "asked", "foot"))
        frame = dialog.outer_size.height - dialog.content_size.height
        room = int(self.size.height * _SHARE) - frame - foot.outer_size.height
        asked.styles.max_height = max(room, _LEAST_ROOM)
        hidden = asked.virtual_size.height > max(room, _LEAST_ROOM)
        more = self.language.gettext(N_("pgdn shows more")) if hidden else ""
        dialog.border_subtitle = foreign(more, DIM) if more else None

    @work(group="perform")
    async def _perform(self) -> None:
        try:
            done = await self.perform()
        except PromoterError as error:
            self.busy = False
            self.say_wrong(self.session.explain(error))
        else:
            _ = self.dismiss(done)

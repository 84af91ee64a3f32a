"""An answer of the command line, read on a screen."""

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from promoter.errors import PromoterError
from promoter.messages import N_
from promoter.output.console import Console
from promoter.tui.foreign import foreign, lines_of
from promoter.tui.keybar import KeyBar
from promoter.tui.keys import EVERYWHERE, READING, bindings
from promoter.tui.rules_screen import Page
from promoter.tui.session import Session, tell
from promoter.tui.styles import DIM
from promoter.tui.transcript import Transcript

T = TypeVar("T")
_WIDEST = 110


class ToldScreen(Screen[None], Generic[T]):
    """`ask` finds out, in a thread; `show` writes what it found as the command line would."""

    AUTO_FOCUS = "#document"
    BINDINGS: ClassVar[list[BindingType]] = bindings(READING, EVERYWHERE)

    def __init__(
        self, session: Session, title: str, ask: Callable[[], T], show: Callable[[Console, T], None]
    ) -> None:
        super().__init__()
        self._session = session
        self._title = title
        self._ask = ask
        self._show = show
        self._told: Transcript | None = None

    def compose(self) -> ComposeResult:
        """What it is about, the answer, the keys."""
        gettext = self._session.language.gettext
        yield Static(foreign(gettext(self._title), "bold"), id="name", markup=False)
        with Page(id="document"):
            yield Static(foreign(gettext(N_("Looking…")), DIM), id="detail-text", markup=False)
        yield KeyBar((*READING, *EVERYWHERE), self._session.language)

    def on_mount(self) -> None:
        """It is found out in a thread."""
        self._load()

    def on_resize(self) -> None:
        """The text follows the width."""
        self._draw()

    def action_back(self) -> None:
        """Back to where one was."""
        _ = self.app.pop_screen()

    @work
    async def _load(self) -> None:
        try:
            found = await self._session.ask(self._ask)
        except PromoterError as error:
            tell(self.app, self._session.explain(error), wrong=True)
            if self.is_current:
                _ = self.app.pop_screen()
            return
        told = Transcript(self._session.language)
        self._show(told, found)
        self._told = told
        self._draw()

    def _draw(self) -> None:
        if self._told is not None:
            width = min(max(self.size.width - 6, 20), _WIDEST)
            self.query_one("#detail-text", Static).update(lines_of(self._told.wrapped_to(width)))

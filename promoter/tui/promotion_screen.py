"""The promotion screen: where everything runs, the gate's answer, the items, and one item in detail."""

from threading import Event
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import OptionList, Static

from promoter.errors import PromoterError
from promoter.messages import N_
from promoter.tui.detailpane import DetailPane
from promoter.tui.foreign import foreign
from promoter.tui.itemlist import WHOLE, ItemList
from promoter.tui.keybar import KeyBar
from promoter.tui.keys import BACK, EVERYWHERE, PROMOTION, bindings
from promoter.tui.runs import Runs
from promoter.tui.session import Session, tell
from promoter.tui.styles import DIM, WARN

if TYPE_CHECKING:
    from promoter.gate import ItemStanding
    from promoter.model.outcome import Outcome
    from promoter.tui.progress import LiveRun
    from promoter.usecases.board import Board
    from promoter.usecases.standing import Standing

POLL_SECONDS = 3.0
_RELOAD_EVERY = 20
_SPIN_SECONDS = 0.12


class PromotionScreen(Runs, Screen[None]):
    """One promotion. It reads the trail again when somebody, here or elsewhere, has written to it."""

    AUTO_FOCUS = "#items"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(PROMOTION, BACK, EVERYWHERE),
        Binding("ctrl+l", "reload", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.standing: Standing | None = None
        self.live: LiveRun | None = None
        self.held_back: dict[tuple[str, str], Outcome] = {}
        self._stop = Event()
        self._spinner: Timer | None = None
        self._polls = 0

    def compose(self) -> ComposeResult:
        """Few widgets: each costs time to the first frame."""
        yield Static(id="name", markup=False)
        yield Static(id="pipeline", markup=False)
        yield Static(
            foreign(self.session.language.gettext(N_("Reading the trail…")), DIM), id="gate", markup=False
        )
        with Horizontal(id="panes"):
            yield ItemList(self.session.language)
            yield DetailPane(self.session)
        yield Static(id="status", markup=False)
        yield KeyBar((*PROMOTION, *EVERYWHERE), self.session.language)

    def on_mount(self) -> None:
        """Reads the trail once the first frame is painted: what reads it takes as long to load as Textual."""
        self.call_after_refresh(self.action_reload)
        self.set_interval(POLL_SECONDS, self._poll)

    def on_resize(self) -> None:
        """The bars follow the width."""
        self._draw_bars()

    @property
    def current(self) -> "ItemStanding | None":
        """The item under the cursor."""
        item = self.query_one(ItemList).current
        return self.standing.decision.item(item) if self.standing is not None and item is not None else None

    @property
    def on_whole(self) -> bool:
        """Whether the cursor is on the promotion as a whole."""
        return self.query_one(ItemList).current == WHOLE

    def show(self, standing: "Standing") -> None:
        """Draws a standing; the cursor stays on its item."""
        from promoter.tui.bars import in_production

        if self.session.promotion != standing.promotion.id:
            self.held_back.clear()
        self.standing = standing
        self.session.promotion = standing.promotion.id
        self.set_class(in_production(standing), "-production")
        self._draw_bars()
        self._draw_items()

    @work(exclusive=True, group="reload")
    async def action_reload(self) -> None:
        """Reads the trail again."""
        session = self.session
        try:
            shown = await session.ask(session.desk.status, session.promotion)
            self._take(shown)
            if session.identity is None:
                session.identity = await session.ask(session.desk.identity)
                self._draw_bars()
        except PromoterError as error:
            self._cannot_show(error)

    def changed(self) -> object:
        """Reads the trail again."""
        return self.action_reload()

    def _take(self, shown: "Standing | Board") -> None:
        from promoter.usecases.standing import Standing

        if isinstance(shown, Standing):
            self.show(shown)
        else:
            self.show_board(shown)

    def _cannot_show(self, error: PromoterError) -> None:
        if self.standing is None:
            self.app.exit(message=None, return_code=error.exit_code)
            self.session.failure = error
            return
        words = self.session.explain(error)
        self.query_one("#gate", Static).update(foreign(words, WARN, lines=True))
        tell(self.app, words, wrong=True)

    @work(exclusive=True, group="poll")
    async def _poll(self) -> None:
        if self.standing is None or self.live is not None or not self.is_current:
            return
        self._polls += 1
        tip = await self.session.ask(self.session.desk.tip)
        if tip != self.standing.trail.tip or self._polls % _RELOAD_EVERY == 0:
            self.action_reload()

    def draw(self) -> None:
        """Draws everything anew."""
        self._draw_items()
        self._draw_bars()

    def _draw_bars(self) -> None:
        standing, language = self.standing, self.session.language
        width = max(self.size.width - 2, 20)
        if standing is None:
            return
        from promoter.tui.bars import gate_bar, name_bar, pipeline_bar

        name = name_bar(standing.pipeline, language, width, demo=standing.demo, standing=standing)
        self.query_one("#name", Static).update(name, layout=False)
        where = pipeline_bar(standing.pipeline, standing.runs_in, language, width, standing.promotion)
        self.query_one("#pipeline", Static).update(where, layout=False)
        self.query_one("#gate", Static).update(gate_bar(standing, language, width), layout=False)
        self.draw_run()

    def _status(self, standing: "Standing", width: int) -> Content:
        from promoter.tui.statusline import status_line

        session = self.session
        return status_line(standing, session.identity, self.live, session.language, width, session.complaint)

    def _draw_items(self) -> None:
        if self.standing is not None:
            items = self.query_one(ItemList)
            items.show(self.standing, self.live)
            self.draw_detail()

    def draw_run(self) -> None:
        """Draws how far the run is."""
        if self.standing is not None:
            width = max(self.size.width - 2, 20)
            self.query_one("#status", Static).update(self._status(self.standing, width), layout=False)

    def draw_detail(self) -> None:
        """Draws the item under the cursor, or the promotion as a whole."""
        if self.standing is not None:
            subject = self.query_one(ItemList).current
            self.query_one(DetailPane).show(self.standing, subject, self.live, self.held_back)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The detail follows the cursor."""
        self.draw_detail()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter goes into the detail: a second screen where there is no room beside."""
        self.add_class("-detail")
        self.query_one(DetailPane).focus()

    def action_back(self) -> None:
        """Closes the filter, then the detail."""
        items = self.query_one(ItemList)
        for line in self.query("#filter"):
            _ = line.remove()
        if items.sought:
            items.sought = ""
            self._draw_items()
        self.remove_class("-detail")
        items.focus()

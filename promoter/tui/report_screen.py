"""The migration report, as its reader will see it.

Rendered here and not with Textual's own Markdown: that makes a widget of every table cell, opens links,
and decodes character references after any cleaning. Here each piece is made visible after parsing.
"""

from functools import lru_cache
from typing import ClassVar

from rich.console import Console
from rich.markdown import Markdown
from rich.segment import Segment
from rich.theme import Theme
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from promoter.errors import PromoterError
from promoter.messages import N_
from promoter.redaction import visible
from promoter.tui.bars import gate_bar, name_bar
from promoter.tui.foreign import foreign
from promoter.tui.keybar import KeyBar
from promoter.tui.keys import EVERYWHERE, READING, VIM_SCROLLS, bindings
from promoter.tui.session import Session, tell
from promoter.usecases.standing import Standing

_WIDEST = 110


class Document(ScrollView, can_focus=True):
    """A Markdown document in one widget, however long."""

    BINDINGS: ClassVar[list[BindingType]] = VIM_SCROLLS

    def __init__(self) -> None:
        super().__init__(id="document")
        self._markdown = ""
        self._strips: list[Strip] = []

    def show(self, markdown: str) -> None:
        """Lays a document out."""
        self._markdown = markdown
        self._lay_out()

    def on_resize(self) -> None:
        """Its lines follow the width."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        index = y + round(self.scroll_offset.y)
        strip = self._strips[index] if index < len(self._strips) else Strip.blank(self.size.width)
        return strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _lay_out(self) -> None:
        width = min(self.size.width - 1, _WIDEST)
        if width < 10 or not self._markdown:
            return
        accent = self.app.theme_variables.get("text-accent", "")
        self._strips = [Strip(line) for line in laid_out(self._markdown, width, _hex(accent))]
        self.virtual_size = Size(width, len(self._strips))
        self.refresh()


def laid_out(markdown: str, width: int, accent: str) -> list[list[Segment]]:
    """A Markdown text as lines of harmless segments, `width` cells wide; `accent` is a `#rrggbb`."""
    console = Console(
        width=width, theme=_theme(accent), color_system="truecolor", force_terminal=True, legacy_windows=False
    )
    document = Markdown(visible(markdown, lines=True), hyperlinks=False)
    lines = console.render_lines(document, console.options.update(width=width), pad=False)
    return [
        [Segment(visible(piece.text), piece.style) for piece in line if not piece.control] for line in lines
    ]


@lru_cache(maxsize=4)
def _theme(accent: str) -> Theme:
    heading = f"bold {accent}"
    return Theme(
        {
            "markdown.h1": f"{heading} underline",
            "markdown.h2": heading,
            "markdown.h3": heading,
            "markdown.h4": "bold",
            "markdown.code": "bold",
            "markdown.code_block": "none",
            "markdown.block_quote": "italic",
            "markdown.hr": "dim",
            "markdown.item.bullet": heading,
            "markdown.item.number": heading,
            "markdown.link": "underline",
            "markdown.link_url": "none",
            "markdown.table.border": "dim",
            "markdown.table.header": "bold",
            "markdown.h1.border": "dim",
        }
    )


def _hex(colour: str) -> str:
    return colour if colour.startswith("#") and len(colour) == 7 else ""


class ReportScreen(Screen[None]):
    """The report of one promotion; the gate's answer stays in sight."""

    AUTO_FOCUS = "#document"
    BINDINGS: ClassVar[list[BindingType]] = bindings(READING, EVERYWHERE)

    def __init__(self, session: Session, standing: Standing) -> None:
        super().__init__()
        self._session = session
        self._standing = standing

    def compose(self) -> ComposeResult:
        """The two bars, the document, the keys."""
        language = self._session.language
        yield Static(id="name", markup=False)
        yield Static(id="gate", markup=False)
        yield Document()
        words = language.gettext(N_("Writing the report…"))
        yield Static(foreign(words), id="status", markup=False)
        yield KeyBar((*READING, *EVERYWHERE), language)

    def on_mount(self) -> None:
        """The report is made in a thread."""
        self._load()

    def on_resize(self) -> None:
        """The bars follow the width."""
        standing, language, width = self._standing, self._session.language, max(self.size.width - 2, 20)
        name = name_bar(standing.pipeline, language, width, demo=standing.demo, standing=standing)
        self.query_one("#name", Static).update(name)
        self.query_one("#gate", Static).update(gate_bar(standing, language, width))

    def action_back(self) -> None:
        """Back to the promotion."""
        _ = self.app.pop_screen()

    @work
    async def _load(self) -> None:
        session, promotion = self._session, self._standing.promotion.id
        try:
            markdown = await session.ask(session.desk.report, promotion)
        except PromoterError as error:
            tell(self.app, session.explain(error), wrong=True)
            _ = self.app.pop_screen()
            return
        self.query_one(Document).show(markdown)
        words = session.language.gettext(N_("To hand it over: promoter report -o FILE"))
        self.query_one("#status", Static).update(foreign(words, "$text-muted"))

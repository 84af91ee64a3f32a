"""When no promotion is open, or several are: what runs where, and every promotion."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from promoter.errors import PromoterError
from promoter.messages import N_, Language, phrase
from promoter.promotion import Promotion, Stage
from promoter.tui.bars import name_bar, pipeline_bar, release_words
from promoter.tui.foreign import foreign, lines_of
from promoter.tui.history import moment
from promoter.tui.keybar import KeyBar
from promoter.tui.keys import BACK, BOARD, EVERYWHERE, VIM_MOVES, bindings
from promoter.tui.lookups import Lookups
from promoter.tui.session import Session, tell
from promoter.tui.statusline import status_line
from promoter.tui.styles import ACCENT, DIM, GOOD, HEADING, WARN
from promoter.tui.words import Look
from promoter.usecases.board import Board

_STAGES = {
    Stage.OPEN: Look("▸", N_("open"), ACCENT),
    Stage.PROMOTED: Look("✓", N_("promoted"), GOOD),
    Stage.ABANDONED: Look("⊘", N_("abandoned"), WARN),
}


class PromotionList(OptionList):
    """Every promotion, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = VIM_MOVES


class BoardScreen(Lookups, Screen[str | None]):
    """Says what to do next: choose a promotion, or open one. Dismisses with the promotion to show."""

    AUTO_FOCUS = "#promotions"
    BINDINGS: ClassVar[list[BindingType]] = bindings(BOARD, BACK, EVERYWHERE)

    def __init__(self, session: Session, board: Board) -> None:
        super().__init__()
        self.session = session
        self.board = board

    def compose(self) -> ComposeResult:
        """The two bars, what to do next, the promotions, the keys."""
        language = self.session.language
        yield Static(id="name", markup=False)
        yield Static(id="pipeline", markup=False)
        yield Static(self._next(), id="gate", markup=False)
        options = [Option(_row(each, language), id=each.id) for each in self.board.promotions]
        if not options:
            hint = N_(
                " None yet. o opens the first one; promoter adopt says what runs in an environment today."
            )
            options.append(Option(foreign(language.gettext(hint), DIM), disabled=True))
        listed = PromotionList(*options, id="promotions", markup=False, compact=True)
        listed.border_title = foreign(language.gettext(N_("Promotions, newest first")))
        yield listed
        yield Static(id="status", markup=False)
        yield KeyBar((*BOARD, *EVERYWHERE), language)

    def on_resize(self) -> None:
        """The bars follow the width."""
        board, language, width = self.board, self.session.language, max(self.size.width - 2, 20)
        self.query_one("#name", Static).update(
            name_bar(board.pipeline, language, width, demo=board.demo, standing=None)
        )
        self.query_one("#pipeline", Static).update(
            pipeline_bar(board.pipeline, board.runs_in, language, width)
        )
        status = status_line(board, self.session.identity, None, language, width)
        self.query_one("#status", Static).update(status)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Shows the promotion."""
        _ = self.dismiss(event.option.id)

    def action_open(self) -> None:
        """Opens the dialog that opens a promotion."""
        from promoter.tui.open_dialog import OpenDialog

        _ = self.app.push_screen(OpenDialog(self.session, self.board), self._opened)

    def action_adopt(self) -> None:
        """Opens the dialog that declares what runs in an environment."""
        from promoter.tui.place_dialogs import AdoptDialog

        first = self.board.pipeline.environments[0].name
        _ = self.app.push_screen(AdoptDialog(self.session, first), self._adopted)

    def _adopted(self, done: str | None) -> None:
        if done is not None:
            tell(self.app, done)
            self.changed()

    @work(exclusive=True)
    async def changed(self) -> None:
        """Reads the board again."""
        try:
            self.board = await self.session.ask(self.session.desk.board)
        except PromoterError as error:
            tell(self.app, self.session.explain(error), wrong=True)
            return
        await self.recompose()
        self.on_resize()
        self.query_one("#promotions").focus()

    def action_back(self) -> None:
        """Back to the promotion that was shown, if one was."""
        if self.session.promotion is not None:
            _ = self.dismiss(None)

    def _opened(self, promotion: str | None) -> None:
        if promotion is not None:
            _ = self.dismiss(promotion)

    def _next(self) -> Content:
        language = self.session.language
        still_open = [each for each in self.board.promotions if each.stage is Stage.OPEN]
        if still_open:
            first = language.gettext(N_("Choose a promotion: enter shows it."))
        else:
            first = language.gettext(N_("No promotion is open. o opens one."))
        names = phrase(N_("Transitions: {names}"), names=list(self.board.pipeline.transitions))
        wrong = " · ".join(language.say(each) for each in self.board.warnings)
        second = foreign(f"! {wrong}", WARN) if wrong else foreign(language.say(names), DIM)
        return lines_of([foreign(first, HEADING), second])


def _row(promotion: Promotion, language: Language) -> Content:
    look = _STAGES[promotion.stage]
    return Content.assemble(
        foreign(f" {look.glyph} {language.gettext(look.word)}  ", look.style),
        foreign(release_words(promotion.release, language), "bold"),
        foreign(f"  {promotion.from_environment} ▸ {promotion.to_environment}"),
        foreign(f"  {moment(promotion.opened.entry.at, language)} · {promotion.opener.name}", DIM),
    )

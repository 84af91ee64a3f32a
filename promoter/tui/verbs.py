"""What one does to a promotion from its screen: each verb opens a dialog that does it."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from promoter.errors import PromoterError
from promoter.messages import N_, Language, phrase
from promoter.tui.session import Session, tell

if TYPE_CHECKING:
    from promoter.gate import ItemStanding
    from promoter.tui.dialog import Dialog
    from promoter.usecases.board import Board
    from promoter.usecases.standing import Standing

    _Base = Screen[None]
else:
    _Base = object

_REASONS_TOLD = 3


class Verbs(_Base):
    """The verbs of the promotion screen. A verb that makes no sense now says why, and what would."""

    session: Session
    standing: "Standing | None"

    @property
    def current(self) -> "ItemStanding | None":
        """The item under the cursor."""
        raise NotImplementedError

    @property
    def on_whole(self) -> bool:
        """Whether the cursor is on the promotion as a whole."""
        raise NotImplementedError

    @property
    def language(self) -> Language:
        """The reader's."""
        return self.session.language

    def may_write(self, *, settling: bool = False) -> bool:
        """Whether anything can be added; says why not. `settling` for what also pays the debt of a broken glass,
        once it was promoted."""
        if self.standing is None or not self.is_idle():
            return False
        from promoter.promotion import Stage
        from promoter.tui.whole import owes

        if settling and owes(self.standing):
            return True
        if self.standing.promotion.stage is not Stage.OPEN:
            tell(self.app, self.language.gettext(N_("This promotion is closed. b shows the others.")))
            return False
        return True

    def is_idle(self) -> bool:
        """Whether no run is going on; says how to stop it."""
        idle = getattr(self, "live", None) is None
        if not idle:
            tell(self.app, self.language.gettext(N_("A run is going on. ctrl+c stops it.")))
        return idle

    def of_item(self) -> bool:
        """Whether the cursor is on an item; says that what was asked for is for items, where it is not."""
        if self.on_whole:
            tell(self.app, self.language.gettext(N_("That is for one item: move the cursor to it.")))
        return not self.on_whole

    def action_sign(self) -> None:
        """Opens the dialog that signs the item off, or approves the promotion where the cursor is on it."""
        if self.on_whole:
            self.action_approve()
        elif self.standing is not None and self.current is not None and self.may_write(settling=True):
            if self.current.item.sign_off is None:
                words = phrase(
                    N_("{item} takes no sign-off: its checks answer it. r runs them."),
                    item=self.current.item.id,
                )
                tell(self.app, self.language.say(words))
                return
            self.run_worker(self._sign(self.standing, self.current.item.id), group="dialog", exclusive=True)

    async def _sign(self, standing: "Standing", item: str) -> None:
        from promoter.tui.sign_dialog import SignDialog

        try:
            statement = await self.session.ask(self.session.desk.statement, standing, item)
        except PromoterError as error:
            tell(self.app, self.session.explain(error), wrong=True)
            return
        self.session.identity = statement.identity
        self._ask(SignDialog(self.session, statement))

    def action_approve(self) -> None:
        """Opens the dialog that approves the promotion; for whoever did already, the one that takes that back."""
        if self.standing is None or not self.may_write(settling=True):
            return
        if self.standing.checklist.approvals is None:
            words = N_("This checklist asks for no approval: its items are signed off one by one.")
            tell(self.app, self.language.gettext(words))
            return
        self.run_worker(self._approve(self.standing), group="dialog", exclusive=True)

    async def _approve(self, standing: "Standing") -> None:
        from promoter.tui.sign_dialog import ApproveDialog
        from promoter.tui.whole_dialogs import TakeBackDialog

        try:
            declared = await self.session.ask(self.session.desk.approval, standing)
        except PromoterError as error:
            tell(self.app, self.session.explain(error), wrong=True)
            return
        self.session.identity = declared.identity
        mine = [each for each in standing.decision.approvals.given if each.counts]
        if any(each.voice.recorded.entry.actor.id == declared.identity.actor.id for each in mine):
            self._ask(TakeBackDialog(self.session, standing))
        else:
            self._ask(ApproveDialog(self.session, declared))

    def action_reject(self) -> None:
        """Opens the dialog that rejects the item, or the promotion where the cursor is on it."""
        if self.on_whole:
            self.action_reject_whole()
        elif self.standing is not None and self.current is not None and self.may_write():
            from promoter.tui.reason_dialogs import RejectDialog

            self._ask(RejectDialog(self.session, self.standing, self.current))

    def action_revoke(self) -> None:
        """Opens the dialog that takes one's own answer back, to the item or to the promotion."""
        if self.on_whole:
            self.action_revoke_whole()
            return
        if self.standing is None or self.current is None or not self.may_write(settling=True):
            return
        voices = [
            *(each.voice for each in self.current.sign_offs),
            *self.current.rejections,
            *(each.voice for each in self.current.exemptions),
        ]
        if not any(each.stands for each in voices):
            words = phrase(
                N_("Nobody has said anything of {item}: there is nothing to take back."),
                item=self.current.item.id,
            )
            tell(self.app, self.language.say(words))
            return
        from promoter.tui.reason_dialogs import RevokeDialog

        self._ask(RevokeDialog(self.session, self.standing, self.current))

    def action_reject_whole(self) -> None:
        """Opens the dialog that rejects the promotion as a whole."""
        raise NotImplementedError

    def action_revoke_whole(self) -> None:
        """Opens the dialog that takes back what one said of the promotion as a whole."""
        raise NotImplementedError

    def action_waive(self) -> None:
        """Opens the dialog that waives the item, where its checklist lets it be waived."""
        if not self.may_write() or not self.of_item() or self.standing is None or self.current is None:
            return
        if not self.current.item.waivable:
            words = phrase(N_("{item} cannot be waived: its checklist says so."), item=self.current.item.id)
            tell(self.app, self.language.say(words))
            return
        from promoter.tui.exception_dialogs import WaiveDialog

        self._ask(WaiveDialog(self.session, self.standing, self.current))

    def action_exclude(self) -> None:
        """Opens the dialog that leaves the item out, where its checklist lets it be left out."""
        if not self.may_write() or not self.of_item() or self.standing is None or self.current is None:
            return
        if not self.current.item.may_not_apply:
            words = phrase(
                N_("{item} applies to every release: its checklist says so."), item=self.current.item.id
            )
            tell(self.app, self.language.say(words))
            return
        from promoter.tui.exception_dialogs import ExcludeDialog

        self._ask(ExcludeDialog(self.session, self.standing, self.current))

    def action_hold(self) -> None:
        """Opens the dialog that stops the line, or, where it is stopped, the one that lets it go on."""
        if self.standing is None or not self.may_write():
            return
        from promoter.tui.exception_dialogs import HoldDialog, LiftDialog

        messages = [each.message for each in self.standing.decision.reasons]
        held = next((each for each in messages if each.code == "held"), None)
        if held is None:
            self._ask(HoldDialog(self.session, self.standing))
            return
        hold, why = str(held.parameters["id"]), self.language.say(held)
        self._ask(LiftDialog(self.session, self.standing, hold, why))

    def action_promote(self) -> None:
        """Opens the dialog that promotes, when the gate is open; else says what holds it."""
        if self.standing is None or not self.may_write():
            return
        decision = self.standing.decision
        if not decision.answer.is_open:
            why = [self.language.say(each.message) for each in decision.reasons[:_REASONS_TOLD]]
            words = phrase(N_("The gate is blocked: {reasons}"), reasons=" · ".join(why))
            tell(self.app, self.language.say(words), wrong=True)
            return
        from promoter.tui.promote_dialog import PromoteDialog

        self._ask(PromoteDialog(self.session, self.standing))

    def action_next(self) -> None:
        """Opens what is to be done."""
        if self.standing is not None:
            from promoter.tui.rules_screen import NextScreen

            _ = self.app.push_screen(NextScreen(self.session, self.standing))

    def action_explain(self) -> None:
        """Opens the rules of the item under the cursor, or of the gate."""
        if self.standing is not None and (self.on_whole or self.current is not None):
            from promoter.tui.rules_screen import RulesScreen
            from promoter.usecases.explaining import explained

            found = explained(self.standing, self.current.item.id if self.current is not None else None)
            _ = self.app.push_screen(RulesScreen(self.session, self.standing, found))

    def action_report(self) -> None:
        """Opens the report."""
        if self.standing is not None:
            from promoter.tui.report_screen import ReportScreen

            _ = self.app.push_screen(ReportScreen(self.session, self.standing))

    def action_log(self) -> None:
        """Opens the promotion's entries."""
        if self.standing is not None:
            from promoter.tui.log_screen import LogScreen

            _ = self.app.push_screen(LogScreen(self.session, self.standing))

    def action_board(self) -> None:
        """Goes to the list of promotions."""
        self.run_worker(self._board(), group="dialog", exclusive=True)

    async def _board(self) -> None:
        try:
            self.show_board(await self.session.ask(self.session.desk.board))
        except PromoterError as error:
            tell(self.app, self.session.explain(error), wrong=True)

    def show_board(self, board: "Board") -> None:
        """Shows the list of promotions over this one."""
        from promoter.tui.board_screen import BoardScreen

        _ = self.app.push_screen(BoardScreen(self.session, board), self._chosen)

    def _chosen(self, promotion: str | None) -> None:
        if promotion is not None:
            self.session.promotion = promotion
            self.action_reload()

    def action_filter(self) -> None:
        """Asks which items to show."""
        if self.standing is not None and not self.query("#filter"):
            from promoter.tui.filterline import FilterLine

            _ = self.mount(FilterLine(self.session), before="#status")

    def _ask(self, dialog: "Dialog") -> None:
        _ = self.app.push_screen(dialog, self._done)

    def _done(self, done: str | None) -> None:
        if done is not None:
            tell(self.app, done)
            self.action_reload()

    def action_reload(self) -> object:
        """Reads the trail again."""
        raise NotImplementedError

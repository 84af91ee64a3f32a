"""What one does to a promotion by the name of a command: rarely, and mostly to it as a whole."""

from typing import TYPE_CHECKING

from textual import work

from promoter.errors import PromoterError
from promoter.messages import N_, phrase
from promoter.tui.amend_verbs import AmendVerbs
from promoter.tui.session import tell

if TYPE_CHECKING:
    from promoter.gate import ItemStanding
    from promoter.usecases.standing import Standing


class WholeVerbs(AmendVerbs):
    """The verbs of the promotion screen that have no key, or that a key has for an item alone."""

    def action_comment(self) -> None:
        """Opens the dialog that remarks on the item under the cursor."""
        if self.may_write() and self.of_item() and self.current is not None:
            self._comment(self.current)

    def action_comment_whole(self) -> None:
        """Opens the dialog that remarks on the promotion."""
        self._comment(None)

    def action_reject_whole(self) -> None:
        """Opens the dialog that rejects the promotion as a whole."""
        if self.standing is not None and self.may_write():
            from promoter.tui.whole_dialogs import RejectWholeDialog

            self._ask(RejectWholeDialog(self.session, self.standing))

    def action_revoke_whole(self) -> None:
        """Opens the dialog that takes back what one said of the promotion as a whole."""
        if self.standing is None or not self.may_write(settling=True):
            return
        from promoter.tui.whole_dialogs import TakeBackDialog
        from promoter.usecases.approving import said_of

        if said_of(self.standing.promotion):
            self._ask(TakeBackDialog(self.session, self.standing))
        else:
            words = N_("Nobody has said anything of the promotion as a whole: there is nothing to take back.")
            tell(self.app, self.language.gettext(words))

    def action_abandon(self) -> None:
        """Opens the dialog that gives the promotion up."""
        if self.standing is not None and self.may_write():
            from promoter.tui.whole_dialogs import AbandonDialog

            self._ask(AbandonDialog(self.session, self.standing))

    def action_emergency(self) -> None:
        """Opens the dialog that breaks the glass, where its environment has a rule for that and the gate is shut."""
        if self.standing is None or not self.may_write():
            return
        environment = self.standing.target
        if self.standing.decision.answer.is_open:
            words = phrase(N_("The gate is open: there is no glass to break. p promotes."))
        elif environment.break_glass is None:
            rule = N_("{environment} has no rule for emergencies: its pipeline says who may break the glass.")
            words = phrase(rule, environment=environment.name)
        else:
            from promoter.tui.emergency_dialogs import EmergencyDialog

            self._ask(EmergencyDialog(self.session, self.standing))
            return
        tell(self.app, self.language.say(words))

    def action_settle(self) -> None:
        """Opens the dialog that says that a debt is settled; before that, says what is still owed."""
        if self.standing is None or not self.may_write(settling=True):
            return
        from promoter.tui.whole import owes, still_owed

        if not owes(self.standing):
            tell(self.app, self.language.gettext(N_("No glass was broken here: nothing is owed.")))
            return
        owed = still_owed(self.standing, self.language)
        if owed:
            words = phrase(N_("{owed}. s signs, a approves; then it is settled."), owed=" · ".join(owed))
            tell(self.app, self.language.say(words))
            return
        from promoter.tui.emergency_dialogs import SettleDialog

        self._ask(SettleDialog(self.session, self.standing))

    def action_deployed(self) -> None:
        """Opens the dialog that says that what was promoted runs."""
        if self.standing is None or not self.is_idle():
            return
        from promoter.promotion import Stage

        if self.standing.promotion.stage is not Stage.PROMOTED:
            words = N_("This is not promoted, so nothing of it may run. p promotes.")
            tell(self.app, self.language.gettext(words))
            return
        from promoter.tui.deploying_dialogs import DeployedDialog

        self._ask(DeployedDialog(self.session, self.standing))

    def action_rolled_back(self) -> None:
        """Opens the dialog that says that an earlier release runs again; asks which, where there are several."""
        if self.standing is not None and self.is_idle():
            self._look_back(self.standing)

    @work(group="dialog", exclusive=True)
    async def _look_back(self, standing: "Standing") -> None:
        from promoter.tui.bars import release_words
        from promoter.tui.deploying_dialogs import RollbackDialog
        from promoter.tui.history import moment

        environment = standing.promotion.to_environment
        try:
            earlier = await self.session.ask(self.session.desk.earlier, environment)
        except PromoterError as error:
            tell(self.app, self.session.explain(error), wrong=True)
            return
        if not earlier:
            words = phrase(N_("No other release ever got to {environment}."), environment=environment)
            tell(self.app, self.language.say(words))
            return
        language = self.language
        among = [
            f"{release_words(each.release, language)}  {moment(each.since, language)}" for each in earlier
        ]
        title = N_("Which release runs again?")
        self._choose(title, among, lambda at: self._ask(RollbackDialog(self.session, standing, earlier[at])))

    def _comment(self, found: "ItemStanding | None") -> None:
        if self.standing is not None and self.may_write():
            from promoter.tui.comment_dialog import CommentDialog

            self._ask(CommentDialog(self.session, self.standing, found))

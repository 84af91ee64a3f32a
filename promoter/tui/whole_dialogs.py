"""The dialogs that say something of a promotion as a whole, and ask why."""

from promoter.messages import N_
from promoter.tui.reason_dialogs import ReasonDialog


class RejectWholeDialog(ReasonDialog):
    """Says no to the promotion."""

    takes_evidence = True

    def heading(self) -> str:
        """That it is of the promotion as a whole."""
        return self.language.gettext(N_("Reject · the promotion"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("reject"))

    def consequence(self) -> str:
        """It holds the gate."""
        asked = self._standing.checklist.approvals is not None
        return self.language.gettext(
            N_("This holds the gate until you approve it or take it back.")
            if asked
            else N_("This holds the gate until you take it back.")
        )

    async def perform(self) -> str:
        """Rejects."""
        reason, given = self.reason, self.given
        await self.session.write(
            self.app, lambda: self.session.desk.reject_promotion(self.promotion, reason, given)
        )
        return self.language.gettext(N_("the promotion is rejected"))


class TakeBackDialog(ReasonDialog):
    """Takes one's own approval or rejection of the promotion back."""

    def heading(self) -> str:
        """That it is of the promotion as a whole."""
        return self.language.gettext(N_("Take back · your answer to the promotion"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("take back"))

    def consequence(self) -> str:
        """The answer speaks no more, and stays on the trail."""
        return self.language.gettext(
            N_("Your latest answer stops counting. It stays on the trail, with this reason.")
        )

    async def perform(self) -> str:
        """Takes it back."""
        reason = self.reason
        await self.session.write(self.app, lambda: self.session.desk.revoke_approval(self.promotion, reason))
        return self.language.gettext(N_("your answer to the promotion is taken back"))


class AbandonDialog(ReasonDialog):
    """Gives the promotion up."""

    def heading(self) -> str:
        """That it ends."""
        return self.language.gettext(N_("Abandon · the promotion"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("abandon"))

    def consequence(self) -> str:
        """It does not come back."""
        return self.language.gettext(N_("This ends the promotion for good: another one can be opened."))

    async def perform(self) -> str:
        """Gives it up."""
        reason = self.reason
        await self.session.write(self.app, lambda: self.session.desk.abandon(self.promotion, reason))
        return self.language.gettext(N_("the promotion is abandoned"))

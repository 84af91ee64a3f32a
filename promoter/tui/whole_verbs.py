"""What one does to a promotion by the name of a command: rarely, and mostly to it as a whole."""

from typing import TYPE_CHECKING

from promoter.messages import N_
from promoter.tui.session import tell
from promoter.tui.verbs import Verbs

if TYPE_CHECKING:
    from promoter.gate import ItemStanding


class WholeVerbs(Verbs):
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
        if self.standing is None or not self.may_write():
            return
        from promoter.tui.whole_dialogs import TakeBackDialog
        from promoter.usecases.approving import said_of

        if said_of(self.standing.promotion):
            self._ask(TakeBackDialog(self.session, self.standing))
        else:
            words = N_("Nobody has said anything of the promotion as a whole: there is nothing to take back.")
            tell(self.app, self.language.gettext(words))

    def _comment(self, found: "ItemStanding | None") -> None:
        if self.standing is not None and self.may_write():
            from promoter.tui.comment_dialog import CommentDialog

            self._ask(CommentDialog(self.session, self.standing, found))

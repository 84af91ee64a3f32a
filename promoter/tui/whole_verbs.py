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
        if self.current is None:
            tell(self.app, self.language.gettext(N_("No item is under the cursor.")))
        else:
            self._comment(self.current)

    def action_comment_whole(self) -> None:
        """Opens the dialog that remarks on the promotion."""
        self._comment(None)

    def _comment(self, found: "ItemStanding | None") -> None:
        if self.standing is not None and self.may_write():
            from promoter.tui.comment_dialog import CommentDialog

            self._ask(CommentDialog(self.session, self.standing, found))

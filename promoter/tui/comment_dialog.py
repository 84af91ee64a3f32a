"""The dialog that remarks on an item, or on the promotion as a whole."""

from promoter.gate import ItemStanding
from promoter.messages import N_, phrase
from promoter.tui.reason_dialogs import ReasonDialog
from promoter.tui.session import Session
from promoter.usecases.standing import Standing


class CommentDialog(ReasonDialog):
    """Asks what is to be said; `found` is the item it is about, None for the promotion."""

    label = N_("Comment")
    bare = N_("A comment needs words.")
    warns = False
    takes_evidence = True

    def __init__(self, session: Session, standing: Standing, found: ItemStanding | None) -> None:
        super().__init__(session, standing)
        self._item = found.item if found is not None else None

    def heading(self) -> str:
        """Names the item."""
        if self._item is None:
            return self.language.gettext(N_("Comment · the promotion"))
        return self.language.say(phrase(N_("Comment · {item}"), item=self._item.id))

    def subject(self) -> str:
        """The item, or the promotion."""
        return self._item.title.in_language(self.language) if self._item is not None else super().subject()

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("comment"))

    def consequence(self) -> str:
        """It changes no answer."""
        return self.language.gettext(N_("This changes no answer. It stays on the trail."))

    async def perform(self) -> str:
        """Remarks."""
        item, words = self._item.id if self._item is not None else None, self.reason
        given = self.given
        await self.session.write(
            self.app, lambda: self.session.desk.comment(self.promotion, item, words, given)
        )
        return self.language.gettext(N_("your comment is recorded"))

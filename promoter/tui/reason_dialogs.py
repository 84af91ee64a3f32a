"""The dialogs that reject an item and that take an answer or an approval back."""

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from promoter.gate import ItemStanding
from promoter.messages import N_, phrase
from promoter.model.checklist import Item
from promoter.tui.dialog import Dialog, Line
from promoter.tui.foreign import foreign, lines_of
from promoter.tui.session import Session
from promoter.tui.sign_dialog import identity_lines
from promoter.tui.styles import WARN
from promoter.usecases.standing import Standing


class ReasonDialog(Dialog):
    """Asks for a reason, which is compulsory."""

    def __init__(self, session: Session, standing: Standing, found: ItemStanding) -> None:
        super().__init__(session)
        self._standing = standing
        self._item: Item = found.item

    @property
    def promotion(self) -> str:
        """The id of the promotion."""
        return self._standing.promotion.id

    def consequence(self) -> str:
        """What it will do."""
        raise NotImplementedError

    def statement(self) -> Content:
        """The item and the consequence."""
        return lines_of(
            [
                foreign(self._item.title.in_language(self.language), "bold"),
                foreign(self.consequence(), WARN),
                *(identity_lines(self.session.identity, self.session) if self.session.identity else ()),
            ]
        )

    def fields(self) -> Iterator[Widget]:
        """The reason."""
        yield self.labelled(self.language.gettext(N_("Reason")), Line("reason"))

    def missing(self) -> str | None:
        """A reason, when there is none."""
        if self.value("reason").strip():
            return None
        self.query_one("#reason", Line).focus()
        return self.language.gettext(N_("A reason is required."))


class RejectDialog(ReasonDialog):
    """Says no to an item."""

    def heading(self) -> str:
        """Names the item."""
        return self.language.say(phrase(N_("Reject · {item}"), item=self._item.id))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("reject"))

    def consequence(self) -> str:
        """It holds the gate."""
        return self.language.gettext(N_("This holds the gate until you sign it off or take it back."))

    async def perform(self) -> str:
        """Rejects."""
        reason = self.value("reason").strip()
        await self.session.write(
            self.app, lambda: self.session.desk.reject(self.promotion, self._item.id, reason)
        )
        return self.language.say(phrase(N_("{item} is rejected"), item=self._item.id))


class RevokeDialog(ReasonDialog):
    """Takes one's own answer back."""

    def heading(self) -> str:
        """Names the item."""
        return self.language.say(phrase(N_("Take back · {item}"), item=self._item.id))

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
        reason = self.value("reason").strip()
        await self.session.write(
            self.app, lambda: self.session.desk.revoke(self.promotion, self._item.id, reason)
        )
        return self.language.say(phrase(N_("your answer to {item} is taken back"), item=self._item.id))


class TakeBackDialog(Dialog):
    """Takes one's own approval of the promotion back."""

    def __init__(self, session: Session, standing: Standing) -> None:
        super().__init__(session)
        self._standing = standing

    def heading(self) -> str:
        """That it is of the promotion as a whole."""
        return self.language.gettext(N_("Take back · your approval of the promotion"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("take back"))

    def statement(self) -> Content:
        """What it will do."""
        stops = N_("Your approval stops counting. It stays on the trail, with this reason.")
        return lines_of([foreign(self.language.gettext(stops), WARN)])

    def fields(self) -> Iterator[Widget]:
        """The reason."""
        yield self.labelled(self.language.gettext(N_("Reason")), Line("reason"))

    def missing(self) -> str | None:
        """A reason, when there is none."""
        if self.value("reason").strip():
            return None
        self.query_one("#reason", Line).focus()
        return self.language.gettext(N_("A reason is required."))

    async def perform(self) -> str:
        """Takes it back."""
        promotion, reason = self._standing.promotion.id, self.value("reason").strip()
        await self.session.write(self.app, lambda: self.session.desk.revoke_approval(promotion, reason))
        return self.language.gettext(N_("your approval is taken back"))

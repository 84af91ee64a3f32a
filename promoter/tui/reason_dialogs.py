"""The dialogs that reject an item, take an answer back, and promote."""

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from promoter.gate import ItemStanding
from promoter.messages import N_, phrase
from promoter.model.checklist import Item
from promoter.tui.bars import in_production, release_words
from promoter.tui.desk import Progress
from promoter.tui.dialog import Dialog, Line
from promoter.tui.foreign import foreign, lines_of
from promoter.tui.session import Session
from promoter.tui.sign_dialog import identity_lines
from promoter.tui.styles import DIM, WARN
from promoter.usecases.standing import Standing


class _ReasonDialog(Dialog):
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


class RejectDialog(_ReasonDialog):
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


class RevokeDialog(_ReasonDialog):
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


class PromoteDialog(Dialog):
    """Promotes the release, after the checks ran once more."""

    def __init__(self, session: Session, standing: Standing) -> None:
        word = standing.promotion.release.name if in_production(standing) else None
        super().__init__(session, typed_word=word)
        self._standing = standing

    def heading(self) -> str:
        """Names the release and where it goes."""
        promotion = self._standing.promotion
        words = phrase(
            N_("Promote · {release} into {environment}"),
            release=promotion.release.name,
            environment=promotion.to_environment.upper(),
        )
        return self.language.say(words)

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("promote"))

    def statement(self) -> Content:
        """What will be authorised, and what happens first."""
        promotion, language = self._standing.promotion, self.language
        words = phrase(
            N_("This authorises {release} to go from {source} into {target}."),
            release=release_words(promotion.release, language),
            source=promotion.from_environment,
            target=promotion.to_environment.upper()
            if in_production(self._standing)
            else promotion.to_environment,
        )
        first = N_("The checks that change nothing run once more first; the gate is then asked again.")
        identity = self.session.identity
        return lines_of(
            [
                foreign(language.say(words), "bold"),
                foreign(language.gettext(first), DIM),
                *(foreign(f"! {language.say(each)}", WARN) for each in self._standing.decision.warnings),
                *(identity_lines(identity, self.session) if identity else ()),
            ]
        )

    def fields(self) -> Iterator[Widget]:
        """A comment."""
        yield self.labelled(self.language.gettext(N_("Comment")), Line("comment"))

    async def perform(self) -> str:
        """Promotes."""
        standing, comment = self._standing, self.value("comment").strip()

        def promote() -> None:
            self.session.desk.promote(standing.promotion.id, comment, standing.trail.tip, _unheard)

        await self.session.write(self.app, promote)
        words = phrase(
            N_("{release} is promoted into {environment}"),
            release=standing.promotion.release.name,
            environment=standing.promotion.to_environment,
        )
        return self.language.say(words)


def _unheard(progress: Progress) -> None:
    """The dialog shows no progress of its own."""

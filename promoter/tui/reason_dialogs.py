"""The dialogs that say something of an item, or of the promotion as a whole, and ask why."""

from collections.abc import Iterator
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from promoter.gate import ItemStanding
from promoter.messages import N_, Message, phrase
from promoter.model.checklist import Item
from promoter.tui.bars import in_production, release_words
from promoter.tui.dialog import Line
from promoter.tui.evidence_lines import EvidenceDialog
from promoter.tui.foreign import foreign, lines_of
from promoter.tui.session import Session
from promoter.tui.sign_dialog import identity_lines
from promoter.tui.styles import DIM, WARN
from promoter.usecases.standing import Standing


class ReasonDialog(EvidenceDialog):
    """Asks for a reason, which is compulsory. `label` is what stands before the line, `bare` what is said while
    it is empty; `warns` whether what confirming does is a warning, `takes_evidence` whether evidence may come
    with it."""

    label: ClassVar[str] = N_("Reason")
    bare: ClassVar[str] = N_("A reason is required.")
    warns: ClassVar[bool] = True
    takes_evidence: ClassVar[bool] = False

    def __init__(self, session: Session, standing: Standing, *, typed_word: str | None = None) -> None:
        super().__init__(session, typed_word=typed_word)
        self._standing = standing

    def with_warnings(self, done: str, warnings: tuple[Message, ...]) -> str:
        """What was recorded, and what there is to be warned of."""
        return "\n".join((done, *(self.language.say(each) for each in warnings)))

    @property
    def promotion(self) -> str:
        """The id of the promotion."""
        return self._standing.promotion.id

    def subject(self) -> str:
        """What it is about: the release, and the way it goes."""
        promotion = self._standing.promotion
        into = promotion.to_environment
        words = phrase(
            N_("{release} from {source} into {target}"),
            release=release_words(promotion.release, self.language),
            source=promotion.from_environment,
            target=into.upper() if in_production(self._standing) else into,
        )
        return self.language.say(words)

    def consequence(self) -> str:
        """What it will do."""
        raise NotImplementedError

    def more(self) -> Iterator[Content]:
        """What else is to be known before."""
        yield from ()

    def statement(self) -> Content:
        """What it is about, the consequence, who says so."""
        return lines_of(
            [
                foreign(self.subject(), "bold"),
                foreign(self.consequence(), WARN if self.warns else DIM),
                *self.more(),
                *(identity_lines(self.session.identity, self.session) if self.session.identity else ()),
            ]
        )

    def fields(self) -> Iterator[Widget]:
        """The reason, and the evidence."""
        yield self.labelled(self.language.gettext(self.label), Line("reason"))
        if self.takes_evidence:
            yield from self.evidence_lines()

    def missing(self) -> str | None:
        """A reason, when there is none."""
        if self.reason:
            return None
        self.query_one("#reason", Line).focus()
        return self.language.gettext(self.bare)

    @property
    def reason(self) -> str:
        """What was given as the reason."""
        return self.value("reason").strip()


class ItemReasonDialog(ReasonDialog):
    """Asks for the reason of what is said of an item."""

    def __init__(self, session: Session, standing: Standing, found: ItemStanding) -> None:
        super().__init__(session, standing)
        self._item: Item = found.item

    def subject(self) -> str:
        """The item."""
        return self._item.title.in_language(self.language)


class RejectDialog(ItemReasonDialog):
    """Says no to an item."""

    takes_evidence = True

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
        reason, given = self.reason, self.given
        await self.session.write(
            self.app, lambda: self.session.desk.reject(self.promotion, self._item.id, reason, given)
        )
        return self.language.say(phrase(N_("{item} is rejected"), item=self._item.id))


class RevokeDialog(ItemReasonDialog):
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
        reason = self.reason
        await self.session.write(
            self.app, lambda: self.session.desk.revoke(self.promotion, self._item.id, reason)
        )
        return self.language.say(phrase(N_("your answer to {item} is taken back"), item=self._item.id))

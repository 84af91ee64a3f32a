"""The dialog that agrees to an amendment that somebody else proposed, once one has seen what it changes."""

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from promoter.messages import N_
from promoter.output.amending import show_plan
from promoter.tui.bars import in_production
from promoter.tui.dialog import Dialog, Line
from promoter.tui.foreign import lines_of
from promoter.tui.session import Session
from promoter.tui.sign_dialog import identity_lines
from promoter.tui.transcript import Transcript
from promoter.usecases.amending import Plan
from promoter.usecases.standing import Standing

_WIDTH = 66


class AgreeDialog(Dialog):
    """Shows what the amendment changes and what goes stale; into production the release's name is typed."""

    def __init__(self, session: Session, standing: Standing, plan: Plan) -> None:
        word = standing.promotion.release.name if in_production(standing) else None
        super().__init__(session, typed_word=word)
        self._plan = plan

    def heading(self) -> str:
        """That it is an amendment."""
        return self.language.gettext(N_("Agree to the amendment"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("agree"))

    def statement(self) -> Content:
        """What changes, what counts no longer, and who agrees."""
        told, who = Transcript(self.language), self.session.identity
        show_plan(told, self._plan)
        identity = identity_lines(who, self.session) if who is not None else []
        return lines_of([*told.wrapped_to(_WIDTH), *identity])

    def fields(self) -> Iterator[Widget]:
        """A comment."""
        yield self.labelled(self.language.gettext(N_("Comment")), Line("comment"))

    async def perform(self) -> str:
        """Agrees."""
        plan, comment = self._plan, self.value("comment").strip()
        await self.session.write(self.app, lambda: self.session.desk.amend(plan, comment))
        return self.language.gettext(N_("the amendment is in force"))

"""The dialogs that amend a promotion: what is to change, then what that comes to, before anything is written."""

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from promoter.messages import N_
from promoter.output.amending import show_plan
from promoter.promotion import Amendment
from promoter.tui.bars import in_production
from promoter.tui.dialog import Dialog, Line
from promoter.tui.foreign import lines_of
from promoter.tui.reason_dialogs import ReasonDialog
from promoter.tui.session import Session
from promoter.tui.sign_dialog import identity_lines
from promoter.tui.transcript import Transcript
from promoter.tui.whole import amendment_words
from promoter.usecases.amending import Plan
from promoter.usecases.standing import Standing

_WIDTH = 66


class ProposeDialog(ReasonDialog):
    """Asks for another release, or with `rules` only why those of the work tree shall rule; writes nothing: once
    confirmed, `plan` says what would change."""

    busy_words = N_("Looking at what changes…")
    warns = False

    def __init__(self, session: Session, standing: Standing, *, rules: bool) -> None:
        super().__init__(session, standing)
        self._rules = rules
        self.plan: Plan | None = None

    def heading(self) -> str:
        """What is to change."""
        return self.language.gettext(
            N_("Amend · the rules of the promotion") if self._rules else N_("Amend · the release")
        )

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("show what changes"))

    def consequence(self) -> str:
        """What is taken, and that nothing is written yet."""
        return self.language.gettext(
            N_("The pipeline and the checklist are taken from the work tree. Nothing is written yet.")
            if self._rules
            else N_("The promotion goes on with another release. Nothing is written yet.")
        )

    def fields(self) -> Iterator[Widget]:
        """The release and its commit; why."""
        gettext = self.language.gettext
        if not self._rules:
            yield self.labelled(gettext(N_("Release")), Line("release", placeholder="v1.4.1"))
            yield self.labelled(gettext(N_("Commit")), Line("commit", placeholder="HEAD"))
        yield from super().fields()

    def missing(self) -> str | None:
        """The release, then the reason."""
        if not self._rules and not self.value("release").strip():
            self.query_one("#release", Line).focus()
            return self.language.gettext(N_("A release is required."))
        return super().missing()

    async def perform(self) -> str:
        """Finds out what would change."""
        release = None if self._rules else self.value("release").strip()
        commit = None if self._rules else self.value("commit").strip() or None
        ask, reason, rules = self.session.desk.proposal, self.reason, self._rules
        self.plan = await self.session.ask(ask, self.promotion, reason, release, commit, rules=rules)
        return ""


class AmendDialog(Dialog):
    """Shows what an amendment changes and what goes stale; into production the release's name is typed."""

    def __init__(self, session: Session, standing: Standing, plan: Plan) -> None:
        release = plan.content.release or plan.release
        super().__init__(session, typed_word=release.name if in_production(standing) else None)
        self._plan = plan

    def heading(self) -> str:
        """Whether it is one's own or another's."""
        agreeing = self._plan.agrees_to is not None
        return self.language.gettext(N_("Agree to the amendment") if agreeing else N_("Amend the promotion"))

    def accept_word(self) -> str:
        """What confirming does."""
        if self._plan.agrees_to is not None:
            return self.language.gettext(N_("agree"))
        return self.language.gettext(N_("propose") if self._plan.waits else N_("amend"))

    def statement(self) -> Content:
        """What changes, what counts no longer, and who amends."""
        told, who = Transcript(self.language), self.session.identity
        show_plan(told, self._plan)
        identity = identity_lines(who, self.session) if who is not None else []
        return lines_of([*told.wrapped_to(_WIDTH), *identity])

    def fields(self) -> Iterator[Widget]:
        """A comment of who agrees; who proposes has given a reason."""
        if self._plan.agrees_to is not None:
            yield self.labelled(self.language.gettext(N_("Comment")), Line("comment"))

    async def perform(self) -> str:
        """Amends."""
        plan = self._plan
        comment = self.value("comment").strip() if plan.agrees_to is not None else ""
        await self.session.write(self.app, lambda: self.session.desk.amend(plan, comment))
        proposed = N_("proposed: it is in force once a second person agrees")
        return self.language.gettext(proposed if plan.waits else N_("the amendment is in force"))


class WithdrawDialog(ReasonDialog):
    """Takes back what one proposed and nobody agreed to yet."""

    def __init__(self, session: Session, standing: Standing, one: Amendment) -> None:
        super().__init__(session, standing)
        self._one = one

    def heading(self) -> str:
        """That it is an amendment."""
        return self.language.gettext(N_("Take back · your amendment"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("take back"))

    def subject(self) -> str:
        """Who proposed it, and why."""
        return amendment_words(self._one, self.language)

    def consequence(self) -> str:
        """Nobody can agree to it any more."""
        return self.language.gettext(N_("Nobody can agree to it any more. It stays on the trail."))

    async def perform(self) -> str:
        """Takes it back."""
        reason, amendment = self.reason, self._one.proposed.entry.id
        await self.session.write(
            self.app, lambda: self.session.desk.withdraw(self.promotion, amendment, reason)
        )
        return self.language.gettext(N_("your amendment is taken back"))

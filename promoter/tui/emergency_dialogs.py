"""The dialogs that break the glass in an emergency, and that settle what this left."""

from collections.abc import Iterator

from textual.content import Content

from promoter.gate import would_break
from promoter.messages import N_, NP_, phrase
from promoter.tui.foreign import fitted, foreign
from promoter.tui.reason_dialogs import ReasonDialog
from promoter.tui.session import Session
from promoter.tui.styles import BAD, DIM, WARN
from promoter.usecases.standing import Standing

_REASONS_TOLD = 3
_WIDTH = 68


class EmergencyDialog(ReasonDialog):
    """Opens the gate over what holds it; the release's name is typed, wherever it goes."""

    typed_label = N_("EMERGENCY: type {word} to confirm")
    typed_why = N_("Type {word} to confirm: this passes over everything that holds the gate.")

    def __init__(self, session: Session, standing: Standing) -> None:
        super().__init__(session, standing, typed_word=standing.promotion.release.name)

    def heading(self) -> str:
        """Names the environment."""
        environment = self._standing.promotion.to_environment.upper()
        return self.language.say(phrase(N_("EMERGENCY · {environment}"), environment=environment))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("break the glass"))

    def consequence(self) -> str:
        """The gate opens at once."""
        reasons = self._standing.decision.reasons
        words = phrase(
            NP_(
                "This opens the gate at once, over {count} reason:",
                "This opens the gate at once, over {count} reasons:",
            ),
            count=len(reasons),
        )
        return self.language.say(words)

    def more(self) -> Iterator[Content]:
        """What it passes over, until when it is settled, and whether this person may."""
        language, reasons = self.language, self._standing.decision.reasons
        for each in reasons[:_REASONS_TOLD]:
            said = language.say(each.message)
            named = phrase(N_("{item}: {words}"), item=each.item or "", words=said)
            yield fitted(f"▸ {language.say(named) if each.item else said}", _WIDTH, BAD)
        left = len(reasons) - _REASONS_TOLD
        if left > 0:
            more = NP_("… and {count} more", "… and {count} more")
            yield foreign(language.say(phrase(more, count=left)), DIM)
        policy, who = self._standing.target.break_glass, self.session.identity
        if policy is not None:
            within = policy.settle_within.total_seconds()
            due = phrase(
                N_("Others owe what is missing, and settle it within {limit:duration}."), limit=within
            )
            yield foreign(language.say(due), DIM)
        if who is not None:
            why = would_break(self._standing.target, who.actor, who.roles, self._standing.roster)
            if why is not None:
                refused = phrase(N_("this would not count: {why}"), why=why)
                yield foreign(f"! {language.say(refused)}", WARN)

    async def perform(self) -> str:
        """Breaks it."""
        reason = self.reason
        warnings = await self.session.write(
            self.app, lambda: self.session.desk.break_glass(self.promotion, reason)
        )
        done = self.language.gettext(
            N_("the glass is broken: p promotes, and the debt is for others to settle")
        )
        return self.with_warnings(done, warnings)


class SettleDialog(ReasonDialog):
    """Says that what a broken glass left was given, and looked at."""

    label = N_("What was found")
    bare = N_("Say what was found: it stays on the trail.")

    def heading(self) -> str:
        """That it is of a debt."""
        return self.language.gettext(N_("Settle the debt"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("settle"))

    def consequence(self) -> str:
        """Promotions may go on."""
        return self.language.gettext(N_("Every sign-off that was owed is given. You say that it is settled."))

    def more(self) -> Iterator[Content]:
        """Who broke the glass, and why."""
        glass = self._standing.decision.glass
        if glass is not None:
            said = phrase(N_("{by} broke the glass: {reason}"), by=glass.by, reason=glass.reason)
            yield foreign(self.language.say(said), DIM)

    async def perform(self) -> str:
        """Settles it."""
        reason = self.reason
        await self.session.write(self.app, lambda: self.session.desk.settle(self.promotion, reason))
        return self.language.gettext(N_("the debt is settled"))

"""The dialogs that waive an item, leave it out, stop the line, and let it go on."""

from collections.abc import Iterator

from textual.widget import Widget

from promoter.messages import N_, phrase
from promoter.tui.dialog import Line
from promoter.tui.reason_dialogs import ItemReasonDialog, ReasonDialog
from promoter.tui.session import Session
from promoter.usecases.standing import Standing

_USUAL = "7d"


class WaiveDialog(ItemReasonDialog):
    """Lets an item be until a moment."""

    def heading(self) -> str:
        """Names the item."""
        return self.language.say(phrase(N_("Waive · {item}"), item=self._item.id))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("waive"))

    def consequence(self) -> str:
        """It lets the item be, loudly, and not for ever."""
        return self.language.gettext(
            N_("The item holds nothing until then, and every answer says so. Then it holds again.")
        )

    def fields(self) -> Iterator[Widget]:
        """Until when, and the reason."""
        words = self.language.gettext(N_("Until"))
        yield self.labelled(words, Line("until", value=_USUAL, placeholder="2026-12-01 18:00"))
        yield from super().fields()

    async def perform(self) -> str:
        """Waives."""
        until, reason = self.value("until").strip(), self.reason
        await self.session.write(
            self.app, lambda: self.session.desk.waive(self.promotion, self._item.id, reason, until)
        )
        return self.language.say(phrase(N_("{item} is waived"), item=self._item.id))


class ExcludeDialog(ItemReasonDialog):
    """Says that an item does not concern this release."""

    def heading(self) -> str:
        """Names the item."""
        return self.language.say(phrase(N_("Does not apply · {item}"), item=self._item.id))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("leave out"))

    def consequence(self) -> str:
        """It leaves the item out."""
        return self.language.gettext(N_("The item holds nothing for this release, and the report says why."))

    async def perform(self) -> str:
        """Leaves it out."""
        reason = self.reason
        await self.session.write(
            self.app, lambda: self.session.desk.exclude(self.promotion, self._item.id, reason)
        )
        return self.language.say(phrase(N_("{item} does not apply"), item=self._item.id))


class _LineDialog(ReasonDialog):
    """Asks why the line is stopped, or goes on."""

    @property
    def environment(self) -> str:
        """Where it is stopped."""
        return self._standing.promotion.to_environment

    def subject(self) -> str:
        """The environment."""
        return self.environment


class HoldDialog(_LineDialog):
    """Stops every promotion into the target environment."""

    def heading(self) -> str:
        """Names the environment."""
        return self.language.say(phrase(N_("Stop the line · {environment}"), environment=self.environment))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("stop"))

    def consequence(self) -> str:
        """Nothing goes into it."""
        words = phrase(
            N_("Nothing is promoted into {environment} until somebody lifts this."),
            environment=self.environment,
        )
        return self.language.say(words)

    def fields(self) -> Iterator[Widget]:
        """Which release, and why."""
        hint = self.language.gettext(N_("every release; a name stops that one alone"))
        yield self.labelled(self.language.gettext(N_("Release")), Line("release", placeholder=hint))
        yield from super().fields()

    async def perform(self) -> str:
        """Stops it."""
        reason, release = self.reason, self.value("release").strip() or None
        await self.session.write(self.app, lambda: self.session.desk.hold(self.environment, reason, release))
        return self.language.say(phrase(N_("{environment} is held"), environment=self.environment))


class LiftDialog(_LineDialog):
    """Takes a hold away."""

    def __init__(self, session: Session, standing: Standing, hold: str, why: str) -> None:
        super().__init__(session, standing)
        self._hold, self._why = hold, why

    def heading(self) -> str:
        """Names the environment."""
        return self.language.say(
            phrase(N_("Let the line go on · {environment}"), environment=self.environment)
        )

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("lift"))

    def consequence(self) -> str:
        """What is lifted."""
        return self._why

    async def perform(self) -> str:
        """Lifts it."""
        reason = self.reason
        await self.session.write(self.app, lambda: self.session.desk.lift(self._hold, reason))
        return self.language.gettext(N_("the hold is lifted"))

"""The dialogs that say what happened after a promotion was authorised: it runs, or an earlier release does again."""

from collections.abc import Iterator

from textual.widget import Widget

from promoter.messages import N_, phrase
from promoter.promotion import RunsIn
from promoter.tui.bars import release_words
from promoter.tui.dialog import Line
from promoter.tui.reason_dialogs import ReasonDialog
from promoter.tui.session import Session
from promoter.usecases.standing import Standing


class _SinceDialog(ReasonDialog):
    """Asks since when; by default now."""

    def since(self) -> Widget:
        """The line for the moment."""
        hint = self.language.gettext(N_("now, or such as 2026-11-27 18:04"))
        return self.labelled(self.language.gettext(N_("Since")), Line("since", placeholder=hint))

    @property
    def moment(self) -> str | None:
        """The moment as it was written; None for now."""
        return self.value("since").strip() or None


class DeployedDialog(_SinceDialog):
    """Says that what was promoted runs."""

    warns = False

    def heading(self) -> str:
        """Names the environment."""
        environment = self._standing.promotion.to_environment
        return self.language.say(phrase(N_("Deployed · {environment}"), environment=environment))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("it runs"))

    def consequence(self) -> str:
        """What is known of the environment from then on."""
        promotion = self._standing.promotion
        words = phrase(
            N_("You say that {release} runs in {environment}."),
            release=promotion.release.name,
            environment=promotion.to_environment,
        )
        return self.language.say(words)

    def fields(self) -> Iterator[Widget]:
        """Since when, where that can be read, a comment."""
        yield self.since()
        yield self.labelled(self.language.gettext(N_("Link")), Line("link", placeholder="https://…"))
        yield self.labelled(self.language.gettext(N_("Comment")), Line("reason"))

    def missing(self) -> str | None:
        """Nothing has to be given."""
        return None

    async def perform(self) -> str:
        """Records it."""
        since, url, comment = self.moment, self.value("link").strip() or None, self.reason
        warnings = await self.session.write(
            self.app, lambda: self.session.desk.deployed(self.promotion, since, url, comment)
        )
        promotion = self._standing.promotion
        words = phrase(
            N_("{release} runs in {environment}"),
            release=promotion.release.name,
            environment=promotion.to_environment,
        )
        return self.with_warnings(self.language.say(words), warnings)


class RollbackDialog(_SinceDialog):
    """Says that an earlier release runs again."""

    def __init__(self, session: Session, standing: Standing, back_to: RunsIn) -> None:
        super().__init__(session, standing)
        self._back_to = back_to

    def heading(self) -> str:
        """Names the environment."""
        environment = self._back_to.environment
        return self.language.say(phrase(N_("Rolled back · {environment}"), environment=environment))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("rolled back"))

    def subject(self) -> str:
        """The release that runs again."""
        words = phrase(
            N_("{release} runs in {environment} again"),
            release=release_words(self._back_to.release, self.language),
            environment=self._back_to.environment,
        )
        return self.language.say(words)

    def consequence(self) -> str:
        """Nothing is deployed by it."""
        return self.language.gettext(N_("You say that it happened: promoter itself deploys nothing."))

    def fields(self) -> Iterator[Widget]:
        """Since when, and why."""
        yield self.since()
        yield from super().fields()

    async def perform(self) -> str:
        """Records it."""
        since, reason, back_to = self.moment, self.reason, self._back_to
        warnings = await self.session.write(
            self.app, lambda: self.session.desk.rolled_back(back_to, reason, since)
        )
        return self.with_warnings(self.subject(), warnings)

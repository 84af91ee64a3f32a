"""The dialogs that freeze an environment, thaw it, and declare what runs there."""

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from promoter.messages import N_, phrase
from promoter.tui.dialog import Dialog, Line
from promoter.tui.foreign import foreign, lines_of
from promoter.tui.reason_dialogs import ReasonDialog
from promoter.tui.session import Session
from promoter.tui.sign_dialog import identity_lines
from promoter.tui.styles import WARN

_WRITTEN_SO = "2026-12-04 08:00"


class _UntilDialog(ReasonDialog):
    """Asks until when, which is compulsory, and why."""

    @property
    def environment(self) -> str:
        """The environment that is meant: the one the promotion goes into."""
        return self._standing.promotion.to_environment

    def subject(self) -> str:
        """The environment."""
        return self.environment

    def until(self) -> Widget:
        """The line for the moment."""
        return self.labelled(self.language.gettext(N_("Until")), Line("until", placeholder=_WRITTEN_SO))

    @property
    def end(self) -> str:
        """The moment as it was written."""
        return self.value("until").strip()

    def missing(self) -> str | None:
        """The moment, then the reason."""
        if not self.end:
            self.query_one("#until", Line).focus()
            return self.language.gettext(N_("Say until when: a date, a date and time, or such as 2h or 7d."))
        return super().missing()


class FreezeDialog(_UntilDialog):
    """Lets nothing go into the environment until a moment."""

    def heading(self) -> str:
        """Names the environment."""
        return self.language.say(phrase(N_("Freeze · {environment}"), environment=self.environment))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("freeze"))

    def consequence(self) -> str:
        """Nothing goes into it."""
        words = phrase(N_("Nothing is promoted into {environment} meanwhile."), environment=self.environment)
        return self.language.say(words)

    def fields(self) -> Iterator[Widget]:
        """From when, until when, and why."""
        now = self.language.gettext(N_("now"))
        yield self.labelled(self.language.gettext(N_("From")), Line("begins", placeholder=now))
        yield self.until()
        yield from super().fields()

    async def perform(self) -> str:
        """Freezes."""
        environment, reason, until = self.environment, self.reason, self.end
        begins = self.value("begins").strip() or None
        await self.session.write(
            self.app, lambda: self.session.desk.freeze(environment, reason, until, begins)
        )
        return self.language.say(phrase(N_("{environment} is frozen"), environment=environment))


class ThawDialog(_UntilDialog):
    """Lets promotions pass the freezes of the environment until a moment."""

    def heading(self) -> str:
        """Names the environment."""
        return self.language.say(phrase(N_("Thaw · {environment}"), environment=self.environment))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("thaw"))

    def consequence(self) -> str:
        """Its freezes hold nothing meanwhile."""
        words = phrase(
            N_("Promotions pass the freezes of {environment} meanwhile; then they hold again."),
            environment=self.environment,
        )
        return self.language.say(words)

    def fields(self) -> Iterator[Widget]:
        """Until when, and why."""
        yield self.until()
        yield from super().fields()

    async def perform(self) -> str:
        """Thaws."""
        environment, reason, until = self.environment, self.reason, self.end
        warnings = await self.session.write(
            self.app, lambda: self.session.desk.thaw(environment, reason, until)
        )
        done = self.language.say(phrase(N_("{environment} is thawed"), environment=environment))
        return self.with_warnings(done, warnings)


class AdoptDialog(Dialog):
    """Declares what runs in an environment today."""

    def __init__(self, session: Session, environment: str) -> None:
        super().__init__(session)
        self._environment = environment

    def heading(self) -> str:
        """What is declared."""
        return self.language.gettext(N_("Declare what runs in an environment"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("declare"))

    def statement(self) -> Content:
        """What it is worth, and who says so."""
        worth, who = N_("This is declared, not proven, and every answer says so."), self.session.identity
        return lines_of(
            [
                foreign(self.language.gettext(worth), WARN),
                *(identity_lines(who, self.session) if who is not None else ()),
            ]
        )

    def fields(self) -> Iterator[Widget]:
        """The environment, the release and its commit, and why."""
        gettext = self.language.gettext
        yield self.labelled(gettext(N_("Environment")), Line("environment", value=self._environment))
        yield self.labelled(gettext(N_("Release")), Line("release", placeholder="v1.4.0"))
        yield self.labelled(gettext(N_("Commit")), Line("commit", placeholder="HEAD"))
        yield self.labelled(gettext(N_("Reason")), Line("reason"))

    def missing(self) -> str | None:
        """The first that is required and empty."""
        for name in ("environment", "release", "reason"):
            if not self.value(name).strip():
                self.query_one(f"#{name}", Line).focus()
                return self.language.gettext(N_("An environment, a release and a reason are required."))
        return None

    async def perform(self) -> str:
        """Declares it."""
        environment, release, commit, reason = (
            self.value(each).strip() for each in ("environment", "release", "commit", "reason")
        )
        await self.session.write(
            self.app, lambda: self.session.desk.adopt(environment, release, commit or None, reason)
        )
        words = phrase(
            N_("{release} runs in {environment}, as declared"), release=release, environment=environment
        )
        return self.language.say(words)

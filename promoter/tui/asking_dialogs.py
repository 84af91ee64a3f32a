"""The dialogs that ask what to look up, and write nothing to the trail."""

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from promoter.messages import N_, phrase
from promoter.tui.dialog import Dialog, Line
from promoter.tui.foreign import foreign
from promoter.tui.session import Session


class LookBackDialog(Dialog):
    """Asks as of when a promotion is to be shown. Dismisses with that."""

    busy_words = N_("Looking…")

    def heading(self) -> str:
        """What is asked."""
        return self.language.gettext(N_("As of when?"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("show"))

    def statement(self) -> Content:
        """What may be said."""
        words = N_("A date, a date and time, a commit of the trail; or a moment to come, such as 2d.")
        return foreign(self.language.gettext(words))

    def fields(self) -> Iterator[Widget]:
        """The moment."""
        yield self.labelled(self.language.gettext(N_("When")), Line("when", placeholder="2026-12-04 08:00"))

    def missing(self) -> str | None:
        """The moment."""
        if self.value("when").strip():
            return None
        self.query_one("#when", Line).focus()
        return self.language.gettext(N_("Say as of when."))

    async def perform(self) -> str:
        """Hands on what was typed."""
        return self.value("when").strip()


class DeploymentLogDialog(Dialog):
    """Asks for the log of deployments to compare with the trail. Dismisses with its path."""

    busy_words = N_("Looking…")

    def heading(self) -> str:
        """What is compared."""
        return self.language.gettext(N_("Compare a deployment log with the trail"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("compare"))

    def statement(self) -> Content:
        """What the log is like."""
        words = N_("CSV with the columns environment, commit and time, or JSON lines with these keys.")
        return foreign(self.language.gettext(words))

    def fields(self) -> Iterator[Widget]:
        """The file."""
        yield self.labelled(self.language.gettext(N_("File")), Line("file", placeholder="deployments.csv"))

    def missing(self) -> str | None:
        """The file."""
        if self.value("file").strip():
            return None
        self.query_one("#file", Line).focus()
        return self.language.gettext(N_("Say which file."))

    async def perform(self) -> str:
        """Hands on what was typed."""
        return self.value("file").strip()


class SaveEvidenceDialog(Dialog):
    """Asks which file of evidence is to be saved, and where."""

    busy_words = N_("Looking…")

    def __init__(self, session: Session, promotion: str) -> None:
        super().__init__(session)
        self._promotion = promotion

    def heading(self) -> str:
        """What is done."""
        return self.language.gettext(N_("Save a file of evidence"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("save"))

    def statement(self) -> Content:
        """How a file is named."""
        words = N_(
            "By its item, its name, or the start of its digest or of its entry. Nothing is overwritten."
        )
        return foreign(self.language.gettext(words))

    def fields(self) -> Iterator[Widget]:
        """Which one, and where to."""
        yield self.labelled(self.language.gettext(N_("Evidence")), Line("wanted"))
        yield self.labelled(self.language.gettext(N_("File")), Line("file"))

    def missing(self) -> str | None:
        """The first that is empty."""
        for name in ("wanted", "file"):
            if not self.value(name).strip():
                self.query_one(f"#{name}", Line).focus()
                return self.language.gettext(N_("Say which file of evidence, and where to save it."))
        return None

    async def perform(self) -> str:
        """Saves it."""
        wanted, file = self.value("wanted").strip(), self.value("file").strip()
        desk, promotion = self.session.desk, self._promotion
        fetched = await self.session.ask(lambda: desk.save_evidence(promotion, wanted, file))
        said = N_("{name} is written to {path}: {size} bytes, {type}, its digest is right")
        name, size = fetched.attachment.file.file or "", len(fetched.content)
        return self.language.say(phrase(said, name=name, path=file, size=size, type=fetched.media_type))

"""The lines of a dialog in which someone gives evidence: links and files, one after the other."""

from collections.abc import Iterator
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Input, Static

from promoter.messages import N_
from promoter.tui.desk import Given
from promoter.tui.dialog import Dialog, Line
from promoter.tui.foreign import foreign, lines_of
from promoter.tui.session import Session
from promoter.tui.styles import DIM

LINK, FILE = "given-link", "given-file"
"""The ids of the lines."""


class EvidenceDialog(Dialog):
    """A dialog that takes evidence, among other things."""

    def __init__(self, session: Session, *, typed_word: str | None = None) -> None:
        super().__init__(session, typed_word=typed_word)
        self._links: list[str] = []
        self._files: list[str] = []

    def evidence_lines(self, *, required: bool = False) -> Iterator[Widget]:
        """A line for a link, one for a file, and below them what was given already."""
        language = self.language
        needed = language.gettext(N_("required: a link or a file; enter adds one more")) if required else ""
        hint = needed or language.gettext(N_("https://… enter adds one more"))
        yield self.labelled(language.gettext(N_("Link")), Line(LINK, placeholder=hint))
        yield self.labelled(
            language.gettext(N_("File")),
            Line(FILE, placeholder=language.gettext(N_("a path; enter adds one more"))),
        )
        yield Static(id="evidence", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter adds a link or a file to the evidence; elsewhere it goes on to the next line."""
        name, value = event.input.id, event.value.strip()
        if name in (LINK, FILE) and value:
            event.prevent_default()
            (self._links if name == LINK else self._files).append(value)
            event.input.value = ""
            given = [foreign(f"+ {each}", DIM) for each in (*self._links, *self._files)]
            self.query_one("#evidence", Static).update(lines_of(given))

    @property
    def given(self) -> Given:
        """What was given, with what stands in the two lines still."""
        links = [*self._links, self.value(LINK).strip()]
        files = [*self._files, self.value(FILE).strip()]
        return Given(
            tuple(each for each in links if each),
            tuple(Path(each).expanduser() for each in files if each),
        )

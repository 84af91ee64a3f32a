"""The dialog that opens a promotion."""

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from promoter.messages import N_, phrase
from promoter.tui.dialog import Dialog, Line
from promoter.tui.foreign import foreign, lines_of
from promoter.tui.session import Session
from promoter.tui.sign_dialog import identity_lines
from promoter.tui.styles import DIM
from promoter.usecases.board import Board


class OpenDialog(Dialog):
    """Asks for the transition and the release. Dismisses with the promotion's id."""

    def __init__(self, session: Session, board: Board) -> None:
        super().__init__(session)
        self._board = board

    def heading(self) -> str:
        """What the frame says."""
        return self.language.gettext(N_("Open a promotion"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("open it"))

    def statement(self) -> Content:
        """What opening does."""
        words = N_("This pins the checklist, the pipeline, the release's commit and the roster.")
        names = phrase(N_("Transitions: {names}"), names=list(self._board.pipeline.transitions))
        identity = self.session.identity
        return lines_of(
            [
                foreign(self.language.gettext(words)),
                foreign(self.language.say(names), DIM),
                *(identity_lines(identity, self.session) if identity else ()),
            ]
        )

    def fields(self) -> Iterator[Widget]:
        """The transition, the release and its commit."""
        gettext = self.language.gettext
        yield self.labelled(
            gettext(N_("Transition")),
            Line("transition", value=next(iter(self._board.pipeline.transitions), "")),
        )
        yield self.labelled(gettext(N_("Release")), Line("release", placeholder="v1.4.0"))
        yield self.labelled(gettext(N_("Commit")), Line("commit", placeholder="HEAD"))
        yield self.labelled(gettext(N_("Comment")), Line("comment"))

    def missing(self) -> str | None:
        """The transition or the release, when it is not given."""
        for name in ("transition", "release"):
            if not self.value(name).strip():
                self.query_one(f"#{name}", Line).focus()
                return self.language.gettext(N_("A transition and a release are required."))
        return None

    async def perform(self) -> str:
        """Opens it."""
        transition, release = self.value("transition").strip(), self.value("release").strip()
        commit, comment = self.value("commit").strip() or None, self.value("comment").strip()
        return await self.session.write(
            self.app, lambda: self.session.desk.open(transition, release, commit, comment)
        )

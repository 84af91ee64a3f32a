"""What one does from a promotion's screen to the environment it goes into, and what one looks up there."""

from typing import TYPE_CHECKING

from promoter.messages import N_, phrase
from promoter.tui.lookups import Lookups
from promoter.tui.whole_verbs import WholeVerbs

if TYPE_CHECKING:
    from promoter.output.console import Console
    from promoter.usecases.standing import Standing


class PlaceVerbs(Lookups, WholeVerbs):
    """The verbs that freeze, thaw and adopt, and what the promotion changes there; none has a key."""

    def action_freeze(self) -> None:
        """Opens the dialog that freezes the environment."""
        if self.standing is not None and self.is_idle():
            from promoter.tui.place_dialogs import FreezeDialog

            self._ask(FreezeDialog(self.session, self.standing))

    def action_thaw(self) -> None:
        """Opens the dialog that lets promotions pass its freezes."""
        if self.standing is not None and self.is_idle():
            from promoter.tui.place_dialogs import ThawDialog

            self._ask(ThawDialog(self.session, self.standing))

    def action_adopt(self) -> None:
        """Opens the dialog that declares what runs where the release comes from."""
        if self.standing is not None and self.is_idle():
            from promoter.tui.place_dialogs import AdoptDialog

            self._ask(AdoptDialog(self.session, self.standing.promotion.from_environment))

    def action_difference(self) -> None:
        """Opens what the promotion changes in its environment."""
        if self.standing is None:
            return
        from promoter.output.differing import show_difference
        from promoter.tui.told_screen import ToldScreen

        desk, name = self.session.desk, self.standing.promotion.id
        title = N_("What changes there")
        _ = self.app.push_screen(
            ToldScreen(self.session, title, lambda: desk.difference(name), show_difference)
        )

    def action_look_back(self) -> None:
        """Asks as of when, then opens how the promotion stood, or would stand, then."""
        if self.standing is not None:
            from promoter.tui.asking_dialogs import LookBackDialog

            _ = self.app.push_screen(LookBackDialog(self.session), self._looked_back)

    def _looked_back(self, when: str | None) -> None:
        if when is None or self.standing is None:
            return
        from promoter.output.console import Style
        from promoter.output.standing import show_status
        from promoter.tui.told_screen import ToldScreen

        def show(console: "Console", found: "Standing") -> None:
            then = phrase(N_("As of {at:time}:"), at=found.at.isoformat())
            console.line((console.language.say(then), Style.WAITING))
            show_status(console, found)

        desk, name = self.session.desk, self.standing.promotion.id
        title = N_("Not as it is now")
        _ = self.app.push_screen(ToldScreen(self.session, title, lambda: desk.as_it_was(name, when), show))

    def action_evidence(self) -> None:
        """Opens the files and links that were given as evidence."""
        if self.standing is None:
            return
        from promoter.output.evidence import show_attachments
        from promoter.tui.told_screen import ToldScreen

        desk, name = self.session.desk, self.standing.promotion.id
        title = N_("Evidence")
        _ = self.app.push_screen(
            ToldScreen(self.session, title, lambda: desk.evidence(name), show_attachments)
        )

    def action_save_evidence(self) -> None:
        """Opens the dialog that saves one of these files."""
        if self.standing is not None:
            from promoter.tui.asking_dialogs import SaveEvidenceDialog

            _ = self.app.push_screen(SaveEvidenceDialog(self.session, self.standing.promotion.id), self._done)

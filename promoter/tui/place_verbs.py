"""What one does from a promotion's screen to the environment it goes into, and what one looks up there."""

from promoter.messages import N_
from promoter.tui.lookups import Lookups
from promoter.tui.whole_verbs import WholeVerbs


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

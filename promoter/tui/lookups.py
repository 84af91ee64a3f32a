"""What one looks up, and shares, from more than one screen."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import work
from textual.screen import Screen

from promoter.errors import PromoterError
from promoter.messages import N_
from promoter.tui.session import Session, tell

if TYPE_CHECKING:
    from promoter.output.console import Console
    from promoter.usecases.due import Deadline

    _Base = Screen[Any]
else:
    _Base = object


class Lookups(_Base):
    """What runs out, what the trail is worth, and sharing it; none has a key."""

    session: Session

    def action_due(self) -> None:
        """Opens what runs out soon."""
        from promoter.output.due import show_due
        from promoter.tui.told_screen import ToldScreen

        def show(console: "Console", found: "tuple[Sequence[Deadline], datetime]") -> None:
            show_due(console, *found)

        title = N_("What runs out within 30 days")
        _ = self.app.push_screen(ToldScreen(self.session, title, self.session.desk.deadlines, show))

    def action_verify(self) -> None:
        """Opens whether the trail can be trusted."""
        from promoter.output.verification import show_verification
        from promoter.tui.told_screen import ToldScreen

        desk, title = self.session.desk, N_("Whether the trail can be trusted")
        _ = self.app.push_screen(ToldScreen(self.session, title, desk.verification, show_verification))

    def action_roster(self) -> None:
        """Opens who may sign."""
        from promoter.output.people import show_roster
        from promoter.tui.told_screen import ToldScreen

        title = N_("Who may sign")
        _ = self.app.push_screen(ToldScreen(self.session, title, self.session.desk.roster, show_roster))

    def action_reconcile(self) -> None:
        """Asks for a deployment log, then opens what it and the trail do not tell alike."""
        from promoter.tui.asking_dialogs import DeploymentLogDialog

        _ = self.app.push_screen(DeploymentLogDialog(self.session), self._reconciled)

    def _reconciled(self, log: str | None) -> None:
        from promoter.output.reconciling import show_reconciliation
        from promoter.tui.told_screen import ToldScreen

        if log is not None:
            desk, title = self.session.desk, N_("The deployment log and the trail")
            _ = self.app.push_screen(
                ToldScreen(self.session, title, lambda: desk.reconciliation(log), show_reconciliation)
            )

    def changed(self) -> object:
        """Reads the trail again, after something came in."""
        raise NotImplementedError

    @work(group="sync")
    async def action_sync(self) -> None:
        """Fetches, merges and pushes the trail, and says how much went each way."""
        from promoter.output.sharing import show_sync
        from promoter.tui.transcript import Transcript

        tell(self.app, self.session.language.gettext(N_("Sharing the trail…")))
        try:
            report = await self.session.write(self.app, self.session.desk.sync)
        except PromoterError as error:
            tell(self.app, self.session.explain(error), wrong=True)
            return
        told = Transcript(self.session.language)
        show_sync(told, report)
        tell(self.app, told.text)
        _ = self.changed()

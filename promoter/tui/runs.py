"""Running checks from the promotion screen: what needs consent is asked for first, then each is watched."""

import asyncio
from collections.abc import Iterable
from threading import Event
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.timer import Timer

from promoter.errors import PromoterError, UsageError
from promoter.messages import N_, NP_, phrase
from promoter.tui.desk import Progress, Scope
from promoter.tui.itemlist import ItemList
from promoter.tui.place_verbs import PlaceVerbs
from promoter.tui.session import tell

if TYPE_CHECKING:
    from promoter.gate import ItemStanding
    from promoter.model.outcome import Outcome
    from promoter.tui.consent_dialog import ConsentDialog
    from promoter.tui.progress import LiveRun
    from promoter.usecases.standing import Standing

_SPIN_SECONDS = 0.12


class RunEnded(Message):
    """A run has come to its end, and is recorded."""


class Runs(PlaceVerbs):
    """The runs of the promotion screen, one at a time. `held_back` is what the last runs skipped because
    nobody agreed to it: it is not on the trail."""

    live: "LiveRun | None"
    held_back: "dict[tuple[str, str], Outcome]"
    _stop: Event
    _spinner: Timer | None
    _dialog: "ConsentDialog | None" = None

    def draw(self) -> None:
        """Draws everything anew."""
        raise NotImplementedError

    def draw_run(self) -> None:
        """Draws how far the run is."""
        raise NotImplementedError

    def draw_detail(self) -> None:
        """Draws the item under the cursor."""
        raise NotImplementedError

    def action_run_item(self) -> None:
        """Runs the checks of the item under the cursor."""
        found = self.current
        if not self.may_write() or not self.of_item() or found is None:
            return
        if not found.checks:
            self._say(N_("{item} has no check: people answer it. s signs it off."), item=found.item.id)
            return
        self._start((found,), Scope((found.item.id,)))

    def action_run_all(self) -> None:
        """Runs the checks of every item."""
        if self.standing is None or not self.may_write():
            return
        checked = [each for each in self.standing.decision.items if each.checks]
        if checked:
            self._start(checked, Scope())
        else:
            self._say(N_("No item has a check: people answer them all."))

    def action_run_unsatisfied(self) -> None:
        """Runs the checks that do not pass."""
        if self.standing is None or not self.may_write():
            return
        items = self.standing.decision.items
        unsatisfied = [each for each in items if not all(check.passes for check in each.checks)]
        if unsatisfied:
            self._start(unsatisfied, Scope(unsatisfied=True))
        else:
            self._say(N_("Every check passes: there is nothing to run again. R runs them all."))

    def action_refresh(self) -> None:
        """Lists what went stale or expired, from where its checks can be run again."""
        if self.standing is None or not self.may_write():
            return
        from promoter.usecases.refreshing import outdated

        found = outdated(self.standing.decision)
        if not found:
            self._say(N_("Nothing went stale or expired."))
            return
        from promoter.tui.outdated_screen import OutdatedScreen

        _ = self.app.push_screen(OutdatedScreen(self.session, self.standing, found, self._refresh))

    def _refresh(self, checks: frozenset[tuple[str, str]]) -> None:
        if self.standing is not None and self.may_write():
            self._start(self.standing.decision.items, Scope(checks=checks))

    def interrupt(self) -> bool:
        """Stops the run that is going on; whether there was one."""
        if self.live is None:
            return False
        self._stop.set()
        if self._dialog is not None:
            self._dialog.action_cancel()
            return True
        self.live.stopping = True
        self.draw_run()
        return True

    def _start(self, items: "Iterable[ItemStanding]", scope: Scope) -> None:
        from promoter.tui.progress import LiveRun

        if self.standing is None:
            return
        self._stop = Event()
        wanted = ((each.item.id, check.spec.id) for each in items for check in each.checks)
        self.live = LiveRun(each for each in wanted if not scope.checks or each in scope.checks)
        self._spinner = self._spinner or self.set_interval(_SPIN_SECONDS, self._spin, pause=True)
        self._spinner.resume()
        self.draw()
        self._prepare(self.standing, self.live, scope)

    @work(group="run")
    async def _prepare(self, standing: "Standing", live: "LiveRun", scope: Scope) -> None:
        """Finds out what is to run; asks a person first where something needs consent."""
        session = self.session
        try:
            prospect = await session.ask(session.desk.prospect, standing.promotion.id, scope)
        except PromoterError as error:
            tell(self.app, session.explain(error), wrong=not isinstance(error, UsageError))
            self._end()
            return
        live.plan(prospect.checks)
        self.draw()
        if not prospect.asks or self._stop.is_set():
            self._go_on(standing, live, scope, frozenset())
            return
        from promoter.tui.consent_dialog import ConsentDialog

        live.asking = True
        self.draw_run()
        self._dialog = dialog = ConsentDialog(session, standing, prospect.asks)

        def answered(done: str | None) -> None:
            self._dialog, live.asking = None, False
            self._go_on(standing, live, scope, dialog.consents if done is not None else None)

        _ = self.app.push_screen(dialog, answered)

    def _go_on(
        self, standing: "Standing", live: "LiveRun", scope: Scope, consents: frozenset[str] | None
    ) -> None:
        if consents is None or self._stop.is_set():
            self._say(N_("Nothing was run."))
            self._end()
        else:
            self._run(standing.promotion.id, live, scope, consents)

    @work(group="run")
    async def _run(self, promotion: str, live: "LiveRun", scope: Scope, consents: frozenset[str]) -> None:
        stop, loop, desk = self._stop, asyncio.get_running_loop(), self.session.desk

        def listen(progress: Progress) -> None:
            loop.call_soon_threadsafe(self._hear, progress)

        try:
            recorded = await self.session.write(
                self.app, lambda: desk.run(promotion, scope, consents, listen, stop)
            )
            self._keep_held_back(live)
            self._tell(live, recorded=recorded)
        except PromoterError as error:
            tell(self.app, self.session.explain(error), wrong=not isinstance(error, UsageError))
        self._end()

    def _end(self) -> None:
        self.live = None
        if self._spinner is not None:
            self._spinner.pause()
        self.draw()
        self.action_reload()
        self.post_message(RunEnded())

    def on_unmount(self) -> None:
        """Whatever ends the screen ends the run, which records what has finished."""
        self._stop.set()

    def _keep_held_back(self, live: "LiveRun") -> None:
        from promoter.usecases.news import observed_anything

        for key, outcome in live.outcomes.items():
            if observed_anything(outcome):
                self.held_back.pop(key, None)
            else:
                self.held_back[key] = outcome

    def _tell(self, live: "LiveRun", *, recorded: bool) -> None:
        held_back = len(live.outcomes.keys() & self.held_back.keys())
        count, told = len(live.outcomes) - held_back, []
        if live.stopping:
            told.append(NP_("Stopped: {count} check had finished", "Stopped: {count} checks had finished"))
        elif count and recorded:
            told.append(NP_("{count} check ran and is recorded", "{count} checks ran and are recorded"))
        elif count:
            told.append(
                NP_("{count} check ran: nothing new to record", "{count} checks ran: nothing new to record")
            )
        words = [self.session.language.say(phrase(each, count=count)) for each in told]
        if held_back:
            skipped = NP_(
                "{count} check was skipped: you did not agree to it",
                "{count} checks were skipped: you did not agree to them",
            )
            words.append(self.session.language.say(phrase(skipped, count=held_back)))
        if words:
            tell(self.app, "\n".join(words))

    def _hear(self, progress: Progress) -> None:
        if self.live is not None and self.is_running:
            self.live.hear(progress)
            self._spin()
            if self.current is not None and self.current.item.id == progress.item:
                self.draw_detail()

    def _spin(self) -> None:
        if self.live is not None and self.standing is not None:
            self.query_one(ItemList).turn()
            self.draw_run()

    def _say(self, template: str, **parameters: str) -> None:
        tell(self.app, self.session.language.say(phrase(template, **parameters)))

"""The desk of a real work tree: every question is one use case."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

from promoter.errors import PromoterError
from promoter.messages import Language
from promoter.tui.decisions import Decisions
from promoter.tui.desk import Listener, Progress, Prospect, Scope

if TYPE_CHECKING:
    from datetime import datetime

    from promoter.model.consent import Ask
    from promoter.promotion import RunsIn
    from promoter.run import RunEvent
    from promoter.trail.verify import Verification
    from promoter.usecases.amending import Plan
    from promoter.usecases.board import Board
    from promoter.usecases.differing import Difference
    from promoter.usecases.due import Deadline
    from promoter.usecases.evidence import Attachment, Fetched
    from promoter.usecases.identity import Identity
    from promoter.usecases.planning import Agenda
    from promoter.usecases.reconciling import Reconciliation
    from promoter.usecases.rosters import RosterView
    from promoter.usecases.running import Wishes
    from promoter.usecases.settings import Settings
    from promoter.usecases.standing import Standing
    from promoter.usecases.voices import Declaration, Statement
    from promoter.usecases.workspace import Workspace

T = TypeVar("T")
_STOP_SECONDS = 0.1
_SOON = "30d"


class Office(Decisions):
    """Opens the workspace anew for each question, so that files edited meanwhile are seen and no two
    threads share one. Checks run on an event loop of their own. What is heavy is imported by the thread
    that asks."""

    def __init__(self, settings: "Settings", language: Language) -> None:
        super().__init__(settings)
        self._language = language
        self._watched: Workspace | None = None

    def status(self, promotion: str | None) -> "Standing | Board":
        """See `Desk.status`."""
        from promoter.usecases.board import board
        from promoter.usecases.standing import status

        with self._workspace() as workspace:
            if promotion is None and len(workspace.state.open_promotions) != 1:
                return board(workspace)
            return status(workspace, promotion)

    def board(self) -> "Board":
        """See `Desk.board`."""
        from promoter.usecases.board import board

        with self._workspace() as workspace:
            return board(workspace)

    def tip(self) -> str | None:
        """See `Desk.tip`; None as well when it cannot be told: reading the trail then says why."""
        try:
            if self._watched is None:
                self._watched = self._workspace()
            return self._watched.trail.tip
        except PromoterError:
            self._watched = None
            return None

    def identity(self) -> "Identity":
        """See `Desk.identity`."""
        from promoter.usecases.identity import identity

        with self._workspace() as workspace:
            return identity(workspace)

    def statement(self, standing: "Standing", item: str) -> "Statement":
        """See `Desk.statement`."""
        from promoter.usecases.voices import statement

        with self._workspace() as workspace:
            return statement(workspace, standing, item)

    def approval(self, standing: "Standing") -> "Declaration":
        """See `Desk.approval`."""
        from promoter.usecases.approving import approval

        with self._workspace() as workspace:
            return approval(workspace, standing)

    def amendment(self, promotion: str, amendment: str) -> "Plan":
        """See `Desk.amendment`."""
        from promoter.usecases.amending import agreed

        with self._workspace() as workspace:
            return agreed(workspace, promotion, amendment)

    def proposal(
        self, promotion: str, reason: str, release: str | None, commit: str | None, *, rules: bool
    ) -> "Plan":
        """See `Desk.proposal`."""
        from promoter.usecases.amending import proposed

        with self._workspace() as workspace:
            return proposed(workspace, promotion, reason, release=release, commit=commit, rules=rules)

    def earlier(self, environment: str) -> "tuple[RunsIn, ...]":
        """See `Desk.earlier`."""
        with self._workspace() as workspace:
            runs = workspace.state.runs_in.get(environment)
            there = workspace.whole_state.reached.get(environment, ())
        last = {each.release: each for each in there if runs is None or each.release != runs.release}
        return tuple(sorted(last.values(), key=lambda each: each.since, reverse=True))

    def prospect(self, promotion: str, scope: Scope) -> Prospect:
        """See `Desk.prospect`."""
        from promoter.usecases.running import prospect

        with self._workspace() as workspace:
            plan, asks = prospect(workspace, promotion, _wishes(scope))
        return Prospect(tuple((each.item, each.check.id) for each in plan), asks)

    def agree(self, asks: "tuple[Ask, ...]") -> None:
        """See `Desk.agree`."""
        from promoter.usecases.consent import agree

        with self._workspace() as workspace:
            agree(workspace, asks)

    def run(
        self, promotion: str, scope: Scope, consents: frozenset[str], listen: Listener, stop: Event
    ) -> bool:
        """See `Desk.run`."""
        from promoter.usecases.running import run

        wishes = _wishes(scope, consents)
        with self._deciding() as workspace:
            work = run(workspace, promotion, wishes, on_event=_heard(listen))
            report = asyncio.run(_until(stop, work))
        return report is None or report.recorded is not None

    def promote(
        self, promotion: str, comment: str, expected_tip: str | None, listen: Listener, stop: Event
    ) -> bool:
        """See `Desk.promote`."""
        from promoter.usecases.promoting import promote

        with self._deciding() as workspace:
            work = promote(
                workspace, promotion, comment=comment, expected_tip=expected_tip, on_event=_heard(listen)
            )
            return asyncio.run(_until(stop, work)) is not None

    def open(self, transition: str, release: str, commit: str | None, comment: str) -> str:
        """See `Desk.open`."""
        from promoter.usecases.opening import open_promotion

        with self._deciding() as workspace:
            return open_promotion(workspace, transition, release, commit, comment).standing.promotion.id

    def agenda(self, promotion: str) -> "Agenda":
        """See `Desk.agenda`."""
        from promoter.usecases.planning import agenda

        with self._workspace() as workspace:
            return agenda(workspace, promotion)

    def difference(self, promotion: str) -> "Difference":
        """See `Desk.difference`."""
        from promoter.usecases.differing import difference

        with self._workspace() as workspace:
            return difference(workspace, promotion=promotion)

    def deadlines(self) -> "tuple[tuple[Deadline, ...], datetime]":
        """See `Desk.deadlines`."""
        from promoter.usecases.due import deadlines

        with self._workspace() as workspace:
            return deadlines(workspace, _SOON), workspace.now()

    def verification(self) -> "Verification":
        """See `Desk.verification`."""
        from promoter.usecases.verifying import verify

        with self._workspace() as workspace:
            return verify(workspace)

    def as_it_was(self, promotion: str, when: str) -> "Standing":
        """See `Desk.as_it_was`."""
        from promoter.usecases.elsewhen import status_at

        with self._workspace() as workspace:
            return status_at(workspace, promotion, when)

    def reconciliation(self, log: str) -> "Reconciliation":
        """See `Desk.reconciliation`."""
        from promoter.usecases.reconciling import reconcile

        with self._workspace() as workspace:
            return reconcile(workspace, Path(log).expanduser())

    def roster(self) -> "RosterView":
        """See `Desk.roster`."""
        from promoter.usecases.rosters import roster_show

        with self._workspace() as workspace:
            return roster_show(workspace)

    def evidence(self, promotion: str) -> "tuple[Attachment, ...]":
        """See `Desk.evidence`."""
        from promoter.usecases.evidence import given

        with self._workspace() as workspace:
            return given(workspace, promotion)

    def save_evidence(self, promotion: str, wanted: str, file: str) -> "Fetched":
        """See `Desk.save_evidence`."""
        from promoter.usecases.evidence import fetch, write_evidence

        with self._workspace() as workspace:
            fetched = fetch(workspace, wanted, promotion)
        write_evidence(Path(file).expanduser(), fetched.content, force=False)
        return fetched

    def report(self, promotion: str) -> str:
        """See `Desk.report`."""
        from promoter.usecases.reporting import report

        with self._workspace() as workspace:
            return report(workspace, promotion, language=self._language.code).markdown


def _wishes(scope: Scope, consents: frozenset[str] = frozenset()) -> "Wishes":
    from promoter.usecases.running import Recording, Wishes

    recording = Recording.ALWAYS if scope.checks else Recording.NEWS
    return Wishes(
        items=scope.items,
        checks=scope.checks,
        unsatisfied=scope.unsatisfied,
        recording=recording,
        consents=consents,
    )


def _heard(listen: Listener) -> "Callable[[RunEvent], None]":
    from promoter.run import Finished

    def hear(event: "RunEvent") -> None:
        if isinstance(event, Finished):
            listen(Progress(event.outcome.item, event.outcome.check, event.outcome.outcome))
        else:
            listen(Progress(event.planned.item, event.planned.check.id))

    return hear


async def _until(stop: Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Awaits the work; cancels it once `stop` is set, and lets it record what has finished. None when it
    was cancelled."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait((task,), timeout=_STOP_SECONDS)
        if stop.is_set() and not task.done():
            task.cancel()
            await asyncio.wait((task,))
    return None if task.cancelled() else task.result()

"""What people decide at a desk: each decision is one use case."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from promoter.messages import N_, Message, Phrase, Sayable, phrase
from promoter.tui.desk import NO_EVIDENCE, Given, SignOffForm

if TYPE_CHECKING:
    from promoter.promotion import RunsIn
    from promoter.trail.sync import SyncReport
    from promoter.usecases.amending import Plan
    from promoter.usecases.delivering import Deliveries
    from promoter.usecases.settings import Settings
    from promoter.usecases.workspace import Workspace


class Decisions:
    """The part of an office that writes to the trail. What is heavy is imported by the thread that asks."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._under_way: list[Deliveries] = []
        self._untold: list[Sayable] = []
        self._telling = Lock()

    def not_told(self) -> "tuple[Sayable, ...]":
        """See `Desk.not_told`."""
        with self._telling:
            under_way, self._under_way = self._under_way, []
            untold, self._untold = self._untold, []
        for each in under_way:
            each.wait()
            untold += each.failed
        return tuple(untold)

    def sign(self, promotion: str, item: str, form: SignOffForm) -> None:
        """See `Desk.sign`."""
        from promoter.usecases import voices

        with self._deciding() as workspace:
            voices.sign(
                workspace,
                promotion,
                item,
                comment=form.comment,
                fields=form.fields,
                links=form.links,
                files=form.files,
            )

    def approve(self, promotion: str, form: SignOffForm) -> None:
        """See `Desk.approve`."""
        from promoter.usecases.approving import approve

        with self._deciding() as workspace:
            approve(
                workspace,
                promotion,
                comment=form.comment,
                fields=form.fields,
                links=form.links,
                files=form.files,
            )

    def revoke_approval(self, promotion: str, reason: str) -> None:
        """See `Desk.revoke_approval`."""
        from promoter.usecases.approving import revoke_approval

        with self._deciding() as workspace:
            revoke_approval(workspace, promotion, reason)

    def reject_promotion(self, promotion: str, reason: str, given: Given = NO_EVIDENCE) -> None:
        """See `Desk.reject_promotion`."""
        from promoter.usecases.approving import reject_promotion

        with self._deciding() as workspace:
            reject_promotion(workspace, promotion, reason, links=given.links, files=given.files)

    def reject(self, promotion: str, item: str, reason: str, given: Given = NO_EVIDENCE) -> None:
        """See `Desk.reject`."""
        from promoter.usecases import voices

        with self._deciding() as workspace:
            voices.reject(workspace, promotion, item, reason, links=given.links, files=given.files)

    def revoke(self, promotion: str, item: str, reason: str) -> None:
        """See `Desk.revoke`."""
        from promoter.usecases import voices

        with self._deciding() as workspace:
            voices.revoke(workspace, promotion, item, reason)

    def waive(self, promotion: str, item: str, reason: str, until: str) -> None:
        """See `Desk.waive`."""
        from promoter.usecases.exempting import waive

        with self._deciding() as workspace:
            waive(workspace, promotion, item, reason, until=until)

    def exclude(self, promotion: str, item: str, reason: str) -> None:
        """See `Desk.exclude`."""
        from promoter.usecases.exempting import exclude

        with self._deciding() as workspace:
            exclude(workspace, promotion, item, reason)

    def sync(self) -> "SyncReport":
        """See `Desk.sync`."""
        from promoter.usecases.sharing import sync

        with self._workspace() as workspace:
            return sync(workspace)

    def hold(self, environment: str, reason: str, release: str | None = None) -> None:
        """See `Desk.hold`."""
        from promoter.usecases.stopping import hold

        with self._deciding() as workspace:
            hold(workspace, reason, environment=environment, release=release)

    def lift(self, hold: str, reason: str) -> None:
        """See `Desk.lift`."""
        from promoter.usecases.stopping import lift

        with self._deciding() as workspace:
            lift(workspace, reason, hold)

    def freeze(self, environment: str, reason: str, until: str, begins: str | None) -> None:
        """See `Desk.freeze`."""
        from promoter.usecases.stopping import freeze

        with self._deciding() as workspace:
            freeze(workspace, environment, reason, until=until, begins=begins)

    def thaw(self, environment: str, reason: str, until: str) -> tuple[Message, ...]:
        """See `Desk.thaw`."""
        from promoter.usecases.stopping import not_thawed, thaw

        with self._deciding() as workspace:
            recorded = thaw(workspace, environment, reason, until=until)
            return tuple(not_thawed(workspace, recorded))

    def adopt(self, environment: str, release: str, commit: str | None, reason: str) -> None:
        """See `Desk.adopt`."""
        from promoter.usecases.opening import adopt

        with self._deciding() as workspace:
            adopt(workspace, environment, release, commit, reason)

    def comment(self, promotion: str, item: str | None, words: str, given: Given = NO_EVIDENCE) -> None:
        """See `Desk.comment`."""
        from promoter.usecases.commenting import comment

        with self._deciding() as workspace:
            comment(workspace, promotion, item, words, links=given.links, files=given.files)

    def amend(self, plan: "Plan", comment: str) -> None:
        """See `Desk.amend`."""
        from promoter.usecases.amending import amend

        with self._deciding() as workspace:
            content = replace(plan.content, reason=comment or plan.content.reason)
            amend(workspace, replace(plan, content=content))

    def withdraw(self, promotion: str, amendment: str, reason: str) -> None:
        """See `Desk.withdraw`."""
        from promoter.usecases.amending import withdraw

        with self._deciding() as workspace:
            withdraw(workspace, promotion, amendment, reason)

    def abandon(self, promotion: str, reason: str) -> None:
        """See `Desk.abandon`."""
        from promoter.usecases.opening import abandon

        with self._deciding() as workspace:
            abandon(workspace, promotion, reason)

    def deployed(self, promotion: str, at: str | None, url: str | None, comment: str) -> tuple[Message, ...]:
        """See `Desk.deployed`."""
        from promoter.usecases.deploying import deployed, doubts

        with self._deciding() as workspace:
            recorded = deployed(workspace, None, promotion, at=at, url=url, comment=comment)
            return tuple(doubts(workspace, recorded))

    def rolled_back(self, to: "RunsIn", reason: str, at: str | None) -> tuple[Message, ...]:
        """See `Desk.rolled_back`."""
        from promoter.usecases.deploying import doubts, rolled_back

        with self._deciding() as workspace:
            back_to = to.release.commit or to.release.name
            recorded = rolled_back(workspace, to.environment, back_to, reason, at=at)
            return tuple(doubts(workspace, recorded))

    def break_glass(self, promotion: str, reason: str) -> tuple[Message, ...]:
        """See `Desk.break_glass`."""
        from promoter.usecases.emergency import break_glass, unpaid_for_ever

        with self._deciding() as workspace:
            break_glass(workspace, promotion, reason)
            return tuple(unpaid_for_ever(workspace, promotion))

    def settle(self, promotion: str, reason: str) -> None:
        """See `Desk.settle`."""
        from promoter.usecases.emergency import settle

        with self._deciding() as workspace:
            settle(workspace, promotion, reason)

    @contextmanager
    def _deciding(self) -> "Iterator[Workspace]":
        """The workspace, for what writes; who is told of it is not waited for."""
        workspace = self._workspace()
        try:
            yield workspace
        finally:
            with self._telling:
                self._under_way += workspace.deliveries
                self._untold += [*workspace.not_notified, *_not_shared(workspace)]
            workspace.deliveries.clear()
            workspace.close()

    def _workspace(self) -> "Workspace":
        from promoter.usecases.workspace import Workspace

        return Workspace.open(self._settings)


def _not_shared(workspace: "Workspace") -> Iterator[Phrase]:
    if workspace.not_shared is not None:
        why = workspace.not_shared.wrong
        yield phrase(N_("recorded here, and not shared yet: {why}"), why=why)

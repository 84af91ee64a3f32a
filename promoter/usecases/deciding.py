"""What the gate answers a promotion, of everything that the trail says and the repository has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from promoter.gate import Debt, Decision, decide
from promoter.promotion import Promotion, RunsIn, Stage, fold
from promoter.usecases.arrivals import heeded, looked_into
from promoter.usecases.authorship import authors_for
from promoter.usecases.pinned import Rules, rules_of, with_relooked
from promoter.usecases.workspace import Workspace


def promotion_of(workspace: Workspace, promotion: str) -> Promotion | None:
    """One promotion, folded from the trail, with what its checks look at since when; None when nothing that counts opened
    it."""
    records = workspace.records_of(promotion)
    state = workspace.state_of(promotion)
    declared = state.declared_for(promotion)
    folded = fold(records.recorded, records.unreadable, declared=declared, admins=state.admins)
    return folded and with_relooked(workspace, folded)


def decision_of(workspace: Workspace, promotion: Promotion, rules: Rules, at: datetime) -> Decision:
    """What the gate answers a promotion at a moment (UTC), by rules that may be other than it pinned."""
    state = workspace.state_of(promotion.id)
    as_of = state.as_of(promotion)
    return decide(
        rules.checklist,
        promotion,
        environment=rules.target,
        roster=as_of.roster,
        reached=_indebted(
            workspace,
            promotion,
            looked_into(workspace, promotion.release, rules.checklist.from_environment, as_of.reached),
        ),
        now=at,
        newer=state.newer,
        stops=heeded(as_of.stops, rules),
        authors=authors_for(workspace, promotion, rules.target, as_of),
        debtors=_debtors(workspace, promotion, rules),
    )


def debts(workspace: Workspace) -> tuple[tuple[Promotion, Debt], ...]:
    """Every promotion that was promoted by breaking the glass and whose debt stands."""
    if workspace.debts is None:
        workspace.debts = tuple(_debts(workspace))
    return workspace.debts


def _debts(workspace: Workspace) -> Iterator[tuple[Promotion, Debt]]:
    for each in sorted(workspace.state.glasses):
        promotion = promotion_of(workspace, each)
        if promotion is None or promotion.stage is not Stage.PROMOTED:
            continue
        glass = decision_of(workspace, promotion, rules_of(workspace, promotion), workspace.now()).glass
        if glass is not None and glass.debt is not None and glass.debt.stands:
            yield promotion, glass.debt


def _debtors(workspace: Workspace, promotion: Promotion, rules: Rules) -> tuple[str, ...]:
    """The promotions whose debt keeps an open one out of its target."""
    if promotion.stage is not Stage.OPEN:
        return ()
    names = {each.name for each in rules.pipeline.environments}
    return tuple(
        each.id
        for each, _ in debts(workspace)
        if each.opened.entry.pipeline == promotion.opened.entry.pipeline
        and (each.to_environment == promotion.to_environment or each.to_environment not in names)
    )


def _indebted(workspace: Workspace, promotion: Promotion, arrivals: tuple[RunsIn, ...]) -> tuple[RunsIn, ...]:
    """The arrivals where an open promotion comes from, with those marked whose debt for a broken glass stands."""
    if promotion.stage is not Stage.OPEN or not workspace.state.glasses:
        return arrivals
    owing = {each.closed_by.commit: each.id for each, _ in debts(workspace) if each.closed_by is not None}
    return tuple(replace(each, owed_by=owing.get(each.recorded.commit)) for each in arrivals)

"""What to do next about a promotion: the gate's plan, for whoever is at the keyboard."""

import shlex
from datetime import datetime

from promoter.errors import CannotAct
from promoter.frozen import frozen
from promoter.gate import Decision
from promoter.gate.case import Case
from promoter.gate.plan import Plan, Step, Way
from promoter.gate.planning import plan_next
from promoter.model.roster import Actor
from promoter.usecases.authorship import authors_for
from promoter.usecases.identity import identity
from promoter.usecases.standing import Standing, chosen_promotion, must_be_shared, standing_of
from promoter.usecases.workspace import Workspace


@frozen
class Agenda:
    """Where a promotion stands, what is to be done about it, and who asks (None when git names nobody). `unshared` when
    its target asks for the trail to be shared before anything is promoted, and it is not. `named` are the words of a
    command line that name the promotion, where they are needed."""

    standing: Standing
    plan: Plan
    me: Actor | None
    unshared: bool = False
    named: tuple[str, ...] = ()

    @property
    def mine(self) -> tuple[Step, ...]:
        """The steps that are open to who asks."""
        return tuple(each for each in self.plan.steps if each.mine)


def agenda(workspace: Workspace, promotion: str | None = None) -> Agenda:
    """What to do next about a promotion, as `status` chooses it.

    Raises UsageError when it is not clear which promotion is meant, TrailUntrusted, CannotAct.
    """
    chosen = chosen_promotion(workspace, promotion, reading=True)
    standing = standing_of(workspace, chosen, workspace.now())
    as_of = workspace.state_of(chosen.id).as_of(chosen)
    authors = authors_for(workspace, chosen, standing.target, as_of)
    case = Case(standing.checklist, chosen, standing.target, as_of.roster, standing.at, authors)
    several = len(workspace.state.open_promotions) > 1

    def ask(at: datetime) -> Decision:
        return standing.decision if at == standing.at else standing_of(workspace, chosen, at).decision

    me = _me(workspace)
    named = ("-p", chosen.id) if several else ()
    plan = plan_next(case, ask, as_of.stops, me=me, named=named)
    return Agenda(standing, plan, me, unshared=must_be_shared(standing), named=named)


def typed(way: Way) -> str:
    """What to type, quoted for a shell."""
    return shlex.join(way.command)


def _me(workspace: Workspace) -> Actor | None:
    try:
        return identity(workspace).actor
    except CannotAct:
        return None

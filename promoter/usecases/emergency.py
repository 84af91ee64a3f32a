"""Breaking the glass in an emergency, and settling what that leaves."""

from collections.abc import Iterator, Mapping

from promoter.errors import Refused, UsageError
from promoter.gate import would_break
from promoter.gate.eligible import unpayable
from promoter.gate.emergency import breakers_of
from promoter.messages import N_, Message, Template, message, phrase
from promoter.model.authors import folded
from promoter.model.entry import BrokeGlass, EntryType, Recorded, Settled
from promoter.promotion import Stage
from promoter.usecases.answers import case_of
from promoter.usecases.debts import require_no_debt
from promoter.usecases.drafting import require_standing, write
from promoter.usecases.identity import identity
from promoter.usecases.opening import required_reason
from promoter.usecases.pinned import rules_of
from promoter.usecases.standing import chosen_promotion, standing_of
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "debt-unpayable": N_(
        "nobody but who broke the glass could give sign-offs that it would owe: {items}; put somebody on the roster who can"
    ),
    "debt-unapprovable": N_(
        "nobody but who broke the glass could give the approvals that it would owe; put somebody on the roster who can"
    ),
}


def break_glass(workspace: Workspace, promotion: str | None, reason: str) -> Recorded:
    """Opens the gate at once, over what holds it.

    Raises UsageError when nothing holds it, or it is not clear which promotion is meant; Refused when the
    environment has no rule for emergencies, this person is none of those it names, or an earlier debt
    stands; CannotAct.
    """
    chosen = chosen_promotion(workspace, promotion)
    who = identity(workspace)
    require_standing(workspace, who, person=True)
    standing = standing_of(workspace, chosen, workspace.now())
    if standing.decision.answer.is_open:
        raise UsageError(
            phrase(N_("the gate is open: there is no glass to break")), phrase(N_("promoter promote"))
        )
    why = would_break(rules_of(workspace, chosen).target, who.actor, who.roles, workspace.state.roster)
    if why is not None:
        raise Refused(
            phrase(N_("this would not count: {why}"), why=why),
            phrase(N_("'promoter explain' says who may open it at once, if anybody")),
        )
    require_no_debt(workspace, standing.target.name)
    content = BrokeGlass(required_reason(reason), standing.trail.tip or "", standing.trail.entries)
    return write(workspace, EntryType.BROKE_GLASS, content, promotion=chosen)


def unpaid_for_ever(workspace: Workspace, promotion: str | None) -> Iterator[Message]:
    """Warnings of what nobody could pay of the debt that the glass of a promotion would leave."""
    chosen = chosen_promotion(workspace, promotion)
    rules = rules_of(workspace, chosen)
    breakers = breakers_of(chosen)
    items, approval = unpayable(case_of(workspace, chosen, rules), breakers)
    if items:
        yield message("debt-unpayable", items=items)
    if approval:
        yield message("debt-unapprovable")


def settle(workspace: Workspace, promotion: str | None, reason: str) -> Recorded:
    """Says that the debt of a broken glass is settled, with what was found.

    Raises UsageError when there is no debt, Refused while sign-offs are missing or for who broke the glass,
    CannotAct.
    """
    chosen = chosen_promotion(workspace, promotion, settling=True)
    who = identity(workspace)
    require_standing(workspace, who, person=True)
    glass = standing_of(workspace, chosen, workspace.now()).decision.glass
    if chosen.stage is not Stage.PROMOTED or glass is None or glass.debt is None or not glass.debt.stands:
        raise UsageError(phrase(N_("{promotion} owes nothing"), promotion=chosen.id))
    if glass.debt.owed:
        owed = [each.item for each in glass.debt.owed]
        raise Refused(
            phrase(N_("sign-offs are still missing: {owed:list}"), owed=owed),
            phrase(N_("someone else than {by} gives them with promoter sign"), by=glass.by),
        )
    if glass.debt.approvals:
        raise Refused(
            phrase(N_("the promotion as a whole still lacks approvals")),
            phrase(N_("someone else than {by} gives them with promoter approve"), by=glass.by),
        )
    if folded(who.actor.id) in breakers_of(chosen):
        raise Refused(
            phrase(N_("you broke the glass: someone else says that its debt is settled")),
        )
    content = Settled(required_reason(reason))
    return write(workspace, EntryType.SETTLED, content, promotion=chosen)

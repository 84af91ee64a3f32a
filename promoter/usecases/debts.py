"""What broken glasses left to be done, environment by environment."""

from collections.abc import Iterator

from promoter.errors import Refused
from promoter.gate import Debt
from promoter.messages import N_, phrase
from promoter.promotion import Promotion
from promoter.usecases.standing import promotion_of, standing_of
from promoter.usecases.workspace import Workspace


def debts(workspace: Workspace) -> Iterator[tuple[Promotion, Debt]]:
    """Every promotion that was promoted by breaking the glass and whose debt stands."""
    for each in sorted(workspace.state.glasses):
        promotion = promotion_of(workspace, each)
        if promotion is None:
            continue
        glass = standing_of(workspace, promotion, workspace.now()).decision.glass
        if glass is not None and glass.debt is not None and glass.debt.stands:
            yield promotion, glass.debt


def require_no_debt(workspace: Workspace, environment: str) -> None:
    """Refuses what may not be done while a debt of that environment stands."""
    for promotion, debt in debts(workspace):
        if promotion.to_environment == environment:
            owed = [each.item for each in debt.owed]
            raise Refused(
                phrase(
                    N_("the debt of {promotion} stands: {environment} was opened by breaking the glass"),
                    promotion=promotion.id,
                    environment=environment,
                ),
                phrase(
                    N_(
                        "'promoter next -p {promotion}' says who does what, then promoter settle -p {promotion}"
                    ),
                    promotion=promotion.id,
                )
                if debt.approvals
                else phrase(
                    N_("others sign {owed:list} with -p {promotion}, then promoter settle -p {promotion}"),
                    owed=owed,
                    promotion=promotion.id,
                )
                if owed
                else phrase(
                    N_("someone else looks at it, then promoter settle -p {promotion}"),
                    promotion=promotion.id,
                ),
            )

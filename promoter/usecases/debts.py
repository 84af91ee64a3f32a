"""What broken glasses left to be done, and what may not be done while it is."""

from collections.abc import Iterator, Mapping

from promoter.errors import Refused
from promoter.messages import N_, Message, Template, message, phrase
from promoter.usecases.deciding import debts
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "debt-left": N_(
        "{promotion} was promoted by breaking the glass, and others owe what was missing: "
        "'promoter next -p {promotion}' says what and until when"
    ),
    "debt-left-overdue": N_(
        "{promotion} was promoted by breaking the glass, and what others owe is overdue: "
        "'promoter next -p {promotion}' says what"
    ),
}


def debts_left(workspace: Workspace) -> Iterator[Message]:
    """A warning of every such debt."""
    for promotion, debt in debts(workspace):
        overdue = debt.due is None or debt.due < workspace.now()
        yield message("debt-left-overdue" if overdue else "debt-left", promotion=promotion.id)


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

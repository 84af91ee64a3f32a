"""What a promotion's checks ask a person to agree to once and for all."""

from dataclasses import replace

from promoter.run import Planned, asks
from promoter.usecases.consent import Trusting, agreed_to
from promoter.usecases.pinned import rules_of
from promoter.usecases.running import surroundings_of
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace


def trusting(workspace: Workspace, promotion: str | None) -> Trusting:
    """What the checks of the promotion ask for that lasts; without an open promotion, only what was agreed to.

    Raises UsageError, CannotAct.
    """
    agreed = agreed_to(workspace)
    if promotion is None and not workspace.state.open_promotions:
        return Trusting((), agreed)
    chosen = chosen_promotion(workspace, promotion)
    rules = rules_of(workspace, chosen)
    plan = [Planned(item.id, item.digest, check) for item in rules.checklist.items for check in item.checks]
    with surroundings_of(workspace, chosen, rules) as surroundings:
        asked = asks(plan, replace(surroundings, consents=agreed.keys()))
    return Trusting(tuple(each for each in asked if each.lasting), agreed)

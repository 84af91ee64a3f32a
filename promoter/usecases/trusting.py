"""What a promotion's checks ask a person to agree to once and for all."""

from collections.abc import Mapping
from dataclasses import field

from promoter.frozen import frozen
from promoter.messages import Message
from promoter.model.consent import Ask, Asker
from promoter.run import asks
from promoter.usecases.consent import agreed_to
from promoter.usecases.notifying import notices_asked
from promoter.usecases.pinned import rules_of
from promoter.usecases.running import planned_of, surroundings_of
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace


@frozen
class Trusting:
    """What a promotion's checks ask for: `asked` may be agreed to once and for all, `each_time` for one run
    only; `agreed` is what has been, and `askers` which checks of the promotion ask for that."""

    asked: tuple[Ask, ...]
    agreed: Mapping[str, Message]
    each_time: tuple[Ask, ...] = ()
    askers: Mapping[str, tuple[Asker, ...]] = field(default_factory=dict)

    @property
    def asked_ids(self) -> list[str]:
        """The ids of what is still asked for."""
        return [each.id for each in self.asked]


def trusting(workspace: Workspace, promotion: str | None) -> Trusting:
    """What the checks of the promotion ask for, and the pipeline's notifications; without an open promotion, only
    these, and what was agreed to.

    Raises UsageError, CannotAct.
    """
    agreed = agreed_to(workspace)
    notices = notices_asked(workspace)
    new = tuple(each for each in notices if each.lasting and each.id not in agreed)
    if promotion is None and not workspace.state.open_promotions:
        return Trusting(new, agreed)
    chosen = chosen_promotion(workspace, promotion)
    rules = rules_of(workspace, chosen)
    with surroundings_of(workspace, chosen, rules) as surroundings:
        there = asks(planned_of(rules.checklist.items), surroundings)
    return Trusting(
        asked=(*(each for each in there if each.lasting and each.id not in agreed), *new),
        agreed=agreed,
        each_time=tuple(each for each in there if not each.lasting),
        askers={each.id: each.askers for each in there},
    )

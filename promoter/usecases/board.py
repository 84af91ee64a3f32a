"""What runs where, and which promotions there are: what every face shows of a pipeline as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from promoter.messages import Message
from promoter.model.environment import Pipeline
from promoter.promotion import Promotion, RunsIn
from promoter.trail.trail import TrailPosition
from promoter.usecases.around import not_followed
from promoter.usecases.debts import debts_left
from promoter.usecases.deciding import promotion_of
from promoter.usecases.loosening import names_gone
from promoter.usecases.own_trail import require_own_trail
from promoter.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Board:
    """The pipeline as a whole: what runs where, every promotion, newest first, and what is wrong with the trail."""

    pipeline: Pipeline
    runs_in: Mapping[str, RunsIn]
    promotions: tuple[Promotion, ...]
    trail: TrailPosition
    demo: bool
    warnings: tuple[Message, ...] = ()


def board(workspace: Workspace) -> Board:
    """What runs where and which promotions there are."""
    require_own_trail(workspace)
    state = workspace.state
    folded = (promotion_of(workspace, each) for each in reversed(state.promotions))
    return Board(
        pipeline=workspace.pipeline_unruled,
        runs_in=state.runs_in,
        promotions=tuple(each for each in folded if each is not None),
        trail=workspace.trail.position(),
        demo=state.demo,
        warnings=(*not_followed(workspace), *names_gone(workspace), *debts_left(workspace)),
    )

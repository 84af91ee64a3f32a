"""The trail as a whole, of as much of it as was read."""

from collections.abc import Sequence
from dataclasses import replace

from promoter.promotion import TrailState, fold_trail
from promoter.trail.projection import Brief


def folded(brief: Brief, asked: Sequence[str] = ()) -> TrailState:
    """The state of the trail. Every promotion that is over, and that nobody asked about, is settled."""
    state = fold_trail(brief.records.recorded, brief.records.unreadable)
    if not brief.settled and not asked:
        return state
    known = brief.settled.union(state.promotions)
    promotions = tuple(each for each in brief.promotions if each in known)
    over = frozenset(promotions).difference(state.open_promotions, asked)
    return replace(state, promotions=promotions, settled=over)

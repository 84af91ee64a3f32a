"""Entries folded into the state of the trail and of each promotion. Pure."""

from promoter.promotion.folding import PHRASES, fold
from promoter.promotion.overview import fold_trail
from promoter.promotion.state import AsOf, Promotion, RecordedOutcome, RunsIn, Stage, TrailState, Voice

__all__ = [
    "PHRASES",
    "AsOf",
    "Promotion",
    "RecordedOutcome",
    "RunsIn",
    "Stage",
    "TrailState",
    "Voice",
    "fold",
    "fold_trail",
]

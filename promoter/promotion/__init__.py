"""Entries folded into the state of the trail and of each promotion. Pure."""

from promoter.promotion.amending import Amendment, AmendmentState
from promoter.promotion.folding import PHRASES, fold
from promoter.promotion.overview import fold_trail
from promoter.promotion.state import AsOf, Promotion, RecordedOutcome, RunsIn, Stage, TrailState, Voice

__all__ = [
    "PHRASES",
    "Amendment",
    "AmendmentState",
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

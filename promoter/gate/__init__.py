"""The gate: checklist, promotion and time in; a decision with its reasons out. Pure and total."""

from promoter.gate.deciding import decide
from promoter.gate.decision import (
    Answer,
    CheckStanding,
    Decision,
    ExemptionStanding,
    Freeze,
    Hold,
    ItemStanding,
    ItemState,
    Reason,
    Seat,
    SignOffStanding,
    Validity,
)
from promoter.gate.exempting import objection
from promoter.gate.signing import possible_signers
from promoter.gate.words import NEXT, PHRASES

__all__ = [
    "NEXT",
    "PHRASES",
    "Answer",
    "CheckStanding",
    "Decision",
    "ExemptionStanding",
    "Freeze",
    "Hold",
    "ItemStanding",
    "ItemState",
    "Reason",
    "Seat",
    "SignOffStanding",
    "Validity",
    "decide",
    "objection",
    "possible_signers",
]

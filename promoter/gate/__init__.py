"""The gate: checklist, promotion and time in; a decision with its reasons out. Pure and total."""

from promoter.gate.case import accepts
from promoter.gate.deciding import decide
from promoter.gate.decision import (
    Answer,
    Approvals,
    CheckStanding,
    Debt,
    Decision,
    ExemptionStanding,
    Freeze,
    Glass,
    Hold,
    ItemStanding,
    ItemState,
    Owed,
    Reason,
    Seat,
    SignOffStanding,
    Validity,
)
from promoter.gate.emergency import would_break
from promoter.gate.exempting import objection
from promoter.gate.remedies import NEXT
from promoter.gate.signing import possible_signers
from promoter.gate.words import PHRASES

__all__ = [
    "NEXT",
    "PHRASES",
    "Answer",
    "Approvals",
    "CheckStanding",
    "Debt",
    "Decision",
    "ExemptionStanding",
    "Freeze",
    "Glass",
    "Hold",
    "ItemStanding",
    "ItemState",
    "Owed",
    "Reason",
    "Seat",
    "SignOffStanding",
    "Validity",
    "accepts",
    "decide",
    "objection",
    "possible_signers",
    "would_break",
]

"""The report's words for what the model and the gate name by code."""

from collections.abc import Mapping

from promoter.gate import Answer, Hold, ItemState, Validity
from promoter.messages import N_
from promoter.model.entry import EntryType, SignatureVerdict
from promoter.model.environment import AccessLevel, Data, Demand, Rule
from promoter.model.outcome import Verdict

ANSWERS: Mapping[Answer, str] = {
    Answer.BLOCKED: N_("BLOCKED"),
    Answer.OPEN: N_("OPEN"),
    Answer.OPEN_WITH_WAIVERS: N_("OPEN WITH WAIVERS"),
    Answer.OPEN_BREAK_GLASS: N_("OPEN BY BREAK-GLASS"),
    Answer.PROMOTED: N_("PROMOTED"),
    Answer.ABANDONED: N_("ABANDONED"),
}

HOLDS: Mapping[Hold, str] = {
    Hold.WAITING: N_("waiting"),
    Hold.FAILED: N_("failed"),
    Hold.UNKNOWN: N_("could not tell"),
}

STATES: Mapping[ItemState, tuple[str, str]] = {
    ItemState.WAITING: ("◌", N_("waiting")),
    ItemState.PASSING: ("✓", N_("passing")),
    ItemState.FAILING: ("✗", N_("failing")),
    ItemState.ERRORED: ("?", N_("could not tell")),
    ItemState.STALE: ("↻", N_("stale")),
    ItemState.EXPIRED: ("◷", N_("expired")),
    ItemState.REJECTED: ("⊘", N_("rejected")),
    ItemState.WAIVED: ("⊖", N_("waived")),
    ItemState.NOT_APPLICABLE: ("⊝", N_("not applicable")),
    ItemState.DONE: ("✓", N_("done")),
}

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.PASSED: ("✓", N_("passed")),
    Verdict.WARNED: ("!", N_("passed with a warning")),
    Verdict.FAILED: ("✗", N_("failed")),
    Verdict.ERRORED: ("?", N_("could not tell")),
    Verdict.SKIPPED: ("⊘", N_("skipped")),
}

VALIDITIES: Mapping[Validity, str] = {
    Validity.CURRENT: "",
    Validity.STALE: N_("stale"),
    Validity.EXPIRED: N_("expired"),
    Validity.MISSING: N_("missing"),
    Validity.OVERRIDDEN: N_("observed under overrides"),
}

SIGNATURES: Mapping[SignatureVerdict, str] = {
    SignatureVerdict.GOOD: N_("signed"),
    SignatureVerdict.BAD: N_("BAD SIGNATURE"),
    SignatureVerdict.UNKNOWN_KEY: N_("signed with an unknown key"),
    SignatureVerdict.UNSIGNED: N_("not signed"),
    SignatureVerdict.UNCHECKED: N_("signature not checked"),
}

CLAIMS: Mapping[SignatureVerdict, str] = {
    SignatureVerdict.GOOD: N_("claimed: signed, and no roster says by whom"),
    SignatureVerdict.BAD: N_("claimed: BAD SIGNATURE"),
    SignatureVerdict.UNKNOWN_KEY: N_("claimed: signed with an unknown key"),
    SignatureVerdict.UNSIGNED: N_("claimed, not signed"),
    SignatureVerdict.UNCHECKED: N_("claimed: signature not checked"),
}

ENTRIES: Mapping[EntryType, str] = {
    EntryType.OPENED: N_("promotion opened"),
    EntryType.AMENDED: N_("promotion amended"),
    EntryType.CHECKED: N_("checks run"),
    EntryType.SIGNED_OFF: N_("sign-off"),
    EntryType.REJECTED: N_("rejection"),
    EntryType.REVOKED: N_("revocation"),
    EntryType.NOT_APPLICABLE: N_("declared not applicable"),
    EntryType.WAIVED: N_("waiver"),
    EntryType.APPROVED: N_("approval"),
    EntryType.COMMENTED: N_("comment"),
    EntryType.PROMOTED: N_("promoted"),
    EntryType.DEPLOYED: N_("deployed"),
    EntryType.ROLLED_BACK: N_("rolled back"),
    EntryType.ABANDONED: N_("abandoned"),
    EntryType.BROKE_GLASS: N_("break-glass"),
    EntryType.SETTLED: N_("break-glass debt settled"),
    EntryType.REPORTED: N_("report handed over"),
}
"""Types of the trail itself never stand in a promotion; one that does is shown by its code."""

DATA: Mapping[Data, str] = {Data.SIMULATED: N_("simulated data"), Data.REAL: N_("real data")}

ACCESS: Mapping[AccessLevel, str] = {
    AccessLevel.INTERNAL: N_("internal"),
    AccessLevel.PUBLIC: N_("public"),
    AccessLevel.RESTRICTED: N_("restricted"),
}

DEMANDS: Mapping[Demand, str] = {Demand.OPTIONAL: N_("optional"), Demand.REQUIRED: N_("required")}

RULES: Mapping[Rule, str] = {Rule.ON: N_("enforced"), Rule.WARN: N_("warns"), Rule.OFF: N_("off")}

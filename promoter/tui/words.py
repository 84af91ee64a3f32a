"""The glyph, the word and the colour of every state. A glyph never stands without its word, and a
colour says nothing that the word does not. Glyphs are one cell wide in every locale."""

from collections.abc import Mapping

from promoter.frozen import frozen
from promoter.gate import Answer, Hold, ItemState, Validity
from promoter.messages import N_
from promoter.model.entry import EntryType, SignatureVerdict
from promoter.model.outcome import Verdict
from promoter.tui.styles import ACCENT, BAD, DIM, GOOD, PLAIN, WARN


@frozen
class Look:
    """How a state looks: `word` is English, to be translated."""

    glyph: str
    word: str
    style: str = PLAIN


ITEM_STATES: Mapping[ItemState, Look] = {
    ItemState.WAITING: Look("◌", N_("waiting"), WARN),
    ItemState.PASSING: Look("◌", N_("passing"), WARN),
    ItemState.FAILING: Look("✗", N_("failing"), BAD),
    ItemState.ERRORED: Look("?", N_("errored"), BAD),
    ItemState.STALE: Look("↻", N_("stale"), WARN),
    ItemState.EXPIRED: Look("◷", N_("expired"), WARN),
    ItemState.REJECTED: Look("⊘", N_("rejected"), BAD),
    ItemState.WAIVED: Look("⊖", N_("waived"), WARN),
    ItemState.NOT_APPLICABLE: Look("⊝", N_("not applicable"), DIM),
    ItemState.DONE: Look("✓", N_("done"), GOOD),
}

VERDICTS: Mapping[Verdict, Look] = {
    Verdict.PASSED: Look("✓", N_("passed"), GOOD),
    Verdict.WARNED: Look("!", N_("warned"), WARN),
    Verdict.FAILED: Look("✗", N_("failed"), BAD),
    Verdict.ERRORED: Look("?", N_("errored"), BAD),
    Verdict.SKIPPED: Look("⊘", N_("skipped"), DIM),
}

NOT_RUN = Look("◌", N_("not run"), DIM)
QUEUED = Look("◌", N_("queued"), DIM)
RUNNING = Look("▸", N_("running"), ACCENT)
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"

VALIDITIES: Mapping[Validity, Look] = {
    Validity.CURRENT: Look("✓", N_("current"), GOOD),
    Validity.STALE: Look("↻", N_("stale"), WARN),
    Validity.EXPIRED: Look("◷", N_("expired"), WARN),
    Validity.MISSING: Look("◌", N_("missing"), DIM),
    Validity.OVERRIDDEN: Look("↻", N_("does not count"), WARN),
}

ANSWERS: Mapping[Answer, Look] = {
    Answer.BLOCKED: Look("✗", N_("BLOCKED"), "bold $background on $error"),
    Answer.OPEN: Look("✓", N_("OPEN"), "bold $background on $success"),
    Answer.OPEN_WITH_WAIVERS: Look("!", N_("OPEN WITH WAIVERS"), "bold $background on $warning"),
    Answer.OPEN_BREAK_GLASS: Look("!", N_("OPEN BY BREAK-GLASS"), "bold $background on $warning"),
    Answer.PROMOTED: Look("✓", N_("PROMOTED"), "bold $background on $success"),
    Answer.ABANDONED: Look("⊘", N_("ABANDONED"), "bold $background on $warning"),
}

HOLDS: Mapping[Hold, Look] = {
    Hold.FAILED: Look("✗", N_("failed"), "bold $background on $error"),
    Hold.UNKNOWN: Look("?", N_("could not tell"), "bold $background on $error"),
    Hold.WAITING: Look("◌", N_("waiting"), "bold $background on $warning"),
}

SIGNATURES: Mapping[SignatureVerdict, Look] = {
    SignatureVerdict.GOOD: Look("✓", N_("signed"), GOOD),
    SignatureVerdict.BAD: Look("✗", N_("bad signature"), BAD),
    SignatureVerdict.UNKNOWN_KEY: Look("?", N_("unknown key"), BAD),
    SignatureVerdict.UNSIGNED: Look("◌", N_("not signed"), WARN),
    SignatureVerdict.UNCHECKED: Look("?", N_("signature not checked"), WARN),
}

ENTRY_TYPES: Mapping[EntryType, Look] = {
    EntryType.GENESIS: Look("▸", N_("started the trail")),
    EntryType.ROSTER: Look("▸", N_("changed the roster")),
    EntryType.ADOPTED: Look("▸", N_("adopted")),
    EntryType.OPENED: Look("▸", N_("opened"), ACCENT),
    EntryType.AMENDED: Look("~", N_("amended"), WARN),
    EntryType.CHECKED: Look("▸", N_("ran the checks"), DIM),
    EntryType.SIGNED_OFF: Look("✓", N_("signed off"), GOOD),
    EntryType.APPROVED: Look("✓", N_("approved"), GOOD),
    EntryType.REJECTED: Look("⊘", N_("rejected"), BAD),
    EntryType.REVOKED: Look("↻", N_("took back"), WARN),
    EntryType.COMMENTED: Look("▸", N_("commented")),
    EntryType.WAIVED: Look("⊖", N_("waived"), WARN),
    EntryType.NOT_APPLICABLE: Look("⊝", N_("said it does not apply"), DIM),
    EntryType.HELD: Look("⊘", N_("stopped the line"), BAD),
    EntryType.BROKE_GLASS: Look("‼", N_("broke the glass"), BAD),
    EntryType.SETTLED: Look("✓", N_("settled the debt")),
    EntryType.FROZEN: Look("⊘", N_("froze an environment"), WARN),
    EntryType.THAWED: Look("▸", N_("thawed an environment"), WARN),
    EntryType.LIFTED: Look("▸", N_("lifted a hold")),
    EntryType.PROMOTED: Look("✓", N_("promoted"), GOOD),
    EntryType.DEPLOYED: Look("✓", N_("deployed"), GOOD),
    EntryType.ROLLED_BACK: Look("↻", N_("rolled back"), WARN),
    EntryType.ABANDONED: Look("⊘", N_("abandoned"), WARN),
    EntryType.REPORTED: Look("▸", N_("handed over the report"), DIM),
}


def entry_look(kind: EntryType) -> Look:
    """The look of an entry; a type this version only knows by name is shown by that name."""
    return ENTRY_TYPES.get(kind, Look("▸", kind.value, DIM))

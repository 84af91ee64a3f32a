"""The types of entries there are, or will be."""

from enum import StrEnum


class EntryType(StrEnum):
    """Every type of the format, reserved from its first version. `Reserved` contents are known by
    name and not applied by this version: they block as `written-by-newer`, they are never skipped."""

    GENESIS = "genesis"
    ROSTER = "roster"
    KEY_RETIRED = "key-retired"
    KEY_COMPROMISED = "key-compromised"
    FROZEN = "frozen"
    THAWED = "thawed"
    HELD = "held"
    LIFTED = "lifted"
    ADOPTED = "adopted"
    OPENED = "opened"
    AMENDED = "amended"
    CHECKED = "checked"
    SIGNED_OFF = "signed-off"
    REJECTED = "rejected"
    REVOKED = "revoked"
    NOT_APPLICABLE = "not-applicable"
    WAIVED = "waived"
    APPROVED = "approved"
    COMMENTED = "commented"
    PROMOTED = "promoted"
    DEPLOYED = "deployed"
    ROLLED_BACK = "rolled-back"
    ABANDONED = "abandoned"
    BROKE_GLASS = "broke-glass"
    SETTLED = "settled"
    REPORTED = "reported"
    DELEGATED = "delegated"

    @property
    def of_trail(self) -> bool:
        """Whether it belongs to the trail itself, not to one promotion."""
        return self in _OF_TRAIL


_OF_TRAIL = frozenset(
    {
        EntryType.GENESIS,
        EntryType.ROSTER,
        EntryType.KEY_RETIRED,
        EntryType.KEY_COMPROMISED,
        EntryType.FROZEN,
        EntryType.THAWED,
        EntryType.HELD,
        EntryType.LIFTED,
        EntryType.ADOPTED,
    }
)

"""Who is told of decisions, and how: by a signed webhook or by a command."""

from enum import StrEnum

from promoter.frozen import frozen
from promoter.model.reference import FileContent, ProcessVariable


class Occasion(StrEnum):
    """What somebody may want to be told of: every decision, by the name of its entry, and two by names of their own.
    `waiting`: other seats are waiting than before; `emergency`: the glass was broken. `amended` is also what is only
    proposed, agreed to or taken back."""

    OPENED = "opened"
    WAITING = "waiting"
    AMENDED = "amended"
    SIGNED_OFF = "signed-off"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    HELD = "held"
    LIFTED = "lifted"
    FROZEN = "frozen"
    THAWED = "thawed"
    EMERGENCY = "emergency"
    SETTLED = "settled"
    ADOPTED = "adopted"
    PROMOTED = "promoted"
    DEPLOYED = "deployed"
    ROLLED_BACK = "rolled-back"
    ABANDONED = "abandoned"


class SigningScheme(StrEnum):
    """By whose way a notification is signed."""

    PASSE_MARCHE = "passe-marche"
    GITHUB = "github"
    STANDARD_WEBHOOKS = "standard-webhooks"
    CUSTOM = "custom"


@frozen
class Hook:
    """Where a notification is delivered to, and what it is signed with."""

    url: str
    secret: ProcessVariable | FileContent
    scheme: SigningScheme = SigningScheme.PASSE_MARCHE


@frozen
class Notice:
    """Who is told of what: a webhook, or a command that is given the notification to read."""

    on: tuple[Occasion, ...]
    webhook: Hook | None = None
    command: tuple[str, ...] = ()

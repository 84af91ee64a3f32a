"""Entries: the immutable records of the trail, typed."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, TypeAlias

from promoter.frozen import frozen
from promoter.messages import Message
from promoter.model.deployment import Deployed as Deployed
from promoter.model.deployment import RolledBack as RolledBack
from promoter.model.entry_type import EntryType as EntryType
from promoter.model.exemption import BrokeGlass as BrokeGlass
from promoter.model.exemption import Frozen as Frozen
from promoter.model.exemption import Held as Held
from promoter.model.exemption import Lifted as Lifted
from promoter.model.exemption import NotApplicable as NotApplicable
from promoter.model.exemption import Settled as Settled
from promoter.model.exemption import Thawed as Thawed
from promoter.model.exemption import Waived as Waived
from promoter.model.outcome import CheckOutcome
from promoter.model.pinning import Amended as Amended
from promoter.model.pinning import Opened as Opened
from promoter.model.pinning import Pinned as Pinned
from promoter.model.pinning import PinnedRules as PinnedRules
from promoter.model.release import Release
from promoter.model.roster import Actor, Roster


@frozen
class EvidenceItem:
    """A piece of evidence: a link, or a file by name, digest (`sha256:…`), size in bytes and what its bytes looked
    like when it was given; `stored` when they are on the trail."""

    link: str | None = None
    file: str | None = None
    digest: str | None = None
    size: int | None = None
    stored: bool = False
    media_type: str | None = None


@frozen
class Genesis:
    """Starts a trail: the first roster, trusted on first use."""

    format: int
    roster: Roster
    demo: bool = False


@frozen
class RosterChanged:
    """The roster from here on; counts only when signed by a roster-admin of the one before, or when all
    it does is give its author further keys."""

    roster: Roster


@frozen
class KeyRetired:
    """A person's key is no longer used. What it signed before this in the history goes on counting."""

    person: str
    key: str
    reason: str = ""


@frozen
class KeyCompromised:
    """A person's key was in other hands since the commit `since` of the trail: what it signed there and
    before is believed, and nothing else of it."""

    person: str
    key: str
    since: str
    reason: str


@frozen
class Adopted:
    """What runs in an environment today: declared, not proven."""

    environment: str
    release: Release
    reason: str


@frozen
class Checked:
    """One run, with all its outcomes; `version` is that of promoter."""

    outcomes: tuple[CheckOutcome, ...]
    version: str


@frozen
class SignedOff:
    """A person's answer for one item."""

    comment: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[EvidenceItem, ...] = ()


@frozen
class Approved:
    """A person's answer for the whole promotion."""

    comment: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[EvidenceItem, ...] = ()


@frozen
class Rejected:
    """A person's no for one item, or for the whole promotion; the reason is compulsory."""

    reason: str
    evidence: tuple[EvidenceItem, ...] = ()


@frozen
class Revoked:
    """Takes back what its author said of an item, or of the whole promotion, and `refers_to` names; the reason is
    compulsory."""

    reason: str


@frozen
class Commented:
    """A person's remark, on one item or on the whole promotion; it changes no answer."""

    comment: str
    evidence: tuple[EvidenceItem, ...] = ()


@frozen
class Promoted:
    """Authorises the promotion: quotes the tip and entry count it was decided on, and the answer."""

    tip: str
    entries: int
    answer: str
    claimed: bool
    comment: str = ""


@frozen
class Abandoned:
    """Gives a promotion up; the reason is compulsory."""

    reason: str


@frozen
class Reported:
    """A report was handed over: of which tip, as of when, in which language, with which digest."""

    tip: str
    as_of: str
    language: str
    digest: str
    version: str


@frozen
class Reserved:
    """The content of a type this version knows by name only, kept as it is."""

    content: Mapping[str, Any]


Content: TypeAlias = (
    Genesis
    | RosterChanged
    | KeyRetired
    | KeyCompromised
    | Adopted
    | Opened
    | Amended
    | Checked
    | SignedOff
    | Approved
    | Rejected
    | Revoked
    | Commented
    | Waived
    | NotApplicable
    | Held
    | Lifted
    | Frozen
    | Thawed
    | BrokeGlass
    | Settled
    | Promoted
    | Deployed
    | RolledBack
    | Abandoned
    | Reported
    | Reserved
)


def evidence_in(content: Content) -> tuple[EvidenceItem, ...]:
    """The evidence that was given with what somebody said; none with anything else."""
    return content.evidence if isinstance(content, SignedOff | Approved | Rejected | Commented) else ()


@frozen
class Subject:
    """The promotion an entry belongs to, and what it binds to."""

    promotion: str
    from_environment: str
    to_environment: str
    release: Release
    checklist_digest: str


@frozen
class ItemBinding:
    """The item an entry answers for, and the digest of its definition then."""

    id: str
    digest: str


@frozen
class Entry:
    """One immutable record. `id` is a ULID, `at` is UTC in ISO 8601 with `Z`."""

    id: str
    trail: str
    pipeline: str
    type: EntryType
    actor: Actor
    at: str
    content: Content
    refers_to: tuple[str, ...] = ()
    subject: Subject | None = None
    item: ItemBinding | None = None


class SignatureVerdict(StrEnum):
    """What a commit's signature says, before asking who may sign."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN_KEY = "unknown-key"
    UNSIGNED = "unsigned"
    UNCHECKED = "unchecked"


class Trust(StrEnum):
    """Whether an entry counts: as a member's, as a claim (no roster), or not at all."""

    COUNTED = "counted"
    CLAIMED = "claimed"
    QUARANTINED = "quarantined"


@frozen
class Recorded:
    """An entry as found on the trail, in fold order: the commit that added it, what its signature
    says, and whether it counts. A quarantined one says why. `roles` are those its actor had on the
    roster in force where it was written, and that nobody took away beside it; None for a claim and for
    what does not count.

    `roster` is the one in force from it on, where it changes that. `disowned_by` is the entry that
    declared its key compromised: it counts no longer, and did before that."""

    entry: Entry
    commit: str
    path: str
    signature: SignatureVerdict
    trust: Trust
    key: str | None = None
    why: Message | None = None
    roles: tuple[str, ...] | None = None
    roster: Roster | None = None
    disowned_by: str | None = None


@frozen
class Unreadable:
    """A file of the trail that is no entry this version can read. `promotion` is None when it is of
    the trail itself. `blocks` when a member wrote it and a newer version may understand it."""

    path: str
    commit: str
    promotion: str | None
    why: Message
    blocks: bool = False

"""The shape of every type of entry's content. Pure."""

from collections.abc import Mapping
from typing import Any

from promoter.model.entry import (
    Abandoned,
    Adopted,
    Amended,
    Approved,
    BrokeGlass,
    Checked,
    Commented,
    Content,
    Deployed,
    EntryType,
    EvidenceItem,
    Frozen,
    Genesis,
    Held,
    ItemBinding,
    KeyCompromised,
    KeyRetired,
    Lifted,
    NotApplicable,
    Opened,
    Pinned,
    PinnedRules,
    Promoted,
    Rejected,
    Reported,
    Reserved,
    Revoked,
    RolledBack,
    RosterChanged,
    Settled,
    SignedOff,
    Subject,
    Thawed,
    Waived,
    evidence_in,
)
from promoter.model.outcome import CheckOutcome, Evidence, Outcome, Verdict
from promoter.model.release import Release
from promoter.model.roster import Actor, Key, Person, PersonClass, Roster
from promoter.trail.message_shape import parameter, plain, words
from promoter.trail.shape import (
    Added,
    Shape,
    choice,
    flag,
    integer,
    list_of,
    map_of,
    moment,
    optional,
    record,
    seconds,
    text,
    utc,
)
from promoter.trail.ulid import ULID

SCHEMAS = ("promoter/entry/1", "promoter/entry/2")
"""The formats of entries, oldest first."""

COMMENT_AT_MOST = 20_000
"""Characters in a comment or reason."""

_COUNT = 10**9
_LINE = r"[^\x00-\x1f\x7f]+"

comment = text(at_most=COMMENT_AT_MOST)
line = text(at_most=500, pattern=_LINE)
link = text(at_most=4_000, pattern=_LINE)
token = text(at_most=128, pattern=r"[A-Za-z0-9][A-Za-z0-9._+:-]*")
promotion_id = text(at_most=128, pattern=r"[A-Za-z0-9][A-Za-z0-9._+-]*")
ulid = text(at_most=26, pattern=ULID.pattern)
media_type = text(at_most=100, pattern=r"[a-z]+/[a-z0-9.+-]+")
digest = text(at_most=71, pattern=r"sha256:[0-9a-f]{64}")
oid = text(at_most=64, pattern=r"[0-9a-f]{40}|[0-9a-f]{64}")
references = list_of(ulid, at_most=1_000)

release = record(Release, name=line, commit=optional(oid), tree=optional(oid))
actor = record(
    Actor,
    {"person_class": "class"},
    id=line,
    name=line,
    email=line,
    key=optional(line),
    person_class=choice(PersonClass),
)
key = record(Key, id=line, type=text(at_most=100), public=text(at_most=50_000))
person = record(
    Person,
    {"person_class": "class"},
    id=line,
    name=line,
    emails=list_of(line, at_most=50),
    roles=list_of(line, at_most=100),
    keys=list_of(key, at_most=50),
    person_class=choice(PersonClass),
    valid_from=optional(moment),
    valid_until=optional(moment),
)
roster = record(Roster, people=list_of(person, at_most=1_000))
pinned = record(Pinned, path=link, digest=digest, source_commit=optional(oid), source_blob=optional(oid))
pinned_rules = record(
    PinnedRules, pipeline=pinned, checklist=pinned, replaces=digest, ca_file=optional(pinned)
)
evidence_item = record(
    EvidenceItem,
    link=optional(link),
    file=optional(line),
    digest=optional(digest),
    size=optional(integer(least=0, most=2**53)),
    stored=flag,
    media_type=Added(optional(media_type), None),
)
pieces = list_of(evidence_item, at_most=100)
evidence = record(
    Evidence, fact=words, expected=parameter, observed=parameter, verdict=optional(choice(Verdict))
)
outcome = record(
    Outcome,
    verdict=choice(Verdict),
    reason=words,
    evidence=list_of(evidence, at_most=1_000),
    took_s=seconds,
    overrides=list_of(line, at_most=100),
)
check_outcome = record(
    CheckOutcome, item=line, item_digest=digest, check=line, kind=line, at=utc, outcome=outcome
)

CONTENTS: Mapping[EntryType, tuple[type, Shape[Any]]] = {
    EntryType.GENESIS: (
        Genesis,
        record(Genesis, format=integer(least=1, most=_COUNT), roster=roster, demo=flag),
    ),
    EntryType.ROSTER: (RosterChanged, record(RosterChanged, roster=roster)),
    EntryType.KEY_RETIRED: (KeyRetired, record(KeyRetired, person=line, key=line, reason=comment)),
    EntryType.KEY_COMPROMISED: (
        KeyCompromised,
        record(KeyCompromised, person=line, key=line, since=oid, reason=comment),
    ),
    EntryType.ADOPTED: (Adopted, record(Adopted, environment=line, release=release, reason=comment)),
    EntryType.OPENED: (
        Opened,
        record(
            Opened,
            transition=line,
            pipeline=pinned,
            checklist=pinned,
            template=pinned,
            roster=ulid,
            ca_file=optional(pinned),
            comment=comment,
        ),
    ),
    EntryType.AMENDED: (
        Amended,
        record(Amended, reason=comment, release=optional(release), rules=optional(pinned_rules)),
    ),
    EntryType.CHECKED: (
        Checked,
        record(Checked, outcomes=list_of(check_outcome, at_most=10_000), version=line),
    ),
    EntryType.SIGNED_OFF: (
        SignedOff,
        record(
            SignedOff,
            comment=comment,
            fields=map_of(line, comment, at_most=100),
            evidence=pieces,
        ),
    ),
    EntryType.APPROVED: (
        Approved,
        record(
            Approved,
            comment=comment,
            fields=map_of(line, comment, at_most=100),
            evidence=pieces,
        ),
    ),
    EntryType.REJECTED: (Rejected, record(Rejected, reason=comment, evidence=Added(pieces, ()))),
    EntryType.REVOKED: (Revoked, record(Revoked, reason=comment)),
    EntryType.COMMENTED: (Commented, record(Commented, comment=comment, evidence=Added(pieces, ()))),
    EntryType.WAIVED: (Waived, record(Waived, reason=comment, until=utc, ticket=optional(link))),
    EntryType.NOT_APPLICABLE: (NotApplicable, record(NotApplicable, reason=comment)),
    EntryType.HELD: (
        Held,
        record(Held, reason=comment, environment=optional(line), release=optional(release)),
    ),
    EntryType.FROZEN: (Frozen, record(Frozen, reason=comment, environment=line, begins=utc, until=utc)),
    EntryType.THAWED: (Thawed, record(Thawed, reason=comment, environment=line, until=utc)),
    EntryType.LIFTED: (Lifted, record(Lifted, reason=comment)),
    EntryType.BROKE_GLASS: (
        BrokeGlass,
        record(BrokeGlass, reason=comment, tip=oid, entries=integer(least=0, most=_COUNT)),
    ),
    EntryType.SETTLED: (Settled, record(Settled, reason=comment)),
    EntryType.PROMOTED: (
        Promoted,
        record(
            Promoted,
            tip=oid,
            entries=integer(least=0, most=_COUNT),
            answer=line,
            claimed=flag,
            comment=comment,
        ),
    ),
    EntryType.DEPLOYED: (Deployed, record(Deployed, at=utc, comment=comment, url=optional(link))),
    EntryType.ROLLED_BACK: (RolledBack, record(RolledBack, release=release, at=utc, reason=comment)),
    EntryType.ABANDONED: (Abandoned, record(Abandoned, reason=comment)),
    EntryType.REPORTED: (
        Reported,
        record(Reported, tip=oid, as_of=utc, language=token, digest=digest, version=line),
    ),
}
_RESERVED: tuple[type, Shape[Any]] = (
    Reserved,
    Shape(
        lambda value: dict(value.content),
        lambda value, where: Reserved(plain.read(value, where)),
        plain.schema,
    ),
)

ITEM_REQUIRED = frozenset(
    {
        EntryType.SIGNED_OFF,
        EntryType.WAIVED,
        EntryType.NOT_APPLICABLE,
    }
)
"""The types that answer for one item."""

_ITEM_OPTIONAL = frozenset({EntryType.COMMENTED, EntryType.REJECTED, EntryType.REVOKED})
"""Those that answer for one item, or for the whole promotion."""

item_binding = record(ItemBinding, id=line, digest=digest)
subject = record(
    Subject,
    {"promotion": "id", "from_environment": "from", "to_environment": "to", "checklist_digest": "checklist"},
    promotion=promotion_id,
    from_environment=line,
    to_environment=line,
    release=release,
    checklist_digest=digest,
)


def content_of(kind: EntryType) -> tuple[type, Shape[Any]]:
    """The class and the shape of a type's content; `Reserved` for what this version knows by name only."""
    return CONTENTS.get(kind, _RESERVED)


def schema_of(content: Content) -> str:
    """The oldest format that has everything the content says: an older program then reads what it can, and is told
    of the rest that a newer one wrote it."""
    given = evidence_in(content)
    first = all(each.media_type is None for each in given) and not (
        given and isinstance(content, Rejected | Commented)
    )
    return SCHEMAS[0 if first else 1]


def item_possible(kind: EntryType) -> bool:
    """Whether an entry of this type may answer for one item."""
    return kind in ITEM_REQUIRED | _ITEM_OPTIONAL or (kind not in CONTENTS and not kind.of_trail)

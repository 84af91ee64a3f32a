"""Entries that the format takes, for tests that write to a real trail."""

import hashlib
from datetime import UTC, datetime

from promoter.model.entry import (
    Content,
    Entry,
    EntryType,
    Genesis,
    ItemBinding,
    Opened,
    Pinned,
    SignedOff,
    Subject,
)
from promoter.model.release import Release
from promoter.model.roster import Actor, Roster
from promoter.trail.ulid import new_ulid
from tests.support.git_repositories import Signer

TRAIL = "0123456789abcdef0123456789abcdef"
AT = "2026-11-22T12:00:00Z"
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PIPELINE = b"pipeline: passe-marche\n"


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def actor_of(person: Signer) -> Actor:
    return Actor(person.email.partition("@")[0], person.name, person.email, person.id)


def subject(promotion: str = "v1-preprod-a1b2c3") -> Subject:
    return Subject(promotion, "staging", "preprod", Release("v1"), digest_of(b"checklist"))


def genesis(person: Signer, *, trail: str = TRAIL) -> Entry:
    content = Genesis(1, Roster(), demo=True)
    return Entry(new_ulid(MOMENT), trail, "passe-marche", EntryType.GENESIS, actor_of(person), AT, content)


def sign_off(
    person: Signer,
    item: str = "webhook",
    comment: str = "checked by hand",
    promotion: str = "v1-preprod-a1b2c3",
) -> Entry:
    return of_promotion(person, EntryType.SIGNED_OFF, SignedOff(comment), item=item, promotion=promotion)


def opened(person: Signer, promotion: str = "v1-preprod-a1b2c3") -> Entry:
    pinned = Pinned("checklists/pipeline.yaml", digest_of(PIPELINE))
    content = Opened("staging-to-preprod", pinned, pinned, pinned, new_ulid(MOMENT))
    return of_promotion(person, EntryType.OPENED, content, promotion=promotion)


def of_promotion(
    person: Signer,
    kind: EntryType,
    content: Content,
    *,
    item: str | None = None,
    promotion: str = "v1-preprod-a1b2c3",
) -> Entry:
    return Entry(
        id=new_ulid(MOMENT),
        trail=TRAIL,
        pipeline="passe-marche",
        type=kind,
        actor=actor_of(person),
        at=AT,
        content=content,
        subject=subject(promotion),
        item=ItemBinding(item, digest_of(item.encode())) if item else None,
    )

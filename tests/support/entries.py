"""Stories: what happened on a trail, told tersely as recorded entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

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
    Entry,
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
    Recorded,
    Rejected,
    Reserved,
    Revoked,
    RolledBack,
    RosterChanged,
    Settled,
    SignatureVerdict,
    SignedOff,
    Subject,
    Thawed,
    Trust,
    Unreadable,
    Waived,
)
from promoter.model.outcome import CheckOutcome
from promoter.model.release import Release
from promoter.model.roster import Actor, Roster
from promoter.promotion import Promotion, TrailState, fold, fold_trail
from tests.support.nouns import ALICE, CI, FROM, TO, V1, at, digest

TRAIL = "0123456789abcdef0123456789abcdef"
PROMOTION = "01JDPROMOTION0000000000000"


class Story:
    """What happened on the trail, in order: each verb adds an entry and returns it as recorded.

    `trust` is what the trail says of every entry that does not say otherwise: `Trust.CLAIMED` tells
    the story of a trail without a roster. `roster`, when given, starts it with a genesis; without one,
    whoever asks the gate says which was in force (`under`).
    """

    def __init__(
        self,
        release: Release = V1,
        *,
        trust: Trust = Trust.COUNTED,
        roster: Roster | None = None,
        opener: Actor | None = ALICE,
        demo: bool = False,
    ) -> None:
        self.records: list[Recorded] = []
        self.unreadable: list[Unreadable] = []
        self.release = release
        self.trust = trust
        self.roster: Roster | None = None
        if roster is not None:
            self.add(Genesis(1, roster, demo), opener or ALICE)
        if opener is not None:
            self.opened(opener)

    def add(
        self,
        content: Content,
        by: Actor,
        *,
        kind: EntryType | None = None,
        item: ItemBinding | None = None,
        refers_to: Sequence[str] = (),
        subject: Subject | None = None,
        trust: Trust | None = None,
        days: float = 0,
    ) -> Recorded:
        """Adds any entry; a promotion's gets this story's subject unless another is given."""
        kind = kind or _TYPES[content.__class__]
        trust = trust or self.trust
        number = len(self.records)
        entry = Entry(
            id=f"01JD{number:022}",
            trail=TRAIL,
            pipeline="passe-marche",
            type=kind,
            actor=by,
            at=at(days=days),
            content=content,
            refers_to=tuple(refers_to),
            subject=None if kind.of_trail else subject or self.subject(),
            item=item,
        )
        signed = trust is Trust.COUNTED
        recorded = Recorded(
            entry=entry,
            commit=f"{number:040x}",
            path=f"p/00/{PROMOTION}/{entry.id}.{kind}.json",
            signature=SignatureVerdict.GOOD if signed else SignatureVerdict.UNSIGNED,
            trust=trust,
            key=by.key if signed else None,
        )
        if isinstance(content, Genesis | RosterChanged):
            self.roster = content.roster
        recorded = recorded if self.roster is None else _written_under(recorded, self.roster)
        self.records.append(recorded)
        return recorded

    def subject(self, release: Release | None = None, promotion: str = PROMOTION) -> Subject:
        """What the story's entries bind to."""
        return Subject(promotion, FROM, TO, release or self.release, "sha256:checklist")

    def opened(self, by: Actor = ALICE, promotion: str = PROMOTION) -> Recorded:
        """Opens a promotion from staging to preprod."""
        content = Opened(
            transition=f"{FROM}-to-{TO}",
            pipeline=Pinned("checklists/pipeline.yaml", "sha256:pipeline"),
            checklist=Pinned(f"checklists/{FROM}-to-{TO}.yaml", "sha256:checklist"),
            template=Pinned("templates/report.md.j2", "sha256:template"),
            roster="genesis",
        )
        return self.add(content, by, subject=self.subject(promotion=promotion))

    def checked(
        self,
        *outcomes: CheckOutcome,
        by: Actor = CI,
        release: Release | None = None,
        trust: Trust | None = None,
    ) -> Recorded:
        """Records one run."""
        return self.add(Checked(outcomes, "1.0"), by, subject=self.subject(release), trust=trust)

    def signed(
        self,
        item_id: str,
        by: Actor,
        *,
        item_digest: str | None = None,
        release: Release | None = None,
        fields: Mapping[str, str] | None = None,
        evidence: Sequence[EvidenceItem] = (),
        trust: Trust | None = None,
        days: float = 0,
    ) -> Recorded:
        """Someone signs an item off."""
        return self.add(
            SignedOff(fields=fields or {}, evidence=tuple(evidence)),
            by,
            item=ItemBinding(item_id, item_digest or digest(item_id)),
            subject=self.subject(release),
            trust=trust,
            days=days,
        )

    def approved(
        self,
        by: Actor,
        *,
        fields: Mapping[str, str] | None = None,
        evidence: tuple[EvidenceItem, ...] = (),
        release: Release | None = None,
        checklist_digest: str | None = None,
        trust: Trust | None = None,
        days: float = 0,
    ) -> Recorded:
        """Someone approves the promotion as a whole."""
        subject = self.subject(release)
        if checklist_digest is not None:
            subject = replace(subject, checklist_digest=checklist_digest)
        content = Approved("", fields or {}, evidence)
        return self.add(content, by, subject=subject, trust=trust, days=days)

    def rejected_whole(self, by: Actor, reason: str = "no") -> Recorded:
        """Someone rejects the promotion as a whole."""
        return self.add(Rejected(reason), by)

    def rejected(self, item_id: str, by: Actor, reason: str = "no") -> Recorded:
        """Someone says no to an item."""
        return self.add(Rejected(reason), by, item=ItemBinding(item_id, digest(item_id)))

    def revoked(self, what: Recorded, by: Actor | None = None, reason: str = "mistaken") -> Recorded:
        """Its author, or someone else, takes back a sign-off or rejection."""
        return self.add(
            Revoked(reason), by or what.entry.actor, item=what.entry.item, refers_to=(what.entry.id,)
        )

    def waived(
        self,
        item_id: str,
        by: Actor,
        *,
        until: str | None = None,
        item_digest: str | None = None,
        release: Release | None = None,
        trust: Trust | None = None,
        days: float = 0,
    ) -> Recorded:
        """Someone waives an item, for ten days from `NOW` unless it says otherwise."""
        return self.add(
            Waived("booked", until or at(days=-10)),
            by,
            item=ItemBinding(item_id, item_digest or digest(item_id)),
            subject=self.subject(release),
            trust=trust,
            days=days,
        )

    def commented(self, by: Actor, item_id: str | None = None) -> Recorded:
        """Someone remarks on an item, or on the whole promotion."""
        about = ItemBinding(item_id, digest(item_id)) if item_id else None
        return self.add(Commented("as agreed on Monday"), by, item=about)

    def left_out(self, item_id: str, by: Actor, *, release: Release | None = None) -> Recorded:
        """Someone says that an item does not apply."""
        return self.add(
            NotApplicable("read only"),
            by,
            item=ItemBinding(item_id, digest(item_id)),
            subject=self.subject(release),
        )

    def held(self, by: Actor, *, environment: str | None = TO, release: Release | None = None) -> Recorded:
        """Someone stops the line."""
        return self.add(Held("incident", environment, release), by)

    def frozen(self, by: Actor, *, until: str, begins: str | None = None, environment: str = TO) -> Recorded:
        """Someone freezes an environment, from `NOW` unless it says otherwise."""
        return self.add(Frozen("census", environment, begins or at(), until), by)

    def thawed(
        self, by: Actor, *what: Recorded, until: str, environment: str = TO, days: float = 0
    ) -> Recorded:
        """Someone lets promotions pass the freezes of an environment."""
        refers_to = [each.entry.id for each in what]
        return self.add(Thawed("urgent", environment, until), by, refers_to=refers_to, days=days)

    def broke_glass(
        self, by: Actor, *, release: Release | None = None, trust: Trust | None = None, days: float = 0
    ) -> Recorded:
        """Someone breaks the glass."""
        content = BrokeGlass("payments fail", "tip", 1)
        return self.add(content, by, subject=self.subject(release), trust=trust, days=days)

    def settled(self, by: Actor) -> Recorded:
        """Someone says that the debt is settled."""
        return self.add(Settled("reviewed"), by)

    def lifted(self, what: Recorded, by: Actor) -> Recorded:
        """Someone lets the line go on."""
        return self.add(Lifted("over"), by, refers_to=(what.entry.id,))

    def promoted(self, by: Actor = ALICE, *, promotion: str = PROMOTION) -> Recorded:
        """Someone promotes."""
        return self.add(
            Promoted("tip", 1, "open", claimed=False), by, subject=self.subject(promotion=promotion)
        )

    def abandoned(
        self, by: Actor = ALICE, reason: str = "given up", *, promotion: str = PROMOTION
    ) -> Recorded:
        """Someone gives it up."""
        return self.add(Abandoned(reason), by, subject=self.subject(promotion=promotion))

    def amended(
        self,
        by: Actor,
        *,
        release: Release | None = None,
        rules: PinnedRules | None = None,
        agrees_to: Recorded | None = None,
        subject: Subject | None = None,
        trust: Trust | None = None,
    ) -> Recorded:
        """Someone amends the promotion, or agrees to what was proposed."""
        content: Content = agrees_to.entry.content if agrees_to else Amended("needed", release, rules)
        refers_to = [agrees_to.entry.id] if agrees_to else []
        return self.add(content, by, refers_to=refers_to, subject=subject, trust=trust)

    def adopted(self, environment: str, release: Release, by: Actor = ALICE) -> Recorded:
        """Someone declares what runs in an environment."""
        return self.add(Adopted(environment, release, "it lives there already"), by)

    def amend(self, recorded: Recorded, **changes: object) -> Recorded:
        """Changes an entry that is there already, keeping its place."""
        entry = replace(recorded.entry, **changes)  # type: ignore[arg-type]
        changed = replace(recorded, entry=entry)
        self.records[self.records.index(recorded)] = changed
        return changed

    def fold(self, roster: Roster | None = None) -> Promotion:
        """The promotion this story tells, with a roster in force all along where it names none."""
        folded = fold(under(self.records, roster or Roster()), self.unreadable)
        assert folded is not None
        return folded

    def fold_trail(self) -> TrailState:
        """The trail this story tells."""
        return fold_trail(self.records, self.unreadable)


def under(records: Iterable[Recorded], roster: Roster) -> list[Recorded]:
    """Records with the roles that their authors have on a roster, where none are said."""
    return [each if each.roles is not None else _written_under(each, roster) for each in records]


def _written_under(recorded: Recorded, roster: Roster) -> Recorded:
    person = roster.person(recorded.entry.actor.id) if recorded.trust is Trust.COUNTED else None
    return replace(recorded, roles=person.roles if person else None)


_TYPES: Mapping[type, EntryType] = {
    Genesis: EntryType.GENESIS,
    RosterChanged: EntryType.ROSTER,
    KeyRetired: EntryType.KEY_RETIRED,
    KeyCompromised: EntryType.KEY_COMPROMISED,
    Adopted: EntryType.ADOPTED,
    Opened: EntryType.OPENED,
    Amended: EntryType.AMENDED,
    Checked: EntryType.CHECKED,
    SignedOff: EntryType.SIGNED_OFF,
    Rejected: EntryType.REJECTED,
    Revoked: EntryType.REVOKED,
    Promoted: EntryType.PROMOTED,
    Abandoned: EntryType.ABANDONED,
    Commented: EntryType.COMMENTED,
    Waived: EntryType.WAIVED,
    NotApplicable: EntryType.NOT_APPLICABLE,
    Held: EntryType.HELD,
    Lifted: EntryType.LIFTED,
    BrokeGlass: EntryType.BROKE_GLASS,
    Deployed: EntryType.DEPLOYED,
    RolledBack: EntryType.ROLLED_BACK,
    Settled: EntryType.SETTLED,
    Frozen: EntryType.FROZEN,
    Thawed: EntryType.THAWED,
    Approved: EntryType.APPROVED,
    Reserved: EntryType.DELEGATED,
}

"""Checklists, rosters and recorded entries, made tersely: what the tests of folding and of the gate tell stories with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from promoter.messages import Message, message
from promoter.model.checklist import Checklist, CheckSpec, FormField, Item, SignOffRule
from promoter.model.entry import (
    Abandoned,
    Adopted,
    Checked,
    Content,
    Entry,
    EntryType,
    EvidenceItem,
    Genesis,
    ItemBinding,
    Opened,
    Pinned,
    Promoted,
    Recorded,
    Rejected,
    Reserved,
    Revoked,
    RosterChanged,
    SignatureVerdict,
    SignedOff,
    Subject,
    Trust,
    Unreadable,
)
from promoter.model.environment import Access, AccessLevel, Data, Demand, Environment, Rule, Separation
from promoter.model.outcome import CheckOutcome, Outcome, Verdict
from promoter.model.release import Release
from promoter.model.roster import Actor, Key, Person, PersonClass, Roster
from promoter.model.text import plain
from promoter.place import Place
from promoter.promotion import Promotion, TrailState, fold, fold_trail

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRAIL = "0123456789abcdef0123456789abcdef"
PROMOTION = "01JDPROMOTION0000000000000"
FROM, TO = "staging", "preprod"
_NOWHERE = Place("checklists/staging-to-preprod.yaml")


def at(*, days: float = 0, hours: float = 0) -> str:
    """A moment as entries write it, so long before `NOW`."""
    return (NOW - timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def actor(name: str, person_class: PersonClass = PersonClass.PERSON) -> Actor:
    """`actor("alice")` is Alice <alice@example.com>."""
    return Actor(name, name.capitalize(), f"{name}@example.com", f"SHA256:{name}", person_class)


ALICE, BOB, CAROL, DAN = actor("alice"), actor("bob"), actor("carol"), actor("dan")
CI = actor("ci", PersonClass.MACHINE)


def person(name: str, *roles: str, machine: bool = False) -> Person:
    """A person of the roster with one key, matching `actor(name)`."""
    return Person(
        id=name,
        name=name.capitalize(),
        emails=(f"{name}@example.com",),
        roles=roles,
        keys=(Key(f"SHA256:{name}", "ssh-ed25519", f"ssh-ed25519 {name}"),),
        person_class=PersonClass.MACHINE if machine else PersonClass.PERSON,
    )


def roster(*people: Person, **roles: Sequence[str] | str) -> Roster:
    """`roster(alice="security", bob=["integrator", "security"])`."""
    named = (person(name, *([held] if isinstance(held, str) else held)) for name, held in roles.items())
    return Roster((*people, *named))


def release(name: str, fill: str | None = None) -> Release:
    """`release("v1", "a")` is bound to commit aaaa…; without a letter it is unbound."""
    return Release(name) if fill is None else Release(name, fill * 40, fill * 39 + "0")


V1, V2, UNBOUND = release("v1", "a"), release("v2", "b"), release("v1")


def digest(item_id: str) -> str:
    """The definition digest items and entries agree on, unless a test says otherwise."""
    return f"sha256:{item_id}"


def check(check_id: str, *, max_age: timedelta | None = None) -> CheckSpec:
    """A check whose kind is its id."""
    return CheckSpec(check_id, check_id, {}, _NOWHERE, max_age)


def seats(
    *roles: str, count: int = 1, evidence: Demand = Demand.OPTIONAL, fields: Sequence[str] = ()
) -> SignOffRule:
    """`seats("security", count=2)`; fields are required ones."""
    return SignOffRule(roles, count, evidence, tuple(FormField(each, plain(each)) for each in fields))


def item(
    item_id: str,
    *checks: str | CheckSpec,
    sign_off: SignOffRule | None = None,
    required: bool = True,
    needs: Sequence[str] = (),
    survives: bool = False,
) -> Item:
    """`item("webhook", "https", sign_off=seats("integrator"))`."""
    return Item(
        id=item_id,
        title=plain(item_id),
        digest=digest(item_id),
        place=_NOWHERE,
        required=required,
        checks=tuple(each if isinstance(each, CheckSpec) else check(each) for each in checks),
        sign_off=sign_off,
        needs=tuple(needs),
        survives_release=survives,
    )


def checklist(
    *items: Item, requires_previous: bool = False, max_age: timedelta = timedelta(days=7)
) -> Checklist:
    """The checklist from staging to preprod."""
    return Checklist(
        id=f"{FROM}-to-{TO}",
        title=plain("From staging to preprod"),
        from_environment=FROM,
        to_environment=TO,
        items=items,
        digest="sha256:checklist",
        place=_NOWHERE,
        requires_previous=requires_previous,
        max_age=max_age,
    )


def environment(
    name: str = TO, *, opener: Rule = Rule.OFF, signatures: Demand = Demand.OPTIONAL
) -> Environment:
    """An environment about which nothing is remarkable."""
    return Environment(
        name=name,
        title=plain(name),
        use=plain("acceptance"),
        urls={"app": f"https://{name}.example.com"},
        data=Data.SIMULATED,
        access=Access(AccessLevel.PUBLIC, plain("public")),
        stability=plain("stable"),
        support=plain("support"),
        place=Place("checklists/pipeline.yaml"),
        signatures=signatures,
        separation=Separation(opener=opener),
    )


def outcome(
    item_id: str,
    check_id: str,
    verdict: Verdict = Verdict.PASSED,
    *,
    days: float = 0,
    item_digest: str | None = None,
    overrides: Sequence[str] = (),
    reason: Message | None = None,
) -> CheckOutcome:
    """What one check came to, so many days before `NOW`."""
    came_to = Outcome(verdict, reason or message(f"{check_id}.{verdict}"), overrides=tuple(overrides))
    return CheckOutcome(item_id, item_digest or digest(item_id), check_id, check_id, at(days=days), came_to)


class Story:
    """What happened on the trail, in order: each verb adds an entry and returns it as recorded.

    `trust` is what the trail says of every entry that does not say otherwise: `Trust.CLAIMED` tells
    the story of a trail without a roster. `roster`, when given, starts it with a genesis.
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

    def rejected(self, item_id: str, by: Actor, reason: str = "no") -> Recorded:
        """Someone says no to an item."""
        return self.add(Rejected(reason), by, item=ItemBinding(item_id, digest(item_id)))

    def revoked(self, what: Recorded, by: Actor | None = None, reason: str = "mistaken") -> Recorded:
        """Its author, or someone else, takes back a sign-off or rejection."""
        return self.add(
            Revoked(reason), by or what.entry.actor, item=what.entry.item, refers_to=(what.entry.id,)
        )

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

    def adopted(self, environment: str, release: Release, by: Actor = ALICE) -> Recorded:
        """Someone declares what runs in an environment."""
        return self.add(Adopted(environment, release, "it lives there already"), by)

    def amend(self, recorded: Recorded, **changes: object) -> Recorded:
        """Changes an entry that is there already, keeping its place."""
        entry = replace(recorded.entry, **changes)  # type: ignore[arg-type]
        changed = replace(recorded, entry=entry)
        self.records[self.records.index(recorded)] = changed
        return changed

    def fold(self) -> Promotion:
        """The promotion this story tells."""
        folded = fold(self.records, self.unreadable)
        assert folded is not None
        return folded

    def fold_trail(self) -> TrailState:
        """The trail this story tells."""
        return fold_trail(self.records, self.unreadable)


_TYPES: Mapping[type, EntryType] = {
    Genesis: EntryType.GENESIS,
    RosterChanged: EntryType.ROSTER,
    Adopted: EntryType.ADOPTED,
    Opened: EntryType.OPENED,
    Checked: EntryType.CHECKED,
    SignedOff: EntryType.SIGNED_OFF,
    Rejected: EntryType.REJECTED,
    Revoked: EntryType.REVOKED,
    Promoted: EntryType.PROMOTED,
    Abandoned: EntryType.ABANDONED,
    Reserved: EntryType.WAIVED,
}

"""What the gate answers: a decision, the standing of every item, and the reasons."""

from datetime import datetime
from enum import StrEnum

from promoter.errors import ExitCode
from promoter.frozen import frozen
from promoter.messages import Message
from promoter.model.authors import folded
from promoter.model.checklist import CheckSpec, Item
from promoter.promotion import RecordedOutcome, Voice


class Answer(StrEnum):
    """What the gate answers."""

    BLOCKED = "blocked"
    OPEN = "open"
    OPEN_WITH_WAIVERS = "open-with-waivers"
    OPEN_BREAK_GLASS = "open-break-glass"
    PROMOTED = "promoted"
    ABANDONED = "abandoned"

    @property
    def is_open(self) -> bool:
        """Whether one may promote now."""
        return self in (Answer.OPEN, Answer.OPEN_WITH_WAIVERS, Answer.OPEN_BREAK_GLASS)


class Hold(StrEnum):
    """Why something holds the gate: people or time are missing, something is wrong, we cannot tell."""

    WAITING = "waiting"
    FAILED = "failed"
    UNKNOWN = "unknown"


class ItemState(StrEnum):
    """Where an item stands, as users see it. Where several apply, the first of these:

    rejected · waived · not-applicable · failing · errored · stale · expired · waiting · passing · done

    `waived` is an item of which the waiver passes over something: with nothing lacking it is `done`. `stale` and
    `expired` speak of what the item still needs: a stale sign-off beside filled seats is
    no more than history. `waiting` is for a check that has not run (or was skipped, overridden or
    only claimed), for an item this one needs, and for sign-offs of an item without checks; `passing`
    is for an item whose checks all pass and that only people hold.
    """

    WAITING = "waiting"
    PASSING = "passing"
    FAILING = "failing"
    ERRORED = "errored"
    STALE = "stale"
    EXPIRED = "expired"
    REJECTED = "rejected"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    DONE = "done"


class Validity(StrEnum):
    """Whether a recorded answer still speaks for this release and definition, now."""

    CURRENT = "current"
    STALE = "stale"
    EXPIRED = "expired"
    MISSING = "missing"
    OVERRIDDEN = "overridden"


@frozen
class Reason:
    """One line of the answer, in the present tense; `item` is None for the promotion as a whole."""

    message: Message
    hold: Hold
    item: str | None = None


@frozen
class CheckStanding:
    """A check of an item: its latest outcome, and whether that still speaks. `why` says why not.
    Age only matters to an outcome that would satisfy: a failure stays current until it runs again.
    `ends` is the earliest end that was observed last, of a certificate, say: what could not be observed since
    does not move it. `near_end` is when the outcome that passes does not any more, for what it observed being too near its
    end."""

    spec: CheckSpec
    validity: Validity
    latest: RecordedOutcome | None
    why: Message | None = None
    ends: datetime | None = None
    near_end: datetime | None = None

    @property
    def passes(self) -> bool:
        """Whether it satisfies the item: run for this release and definition, young enough, passed."""
        return (
            self.validity is Validity.CURRENT
            and self.latest is not None
            and self.latest.outcome.outcome.verdict.satisfies
        )


@frozen
class SignOffStanding:
    """A sign-off of an item: whether it speaks, and the role it is credited for (None when it fills
    no seat; `""` for a seat without a role). `why` says why it does not count."""

    voice: Voice
    validity: Validity
    counts: bool
    credited: str | None = None
    why: Message | None = None

    @property
    def person(self) -> str:
        """Whose it is: who is on no roster goes by an address, however that is typed."""
        return folded(self.voice.recorded.entry.actor.id)


@frozen
class ExemptionStanding:
    """A waiver of an item, or that it does not apply, and whether that speaks; `why` says why not. `until` is
    when a waiver ends."""

    voice: Voice
    counts: bool
    until: datetime | None = None
    why: Message | None = None


@frozen
class Seat:
    """How many people an item needs in a role (`""`: any person), and how many are credited."""

    role: str
    needed: int
    filled: int


@frozen
class ItemStanding:
    """An item with everything that speaks for or against it; `reasons` is empty when it is done or
    advisory items are merely pending. `sign_offs`, `rejections` and `exemptions` have those taken back as well."""

    item: Item
    state: ItemState
    reasons: tuple[Reason, ...]
    checks: tuple[CheckStanding, ...]
    seats: tuple[Seat, ...]
    sign_offs: tuple[SignOffStanding, ...]
    rejections: tuple[Voice, ...]
    exemptions: tuple[ExemptionStanding, ...] = ()

    @property
    def exemption(self) -> ExemptionStanding | None:
        """Of what lets the item be, what does so longest; None where nothing does."""
        counting = [each for each in self.exemptions if each.counts]
        lasting = [each for each in counting if each.until is None]
        ending = [(each.until, place) for place, each in enumerate(counting) if each.until is not None]
        return lasting[-1] if lasting else counting[max(ending)[1]] if ending else None

    @property
    def holds(self) -> bool:
        """Whether it keeps the gate shut."""
        return self.item.required and bool(self.reasons)


@frozen
class Approvals:
    """How the promotion as a whole was answered: the approvals as they stand, the seats they fill, and the rejections;
    those taken back as well."""

    given: tuple[SignOffStanding, ...] = ()
    seats: tuple[Seat, ...] = ()
    rejections: tuple[Voice, ...] = ()

    @property
    def missing(self) -> int:
        """How many seats nobody fills yet."""
        return sum(each.needed - each.filled for each in self.seats)


@frozen
class Owed:
    """A sign-off that a broken glass still owes: of which item, as which of the roles (`""`: anyone)."""

    item: str
    roles: tuple[str, ...]


@frozen
class Debt:
    """What breaking the glass left to be done by others until `due`: the sign-offs that are owed, the approvals of the
    whole promotion (as which roles, `""`: anyone), and that somebody says so once they are given."""

    owed: tuple[Owed, ...]
    due: datetime | None
    settled_by: str | None = None
    approvals: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether anything is left to do."""
        return bool(self.owed or self.approvals) or self.settled_by is None


@frozen
class Glass:
    """Someone broke the glass: who, when, why, the reasons it passed over, and when it `ends`. `debt` once it was promoted
    by it."""

    by: str
    reason: str
    at: str
    passed: tuple[Reason, ...]
    debt: Debt | None = None
    ends: datetime | None = None


@frozen
class Freeze:
    """When promotions into the target are frozen: from a moment until another (None: no end is in sight). `passed_until`
    where somebody lets promotions pass it until then."""

    begins: datetime
    until: datetime | None
    passed_until: datetime | None = None


@frozen
class Decision:
    """What the gate answers at a moment, with every reason; `reasons` are those that hold it, or
    held it when it was promoted: of the promotion as a whole first, then in checklist order. `claimed` when sign-offs are not backed by a
    roster. `warnings` never hold. `waivers` are the required items that a waiver stands in for;
    `freeze` is the freeze that is on, or comes next; `glass` says by whom the gate
    was opened in an emergency, and over which reasons, which are not among `reasons` then; `approvals` are those of the
    promotion as a whole."""

    answer: Answer
    reasons: tuple[Reason, ...]
    items: tuple[ItemStanding, ...]
    claimed: bool
    at: datetime
    warnings: tuple[Message, ...] = ()
    waivers: int = 0
    freeze: Freeze | None = None
    glass: Glass | None = None
    approvals: Approvals = Approvals()

    def item(self, item_id: str) -> ItemStanding | None:
        """The standing of one item."""
        return next((each for each in self.items if each.item.id == item_id), None)

    @property
    def exit_code(self) -> ExitCode:
        """0 open, promoted; 1 something failed or it was abandoned, or was promoted though the gate was
        blocked; 6 could not tell; 5 waiting."""
        if self.answer.is_open or (self.answer is Answer.PROMOTED and not self.reasons):
            return ExitCode.YES
        holds = {each.hold for each in self.reasons}
        if self.answer is Answer.ABANDONED or Hold.FAILED in holds:
            return ExitCode.NO
        return ExitCode.COULD_NOT_TELL if Hold.UNKNOWN in holds else ExitCode.NOT_YET

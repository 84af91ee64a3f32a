"""What entries fold into: the trail as a whole, and each promotion."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from promoter.model.entry import Opened, Recorded, Unreadable
from promoter.model.outcome import CheckOutcome
from promoter.model.release import Release
from promoter.model.roster import Actor, Roster
from promoter.promotion.amending import Amendment


class Stage(StrEnum):
    """How far a promotion has come."""

    OPEN = "open"
    PROMOTED = "promoted"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class RecordedOutcome:
    """An outcome with the entry it was recorded in, and the release it was observed for."""

    outcome: CheckOutcome
    recorded: Recorded
    release: Release


@dataclass(frozen=True, slots=True)
class Voice:
    """A sign-off, rejection, waiver or the like that was recorded, and the revocation that took it back, if any.
    `answered` when a rejection was followed by a sign-off of the same person."""

    recorded: Recorded
    revoked_by: Recorded | None = None
    answered: bool = False

    @property
    def stands(self) -> bool:
        """Whether it still speaks."""
        return self.revoked_by is None and not self.answered


@dataclass(frozen=True, slots=True)
class Promotion:
    """One promotion as its entries tell it. Only entries that count (or are claimed where there is
    no roster) are folded; the others are in `quarantined`. `outcomes` has, for each (item, check),
    every recorded outcome, oldest first; `exemptions` are what waives an item or says that it does not apply,
    `approvals` are what speaks for the promotion as a whole, `glasses` what broke the glass, `amendments` what changed its release or rules or would once somebody agrees, `afterwards` the sign-offs, approvals, revocations and settlements after it was closed. `history` is everything, in fold order. `rivals` are further
    entries that count and open the same promotion: nobody can tell which one rules. `relooked` has, for each item of which
    the checks look at something else since an amendment, the commits of what was recorded before; under `""` those
    before the last of these."""

    id: str
    transition: str
    from_environment: str
    to_environment: str
    release: Release
    checklist_digest: str
    opened: Recorded
    pinned: Opened
    stage: Stage
    outcomes: Mapping[tuple[str, str], tuple[RecordedOutcome, ...]]
    sign_offs: tuple[Voice, ...]
    rejections: tuple[Voice, ...]
    history: tuple[Recorded, ...]
    closed_by: Recorded | None = None
    exemptions: tuple[Voice, ...] = ()
    approvals: tuple[Voice, ...] = ()
    glasses: tuple[Voice, ...] = ()
    afterwards: tuple[Recorded, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    quarantined: tuple[Recorded, ...] = ()
    rivals: tuple[Recorded, ...] = ()
    newer: tuple[Unreadable | Recorded, ...] = ()
    relooked: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def saw_otherwise(self, recorded: Recorded, item: str) -> bool:
        """Whether an entry was recorded before the checks of an item (`""`: of any) looked at what they look at now."""
        return recorded.commit in self.relooked.get(item, ())

    @property
    def opener(self) -> Actor:
        """Who opened it."""
        return self.opened.entry.actor

    @property
    def askers(self) -> tuple[Actor, ...]:
        """Who asked for this release to get there: who opened it, and who moved it on to another release."""
        moved = (each for each in self.amendments if each.rules and each.content.release is not None)
        return (self.opener, *(each.proposed.entry.actor for each in moved))


@dataclass(frozen=True, slots=True)
class RunsIn:
    """What runs in an environment: the release, since when, and the entry that says so; `adopted`
    when it is declared, not proven. `url` is where its deployment can be read, if anyone said so. `left` is the entry
    by which it was rolled back to another release since; `returned` when it was rolled back to, and
    had been there before what was left; `blocked` when it was promoted though its gate was shut; `owed_by` names the
    promotion that brought it there by breaking the glass, while that debt stands."""

    environment: str
    release: Release
    since: str
    recorded: Recorded
    adopted: bool
    url: str | None = None
    left: Recorded | None = None
    returned: bool = False
    blocked: bool = False
    owed_by: str | None = None

    @property
    def how(self) -> str:
        """How that is known: `promoted`, which authorises it; `deployed`, `rolled-back` or `adopted`."""
        return str(self.recorded.entry.type)


@dataclass(frozen=True, slots=True)
class AsOf:
    """What the trail as a whole says of a promotion at a point in fold order: the roster in force, every
    release that had got to the environment it comes from, the entries that had declared keys
    compromised, those that stop the line, the `ground` that its own commits stand on, and every address that
    anyone on the roster had until then, by their id."""

    roster: Roster
    reached: tuple[RunsIn, ...]
    declared: frozenset[str] = frozenset()
    stops: tuple[Recorded, ...] = ()
    ground: RunsIn | None = None
    addresses: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrailState:
    """The trail as a whole: its id, the roster in force, what runs where (latest per environment and
    every release that ever got there), and its promotions, oldest first. `promoted` has, for each
    promotion that was promoted, how the trail stood before that. `declared` are the entries that declare
    keys compromised; `stops` those that stop the line or let it pass,
    less what was lifted. Of `settled` promotions it knows only that they are over. `glasses` are the promotions in
    which someone broke the glass. `grounds` has, for each environment, what new commits are counted from: what
    runs there by a promotion; where nothing was promoted, what was declared first, so that nobody moves it by
    declaring more. `addresses` are all that anyone on the roster ever had, by their id. `admins` has who were
    roster-admins when each amendment was written, by its commit. `stood_on` has for each open promotion what had been
    declared first where it goes when it was opened. `pipeline` is the one it was begun for."""

    trail: str | None
    demo: bool
    roster: Roster
    roster_entry: str | None
    runs_in: Mapping[str, RunsIn]
    reached: Mapping[str, tuple[RunsIn, ...]]
    promotions: tuple[str, ...]
    open_promotions: tuple[str, ...]
    newer: tuple[Unreadable | Recorded, ...] = ()
    promoted: Mapping[str, AsOf] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    stops: tuple[Recorded, ...] = ()
    settled: frozenset[str] = frozenset()
    glasses: frozenset[str] = frozenset()
    grounds: Mapping[str, RunsIn] = field(default_factory=dict)
    addresses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    admins: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stood_on: Mapping[str, RunsIn | None] = field(default_factory=dict)
    pipeline: str | None = None

    def as_of(self, promotion: Promotion) -> AsOf:
        """What a promotion is judged with: how the trail stood when it was promoted, or stands now."""
        assert promotion.id not in self.settled, "of a settled one only the whole trail tells"  # noqa: S101 - a slip of ours
        then = self.promoted.get(promotion.id)
        if then is not None:
            return then
        now = self.as_now(promotion.from_environment, promotion.to_environment)
        return replace(now, ground=declared_before(now.ground, self.stood_on.get(promotion.id)))

    def as_now(self, source: str, target: str) -> AsOf:
        """What a promotion from one environment into another is judged with now."""
        return AsOf(
            self.roster,
            self.reached.get(source, ()),
            self.declared,
            self.stops,
            self.grounds.get(target),
            self.addresses,
        )

    def declared_for(self, promotion: str) -> frozenset[str]:
        """The declarations of compromised keys that a promotion is folded by: all, or those before it was
        promoted."""
        assert promotion not in self.settled, "of a settled one only the whole trail tells"  # noqa: S101 - a slip of ours
        then = self.promoted.get(promotion)
        return self.declared if then is None else then.declared


def declared_before(ground: RunsIn | None, then: RunsIn | None) -> RunsIn | None:
    """What commits are counted from, where `then` was declared when a promotion was opened: nobody moves it by declaring
    something since."""
    return ground if ground is None or not ground.adopted or ground.returned else then

"""One promotion's entries folded into its state."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from promoter.messages import N_, Message, Template, message
from promoter.model.entry import (
    Abandoned,
    Amended,
    Approved,
    BrokeGlass,
    Checked,
    Entry,
    NotApplicable,
    Opened,
    Promoted,
    Recorded,
    Rejected,
    Revoked,
    Settled,
    SignedOff,
    Subject,
    Trust,
    Unreadable,
    Waived,
)
from promoter.promotion import amending
from promoter.promotion.amending import Amending, opening_terms
from promoter.promotion.belonging import as_known, counts, heard, is_newer, misplaced, opens
from promoter.promotion.state import Promotion, RecordedOutcome, Stage, Voice

PHRASES: Mapping[str, Template] = {
    **amending.PHRASES,
    "not-this-trail": N_("it was written for another trail or pipeline"),
    "not-this-promotion": N_("it was written for another promotion"),
    "not-these-environments": N_("it was written for another transition, {source} to {target}"),
    "not-this-release": N_("it promotes {release}, which is not the release of this promotion"),
    "before-opened": N_("it comes before the promotion was opened"),
    "open-already": N_("the promotion was open already"),
    "names-no-item": N_("it names no item"),
    "revokes-nothing": N_("it takes back nothing that was said in this promotion"),
    "revokes-another": N_("only {name} can take back what {name} said"),
}
"""The words of every code this package makes: why an entry that the trail accepts is set aside."""

_Revoked: TypeAlias = dict[tuple[str, str], Recorded]


@dataclass(slots=True)
class _Fold:
    """What has been gathered so far. Nothing is folded once `closed_by` is there."""

    opened: Recorded
    amending: Amending
    history: list[Recorded] = field(default_factory=list)
    voices: list[Recorded] = field(default_factory=list)
    revocations: list[tuple[int, Recorded]] = field(default_factory=list)
    outcomes: dict[tuple[str, str], list[RecordedOutcome]] = field(default_factory=dict)
    newer: list[Unreadable | Recorded] = field(default_factory=list)
    closed_by: Recorded | None = None
    afterwards: list[Recorded] = field(default_factory=list)

    def set_aside(self, position: int, why: Message) -> None:
        """Quarantines an entry that has its place in the history already."""
        self.history[position] = replace(self.history[position], trust=Trust.QUARANTINED, why=why)

    def take(self, recorded: Recorded, subject: Subject) -> Message | None:
        """Folds an entry that belongs here; says why when it cannot be."""
        match recorded.entry.content:
            case Opened():
                return message("open-already")
            case SignedOff() | Waived() | NotApplicable():
                if recorded.entry.item is None:
                    return message("names-no-item")
                self.voices.append(recorded)
            case Amended():
                return self.amending.take(recorded) if counts(recorded) else recorded.why
            case Approved() | Rejected() | BrokeGlass():
                self.voices.append(recorded)
            case Revoked():
                self.revocations.append((len(self.history) - 1, recorded))
            case Checked(outcomes=outcomes):
                for each in outcomes:
                    observed = RecordedOutcome(each, recorded, subject.release)
                    self.outcomes.setdefault((each.item, each.check), []).append(observed)
            case Promoted() | Abandoned():
                if not counts(recorded):
                    return recorded.why
                self.closed_by = recorded
            case _:
                pass
        return None


def fold(
    records: Iterable[Recorded],
    unreadable: Iterable[Unreadable] = (),
    *,
    declared: Container[str] | None = None,
    admins: Mapping[str, frozenset[str]] | None = None,
) -> Promotion | None:
    """The state of one promotion from its records in fold order; None when no counted `opened`.

    `declared` are the entries that declared keys compromised and that it is judged by (None: all). What
    such a key signed has its place and does not count: it opens, so that the gate can say so, it signs
    nothing off, waives nothing, closes nothing, takes no rejection back and answers none. What it rejected, and which
    sign-offs it took back, stays so. `admins` are who were roster-admins when each amendment was written.

    - People take back their own words only: a revocation counts for what the same person said and
      `refers_to` names. A sign-off that was taken back answers no rejection any more.
    - A rejection is answered by a sign-off of the same person for the same item that comes after it
      in fold order; that of the whole promotion by an approval. Nobody else's sign-off answers it, before or after.
    - The first `promoted` or `abandoned` closes the promotion; what comes later stays in `history`
      and changes nothing, but for what settles the debt of a broken glass (`afterwards`).
    - A second `opened` has no say, and is a rival of the first.
    - Entries that the trail accepts and that have no say here are quarantined, with the reason.
    """
    ordered = tuple(as_known(each, declared) for each in records)
    start = next((place for place, each in enumerate(ordered) if opens(each)), None)
    if start is None:
        return None
    opened = ordered[start]
    subject, terms = opened.entry.subject, opening_terms(opened.entry)
    if subject is None or terms is None:
        return None
    gathered = _Fold(
        opened,
        Amending(terms, admins),
        newer=[each for each in unreadable if each.blocks and each.promotion == subject.promotion],
    )
    for place, recorded in enumerate(ordered):
        _gather(gathered, recorded, subject, place - start)
    return _folded(gathered, subject, _rivals(ordered, opened.entry))


def _folded(gathered: _Fold, subject: Subject, rivals: Iterable[Recorded]) -> Promotion:
    revoked = _revoked(gathered)
    terms = gathered.amending.terms
    return Promotion(
        id=subject.promotion,
        transition=terms.pinned.transition,
        from_environment=subject.from_environment,
        to_environment=subject.to_environment,
        release=terms.release,
        checklist_digest=terms.checklist_digest,
        opened=gathered.opened,
        pinned=terms.pinned,
        stage=_stage(gathered.closed_by),
        outcomes={key: tuple(each) for key, each in gathered.outcomes.items()},
        sign_offs=_voices(gathered.voices, revoked, SignedOff),
        approvals=_voices(gathered.voices, revoked, Approved),
        rejections=_rejections(gathered.voices, revoked),
        glasses=_voices(gathered.voices, revoked, BrokeGlass),
        afterwards=tuple(gathered.afterwards),
        exemptions=_voices(gathered.voices, revoked, (Waived, NotApplicable)),
        amendments=gathered.amending.amendments,
        history=tuple(gathered.history),
        closed_by=gathered.closed_by,
        quarantined=tuple(each for each in gathered.history if not counts(each)),
        newer=tuple(gathered.newer),
        rivals=tuple(rivals),
    )


def _voices(said: Iterable[Recorded], revoked: _Revoked, sort: type | tuple[type, ...]) -> tuple[Voice, ...]:
    """What people said of a sort, each with what took it back."""
    return tuple(
        Voice(each, revoked_by=revoked.get(_whose(each.entry)))
        for each in said
        if isinstance(each.entry.content, sort)
    )


def _rivals(records: Iterable[Recorded], first: Entry) -> Iterator[Recorded]:
    """Every other entry that opens the same promotion, wherever it stands: fold order is no reason to
    believe the first, for whoever writes an entry has a say in that order."""
    for each in records:
        subject = each.entry.subject
        same = subject and first.subject and subject.promotion == first.subject.promotion
        if same and opens(each) and each.entry != first:
            yield each


def _gather(gathered: _Fold, recorded: Recorded, subject: Subject, since_opened: int) -> None:
    gathered.history.append(recorded)
    if not heard(recorded) or recorded is gathered.opened:
        return
    place = len(gathered.history) - 1
    if (why := misplaced(gathered.opened, recorded, gathered.amending.terms.release)) is not None:
        gathered.set_aside(place, why)
    elif since_opened < 0:
        gathered.set_aside(place, message("before-opened"))
    elif is_newer(recorded):
        gathered.newer.append(recorded)
    elif gathered.closed_by is None:
        refused = gathered.take(recorded, recorded.entry.subject or subject)
        if refused is not None:
            gathered.set_aside(place, refused)
    elif isinstance(recorded.entry.content, SignedOff | Approved | Revoked | Settled) and counts(recorded):
        gathered.afterwards.append(recorded)
    elif isinstance(recorded.entry.content, Amended):
        gathered.set_aside(place, message("amends-closed"))


def _revoked(gathered: _Fold) -> _Revoked:
    """The first revocation that counts for each voice; those that count for nothing are set aside."""
    revoked: _Revoked = {}
    said: dict[str, list[Entry]] = {}
    for each in gathered.voices:
        said.setdefault(each.entry.id, []).append(each.entry)
    for place, recorded in gathered.revocations:
        named = [entry for wanted in recorded.entry.refers_to for entry in said.get(wanted, ())]
        own = [
            entry
            for entry in named
            if entry.actor.id == recorded.entry.actor.id
            and (counts(recorded) or not isinstance(entry.content, Rejected))
        ]
        for entry in own:
            revoked.setdefault(_whose(entry), recorded)
        if not named:
            gathered.set_aside(place, message("revokes-nothing"))
        elif not own:
            gathered.set_aside(place, message("revokes-another", name=named[0].actor.name))
    return revoked


def _rejections(voices: list[Recorded], revoked: _Revoked) -> tuple[Voice, ...]:
    """Every rejection; read backwards, so that what was signed after it is known when it is met."""
    signed: set[tuple[str, str | None]] = set()
    rejections: list[Voice] = []
    for each in reversed(voices):
        entry = each.entry
        if isinstance(entry.content, Rejected):
            answered = _who_on_what(entry) in signed
            rejections.append(Voice(each, revoked_by=revoked.get(_whose(entry)), answered=answered))
        elif (
            isinstance(entry.content, SignedOff | Approved) and _whose(entry) not in revoked and counts(each)
        ):
            signed.add(_who_on_what(entry))
    return tuple(reversed(rejections))


def _whose(entry: Entry) -> tuple[str, str]:
    """An entry and its author: two members could choose the same id, and only one of them owns it."""
    return entry.id, entry.actor.id


def _who_on_what(entry: Entry) -> tuple[str, str | None]:
    return entry.actor.id, entry.item.id if entry.item else None


def _stage(closed_by: Recorded | None) -> Stage:
    if closed_by is None:
        return Stage.OPEN
    return Stage.PROMOTED if isinstance(closed_by.entry.content, Promoted) else Stage.ABANDONED

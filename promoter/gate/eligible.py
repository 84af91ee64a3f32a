"""Who could do what a promotion waits for: found by asking the gate what it would make of it."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from promoter.frozen import frozen
from promoter.gate.approving import approvals
from promoter.gate.case import Case
from promoter.gate.decision import Seat
from promoter.gate.exempting import objection
from promoter.gate.signing import in_term, sign_off_standings
from promoter.messages import Message
from promoter.model.authors import folded
from promoter.model.checklist import Item
from promoter.model.entry import (
    Approved,
    Content,
    Entry,
    EntryType,
    EvidenceItem,
    ItemBinding,
    Recorded,
    SignatureVerdict,
    SignedOff,
    Subject,
    Trust,
    Waived,
)
from promoter.model.roster import Actor, Person, PersonClass
from promoter.promotion import Voice

_NOBODY = Actor("", "", "")
_A_MOMENT = timedelta(minutes=1)


@frozen
class Signers:
    """Who could sign an item off so that it counts: the `people` of the roster, or `anyone` where there is none.
    `enough` when their sign-offs would fill every seat. `barred` says why those who have the role may not."""

    people: tuple[Person, ...] = ()
    anyone: bool = False
    enough: bool = False
    barred: tuple[Message, ...] = ()


def members(case: Case, *, machines: bool = False) -> tuple[Person, ...]:
    """The people whom the roster has at the case's moment, and its machines where they are asked for."""
    return tuple(
        each
        for each in case.roster.people
        if in_term(each, case.now) and (machines or each.person_class is PersonClass.PERSON)
    )


def heeds_claims(case: Case) -> bool:
    """Whether what is said without a roster counts here."""
    return case.accepts(_would_be(case, _NOBODY, (), EntryType.SIGNED_OFF, SignedOff(), None))


def signers(case: Case, item: Item) -> Signers:
    """Who could sign an item off with effect, as it stands now."""
    if not case.roster:
        anyone = heeds_claims(case)
        return Signers(anyone=anyone, enough=anyone)
    standings, _ = sign_off_standings(case, item)
    filled = _filled(case, item)
    found, barred, voices = [], [], []
    counted = {each.voice.recorded.entry.actor.id for each in standings if each.counts}
    for person in members(case):
        voice = _signed(case, item, actor_of(person), person.roles)
        if _filled(case, item, voice) > filled:
            found.append(person)
            voices.append(voice)
        elif person.id not in counted and set(person.roles) & set(
            item.sign_off.roles if item.sign_off else ()
        ):
            barred += [why for why in _against(case, item, voice) if why not in barred]
    _, seats = sign_off_standings(_with(case, *voices), item)
    enough = all(each.filled >= each.needed for each in seats)
    return Signers(tuple(found), enough=enough, barred=tuple(barred))


def may_sign(case: Case, item: Item, actor: Actor) -> bool:
    """Whether somebody's sign-off would fill a seat of an item, as it stands now."""
    person = case.roster.person(actor.id)
    if case.roster and (person is None or person not in members(case)):
        return False
    voice = _signed(case, item, actor, person.roles if person else None)
    return _filled(case, item, voice) > _filled(case, item)


def approvers(case: Case) -> Signers:
    """Who could approve the promotion as a whole with effect, as it stands now."""
    if not case.roster:
        anyone = heeds_claims(case)
        return Signers(anyone=anyone, enough=anyone)
    missing = approvals(case).missing
    found, voices = [], []
    for person in members(case):
        voice = _approved(case, actor_of(person), person.roles)
        if approvals(_approving(case, voice)).missing < missing:
            found.append(person)
            voices.append(voice)
    return Signers(tuple(found), enough=approvals(_approving(case, *voices)).missing == 0)


def unpayable(case: Case, breakers: Container[str]) -> tuple[tuple[str, ...], bool]:
    """The required items whose sign-offs only those could give who broke the glass, so that its debt would stand for ever,
    and whether that goes for an approval of the whole too; of a roster as it is."""
    others = [each for each in members(case) if folded(each.id) not in breakers]
    if not case.roster:
        return (), False

    def short(seats: Sequence[Seat]) -> bool:
        return any(each.filled < each.needed for each in seats)

    signed = (
        (item, _with(case, *(_signed(case, item, actor_of(each), each.roles) for each in others)))
        for item in case.checklist.items
        if item.required and item.sign_off is not None
    )
    items = tuple(item.id for item, paid in signed if short(sign_off_standings(paid, item)[1]))
    approved = _approving(case, *(_approved(case, actor_of(each), each.roles) for each in others))
    return items, short(approvals(approved).seats)


def may_approve(case: Case, actor: Actor) -> bool:
    """Whether somebody's approval would fill a seat, as it stands now."""
    person = case.roster.person(actor.id)
    if case.roster and (person is None or person not in members(case)):
        return False
    voice = _approved(case, actor, person.roles if person else None)
    return approvals(_approving(case, voice)).missing < approvals(case).missing


def waivers(case: Case, item: Item) -> tuple[Person, ...]:
    """Who of the roster could let an item be for a while."""
    return tuple(each for each in members(case) if may_waive(case, item, actor_of(each), each.roles))


def may_waive(case: Case, item: Item, actor: Actor, roles: tuple[str, ...] | None = None) -> bool:
    """Whether somebody's waiver of an item would count, were it short enough."""
    until = (case.now + _A_MOMENT).strftime("%Y-%m-%dT%H:%M:%SZ")
    would_be = _would_be(case, actor, roles, EntryType.WAIVED, Waived("", until), item)
    why = objection(
        case.checklist,
        case.promotion,
        item,
        would_be,
        environment=case.environment,
        roster=case.roster,
        now=case.now,
        authors=case.authors,
    )
    return why is None


def actor_of(person: Person) -> Actor:
    """A person of the roster as the author of an entry."""
    email = next(iter(person.emails), "")
    return Actor(person.id, person.name, email, None, person.person_class)


_EVIDENCE = EvidenceItem(link="https://example.org", file="proof", digest="sha256:")
"""What satisfies whoever asks for evidence, be it with a digest."""


def _signed(case: Case, item: Item, by: Actor, roles: tuple[str, ...] | None) -> Voice:
    """A sign-off that leaves nothing to be desired but, perhaps, its author."""
    rule = item.sign_off
    fields = {each.id: "." for each in rule.fields} if rule else {}
    content = SignedOff(fields=fields, evidence=(_EVIDENCE,))
    return Voice(_would_be(case, by, roles, EntryType.SIGNED_OFF, content, item))


def _approved(case: Case, by: Actor, roles: tuple[str, ...] | None) -> Voice:
    """An approval that leaves nothing to be desired but, perhaps, its author."""
    rule = case.checklist.approvals
    fields = {each.id: "." for each in rule.seats.fields} if rule else {}
    content = Approved(fields=fields, evidence=(_EVIDENCE,))
    return Voice(_would_be(case, by, roles, EntryType.APPROVED, content, None))


def _approving(case: Case, *voices: Voice) -> Case:
    promotion = case.promotion
    return replace(case, promotion=replace(promotion, approvals=(*promotion.approvals, *voices)))


def _would_be(
    case: Case,
    by: Actor,
    roles: tuple[str, ...] | None,
    kind: EntryType,
    content: Content,
    item: Item | None,
) -> Recorded:
    opened, promotion = case.promotion.opened.entry, case.promotion
    entry = Entry(
        id="",
        trail=opened.trail,
        pipeline=opened.pipeline,
        type=kind,
        actor=by,
        at=case.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        content=content,
        subject=Subject(
            promotion.id,
            promotion.from_environment,
            promotion.to_environment,
            promotion.release,
            promotion.checklist_digest,
        ),
        item=ItemBinding(item.id, item.digest) if item else None,
    )
    return Recorded(
        entry,
        commit="",
        path="",
        signature=SignatureVerdict.GOOD if case.roster else SignatureVerdict.UNSIGNED,
        trust=Trust.COUNTED if case.roster else Trust.CLAIMED,
        roles=roles if case.roster else None,
    )


def _with(case: Case, *voices: Voice) -> Case:
    promotion = case.promotion
    return replace(case, promotion=replace(promotion, sign_offs=(*promotion.sign_offs, *voices)))


def _filled(case: Case, item: Item, *voices: Voice) -> int:
    _, seats = sign_off_standings(_with(case, *voices), item)
    return sum(each.filled for each in seats)


def _against(case: Case, item: Item, voice: Voice) -> Iterator[Message]:
    standings, _ = sign_off_standings(_with(case, voice), item)
    yield from (each.why for each in standings if each.voice is voice and each.why is not None)

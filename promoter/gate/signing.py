"""Which sign-offs of an item count, for which role, and which seats are left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from promoter.gate.authoring import commits_of
from promoter.gate.case import Case, aware, release_label
from promoter.gate.decision import Hold, ItemStanding, Reason, Seat, SignOffStanding, Validity
from promoter.gate.seating import seat_people
from promoter.messages import Message, message
from promoter.model.authors import Authors, folded
from promoter.model.checklist import Item, SignOffRule
from promoter.model.entry import Approved, Entry, Recorded, Revoked, SignedOff, Trust
from promoter.model.environment import Demand, Environment, Rule
from promoter.model.roster import Actor, Person, PersonClass, Roster
from promoter.promotion import Promotion, Voice

ANYONE = ""
"""The role of a seat that any person may fill."""


def sign_off_standings(case: Case, item: Item) -> tuple[tuple[SignOffStanding, ...], tuple[Seat, ...]]:
    """Every sign-off of an item as it stands, and the seats with how many are filled.

    A person fills one seat of an item at most, however many roles they have and however often they
    sign: of their sign-offs that count, the last one given in the role they are credited for.
    """
    judged = [_judged(case, item, each) for each in case.promotion.sign_offs if _is_about(each, item)]
    return seated(case, item.sign_off, judged, "sign-off-repeated")


def seated(
    case: Case, rule: SignOffRule | None, judged: list[SignOffStanding], repeated: str
) -> tuple[tuple[SignOffStanding, ...], tuple[Seat, ...]]:
    """What people answered, with the seats of a rule they are credited for; `repeated` says that a person did so more
    than once, and is counted once."""
    if rule is None:
        return tuple(judged), ()
    needed = _needed(rule)
    fits = [_roles(case, each.voice.recorded, needed) if each.counts else [] for each in judged]
    people: dict[str, list[str]] = {}
    for each, roles in zip(judged, fits, strict=True):
        if each.counts:
            held = people.setdefault(each.person, [])
            people[each.person] = [role for role in needed if role in held or role in roles]
    credited = seat_people(people, needed)
    speaking = {
        each.person: place
        for place, (each, roles) in enumerate(zip(judged, fits, strict=True))
        if each.counts and credited.get(each.person) in (None, *roles)
    }
    for place, each in enumerate(judged):
        person = each.person
        if each.counts and place == speaking[person]:
            judged[place] = replace(each, credited=credited.get(person))
        elif each.counts:
            judged[place] = replace(each, counts=False, why=message(repeated, by=_name(each)))
    filled = list(credited.values())
    return tuple(judged), tuple(Seat(role, count, filled.count(role)) for role, count in needed.items())


def sign_off_reasons(
    item: Item, standings: Sequence[SignOffStanding], seats: Sequence[Seat]
) -> Iterator[Reason]:
    """What people hold an item with: the seats left, then why what was given fills none of them."""
    missing = sum(each.needed - each.filled for each in seats)
    if not missing:
        return
    count = sum(each.needed for each in seats)
    roles = [each.role for each in seats if each.filled < each.needed and each.role != ANYONE]
    parameters = {"missing": missing, "count": count, "filled": count - missing}
    if roles:
        yield Reason(message("sign-off-missing", roles=roles, **parameters), Hold.WAITING, item.id)
    else:
        yield Reason(message("sign-off-missing-anyone", **parameters), Hold.WAITING, item.id)
    heard = {each.person for each in standings if each.counts}
    unheard = {
        each.person: each.why
        for each in standings
        if each.why is not None and each.voice.stands and each.person not in heard
    }
    for person in sorted(unheard):
        yield Reason(unheard[person], Hold.WAITING, item.id)


def opener_signed(case: Case, items: Sequence[ItemStanding]) -> Iterator[Message]:
    """A warning of the seats the opener fills, where separation of duties only warns."""
    if case.environment.separation.opener is not Rule.WARN:
        return
    filled: dict[tuple[str, str], list[str]] = {}
    for item in items:
        for each in item.sign_offs:
            if each.credited is not None and is_opener(case, each.voice.recorded.entry.actor):
                asker = asked_as(case, each.voice.recorded.entry.actor)
                filled.setdefault((asker, _name(each)), []).append(item.item.id)
    for (asker, name), signed in filled.items():
        yield message(f"{asker}-signed", by=name, items=signed)


def compromised_later(promotion: Promotion) -> Iterator[Message]:
    """A warning of the sign-offs that counted when it was promoted, and whose key was declared compromised
    after that."""
    signed: dict[str, list[str]] = {}
    for each in promotion.sign_offs:
        entry, disowned = each.recorded.entry, each.recorded.disowned_by is not None
        if disowned and each.recorded.trust is Trust.COUNTED and entry.item is not None:
            signed.setdefault(entry.actor.name, []).append(entry.item.id)
    for name, items in signed.items():
        yield message("compromised-later", by=name, items=tuple(dict.fromkeys(items)))


def possible_signers(
    rule: SignOffRule | None,
    roster: Roster,
    opener: Actor,
    environment: Environment,
    at: datetime | None = None,
    authors: Authors | None = None,
) -> Mapping[str, int]:
    """For each role of a rule, how many distinct people could fill it; without a roster, empty.

    With `at`, only those whom the roster has at that moment; with `authors`, without them where they may not
    sign. One person may be counted for two roles
    and can fill only one of them.
    """
    if not roster or rule is None:
        return {}
    without_opener = environment.separation.opener is Rule.ON
    wrote = authors if environment.separation.authors is Rule.ON else None
    people = {
        each.id: _fitting(each.roles, _needed(rule))
        for each in roster.people
        if each.person_class is PersonClass.PERSON
        and not (
            without_opener and (each.id == opener.id or folded(opener.email) in map(folded, each.emails))
        )
        and not (wrote is not None and wrote.written_by(each.emails))
        and (at is None or in_term(each, at))
    }
    return {role: sum(role in roles for roles in people.values()) for role in _needed(rule)}


def _judged(case: Case, item: Item, voice: Voice) -> SignOffStanding:
    stale = _stale(case, item, voice.recorded)
    validity = Validity.STALE if stale else Validity.CURRENT
    why = _taken_back(voice) or stale or unfit(case, item.sign_off, voice)
    return SignOffStanding(voice, validity, counts=why is None, why=why)


def unfit(case: Case, rule: SignOffRule | None, voice: Voice) -> Message | None:
    """Why what somebody answered fills no seat of a rule: not signed, not theirs to say, or a bare tick where more is
    asked for; None when it may."""
    return (
        _unsigned(case, voice)
        or barred(case, rule, voice.recorded)
        or _bare(case, rule, voice.recorded.entry)
    )


def _taken_back(voice: Voice) -> Message | None:
    if voice.revoked_by is None:
        return None
    content = voice.revoked_by.entry.content
    reason = content.reason if isinstance(content, Revoked) else ""
    return message("sign-off-revoked", by=voice.revoked_by.entry.actor.name, reason=reason)


def _stale(case: Case, item: Item, recorded: Recorded) -> Message | None:
    entry = recorded.entry
    if entry.item is None or entry.item.digest != item.digest:
        return message("sign-off-stale-item", by=entry.actor.name)
    if case.promotion.saw_otherwise(recorded, item.id):
        return message("sign-off-stale-facts", by=entry.actor.name)
    was, now = entry.subject.release if entry.subject else None, case.promotion.release
    if not item.survives_release and (was is None or not was.is_same_as(now)):
        return message(
            "sign-off-stale-release", by=entry.actor.name, was=release_label(was), now=release_label(now)
        )
    return None


def _unsigned(case: Case, voice: Voice) -> Message | None:
    if case.accepts(voice.recorded):
        return None
    recorded = voice.recorded
    if recorded.disowned_by is not None and recorded.why is not None:
        return message("sign-off-compromised", by=recorded.entry.actor.name, why=recorded.why)
    return message("sign-off-claimed", by=recorded.entry.actor.name)


def barred(case: Case, rule: SignOffRule | None, recorded: Recorded) -> Message | None:
    """Why what somebody answers never fills a seat of a rule, judged by what they were where they signed."""
    actor, name = recorded.entry.actor, recorded.entry.actor.name
    person = case.roster.person(actor.id)
    if rule is None:
        return message("sign-off-not-asked")
    if PersonClass.MACHINE in (actor.person_class, person.person_class if person else None):
        return message("sign-off-by-machine", by=name)
    if case.environment.separation.opener is Rule.ON and is_opener(case, actor):
        return message("sign-off-by-opener", by=name)
    if case.environment.separation.authors is Rule.ON and (count := commits_of(case, actor)):
        return message("sign-off-by-author", by=name, count=count)
    if case.roster and recorded.roles is None:
        return message("sign-off-off-roster", by=name)
    if not _roles(case, recorded, _needed(rule)):
        return message("sign-off-without-role", by=name, roles=rule.roles)
    return None


def in_term(person: Person, at: datetime) -> bool:
    """Whether the roster has a person at a moment; both ends included."""
    begun = person.valid_from is None or aware(person.valid_from) <= aware(at)
    return begun and (person.valid_until is None or aware(at) <= aware(person.valid_until))


def is_opener(case: Case, actor: Actor) -> bool:
    """Whether someone opened the promotion or moved it to its release, also when they did as a claim, before they had an id on the roster."""
    askers, person = case.promotion.askers, case.roster.person(actor.id)
    emails = {folded(each) for each in (actor.email, *(person.emails if person else ()))}
    return any(actor.id == each.id or folded(each.email) in emails for each in askers)


def asked_as(case: Case, actor: Actor) -> str:
    """Whether one of those who ask for the release is its `opener`, or its `mover` alone."""
    opener = case.promotion.opener
    return "opener" if actor.id == opener.id or folded(actor.email) == folded(opener.email) else "mover"


def _bare(case: Case, rule: SignOffRule | None, entry: Entry) -> Message | None:
    """Why a sign-off that would count is a bare tick where more is asked for."""
    content = entry.content
    if rule is None or not isinstance(content, SignedOff | Approved):
        return message("sign-off-not-asked")
    empty = [each.id for each in rule.fields if each.required and not content.fields.get(each.id, "").strip()]
    if empty:
        return message("fields-missing", by=entry.actor.name, fields=empty)
    if rule.evidence is Demand.REQUIRED and not any(each.link or each.file for each in content.evidence):
        return message("evidence-missing", by=entry.actor.name)
    undigested = case.environment.digests is Demand.REQUIRED and rule.evidence is Demand.REQUIRED
    if undigested and not any(each.digest for each in content.evidence):
        return message("evidence-undigested", by=entry.actor.name)
    return None


def _needed(rule: SignOffRule) -> dict[str, int]:
    """The seats of a rule: `count` for each of its roles; never fewer than one."""
    return dict.fromkeys(rule.roles or (ANYONE,), max(rule.count, 1))


def _roles(case: Case, recorded: Recorded, needed: Mapping[str, int]) -> list[str]:
    """The seats somebody may fill with what they signed: for the roles they had there and nobody took away
    beside it; roles are not enforced without a roster."""
    return _fitting(recorded.roles or (), needed) if case.roster else list(needed)


def _fitting(held: Sequence[str], needed: Mapping[str, int]) -> list[str]:
    return [role for role in needed if role == ANYONE or role in held]


def _is_about(voice: Voice, item: Item) -> bool:
    return voice.recorded.entry.item is not None and voice.recorded.entry.item.id == item.id


def _name(standing: SignOffStanding) -> str:
    return standing.voice.recorded.entry.actor.name

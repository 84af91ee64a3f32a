"""What an entry must be to count: by whom it is written, signed and said to be, under one roster. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message
from promoter.model.entry import (
    Entry,
    EntryType,
    KeyCompromised,
    KeyRetired,
    RosterChanged,
    SignatureVerdict,
)
from promoter.model.roster import ROSTER_ADMIN, Person, PersonClass, Roster
from promoter.trail.clock import Clock, moment_of
from promoter.trail.facts import CommitFacts
from promoter.trail.signature import own_id, signer_of, verdict

PHRASES: Mapping[str, Template] = {
    "unsigned": N_("not signed"),
    "bad-signature": N_("the signature does not cover what is there"),
    "unknown-key": N_("signed with a key the roster does not have ({key})"),
    "unchecked-signature": N_("the signature could not be checked here"),
    "signer-not-actor": N_("signed by {signer}, said to be by {actor}"),
    "author-not-signer": N_(
        "signed by {signer}, committed as <{email}>, which is not the entry's address or theirs"
    ),
    "class-differs": N_("{actor} is not entered as the person or machine the roster says"),
    "machine-decides": N_("{actor} is a machine: only runs of checks count from it"),
    "outside-membership": N_("{actor} was not on the roster at that time"),
    "not-roster-admin": N_("{actor} may not change the roster, but for adding keys of their own"),
    "not-ones-own-key": N_("{actor} may only say this of a key of their own: {key} is of {person}"),
    "key-not-theirs": N_("{person} has no key {key} on the roster"),
}

_AT_NO_TIME = Clock()

Grant = tuple[str, str, str]
"""A thing a roster gives: what (`person`, `key`, `email` or `role`), to whom, which."""


@frozen
class Membership:
    """Whether a roster lets an entry count. `why` says why not; `needs` is what it counts by."""

    why: Message | None
    needs: frozenset[Grant] = frozenset()


def grants(roster: Roster) -> frozenset[Grant]:
    """Everything a roster gives."""
    return frozenset(
        (what, person.id, each)
        for person in roster.people
        for what, held in (
            ("person", [person.id]),
            ("key", [key.id for key in person.keys]),
            ("email", person.emails),
            ("role", person.roles),
        )
        for each in held
    )


def member(entry: Entry, commit: CommitFacts, roster: Roster, clock: Clock = _AT_NO_TIME) -> Membership:
    """Whether an entry is a member's: signed with a key of theirs, committed as and said to be by them.

    `clock` is the time the trail had reached before it: an earlier date of its own does not bring it back
    into a membership that ended.
    """
    person, why = signer(commit, roster)
    if person is None:
        return Membership(why)
    why = _who(entry, commit, person) or _what(entry, person, clock)
    admin = ("role", person.id, ROSTER_ADMIN)
    needs = {("key", person.id, str(commit.seal.key)), ("email", person.id, commit.email)}
    match entry.content:
        case RosterChanged(roster=after):
            if ROSTER_ADMIN in person.roles:
                needs.add(admin)
            elif not adds_own_keys(roster, after, person.id):
                why = why or message("not-roster-admin", actor=person.name)
        case KeyRetired(person=whose) | KeyCompromised(person=whose) if whose == person.id:
            needs = set()
        case KeyRetired() | KeyCompromised():
            needs.add(admin)
    return Membership(why or _about_key(entry, person, roster), frozenset(needs))


def adds_own_keys(before: Roster, after: Roster, person_id: str) -> bool:
    """Whether all a change of roster does is to give one person further keys, which are nobody else's."""
    who, same = before.person(person_id), after.person(person_id)
    if who is None or same is None:
        return False
    others = replace(same, keys=who.keys)
    restored = replace(after, people=tuple(others if each is same else each for each in after.people))
    added = [key for key in same.keys if key not in who.keys]
    held = {key.id for each in before.people for key in each.keys}
    true = all(own_id(key) == key.id and key.id not in held for key in added)
    return restored == before and bool(added) and true and set(who.keys) <= set(same.keys)


def _about_key(entry: Entry, person: Person, roster: Roster) -> Message | None:
    """Why somebody may not say this of a key."""
    content = entry.content
    if not isinstance(content, KeyRetired | KeyCompromised):
        return None
    if content.person != person.id and ROSTER_ADMIN not in person.roles:
        named = {"actor": person.name, "key": content.key, "person": content.person}
        return message("not-ones-own-key", **named)
    whose = roster.person(content.person)
    held = whose is not None and any(key.id == content.key for key in whose.keys)
    if isinstance(content, KeyRetired) and not held:
        return message("key-not-theirs", key=content.key, person=content.person)
    return None


def signer(commit: CommitFacts, roster: Roster) -> tuple[Person | None, Message | None]:
    """Whose key signed the commit, or why nobody's did."""
    match verdict(commit.seal, roster):
        case SignatureVerdict.UNSIGNED:
            return None, message("unsigned")
        case SignatureVerdict.BAD:
            return None, message("bad-signature")
        case SignatureVerdict.UNCHECKED:
            return None, message("unchecked-signature")
        case SignatureVerdict.UNKNOWN_KEY:
            return None, message("unknown-key", key=commit.seal.key or "?")
    return signer_of(roster, commit.seal), None


def _who(entry: Entry, commit: CommitFacts, person: Person) -> Message | None:
    if entry.actor.id != person.id:
        return message("signer-not-actor", signer=person.name, actor=entry.actor.name)
    if entry.actor.email != commit.email or commit.email not in person.emails:
        return message("author-not-signer", signer=person.name, email=commit.email)
    if entry.actor.person_class is not person.person_class:
        return message("class-differs", actor=person.name)
    return None


def _what(entry: Entry, person: Person, clock: Clock) -> Message | None:
    if person.person_class is PersonClass.MACHINE and entry.type is not EntryType.CHECKED:
        return message("machine-decides", actor=person.name)
    at = datetime.fromisoformat(entry.at)
    reached = max(at, moment_of(clock.reached(person.id)))
    begins, ends = person.valid_from, person.valid_until
    if (begins and at < begins) or (ends and reached > ends):
        return message("outside-membership", actor=person.name)
    return None

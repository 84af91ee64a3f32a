"""What an entry must be to count: by whom it is written, signed and said to be, under one roster. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from promoter.messages import N_, Message, Template, message
from promoter.model.entry import Entry, EntryType, SignatureVerdict
from promoter.model.roster import ROSTER_ADMIN, Person, PersonClass, Roster
from promoter.trail.facts import CommitFacts
from promoter.trail.signature import owner_of, verdict

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
    "not-roster-admin": N_("{actor} may not change the roster"),
}

Grant = tuple[str, str, str]
"""A thing a roster gives: what (`key`, `email` or `role`), to whom, which."""


@dataclass(frozen=True, slots=True)
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
            ("key", [key.id for key in person.keys]),
            ("email", person.emails),
            ("role", person.roles),
        )
        for each in held
    )


def member(entry: Entry, commit: CommitFacts, roster: Roster, clock: str = "") -> Membership:
    """Whether an entry is a member's: signed with a key of theirs, committed as and said to be by them.

    `clock` is the time the trail had reached before it (RFC 3339): an earlier date of its own does not
    bring it back into a membership that ended.
    """
    person, why = signer(commit, roster)
    if person is None:
        return Membership(why)
    why = _who(entry, commit, person) or _what(entry, person, clock)
    needs = {("key", person.id, str(commit.seal.key)), ("email", person.id, commit.email)}
    if why is None and entry.type is EntryType.ROSTER:
        if ROSTER_ADMIN not in person.roles:
            why = message("not-roster-admin", actor=person.name)
        needs.add(("role", person.id, ROSTER_ADMIN))
    return Membership(why, frozenset(needs))


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
            return None, message("unknown-key", key=commit.seal.key or "")
    return owner_of(roster, commit.seal.key or ""), None


def _who(entry: Entry, commit: CommitFacts, person: Person) -> Message | None:
    if entry.actor.id != person.id:
        return message("signer-not-actor", signer=person.name, actor=entry.actor.name)
    if entry.actor.email != commit.email or commit.email not in person.emails:
        return message("author-not-signer", signer=person.name, email=commit.email)
    if entry.actor.person_class is not person.person_class:
        return message("class-differs", actor=person.name)
    return None


def _what(entry: Entry, person: Person, clock: str) -> Message | None:
    if person.person_class is PersonClass.MACHINE and entry.type is not EntryType.CHECKED:
        return message("machine-decides", actor=person.name)
    at = datetime.fromisoformat(entry.at)
    reached = max(at, datetime.fromisoformat(clock)) if clock else at
    begins, ends = person.valid_from, person.valid_until
    if (begins and at < begins) or (ends and reached > ends):
        return message("outside-membership", actor=person.name)
    return None

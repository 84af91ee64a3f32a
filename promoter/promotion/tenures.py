"""Who could sign what, since when and until when, as the trail's own entries tell it: for access reviews."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from promoter.frozen import frozen
from promoter.model.entry import Recorded
from promoter.model.roster import Person, Roster


class Given(StrEnum):
    """What a roster gives a person."""

    MEMBERSHIP = "membership"
    ROLE = "role"
    KEY = "key"
    EMAIL = "email"


@frozen
class Tenure:
    """One thing a person had: since and until which entry (None: they have it). `which` is the role, the
    key's id or the address, and nothing for membership. `person` is as the roster had them last."""

    person: Person
    given: Given
    which: str
    since: Recorded
    until: Recorded | None = None


def tenures(records: Iterable[Recorded]) -> tuple[Tenure, ...]:
    """Everything anyone ever had, in order of people, then of what and when they had it."""
    ended: list[Tenure] = []
    held: dict[tuple[str, Given, str], Tenure] = {}
    for recorded in records:
        if recorded.roster is None:
            continue
        there = {(who.id, *one): who for who in recorded.roster.people for one in _given(who)}
        gone = [each for each in held if each not in there]
        ended += [replace(held.pop(each), until=recorded) for each in gone]
        for key, who in there.items():
            since = held[key].since if key in held else recorded
            held[key] = Tenure(who, key[1], key[2], since)
    order = list(Given)
    return tuple(
        sorted(
            (*ended, *held.values()),
            key=lambda each: (each.person.id, order.index(each.given), each.since.entry.at, each.which),
        )
    )


def _given(person: Person) -> Iterable[tuple[Given, str]]:
    yield Given.MEMBERSHIP, ""
    yield from ((Given.ROLE, each) for each in person.roles)
    yield from ((Given.KEY, each.id) for each in person.keys)
    yield from ((Given.EMAIL, each) for each in person.emails)


def rosters(records: Iterable[Recorded]) -> tuple[Roster, ...]:
    """Every roster that was in force, oldest first."""
    return tuple(each.roster for each in records if each.roster is not None)

"""Changes of the roster that were made beside each other, joined. Pure.

What either side adds counts; what either side takes away is gone, whoever still gives it. Where they
disagree about a person, only what both give counts, until a roster-admin has seen both and applies the
roster again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message
from promoter.model.authors import folded
from promoter.model.roster import ROSTER_ADMIN, Person, PersonClass, Roster
from promoter.trail.membership import Grant, grants

PHRASES: Mapping[str, Template] = {
    "roster-conflict": N_(
        "changes of the roster made at the same time disagree about {person}: only what both give counts, "
        "until a roster-admin applies the roster again"
    ),
}


@frozen
class Change:
    """What an entry changes of who may sign, from the commit that brought it on. `roster` is the new one,
    None where a key is taken away; `removed` and `added` are against the one in force before. `needs` is
    what its author had to have. `since` is the last commit believed, where a key was compromised."""

    commit: str
    path: str
    entry: str
    author: str
    person: str
    key: str | None
    roster: Roster | None
    added: frozenset[Grant] = frozenset()
    removed: frozenset[Grant] = frozenset()
    needs: frozenset[Grant] = frozenset()
    first: bool = False
    since: str | None = None

    @property
    def by_admin(self) -> bool:
        """Whether it counts by the right of a roster-admin."""
        return ("role", self.person, ROSTER_ADMIN) in self.needs


def joined(
    changes: Sequence[Change],
    heads: Sequence[Change],
    descends: Callable[[str, str], bool],
    disowned: Collection[str],
) -> tuple[Roster, tuple[Message, ...]]:
    """The roster that several changes come to, and what they disagree about.

    `changes` are all of one history that bring a roster, oldest first, `heads` those that nothing later
    of them replaces. What the `disowned` ones (by commit) add does not count.
    """
    join = _Join(changes, heads, descends, disowned)
    people = tuple(join.people())
    roster = _unshared(Roster(people))
    names = dict.fromkeys(join.disagreements(roster))
    return roster, tuple(message("roster-conflict", person=each) for each in names)


class _Join:
    def __init__(
        self,
        changes: Sequence[Change],
        heads: Sequence[Change],
        descends: Callable[[str, str], bool],
        disowned: Collection[str],
    ) -> None:
        self._changes, self._heads, self._descends = changes, heads, descends
        self._believed = [each for each in changes if each.commit not in disowned]
        self._whole = len(self._believed) == len(changes)
        self._adders = _by_grant(self._believed, lambda change: change.added)
        self._removers = _by_grant(changes, lambda change: change.removed)
        self._given = {each.commit: grants(each.roster) for each in changes if each.roster is not None}

    def people(self) -> Iterator[Person]:
        """Everyone who is on it, in the order of the rosters that are joined."""
        listed = [each for change in self._heads for each in _people(change)]
        for person in dict.fromkeys(each.id for each in listed):
            if self._stands(("person", person, person)) and (versions := self._versions(person)):
                yield self._joined(person, versions, listed)

    def disagreements(self, roster: Roster) -> Iterator[str]:
        """Who is not as one of the sides has them, though nobody after that side changed it."""
        there = grants(roster)
        for grant, adders in self._adders.items():
            if grant not in there and any(self._never_left_out(grant, each) for each in adders):
                yield grant[1]
        for person in roster.people:
            versions = [_about(each) for each in self._versions(person.id)]
            if any(each != versions[0] for each in versions):
                yield person.id

    def _never_left_out(self, grant: Grant, adder: Change) -> bool:
        """Whether nobody who saw it added left it out."""
        return all(grant in self._given[each.commit] for each in self._after(adder))

    def _versions(self, person: str) -> list[Person]:
        """A person as each side has them; where something is disowned, as they were last believed."""
        believed = self._heads if self._whole else self._believed
        found = [each for change in believed for each in _people(change) if each.id == person]
        return found if self._whole else found[-1:]

    def _joined(self, person: str, versions: Sequence[Person], listed: Iterable[Person]) -> Person:
        own = [each for each in listed if each.id == person]
        machine = any(each.person_class is PersonClass.MACHINE for each in versions)
        begins = [each.valid_from for each in versions if each.valid_from is not None]
        ends = [each.valid_until for each in versions if each.valid_until is not None]
        keys = {key.id: key for each in (*own, *versions) for key in each.keys}
        emails = dict.fromkeys(one for each in own for one in each.emails)
        roles = dict.fromkeys(one for each in own for one in each.roles)
        return replace(
            versions[-1],
            emails=tuple(one for one in emails if self._stands(("email", person, one))),
            roles=tuple(one for one in roles if self._stands(("role", person, one))),
            keys=tuple(key for key in keys.values() if self._stands(("key", person, key.id))),
            person_class=PersonClass.MACHINE if machine else PersonClass.PERSON,
            valid_from=max(begins, default=None),
            valid_until=min(ends, default=None),
        )

    def _stands(self, grant: Grant) -> bool:
        """Whether a grant was added, taken away by nothing after or beside that, and given by everyone who
        put the person on the roster beside it."""
        creators = self._live(("person", grant[1], grant[1]))
        return any(
            all(grant in each.added for each in creators if self._beside(each, adder))
            for adder in self._live(grant)
        )

    def _live(self, grant: Grant) -> list[Change]:
        removers = self._removers.get(grant, ())
        return [
            adder
            for adder in self._adders.get(grant, ())
            if self._never_left_out(grant, adder) and not any(self._beside(each, adder) for each in removers)
        ]

    def _after(self, change: Change) -> list[Change]:
        return [each for each in self._changes if self._descends(each.commit, change.commit)]

    def _beside(self, one: Change, other: Change) -> bool:
        related = self._descends(one.commit, other.commit) or self._descends(other.commit, one.commit)
        return one is not other and not related


def _people(change: Change) -> tuple[Person, ...]:
    return change.roster.people if change.roster is not None else ()


def _about(person: Person) -> tuple[object, ...]:
    return person.name, person.person_class, person.valid_from, person.valid_until


def _by_grant(
    changes: Iterable[Change], of: Callable[[Change], frozenset[Grant]]
) -> Mapping[Grant, list[Change]]:
    found: dict[Grant, list[Change]] = {}
    for change in changes:
        for grant in sorted(of(change)):
            found.setdefault(grant, []).append(change)
    return found


def _unshared(roster: Roster) -> Roster:
    """The roster less what two people hold at once: nobody can tell whose it is."""
    holders: dict[tuple[str, str], int] = {}
    for what, _, which in {(what, who, _typed(what, which)) for what, who, which in grants(roster)}:
        holders[what, which] = holders.get((what, which), 0) + 1
    return Roster(
        tuple(
            replace(
                who,
                emails=tuple(each for each in who.emails if holders["email", folded(each)] == 1),
                keys=tuple(key for key in who.keys if holders["key", key.id] == 1),
            )
            for who in roster.people
        )
    )


def _typed(what: str, which: str) -> str:
    return folded(which) if what == "email" else which

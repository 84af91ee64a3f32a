"""Which roster the changes taken on come to: for what a commit adds, and for all that was declared since. Pure.

A key that was retired, or declared compromised, is its person's no more, whatever a later roster says.
What a compromised key signed after the commit that is still believed does not count, nor does what only
such an entry gave; what it took away stays away.
"""

from dataclasses import replace

from promoter.frozen import frozen
from promoter.messages import Message
from promoter.model.roster import Roster
from promoter.trail.ancestry import Ancestry
from promoter.trail.membership import Grant, grants
from promoter.trail.roster_joining import Change, joined


@frozen
class InForce:
    """The roster in force somewhere, what changes of it disagree about, the entry that last changed it, and
    the keys that are their people's no more."""

    roster: Roster
    conflicts: tuple[Message, ...]
    entry: str
    retired: frozenset[Grant] = frozenset()


class RostersInForce:
    """The changes that were taken on, in fold order, and what any of them come to together. Every commit
    of a change, and every one that is the last to be believed, is marked in the ancestry."""

    def __init__(self, ancestry: Ancestry, genesis: Change) -> None:
        self.changes: list[Change] = []
        self._ancestry = ancestry
        self._genesis = genesis
        self._standing = self._declared = 0
        self._known: dict[tuple[int, int], tuple[InForce, frozenset[Grant]]] = {}
        self._blamed: dict[tuple[str, int], Change | None] = {}

    def add(self, change: Change) -> None:
        """Takes a change on that comes after all others."""
        bit = self._ancestry.bit(change.commit)
        self.changes.append(change)
        self._standing |= bit
        self._declared |= bit if change.since is not None else 0

    @property
    def last(self) -> InForce:
        """What is in force at the tip."""
        return self._effective(self._standing, self._declared)[0]

    def before(self, commit: str) -> InForce:
        """What is in force for what a commit adds, as those who had its history knew."""
        standing = self._above(commit)
        return self._effective(standing, self._declared & standing)[0]

    def beside(self, commit: str) -> list[Change]:
        """The changes that are not in a commit's history, nor it in theirs."""
        return self._among(self._ancestry.apart(commit) & self._standing)

    def until(self, change: Change) -> Roster:
        """What a change leaves in force, with all that comes before it in order."""
        place = self.changes.index(change)
        bits = sum(self._ancestry.bit(each.commit) for each in self.changes[: place + 1])
        return self._effective(bits, self._declared)[0].roster

    def disowned(self, commit: str, person: str, key: str | None, needs: frozenset[Grant]) -> Change | None:
        """The declaration by which what somebody signed with a key does not count any more."""
        return self._blame(commit, person, key, needs, self._declared)

    def _effective(self, standing: int, declared: int) -> tuple[InForce, frozenset[Grant]]:
        """What a set of changes comes to, as far as some declarations leave them believed."""
        if (standing, declared) not in self._known:
            found = self._joined(standing, declared)
            self._known[standing, declared] = found, grants(found.roster)
        return self._known[standing, declared]

    def _joined(self, standing: int, declared: int) -> InForce:
        changes = self._among(standing)
        rosters = [self._genesis, *(each for each in changes if each.roster is not None)]
        replaced = 0
        for each in rosters:
            replaced |= self._ancestry.above(each.commit) & ~self._ancestry.bit(each.commit)
        heads = [each for each in rosters if not self._ancestry.bit(each.commit) & replaced]
        last = heads[-1]
        disowned = {each.commit for each in rosters if self._blame_of(each, declared)}
        unknown = disowned and not all(
            self._blame_of(each, declared & self._ancestry.above(last.commit))
            for each in rosters
            if each.commit in disowned
        )
        if len(heads) == 1 and not unknown and last.roster is not None:
            found = InForce(last.roster, (), last.entry)
        else:
            found = InForce(*joined(rosters, heads, self._ancestry.descends, disowned), last.entry)
        retired = frozenset[Grant]().union(*(each.removed for each in changes if each.roster is None))
        gone = {(person, key) for _, person, key in retired}
        return replace(found, roster=found.roster.without_keys(gone), retired=retired)

    def _blame_of(self, change: Change, declared: int) -> Change | None:
        if change is self._genesis:
            return None
        at = change.commit, declared
        if at not in self._blamed:
            self._blamed[at] = self._blame(change.commit, change.person, change.key, change.needs, declared)
        return self._blamed[at]

    def _blame(
        self, commit: str, person: str, key: str | None, needs: frozenset[Grant], declared: int
    ) -> Change | None:
        if not declared:
            return None
        for each in self._among(declared):
            believed = commit == each.since or self._ancestry.precedes(commit, each.since or "")
            if ("key", person, key) in each.removed and not believed:
                return each
        above = self._above(commit)
        _, given = self._effective(above, declared)
        if needs <= given:
            return None
        rosters = (each for each in self._among(above) if each.roster is not None)
        return next((blamed for each in rosters if (blamed := self._blame_of(each, declared))), None)

    def _among(self, bits: int) -> list[Change]:
        return [each for each in self.changes if self._ancestry.bit(each.commit) & bits] if bits else []

    def _above(self, commit: str) -> int:
        return self._ancestry.above(commit) & self._standing & ~self._ancestry.bit(commit)

"""Which changes of the roster count, and which roster is in force where. Pure.

What is in force for an entry is decided by its ancestry, never by a date. Beside each other, what
takes away is stronger: a change whose author another one removes does not count, nor does one that
still gives what an earlier one beside it took away. Where changes remove each other's authors, history
does not say which was meant to stand: that is a finding, and nothing is decided on such a trail.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from promoter.messages import N_, Message, Template, message
from promoter.model.entry import Entry, Genesis, RosterChanged
from promoter.model.roster import Roster
from promoter.trail.ancestry import Ancestry
from promoter.trail.facts import CommitFacts, Finding, Severity
from promoter.trail.membership import Grant, grants, member

PHRASES: Mapping[str, Template] = {
    "removed-meanwhile": N_("{actor} was taken off the roster beside this, before it arrived"),
    "removed-each-other": N_(
        "{actor} and others took each other off the roster at the same time: the roster-admins who remain "
        "must agree which change stands, and set the branch back to before the other"
    ),
    "roster-crossed": N_("another change of the roster was made beside this one: apply it again"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A roster from the commit that brought it on. `entry` is its entry's id; `removed` is what the
    roster before it gave and it does not; `needs` is what its author had to have."""

    commit: str
    path: str
    entry: str
    roster: Roster
    author: str
    removed: frozenset[Grant] = frozenset()
    needs: frozenset[Grant] = frozenset()
    first: bool = False


class RosterChanges:
    """The changes of the roster that count, over a whole history with one genesis; those that came `late`,
    after their author's membership, do not."""

    def __init__(
        self, order: Sequence[CommitFacts], genesis: CommitFacts, late: Collection[str] = ()
    ) -> None:
        self.refused: dict[str, Message] = {}
        self.findings: list[Finding] = []
        candidates = [each for each in order if _change_in(each) is not None and each.commit not in late]
        self._ancestry = Ancestry(order, [genesis.commit, *(each.commit for each in candidates)])
        entry = genesis.found[0].entry
        assert entry is not None  # noqa: S101 - it is what makes it the genesis
        assert isinstance(entry.content, Genesis)  # noqa: S101
        path, author = genesis.found[0].path, entry.actor.name
        self._genesis = Change(genesis.commit, path, entry.id, entry.content.roster, author)
        self._changes: list[Change] = []
        self._void: dict[str, Message] = {}
        while newly := {
            commit: why for commit, why in self._judge(candidates).items() if commit not in self._void
        }:
            self._void |= newly
        self.refused |= self._void

    @property
    def last(self) -> Change:
        """The change that is in force at the tip."""
        return self._changes[-1] if self._changes else self._genesis

    @property
    def founding(self) -> str | None:
        """The first roster's commit, where the genesis has none."""
        return self._changes[0].commit if self._changes and not self._genesis.roster else None

    def stands(self, commit: str) -> bool:
        """Whether a commit brought on a roster that was taken on."""
        return any(each.commit == commit for each in self._changes)

    def follows_genesis(self, commit: str) -> bool:
        """Whether the commit descends from the genesis."""
        return self._ancestry.descends(commit, self._genesis.commit)

    def in_force(self, commit: str) -> Change:
        """The change whose roster is in force for what a commit adds."""
        above = (each for each in reversed(self._changes) if self._ancestry.descends(commit, each.commit))
        return next(above, self._genesis)

    def taken_away(self, commit: str, needs: frozenset[Grant]) -> bool:
        """Whether a change that is not in the commit's ancestry, nor it in its, removes what it needs."""
        return any(
            each.removed & needs and self._ancestry.beside(commit, each.commit) for each in self._changes
        )

    def _judge(self, candidates: Sequence[CommitFacts]) -> dict[str, Message]:
        """Takes the candidates on in order, and answers those found to be void for what another one does."""
        self._changes, self.refused = [], {}
        crossed: dict[str, Message] = {}
        removed_by: dict[str, set[str]] = {}
        seen: dict[str, Change] = {}
        for commit in candidates:
            change = None if commit.commit in self._void else self._acceptable(commit)
            if change is None:
                continue
            seen[change.commit] = change
            beside = [each for each in self._changes if self._ancestry.beside(commit.commit, each.commit)]
            for one, other in [(change, each) for each in beside] + [(each, change) for each in beside]:
                if other.removed & one.needs:
                    removed_by.setdefault(one.commit, set()).add(other.commit)
                elif one.first and other.first:
                    crossed[one.commit] = message("roster-crossed")
            if any(each.removed & grants(change.roster) for each in beside):
                self.refused[commit.commit] = message("roster-crossed")
            else:
                self._changes.append(change)
        return crossed | self._removed(removed_by, seen)

    def _removed(self, removed_by: Mapping[str, set[str]], seen: Mapping[str, Change]) -> dict[str, Message]:
        """The changes whose author is removed by one that stands, or else all whose authors are removed.

        What somebody wrote whose own removal stands takes nothing away, nor does what builds upon it.
        """

        def stands(change: str) -> bool:
            return not any(change == each or self._ancestry.descends(change, each) for each in removed_by)

        sure = {one for one, others in removed_by.items() if any(map(stands, others))}
        if not sure:
            self.findings += [
                Finding(
                    message("removed-each-other", actor=seen[one].author),
                    Severity.UNTRUSTED,
                    one,
                    seen[one].path,
                )
                for one in removed_by
            ]
        return {
            one: message("removed-meanwhile", actor=seen[one].author) for one in sure or removed_by.keys()
        }

    def _acceptable(self, commit: CommitFacts) -> Change | None:
        found = _change_in(commit)
        if found is None or not self.follows_genesis(commit.commit):
            return None
        entry, roster = found
        before = self.in_force(commit.commit).roster
        judged = member(entry, commit, before or roster)
        if judged.why is not None:
            return None
        removed = grants(before) - grants(roster)
        path, author = commit.found[0].path, entry.actor.name
        return Change(commit.commit, path, entry.id, roster, author, removed, judged.needs, first=not before)


def _change_in(commit: CommitFacts) -> tuple[Entry, Roster] | None:
    if len(commit.found) != 1 or commit.merge:
        return None
    entry = commit.found[0].entry
    if entry is None or not isinstance(entry.content, RosterChanged):
        return None
    return entry, entry.content.roster

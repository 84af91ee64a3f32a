"""Which changes of who may sign count, and which roster is in force where. Pure.

What is in force for an entry is decided by its ancestry, never by a date. Changes made beside each other
are joined; what takes away is stronger: a change whose author another one removes does not count. Where
changes remove each other's authors, history does not say which was meant to stand: that is a finding, and
nothing is decided on such a trail.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from promoter.messages import N_, Message, Template, message
from promoter.model.entry import KeyCompromised, RosterChanged
from promoter.model.roster import Roster
from promoter.trail import roster_joining
from promoter.trail.ancestry import Ancestry
from promoter.trail.changing import beginning, changing, ended, key_of, since_of, sooner
from promoter.trail.facts import CommitFacts, Finding, Severity
from promoter.trail.membership import Grant, grants, member
from promoter.trail.roster_in_force import InForce, RostersInForce
from promoter.trail.roster_joining import Change

PHRASES: Mapping[str, Template] = {
    **roster_joining.PHRASES,
    "removed-meanwhile": N_("{actor} was taken off the roster beside this, before it arrived"),
    "removed-each-other": N_(
        "{actor} and others took each other off the roster at the same time: the roster-admins who remain "
        "must agree which change stands, and set the branch back to before the other"
    ),
    "roster-crossed": N_("another first roster was written beside this one: apply it again"),
    "roster-takes-key": N_("{actor} gave themselves a key that is {person}'s"),
    "roster-repeated": N_(
        "{actor} had changed the roster {most} times already, each beside the others and this"
    ),
    "roster-joined": N_(
        "made beside the change of the roster in {commit}: what both add counts, what either takes away does not"
    ),
    "since-not-before": N_(
        "names {commit} as the last to be believed, which is not in the history before it"
    ),
}


_MOST_BESIDE = 10


class RosterChanges:
    """The changes that count, over a whole history with one genesis; those that came `late`, after their
    author's membership, do not."""

    def __init__(
        self, order: Sequence[CommitFacts], genesis: CommitFacts, late: Collection[str] = ()
    ) -> None:
        self.refused: dict[str, Message] = {}
        self.findings: list[Finding] = []
        candidates = [each for each in order if changing(each) is not None and each.commit not in late]
        known = {each.commit for each in order}
        last_believed = [since for each in candidates if (since := since_of(each)) in known and since]
        marked = [genesis.commit, *(each.commit for each in candidates), *last_believed]
        self._ancestry = Ancestry(order, dict.fromkeys(marked))
        self._marked = set(marked)
        self._genesis = beginning(genesis)
        self._rosters = RostersInForce(self._ancestry, self._genesis)
        self._void: dict[str, Message] = {}
        while newly := {
            commit: why for commit, why in self._judge(candidates).items() if commit not in self._void
        }:
            self._void |= newly
        self.refused |= self._void
        self._note_joins()

    @property
    def last(self) -> InForce:
        """What is in force at the tip."""
        return self._rosters.last

    @property
    def rosters(self) -> list[Roster]:
        """The first roster, and every later one that was taken on."""
        return [each.roster for each in (self._genesis, *self._changes) if each.roster is not None]

    def end_of(self, commit: str, person: str) -> datetime | None:
        """When the membership of whoever wrote a commit ends: as it was known there, or was set beside that."""
        ends = [self.in_force(commit).roster.end_of(person)]
        for each in self.beside(commit):
            if each.roster is not None:
                before = self.in_force(each.commit).roster.end_of(person)
                ends.append(sooner(before, each.roster.end_of(person)))
        return min((each for each in ends if each is not None), default=None)

    @property
    def founding(self) -> str | None:
        """The first roster's commit, where the genesis has none."""
        rosters = [each for each in self._changes if each.roster is not None]
        return rosters[0].commit if rosters and not self._genesis.roster else None

    def stands(self, commit: str) -> bool:
        """Whether a commit brought on a change that was taken on."""
        return any(each.commit == commit for each in self._changes)

    def follows_genesis(self, commit: str) -> bool:
        """Whether the commit descends from the genesis."""
        return self._ancestry.descends(commit, self._genesis.commit)

    def in_force(self, commit: str) -> InForce:
        """What is in force for what a commit adds, as those who had its history knew."""
        return self._rosters.before(commit)

    def leaves(self, commit: str) -> Roster | None:
        """The roster that a change which stands leaves in force, with all that comes before it in order."""
        change = next((each for each in self._changes if each.commit == commit), None)
        if commit == self._genesis.commit:
            return self._genesis.roster
        return None if change is None else self._rosters.until(change)

    def beside(self, commit: str) -> list[Change]:
        """The changes that are not in a commit's history, nor it in theirs."""
        return self._rosters.beside(commit)

    def taken_away(self, commit: str, needs: frozenset[Grant]) -> Change | None:
        """The change that is not in the commit's ancestry, nor it in its, and removes what it needs."""
        beside = self._rosters.beside(commit)
        return next((each for each in beside if each.since is None and each.removed & needs), None)

    def disowned(self, commit: str, person: str, key: str | None, needs: frozenset[Grant]) -> Change | None:
        """The declaration by which what somebody signed with a key does not count any more."""
        return self._rosters.disowned(commit, person, key, needs)

    @property
    def _changes(self) -> list[Change]:
        return self._rosters.changes

    def _judge(self, candidates: Sequence[CommitFacts]) -> dict[str, Message]:
        """Takes the candidates on in order, and answers those found to be void for what another one does.

        What stands beside a declaration of its key as compromised is not void but disowned, so that what
        it took away stays away, unless it removes whoever declares that.
        """
        self._rosters, self.refused = RostersInForce(self._ancestry, self._genesis), {}
        crossed: dict[str, Message] = {}
        removed_by: dict[str, set[str]] = {}
        seen: dict[str, Change] = {}
        for commit in candidates:
            over = commit.commit in self._void or self._one_too_many(commit)
            change = None if over else self._acceptable(commit)
            if change is None:
                continue
            seen[change.commit] = change
            beside = [each for each in self._changes if self._ancestry.beside(commit.commit, each.commit)]
            for one, other in [(change, each) for each in beside] + [(each, change) for each in beside]:
                if other.removed & one.needs and (other.since is None or one.removed & other.needs):
                    removed_by.setdefault(one.commit, set()).add(other.commit)
                elif one.first and other.first:
                    crossed[one.commit] = message("roster-crossed")
            self._rosters.add(change)
        return crossed | self._taken_from_others(seen.values()) | self._removed(removed_by, seen)

    def _taken_from_others(self, seen: Collection[Change]) -> dict[str, Message]:
        """The changes by which somebody gives themselves a key that a roster-admin gave to somebody else beside."""
        found: dict[str, Message] = {}
        for change in seen:
            if change.roster is None or change.by_admin or change.first:
                continue
            own = {key for what, _, key in change.added if what == "key"}
            for other in (self._genesis, *self._changes):
                if other.roster is None or not self._ancestry.beside(change.commit, other.commit):
                    continue
                theirs = [each for each in other.roster.people if each.id != change.person]
                whose = next((each for each in theirs for key in each.keys if key.id in own), None)
                if whose is not None and (other.by_admin or other.first):
                    found[change.commit] = message("roster-takes-key", actor=change.author, person=whose.name)
        return found

    def _one_too_many(self, commit: CommitFacts) -> bool:
        """Whether one key signed so many changes beside each other that to join them would be endless."""
        own = (each for each in self._changes if each.key == commit.seal.key)
        if sum(self._ancestry.beside(commit.commit, each.commit) for each in own) < _MOST_BESIDE:
            return False
        actor = entry.actor.name if (entry := changing(commit)) else ""
        self.refused[commit.commit] = message("roster-repeated", actor=actor, most=_MOST_BESIDE)
        return True

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
        entry = changing(commit)
        if entry is None or not self.follows_genesis(commit.commit):
            return None
        before, content = self.in_force(commit.commit).roster, entry.content
        brought = content.roster if isinstance(content, RosterChanged) else None
        if not before and brought is None:
            return None
        judged = member(entry, commit, before or brought or Roster())
        if judged.why is not None:
            return None
        since = since_of(commit)
        if since is not None and not (
            since in self._marked and self._ancestry.descends(commit.commit, since)
        ):
            self.refused[commit.commit] = message("since-not-before", commit=since[:12])
            return None
        if isinstance(content, KeyCompromised) and not self._ever_had(commit, content.person, content.key):
            named = {"person": content.person, "key": content.key}
            self.refused[commit.commit] = message("key-not-theirs", **named)
            return None
        had = grants(before)
        gives = grants(brought) if brought is not None else had - key_of(entry)
        taken = (had - gives) | ended(before, brought, entry) if brought is not None else key_of(entry)
        return Change(
            commit.commit,
            commit.found[0].path,
            entry.id,
            entry.actor.name,
            entry.actor.id,
            commit.seal.key,
            brought,
            added=gives - had,
            removed=taken,
            needs=judged.needs,
            first=not before,
            since=since,
        )

    def _ever_had(self, commit: CommitFacts, person: str, key: str) -> bool:
        """Whether a roster in the history of a commit gave somebody a key."""
        above = (each for each in self._changes if self._ancestry.descends(commit.commit, each.commit))
        rosters = (each.roster for each in (self._genesis, *above) if each.roster is not None)
        return any(("key", person, key) in grants(each) for each in rosters)

    def _note_joins(self) -> None:
        """Says of every roster which other one was made beside it."""
        rosters = [each for each in self._changes if each.roster is not None]
        for number, change in enumerate(rosters):
            for other in rosters[:number]:
                if self._ancestry.beside(change.commit, other.commit):
                    said = message("roster-joined", commit=other.commit[:12])
                    self.findings.append(Finding(said, Severity.NOTE, change.commit, change.path))

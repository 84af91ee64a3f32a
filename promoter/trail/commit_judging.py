"""One commit of the trail judged: which of what it adds counts, and why the rest does not. Pure."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message
from promoter.model.entry import (
    Entry,
    EntryType,
    Genesis,
    KeyCompromised,
    KeyRetired,
    Opened,
    Recorded,
    RosterChanged,
    Trust,
    Unreadable,
)
from promoter.model.roster import PersonClass, Roster
from promoter.trail.beginning import why_not_begun
from promoter.trail.clock import moment_of
from promoter.trail.entry import promotion_at
from promoter.trail.facts import CommitFacts, Finding, Found, Severity
from promoter.trail.membership import Grant, member, signer
from promoter.trail.roster_changes import RosterChanges
from promoter.trail.signature import SealState, verdict
from promoter.trail.state import State

BEFORE_ITS_PARENT_AT_MOST = timedelta(minutes=5)

PHRASES: Mapping[str, Template] = {
    "second-genesis": N_("the trail has begun already"),
    "other-trail": N_("belongs to another trail"),
    "other-pipeline": N_("belongs to another pipeline: {pipeline}"),
    "refers-to-missing": N_("refers to {entry}, which is not there before it"),
    "duplicate-entry": N_("the entry is there already"),
    "several-entries": N_("committed together with other entries"),
    "added-by-merge": N_("added by a merge, which may only join what is there"),
    "dated-ahead": N_("dated {at:time}, which is still to come"),
    "time-before-parent": N_("dated {at:time}, before {parent:time}, the time of the entry it follows"),
    "opened-under-other-roster": N_("says it was opened under a roster other than the one in force"),
    "ended-meanwhile": N_(
        "written within {actor}'s membership, as it says, and joined with what others wrote after the end of it"
    ),
    "retired-key": N_("signed with a key that was no longer {actor}'s: {key}"),
    "compromised-key": N_(
        "signed by {actor} with a key that {by} declared compromised since before this: {key}"
    ),
    "let-in-by-compromised": N_(
        "{actor} was given the right to this with a key that {by} declared compromised since before that"
    ),
}

_ONLY_TAKES_AWAY = (KeyRetired, KeyCompromised)


@frozen
class Surroundings:
    """What is known around a commit: whether it is the `first`, whether the trail has `begun` anywhere,
    which ids of entries are taken, and where the whole history is judged, the changes of the roster, and whether it
    came `late`, after its author's membership."""

    first: bool
    begun: bool
    known: Callable[[str], bool]
    changes: RosterChanges | None = None
    late: bool = False


class CommitJudging:
    """The judging of one commit in a state of the trail. `clock` is the trail's time after it."""

    def __init__(self, commit: CommitFacts, state: State, around: Surroundings) -> None:
        self.commit = commit
        self.state = state
        self.clock = state.clock
        self.judged: list[Recorded | Unreadable] = []
        self.findings: list[Finding] = []
        self._around = around

    def judge(self) -> None:
        """Judges every file the commit adds where entries lie."""
        for found in self.commit.found:
            if found.entry is None:
                self.judged.append(self._unreadable(found))
            else:
                self.judged.append(self._entry(found.path, found.entry))

    def _unreadable(self, found: Found) -> Unreadable:
        why = found.why or message("malformed-entry")
        newer = why.code == "written-by-newer"
        of_checks = found.path.endswith(f".{EntryType.CHECKED.value}.json")
        return Unreadable(
            found.path,
            self.commit.commit,
            promotion_at(found.path),
            why,
            blocks=newer and self._by_member(of_checks),
        )

    def _by_member(self, of_checks: bool) -> bool:
        """Whether somebody who may write such an entry did; machines may only write what checks came to."""
        if self.state.genesis is None:
            return False
        if not self.state.roster:
            return self.commit.seal.state is not SealState.BROKEN
        person, _ = signer(self.commit, self.state.roster)
        if person is None or self.commit.email not in person.emails:
            return False
        reached = moment_of(self.clock.reached(person.id))
        ended = person.valid_until is not None and reached > person.valid_until
        changes, needs = self._around.changes, frozenset({("key", person.id, self.commit.seal.key or "")})
        gone = changes is not None and changes.taken_away(self.commit.commit, needs) is not None
        return not ended and not gone and (person.person_class is not PersonClass.MACHINE or of_checks)

    def _entry(self, path: str, entry: Entry) -> Recorded:
        begins = isinstance(entry.content, Genesis) and self._around.first
        roster = (
            entry.content.roster if isinstance(entry.content, Genesis) and begins else self._roster(entry)
        )
        why, needs = self._out_of_place(entry), frozenset[Grant]()
        if why is None:
            why, needs = self._not_counted(entry, roster)
        counts = why is None
        if counts:
            self._notice(path, entry)
        disowned, by = (None, None) if not counts else self._disowned(entry, needs)
        trust = Trust.COUNTED if roster else Trust.CLAIMED
        return Recorded(
            entry=entry,
            commit=self.commit.commit,
            path=path,
            signature=verdict(self.commit.seal, roster),
            trust=trust if counts and by is None else Trust.QUARANTINED,
            key=self.commit.seal.key,
            why=disowned or why,
            roles=self._roles(entry, roster) if counts else None,
            roster=self._leaves(entry) if counts else None,
            disowned_by=by,
        )

    def _roster(self, entry: Entry) -> Roster:
        """The roster that decides; after an empty one, the first decides for itself."""
        if isinstance(entry.content, RosterChanged) and not self.state.roster:
            return entry.content.roster
        return self.state.roster

    def _roles(self, entry: Entry, roster: Roster) -> tuple[str, ...] | None:
        """What the actor may answer as: what the roster gives, less what was taken away beside this."""
        person = roster.person(entry.actor.id)
        if person is None:
            return None
        changes = self._around.changes
        beside = changes.beside(self.commit.commit) if changes is not None else []
        taken = frozenset[Grant]().union(*(each.removed for each in beside))
        return tuple(role for role in person.roles if ("role", person.id, role) not in taken)

    def _leaves(self, entry: Entry) -> Roster | None:
        """The roster in force from here on, where the entry changes it."""
        if self._around.changes is not None:
            return self._around.changes.leaves(self.commit.commit)
        match entry.content:
            case Genesis(roster=roster) | RosterChanged(roster=roster):
                gone = {(person, key) for _, person, key in self.state.retired}
                return roster.without_keys(gone)
            case KeyRetired(person=person, key=key) if self.state.roster:
                return self.state.roster.without_keys({(person, key)})
        return None

    def _out_of_place(self, entry: Entry) -> Message | None:
        known = self._around.known
        if self.commit.merge:
            return message("added-by-merge")
        if len(self.commit.found) > 1:
            return message("several-entries")
        if known(entry.id):
            return message("duplicate-entry")
        if self._around.first:
            return None
        genesis = self.state.genesis
        if isinstance(entry.content, Genesis):
            begun = self._around.begun
            return message("second-genesis") if begun else why_not_begun(self.commit, entry, entry.content)
        if genesis is None:
            return message("no-genesis")
        if entry.trail != genesis.trail:
            return message("other-trail")
        if entry.pipeline != genesis.pipeline:
            return message("other-pipeline", pipeline=entry.pipeline)
        missing = next((each for each in entry.refers_to if not known(each)), None)
        return None if missing is None else message("refers-to-missing", entry=missing)

    def _not_counted(self, entry: Entry, roster: Roster) -> tuple[Message | None, frozenset[Grant]]:
        """Why an entry in its place does not count, or what it counts by."""
        nothing = frozenset[Grant]()
        if not roster:
            return self._no_claim(entry), nothing
        judged = member(entry, self.commit, roster, self.state.clock)
        changes = self._around.changes
        why = judged.why
        if why is not None and why.code == "unknown-key" and self.state.is_retired(self.commit.seal.key):
            why = self._retired(entry)
        if why is None and changes is not None:
            why = changes.refused.get(self.commit.commit)
            taken = changes.taken_away(self.commit.commit, judged.needs) if why is None else None
            if taken is not None and taken.roster is None:
                why = self._retired(entry)
            elif taken is not None:
                why = message("removed-meanwhile", actor=entry.actor.name)
            elif why is None and self._around.late:
                why = message("ended-meanwhile", actor=entry.actor.name)
        return why, judged.needs

    def _no_claim(self, entry: Entry) -> Message | None:
        if self.commit.seal.state is SealState.BROKEN:
            return message("bad-signature")
        machine = entry.actor.person_class is PersonClass.MACHINE
        decides = machine and entry.type is not EntryType.CHECKED
        return message("machine-decides", actor=entry.actor.name) if decides else None

    def _retired(self, entry: Entry) -> Message:
        return message("retired-key", actor=entry.actor.name, key=self.commit.seal.key or "")

    def _disowned(self, entry: Entry, needs: frozenset[Grant]) -> tuple[Message | None, str | None]:
        """Why an entry counts no longer since a key was declared compromised, and by which entry."""
        changes, key = self._around.changes, self.commit.seal.key
        if changes is None or isinstance(entry.content, _ONLY_TAKES_AWAY) or self._around.first:
            return None, None
        blamed = changes.disowned(self.commit.commit, entry.actor.id, key, needs)
        if blamed is None:
            return None, None
        own = ("key", entry.actor.id, key) in blamed.removed
        said = {"actor": entry.actor.name, "by": blamed.author}
        if own:
            return message("compromised-key", key=key or "", **said), blamed.entry
        return message("let-in-by-compromised", **said), blamed.entry

    def _notice(self, path: str, entry: Entry) -> None:
        passed = self.state.clock.passed(entry.actor.id)
        if moment_of(passed) - moment_of(entry.at) > BEFORE_ITS_PARENT_AT_MOST:
            self._note(path, message("time-before-parent", at=entry.at, parent=passed))
        self.clock = self.clock.after(entry, path)
        content = entry.content
        if isinstance(content, Opened) and self.state.roster_entry not in (None, content.roster):
            self._note(path, message("opened-under-other-roster"))

    def _note(self, path: str, code: Message) -> None:
        self.findings.append(Finding(code, Severity.NOTE, self.commit.commit, path))

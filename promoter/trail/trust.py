"""Which entries count: as a member's, as a claim where there is no roster, or not at all. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from promoter.messages import N_, Message, Template, message
from promoter.model.entry import Entry, EntryType, Genesis, Opened, Recorded, RosterChanged, Trust, Unreadable
from promoter.model.roster import PersonClass, Roster
from promoter.trail import beginning, membership, roster_changes
from promoter.trail.ancestry import fold_order
from promoter.trail.beginning import beginnings, begins, why_not_begun
from promoter.trail.entry import promotion_at
from promoter.trail.facts import CommitFacts, Finding, Found, Severity
from promoter.trail.membership import Grant, member, signer
from promoter.trail.roster_changes import RosterChanges
from promoter.trail.signature import SealState, verdict

BEFORE_ITS_PARENT_AT_MOST = timedelta(minutes=5)

PHRASES: Mapping[str, Template] = {
    **beginning.PHRASES,
    **membership.PHRASES,
    **roster_changes.PHRASES,
    "second-genesis": N_("the trail has begun already"),
    "other-trail": N_("belongs to another trail"),
    "other-pipeline": N_("belongs to another pipeline: {pipeline}"),
    "refers-to-missing": N_("refers to {entry}, which is not there before it"),
    "duplicate-entry": N_("the entry is there already"),
    "several-entries": N_("committed together with other entries"),
    "added-by-merge": N_("added by a merge, which may only join what is there"),
    "time-before-parent": N_("dated {at:time}, before {parent:time}, the time of the entry it follows"),
    "opened-under-other-roster": N_("says it was opened under a roster other than the one in force"),
}


@dataclass(frozen=True, slots=True)
class State:
    """What later entries are judged by: the genesis, the roster in force and its entry, and the latest
    time of an entry that counts. `origin` is the genesis's commit, `founding` that of the first roster
    where the genesis has none."""

    genesis: Entry | None = None
    origin: str | None = None
    roster: Roster = field(default_factory=Roster)
    roster_entry: str | None = None
    founding: str | None = None
    clock: str = ""

    @property
    def trail(self) -> str | None:
        """The trail's id."""
        return self.genesis.trail if self.genesis else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything on the trail in fold order, what was noticed on the way, and the state at the end."""

    judged: tuple[Recorded | Unreadable, ...]
    findings: tuple[Finding, ...]
    state: State


def judge(commits: Iterable[CommitFacts]) -> Judgement:
    """Judges a whole history, in whatever order its commits are given."""
    order = fold_order(commits)
    genesis = next((each for each in order if begins(each)), None)
    late: set[str] = set()
    while True:
        changes = RosterChanges(order, genesis, late) if genesis else None
        judgement = _judged(order, genesis, changes)
        too_late = next((each for each in judgement.judged if _too_late(each, changes)), None)
        if too_late is None:
            return judgement
        late.add(too_late.commit)


def _too_late(judged: Recorded | Unreadable, changes: RosterChanges | None) -> bool:
    """Whether a roster was taken on though the trail had passed its author's membership."""
    why = judged.why.code if judged.why else None
    return why == "outside-membership" and changes is not None and changes.stands(judged.commit)


def _judged(
    order: list[CommitFacts], genesis: CommitFacts | None, changes: RosterChanges | None
) -> Judgement:
    known: set[str] = set()
    clocks: dict[str, str] = {}
    judged: list[Recorded | Unreadable] = []
    findings = beginnings(order) + (changes.findings if changes else [])
    state = State()
    for commit in order:
        clock = max((clocks.get(parent, "") for parent in commit.parents), key=_moment, default="")
        if changes is not None and genesis is not None:
            follows = commit is genesis or changes.follows_genesis(commit.commit)
            in_force = changes.in_force(commit.commit)
            state = State(
                genesis.found[0].entry if follows and commit is not genesis else None,
                genesis.commit,
                in_force.roster,
                in_force.entry,
            )
        one = _One(
            commit,
            replace(state, clock=clock),
            known.__contains__,
            first=commit is genesis,
            begun=genesis is not None,
            refused=changes.refused.get(commit.commit) if changes else None,
            taken_away=changes.taken_away if changes else None,
        )
        one.judge()
        known.update(counting_ids(one.judged))
        clocks[commit.commit] = one.clock
        judged += one.judged
        findings += one.findings
    return Judgement(tuple(judged), tuple(findings), _end(genesis, changes, order, clocks))


def judge_next(state: State, commit: CommitFacts, known: Callable[[str], bool]) -> Judgement:
    """Judges a commit that follows everything before it; `known` says whether an entry that counts has
    this id.

    The same as judging the whole history again, where the commit's one parent was the tip.
    """
    first = state.genesis is None and begins(commit)
    one = _One(commit, state, known, first=first, begun=state.genesis is not None)
    one.judge()
    state = replace(state, clock=one.clock)
    for each in one.judged:
        if isinstance(each, Recorded) and each.trust is not Trust.QUARANTINED:
            content = each.entry.content
            if isinstance(content, Genesis):
                state = replace(state, genesis=each.entry, origin=commit.commit)
            if isinstance(content, RosterChanged) and _began_without_roster(state):
                state = replace(state, founding=state.founding or commit.commit)
            if isinstance(content, Genesis | RosterChanged):
                state = replace(state, roster=content.roster, roster_entry=each.entry.id)
    return Judgement(tuple(one.judged), tuple(one.findings), state)


def counting_ids(judged: Iterable[Recorded | Unreadable]) -> list[str]:
    """The ids of the entries that count: no other entry can take their place or be referred to."""
    return [
        each.entry.id for each in judged if isinstance(each, Recorded) and each.trust is not Trust.QUARANTINED
    ]


class _One:
    """The judging of one commit."""

    def __init__(
        self,
        commit: CommitFacts,
        state: State,
        known: Callable[[str], bool],
        *,
        first: bool,
        begun: bool,
        refused: Message | None = None,
        taken_away: Callable[[str, frozenset[Grant]], bool] | None = None,
    ) -> None:
        self.commit = commit
        self.state = state
        self.clock = state.clock
        self.judged: list[Recorded | Unreadable] = []
        self.findings: list[Finding] = []
        self._known = known
        self._first = first
        self._begun = begun
        self._refused = refused
        self._taken_away = taken_away

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
        return Unreadable(
            found.path, self.commit.commit, promotion_at(found.path), why, blocks=newer and self._by_member()
        )

    def _by_member(self) -> bool:
        if self.state.genesis is None:
            return False
        if not self.state.roster:
            return self.commit.seal.state is not SealState.BROKEN
        person, _ = signer(self.commit, self.state.roster)
        return person is not None and self.commit.email in person.emails

    def _entry(self, path: str, entry: Entry) -> Recorded:
        roster = (
            entry.content.roster
            if isinstance(entry.content, Genesis) and self._first
            else self._roster(entry)
        )
        why = self._out_of_place(entry) or self._not_counted(entry, roster)
        trust = Trust.COUNTED if roster else Trust.CLAIMED
        if why is None:
            self._notice(path, entry)
        person = roster.person(entry.actor.id) if why is None else None
        return Recorded(
            entry=entry,
            commit=self.commit.commit,
            path=path,
            signature=verdict(self.commit.seal, roster),
            trust=trust if why is None else Trust.QUARANTINED,
            key=self.commit.seal.key,
            why=why,
            roles=person.roles if person else None,
        )

    def _roster(self, entry: Entry) -> Roster:
        """The roster that decides; after an empty one, the first decides for itself."""
        if isinstance(entry.content, RosterChanged) and not self.state.roster:
            return entry.content.roster
        return self.state.roster

    def _out_of_place(self, entry: Entry) -> Message | None:
        if self.commit.merge:
            return message("added-by-merge")
        if len(self.commit.found) > 1:
            return message("several-entries")
        if self._known(entry.id):
            return message("duplicate-entry")
        if self._first:
            return None
        genesis = self.state.genesis
        if isinstance(entry.content, Genesis):
            return (
                message("second-genesis") if self._begun else why_not_begun(self.commit, entry, entry.content)
            )
        if genesis is None:
            return message("no-genesis")
        if entry.trail != genesis.trail:
            return message("other-trail")
        if entry.pipeline != genesis.pipeline:
            return message("other-pipeline", pipeline=entry.pipeline)
        missing = next((each for each in entry.refers_to if not self._known(each)), None)
        return None if missing is None else message("refers-to-missing", entry=missing)

    def _not_counted(self, entry: Entry, roster: Roster) -> Message | None:
        if not roster:
            if self.commit.seal.state is SealState.BROKEN:
                return message("bad-signature")
            machine = entry.actor.person_class is PersonClass.MACHINE
            if machine and entry.type is not EntryType.CHECKED:
                return message("machine-decides", actor=entry.actor.name)
            return None
        judged = member(entry, self.commit, roster, self.state.clock)
        if judged.why is not None:
            return judged.why
        if self._refused is not None:
            return self._refused
        if self._taken_away is not None and self._taken_away(self.commit.commit, judged.needs):
            return message("removed-meanwhile", actor=entry.actor.name)
        return None

    def _notice(self, path: str, entry: Entry) -> None:
        at, parent = _moment(entry.at), _moment(self.state.clock)
        if parent - at > BEFORE_ITS_PARENT_AT_MOST:
            self._note(path, message("time-before-parent", at=entry.at, parent=self.state.clock))
        self.clock = max(self.state.clock, entry.at, key=_moment)
        content = entry.content
        if isinstance(content, Opened) and self.state.roster_entry not in (None, content.roster):
            self._note(path, message("opened-under-other-roster"))

    def _note(self, path: str, code: Message) -> None:
        self.findings.append(Finding(code, Severity.NOTE, self.commit.commit, path))


def _began_without_roster(state: State) -> bool:
    content = state.genesis.content if state.genesis else None
    return isinstance(content, Genesis) and not content.roster


def _end(
    genesis: CommitFacts | None,
    changes: RosterChanges | None,
    order: list[CommitFacts],
    clocks: Mapping[str, str],
) -> State:
    if genesis is None or changes is None:
        return State()
    last = changes.last
    clock = max((clocks[each.commit] for each in order), key=_moment, default="")
    return State(genesis.found[0].entry, genesis.commit, last.roster, last.entry, changes.founding, clock)


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at) if at else datetime.fromtimestamp(0).astimezone()

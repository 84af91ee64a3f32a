"""Which entries count: as a member's, as a claim where there is no roster, or not at all. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from promoter.frozen import frozen
from promoter.messages import Template
from promoter.model.entry import (
    Genesis,
    KeyCompromised,
    KeyRetired,
    Recorded,
    RosterChanged,
    Trust,
    Unreadable,
)
from promoter.model.roster import PersonClass, Roster
from promoter.trail import beginning, commit_judging, membership, roster_changes
from promoter.trail.ancestry import fold_order
from promoter.trail.back_dating import Written, joined_late
from promoter.trail.beginning import beginnings, begins
from promoter.trail.clock import Clock, latest, moment_of
from promoter.trail.commit_judging import CommitJudging, Surroundings
from promoter.trail.facts import CommitFacts, Finding
from promoter.trail.roster_changes import RosterChanges
from promoter.trail.state import State as State

PHRASES: Mapping[str, Template] = {
    **beginning.PHRASES,
    **commit_judging.PHRASES,
    **membership.PHRASES,
    **roster_changes.PHRASES,
}


@frozen
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
        clocks: dict[str, Clock] = {}
        judgement = _judged(order, genesis, changes, late, clocks)
        newly = _too_late(order, judgement, changes, clocks) - late if changes is not None else set()
        if not newly:
            return judgement
        late |= newly


def _too_late(
    order: list[CommitFacts], judgement: Judgement, changes: RosterChanges, clocks: Mapping[str, Clock]
) -> set[str]:
    """What came after its author's membership. As long as there are changes of the roster among it, those of
    one author only: who is a member, and until when, may be otherwise without them."""
    recorded = [each for each in judgement.judged if isinstance(each, Recorded)]
    passed = {each.commit for each in recorded if each.why and each.why.code == "outside-membership"}
    found = {each for each in passed if changes.stands(each)}
    if any(person.valid_until for roster in changes.rosters for person in roster.people):
        found |= joined_late(order, _written(recorded, changes), clocks)
    author = next(
        (each.entry.actor.id for each in recorded if each.commit in found and changes.stands(each.commit)),
        None,
    )
    return (
        found
        if author is None
        else {each.commit for each in recorded if each.commit in found and each.entry.actor.id == author}
    )


def _written(recorded: Iterable[Recorded], changes: RosterChanges) -> dict[str, Written]:
    """What counts by the roster: whose it is, of when, and when their membership ends."""
    return {
        each.commit: Written(
            each.entry.actor.id,
            moment_of(each.entry.at),
            each.entry.actor.person_class is PersonClass.MACHINE,
            changes.end_of(each.commit, each.entry.actor.id),
        )
        for each in recorded
        if each.trust is Trust.COUNTED
    }


def _judged(
    order: list[CommitFacts],
    genesis: CommitFacts | None,
    changes: RosterChanges | None,
    late: Collection[str],
    clocks: dict[str, Clock],
) -> Judgement:
    """Judges every commit, and notes in `clocks` how far in time the trail had come with it."""
    known: set[str] = set()
    judged: list[Recorded | Unreadable] = []
    findings = beginnings(order) + (changes.findings if changes else [])
    state = State()
    for commit in order:
        clock = latest(clocks.get(parent, Clock()) for parent in commit.parents)
        if changes is not None and genesis is not None:
            follows = commit is genesis or changes.follows_genesis(commit.commit)
            in_force = changes.in_force(commit.commit)
            state = State(
                genesis.found[0].entry if follows and commit is not genesis else None,
                genesis.commit,
                in_force.roster,
                in_force.entry,
                retired=in_force.retired,
            )
        around = Surroundings(
            commit is genesis, genesis is not None, known.__contains__, changes, commit.commit in late
        )
        one = CommitJudging(commit, replace(state, clock=clock), around)
        one.judge()
        known.update(counting_ids(one.judged))
        clocks[commit.commit] = one.clock
        judged += one.judged
        findings += one.findings
    return Judgement(tuple(judged), tuple(findings), _end(genesis, changes, order, clocks))


def judge_next(state: State, commit: CommitFacts, known: Callable[[str], bool]) -> Judgement:
    """Judges a commit that follows everything before it; `known` says whether an entry that counts has
    this id.

    The same as judging the whole history again, where the commit's one parent was the tip, and where it
    does not look back.
    """
    first = state.genesis is None and begins(commit)
    one = CommitJudging(commit, state, Surroundings(first, state.genesis is not None, known))
    one.judge()
    state = replace(state, clock=one.clock)
    for each in one.judged:
        if isinstance(each, Recorded) and each.roster is not None:
            state = _changed(state, each)
    return Judgement(tuple(one.judged), tuple(one.findings), state)


def looks_back(commit: CommitFacts) -> bool:
    """Whether a commit may change what counts of the entries before it."""
    return any(each.entry and isinstance(each.entry.content, KeyCompromised) for each in commit.found)


def _changed(state: State, recorded: Recorded) -> State:
    """The state after an entry that leaves another roster in force."""
    entry, content = recorded.entry, recorded.entry.content
    state = replace(state, roster=recorded.roster or Roster())
    match content:
        case Genesis():
            return replace(state, genesis=entry, origin=recorded.commit, roster_entry=entry.id)
        case RosterChanged():
            founding = (state.founding or recorded.commit) if _began_without_roster(state) else None
            return replace(state, founding=founding, roster_entry=entry.id, conflicts=())
        case KeyRetired(person=person, key=key):
            return replace(state, retired=state.retired | {("key", person, key)})
    return state


def counting_ids(judged: Iterable[Recorded | Unreadable]) -> list[str]:
    """The ids of the entries that count: no other entry can take their place or be referred to."""
    return [
        each.entry.id for each in judged if isinstance(each, Recorded) and each.trust is not Trust.QUARANTINED
    ]


def _began_without_roster(state: State) -> bool:
    content = state.genesis.content if state.genesis else None
    return isinstance(content, Genesis) and not content.roster


def _end(
    genesis: CommitFacts | None,
    changes: RosterChanges | None,
    order: list[CommitFacts],
    clocks: Mapping[str, Clock],
) -> State:
    if genesis is None or changes is None:
        return State()
    last = changes.last
    clock = latest(clocks[each.commit] for each in order)
    return State(
        genesis.found[0].entry,
        genesis.commit,
        last.roster,
        last.entry,
        changes.founding,
        clock,
        last.retired,
        last.conflicts,
    )

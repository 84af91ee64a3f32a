"""What somebody whose membership ended wrote beside what had passed its end, and joined afterwards. Pure.

A date proves nothing, and whoever chooses what an entry follows chooses how far in time the trail had come before
it. So what was written within a membership is believed where it is joined before the end had come, or where
somebody else wrote after it who dated that before the end: they cannot have followed what was not there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from promoter.frozen import frozen
from promoter.trail.clock import Clock, moment_of
from promoter.trail.facts import CommitFacts


@frozen
class Written:
    """An entry that counts, as far as dates go: by whom, when, whether by a machine, and when its author's membership
    ends or ended."""

    person: str
    at: datetime
    machine: bool
    end: datetime | None


Heads: TypeAlias = Mapping[str, frozenset[str]]
"""Of each person, the commits by them that nothing else of theirs follows."""


def joined_late(
    order: Sequence[CommitFacts], written: Mapping[str, Written], clocks: Mapping[str, Clock]
) -> set[str]:
    """The commits, parents first, whose entries came to the trail after their author's membership, as far as
    the trail can tell. `written` has what counts, `clocks` how far in time each commit's history had come."""
    ends = {commit: each.end for commit, each in written.items() if each.end is not None}
    late = {commit for commit, end in ends.items() if written[commit].at > end}
    if not any(each.merge for each in order):
        return late
    doubtful = ends.keys() - late - _witnessed(order, written, ends)
    return late | _beside(order, written, ends, doubtful, clocks) if doubtful else late


def _witnessed(
    order: Sequence[CommitFacts], written: Mapping[str, Written], ends: Mapping[str, datetime]
) -> set[str]:
    """Those that somebody else followed before their end."""
    witnessed: set[str] = set()
    before: dict[str, frozenset[str]] = {}
    heads: dict[str, Heads] = {}
    for each in order:
        there = _joined(heads.get(parent, {}) for parent in each.parents)
        own = written.get(each.commit)
        if own is not None and not own.machine:
            for person, commits in there.items():
                seen = () if person == own.person else _back(commits, before, witnessed)
                witnessed.update(commit for commit in seen if own.at <= ends[commit])
            left = {person: commits - witnessed for person, commits in there.items()}
            there = {person: commits for person, commits in left.items() if commits}
        if own is not None and each.commit in ends:
            before[each.commit] = there.get(own.person, frozenset())
            there = {**there, own.person: frozenset({each.commit})}
        heads[each.commit] = there
    return witnessed


def _beside(
    order: Sequence[CommitFacts],
    written: Mapping[str, Written],
    ends: Mapping[str, datetime],
    doubtful: set[str],
    clocks: Mapping[str, Clock],
) -> set[str]:
    """Those that were joined with a history that had passed their end without them."""
    late: set[str] = set()
    before: dict[str, frozenset[str]] = {}
    heads: dict[str, Heads] = {}
    for each in order:
        there = _joined(heads.get(parent, {}) for parent in each.parents)
        if each.merge and there:
            sides = {parent: set(_all_of(heads.get(parent, {}), before)) for parent in each.parents}
            for parent, known in sides.items():
                for commit in set().union(*sides.values()) - known:
                    reached = clocks.get(parent, Clock()).reached(written[commit].person)
                    if moment_of(reached) > ends[commit]:
                        late.add(commit)
        if each.commit in doubtful:
            person = written[each.commit].person
            before[each.commit] = there.get(person, frozenset())
            there = {**there, person: frozenset({each.commit})}
        heads[each.commit] = there
    return late


def _joined(sides: Iterable[Heads]) -> Heads:
    first, *others = list(sides) or [{}]
    if not others or all(each is first for each in others):
        return first
    people = {person for each in (first, *others) for person in each}
    return {
        person: frozenset().union(*(each.get(person, frozenset()) for each in (first, *others)))
        for person in people
    }


def _all_of(heads: Heads, before: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for commits in heads.values():
        yield from _back(commits, before, set())


def _back(commits: frozenset[str], before: Mapping[str, frozenset[str]], but: set[str]) -> Iterator[str]:
    """These and what their authors wrote before them, but for some and what came before those."""
    pending, seen = list(commits), set(but)
    while pending:
        commit = pending.pop()
        if commit not in seen:
            seen.add(commit)
            yield commit
            pending += before.get(commit, ())

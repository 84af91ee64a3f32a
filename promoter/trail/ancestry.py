"""Who came before whom on the trail: the order in which entries fold, and what is concurrent. Pure."""

import heapq
from collections.abc import Iterable, Mapping, Sequence

from promoter.trail.facts import CommitFacts


def fold_order(commits: Iterable[CommitFacts]) -> list[CommitFacts]:
    """Every commit after its parents; of those that could come next, the lowest entry id does.

    The order depends on the commits alone, not on the order they are given in.
    """
    by_id = {each.commit: each for each in commits}
    waiting = {each.commit: sum(parent in by_id for parent in set(each.parents)) for each in by_id.values()}
    children: dict[str, list[str]] = {}
    for each in by_id.values():
        for parent in set(each.parents) & by_id.keys():
            children.setdefault(parent, []).append(each.commit)
    ready = [_rank(by_id[commit]) for commit, parents in waiting.items() if parents == 0]
    heapq.heapify(ready)
    order = []
    while ready:
        _, commit = heapq.heappop(ready)
        order.append(by_id[commit])
        for child in children.get(commit, ()):
            waiting[child] -= 1
            if waiting[child] == 0:
                heapq.heappush(ready, _rank(by_id[child]))
    return order


def _rank(commit: CommitFacts) -> tuple[str, str]:
    first = commit.found[0].path.rpartition("/")[2] if commit.found and not commit.merge else ""
    return first, commit.commit


class Ancestry:
    """For a few marked commits: which of them each commit descends from, precedes, or stands beside."""

    def __init__(self, order: Sequence[CommitFacts], marked: Iterable[str]) -> None:
        self._bits: Mapping[str, int] = {commit: 1 << place for place, commit in enumerate(marked)}
        self._above: dict[str, int] = {}
        self._below: dict[str, int] = {}
        for each in order:
            above = self._bits.get(each.commit, 0)
            for parent in each.parents:
                above |= self._above.get(parent, 0)
            self._above[each.commit] = above
        for each in reversed(order):
            own = self._below.get(each.commit, 0) | self._bits.get(each.commit, 0)
            for parent in each.parents:
                self._below[parent] = self._below.get(parent, 0) | own

    def above(self, commit: str) -> int:
        """The marked commits in a commit's ancestry and itself, as the sum of their bits."""
        return self._above[commit]

    def bit(self, marked: str) -> int:
        """The one bit that stands for a marked commit; 0 for any other."""
        return self._bits.get(marked, 0)

    def apart(self, commit: str) -> int:
        """The marked commits that are neither in a commit's ancestry nor it in theirs, as above."""
        related = self._above[commit] | self._below.get(commit, 0) | self.bit(commit)
        return ~related & ((1 << len(self._bits)) - 1)

    def precedes(self, commit: str, marked: str) -> bool:
        """Whether a commit is in the ancestry of the marked one; a commit is not its own ancestor."""
        return commit != marked and bool(self._below.get(commit, 0) & self._bits[marked])

    def descends(self, commit: str, marked: str) -> bool:
        """Whether the marked commit is in this one's ancestry; a commit is not its own ancestor."""
        return commit != marked and bool(self._above[commit] & self._bits[marked])

    def beside(self, commit: str, marked: str) -> bool:
        """Whether neither is in the other's ancestry."""
        related = self._above[commit] | self._below.get(commit, 0)
        return commit != marked and not related & self._bits[marked]

"""The trail as it was when a promotion was last spoken of, for many promotions at once.

Where the trail is one line, everything up to a commit was judged as it is now, unless the trail's own
entries changed since: it is read once, and cut off where it is asked for. Where it has merges, each
commit's history is judged anew.
"""

from bisect import bisect_right
from functools import cached_property

from promoter.trail.as_of import EarlierTrail
from promoter.trail.entry import promotion_directory
from promoter.trail.projection import InMemory, Projection, Records
from promoter.trail.repository import Repository
from promoter.usecases.workspace import Workspace

_OF_TRAIL = "r"
_SECONDS = 900


class CutTrail(EarlierTrail):
    """A trail that ends at an earlier commit, as what is known of the whole says it was."""

    def __init__(self, repository: Repository, branch: str, commit: str, known: InMemory) -> None:
        super().__init__(repository, branch, commit)
        self._known = known

    def _current(self) -> Projection:
        return self._known


class Earlier:
    """The same workspace as of commits at which some promotion, or the trail itself, was last spoken of."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tip = workspace.trail.position().tip or ""

    def last_commit(self, promotion: str) -> str:
        """The latest commit at which a promotion's entries and the trail's own are all there are now."""
        directory = promotion_directory(promotion)
        if self._is_one_line:
            last = max(self._last.get(each, 0) for each in (directory, _OF_TRAIL))
            return self._commits[last]
        listed = self._workspace.repository.run(
            "rev-list", "-1", self._tip, "--", directory, _OF_TRAIL, timeout=_SECONDS
        )
        return listed.decode("ascii").strip() or self._tip

    def at(self, commit: str) -> Workspace:
        """The workspace as of a commit that `last_commit` answered: only to be read."""
        if not self._is_one_line:
            return self._workspace.at(commit)
        trail = self._workspace.trail
        place = self._places[commit]
        recorded = self._records.recorded[: bisect_right(self._order, place)]
        unreadable = [each for each in self._records.unreadable if self._places[each.commit] <= place]
        earlier = Workspace(self._workspace.settings, self._workspace.repository)
        known = InMemory(commit, (*recorded, *unreadable), state=trail.state)
        earlier.trail = CutTrail(trail.repository, trail.branch, commit, known)
        return earlier

    @cached_property
    def _is_one_line(self) -> bool:
        merges = self._workspace.repository.run(
            "rev-list", "--min-parents=2", "--max-count=1", self._tip, "--", timeout=_SECONDS
        )
        return not merges

    @cached_property
    def _records(self) -> Records:
        return self._workspace.trail.all_records()

    @cached_property
    def _order(self) -> list[int]:
        return [self._places[each.commit] for each in self._records.recorded]

    @cached_property
    def _commits(self) -> list[str]:
        """Every commit, the first one first."""
        listed = self._workspace.repository.run("rev-list", "--reverse", self._tip, "--", timeout=_SECONDS)
        return listed.decode("ascii").split()

    @cached_property
    def _places(self) -> dict[str, int]:
        return {commit: place for place, commit in enumerate(self._commits)}

    @cached_property
    def _last(self) -> dict[str, int]:
        """The place of the last commit that touched each promotion's directory, and the trail's own."""
        listed = self._workspace.repository.run(
            *("log", "--format=%x00%H", "--name-only", "--no-renames", self._tip, "--", "p", _OF_TRAIL),
            timeout=_SECONDS,
        )
        last: dict[str, int] = {}
        for touched in listed.decode("utf-8", "replace").split("\0")[1:]:
            commit, *paths = touched.split()
            for path in paths:
                parts = path.lstrip('"').split("/")
                directory = _OF_TRAIL if parts[0] == _OF_TRAIL else "/".join(parts[:3])
                last.setdefault(directory, self._places[commit])
        return last

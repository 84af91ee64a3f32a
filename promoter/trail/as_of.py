"""The trail as it was: at one of its commits, or at a time."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from promoter.errors import UsageError
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.trail.projection import Projection, from_history
from promoter.trail.repository import Repository
from promoter.trail.signature import take_apart
from promoter.trail.trail import Trail

_COMMIT = re.compile(r"[0-9a-f]{4,64}", re.ASCII)
_SECONDS = 900
_LAST_SECOND = 253_370_764_800  # the beginning of the year 9999: what is reckoned from there stays a time


@frozen
class AsOf:
    """A moment of the trail: the commit it was at, and when that is (UTC). `histories` says how many
    there were, not joined yet; the commit is of the longest."""

    commit: str
    at: datetime
    histories: int = 1


class EarlierTrail(Trail):
    """A trail as it was at one of its commits, judged by what was on it then. It is only read."""

    def __init__(self, repository: Repository, branch: str, commit: str) -> None:
        super().__init__(repository, branch)
        self._commit = commit

    @property
    def tip(self) -> str | None:
        """The commit it is read at."""
        return self._commit

    def _current(self) -> Projection:
        return from_history(self.repository, self._commit)


def names_a_commit(asked: str) -> bool:
    """Whether somebody means a commit, and no moment."""
    return _COMMIT.fullmatch(asked) is not None


def commit_named(repository: Repository, asked: str) -> str | None:
    """The commit that a revision names, such as `promoter/trail~3`; None when it names none here."""
    try:
        return repository.resolve(asked)[0]
    except UsageError:
        return None


def as_of(trail: Trail, asked: str) -> AsOf:
    """What was meant by a commit of the trail, as git takes it, or a date or time in ISO 8601 (UTC where it says no zone).

    A commit was there at a time when neither it nor anything before it bears a later one. Raises
    UsageError when the trail has no such commit, or had not begun.
    """
    tip = trail.tip
    if tip is None:
        raise UsageError(
            phrase(N_("there is no trail in this clone yet")),
            phrase(N_("'promoter sync' fetches one, 'promoter open' begins one")),
        )
    named = None
    if names_a_commit(asked):
        named, _ = trail.repository.resolve(asked)
    elif not _is_moment(asked):
        named = commit_named(trail.repository, asked)
    if named is not None:
        commit = named
        if not trail.repository.is_ancestor(commit, tip):
            raise UsageError(
                phrase(N_("{commit} is not a commit of the trail"), commit=commit[:12]),
                phrase(N_("'promoter log' lists them")),
            )
        return AsOf(commit, committed_at(trail.repository, commit))
    return _at_time(trail.repository, tip, _moment(asked))


def committed_at(repository: Repository, commit: str) -> datetime:
    """The time a commit bears (UTC), as near as a clock can be to what whoever made it wrote there."""
    [(_, _, raw)] = repository.objects([commit])
    return datetime.fromtimestamp(min(take_apart(raw).committed_at, _LAST_SECOND), UTC)


def _is_moment(asked: str) -> bool:
    try:
        _moment(asked)
    except UsageError:
        return False
    return True


def _moment(asked: str) -> datetime:
    try:
        if len(asked) <= 10:
            return datetime.combine(date.fromisoformat(asked), time(23, 59, 59), UTC)
        moment = datetime.fromisoformat(asked)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as wrong:
        raise UsageError(
            phrase(N_("{given} is neither a commit nor a date"), given=asked[:100]),
            phrase(N_("for example 1f2e3d4c, promoter/trail~3, 2026-11-22 or 2026-11-22T18:00:00Z")),
        ) from wrong


def _at_time(repository: Repository, tip: str, at: datetime) -> AsOf:
    heads: dict[str, None] = {}
    there: set[str] = set()
    for commit, seconds, parents in _commits(repository, tip):
        if seconds <= at.timestamp() and all(parent in there for parent in parents):
            there.add(commit)
            for parent in parents:
                heads.pop(parent, None)
            heads[commit] = None
    if not heads:
        raise UsageError(phrase(N_("the trail had not begun on {at:time}"), at=at.isoformat()))
    longest = max(heads, key=lambda head: _length(repository, head)) if len(heads) > 1 else next(iter(heads))
    return AsOf(longest, at, len(heads))


def _commits(repository: Repository, tip: str) -> Iterator[tuple[str, int, list[str]]]:
    """Every commit, parents first, with its time in seconds since 1970."""
    options = ("--timestamp", "--parents", "--topo-order", "--reverse")
    listed = repository.run("rev-list", *options, tip, "--", timeout=_SECONDS)
    for line in listed.decode("ascii").splitlines():
        seconds, commit, *parents = line.split()
        yield commit, int(seconds), parents


def _length(repository: Repository, head: str) -> int:
    return int(repository.run("rev-list", "--count", head, "--", timeout=_SECONDS))

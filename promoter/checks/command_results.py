"""The results of tests that a command was to write: whether it wrote them in this run, and what they come to."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from promoter.checks.junit_ages import CLOCKS_APART, Bound, hold_to, release_since
from promoter.checks.junit_results import Identity, Judged, ResultsFile, identity, judge, read_results
from promoter.checks.tree_paths import NotSearched, TooMany, matching
from promoter.frozen import frozen
from promoter.messages import message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.net.trouble import Trouble

_COARSENESS = timedelta(seconds=2)
"""Of the times of files: some file systems know no finer ones."""


@frozen
class Expected:
    """Where a command is to write its results, and what they must hold."""

    junit: Sequence[str]
    must_include: Sequence[str]
    skipped: int | None


@frozen
class Before:
    """When the command was started, and the files of results that were there."""

    started: datetime
    files: Mapping[str, Identity]


def look_before(junit: Sequence[str], root: Path) -> Before:
    """What is there right before the command is started. It blocks: to be called in a thread."""
    try:
        paths = [path for each in junit for path in matching(root, each)]
    except (NotSearched, TooMany):
        paths = []  # reading them says so
    found = {each: there for each in paths if (there := identity(root / each)) is not None}
    return Before(datetime.now(UTC), found)


async def tested(expected: Expected, before: Before, context: Context, seen: list[Evidence]) -> Judged:
    """What the results of this run come to.

    Raises Trouble: a test failed, or they are not as they must be, not of this run or not of the release.
    """
    import asyncio

    files = await asyncio.to_thread(read_results, expected.junit, context.root)
    _hold_to_this_run(files, before, seen)
    judged = await asyncio.to_thread(judge, files, expected.must_include, expected.skipped, seen)
    unbound = context.release is not None and not context.release.bound
    since = None if unbound else await release_since(context, seen)
    bounds = [Bound("older-than-release", since, lenient=True)] if since is not None else []
    bounds.append(Bound("stale-results", before.started - CLOCKS_APART, lenient=True))
    unclear = hold_to(files, bounds, datetime.now(UTC), seen, just_written=True)
    return Judged(judged.ran, judged.skipped, judged.warning or unclear)


def _hold_to_this_run(files: Sequence[ResultsFile], before: Before, seen: list[Evidence]) -> None:
    for each in files:
        if each.written < before.started - _COARSENESS or before.files.get(each.path) == each.identity:
            since = message("since", at=before.started.isoformat())
            at = each.written.isoformat()
            about = message("written", path=each.path)
            seen.append(Evidence(about, since, message("at", at=at), Verdict.FAILED))
            raise Trouble("stale-results", path=each.path, at=at)

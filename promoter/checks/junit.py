"""Did the tests pass, by the results that continuous integration brought?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from promoter.checks import junit_results, release_commit
from promoter.checks.declaration import conclude, kind
from promoter.checks.junit_results import ResultsFile, judge, read_results
from promoter.messages import N_, NP_, Message, Template, message
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.limits import InsideTree, Within
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble, fact

_AHEAD = timedelta(hours=15)
"""No clock is so far ahead, and no time zone either."""

_MOST_SHOWN = 20
_VERDICTS = {
    "from-the-future": Verdict.ERRORED,
    "older-than-release": Verdict.FAILED,
    "too-old": Verdict.FAILED,
    "time-zone-unclear": Verdict.WARNED,
}
"""Of one file's age, the gravest first: who is wrong about the time now is wrong about all of it."""

_OWN_RULINGS: Mapping[str, Ruling] = {
    "all-passed": Ruling(
        Verdict.PASSED,
        NP_(
            "{count} test passed ({skipped} skipped); the oldest results are of {at:time}",
            "{count} tests passed ({skipped} skipped); the oldest results are of {at:time}",
        ),
    ),
    "older-than-release": Ruling(
        Verdict.FAILED,
        N_("{path} is of {at:time}, from before the commit of the release ({since:time})"),
        N_("Have the tests run on the commit of the release, and bring their results."),
    ),
    "too-old": Ruling(
        Verdict.FAILED,
        N_("{path} is of {at:time}, more than {limit:duration} ago"),
        N_("Have the tests run again, and bring their results."),
    ),
    "time-zone-unclear": Ruling(
        Verdict.WARNED,
        N_("no test failed, but {path} says {stamp} without a time zone: it may be too old"),
        N_("Have the test run write its timestamps with a time zone, or run the tests again."),
    ),
    "from-the-future": Ruling(
        Verdict.ERRORED,
        N_("{path} is of {at:time}, which is yet to come"),
        N_("Set the clock right where the tests ran, or here, and bring their results again."),
    ),
}
_OWN_FACTS: Mapping[str, Template] = {
    "ran-at": N_("{path} is of"),
    "not-before": N_("{at:time} or later"),
    "by-timestamp": N_("{at:time}, by its own timestamp"),
    "by-bare-timestamp": N_("{stamp}, by its own timestamp, without a time zone"),
    "by-file": N_("{at:time}, when the file was written: it has no timestamp"),
    "nothing-promoted": N_("not compared: nothing is being promoted, and there is no repository here"),
}


@dataclass(frozen=True, slots=True)
class _Age:
    """When the tests of a file ran at the earliest: read as UTC where no zone is said, and as local time."""

    at: datetime
    at_local: datetime
    shown: Message
    stamp: str


@kind(
    "junit",
    rulings={**junit_results.RULINGS, **release_commit.RULINGS, **_OWN_RULINGS},
    facts={**junit_results.FACTS, **release_commit.FACTS, **_OWN_FACTS},
    example={
        "path": "ci-results/**/*.xml",
        "must_include": ["creation_marche", "candidature", "webhook", "erreurs", "timeouts"],
    },
    timeout=30.0,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Junit:
    """All tests passed on the release, by the results that continuous integration brought as JUnit XML.

    At least one test ran, and none failed; the test cases are counted, whatever a suite says of itself. Of
    each name in `must_include` at least one test was executed: names of suites, classes, files and tests
    count, as whole words and however they are joined, so that `creation_marche` is found in
    `TestCreationMarche`. Any number of tests may be skipped, unless `skipped` says how many.

    The results must be from after the commit of the release, and with `ran_within` not older than that. What
    counts is the earliest timestamp in each file, or when the file was written where it has none. A
    timestamp without a time zone is read as UTC; where this machine's own zone would judge otherwise, it is
    a warning. A release without a commit needs `ran_within`. The files need not be tracked by git.
    """

    path: Annotated[
        tuple[str, ...],
        InsideTree(),
        N_("The files of results inside the work tree; `*` and `**` may be used"),
    ]
    must_include: Annotated[
        tuple[str, ...], N_("Names that suites, classes, files or tests must bear, and be executed")
    ] = ()
    skipped: Annotated[
        int | None, Within(0, 100_000), N_("How many tests may be skipped; any number by default")
    ] = None
    ran_within: Annotated[Duration | None, N_("How long ago the tests may have run at most")] = None
    timeout: Annotated[Duration | None, N_("How long the whole check may take; 30 seconds by default")] = None

    async def observe(self, context: Context) -> Outcome:
        """Reads the results, and judges them and how old they are."""
        import asyncio

        seen: list[Evidence] = []
        try:
            files = await asyncio.to_thread(read_results, self.path, context.root)
            judged = await asyncio.to_thread(judge, files, self.must_include, self.skipped, seen)
            ages = [(each.path, _age_of(each)) for each in files]
            since = await self._since(context, seen)
            unclear = self._hold_to(ages, since, context.now, seen)
        except Trouble as trouble:
            return conclude(self, trouble.code, seen, **trouble.parameters)
        warning = judged.warning or unclear
        if warning is not None:
            return conclude(self, warning.code, seen, **warning.parameters)
        oldest = min(age.at for _, age in ages).isoformat()
        return conclude(self, "all-passed", seen, count=judged.ran, skipped=judged.skipped, at=oldest)

    async def _since(self, context: Context, seen: list[Evidence]) -> datetime | None:
        """When the commit was made that the tests must have run on."""
        unbound = context.release is not None and not context.release.bound
        if unbound and self.ran_within is not None:
            return None
        if context.release is None and context.repository is None:
            seen.append(fact("release-commit", observed=message("nothing-promoted")))
            return None
        return (await release_commit.commit_of(context, seen)).at

    def _hold_to(
        self,
        ages: Sequence[tuple[str, _Age]],
        since: datetime | None,
        now: datetime,
        seen: list[Evidence],
    ) -> Trouble | None:
        """What is to be warned of. Raises Trouble when results are from before what they must be of."""
        bounds = list(self._bounds(since, now))
        latest = max((each for _, each in bounds), default=None)
        expected = message("not-before", at=latest.isoformat()) if latest is not None else None
        found = [(path, age, self._wrong_with(path, age, bounds, now)) for path, age in ages]
        for path, age, wrong in found[:_MOST_SHOWN]:
            verdict = _VERDICTS[wrong.code] if wrong else Verdict.PASSED if bounds else None
            seen.append(Evidence(message("ran-at", path=path), expected, age.shown, verdict))
        troubles = [wrong for _, _, wrong in found if wrong is not None]
        gravest = min(troubles, key=lambda each: list(_VERDICTS).index(each.code), default=None)
        if gravest is not None and gravest.code != "time-zone-unclear":
            raise gravest
        return gravest

    def _wrong_with(
        self, path: str, age: _Age, bounds: Sequence[tuple[str, datetime]], now: datetime
    ) -> Trouble | None:
        at = age.at.isoformat()
        if age.at > now + _AHEAD:
            return Trouble("from-the-future", path=path, at=at)
        for code, bound in bounds:
            if max(age.at, age.at_local) < bound:
                return Trouble(code, path=path, at=at, since=bound.isoformat(), limit=self.ran_within)
        if any(min(age.at, age.at_local) < bound for _, bound in bounds):
            return Trouble("time-zone-unclear", path=path, stamp=age.stamp)
        return None

    def _bounds(self, since: datetime | None, now: datetime) -> Iterator[tuple[str, datetime]]:
        if since is not None:
            yield "older-than-release", since
        if self.ran_within is not None:
            yield "too-old", now - timedelta(seconds=self.ran_within)


def _age_of(file: ResultsFile) -> _Age:
    known = [(stamp, moment) for stamp in file.content.stamps if (moment := _moment(stamp)) is not None]
    if not known:
        shown = message("by-file", at=file.written.isoformat())
        return _Age(file.written, file.written, shown, "")
    at = min(_in_utc(moment, UTC) for _, moment in known)
    at_local = min(_in_utc(moment, None) for _, moment in known)
    stamp = min(known, key=lambda each: _in_utc(each[1], UTC))[0]
    zoned = all(moment.tzinfo is not None for _, moment in known)
    by_itself = message("by-timestamp", at=at.isoformat())
    return _Age(at, at_local, by_itself if zoned else message("by-bare-timestamp", stamp=stamp), stamp)


def _moment(stamp: str) -> datetime | None:
    """A timestamp as written; None when it is none, or too near the ends of time to be moved."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return moment if 1970 <= moment.year <= 9000 else None


def _in_utc(moment: datetime, zone: object) -> datetime:
    if moment.tzinfo is None and zone is UTC:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)

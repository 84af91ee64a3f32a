"""Did the tests pass, by the results that continuous integration brought?"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from promoter.checks import junit_ages, junit_rulings
from promoter.checks.declaration import conclude, kind
from promoter.checks.junit_ages import Bound, hold_to, oldest, release_since
from promoter.checks.junit_results import ResultsFile, judge, read_results
from promoter.messages import N_, NP_, Template, message
from promoter.model.context import Context, RepositoryFacts
from promoter.model.duration import Duration
from promoter.model.limits import InsideTree, Within
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

_OWN_RULINGS: Mapping[str, Ruling] = {
    "all-passed": Ruling(
        Verdict.PASSED,
        NP_(
            "{count} test passed ({skipped} skipped); the oldest results are of {at:time}",
            "{count} tests passed ({skipped} skipped); the oldest results are of {at:time}",
        ),
    ),
    "too-old": Ruling(
        Verdict.FAILED,
        N_("{path} is of {at:time}, more than {limit:duration} ago"),
        N_("Have the tests run again, and bring their results."),
    ),
    "age-unknown": Ruling(
        Verdict.ERRORED,
        N_("when the tests of {path} ran cannot be told: it has no timestamp, and git wrote the file"),
        N_("Have the test run write timestamps, or bring its results otherwise than in git."),
    ),
}
_OWN_FACTS: Mapping[str, Template] = {
    "by-git": N_("not known: when git checked the file out is not when the tests ran"),
}


@kind(
    "junit",
    rulings={
        **junit_rulings.RULINGS,
        **junit_ages.RULINGS,
        **_OWN_RULINGS,
    },
    facts={**junit_rulings.FACTS, **junit_ages.FACTS, **_OWN_FACTS},
    example={
        "path": "ci-results/**/*.xml",
        "must_include": ["creation_marche", "candidature", "webhook", "erreurs", "timeouts"],
    },
    timeout=30.0,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Junit:
    """All tests passed on the release, by the results that continuous integration brought as JUnit XML.

    At least one test ran, and none failed. The test cases are counted one by one, and what a suite says of
    itself is held against that: more failures than it shows fail the check, another number is a warning, and
    what is no number is “could not tell”. So is a test that is marked as neither passed, failed nor
    skipped, such as “aborted” or “timeout”. Of each name in `must_include` at least one test was executed:
    names of suites, classes, files and tests count, as whole words and however they are joined, so that
    `creation_marche` is found in `TestCreationMarche`. Any number of tests may be skipped, unless `skipped`
    says how many.

    The results must be from after the commit of the release, and with `ran_within` not older than that. What
    counts is the earliest timestamp in each file, or when the file was written where it has none; of a file
    that git tracks, which git itself wrote, that is “could not tell”. A timestamp without a time zone is read
    as UTC; where this machine's own zone would judge otherwise, it is a warning, and so is one that cannot be
    read. A time yet to come is “could not tell”. A release without a commit needs `ran_within`; where nothing
    is being promoted, HEAD is the commit to compare with.

    Every file that `path` names must be readable JUnit XML, which need not be tracked by git. `**` stands for
    any directories, but does not follow links.
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
            bounds = [each async for each in self._bounds(context, seen)]
            unclear = hold_to(files, bounds, context.now, seen)
            if bounds and context.repository is not None:
                await asyncio.to_thread(_hold_to_file_times, files, context.repository, context.root, seen)
        except Trouble as trouble:
            return conclude(self, trouble.code, seen, **trouble.parameters)
        warning = judged.warning or unclear
        if warning is not None:
            return conclude(self, warning.code, seen, **warning.parameters)
        at = oldest(files).isoformat()
        return conclude(self, "all-passed", seen, count=judged.ran, skipped=judged.skipped, at=at)

    async def _bounds(self, context: Context, seen: list[Evidence]) -> AsyncIterator[Bound]:
        """What the tests must have run after: the commit of the release, and so long ago."""
        unbound = context.release is not None and not context.release.bound
        since = None if unbound and self.ran_within is not None else await release_since(context, seen)
        if since is not None:
            yield Bound("older-than-release", since)
        if self.ran_within is not None:
            yield Bound("too-old", context.now - timedelta(seconds=self.ran_within), self.ran_within)


def _hold_to_file_times(
    files: Sequence[ResultsFile], repository: RepositoryFacts, root: Path, seen: list[Evidence]
) -> None:
    """Git writes files anew when it checks them out: when that was says nothing of the tests. It blocks."""
    for each in files:
        if not each.content.stamps.readable and repository.is_tracked(root / each.path):
            seen.append(Evidence(message("ran-at", path=each.path), None, message("by-git"), Verdict.ERRORED))
            raise Trouble("age-unknown", path=each.path)

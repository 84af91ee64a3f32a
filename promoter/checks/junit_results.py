"""Test results as JUnit XML files of the work tree: found, read, and held against what they must be."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from promoter.checks import junit_file
from promoter.checks.junit_file import Case, JunitFile, NotJunit, State, read_junit
from promoter.checks.tree_paths import MOST_FILES, TooMany, matching
from promoter.messages import N_, NP_, Template, message
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.regular_file import NotUsable, read_usable_file
from promoter.net.trouble import Trouble, fact

RULINGS: Mapping[str, Ruling] = {
    "no-results": Ruling(
        Verdict.ERRORED,
        N_("there are no test results at {path}"),
        N_("Run the tests, or bring their results to {path}; correct the path if they are elsewhere."),
    ),
    "too-many-results": Ruling(
        Verdict.ERRORED,
        N_("more than {limit} files would have to be looked at for {path}"),
        N_("Name the directory in which the results are, instead of searching for them."),
    ),
    "results-unreadable": Ruling(
        Verdict.ERRORED,
        N_("{path} cannot be read: {why}"),
        N_("Make {path} a small regular file inside the work tree that you may read."),
    ),
    "not-junit": Ruling(
        Verdict.ERRORED,
        N_("{path} is not JUnit XML: {why}"),
        N_("Have the test run write JUnit XML; if {path} was cut off, the test run was too."),
    ),
    "tests-failed": Ruling(
        Verdict.FAILED,
        NP_("{count} test of {total} failed: {names:list}", "{count} tests of {total} failed: {names:list}"),
        N_("Mend what the failing tests show, then have the tests run again on this release."),
    ),
    "counted-failures": Ruling(
        Verdict.FAILED,
        N_("{suite} says that {claimed} tests failed, and shows {counted}"),
        N_("Look into the log of the test run: something failed that its results do not show."),
    ),
    "no-tests": Ruling(
        Verdict.FAILED,
        NP_(
            "no test ran: of {count} test case none was executed",
            "no test ran: of {count} test cases none was executed",
        ),
        N_(
            "Find out from the log of the test run why nothing was executed; results of nothing prove nothing."
        ),
    ),
    "not-included": Ruling(
        Verdict.FAILED,
        N_("no test of {names:list} was executed"),
        N_("Have the tests of {names:list} run too, or correct the names in `must_include`."),
    ),
    "too-many-skipped": Ruling(
        Verdict.FAILED,
        NP_("{count} test was skipped, and {limit} may be", "{count} tests were skipped, and {limit} may be"),
        N_("Have the skipped tests run, or agree on more in `skipped`."),
    ),
    "counts-differ": Ruling(
        Verdict.WARNED,
        N_("no test failed, but {suite} does not show what it claims: {claimed} instead of {counted}"),
        N_("Look whether the results were cut short or written over: some tests may be missing."),
    ),
    "flaky": Ruling(
        Verdict.WARNED,
        NP_(
            "no test failed in the end, but {count} did at first: {names:list}",
            "no test failed in the end, but {count} did at first: {names:list}",
        ),
        N_("Find out why these tests fail at times: what they test may too."),
    ),
}
FACTS: Mapping[str, Template] = {
    **junit_file.FACTS,
    "results": N_("results"),
    "results-file": N_("{path}, {size} bytes, {digest}"),
    "more-files": NP_("and {count} more file", "and {count} more files"),
    "tests": N_("tests"),
    "counts": N_("{ran} ran, {failed} failed, {skipped} skipped"),
    "some-and-none-failed": N_("at least 1 ran, none failed"),
    "failing": N_("failing test"),
    "skipped-tests": N_("skipped tests"),
    "at-most-skipped": N_("at most {limit}"),
    "included": N_("tests of {name}"),
    "ran-at-least-one": N_("at least 1 ran"),
    "count-claimed": N_("number in the attribute {attribute} of {suite}"),
    "flaky-test": N_("test that passed only when tried again"),
    "unnamed": N_("a suite without a name"),
}

_LARGEST_ALL = 4 * junit_file.LARGEST_FILE
_MOST_NAMED = 20
_MOST_NAMES_IN_A_SENTENCE = 3
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")


@dataclass(frozen=True, slots=True)
class ResultsFile:
    """One file of results, when it was last written, and what it says."""

    path: str
    written: datetime
    size: int
    digest: str
    content: JunitFile


def read_results(patterns: Sequence[str], root: Path) -> list[ResultsFile]:
    """Every file that the patterns name. It blocks: to be called in a thread.

    Raises Trouble: no file fits a pattern, one cannot be read or is no JUnit XML, or there are too many.
    """
    paths: dict[str, None] = {}
    for pattern in patterns:
        try:
            found = matching(root, pattern)
        except TooMany:
            raise Trouble("too-many-results", path=pattern, limit=MOST_FILES) from None
        if not found:
            raise Trouble("no-results", path=pattern)
        paths |= dict.fromkeys(found)
    files: list[ResultsFile] = []
    room, cases = _LARGEST_ALL, 0
    for path in paths:
        files.append(_read(path, root, min(room, junit_file.LARGEST_FILE)))
        room -= files[-1].size
        cases += len(files[-1].content.cases)
        if cases > junit_file.MOST_CASES:
            why = message("too-many-cases", limit=junit_file.MOST_CASES)
            raise Trouble("not-junit", path=path, why=why)
    return files


@dataclass(frozen=True, slots=True)
class Judged:
    """What results without a failure come to: how many tests ran and how many were skipped, and what is to
    be warned of, if anything."""

    ran: int
    skipped: int
    warning: Trouble | None


def judge(
    files: Sequence[ResultsFile], must_include: Sequence[str], skipped: int | None, seen: list[Evidence]
) -> Judged:
    """Counts what became of the tests; what was counted is added to `seen`. It blocks, as reading does.

    Raises Trouble for the gravest of what is not as it must be.
    """
    cases = [case for each in files for case in each.content.cases]
    found = Counter(each.state for each in cases)
    failing = [each for each in cases if each.state in (State.FAILED, State.ERRORED)]
    ran = len(cases) - found[State.SKIPPED]
    counts = {"ran": ran, "failed": len(failing), "skipped": found[State.SKIPPED]}
    right = bool(ran) and not failing
    seen += _of_files(files)
    seen.append(fact("tests", message("some-and-none-failed"), message("counts", **counts), _verdict(right)))
    seen += (fact("failing", None, each.name, Verdict.FAILED) for each in failing[:_MOST_NAMED])
    missing = [each for each in must_include if not _included(each, cases, seen)]
    if failing:
        raise Trouble("tests-failed", count=len(failing), total=len(cases), names=_names(failing))
    hidden = _contradiction(files, Verdict.FAILED, seen)
    if hidden is not None:
        raise hidden
    if not ran:
        raise Trouble("no-tests", count=len(cases))
    if missing:
        raise Trouble("not-included", names=missing)
    _hold_to_skipped(found[State.SKIPPED], skipped, seen)
    flaky = [each for each in cases if each.flaky]
    seen += (fact("flaky-test", None, each.name, Verdict.WARNED) for each in flaky[:_MOST_NAMED])
    warning = _contradiction(files, Verdict.WARNED, seen)
    if flaky and warning is None:
        warning = Trouble("flaky", count=len(flaky), names=_names(flaky))
    return Judged(ran, found[State.SKIPPED], warning)


def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, however they are joined: `test_creationMarché` is test, creation, marche."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return tuple(each.casefold() for each in _WORD.findall(plain))


def names_it(wanted: Sequence[str], place: Sequence[str]) -> bool:
    """Whether the words of a name stand one after the other among those of another, joined as they may be."""
    joined = "".join(wanted)
    for start in range(len(place)):
        length, end = 0, start
        while end < len(place) and length < len(joined):
            length, end = length + len(place[end]), end + 1
        if length == len(joined) and "".join(place[start:end]) == joined:
            return True
    return False


def _read(path: str, root: Path, limit: int) -> ResultsFile:
    try:
        raw = read_usable_file(Path(path), limit, inside=root)
        written = datetime.fromtimestamp((root / path).stat().st_mtime, UTC)
        content = read_junit(raw)
    except NotUsable as wrong:
        raise Trouble("results-unreadable", path=path, why=wrong.why) from None
    except OSError:
        raise Trouble("results-unreadable", path=path, why=message("no-such-file")) from None
    except NotJunit as wrong:
        raise Trouble("not-junit", path=path, why=wrong.why) from None
    return ResultsFile(path, written, len(raw), f"sha256:{hashlib.sha256(raw).hexdigest()}", content)


def _of_files(files: Sequence[ResultsFile]) -> Iterator[Evidence]:
    for each in files[:_MOST_NAMED]:
        shown = message("results-file", path=each.path, size=each.size, digest=each.digest)
        yield fact("results", None, shown)
    if len(files) > _MOST_NAMED:
        yield fact("results", None, message("more-files", count=len(files) - _MOST_NAMED))


def _included(name: str, cases: Sequence[Case], seen: list[Evidence]) -> bool:
    wanted = tokens(name)
    known: dict[str, bool] = {}
    counts = {"ran": 0, "failed": 0, "skipped": 0}
    for case in cases:
        for place in case.places:
            if place not in known:
                known[place] = bool(wanted) and names_it(wanted, tokens(place))
        if any(known[place] for place in case.places):
            counts["skipped" if case.state is State.SKIPPED else "ran"] += 1
            counts["failed"] += case.state in (State.FAILED, State.ERRORED)
    verdict = _verdict(counts["ran"] > 0)
    line = message("included", name=name)
    seen.append(Evidence(line, message("ran-at-least-one"), message("counts", **counts), verdict))
    return counts["ran"] > 0


def _contradiction(files: Sequence[ResultsFile], verdict: Verdict, seen: list[Evidence]) -> Trouble | None:
    """The first number a suite claims wrongly: more failures than are shown is a failure, another a warning."""
    for each in (wrong for file in files for wrong in file.content.contradictions):
        hidden = each.attribute == "failures" and each.claimed > each.counted
        if hidden is (verdict is Verdict.FAILED):
            suite = each.suite or message("unnamed")
            about = message("count-claimed", attribute=each.attribute, suite=suite)
            seen.append(Evidence(about, each.counted, each.claimed, verdict))
            code = "counted-failures" if hidden else "counts-differ"
            return Trouble(code, suite=suite, claimed=each.claimed, counted=each.counted)
    return None


def _hold_to_skipped(count: int, limit: int | None, seen: list[Evidence]) -> None:
    if limit is None:
        return
    expected = message("at-most-skipped", limit=limit)
    seen.append(fact("skipped-tests", expected, count, _verdict(count <= limit)))
    if count > limit:
        raise Trouble("too-many-skipped", count=count, limit=limit)


def _names(cases: Sequence[Case]) -> list[str]:
    named = [each.name for each in cases[:_MOST_NAMES_IN_A_SENTENCE]]
    return [*named, "…"] if len(cases) > len(named) else named


def _verdict(right: bool) -> Verdict:
    return Verdict.PASSED if right else Verdict.FAILED

"""Test results as JUnit XML files of the work tree: found, read, and held against what they must be."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from promoter.checks import junit_file
from promoter.checks.junit_file import Case, JunitFile, NotJunit, read_junit
from promoter.checks.junit_states import BAD, State
from promoter.checks.junit_suites import Contradiction
from promoter.checks.tree_paths import MOST_FILES, NotSearched, TooMany, matching
from promoter.frozen import frozen
from promoter.messages import message
from promoter.model.outcome import Evidence, Verdict
from promoter.net.regular_file import NotUsable, read_usable_file
from promoter.net.trouble import Trouble, fact

_LARGEST_ALL = 4 * junit_file.LARGEST_FILE
_MOST_NAMED = 20
_MOST_NAMES_IN_A_SENTENCE = 3
_MOST_SORTS_OF_STATES = 5
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")

Identity: TypeAlias = tuple[int, int, int, int]
"""The device and inode of a file, when it was last written, in nanoseconds, and its size in bytes."""


@frozen
class ResultsFile:
    """One file of results, when it was last written, and what it says. `identity` is of the file as it was
    read, and another when it is replaced or written again."""

    path: str
    written: datetime
    identity: Identity
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
        except NotSearched as wrong:
            raise Trouble("results-not-searched", path=wrong.path or ".", detail=wrong.detail) from None
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


@frozen
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
    failing = [each for each in cases if each.state in BAD]
    unknown = [each for each in cases if each.state is State.UNKNOWN]
    passed_over = found[State.SKIPPED] + sum(each.content.hidden_skips for each in files)
    ran = max(0, len(cases) - len(unknown) - passed_over)
    seen += _of_files(files)
    seen += _of_cases(ran, passed_over, failing, unknown)
    missing = [each for each in must_include if not _included(each, cases, seen)]
    if failing:
        raise Trouble("tests-failed", count=len(failing), total=len(cases), names=_names(failing))
    _hold_to_counts(files, seen)
    if unknown:
        sorts = list(dict.fromkeys(each.said for each in unknown))[:_MOST_SORTS_OF_STATES]
        raise Trouble("states-unknown", count=len(unknown), said=sorts)
    if not ran:
        raise Trouble("no-tests", count=len(cases))
    if missing:
        raise Trouble("not-included", names=missing)
    _hold_to_skipped(passed_over, skipped, seen)
    return Judged(ran, passed_over, _warning(files, [each for each in cases if each.flaky], seen))


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


def identity(path: Path) -> Identity | None:
    """What tells a file from what is there later under its name; None when it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: str, root: Path, limit: int) -> ResultsFile:
    before = identity(root / path)
    try:
        raw = read_usable_file(Path(path), limit, inside=root)
        content = read_junit(raw)
    except NotUsable as wrong:
        raise Trouble("results-unreadable", path=path, why=wrong.why) from None
    except NotJunit as wrong:
        raise Trouble("not-junit", path=path, why=wrong.why) from None
    if before is None or before != identity(root / path) or before[3] != len(raw):
        raise Trouble("results-in-motion", path=path)
    written = datetime.fromtimestamp(before[2] / 1e9, UTC)
    digest = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    return ResultsFile(path, written, before, len(raw), digest, content)


def _of_files(files: Sequence[ResultsFile]) -> Iterator[Evidence]:
    for each in files[:_MOST_NAMED]:
        shown = message("results-file", path=each.path, size=each.size, digest=each.digest)
        yield fact("results", None, shown)
    if len(files) > _MOST_NAMED:
        yield fact("results", None, message("more-files", count=len(files) - _MOST_NAMED))


def _of_cases(ran: int, skipped: int, failing: Sequence[Case], unknown: Sequence[Case]) -> Iterator[Evidence]:
    counts = {"ran": ran, "failed": len(failing), "skipped": skipped}
    observed = message("counts", **counts)
    if unknown:
        observed = message("counts-and-unknown", **counts, unknown=len(unknown))
    verdict = Verdict.ERRORED if unknown and not failing else _verdict(bool(ran) and not failing)
    yield fact("tests", message("some-and-none-failed"), observed, verdict)
    for each in failing[:_MOST_NAMED]:
        yield fact("failing", None, each.name, Verdict.FAILED)
    for each in unknown[:_MOST_NAMED]:
        about = message("unknown-state", test=each.name or message("unnamed"))
        yield Evidence(about, message("known-state"), each.said, Verdict.ERRORED)


def _included(name: str, cases: Sequence[Case], seen: list[Evidence]) -> bool:
    wanted = tokens(name)
    known: dict[str, bool] = {}
    counts = {"ran": 0, "failed": 0, "skipped": 0}
    for case in cases:
        for place in case.places:
            if place not in known:
                known[place] = bool(wanted) and names_it(wanted, tokens(place))
        if any(known[place] for place in case.places):
            counts["ran"] += case.state not in (State.SKIPPED, State.UNKNOWN)
            counts["skipped"] += case.state is State.SKIPPED
            counts["failed"] += case.state in BAD
    verdict = _verdict(counts["ran"] > 0)
    line = message("included", name=name)
    seen.append(Evidence(line, message("ran-at-least-one"), message("counts", **counts), verdict))
    return counts["ran"] > 0


def _hold_to_counts(files: Sequence[ResultsFile], seen: list[Evidence]) -> None:
    """More failures than are shown are failures; of more tests than are shown nobody knows what became, as of a
    number that is none."""
    odd = [each.content.oddities for each in files]
    hiding = [each for found in odd for each in found.hiding]
    if hiding:
        seen += _contradictions(hiding, sum(each.hiding_count for each in odd), Verdict.FAILED)
        suite = hiding[0].suite or message("unnamed")
        raise Trouble("counted-failures", suite=suite, count=hiding[0].claimed, counted=hiding[0].counted)
    missing = [each for found in odd for each in found.missing]
    if missing:
        seen += _contradictions(missing, sum(each.missing_count for each in odd), Verdict.ERRORED)
        suite, first = missing[0].suite or message("unnamed"), missing[0]
        count = first.claimed - first.counted
        raise Trouble("tests-missing", suite=suite, count=count, claimed=first.claimed, counted=first.counted)
    no_numbers = [each for found in odd for each in found.no_numbers]
    for each in no_numbers[:_MOST_NAMED]:
        about = message("count-claimed", attribute=each.attribute, suite=each.suite or message("unnamed"))
        seen.append(Evidence(about, message("a-number"), each.written, Verdict.ERRORED))
    if no_numbers:
        suite, number = no_numbers[0].suite or message("unnamed"), no_numbers[0]
        raise Trouble("counts-unreadable", suite=suite, attribute=number.attribute, written=number.written)


def _warning(files: Sequence[ResultsFile], flaky: Sequence[Case], seen: list[Evidence]) -> Trouble | None:
    seen += (fact("flaky-test", None, each.name, Verdict.WARNED) for each in flaky[:_MOST_NAMED])
    differing = [each for file in files for each in file.content.oddities.differing]
    if differing:
        count = sum(each.content.oddities.differing_count for each in files)
        seen += _contradictions(differing, count, Verdict.WARNED)
        first, suite = differing[0], differing[0].suite or message("unnamed")
        return Trouble("counts-differ", suite=suite, claimed=first.claimed, counted=first.counted)
    empty = [each.path for each in files if not each.content.cases]
    if empty:
        seen += (
            fact("results", message("some-tests"), message("no-tests-in", path=each), Verdict.WARNED)
            for each in empty[:_MOST_NAMED]
        )
        return Trouble("file-without-tests", path=empty[0], count=len(empty))
    return Trouble("flaky", count=len(flaky), names=_names(flaky)) if flaky else None


def _contradictions(found: Sequence[Contradiction], count: int, verdict: Verdict) -> Iterator[Evidence]:
    for each in found[:_MOST_NAMED]:
        about = message("count-claimed", attribute=each.attribute, suite=each.suite or message("unnamed"))
        yield Evidence(about, each.counted, each.claimed, verdict)
    if count > _MOST_NAMED:
        yield fact("results", None, message("more-contradictions", count=count - _MOST_NAMED), verdict)


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

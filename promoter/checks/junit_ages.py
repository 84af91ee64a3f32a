"""When tests ran, by their results, held against the moments they must be from after."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from promoter.checks import release_commit
from promoter.checks.junit_results import ResultsFile
from promoter.checks.junit_stamps import Stamp
from promoter.checks.release_commit import commit_of
from promoter.frozen import frozen
from promoter.messages import N_, NP_, Message, Template, message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble, fact

_OF_THE_COMMIT = ("no-repository", "unbound", "commit-unknown", "git-failed")

RULINGS: Mapping[str, Ruling] = {
    **{code: release_commit.RULINGS[code] for code in _OF_THE_COMMIT},
    "older-than-release": Ruling(
        Verdict.FAILED,
        N_("{path} is of {at:time}, from before the commit of the release ({since:time})"),
        N_("Have the tests run on the commit of the release, and bring their results."),
    ),
    "from-the-future": Ruling(
        Verdict.ERRORED,
        N_("{path} is of {at:time}, which is yet to come"),
        N_("Set the clock right where the tests ran, or here, and bring their results again."),
    ),
    "time-zone-unclear": Ruling(
        Verdict.WARNED,
        N_("no test failed, but {path} says {stamp} without a time zone: it may be too old"),
        N_("Have the test run write its timestamps with a time zone, or run the tests again."),
    ),
    "no-timestamp": Ruling(
        Verdict.WARNED,
        N_("no test failed, but {path} does not say when its tests ran: it may be a copy of older results"),
        N_(
            "Have the test run write timestamps, as pytest, Surefire, jest-junit and gotestsum do. Or let a check of the kind "
            "command run the tests and write the file."
        ),
    ),
    "timestamp-unreadable": Ruling(
        Verdict.WARNED,
        N_(
            "no test failed, but {path} says “{stamp}” where the time of the tests must stand: it may be too old"
        ),
        N_("Have the test run write its timestamps as ISO 8601, such as 2026-11-28T14:30:00Z."),
    ),
}
FACTS: Mapping[str, Template] = {
    **release_commit.FACTS,
    "ran-at": N_("{path} is of"),
    "not-before": N_("{at:time} or later"),
    "by-timestamp": N_("{at:time}, by its own timestamp"),
    "by-bare-timestamp": N_("{stamp}, by its own timestamp, without a time zone"),
    "by-file": N_("{at:time}, when the file was written: it has no timestamp"),
    "by-file-alone": N_("{at:time}, when the file was written: none of its timestamps can be read"),
    "a-time": N_("a time of ISO 8601"),
    "unreadable-timestamps": NP_(
        "{count} timestamp of {path} that is no time", "{count} timestamps of {path} that are no time"
    ),
    "nothing-promoted": N_("not compared: nothing is being promoted, and there is no repository here"),
}

CLOCKS_APART = timedelta(minutes=1)
"""By how much the clock of another machine may be wrong without anybody noticing."""

_AHEAD = timedelta(hours=15)
"""No time zone is so far ahead, of a moment that is written without one."""

_MOST_SHOWN = 20
_WARNINGS = ("timestamp-unreadable", "time-zone-unclear", "no-timestamp")


@frozen
class Bound:
    """A moment that tests must have run after, and the ruling when they did not; `limit` in seconds is one of
    its parameters. `lenient` when a timestamp without a time zone counts in whichever makes it late enough."""

    code: str
    at: datetime
    limit: float | None = None
    lenient: bool = False


@frozen
class _Age:
    """When the tests of a file ran at the earliest: read as UTC where no zone is said, and as local time."""

    at: datetime
    at_local: datetime
    shown: Message
    stamp: str


async def release_since(context: Context, seen: list[Evidence]) -> datetime | None:
    """When the commit of the release was made; None where nothing is being promoted and there is no
    repository to compare with, which is added to `seen`.

    Raises Trouble when it cannot be told.
    """
    if context.release is None and context.repository is None:
        seen.append(fact("release-commit", observed=message("nothing-promoted")))
        return None
    return (await commit_of(context, seen)).at


def oldest(files: Sequence[ResultsFile]) -> datetime:
    """When the first of all these tests ran, read as UTC where no zone is said."""
    return min(_age_of(each).at for each in files)


def hold_to(
    files: Sequence[ResultsFile],
    bounds: Sequence[Bound],
    now: datetime,
    seen: list[Evidence],
    *,
    just_written: bool = False,
) -> Trouble | None:
    """What is to be warned of, if anything; how old the results are is added to `seen`, the gravest first. Where they were
    `just_written` by what ran the tests, the file itself tells when they ran.

    Raises Trouble for the gravest: results of a time yet to come, or from before a bound, in their order.
    """
    latest = max((each.at for each in bounds), default=None)
    expected = message("not-before", at=latest.isoformat()) if latest is not None else None
    gravity = ("from-the-future", *(each.code for each in bounds), *_WARNINGS)
    judged = [
        (each, _age_of(each), _wrong_with(each, bounds, now) or _untold(each, bounds, just_written))
        for each in files
    ]
    judged.sort(key=lambda each: gravity.index(each[2].code) if each[2] else len(gravity))
    for file, age, wrong in judged[:_MOST_SHOWN]:
        verdict = _verdict(wrong) if wrong or bounds else None
        seen.append(Evidence(message("ran-at", path=file.path), expected, age.shown, verdict))
        stamps = file.content.stamps
        if stamps.unreadable:
            about = message("unreadable-timestamps", path=file.path, count=stamps.unreadable_count)
            seen.append(Evidence(about, message("a-time"), stamps.unreadable, Verdict.WARNED))
    gravest = judged[0][2] if judged else None
    if gravest is not None and gravest.code not in _WARNINGS:
        raise gravest
    return gravest


def _wrong_with(file: ResultsFile, bounds: Sequence[Bound], now: datetime) -> Trouble | None:
    age, to_come = _age_of(file), _yet_to_come(file, now)
    if to_come is not None:
        return Trouble("from-the-future", path=file.path, at=to_come.isoformat())
    at = age.at.isoformat()
    for each in bounds:
        if max(age.at, age.at_local) < each.at:
            return Trouble(each.code, path=file.path, at=at, since=each.at.isoformat(), limit=each.limit)
    if file.content.stamps.unreadable:
        return Trouble("timestamp-unreadable", path=file.path, stamp=file.content.stamps.unreadable[0])
    if any(min(age.at, age.at_local) < each.at for each in bounds if not each.lenient):
        return Trouble("time-zone-unclear", path=file.path, stamp=age.stamp)
    return None


def _untold(file: ResultsFile, bounds: Sequence[Bound], just_written: bool) -> Trouble | None:
    """That nothing but the file's own date says when its tests ran, which a copy has anew."""
    stamps = file.content.stamps
    told = stamps.zoned or stamps.bare or just_written or not bounds
    return None if told else Trouble("no-timestamp", path=file.path)


def _age_of(file: ResultsFile) -> _Age:
    stamps = file.content.stamps
    firsts = [*stamps.zoned[:1], *stamps.bare[:1]]
    if not firsts:
        shown = message("by-file-alone" if stamps.unreadable else "by-file", at=file.written.isoformat())
        return _Age(file.written, file.written, shown, "")
    first = min(firsts, key=_as_utc)
    at = _as_utc(first)
    at_local = min(each.moment.astimezone(UTC) for each in firsts)
    by_itself = message("by-timestamp", at=at.isoformat())
    bare = message("by-bare-timestamp", stamp=first.written)
    return _Age(at, at_local, bare if stamps.bare else by_itself, first.written)


def _yet_to_come(file: ResultsFile, now: datetime) -> datetime | None:
    """The latest moment of a file, if it is one that no clock or time zone explains."""
    stamps = file.content.stamps
    lasts = [(_as_utc(each), CLOCKS_APART) for each in stamps.zoned[1:]]
    lasts += [(_as_utc(each), _AHEAD) for each in stamps.bare[1:]]
    lasts = lasts or [(file.written, _AHEAD)]
    return next((moment for moment, slack in lasts if moment > now + slack), None)


def _as_utc(stamp: Stamp) -> datetime:
    return stamp.moment if stamp.moment.tzinfo else stamp.moment.replace(tzinfo=UTC)


def _verdict(wrong: Trouble | None) -> Verdict:
    if wrong is None:
        return Verdict.PASSED
    ruling = RULINGS.get(wrong.code)
    return ruling.verdict if ruling is not None else Verdict.FAILED

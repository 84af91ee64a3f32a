"""A deployment log of somebody else's: what was deployed where, and when, as CSV or as JSON lines."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.net.regular_file import read_regular_file
from promoter.os_words import why_of
from promoter.place import Place, Problem, ProblemsFound

LARGEST = 16 * 1024 * 1024
MOST_LINES = 100_000
_MOST_PROBLEMS = 20
_LONGEST_LINE = 20_000
_COLUMNS = ("environment", "commit", "time")
_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.ASCII)
_ENVIRONMENT = re.compile(r"[^\x00-\x1f\x7f]{1,100}")


@frozen
class Deployment:
    """One line of the log: a commit, abbreviated or not, got to an environment at a moment (UTC)."""

    environment: str
    commit: str
    at: datetime
    line: int


def read_deployments(path: Path) -> tuple[Deployment, ...]:
    """Every deployment of a log, in its order: CSV with a header that names `environment`, `commit` and `time`, or
    one JSON object with these keys a line; other columns and keys are passed over. A time without a zone is
    this machine's.

    Raises ProblemsFound, with the line of each problem.
    """
    shown = str(path)
    try:
        content = read_regular_file(path, LARGEST)
    except OSError as error:
        raise _wrong(shown, 0, phrase(N_("cannot be read: {reason}"), reason=why_of(error))) from error
    except ValueError as error:
        most = LARGEST // 1024 // 1024
        wrong = phrase(N_("is no regular file of at most {most} MiB"), most=most)
        raise _wrong(shown, 0, wrong) from error
    text = content.decode("utf-8-sig", "replace")
    rows = _objects(text, shown) if text.lstrip()[:1] == "{" else _table(text, shown)
    found: list[Deployment] = []
    problems: list[Problem] = []
    for line, row in rows:
        read = _deployment(row, line)
        if isinstance(read, Deployment):
            found.append(read)
        else:
            problems.append(Problem(Place(shown, line, 1), "deployment-log", read))
        if len(problems) >= _MOST_PROBLEMS:
            break
        if len(found) > MOST_LINES:
            raise _wrong(shown, line, phrase(N_("has more than {most} deployments"), most=MOST_LINES))
    if problems:
        raise ProblemsFound(problems)
    return tuple(found)


def _table(text: str, shown: str) -> Iterator[tuple[int, Mapping[str, object] | Phrase]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    header: list[str] = []
    try:
        for row in reader:
            if not any(each.strip() for each in row):
                continue
            if not header:
                header = [each.strip().casefold() for each in row[:100]]
                missing = [each for each in _COLUMNS if each not in header]
                if missing:
                    wrong = phrase(N_("the header names no column {missing:list}"), missing=missing)
                    raise _wrong(shown, reader.line_num, wrong)
                continue
            yield reader.line_num, dict(zip(header, row, strict=False))
    except csv.Error as error:
        raise _wrong(shown, reader.line_num, phrase(N_("is not CSV: {said}"), said=str(error))) from error


def _objects(text: str, shown: str) -> Iterator[tuple[int, Mapping[str, object] | Phrase]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if len(line) > _LONGEST_LINE:
            yield number, phrase(N_("is longer than {most} characters"), most=_LONGEST_LINE)
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        yield number, found if isinstance(found, dict) else phrase(N_("is no JSON object"))


def _deployment(row: Mapping[str, object] | Phrase, line: int) -> Deployment | Phrase:
    """One deployment, or why the line is none."""
    if isinstance(row, Phrase):
        return row
    values: dict[str, str] = {}
    for name in _COLUMNS:
        given = row.get(name)
        if not isinstance(given, str) or not given.strip():
            return phrase(N_("says no {name}"), name=name)
        values[name] = given.strip()
    if not _ENVIRONMENT.fullmatch(values["environment"]):
        return phrase(N_("{value} is no name of an environment"), value=values["environment"][:100])
    commit = values["commit"].lower()
    if not _COMMIT.fullmatch(commit):
        return phrase(N_("{value} is no commit: 7 to 64 hexadecimal digits"), value=values["commit"][:100])
    at = _moment(values["time"])
    if at is None:
        return phrase(N_("{value} is no time, such as 2026-11-27T18:04:00Z"), value=values["time"][:100])
    return Deployment(values["environment"], commit, at, line)


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _wrong(shown: str, line: int, wrong: Phrase) -> ProblemsFound:
    return ProblemsFound([Problem(Place(shown, line, 1 if line else 0), "deployment-log", wrong)])

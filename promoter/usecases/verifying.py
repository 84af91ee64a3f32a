"""Whether the trail can be trusted, and whether a report says what it says."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from promoter import __version__
from promoter.errors import CannotAct, ExitCode, Refused, TrailUntrusted, UsageError
from promoter.frozen import frozen
from promoter.messages import N_, message, phrase
from promoter.model.entry import Recorded, Reported, Trust
from promoter.os_words import why_of
from promoter.report import Marker, marker_of
from promoter.trail.as_of import as_of
from promoter.trail.facts import Finding, Severity
from promoter.trail.verify import Verification
from promoter.trail.verify import verify as verify_trail
from promoter.usecases.pinned import digest_of
from promoter.usecases.reporting import LARGEST_REPORT, report
from promoter.usecases.workspace import Workspace

_TIP = re.compile(r"[0-9a-f]{7,64}", re.ASCII)


@frozen
class Difference:
    """The first line (from 1) in which a report is not what the trail says; None where one of them ends."""

    line: int
    expected: str | None
    found: str | None


@frozen
class ReportProof:
    """A report beside the one that the trail gives: `difference` is None when it is true, byte for byte.

    `version` is that of promoter now; `recorded` is the entry that says it was handed over.
    """

    path: Path
    marker: Marker
    difference: Difference | None
    recorded: Recorded | None
    version: str = __version__

    @property
    def exit_code(self) -> ExitCode:
        """0 when it is true, 1 when it is not, 6 when it differs and is of another version of promoter."""
        if self.difference is None:
            return ExitCode.YES
        return ExitCode.NO if self.marker.version == self.version else ExitCode.COULD_NOT_TELL


def verify(
    workspace: Workspace, *, full: bool = False, at: str | None = None, anchor: str | None = None
) -> Verification:
    """Walks the trail and reports what is wrong with it; `full` trusts no index.

    `at` is a commit of the trail or a date, as of which it is judged; `anchor` a commit that it must have.
    Raises UsageError.
    """
    try:
        trail = workspace.fetched_trail
    except TrailUntrusted:
        if at is not None:
            raise
        trail = workspace.trail
    known = None if anchor is None else _known_tip(workspace, anchor)
    if at is None:
        found = trail.verify(full=full, anchor=known)
        return replace(found, findings=(*found.findings, *_dated_ahead(workspace, found)))
    return verify_trail(trail.repository, trail.branch, full=full, at=as_of(trail, at), anchor=known)


def _dated_ahead(workspace: Workspace, found: Verification) -> Iterator[Finding]:
    """By this machine's clock: what others say of it may differ, and nothing is judged by it."""
    if found.exit_code is ExitCode.YES:
        for at, path in workspace.trail.state.clock.ahead_of(workspace.now()):
            yield Finding(message("dated-ahead", at=at), Severity.NOTE, path=path)


def prove(workspace: Workspace, path: Path) -> ReportProof:
    """Makes a report again, as of the trail's commit, the time and the language it names, and compares.

    Raises UsageError for a file that is no report, CannotAct when the trail here does not have the
    commit, Refused when it had no such promotion, TrailUntrusted.
    """
    content = _read(path)
    written = content.decode("utf-8", "surrogateescape")
    marker = marker_of(written)
    at = None if marker is None else _time(marker.as_of)
    if marker is None or at is None:
        raise UsageError(
            phrase(N_("{path} is no report: its first line does not say of what"), path=str(path)),
            phrase(N_("'promoter report -o FILE' writes one; editors and converters may drop that line")),
        )
    with workspace.at(_quoted(workspace, marker.tip)) as then:
        if marker.promotion not in then.state.promotions:
            raise Refused(
                phrase(
                    N_("the trail at {tip} has no promotion {id}, of which the report is"),
                    tip=marker.tip[:12],
                    id=marker.promotion,
                )
            )
        rebuilt = report(then, marker.promotion, language=marker.language, at=at, version=marker.version)
    handed = _handed_over(workspace, rebuilt.promotion.id, digest_of(content))
    return ReportProof(path, marker, _difference(rebuilt.markdown, written), handed)


def _known_tip(workspace: Workspace, anchor: str) -> str:
    if not _TIP.fullmatch(anchor):
        raise UsageError(
            phrase(N_("{given} is no commit"), given=anchor[:100]),
            phrase(N_("a report, and the message of 'promoter promote', quote the trail's tip")),
        )
    try:
        return workspace.repository.resolve(anchor)[0]
    except UsageError:
        return anchor


def _quoted(workspace: Workspace, tip: str) -> str:
    try:
        there = _TIP.fullmatch(tip) is not None and as_of(workspace.fetched_trail, tip).commit == tip
    except UsageError:
        there = False
    if not there:
        raise CannotAct(
            phrase(N_("the report quotes {tip}, which the trail here does not have"), tip=tip[:12]),
            phrase(
                N_(
                    "run 'promoter sync'. If it is still not there, the report is of another trail, or the trail "
                    "was rewritten: compare tips with whoever handed it over"
                )
            ),
        )
    return tip


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST_REPORT)
    except OSError as error:
        raise CannotAct(
            phrase(N_("{path} cannot be read: {why}"), path=str(path), why=why_of(error))
        ) from error


def _time(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _difference(expected: str, found: str) -> Difference | None:
    if expected == found:
        return None
    ours, theirs = expected.split("\n"), found.split("\n")
    line = next(
        (number for number, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other),
        min(len(ours), len(theirs)),
    )
    shown = (_shown(lines[line]) if line < len(lines) else None for lines in (ours, theirs))
    return Difference(line + 1, *shown)


def _shown(line: str) -> str:
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _handed_over(workspace: Workspace, promotion: str, digest: str) -> Recorded | None:
    for each in workspace.trail.records_of(promotion).recorded:
        content = each.entry.content
        if isinstance(content, Reported) and content.digest == digest and each.trust is not Trust.QUARANTINED:
            return each
    return None

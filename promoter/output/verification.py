"""Whether the trail can be trusted, and whether a report is what the trail says, for people and for programs."""

from collections.abc import Iterable
from typing import Any

from promoter.errors import ExitCode
from promoter.messages import N_, NP_, Language, phrase
from promoter.output.console import Console, Style
from promoter.output.documents import said
from promoter.trail.verify import Finding, Severity, Verification
from promoter.usecases.verifying import ReportProof

_SEVERITIES = {
    Severity.UNTRUSTED: N_("untrusted:"),
    Severity.UNSURE: N_("cannot tell:"),
    Severity.NOT_COUNTED: N_("not counted:"),
    Severity.NOTE: N_("note:"),
}
_STYLES = {
    Severity.UNTRUSTED: Style.BAD,
    Severity.UNSURE: Style.WAITING,
    Severity.NOT_COUNTED: Style.WAITING,
    Severity.NOTE: Style.FAINT,
}

_SHOWN_AT_MOST = 20


def show_verification(console: Console, verification: Verification) -> None:
    """What was found and what to do about it, what was walked, and what no git history can prove."""
    language = console.language
    for alike in _grouped(verification.findings):
        for finding in alike[:_SHOWN_AT_MOST]:
            word = (language.gettext(_SEVERITIES[finding.severity]), _STYLES[finding.severity])
            console.line(word, " ", language.say(finding.message), (_where(finding), Style.FAINT))
        if len(alike) > _SHOWN_AT_MOST:
            more = phrase(
                NP_(
                    "… and {count} more like it; --json lists every one",
                    "… and {count} more like these; --json lists every one",
                ),
                count=len(alike) - _SHOWN_AT_MOST,
            )
            console.line("  ", language.say(more))
        _below(console, alike[0])
    counted = phrase(
        NP_("{count} entry walked to {tip}", "{count} entries walked to {tip}"),
        count=verification.entries,
        tip=(verification.tip or "")[:12],
    )
    if verification.tip is not None:
        console.line(language.say(counted))
    match verification.exit_code:
        case ExitCode.YES:
            console.line(
                (language.gettext(N_("The trail holds: nothing was changed, dropped or forged.")), Style.GOOD)
            )
        case ExitCode.UNTRUSTED:
            console.line((language.gettext(N_("The trail cannot be trusted.")), Style.BAD))
        case _:
            console.line(
                (language.gettext(N_("It cannot be told whether the trail is whole.")), Style.WAITING)
            )
    for each in verification.limits:
        for line in console.wrapped(language.say(each), 0):
            console.line((line, Style.FAINT))


def show_proof(console: Console, proof: ReportProof) -> None:
    """Whether a report is what the trail says; the first line in which it is not, expected beside found."""
    language, marker = console.language, proof.marker
    named = {"path": str(proof.path), "tip": marker.tip[:12], "at": marker.as_of}
    if proof.difference is None:
        told = phrase(
            N_("{path} is true: the trail at {tip}, as of {at:time}, gives the same bytes"), **named
        )
        console.line((language.say(told), Style.GOOD))
    else:
        told = phrase(
            N_("{path} is not what the trail at {tip}, as of {at:time}, says: line {line} differs"),
            line=proof.difference.line,
            **named,
        )
        console.line((language.say(told), Style.BAD))
        for word, line in (
            (N_("expected:"), proof.difference.expected),
            (N_("found:"), proof.difference.found),
        ):
            shown = language.gettext(N_("nothing more")) if line is None else line
            console.line("  ", (language.gettext(word), Style.ACCENT), " ", shown)
    if marker.version != proof.version:
        other = phrase(
            N_(
                "the report is of promoter {theirs}, this is {ours}: another version may word things otherwise; "
                "that one can tell"
            ),
            theirs=marker.version,
            ours=proof.version,
        )
        console.line((language.say(other), Style.WAITING if proof.difference else Style.FAINT))
    if proof.recorded is not None:
        handed = phrase(
            N_("handed over by {name} on {at:time}, recorded in {commit}"),
            name=proof.recorded.entry.actor.name,
            at=proof.recorded.entry.at,
            commit=proof.recorded.commit[:12],
        )
        console.line(language.say(handed))


def verification_document(verification: Verification, language: Language) -> dict[str, Any]:
    """`promoter/verify/1`."""
    return {
        "tip": verification.tip,
        "entries": verification.entries,
        "anchor": verification.anchor,
        "exit_code": int(verification.exit_code),
        "findings": [_finding(each, language) for each in verification.findings],
        "limits": [said(each, language) for each in verification.limits],
    }


def proof_document(proof: ReportProof) -> dict[str, Any]:
    """The report's part of `promoter/verify/1`: what it names, whether it is true, and where it is not."""
    marker, difference = proof.marker, proof.difference
    return {
        "file": str(proof.path),
        "promotion": marker.promotion,
        "tip": marker.tip,
        "as_of": marker.as_of,
        "language": marker.language,
        "version": marker.version,
        "version_here": proof.version,
        "true": difference is None,
        "line": difference.line if difference else None,
        "expected": difference.expected if difference else None,
        "found": difference.found if difference else None,
        "recorded": proof.recorded.commit if proof.recorded else None,
    }


def _grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings, those of one severity and code together."""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.severity, each.message.code), []).append(each)
    return list(groups.values())


def _where(finding: Finding) -> str:
    where = [(finding.commit or "")[:7], finding.path or ""]
    return "".join(f"  {each}" for each in where if each)


def _below(console: Console, finding: Finding) -> None:
    if finding.remedy is not None:
        for line in console.wrapped(console.language.say(finding.remedy), 2):
            console.line("  ", (line, Style.FAINT))


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        **said(finding.message, language),
        "severity": str(finding.severity),
        "entry": finding.entry,
        "commit": finding.commit,
        "path": finding.path,
        "remedy": language.say(finding.remedy) if finding.remedy else None,
    }

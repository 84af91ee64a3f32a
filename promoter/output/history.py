"""The trail as people read it: who recorded what, and whether it can be trusted."""

from collections.abc import Iterable, Iterator

from promoter.errors import ExitCode
from promoter.messages import N_, NP_, Language, phrase
from promoter.model.entry import (
    Abandoned,
    Adopted,
    Checked,
    Opened,
    Promoted,
    Recorded,
    Rejected,
    Revoked,
    SignatureVerdict,
    SignedOff,
    Trust,
    Unreadable,
)
from promoter.output.checks import outcome_line
from promoter.output.console import Console, Piece, Style
from promoter.trail.entry import headline
from promoter.trail.verify import Severity, Verification

_INDENT = " " * 9
_SIGNATURES = {
    SignatureVerdict.GOOD: N_("signed"),
    SignatureVerdict.BAD: N_("bad signature"),
    SignatureVerdict.UNKNOWN_KEY: N_("unknown key"),
    SignatureVerdict.UNSIGNED: N_("not signed"),
    SignatureVerdict.UNCHECKED: N_("signature not checked"),
}


def show_log(console: Console, entries: Iterable[Recorded | Unreadable]) -> None:
    """One line an entry, its words below; what does not count is marked and says why."""
    language = console.language
    empty = True
    for each in entries:
        empty = False
        why = each.why
        if isinstance(each, Unreadable):
            console.line((f"{each.commit[:7]}  ", Style.FAINT), each.path)
        else:
            console.line(*_line(each, language))
            for words in _words(each, language):
                _below(console, words)
        if why is not None:
            _below(console, language.say(phrase(N_("not counted: {why}"), why=why)), Style.BAD)
    if empty:
        console.line(language.gettext(N_("The trail is empty: nothing was recorded yet.")))


def show_verification(console: Console, verification: Verification) -> None:
    """What was walked, what was found, and what no git history can prove."""
    language = console.language
    for finding in verification.findings:
        where = f"  {finding.commit[:7]} {finding.path or ''}" if finding.commit else ""
        severity = (language.gettext(_SEVERITIES[finding.severity]), _STYLES[finding.severity])
        console.line(severity, " ", language.say(finding.message), (where.rstrip(), Style.FAINT))
    counted = phrase(
        NP_("{count} entry walked to {tip}", "{count} entries walked to {tip}"),
        count=verification.entries,
        tip=(verification.tip or "")[:12],
    )
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
    for line in console.wrapped(language.say(verification.limits), 0):
        console.line((line, Style.FAINT))


_SEVERITIES = {
    Severity.UNTRUSTED: N_("untrusted:"),
    Severity.UNSURE: N_("cannot tell:"),
    Severity.NOTE: N_("note:"),
}
_STYLES = {Severity.UNTRUSTED: Style.BAD, Severity.UNSURE: Style.WAITING, Severity.NOTE: Style.FAINT}


def _line(recorded: Recorded, language: Language) -> Iterable[Piece]:
    entry = recorded.entry
    style = Style.BAD if recorded.trust is Trust.QUARANTINED else Style.PLAIN
    yield (f"{recorded.commit[:7]}  ", Style.FAINT)
    yield (language.time(entry.at), Style.FAINT)
    yield "  "
    yield (language.say(headline(entry)), style)
    yield (f"  {language.gettext(_SIGNATURES[recorded.signature])}", Style.FAINT)
    if recorded.trust is Trust.CLAIMED:
        yield (", " + language.gettext(N_("claimed")), Style.WAITING)


def _below(console: Console, words: str, style: Style = Style.PLAIN) -> None:
    for line in console.wrapped(words, len(_INDENT)):
        console.line(_INDENT, (line, style))


def _words(recorded: Recorded, language: Language) -> Iterator[str]:
    """What people wrote, and what did not pass of a run."""
    content = recorded.entry.content
    match content:
        case SignedOff() | Promoted() | Opened():
            yield from content.comment.splitlines()
        case Rejected() | Revoked() | Abandoned() | Adopted():
            yield from content.reason.splitlines()
        case Checked():
            wrong = [each for each in content.outcomes if not each.outcome.verdict.satisfies]
            yield from (outcome_line(each, language) for each in wrong)
    if isinstance(content, SignedOff):
        yield from (f"{name}: {value}" for name, value in content.fields.items())
        yield from (each.link or f"{each.file} ({each.digest})" for each in content.evidence)

"""The trail as people read it: who recorded what, and whether it can be trusted."""

from collections.abc import Iterable

from promoter.errors import ExitCode
from promoter.messages import N_, NP_, Language, phrase
from promoter.model.entry import (
    Abandoned,
    Adopted,
    Checked,
    Promoted,
    Recorded,
    Rejected,
    Revoked,
    SignatureVerdict,
    SignedOff,
    Trust,
    Unreadable,
)
from promoter.output.console import Console, Piece, Style
from promoter.trail.entry import headline
from promoter.trail.verify import Severity, Verification

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
        if isinstance(each, Unreadable):
            console.line((f"{each.commit[:7]}  ", Style.FAINT), each.path)
            console.line(
                "         ", (language.gettext(N_("not counted:")), Style.BAD), " ", language.say(each.why)
            )
            continue
        console.line(*_line(each, language))
        if each.why is not None:
            console.line(
                "         ", (language.gettext(N_("not counted:")), Style.BAD), " ", language.say(each.why)
            )
        for words in _words(each).splitlines():
            console.line("         ", words)
    if empty:
        console.line(language.gettext(N_("The trail is empty: nothing was recorded yet.")))


def show_verification(console: Console, verification: Verification) -> None:
    """What was walked, what was found, and what no git history can prove."""
    language = console.language
    for finding in verification.findings:
        style = {Severity.UNTRUSTED: Style.BAD, Severity.UNSURE: Style.WAITING}.get(
            finding.severity, Style.FAINT
        )
        where = f"  {finding.commit[:7]} {finding.path or ''}" if finding.commit else ""
        console.line(
            (language.gettext(_SEVERITIES[finding.severity]), style),
            " ",
            language.say(finding.message),
            (where, Style.FAINT),
        )
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
    console.line((language.say(verification.limits), Style.FAINT))


_SEVERITIES = {
    Severity.UNTRUSTED: N_("untrusted:"),
    Severity.UNSURE: N_("cannot tell:"),
    Severity.NOTE: N_("note:"),
}


def _line(recorded: Recorded, language: Language) -> Iterable[Piece]:
    entry = recorded.entry
    style = Style.BAD if recorded.trust is Trust.QUARANTINED else Style.PLAIN
    yield (f"{recorded.commit[:7]}  ", Style.FAINT)
    yield (language.time(entry.at), Style.FAINT)
    yield "  "
    yield (language.say(headline(entry)), style)
    yield (f"  {language.gettext(_SIGNATURES[recorded.signature])}", Style.FAINT)
    if recorded.trust is Trust.CLAIMED:
        yield (f", {language.gettext(N_('claimed'))}", Style.WAITING)


def _words(recorded: Recorded) -> str:
    content = recorded.entry.content
    match content:
        case SignedOff() | Promoted():
            return content.comment
        case Rejected() | Revoked() | Abandoned() | Adopted():
            return content.reason
        case Checked():
            return "\n".join(f"{each.item} {each.check}: {each.outcome.verdict}" for each in content.outcomes)
        case _:
            return ""

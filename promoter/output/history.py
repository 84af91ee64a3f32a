"""Whether the trail can be trusted, as people read it."""

from promoter.errors import ExitCode
from promoter.messages import N_, NP_, phrase
from promoter.output.console import Console, Style
from promoter.trail.verify import Severity, Verification


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

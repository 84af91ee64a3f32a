"""refresh: what went stale or expired, and the checks among it run again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from promoter.cli.consenting import ALLOW_COMMANDS, ALLOW_EFFECTS, asker
from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.cli.waiting import run_to_its_end
from promoter.errors import ExitCode
from promoter.messages import N_
from promoter.output.console import Style

if TYPE_CHECKING:
    from promoter.usecases.refreshing import Outdated
    from promoter.usecases.running import RunReport


@verb("refresh", N_("promoter refresh --dry-run\npromoter refresh"))
@option("--dry-run", is_flag=True, help=N_("Only list it; run nothing."))
@ALLOW_EFFECTS
@ALLOW_COMMANDS
def refresh_verb(
    request: Request, dry_run: bool, allow_effects: Sequence[str], allow_commands: Sequence[str]
) -> int:
    """Lists, then runs."""
    from promoter.output.progress import Progress
    from promoter.usecases.refreshing import checks_among, outdated
    from promoter.usecases.running import Recording, Wishes, run
    from promoter.usecases.standing import status

    report = None
    with request.workspace() as workspace:
        standing = status(workspace, request.promotion)
        found = outdated(standing.decision)
        if not request.console.as_json:
            _list(request, found)
        checks = checks_among(found)
        if checks and not dry_run:
            wishes = Wishes(
                checks=checks,
                recording=Recording.ALWAYS,
                consents=frozenset((*allow_effects, *allow_commands)),
                agree=asker(request),
            )
            with Progress(request.console) as progress:
                report = run_to_its_end(run(workspace, standing.promotion.id, wishes, on_event=progress.show))
    _say(request, found, report)
    if report is not None and (code := report.exit_code()) is not ExitCode.YES:
        return code
    left = found if report is None else [each for each in found if each.check is None]
    return ExitCode.NOT_YET if left else ExitCode.YES


def _list(request: Request, found: "Sequence[Outdated]") -> None:
    console = request.console
    if not found:
        console.line(request.language.gettext(N_("nothing went stale or expired")))
    for each in found:
        about = each.item or request.language.gettext(N_("approval"))
        console.line(("↻ ", Style.WAITING), (about, Style.STRONG), "  ", request.language.say(each.why))


def _say(request: Request, found: "Sequence[Outdated]", report: "RunReport | None") -> None:
    from promoter.output.asking import show_withheld
    from promoter.output.checks import show_run
    from promoter.output.documents import run_document, said

    console = request.console
    if console.as_json:
        listed = [
            {
                "item": each.item or None,
                "check": each.check,
                "by": each.by.name,
                "why": said(each.why, console.language),
            }
            for each in found
        ]
        ran = None if report is None else run_document(report, console.language)
        console.document("promoter/refresh/1", {"outdated": listed, "run": ran})
    elif report is not None:
        console.warn(*report.warnings)
        show_run(console, report.outcomes)
        show_withheld(console, report.withheld)

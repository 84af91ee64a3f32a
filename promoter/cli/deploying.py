"""deployed, rollback, reconcile: what happened after a promotion was authorised."""

from pathlib import Path

import click

from promoter.cli.answering import show_recorded
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_, Message

_AT = option("--at", metavar=N_("MOMENT"), help=N_("Since when: a date, or a date and time; by default now."))


@verb(
    "deployed",
    N_(
        "promoter deployed production --url https://ci.example.com/deployments/42\n"
        "promoter deployed -p v1.4.0-production --at '2026-11-27 18:04'"
    ),
)
@argument("environment", N_("ENVIRONMENT"), required=False)
@_AT
@option("--url", metavar=N_("URL"), help=N_("Where that can be read."))
@option(
    "-m", "--comment", metavar=N_("TEXT"), default="", help=N_("What you want to add; it stays on the trail.")
)
def deployed_verb(
    request: Request, environment: str | None, at: str | None, url: str | None, comment: str
) -> int:
    """Says that it runs."""
    from promoter.usecases.deploying import deployed, doubts

    with request.workspace() as workspace:
        recorded = deployed(workspace, environment, request.promotion, at=at, url=url, comment=comment)
        warnings = tuple(doubts(workspace, recorded))
    subject = recorded.entry.subject
    release, into = (subject.release.name, subject.to_environment) if subject else ("", "")
    said = N_("{release} runs in {environment}, says {name}")
    show_recorded(request, recorded, said, release=release, environment=into)
    _warn(request, warnings)
    return ExitCode.YES


@verb("rollback", N_("promoter rollback production --to v1.3.2 -m 'v1.4.0 loses events after a restart'"))
@argument("environment", N_("ENVIRONMENT"))
@option("--to", required=True, metavar=N_("RELEASE"), help=N_("The release that runs there again."))
@_AT
@option("-m", "--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stays on the trail."))
def rollback_verb(request: Request, environment: str, to: str, at: str | None, reason: str) -> int:
    """Says that an earlier release runs again."""
    from promoter.usecases.deploying import doubts, rolled_back

    with request.workspace() as workspace:
        recorded = rolled_back(workspace, environment, to, reason, at=at)
        warnings = tuple(doubts(workspace, recorded))
    said = N_("{release} runs in {environment} again, says {name}")
    show_recorded(request, recorded, said, release=to, environment=environment)
    _warn(request, warnings)
    return ExitCode.YES


def _warn(request: Request, warnings: tuple[Message, ...]) -> None:
    for each in warnings:
        request.console.warn(each)


@verb(
    "reconcile",
    N_(
        "promoter reconcile --deployed deployments.csv\npromoter reconcile --deployed deployments.jsonl --json"
    ),
)
@option(
    "--deployed",
    required=True,
    metavar=N_("FILE"),
    type=click.Path(path_type=Path),
    help=N_("The log: CSV with the columns environment, commit and time, or JSON lines with these keys."),
)
def reconcile_verb(request: Request, deployed: Path) -> int:
    """Compares a deployment log with the trail; 1 where they do not tell the same."""
    from promoter.output.reconciling import reconciliation_document, show_reconciliation
    from promoter.usecases.reconciling import reconcile

    console = request.console
    with request.workspace() as workspace:
        found = reconcile(workspace, deployed)
    if console.as_json:
        console.document("promoter/reconcile/1", reconciliation_document(found, console.language))
    else:
        show_reconciliation(console, found)
    return ExitCode.YES if found.agrees else ExitCode.NO

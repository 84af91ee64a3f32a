"""status, report: the verbs that only read."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode, UsageError
from promoter.messages import N_, phrase

if TYPE_CHECKING:
    from promoter.usecases.board import Board


@verb(
    "status",
    N_(
        "promoter status\npromoter status --gate && deploy\npromoter status --json\npromoter status --at '2026-11-27 18:00'\npromoter status --all ../shop ../billing"
    ),
)
@option("--gate", is_flag=True, help=N_("Exit 0 when the gate is open, else 1, 4, 5 or 6."))
@option(
    "--at",
    metavar=N_("WHEN"),
    help=N_("As of a commit of the trail or a moment; one to come tells what would hold it then."),
)
@option(
    "--all",
    "everything",
    is_flag=True,
    help=N_("Every open promotion of every pipeline, here or in each REPOSITORY."),
)
@argument("repositories", N_("REPOSITORY"), nargs=-1, type=click.Path(path_type=Path))
def status_verb(
    request: Request, gate: bool, at: str | None, everything: bool, repositories: tuple[Path, ...]
) -> int:
    """Answers for the promotion; for the whole pipeline when none is meant and none is open."""
    from promoter.usecases import standing as standings
    from promoter.usecases.elsewhen import status_at
    from promoter.usecases.looked import remember_look

    if everything or repositories:
        return _overview(request, gate, everything, repositories)

    with request.workspace() as workspace:
        if at is not None:
            standing = status_at(workspace, request.promotion, at)
        elif request.promotion is None and not gate and not workspace.state.open_promotions:
            from promoter.usecases.board import board

            _show_board(request, board(workspace))
            return ExitCode.YES
        else:
            ask = standings.gate if gate else standings.status
            standing = ask(workspace, request.promotion)
            remember_look(workspace, standing.promotion)
    console = request.console
    if console.as_json:
        from promoter.output.documents import status_document

        console.document("promoter/status/1", status_document(standing, console.language))
    else:
        from promoter.output.standing import show_status

        if at is not None:
            console.line(console.language.say(phrase(N_("As of {at:time}:"), at=standing.at.isoformat())))
        show_status(console, standing)
    return standing.decision.exit_code if gate else ExitCode.YES


def _overview(request: Request, gate: bool, everything: bool, repositories: tuple[Path, ...]) -> int:
    """Every open promotion; with `gate` the first exit code that says no, in the order of the gate's own."""
    from promoter.output.overview import overview_document, show_overview
    from promoter.usecases.overview import overview

    if not everything:
        raise UsageError(
            phrase(N_("repositories are named, and --all is not")),
            phrase(N_("promoter status --all ../shop")),
        )
    services = overview(request.settings(), repositories)
    console = request.console
    if console.as_json:
        console.document("promoter/overview/1", overview_document(services, console.language))
    else:
        show_overview(console, services)
    untold = {each.error.exit_code for each in services if each.error is not None}
    codes = {one.decision.exit_code for each in services for one in each.standings} if gate else set()
    worst = (ExitCode.UNTRUSTED, ExitCode.NO, ExitCode.COULD_NOT_TELL, ExitCode.NOT_YET, ExitCode.BAD_INPUT)
    return next((each for each in worst if each in untold | codes), ExitCode.YES)


@verb(
    "report",
    N_("promoter report\npromoter report -o migration.md --lang fr\npromoter report --at 2026-11-22"),
)
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar=N_("FILE"),
    help=N_("Write it to FILE, and record on the trail that it was handed over."),
)
@option("--force", is_flag=True, help=N_("Overwrite a FILE that promoter did not write."))
@option("--at", metavar=N_("WHEN"), help=N_("As of a commit of the trail, or a date (in UTC)."))
def report_verb(request: Request, output: Path | None, force: bool, at: str | None) -> int:
    """Prints the report, or writes it and says where it is."""
    from promoter.output.documents import report_document
    from promoter.usecases.reporting import report, report_as_of, write_report

    console = request.console
    recorded = None
    with request.workspace() as workspace:
        chosen, language = request.promotion, console.language.code
        if output is not None:
            rendered, recorded = write_report(
                workspace, chosen, output, language=language, at=at, force=force
            )
        elif at is not None:
            rendered = report_as_of(workspace, chosen, at, language=language)
        else:
            rendered = report(workspace, chosen, language=language)
    if console.as_json:
        console.document("promoter/report/1", report_document(rendered, output, recorded))
    elif recorded is None:
        console.block(rendered.markdown)
    else:
        written = phrase(
            N_("the report is in {path}, recorded in {commit}"), path=str(output), commit=recorded.commit[:7]
        )
        console.line(console.language.say(written))
    return ExitCode.YES


def _show_board(request: Request, board: "Board") -> None:
    console = request.console
    if console.as_json:
        from promoter.output.documents import board_document

        console.document("promoter/board/1", board_document(board, console.language))
    else:
        from promoter.output.board import show_board

        show_board(console, board)

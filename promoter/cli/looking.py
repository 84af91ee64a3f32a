"""due: what runs out, before it does."""

from pathlib import Path

import click

from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode, UsageError
from promoter.messages import N_, phrase


@verb("due", N_("promoter due --within 60d\npromoter due --ics due.ics\npromoter due --json"))
@option(
    "--within",
    default="30d",
    metavar=N_("TIME"),
    help=N_("How far ahead to look, such as 60d; by default 30d."),
)
@option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar=N_("FILE"),
    help=N_("Write it to FILE as a calendar too (iCalendar); to - as a calendar alone."),
)
def due_verb(request: Request, within: str, ics: Path | None) -> int:
    """Tells what runs out, soonest first."""
    from promoter.output.due import due_document, icalendar, show_due
    from promoter.output.files import write_octets
    from promoter.usecases.due import deadlines

    console = request.console
    alone = ics is not None and str(ics) == "-"
    if alone and console.as_json:
        raise UsageError(
            phrase(N_("a calendar and JSON cannot both be the answer")), phrase(N_("leave one of them out"))
        )
    with request.workspace() as workspace:
        found, now = deadlines(workspace, within), workspace.now()
    calendar = icalendar(found, console.language, now) if ics is not None else b""
    if alone:
        console.octets(calendar)
        return ExitCode.YES
    if ics is not None:
        write_octets(ics, calendar)
    if console.as_json:
        console.document("promoter/due/1", due_document(found, console.language))
    else:
        show_due(console, found, now)
    return ExitCode.YES

"""due: what runs out, before it does."""

from pathlib import Path

import click

from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_


@verb("due", N_("promoter due --within 60d\npromoter due --ics due.ics\npromoter due --json"))
@option(
    "--within",
    default="30d",
    metavar=N_("TIME"),
    help=N_("How far ahead to look, such as 60d; by default 30d."),
)
@option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=N_("FILE"),
    help=N_("Write it to FILE as a calendar too (iCalendar)."),
)
def due_verb(request: Request, within: str, ics: Path | None) -> int:
    """Tells what runs out, soonest first."""
    from promoter.output.due import due_document, icalendar, show_due
    from promoter.usecases.due import deadlines

    console = request.console
    with request.workspace() as workspace:
        found, now = deadlines(workspace, within), workspace.now()
    if ics is not None:
        ics.write_bytes(icalendar(found, console.language, now))
    if console.as_json:
        console.document("promoter/due/1", due_document(found, console.language))
    else:
        show_due(console, found, now)
    return ExitCode.YES

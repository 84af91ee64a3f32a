"""roster: who may sign."""

import click

from promoter.cli.answering import show_recorded
from promoter.cli.grammar import argument, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_


@verb("roster", N_("promoter roster show\npromoter roster apply"))
@argument("action", "show|apply", type=click.Choice(("show", "apply")), default="show")
def roster_verb(request: Request, action: str) -> int:
    """Shows the roster, or applies the one the pipeline proposes."""
    if action == "apply":
        _apply(request)
    else:
        _show(request)
    return ExitCode.YES


def _show(request: Request) -> None:
    from promoter.output.people import roster_view_document, show_roster
    from promoter.usecases.setup import roster_show

    console = request.console
    with request.workspace() as workspace:
        view = roster_show(workspace)
    if console.as_json:
        console.document("promoter/roster/1", roster_view_document(view))
    else:
        show_roster(console, view)


def _apply(request: Request) -> None:
    from promoter.usecases.setup import roster_apply

    with request.workspace() as workspace:
        recorded = roster_apply(workspace)
    show_recorded(request, recorded, N_("the roster is in force, signed by {name}"))

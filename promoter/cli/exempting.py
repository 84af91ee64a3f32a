"""waive, exclude: what is let be for a reason."""

from promoter.cli.answering import show_recorded
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_

_ITEM = argument("item", N_("ITEM"))
_REASON = option("-m", "--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stays on the trail."))


@verb(
    "waive",
    N_(
        "promoter waive certificate --until 2026-12-01 -m 'renewal is booked for 28 November'\n"
        "promoter waive support --until 7d --ticket https://tickets.example.org/4711 -m 'the contact is on leave'"
    ),
)
@_ITEM
@_REASON
@option(
    "--until",
    required=True,
    metavar=N_("MOMENT"),
    help=N_("When it ends: a date, a date and time, or how long from now (7d)."),
)
@option("--ticket", metavar="URL", help=N_("Where it is followed up."))
def waive_verb(request: Request, item: str, reason: str, until: str, ticket: str | None) -> int:
    """Waives."""
    from promoter.usecases.exempting import waive
    from promoter.usecases.standing import status

    with request.workspace() as workspace:
        recorded = waive(workspace, request.promotion, item, reason, until=until, ticket=ticket)
        standing = status(workspace, request.promotion)
    show_recorded(request, recorded, N_("{item} is waived by {name}"), standing=standing, item=item)
    return ExitCode.YES


@verb("exclude", N_("promoter exclude error-cases -m 'this integration only reads'"))
@_ITEM
@_REASON
def exclude_verb(request: Request, item: str, reason: str) -> int:
    """Leaves it out."""
    from promoter.usecases.exempting import exclude
    from promoter.usecases.standing import status

    with request.workspace() as workspace:
        recorded = exclude(workspace, request.promotion, item, reason)
        standing = status(workspace, request.promotion)
    said = N_("{item} does not apply, says {name}")
    show_recorded(request, recorded, said, standing=standing, item=item)
    return ExitCode.YES

"""waive, exclude, hold, lift: what is let be for a reason, and what is stopped for one."""

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


@verb(
    "hold",
    N_(
        "promoter hold production -m 'incident 4711'\npromoter hold --release v1.4.0 -m 'loses events after a restart'"
    ),
)
@argument("environment", N_("ENVIRONMENT"), required=False)
@option("--release", metavar=N_("NAME"), help=N_("The release to stop, wherever it goes."))
@option("--commit", metavar=N_("REV"), help=N_("Its commit, tag or branch; by default HEAD."))
@_REASON
def hold_verb(
    request: Request, environment: str | None, release: str | None, commit: str | None, reason: str
) -> int:
    """Stops the line."""
    from promoter.usecases.holding import hold

    with request.workspace() as workspace:
        recorded = hold(workspace, reason, environment=environment, release=release, commit=commit)
    held = " ".join(each for each in (release, environment) if each)
    show_recorded(request, recorded, N_("{held} is held by {name}"), held=held)
    return ExitCode.YES


@verb("lift", N_("promoter lift -m 'the incident is over'"))
@argument("hold", N_("HOLD"), required=False)
@_REASON
def lift_verb(request: Request, hold: str | None, reason: str) -> int:
    """Lets the line go on."""
    from promoter.usecases.holding import lift

    with request.workspace() as workspace:
        recorded = lift(workspace, reason, hold)
    show_recorded(request, recorded, N_("the hold is lifted by {name}"))
    return ExitCode.YES

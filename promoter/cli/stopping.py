"""hold, lift, freeze, thaw: what is stopped for a reason, and let go on for one."""

from promoter.cli.answering import show_recorded
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_

_ENVIRONMENT = argument("environment", N_("ENVIRONMENT"))
_REASON = option("-m", "--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stays on the trail."))
_UNTIL = option(
    "--until",
    required=True,
    metavar=N_("MOMENT"),
    help=N_("When it ends: a date, a date and time, or how long from now (7d)."),
)


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
    from promoter.usecases.stopping import hold

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
    from promoter.usecases.stopping import lift

    with request.workspace() as workspace:
        recorded = lift(workspace, reason, hold)
    show_recorded(request, recorded, N_("the hold is lifted by {name}"))
    return ExitCode.YES


@verb("freeze", N_("promoter freeze production --until '2026-12-04 08:00' -m 'the census runs'"))
@_ENVIRONMENT
@option("--from", "begins", metavar=N_("MOMENT"), help=N_("When it begins; by default now."))
@_UNTIL
@_REASON
def freeze_verb(request: Request, environment: str, begins: str | None, until: str, reason: str) -> int:
    """Freezes."""
    from promoter.usecases.stopping import freeze

    with request.workspace() as workspace:
        recorded = freeze(workspace, environment, reason, until=until, begins=begins)
    show_recorded(request, recorded, N_("{environment} is frozen by {name}"), environment=environment)
    return ExitCode.YES


@verb("thaw", N_("promoter thaw production --until 2h -m 'a correction that cannot wait'"))
@_ENVIRONMENT
@_UNTIL
@_REASON
def thaw_verb(request: Request, environment: str, until: str, reason: str) -> int:
    """Thaws."""
    from promoter.usecases.stopping import not_thawed, thaw

    with request.workspace() as workspace:
        recorded = thaw(workspace, environment, reason, until=until)
        warnings = tuple(not_thawed(workspace, recorded))
    show_recorded(request, recorded, N_("{environment} is thawed by {name}"), environment=environment)
    request.console.warn(*warnings)
    return ExitCode.YES

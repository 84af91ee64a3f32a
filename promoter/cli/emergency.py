"""emergency, settle: an emergency, and what it leaves to be done."""

from promoter.cli.answering import show_recorded
from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_

_REASON = option("-m", "--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stays on the trail."))


@verb("emergency", N_("promoter emergency -m 'payments fail and the correction cannot wait for security'"))
@_REASON
def emergency_verb(request: Request, reason: str) -> int:
    """Breaks the glass."""
    from promoter.usecases.emergency import break_glass, unpaid_for_ever
    from promoter.usecases.standing import status

    with request.workspace() as workspace:
        recorded = break_glass(workspace, request.promotion, reason)
        standing = status(workspace, request.promotion)
        warnings = tuple(unpaid_for_ever(workspace, request.promotion))
    said = N_("{name} broke the glass; the debt is for others to settle")
    show_recorded(request, recorded, said, standing=standing, warnings=warnings)
    if not request.console.as_json:
        request.console.warn(*warnings)
    return ExitCode.YES


@verb(
    "settle",
    N_("promoter settle -p v1.4.1-production -m 'reviewed together on Monday, nothing else was touched'"),
)
@_REASON
def settle_verb(request: Request, reason: str) -> int:
    """Settles."""
    from promoter.usecases.emergency import settle

    with request.workspace() as workspace:
        recorded = settle(workspace, request.promotion, reason)
    show_recorded(request, recorded, N_("the debt is settled, says {name}"))
    return ExitCode.YES

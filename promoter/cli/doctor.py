"""doctor: what stands in the way of the trail in this clone."""

from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.messages import N_


@verb("doctor", N_("promoter doctor\npromoter doctor --fix\npromoter doctor --json"))
@option("--fix", is_flag=True, help=N_("Mend what is safe to mend, and put back what was lost."))
def doctor_verb(request: Request, fix: bool) -> int:
    """Examines the clone, and says what was found."""
    from promoter.output.health import health_document, show_health
    from promoter.usecases.doctoring import examine

    health = examine(request.settings(), fix=fix)
    console = request.console
    if console.as_json:
        console.document("promoter/doctor/1", health_document(health, console.language))
    else:
        show_health(console, health)
    return health.exit_code

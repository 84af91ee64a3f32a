"""next: what to do, by whom, in which order."""

from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_


@verb("next", N_("promoter next\npromoter next --mine\npromoter next --json"))
@option("--mine", is_flag=True, help=N_("Only what you can do."))
def next_verb(request: Request, mine: bool) -> int:
    """Tells what to do, and exits 0 as `status` does: it answers, and `status --gate` judges."""
    from promoter.output.planning import agenda_document, show_agenda
    from promoter.usecases.planning import agenda

    console = request.console
    with request.workspace() as workspace:
        found = agenda(workspace, request.promotion)
    if console.as_json:
        console.document("promoter/next/1", agenda_document(found, console.language, mine=mine))
    else:
        show_agenda(console, found, mine=mine)
    return ExitCode.YES

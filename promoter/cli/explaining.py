"""explain: the rules in sentences."""

from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_


@verb(
    "explain",
    N_(
        "promoter explain\npromoter explain webhook\npromoter explain webhook --of staging-to-preprod --lang fr"
    ),
)
@argument("item", N_("ITEM"), required=False)
@option(
    "--of",
    "transition",
    metavar=N_("TRANSITION"),
    help=N_("Of a checklist in the work tree instead of the one that the promotion pinned."),
)
def explain_verb(request: Request, item: str | None, transition: str | None) -> int:
    """Explains."""
    from promoter.output.explaining import explained_document, show_explained
    from promoter.usecases.explaining import explain

    console = request.console
    with request.workspace() as workspace:
        found = explain(workspace, item, promotion=request.promotion, transition=transition)
    if console.as_json:
        console.document("promoter/explain/1", explained_document(found, console.language))
    else:
        show_explained(console, found)
    return ExitCode.YES

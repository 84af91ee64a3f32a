"""diff: what changes in an environment."""

from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_


@verb("diff", N_("promoter diff\npromoter diff preprod-to-production --release v1.4.0"))
@argument("transition", N_("TRANSITION"), required=False)
@option(
    "--release",
    metavar=N_("REV"),
    help=N_("With TRANSITION: the commit, tag or branch to look ahead to; by default HEAD."),
)
def diff_verb(request: Request, transition: str | None, release: str | None) -> int:
    """Shows what changes."""
    from promoter.output.differing import difference_document, show_difference
    from promoter.usecases.differing import difference

    console = request.console
    with request.workspace() as workspace:
        found = difference(workspace, transition, promotion=request.promotion, release=release)
    if console.as_json:
        console.document("promoter/diff/1", difference_document(found, console.language))
    else:
        show_difference(console, found)
    return ExitCode.YES

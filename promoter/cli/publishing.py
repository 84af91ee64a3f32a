"""publish: the board and the reports, for readers on a forge."""

from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode, UsageError
from promoter.messages import N_, phrase


@verb(
    "publish",
    N_("promoter publish\npromoter publish --push\npromoter publish --branch promoter-board --json"),
)
@option("--push", is_flag=True, help=N_("Push it too, where the remote still has what was seen there."))
@option("--remote", metavar=N_("NAME"), help=N_("With --push: the remote, where there are several."))
@option("--branch", metavar=N_("BRANCH"), help=N_("The branch to publish on; by default promoter/board."))
def publish_verb(request: Request, push: bool, remote: str | None, branch: str | None) -> int:
    """Publishes, and says what changed."""
    from promoter.output.publishing import publication_document, show_publication
    from promoter.trail.refusals import SyncRefused
    from promoter.usecases.publishing import DEFAULT_BOARD, publish

    if remote is not None and not push:
        raise UsageError(phrase(N_("--remote belongs to --push")))
    console = request.console
    try:
        with request.workspace() as workspace:
            done = publish(
                workspace,
                branch or DEFAULT_BOARD,
                push=push,
                remote=remote,
                interactive=request.has_terminal(),
            )
    except SyncRefused as refused:
        console.error(refused, code=refused.code)
        return refused.exit_code
    if console.as_json:
        console.document("promoter/publish/1", publication_document(done, console.language))
    else:
        show_publication(console, done)
    return ExitCode.YES

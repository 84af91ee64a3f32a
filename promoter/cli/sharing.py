"""sync: the trail is shared through any git remote."""

from promoter.cli.grammar import argument, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_, phrase


@verb("sync", N_("promoter sync\npromoter sync origin"))
@argument("remote", N_("REMOTE"), required=False)
def sync_verb(request: Request, remote: str | None) -> int:
    """Shares, and says how much went each way."""
    from promoter.output.documents import sync_document
    from promoter.usecases.sharing import sync

    console = request.console
    with request.workspace() as workspace:
        report = sync(workspace, remote, interactive=request.has_terminal())
    if console.as_json:
        console.document("promoter/sync/1", sync_document(report))
        return ExitCode.YES
    if report.tip is None:
        words = phrase(N_("{remote}: neither side has a trail yet"), remote=report.remote)
    else:
        words = phrase(
            N_("{remote}: {fetched} fetched, {pushed} pushed"),
            remote=report.remote,
            fetched=report.fetched,
            pushed=report.pushed,
        )
    console.line(console.language.say(words))
    return ExitCode.YES

"""sync: the trail is shared through any git remote."""

from typing import TYPE_CHECKING

from promoter.cli.consenting import says_yes
from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode, NotYet, UsageError
from promoter.messages import N_, phrase

if TYPE_CHECKING:
    from promoter.usecases.workspace import Workspace


@verb("sync", N_("promoter sync\npromoter sync --remote backup\npromoter sync --ci\npromoter sync --setup"))
@option("--remote", metavar=N_("NAME"), help=N_("The remote to share it with, where there are several."))
@option(
    "--ci",
    is_flag=True,
    help=N_("Ask nothing, and fetch the code's history back to what runs in the target as well."),
)
@option(
    "--adopt",
    metavar=N_("[TRAIL]"),
    is_flag=False,
    flag_value="",
    help=N_("Take over the remote's trail in place of the one started here; TRAIL agrees to it by its id."),
)
@option(
    "--setup",
    is_flag=True,
    help=N_("Set git up to fetch the trail beside your own, and say what to protect on the remote."),
)
def sync_verb(request: Request, remote: str | None, ci: bool, adopt: str | None, setup: bool) -> int:
    """Shares, and says how much went each way."""
    from promoter.trail.refusals import SyncRefused

    if sum((ci, adopt is not None, setup)) > 1:
        raise UsageError(phrase(N_("--ci, --adopt and --setup exclude each other")))
    try:
        with request.workspace() as workspace:
            if setup:
                _set_up(request, workspace, remote)
            elif adopt is not None:
                return _adopt(request, workspace, remote, adopt)
            else:
                _sync(request, workspace, remote, ci=ci)
    except SyncRefused as refused:
        request.console.error(refused, code=refused.code)
        return refused.exit_code
    return ExitCode.YES


def _sync(request: Request, workspace: "Workspace", remote: str | None, *, ci: bool) -> None:
    from promoter.output.documents import sync_document
    from promoter.output.sharing import show_sync
    from promoter.usecases.sharing import sync, sync_checkout

    commits: tuple[str, ...] = ()
    if ci:
        report, commits = sync_checkout(workspace, remote, promotion=request.promotion)
    else:
        report = sync(workspace, remote, interactive=request.has_terminal())
    if request.console.as_json:
        history = {"history_to": list(commits)} if ci else {}
        request.console.document("promoter/sync/1", {**sync_document(report), **history})
    else:
        show_sync(request.console, report)


def _set_up(request: Request, workspace: "Workspace", remote: str | None) -> None:
    from promoter.output.sharing import setup_document, show_setup
    from promoter.usecases.sharing import set_up

    done = set_up(workspace, remote)
    if request.console.as_json:
        request.console.document("promoter/sync-setup/1", setup_document(done, request.console.language))
    else:
        show_setup(request.console, done)


def _adopt(request: Request, workspace: "Workspace", remote: str | None, agreed: str) -> int:
    from promoter.output.documents import sync_document
    from promoter.output.sharing import offer_document, show_adoption, show_offer, show_sync
    from promoter.usecases.adopting import adopt_shared, offered

    console = request.console
    interactive = request.has_terminal()
    offer = offered(workspace, remote, interactive=interactive)
    if not console.as_json:
        show_offer(console, offer)
        if not agreed and interactive and not offer.known:
            agreed = offer.trail if says_yes(request) else ""
    try:
        adoption = adopt_shared(workspace, offer, agreed, interactive=interactive)
    except NotYet as waiting:
        if not console.as_json:
            raise
        console.error(waiting, offer=offer_document(offer, console.language))
        return waiting.exit_code
    if console.as_json:
        adopted = offer_document(adoption.offer, console.language)
        console.document("promoter/sync/1", {**sync_document(adoption.report), "adopted": adopted})
    else:
        show_adoption(console, adoption)
        show_sync(console, adoption.report)
    return ExitCode.YES

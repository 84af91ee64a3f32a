"""roster, key: who may sign, and with what."""

import click

from promoter.cli.answering import show_recorded
from promoter.cli.consenting import says_yes
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode, NotYet, UsageError
from promoter.messages import N_, phrase


@verb(
    "roster",
    N_(
        "promoter roster show\npromoter roster show --history --json\npromoter roster diff\npromoter roster apply\n"
        "promoter roster apply --yes\n"
        "promoter roster allowed-signers > .git/allowed_signers"
    ),
)
@argument(
    "action",
    "show|diff|apply|allowed-signers",
    type=click.Choice(("show", "diff", "apply", "allowed-signers")),
    default="show",
)
@option(
    "--history",
    is_flag=True,
    help=N_("With show: who could sign what, since when and until when, by which entry."),
)
@option(
    "--yes",
    is_flag=True,
    help=N_("With apply: agree to what 'promoter roster diff' shows, without being asked."),
)
def roster_verb(request: Request, action: str, history: bool, yes: bool) -> int:
    """Shows the roster in one of its forms, or applies the one the pipeline proposes."""
    if history and action != "show":
        raise UsageError(phrase(N_("--history belongs to 'promoter roster show'")))
    if yes and action != "apply":
        raise UsageError(phrase(N_("--yes belongs to 'promoter roster apply'")))
    if action == "apply":
        return _apply(request, agreed=yes)
    if action == "allowed-signers":
        _allowed_signers(request)
    elif history:
        _history(request)
    else:
        _show(request, changes_only=action == "diff")
    return ExitCode.YES


@verb(
    "key",
    N_(
        "promoter key add ~/.ssh/new.pub\npromoter key retire SHA256:I13L1oUF -m 'new laptop'\n"
        "promoter key compromised SHA256:I13L1oUF --since 01M82933TN4GXZ8TH2D9RBSV8Q -m 'laptop stolen'"
    ),
)
@argument("action", "add|retire|compromised", type=click.Choice(("add", "retire", "compromised")))
@argument("key", N_("KEY"))
@option("--person", metavar="ID", help=N_("With add: for someone else on the roster; a roster-admin may."))
@option("--since", metavar=N_("ENTRY"), help=N_("With compromised: the last entry that can be believed."))
@option("-m", "--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stays on the trail."))
def key_verb(
    request: Request, action: str, key: str, person: str | None, since: str | None, reason: str
) -> int:
    """Adds a key, or takes one away."""
    if action == "add":
        _add(request, key, person)
    else:
        _take(request, action, key, since, reason)
    return ExitCode.YES


def _show(request: Request, *, changes_only: bool) -> None:
    from promoter.output.people import roster_view_document, show_changes, show_roster
    from promoter.usecases.rosters import roster_show

    console = request.console
    with request.workspace() as workspace:
        view = roster_show(workspace)
    if console.as_json:
        console.document("promoter/roster/1", roster_view_document(view, console.language))
    elif changes_only:
        show_changes(console, view)
    else:
        show_roster(console, view)


def _history(request: Request) -> None:
    from promoter.output.people import show_tenures, tenures_document
    from promoter.usecases.rosters import roster_history

    console = request.console
    with request.workspace() as workspace:
        found = roster_history(workspace)
    if console.as_json:
        console.document("promoter/roster-history/1", tenures_document(found))
    else:
        show_tenures(console, found)


def _allowed_signers(request: Request) -> None:
    from promoter.usecases.rosters import allowed_signers

    console = request.console
    with request.workspace() as workspace:
        written = allowed_signers(workspace)
    if console.as_json:
        console.document("promoter/allowed-signers/1", {"allowed_signers": written})
    else:
        console.block(written)


def _apply(request: Request, *, agreed: bool) -> int:
    from promoter.output.people import roster_view_document, show_changes
    from promoter.usecases.rosters import require_agreement, roster_apply, roster_show

    console = request.console
    with request.workspace() as workspace:
        view = roster_show(workspace)
        if view.started and (view.differs or view.conflicts) and not console.as_json:
            show_changes(console, view, asking=True)
            agreed = agreed or (request.has_terminal() and says_yes(request))
        try:
            require_agreement(view, agreed=agreed)
        except NotYet as waiting:
            if not console.as_json:
                raise
            console.error(waiting, roster=roster_view_document(view, console.language))
            return waiting.exit_code
        recorded = roster_apply(workspace)
    show_recorded(request, recorded, N_("the roster is in force, signed by {name}"))
    return ExitCode.YES


def _add(request: Request, source: str, person: str | None) -> None:
    from promoter.output.people import show_key_added
    from promoter.usecases.keys import key_add

    with request.workspace() as workspace:
        added = key_add(workspace, source, person)
    said = N_("{person} may sign with {key} too, says {name}")
    show_recorded(request, added.recorded, said, person=added.person, key=added.key.id)
    if not request.console.as_json:
        show_key_added(request.console, added)


def _take(request: Request, action: str, key: str, since: str | None, reason: str) -> None:
    from promoter.output.people import show_key_taken
    from promoter.usecases.keys import key_compromised, key_retire

    with request.workspace() as workspace:
        if action == "retire":
            taken = key_retire(workspace, key, reason)
            said = N_("the key {key} of {person} is retired, says {name}")
        else:
            taken = key_compromised(workspace, key, since, reason)
            said = N_("the key {key} of {person} is compromised, says {name}")
    show_recorded(request, taken.recorded, said, key=taken.key, person=taken.person)
    if not request.console.as_json:
        show_key_taken(request.console, taken)

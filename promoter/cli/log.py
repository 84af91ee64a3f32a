"""log: what is on the trail, and what comes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_, Phrase

if TYPE_CHECKING:
    from promoter.model.entry import Recorded, Unreadable
    from promoter.output.log import Log
    from promoter.usecases.selecting import Selection
    from promoter.usecases.workspace import Workspace

_BEFORE_FOLLOWING = 10


@verb(
    "log",
    N_(
        "promoter log\npromoter log -p v1.4.0 --item webhook\npromoter log --person alice --type signed-off --since 7d\n"
        "promoter log --follow\npromoter log --json --since 2026-11-20"
    ),
)
@option("--item", "items", metavar=N_("ITEM"), multiple=True, help=N_("Only what concerns ITEM; repeatable."))
@option(
    "--person",
    "people",
    metavar=N_("PERSON"),
    multiple=True,
    help=N_("Only what PERSON recorded: an id, address or name; repeatable."),
)
@option(
    "--type",
    "types",
    metavar=N_("TYPE"),
    multiple=True,
    help=N_("Only entries of TYPE, such as signed-off or promoted; repeatable."),
)
@option(
    "--since",
    metavar=N_("WHEN"),
    help=N_("Only what was recorded since a date, in the last 3d, or after a commit of the trail."),
)
@option("-n", "--limit", metavar="N", type=click.IntRange(min=0), help=N_("Only the latest N of them."))
@option(
    "-f",
    "--follow",
    is_flag=True,
    help=N_("Show the latest ten, then what is recorded and what others share, until ctrl+c."),
)
def log_verb(
    request: Request,
    items: Sequence[str],
    people: Sequence[str],
    types: Sequence[str],
    since: str | None,
    limit: int | None,
    follow: bool,
) -> int:
    """Lists the trail."""
    from promoter.output.log import Log
    from promoter.usecases.history import log
    from promoter.usecases.selecting import Wanted, selection

    console = request.console
    wanted = Wanted(request.promotion, tuple(items), tuple(people), tuple(types), since)
    if follow and limit is None:
        limit = _BEFORE_FOLLOWING
    with request.workspace() as workspace:
        chosen = selection(workspace, wanted, request.language.time_zone)
        entries = log(workspace, chosen, limit=limit)
        page = Log(console, items, naming=follow and not request.promotion)
        if follow:
            console.by_lines = True
            _show(request, workspace, page, entries)
            _follow(request, workspace, page, chosen)
        elif console.as_json:
            _answer(request, workspace, entries)
        elif entries:
            page.show(entries)
        else:
            page.nothing(filtered=bool(wanted))
    return ExitCode.YES


def _follow(request: Request, workspace: "Workspace", page: "Log", chosen: "Selection") -> None:
    from promoter.usecases.following import follow

    console = request.console

    def tell(said: Phrase) -> None:
        first_line = request.language.say(said).partition("\n")[0]
        console.warn(Phrase("{words}", {"words": first_line}))
        console.flush()

    known = workspace.trail.position().tip
    for arrived in follow(workspace, chosen, known=known, left=console.deserted, tell=tell):
        _show(request, workspace, page, arrived)


def _show(
    request: Request, workspace: "Workspace", page: "Log", entries: "Sequence[Recorded | Unreadable]"
) -> None:
    if request.console.as_json:
        for each in entries:
            _answer(request, workspace, [each])
    else:
        page.show(entries)
    request.console.flush()


def _answer(request: Request, workspace: "Workspace", entries: "Sequence[Recorded | Unreadable]") -> None:
    from promoter.output.documents import recorded_document

    position = workspace.trail.position()
    content = {
        "branch": position.branch,
        "tip": position.tip,
        "entries": [recorded_document(each) for each in entries],
    }
    request.console.document("promoter/log/1", content)

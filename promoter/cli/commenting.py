"""comment: a remark on the promotion, or on one of its items."""

from collections.abc import Sequence
from pathlib import Path

from promoter.cli.answering import show_recorded
from promoter.cli.giving import FILE, LINK
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_


@verb(
    "comment",
    N_(
        "promoter comment -m 'the window was agreed with operations on Monday'\n"
        "promoter comment webhook -m 'their endpoint answers slowly since noon' --file latency.png"
    ),
)
@argument("item", N_("ITEM"), required=False)
@option(
    "-m", "--comment", metavar=N_("TEXT"), default="", help=N_("What you want to say; it stays on the trail.")
)
@LINK
@FILE
def comment_verb(
    request: Request, item: str | None, comment: str, links: Sequence[str], files: Sequence[Path]
) -> int:
    """Remarks."""
    from promoter.usecases.commenting import comment as remark
    from promoter.usecases.standing import status

    with request.workspace() as workspace:
        recorded = remark(workspace, request.promotion, item, comment, links=links, files=files)
        standing = status(workspace, request.promotion)
    if item is None:
        show_recorded(request, recorded, N_("{name} commented"), standing=standing)
    else:
        show_recorded(request, recorded, N_("{name} commented on {item}"), standing=standing, item=item)
    return ExitCode.YES

"""sign, reject, revoke: what people say of an item."""

from collections.abc import Sequence
from pathlib import Path

import click

from promoter.cli.answering import show_recorded
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request, pair
from promoter.errors import ExitCode
from promoter.messages import N_

_ITEM = argument("item", N_("ITEM"))
_REASON = option("-m", "--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stays on the trail."))


@verb(
    "sign",
    N_(
        "promoter sign webhook -m 'URL registered on 12 November'\n"
        "promoter sign credentials --field obtained='ticket of 12 November' --field kept='team vault' --field rotation='June 2027'\n"
        "promoter sign integration-tests --link https://ci.example.org/runs/42"
    ),
)
@_ITEM
@option(
    "-m", "--comment", metavar=N_("TEXT"), default="", help=N_("What you want to add; it stays on the trail.")
)
@option(
    "--field",
    "fields",
    multiple=True,
    metavar=N_("NAME=VALUE"),
    help=N_("Fill in a field the item asks for; repeatable."),
)
@option("--link", "links", multiple=True, metavar="URL", help=N_("A link to evidence; repeatable."))
@option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar=N_("FILE"),
    help=N_("A file of evidence, recorded with its digest; repeatable."),
)
def sign_verb(
    request: Request,
    item: str,
    comment: str,
    fields: Sequence[str],
    links: Sequence[str],
    files: Sequence[Path],
) -> int:
    """Signs, after saying what the sign-off will not achieve."""
    from promoter.usecases.attaching import read_evidence
    from promoter.usecases.standing import status
    from promoter.usecases.voices import sign, statement

    given = dict(pair(each, N_("NAME=VALUE"), N_("for example --field kept='team vault'")) for each in fields)
    console = request.console
    with request.workspace() as workspace:
        before = status(workspace, request.promotion)
        remarks = statement(workspace, before, item).remarks
        for each in files:
            read_evidence(each)
        if not console.as_json:
            console.warn(*remarks)
        promotion = before.promotion.id
        recorded = sign(workspace, promotion, item, comment=comment, fields=given, links=links, files=files)
        standing = status(workspace, promotion)
    said = N_("{item} is signed off by {name}")
    show_recorded(request, recorded, said, standing=standing, warnings=remarks, item=item)
    return ExitCode.YES


@verb("reject", N_("promoter reject rollback -m 'the procedure names a server that is gone'"))
@_ITEM
@_REASON
def reject_verb(request: Request, item: str, reason: str) -> int:
    """Rejects."""
    from promoter.usecases.standing import status
    from promoter.usecases.voices import reject

    with request.workspace() as workspace:
        recorded = reject(workspace, request.promotion, item, reason)
        standing = status(workspace, request.promotion)
    show_recorded(request, recorded, N_("{item} is rejected by {name}"), standing=standing, item=item)
    return ExitCode.YES


@verb("revoke", N_("promoter revoke webhook -m 'signed for the wrong endpoint'"))
@_ITEM
@_REASON
def revoke_verb(request: Request, item: str, reason: str) -> int:
    """Revokes."""
    from promoter.usecases.standing import status
    from promoter.usecases.voices import revoke

    with request.workspace() as workspace:
        recorded = revoke(workspace, request.promotion, item, reason)
        standing = status(workspace, request.promotion)
    show_recorded(
        request, recorded, N_("{name} took back what they said of {item}"), standing=standing, item=item
    )
    return ExitCode.YES

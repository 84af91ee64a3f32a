"""sign, approve, reject, revoke: what people say of an item, or of the promotion as a whole."""

from collections.abc import Sequence
from pathlib import Path

from promoter.cli.answering import show_recorded
from promoter.cli.giving import FILE, LINK
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request, pair
from promoter.errors import ExitCode
from promoter.messages import N_, phrase

_ITEM = argument("item", N_("ITEM"))
_ITEM_OR_WHOLE = argument("item", N_("ITEM"), required=False)
_REASON = option("-m", "--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stays on the trail."))
_COMMENT = option(
    "-m", "--comment", metavar=N_("TEXT"), default="", help=N_("What you want to add; it stays on the trail.")
)
_FIELD = option(
    "--field",
    "fields",
    multiple=True,
    metavar=N_("NAME=VALUE"),
    help=N_("Fill in a field the item asks for; repeatable."),
)


@verb(
    "sign",
    N_(
        "promoter sign webhook -m 'URL registered on 12 November'\n"
        "promoter sign credentials --field obtained='ticket of 12 November' --field kept='team vault' --field rotation=2027-06-01\n"
        "promoter sign integration-tests --link https://ci.example.org/runs/42"
    ),
)
@_ITEM
@_COMMENT
@_FIELD
@LINK
@FILE
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

    given = _filled(fields)
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


@verb(
    "approve",
    N_(
        "promoter approve -m 'agreed at the board of 12 November'\n"
        "promoter approve -p passe-marche-12 --link https://board.example.org/minutes/42"
    ),
)
@_COMMENT
@_FIELD
@LINK
@FILE
def approve_verb(
    request: Request, comment: str, fields: Sequence[str], links: Sequence[str], files: Sequence[Path]
) -> int:
    """Approves, after saying what the approval will not achieve. The items need not be done yet: an approval answers
    none of them, and the gate opens once both are there. It is for this release and this checklist: another one makes it
    stale. 'promoter revoke' without an item takes it back."""
    from promoter.usecases.approving import approval, approve
    from promoter.usecases.attaching import read_evidence
    from promoter.usecases.standing import status

    given = _filled(fields)
    console = request.console
    with request.workspace() as workspace:
        before = status(workspace, request.promotion)
        remarks = approval(workspace, before).remarks
        for each in files:
            read_evidence(each)
        if not console.as_json:
            console.warn(*remarks)
        promotion = before.promotion.id
        recorded = approve(workspace, promotion, comment=comment, fields=given, links=links, files=files)
        standing = status(workspace, promotion)
    said = N_("the promotion is approved by {name}")
    show_recorded(request, recorded, said, standing=standing, warnings=remarks)
    return ExitCode.YES


@verb(
    "reject",
    N_(
        "promoter reject rollback -m 'the procedure names a server that is gone'\n"
        "promoter reject -m 'the contract is not signed'\n"
        "promoter reject webhook -m 'it answers 500, see the log' --file webhook.log"
    ),
)
@_ITEM_OR_WHOLE
@_REASON
@LINK
@FILE
def reject_verb(
    request: Request, item: str | None, reason: str, links: Sequence[str], files: Sequence[Path]
) -> int:
    """Rejects an item; without one, the promotion as a whole."""
    from promoter.usecases.approving import reject_promotion
    from promoter.usecases.standing import status
    from promoter.usecases.voices import reject

    with request.workspace() as workspace:
        if item is None:
            recorded = reject_promotion(workspace, request.promotion, reason, links=links, files=files)
        else:
            recorded = reject(workspace, request.promotion, item, reason, links=links, files=files)
        standing = status(workspace, request.promotion)
    said = N_("the promotion is rejected by {name}") if item is None else N_("{item} is rejected by {name}")
    show_recorded(request, recorded, said, standing=standing, item=item or "")
    return ExitCode.YES


@verb(
    "revoke",
    N_("promoter revoke webhook -m 'signed for the wrong endpoint'\npromoter revoke -m 'approved too early'"),
)
@_ITEM_OR_WHOLE
@_REASON
def revoke_verb(request: Request, item: str | None, reason: str) -> int:
    """Revokes what one said of an item; without one, the approval or rejection of the promotion as a whole."""
    from promoter.usecases.approving import revoke_approval
    from promoter.usecases.standing import status
    from promoter.usecases.taking_back import taken_back
    from promoter.usecases.voices import revoke

    with request.workspace() as workspace:
        if item is None:
            recorded = revoke_approval(workspace, request.promotion, reason)
        else:
            recorded = revoke(workspace, request.promotion, item, reason)
        standing = status(workspace, request.promotion)
    found = taken_back(standing, recorded)
    show_recorded(request, recorded, found.words, standing=standing, item=item or "")
    if found.speaks_again is not None and not request.console.as_json:
        again = N_("what you gave on {at:time} counts again: promoter revoke takes that back as well")
        request.console.warn(phrase(again, at=found.speaks_again))
    return ExitCode.YES


def _filled(fields: Sequence[str]) -> dict[str, str]:
    return dict(pair(each, N_("NAME=VALUE"), N_("for example --field kept='team vault'")) for each in fields)

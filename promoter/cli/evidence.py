"""evidence: what was given with sign-offs, rejections and comments, listed and read back."""

import sys
from pathlib import Path

import click

from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode, Refused, UsageError
from promoter.messages import N_, phrase


@verb(
    "evidence",
    N_(
        "promoter evidence list\npromoter evidence get rollback --output plan.pdf\n"
        "promoter evidence get sha256:0d5f1c2e > plan.pdf"
    ),
)
@argument("action", "list|get", type=click.Choice(("list", "get")), default="list")
@argument("wanted", N_("DIGEST|ENTRY|ITEM|NAME"), required=False)
@option(
    "-o",
    "--output",
    metavar=N_("FILE"),
    type=click.Path(path_type=Path, allow_dash=True),
    help=N_("With get: write it there; - is the standard output."),
)
@option("--force", is_flag=True, help=N_("With get: overwrite FILE."))
def evidence_verb(request: Request, action: str, wanted: str | None, output: Path | None, force: bool) -> int:
    """Lists the files and links of evidence, or gives a file back as it was given."""
    if action == "get":
        if wanted is None:
            raise UsageError(
                phrase(N_("'promoter evidence get' takes a digest, an entry, an item or a name")),
                phrase(N_("'promoter evidence list' shows those there are")),
            )
        _get(request, wanted, output, force=force)
    elif wanted is not None or output is not None or force:
        raise UsageError(phrase(N_("'promoter evidence list' takes no file")))
    else:
        _list(request)
    return ExitCode.YES


def _list(request: Request) -> None:
    from promoter.output.evidence import attachment_document, link_document, show_attachments
    from promoter.usecases.evidence import given

    with request.workspace() as workspace:
        found = given(workspace, request.promotion)
    if request.console.as_json:
        files = [attachment_document(each) for each in found if each.file.file is not None]
        links = [link_document(each) for each in found if each.file.file is None]
        request.console.document("promoter/evidence/1", {"files": files, "links": links})
    else:
        show_attachments(request.console, found)


def _get(request: Request, wanted: str, output: Path | None, *, force: bool) -> None:
    from promoter.output.evidence import fetched_document
    from promoter.usecases.evidence import fetch, fit_for_terminals, write_evidence

    console = request.console
    target = None if output is None or str(output) == "-" else output
    with request.workspace() as workspace:
        fetched = fetch(workspace, wanted, request.promotion)
    if target is not None:
        write_evidence(target, fetched.content, force=force)
    if console.as_json:
        path = str(target) if target else None
        console.document("promoter/evidence-file/1", fetched_document(fetched, path))
    elif target is not None:
        said = N_("{name} is written to {path}: {size} bytes, {type}, its digest is right")
        name, size = fetched.attachment.file.file or "", len(fetched.content)
        told = phrase(said, name=name, path=str(target), size=size, type=fetched.media_type)
        console.line(console.language.say(told))
    elif sys.stdout.isatty() and not fit_for_terminals(fetched.content):
        raise Refused(
            phrase(
                N_("{name} is not shown on a terminal: it is binary, or would move the cursor"),
                name=fetched.attachment.file.file or "",
            ),
            phrase(N_("write it to a file with --output FILE")),
        )
    else:
        console.octets(fetched.content)

"""verify: whether the trail can be trusted, and whether a report says what it says."""

from pathlib import Path

import click

from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_

_EXAMPLES = N_(
    "promoter verify\n"
    "promoter verify --full --json\n"
    "promoter verify --anchor 1f2e3d4c5b6a\n"
    "promoter verify --at 2026-11-22\n"
    "promoter verify --report migration.md"
)
_GRAVEST_FIRST = (ExitCode.UNTRUSTED, ExitCode.NO, ExitCode.COULD_NOT_TELL, ExitCode.YES)


@verb("verify", _EXAMPLES)
@option("--full", is_flag=True, help=N_("Read everything anew, trusting no index."))
@option("--at", metavar=N_("WHEN"), help=N_("Judge as of a commit of the trail, or a date (in UTC)."))
@option("--anchor", metavar=N_("TIP"), help=N_("Fail unless this commit is in the trail's history."))
@option(
    "--report",
    type=click.Path(path_type=Path),
    metavar=N_("FILE"),
    help=N_("Make the report in FILE again, and compare."),
)
def verify_verb(request: Request, full: bool, at: str | None, anchor: str | None, report: Path | None) -> int:
    """Verifies, and says what was found."""
    from promoter.output.verification import (
        proof_document,
        show_proof,
        show_verification,
        verification_document,
    )
    from promoter.usecases.verifying import prove, verify

    console = request.console
    with request.workspace() as workspace:
        verification = verify(workspace, full=full, at=at, anchor=anchor)
        whole = verification.exit_code is not ExitCode.UNTRUSTED
        proof = prove(workspace, report) if report is not None and whole else None
    if console.as_json:
        of_report = {} if report is None else {"report": None if proof is None else proof_document(proof)}
        document = verification_document(verification, console.language)
        console.document("promoter/verify/1", document | of_report)
    else:
        show_verification(console, verification)
        if proof is not None:
            show_proof(console, proof)
    codes = {verification.exit_code, *(() if proof is None else (proof.exit_code,))}
    return next(each for each in _GRAVEST_FIRST if each in codes)

"""adopt, open, promote, abandon: the verbs that move a release."""

from collections.abc import Sequence

from promoter.cli.answering import show_recorded
from promoter.cli.consenting import ALLOW_COMMANDS
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.cli.waiting import run_to_its_end
from promoter.errors import ExitCode
from promoter.messages import N_
from promoter.output.console import Style

_RELEASE = option(
    "--release", required=True, metavar=N_("NAME"), help=N_("The release's name, such as v1.4.0.")
)
_COMMIT = option("--commit", metavar=N_("REV"), help=N_("Its commit, tag or branch; by default HEAD."))
_REASON = option("-m", "--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stays on the trail."))
_COMMENT = option(
    "-m", "--comment", metavar=N_("TEXT"), default="", help=N_("What you want to add; it stays on the trail.")
)


@verb("adopt", N_("promoter adopt staging --release v1.4.0 --commit v1.4.0 -m 'in service since 3 November'"))
@argument("environment", N_("ENVIRONMENT"))
@_RELEASE
@_COMMIT
@_REASON
def adopt_verb(request: Request, environment: str, release: str, commit: str | None, reason: str) -> int:
    """Adopts, and says that it is declared."""
    from promoter.usecases.opening import adopt

    with request.workspace() as workspace:
        recorded = adopt(workspace, environment, release, commit, reason)
    said = N_("{release} runs in {environment}, as {name} declares")
    show_recorded(request, recorded, said, release=release, environment=environment)
    return ExitCode.YES


@verb(
    "open",
    N_(
        "promoter open staging-to-preprod --release v1.4.0\n"
        "promoter open preprod-to-production --release v1.4.0 --commit v1.4.0"
    ),
)
@argument("transition", N_("TRANSITION"))
@_RELEASE
@_COMMIT
@_COMMENT
def open_verb(request: Request, transition: str, release: str, commit: str | None, comment: str) -> int:
    """Opens, and shows where the promotion stands from the start."""
    from promoter.output.documents import said, status_document
    from promoter.output.standing import show_status
    from promoter.usecases.opening import open_promotion

    console = request.console
    with request.workspace() as workspace:
        opening = open_promotion(workspace, transition, release, commit, comment)
    standing = opening.standing
    known = (*standing.warnings, *standing.decision.warnings)
    warnings = [each for each in opening.warnings if each not in known]
    if console.as_json:
        document = status_document(standing, console.language)
        document["warnings"] += [said(each, console.language) for each in warnings]
        console.document("promoter/status/1", document)
        return ExitCode.YES
    console.warn(*warnings)
    show_status(console, standing)
    return ExitCode.YES


@verb("promote", N_("promoter promote -m 'go, decided on 12 November'"))
@_COMMENT
@ALLOW_COMMANDS
def promote_verb(request: Request, comment: str, allow_commands: Sequence[str]) -> int:
    """Promotes where the gate is open; otherwise says what holds it, and exits as the gate does."""
    from promoter.output.documents import status_document
    from promoter.output.progress import Progress
    from promoter.output.standing import show_status
    from promoter.trail.headline import headline
    from promoter.usecases.looked import since_look
    from promoter.usecases.promoting import GateBlocked, promote
    from promoter.usecases.standing import chosen_promotion

    console = request.console
    code = ExitCode.YES
    with request.workspace() as workspace, Progress(console) as progress:
        new = since_look(workspace, chosen_promotion(workspace, request.promotion))
        if new and not console.as_json:
            console.note((console.language.gettext(N_("since you looked:")), Style.WAITING))
            for each in new:
                console.note("  ", console.language.say(headline(each.entry)))
        try:
            standing = run_to_its_end(
                promote(
                    workspace,
                    request.promotion,
                    comment=comment,
                    consents=frozenset(allow_commands),
                    on_event=progress.show,
                )
            )
        except GateBlocked as blocked:
            standing, code = blocked.standing, blocked.exit_code
    if console.as_json:
        document = status_document(standing, console.language)
        document["since_you_looked"] = [each.entry.id for each in new]
        console.document("promoter/status/1", document)
        return code
    if code is not ExitCode.YES:
        console.note((console.language.gettext(N_("not promoted: the gate does not open")), Style.BAD))
    show_status(console, standing)
    return code


@verb("abandon", N_("promoter abandon -m 'v1.4.1 replaces it'"))
@_REASON
def abandon_verb(request: Request, reason: str) -> int:
    """Abandons."""
    from promoter.usecases.opening import abandon

    with request.workspace() as workspace:
        recorded = abandon(workspace, request.promotion, reason)
    show_recorded(request, recorded, N_("the promotion is abandoned by {name}"))
    return ExitCode.YES

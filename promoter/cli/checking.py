"""run, try, kinds: the automated checks."""

from collections.abc import Sequence

from promoter.cli.grammar import argument, verb
from promoter.cli.request import Request, pair
from promoter.cli.waiting import run_to_its_end
from promoter.errors import ExitCode
from promoter.messages import N_, phrase
from promoter.model.outcome import Verdict
from promoter.output.console import Style


@verb("run", N_("promoter run\npromoter run webhook credentials\npromoter run --json"))
@argument("items", N_("ITEM"), nargs=-1)
def run_verb(request: Request, items: Sequence[str]) -> int:
    """Runs, shows what came of it, and says where it is recorded."""
    from promoter.output.checks import show_run
    from promoter.output.documents import run_document
    from promoter.output.progress import Progress
    from promoter.usecases.running import run

    console = request.console
    with request.workspace() as workspace, Progress(console) as progress:
        report = run_to_its_end(run(workspace, request.promotion, items, on_event=progress.show))
    if console.as_json:
        console.document("promoter/run/1", run_document(report, console.language))
        return report.exit_code
    console.warn(*report.warnings)
    show_run(console, report.outcomes)
    if report.recorded is not None:
        recorded = phrase(
            N_("recorded in {commit}; next: promoter status"), commit=report.recorded.commit[:7]
        )
        console.line((console.language.say(recorded), Style.FAINT))
    return report.exit_code


@verb(
    "try",
    N_(
        "promoter try https url=https://example.org\n"
        "promoter try certificate url=https://example.org warn_days=60 --json"
    ),
)
@argument("kind", N_("KIND"))
@argument("fields", N_("FIELD=VALUE"), nargs=-1)
def try_verb(request: Request, kind: str, fields: Sequence[str]) -> int:
    """Tries one check, and shows its outcome whole."""
    from promoter.output.checks import show_outcome
    from promoter.output.documents import outcome_document
    from promoter.usecases.trying import try_check, warnings_about

    console = request.console
    given = dict(
        pair(each, N_("FIELD=VALUE"), N_("'promoter kinds NAME' lists the fields of a kind"))
        for each in fields
    )
    if not console.as_json:
        console.warn(*warnings_about(request.settings(), given))
    outcome = run_to_its_end(try_check(request.settings(), kind, given))
    if console.as_json:
        console.document("promoter/try/1", outcome_document(outcome, kind, console.language))
    else:
        show_outcome(console, outcome, kind)
    return exit_code_of(outcome.verdict)


@verb("kinds", N_("promoter kinds\npromoter kinds certificate"))
@argument("name", N_("KIND"), required=False)
def kinds_verb(request: Request, name: str | None) -> int:
    """Shows the kinds in a line each, or one of them whole."""
    from promoter.output.kinds import kinds_document, show_kind, show_kinds
    from promoter.usecases.trying import kind_named, kinds

    console = request.console
    shown = kinds() if name is None else (kind_named(name),)
    if console.as_json:
        console.document(
            "promoter/kinds/1", {"kinds": [kinds_document(each, console.language) for each in shown]}
        )
    elif name is None:
        show_kinds(console, shown)
    else:
        show_kind(console, shown[0])
    return ExitCode.YES


def exit_code_of(verdict: Verdict) -> ExitCode:
    """The exit code of one outcome: 0 satisfied, 1 failed, 6 could not tell."""
    if verdict.satisfies:
        return ExitCode.YES
    return ExitCode.NO if verdict is Verdict.FAILED else ExitCode.COULD_NOT_TELL

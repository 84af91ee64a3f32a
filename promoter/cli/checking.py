"""run, try, kinds: the automated checks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promoter.cli.consenting import ALLOW_COMMANDS, ALLOW_EFFECTS, asker
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request, pair, seconds
from promoter.cli.termination import Terminated
from promoter.cli.waiting import run_to_its_end
from promoter.errors import ExitCode, UsageError
from promoter.messages import N_, phrase
from promoter.model.outcome import CheckOutcome, Verdict
from promoter.output.console import Console, Style

if TYPE_CHECKING:
    from promoter.run import RunEvent
    from promoter.usecases.running import RunReport


@verb(
    "run",
    N_(
        "promoter run\n"
        "promoter run webhook credentials\n"
        "promoter run --wait 10m --only failed\n"
        "promoter run --allow-effects oauth@preprod\n"
        "promoter run --json --junit checks.xml --fail-on warn"
    ),
)
@argument("items", N_("ITEM"), nargs=-1)
@option(
    "--only",
    metavar="[failed]",
    type=click.Choice(("failed",)),
    help=N_("Only the checks that do not pass now."),
)
@option(
    "--wait",
    metavar=N_("DURATION"),
    help=N_(
        "Go on with what does not pass until all does, at most so long: 10m, 1h. Only the first pass may take longer."
    ),
)
@option(
    "--within", metavar=N_("DURATION"), help=N_("How long one pass over the checks may take; 15m by default.")
)
@option(
    "--fail-on",
    metavar="fail|warn",
    type=click.Choice(("fail", "warn")),
    default="fail",
    help=N_("What ends with 1: a failure, or a warning as well."),
)
@option(
    "--record", "record", flag_value="always", help=N_("Record the outcomes even when nothing has changed.")
)
@option("--no-record", "record", flag_value="never", help=N_("Record nothing."))
@option(
    "--junit",
    type=click.Path(path_type=Path),
    metavar=N_("FILE"),
    help=N_("Write the outcomes as JUnit XML."),
)
@option("--github", is_flag=True, help=N_("Print annotations as GitHub's workflow commands."))
@option(
    "--gitlab",
    type=click.Path(path_type=Path),
    metavar=N_("FILE"),
    help=N_("Write a Code Quality report for GitLab."),
)
@ALLOW_EFFECTS
@ALLOW_COMMANDS
def run_verb(
    request: Request,
    items: Sequence[str],
    only: str | None,
    wait: str | None,
    within: str | None,
    fail_on: str,
    record: str | None,
    junit: Path | None,
    github: bool,
    gitlab: Path | None,
    allow_effects: Sequence[str],
    allow_commands: Sequence[str],
) -> int:
    """Runs, shows what came of it, and says where it is recorded."""
    from promoter.net.system_roots import read_ahead

    read_ahead()
    from promoter.output.progress import Progress
    from promoter.run import Finished
    from promoter.usecases.running import WITHIN, Recording, RunReport, Wishes, run

    console = request.console
    wishes = Wishes(
        items=items,
        unsatisfied=only is not None,
        wait=None if wait is None else seconds(wait),
        recording=Recording(record or Recording.NEWS),
        consents=frozenset((*allow_effects, *allow_commands)),
        agree=asker(request),
        within=WITHIN if within is None else seconds(within),
    )
    seen: dict[tuple[str, str], CheckOutcome] = {}
    with _unheard_by_github(console, github=github):
        with request.workspace() as workspace, Progress(console) as progress:

            def listen(event: "RunEvent") -> None:
                progress.show(event)
                if isinstance(event, Finished):
                    seen[event.outcome.item, event.outcome.check] = event.outcome

            try:
                report = run_to_its_end(run(workspace, request.promotion, wishes, on_event=listen))
            except (KeyboardInterrupt, Terminated):
                if console.as_json:
                    _say(request, RunReport(tuple(seen.values()), None), interrupted=True)
                raise
        _say(request, report)
    _hand_over(request, report, junit, gitlab, github=github)
    return report.exit_code(fail_on_warnings=fail_on == "warn")


@contextmanager
def _unheard_by_github(console: Console, *, github: bool) -> Iterator[None]:
    """What is said meanwhile quotes servers and people: GitHub must not take a line of it for a command."""
    if not github:
        yield
        return
    from secrets import token_hex

    from promoter.export.github import listening_again, not_listening

    token = token_hex(16)
    console.raw(not_listening(token), beside=console.as_json)
    try:
        yield
    finally:
        console.raw(listening_again(token), beside=console.as_json)


def _say(request: Request, report: "RunReport", *, interrupted: bool = False) -> None:
    from promoter.output.asking import show_withheld
    from promoter.output.checks import show_run
    from promoter.output.documents import run_document

    console = request.console
    if console.as_json:
        document = run_document(report, console.language)
        console.document("promoter/run/1", {**document, "interrupted": interrupted})
        return
    console.warn(*report.warnings)
    if report.nothing_left:
        console.line(console.language.gettext(N_("every check passes: there is nothing to run again")))
        return
    show_run(console, report.outcomes)
    show_withheld(console, report.withheld)
    if report.recorded is not None:
        recorded = phrase(
            N_("recorded in {commit}; next: promoter status"), commit=report.recorded.commit[:7]
        )
    else:
        recorded = phrase(N_("not recorded; next: promoter status"))
    console.line((console.language.say(recorded), Style.FAINT))


def _hand_over(
    request: Request, report: "RunReport", junit: Path | None, gitlab: Path | None, *, github: bool
) -> None:
    """Writes the outcomes in the formats asked for. With `--json` the annotations go to stderr."""
    from promoter.export.finding import findings
    from promoter.output.files import write

    if not (junit or gitlab or github):
        return
    places = {(each.item, each.check.id): each.check.place for each in report.plan}
    found = list(findings(report.outcomes, places, request.language))
    if junit is not None:
        from promoter.export.junit import junit as as_junit

        write(junit, as_junit(found, "promoter"))
    if gitlab is not None:
        from promoter.export.gitlab import gitlab as as_gitlab

        write(gitlab, as_gitlab(found))
    if github:
        from promoter.export.github import github as as_github

        request.console.raw(as_github(found), beside=request.console.as_json)


@verb(
    "try",
    N_(
        "promoter try certificate url=https://example.org warn_days=60 --json\n"
        "promoter try https url=https://example.org status=200,204\n"
        'promoter try http url=https://example.org \'headers={"Accept": "text/html"}\'\n'
        "promoter try http url=https://example.org bearer=env:TOKEN\n"
        'promoter try http url=https://a.example \'json_expected={"path": "a", "equals": 1}\'\n'
        'promoter try command \'run=["printf", "a,b"]\' \'contains=["a,b"]\''
    ),
    N_(
        "A list is separated by commas, or a JSON list: then a part may hold a comma. A mapping, and what has parts of its own, is JSON. A secret is env:NAME or file:PATH; within JSON it is an object with the key env or file. 'promoter kinds KIND' lists the fields."
    ),
)
@argument("kind", N_("KIND"))
@argument("fields", N_("FIELD=VALUE"), nargs=-1)
@ALLOW_EFFECTS
def try_verb(request: Request, kind: str, fields: Sequence[str], allow_effects: Sequence[str]) -> int:
    """Tries one check, and shows its outcome whole."""
    from promoter.output.checks import show_outcome
    from promoter.output.documents import outcome_document
    from promoter.usecases.trying import try_check, warnings_about

    console = request.console
    given: dict[str, str] = {}
    for each in fields:
        name, value = pair(each, N_("FIELD=VALUE"), N_("'promoter kinds NAME' lists the fields of a kind"))
        if name in given:
            raise UsageError(
                phrase(N_("{name} is given twice"), name=name),
                phrase(N_('a list is written once: {name}=\'["a", "b"]\''), name=name),
            )
        given[name] = value
    if not console.as_json:
        console.warn(*warnings_about(request.settings(), given))
    trial = try_check(
        request.settings(), kind, given, consents=frozenset(allow_effects), agree=asker(request)
    )
    outcome = run_to_its_end(trial)
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
    from promoter.usecases.trying import kind_named, kinds, kinds_not_loaded

    console = request.console
    shown = kinds() if name is None else (kind_named(name),)
    if name is None:
        console.warn(*kinds_not_loaded())
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

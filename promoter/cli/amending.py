"""amend: another release, or other rules, for a promotion that is open."""

from promoter.cli.answering import show_recorded
from promoter.cli.consenting import says_yes
from promoter.cli.grammar import option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode, NotYet, UsageError
from promoter.messages import N_, phrase


@verb(
    "amend",
    N_(
        "promoter amend --release v1.4.1 -m 'v1.4.0 lacked the migration'\n"
        "promoter amend --rules -m 'the rollback plan is asked for twice'\n"
        "promoter amend --agree 01JD9X2K7Q0000000000000000\n"
        "promoter amend --withdraw 01JD9X2K7Q0000000000000000 -m 'the old rules will do'"
    ),
)
@option("--release", metavar=N_("NAME"), help=N_("Move it to this release."))
@option("--commit", metavar=N_("REV"), help=N_("The release's commit, tag or branch; by default HEAD."))
@option("--rules", is_flag=True, help=N_("Pin the pipeline and the checklist as the work tree has them."))
@option(
    "--agree", "amendment", metavar=N_("ID"), help=N_("Agree to other rules that somebody else proposed.")
)
@option("--withdraw", metavar=N_("ID"), help=N_("Take back other rules that you proposed."))
@option("-m", "--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stays on the trail."))
@option("--yes", is_flag=True, help=N_("Record what is shown, without being asked."))
def amend_verb(
    request: Request,
    release: str | None,
    commit: str | None,
    rules: bool,
    amendment: str | None,
    withdraw: str | None,
    reason: str,
    yes: bool,
) -> int:
    """Shows what changes, asks, and records it."""
    from promoter.output.amending import plan_document, show_plan
    from promoter.output.documents import recorded_document
    from promoter.usecases.amending import agreed, amend, proposed
    from promoter.usecases.standing import status

    console = request.console
    if withdraw is not None:
        return _withdraw(request, withdraw, reason, alone=not (release or commit or rules or amendment))
    if amendment is not None and (release or commit or rules):
        raise UsageError(phrase(N_("--agree takes what was proposed: nothing else can be amended with it")))
    with request.workspace() as workspace:
        if amendment is not None:
            plan = agreed(workspace, request.promotion, amendment, reason)
        else:
            plan = proposed(workspace, request.promotion, reason, release=release, commit=commit, rules=rules)
        document = plan_document(plan, console.language)
        if not console.as_json:
            show_plan(console, plan)
            yes = yes or (request.has_terminal() and says_yes(request))
        if not yes:
            waiting = NotYet(
                phrase(N_("nothing was amended: nobody said yes to it")),
                phrase(N_("look at what changes, then give --yes")),
            )
            if not console.as_json:
                raise waiting
            console.error(waiting, amendment=document)
            return waiting.exit_code
        recorded = amend(workspace, plan)
        standing = status(workspace, plan.promotion.id)
    if console.as_json:
        console.document("promoter/amend/1", {**document, **recorded_document(recorded)})
        return ExitCode.YES
    said = N_("proposed by {name}: a second person agrees with 'promoter amend --agree {id}'")
    show_recorded(
        request,
        recorded,
        said if plan.waits else N_("amended, says {name}"),
        standing=standing,
        id=recorded.entry.id,
    )
    return ExitCode.YES


def _withdraw(request: Request, amendment: str, reason: str, *, alone: bool) -> int:
    from promoter.usecases.amending import withdraw
    from promoter.usecases.standing import status

    if not alone:
        raise UsageError(phrase(N_("--withdraw takes back what was proposed: nothing else goes with it")))
    with request.workspace() as workspace:
        recorded = withdraw(workspace, request.promotion, amendment, reason)
        standing = status(workspace, request.promotion)
    show_recorded(request, recorded, N_("{name} took back what they proposed"), standing=standing)
    return ExitCode.YES

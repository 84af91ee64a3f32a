"""trust: consent to what a checklist would run, or send where."""

from collections.abc import Sequence

from promoter.cli.consenting import agreed
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_, Message, phrase
from promoter.output.console import Style
from promoter.output.documents import said
from promoter.usecases.consent import Trusting, agree, matching, withdraw
from promoter.usecases.trusting import trusting


@verb("trust", N_("promoter trust\npromoter trust sha256:1f2e…\npromoter trust --withdraw sha256:1f2e…"))
@argument("ids", N_("ID"), nargs=-1)
@option("--withdraw", "withdrawn", multiple=True, metavar="sha256:…", help=N_("Agree no longer; repeatable."))
def trust_verb(request: Request, ids: Sequence[str], withdrawn: Sequence[str]) -> int:
    """Lists what there is to agree to; asks on a terminal, or agrees to the ids given."""
    console = request.console
    with request.workspace() as workspace:
        for each in withdrawn:
            withdraw(workspace, each)
        there = trusting(workspace, request.promotion)
        wanted = {matching(each, [*there.asked_ids, *there.agreed]) for each in ids}
        asks = {each.id: each for each in there.asked}
        if not ids and not withdrawn and not console.as_json and request.has_terminal():
            wanted = {each.id for each in there.asked if agreed(request, each)}
        agree(workspace, [asks[each] for each in wanted if each in asks])
        there = trusting(workspace, request.promotion)
    _show(request, there)
    return ExitCode.NOT_YET if there.asked else ExitCode.YES


def _show(request: Request, there: Trusting) -> None:
    console, language = request.console, request.language
    if console.as_json:
        lines = [(each.id, each.about, False) for each in there.asked]
        lines += [(each, about, True) for each, about in there.agreed.items()]
        document = [
            {"id": name, "agreed": done, "about": said(about, language)} for name, about, done in lines
        ]
        console.document("promoter/trust/1", {"asks": document})
        return
    for each in there.asked:
        _line(request, N_("not agreed to"), Style.WAITING, each.id, each.about)
    for name, about in there.agreed.items():
        _line(request, N_("agreed to"), Style.GOOD, name, about)
    if there.asked:
        remedy = phrase(N_("'promoter trust ID' agrees to one; read first what it runs"))
        console.line((language.say(remedy), Style.FAINT))
    elif not there.agreed:
        console.line(language.gettext(N_("nothing here needs your consent")))


def _line(request: Request, state: str, style: Style, name: str, about: Message) -> None:
    language = request.language
    request.console.line((language.gettext(state), style), "  ", name)
    request.console.line("  ", language.say(about))

"""trust: consent to what a checklist would run, or send where."""

from collections.abc import Sequence

from promoter.cli.consenting import agreed_among
from promoter.cli.grammar import argument, option, verb
from promoter.cli.request import Request
from promoter.errors import ExitCode
from promoter.messages import N_, Message, phrase
from promoter.model.consent import Ask, Asker
from promoter.output.asking import about_lines
from promoter.output.console import Style
from promoter.output.documents import ask_document
from promoter.usecases.consent import agree, matching, withdraw
from promoter.usecases.trusting import Trusting, trusting


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
            wanted = set(agreed_among(request, there.asked))
        agree(workspace, [asks[each] for each in wanted if each in asks])
        there = trusting(workspace, request.promotion)
    _show(request, there)
    return ExitCode.NOT_YET if there.asked else ExitCode.YES


def _show(request: Request, there: Trusting) -> None:
    console, language = request.console, request.language
    if console.as_json:
        _answer(request, there)
        return
    for each in there.asked:
        _block(request, N_("not agreed to"), Style.WAITING, each.id, each.about, each.askers)
    for each in there.each_time:
        _block(request, N_("asked at every run"), Style.WAITING, each.id, each.about, each.askers)
    for name, about in there.agreed.items():
        _block(request, N_("agreed to"), Style.GOOD, name, about, there.askers.get(name, ()))
    if there.asked:
        remedy = phrase(N_("'promoter trust ID' agrees to one; read first what it runs"))
        console.line((language.say(remedy), Style.FAINT))
    if there.each_time:
        options = " ".join(each.option for each in there.each_time)
        once = phrase(
            N_("'promoter run {options}' agrees for one run to what is asked at every run"), options=options
        )
        for words in console.wrapped(language.say(once), 0):
            console.line((words, Style.FAINT))
    if not (there.asked or there.each_time or there.agreed):
        console.line(language.gettext(N_("nothing here needs your consent")))


def _answer(request: Request, there: Trusting) -> None:
    language = request.language
    agreed = [
        Ask(name, about, lasting=True, askers=there.askers.get(name, ()))
        for name, about in there.agreed.items()
    ]
    asked = [{**ask_document(each, language), "agreed": False} for each in there.asked]
    asked += [{**ask_document(each, language), "agreed": True} for each in agreed]
    each_time = [ask_document(each, language) for each in there.each_time]
    request.console.document("promoter/trust/1", {"asks": asked, "each_time": each_time})


def _block(
    request: Request, state: str, style: Style, name: str, about: Message, askers: Sequence[Asker]
) -> None:
    console = request.console
    console.line((request.language.gettext(state), style), "  ", name)
    for words in about_lines(console, about, askers, 2):
        console.line("  ", words)

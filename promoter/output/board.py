"""What runs where, when no promotion is meant, and how to begin."""

from collections.abc import Iterator

from promoter.messages import N_, Language, phrase
from promoter.model.entry import EntryType
from promoter.output.console import Console, Piece, Style
from promoter.output.standing import release_name, trail_line
from promoter.promotion import RunsIn, Stage
from promoter.usecases.board import Board

_LATEST = 10
_HOW = {
    EntryType.ADOPTED: N_("declared {at:date}"),
    EntryType.DEPLOYED: N_("deployed {at:date}"),
    EntryType.ROLLED_BACK: N_("rolled back {at:date}"),
}
_STAGES = {Stage.OPEN: N_("open"), Stage.PROMOTED: N_("promoted"), Stage.ABANDONED: N_("abandoned")}


def show_board(console: Console, board: Board) -> None:
    """What runs in each environment, the latest promotions, and what to do next."""
    language = console.language
    console.line((board.pipeline.title.in_language(language), Style.STRONG))
    console.columns(
        [_runs(each.name, board.runs_in.get(each.name), language) for each in board.pipeline.environments]
    )
    if board.promotions:
        console.line(language.gettext(N_("Promotions, newest first:")))
        console.columns(list(_promotions(board, language)))
    transitions = list(board.pipeline.transitions)
    nothing = phrase(
        N_(
            "No promotion is open. To open one: promoter open TRANSITION --release NAME, with one of {transitions}"
        ),
        transitions=transitions,
    )
    console.line(language.say(nothing))
    console.line(trail_line(board.trail, language))
    for each in board.warnings:
        console.line((language.gettext(N_("note:")), Style.WAITING), " ", language.say(each))


def _runs(environment: str, runs: RunsIn | None, language: Language) -> tuple[Piece, ...]:
    name: Piece = (environment, Style.STRONG)
    if runs is None:
        return name, (language.gettext(N_("nothing known")), Style.FAINT)
    how = _HOW.get(runs.recorded.entry.type, N_("promoted {at:date}"))
    return name, release_name(runs.release, language), (language.say(phrase(how, at=runs.since)), Style.FAINT)


def _promotions(board: Board, language: Language) -> Iterator[tuple[Piece, ...]]:
    for each in board.promotions[:_LATEST]:
        stage = language.gettext(_STAGES[each.stage])
        yield each.id, each.transition, release_name(each.release, language), stage

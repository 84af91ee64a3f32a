"""What the board says: its pages and the reports, each a function of the trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from promoter.errors import PromoterError, TrailUntrusted
from promoter.frozen import frozen
from promoter.messages import LANGUAGES, Language, Phrase
from promoter.model.entry import Held
from promoter.model.environment import Pipeline
from promoter.promotion import Promotion, Stage
from promoter.report.board import BoardMaterial, OpenPromotion, page_path, render_board, report_path
from promoter.shipped import shipped
from promoter.trail.as_of import committed_at
from promoter.trail.board import Pages, Published
from promoter.trail.entry import promotion_directory
from promoter.usecases.deciding import promotion_of
from promoter.usecases.earlier import Earlier
from promoter.usecases.language import phrasebook
from promoter.usecases.pinned import rules_of
from promoter.usecases.reporting import report
from promoter.usecases.standing import standing_of
from promoter.usecases.workspace import Workspace

_TEMPLATE = "board.md.j2"
_OF_TRAIL = "r"


@frozen
class Made:
    """The pages of a board, as of when they are, how many promotions are open and closed, and which have no
    report because it cannot be made."""

    pages: Pages
    as_of: datetime
    opened: int
    closed: int
    left_out: tuple[tuple[str, Phrase], ...]


@dataclass(slots=True)
class _Reports:
    """The reports' texts and blobs by path, and what could not be made."""

    new: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[str, Phrase]] = field(default_factory=list)

    def paths(self, promotion: str) -> dict[str, str]:
        """Where a promotion's reports are, by language."""
        paths = {code: report_path(promotion, code) for code in LANGUAGES}
        return {code: path for code, path in paths.items() if path in self.new or path in self.kept}


def made(workspace: Workspace, before: Published | None) -> Made:
    """The board of this trail, as of its tip. `before` is a board that can be believed: of promotions that are
    closed and of which nothing was recorded since, it has the reports already.

    Raises TrailUntrusted, CannotAct.
    """
    position = workspace.trail.position()
    genesis = workspace.trail.state.genesis
    tip = position.tip or ""
    as_of = committed_at(workspace.repository, tip)
    state = workspace.state
    folded = (promotion_of(workspace, each) for each in reversed(state.promotions))
    promotions = [each for each in folded if each is not None]
    opened = [each for each in promotions if each.stage is Stage.OPEN]
    closed = [each for each in promotions if each.stage is not Stage.OPEN]
    reports = _reports(workspace, opened, closed, tip, before)
    material = BoardMaterial(
        name=genesis.pipeline if genesis else "",
        pipeline=_newest_pipeline(workspace, promotions),
        runs_in=state.runs_in,
        opened=[_open(workspace, each, as_of) for each in opened],
        closed=closed,
        reports={each.id: reports.paths(each.id) for each in promotions},
        tip=tip,
        entries=position.entries,
        as_of=as_of,
        branch=position.branch,
        demo=state.demo,
        claimed=not state.roster,
        holds=tuple(each for each in state.stops if isinstance(each.entry.content, Held)),
    )
    pages = Pages(state.trail or "", tip, {**_front(material), **reports.new}, reports.kept)
    return Made(pages, as_of, len(opened), len(closed), tuple(reports.left_out))


def _front(material: BoardMaterial) -> dict[str, str]:
    template = (shipped("templates") / _TEMPLATE).read_text(encoding="utf-8")
    return {
        page_path(code): render_board(material, Language(code, phrasebook=phrasebook), template)
        for code in LANGUAGES
    }


def _open(workspace: Workspace, promotion: Promotion, as_of: datetime) -> OpenPromotion:
    standing = standing_of(workspace, promotion, as_of)
    return OpenPromotion(promotion, standing.pipeline, standing.checklist, standing.decision)


def _newest_pipeline(workspace: Workspace, promotions: Sequence[Promotion]) -> Pipeline | None:
    for each in promotions:
        try:
            return rules_of(workspace, each).pipeline
        except TrailUntrusted:
            continue
    return None


def _reports(
    workspace: Workspace,
    opened: Sequence[Promotion],
    closed: Sequence[Promotion],
    tip: str,
    before: Published | None,
) -> _Reports:
    """Of open promotions as of the tip, of closed ones as of the last commit that concerned them: so a report
    stays as it is, whatever else is recorded later."""
    reports = _Reports()
    for each in opened:
        _add(reports, workspace, each.id)
    unchanged = set() if before is None else _unchanged(workspace, closed, tip, before.tip)
    earlier = Earlier(workspace)
    by_commit: dict[str, list[str]] = {}
    for each in closed:
        there = _there(before, each.id) if each.id in unchanged else {}
        if there:
            reports.kept |= there
        else:
            by_commit.setdefault(earlier.last_commit(each.id), []).append(each.id)
    for commit, promotions in by_commit.items():
        with earlier.at(commit) as then:
            for promotion in promotions:
                _add(reports, then, promotion)
    return reports


def _add(reports: _Reports, workspace: Workspace, promotion: str) -> None:
    try:
        made_now = {
            report_path(promotion, code): report(workspace, promotion, language=code).markdown
            for code in LANGUAGES
        }
    except PromoterError as error:
        reports.left_out.append((promotion, error.wrong))
    else:
        reports.new |= made_now


def _there(before: Published | None, promotion: str) -> dict[str, str]:
    """The reports that a board has of a promotion; none when one is missing or was changed."""
    paths = [report_path(promotion, code) for code in LANGUAGES]
    if before is None or any(path in before.edited or path not in before.files for path in paths):
        return {}
    return {path: before.files[path] for path in paths}


def _unchanged(workspace: Workspace, closed: Sequence[Promotion], tip: str, since: str) -> set[str]:
    """The promotions of which, and of the trail itself, nothing was recorded since a commit."""
    directories = [_OF_TRAIL, *(promotion_directory(each.id) for each in closed)]
    then, now = (_trees(workspace, commit, directories) for commit in (since, tip))
    if then[_OF_TRAIL] != now[_OF_TRAIL]:
        return set()
    return {
        each.id for each in closed if then[promotion_directory(each.id)] == now[promotion_directory(each.id)]
    }


def _trees(workspace: Workspace, commit: str, directories: Sequence[str]) -> Mapping[str, str]:
    asked = "".join(f"{commit}:{each}\n" for each in directories).encode("ascii")
    answered = workspace.repository.run("cat-file", "--batch-check=%(objectname)", input=asked)
    return dict(zip(directories, answered.decode("ascii").splitlines(), strict=True))

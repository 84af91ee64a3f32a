"""The board over pipelines and repositories: every open promotion, its answer, and what it waits for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from promoter.errors import PromoterError
from promoter.frozen import frozen
from promoter.messages import Message
from promoter.usecases.around import around
from promoter.usecases.debts import debts_left
from promoter.usecases.deciding import promotion_of
from promoter.usecases.own_trail import require_own_trail
from promoter.usecases.settings import Settings
from promoter.usecases.standing import Standing, standing_of
from promoter.usecases.workspace import CHECKLISTS, PIPELINE_FILE, Workspace


@frozen
class Service:
    """One pipeline of one repository with its open promotions, or why they cannot be told. `name` is its id, or
    that of its directory where it cannot be read. `warnings` tell of the debts that broken glasses left."""

    repository: Path
    name: str
    standings: tuple[Standing, ...] = ()
    error: PromoterError | None = None
    warnings: tuple[Message, ...] = ()


def overview(settings: Settings, repositories: Sequence[Path] = ()) -> tuple[Service, ...]:
    """Every pipeline of the repositories, by default of the one around `-C`. What is wrong with one keeps none of
    the others from being told."""
    places = repositories or (settings.directory,)
    return tuple(service for place in places for service in _services(replace(settings, directory=place)))


def _services(settings: Settings) -> Iterator[Service]:
    try:
        with Workspace.open(settings) as workspace:
            root = workspace.root
    except PromoterError as error:
        yield Service(settings.directory, "", error=error)
        return
    for name in _names(root) if settings.pipeline is None else (settings.pipeline,):
        yield _service(replace(settings, pipeline=name), root)


def _names(root: Path) -> list[str | None]:
    """The pipelines of a repository: the one on top, and one for each directory that has one."""
    top = root / CHECKLISTS
    below = sorted(each.parent.name for each in top.glob(f"*/{PIPELINE_FILE}"))
    return [None] if (top / PIPELINE_FILE).exists() or not below else [*below]


def _service(settings: Settings, root: Path) -> Service:
    named = settings.pipeline or ""
    try:
        with Workspace.open(settings) as workspace:
            named = workspace.pipeline_unruled.name
            require_own_trail(workspace)
            folded = (promotion_of(workspace, each) for each in workspace.state.open_promotions)
            everywhere = around(workspace)
            standings = tuple(
                standing_of(workspace, each, workspace.now(), everywhere)
                for each in folded
                if each is not None and each.opened.entry.pipeline == named
            )
            warnings = tuple(debts_left(workspace))
    except PromoterError as error:
        return Service(root, named, error=error)
    return Service(root, named, standings, warnings=warnings)

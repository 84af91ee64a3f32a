"""What the trail says beside a promotion, as its gate heeds it: what got where it comes from, and what stops the line."""

from collections.abc import Iterable
from dataclasses import replace

from promoter.errors import PromoterError
from promoter.gate import decide
from promoter.model.entry import Frozen, Held, Promoted, Recorded
from promoter.model.environment import Rule
from promoter.model.release import Release
from promoter.promotion import RunsIn, fold
from promoter.usecases.pinned import Rules, rules_of, with_relooked
from promoter.usecases.workspace import Workspace


def looked_into(
    workspace: Workspace, release: Release, source: str, arrivals: Iterable[RunsIn]
) -> tuple[RunsIn, ...]:
    """The arrivals, with those of the release marked that its gate did not let where it comes from."""
    return tuple(
        replace(each, blocked=True)
        if each.environment == source and each.release.is_same_as(release) and was_blocked(workspace, each)
        else each
        for each in arrivals
    )


def was_blocked(workspace: Workspace, arrival: RunsIn) -> bool:
    """Whether something was promoted though its items or approvals held it."""
    entry = arrival.recorded.entry
    if entry.subject is None or not isinstance(entry.content, Promoted):
        return False
    promotion = entry.subject.promotion
    if promotion not in workspace.blocked:
        workspace.blocked[promotion] = _blocked(workspace, promotion)
    return workspace.blocked[promotion]


def _blocked(workspace: Workspace, name: str) -> bool:
    """Judged by what its own place on the trail says, as of then. What else could have held it, freezes or where it came
    from, is for its own answer to say."""
    records = workspace.records_of(name)
    promotion = fold(
        records.recorded, records.unreadable, declared=frozenset(), admins=workspace.state.admins
    )
    if promotion is None:
        return True
    try:
        promotion = with_relooked(workspace, promotion)
        rules = rules_of(workspace, promotion)
    except PromoterError:
        return True
    into = replace(rules.target, separation=replace(rules.target.separation, authors=Rule.OFF), freezes=())
    decision = decide(
        replace(rules.checklist, requires_previous=False),
        promotion,
        environment=into,
        roster=workspace.state.roster,
        reached=(),
        now=workspace.now(),
    )
    return bool(decision.reasons)


def heeded(stops: Iterable[Recorded], rules: Rules) -> tuple[Recorded, ...]:
    """What stops the line or lets it pass. What stops an environment that the rules do not know any more, by that name at
    least, stops this one: a new name opens nothing."""
    names = {each.name for each in rules.pipeline.environments}
    return tuple(_heeded(each, names, rules.target.name) for each in stops)


def _heeded(stop: Recorded, names: set[str], target: str) -> Recorded:
    content = stop.entry.content
    if not isinstance(content, Held | Frozen) or content.environment is None or content.environment in names:
        return stop
    return replace(stop, entry=replace(stop.entry, content=replace(content, environment=target)))

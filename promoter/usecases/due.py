"""What runs out soon: certificates, outcomes, waivers, debts, freezes to come, memberships, keys and secrets."""

from collections.abc import Iterator

from promoter.errors import UsageError
from promoter.frozen import frozen
from promoter.gate.expiring import Due, Sort, of_decision, of_roster
from promoter.messages import N_, message, phrase
from promoter.model.duration import parse_duration
from promoter.model.entry import Promoted
from promoter.model.roster import Roster
from promoter.promotion import Promotion, Stage
from promoter.trail.key_ends import end_of
from promoter.usecases.deciding import promotion_of
from promoter.usecases.standing import standing_of
from promoter.usecases.workspace import Workspace


@frozen
class Deadline:
    """Something that runs out, of a promotion or (None) of the roster."""

    due: Due
    promotion: Promotion | None = None


def deadlines(workspace: Workspace, within: str) -> tuple[Deadline, ...]:
    """What runs out within a length of time, or ran out already and still matters, soonest first: of every open
    promotion, and of what was promoted last into each environment.

    Raises UsageError for what is no length of time.
    """
    try:
        limit = workspace.now() + parse_duration(within)
    except ValueError as wrong:
        raise UsageError(
            phrase(N_("{written} is no length of time"), written=within),
            phrase(N_("for example --within 60d")),
        ) from wrong
    roster = workspace.state.roster
    found = [
        *_of_promotions(workspace),
        *(Deadline(each) for each in (*of_roster(roster), *_of_keys(roster))),
    ]
    soon = [each for each in found if each.due.at <= limit]
    return tuple(sorted(soon, key=lambda each: (each.due.at, each.due.sort)))


def _of_keys(roster: Roster) -> Iterator[Due]:
    for person in roster.people:
        for key in person.keys:
            end = end_of(key)
            if end is not None:
                yield Due(end, Sort.KEY, message("due-key", name=person.name, key=key.id))


def _of_promotions(workspace: Workspace) -> Iterator[Deadline]:
    for each in _concerned(workspace):
        promotion = promotion_of(workspace, each)
        if promotion is None:
            continue
        standing = standing_of(workspace, promotion, workspace.now())
        is_open = promotion.stage is Stage.OPEN
        for due in of_decision(standing.decision, standing.checklist, is_open=is_open):
            yield Deadline(due, promotion)


def _concerned(workspace: Workspace) -> list[str]:
    state = workspace.state
    running = [
        each.recorded.entry.subject.promotion
        for each in state.runs_in.values()
        if isinstance(each.recorded.entry.content, Promoted) and each.recorded.entry.subject is not None
    ]
    return list(dict.fromkeys((*state.open_promotions, *running, *sorted(state.glasses))))

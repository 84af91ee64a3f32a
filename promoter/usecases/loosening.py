"""Whether a promotion is held to less than the one before it over the same transition, and by whose doing.

Whoever can push can change a checklist or an environment's policy. What was pinned before is on the trail: what
the rules lost since is told from there alone. Who took it away is in the history of the code.
"""

from collections.abc import Iterator, Mapping

from promoter.errors import CannotAct, PromoterError
from promoter.frozen import frozen
from promoter.gate import loosening
from promoter.messages import Message, Template, message
from promoter.model.entry import EntryType, Opened, Pinned, Trust
from promoter.model.roster import Roster
from promoter.promotion import Promotion, fold
from promoter.trail.last_change import last_change_before
from promoter.usecases.pinned import Rules, pinned_rules
from promoter.usecases.provenance import said_of
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = loosening.PHRASES

_LOOKED_AT = 50
"""Promotions back, in search of the last one over the same transition."""


@frozen
class Compared:
    """The rules of a promotion beside those of the one before: what is `looser`, what else is `otherwise`, and
    where the files that differ come from. Each is empty where nothing differs, or there is none before."""

    looser: tuple[Message, ...] = ()
    otherwise: tuple[Message, ...] = ()
    origins: tuple[Message, ...] = ()


NOTHING_LOOSER = Compared()
"""Of a promotion that is held to what the one before was."""


def compared(workspace: Workspace, promotion: Promotion, rules: Rules, roster: Roster) -> Compared:
    """What a promotion pinned, beside what the last one over its transition did that was not given up.

    `roster` is that whose members' signatures stand behind a change of the rules.
    """
    lately = _amended(workspace, promotion, rules)
    found = _before(workspace, promotion)
    if found is None:
        return Compared(lately)
    earlier, was = found
    pinned = promotion.pinned
    differing = [
        now
        for now, then in ((pinned.checklist, was.checklist), (pinned.pipeline, was.pipeline))
        if now.digest != then.digest
    ]
    try:
        before = pinned_rules(workspace, was) if differing else rules
        target = before.target
    except (PromoterError, KeyError):
        return Compared(lately)
    looser = loosening.looser((before.checklist, target), (rules.checklist, rules.target))
    otherwise = loosening.otherwise(before.checklist, rules.checklist)
    origins = (_origin(workspace, each, roster) for each in differing) if looser or otherwise else ()
    return Compared(
        (*lately, *((message("rules-looser", earlier=earlier, rules=looser),) if looser else ())),
        (message("rules-otherwise", earlier=earlier, rules=otherwise),) if otherwise else (),
        tuple(origins),
    )


def _amended(workspace: Workspace, promotion: Promotion, rules: Rules) -> tuple[Message, ...]:
    """What its own amendments took away since a promotion was opened."""
    changed = [each for each in promotion.amendments if each.rules and each.content.rules is not None]
    if not changed:
        return ()
    try:
        was = pinned_rules(workspace, changed[0].before.pinned)
    except (PromoterError, KeyError):
        return ()
    looser = loosening.looser((was.checklist, was.target), (rules.checklist, rules.target))
    return (message("amended-looser", rules=looser),) if looser else ()


def _before(workspace: Workspace, promotion: Promotion) -> tuple[str, Opened] | None:
    """The last promotion over the transition before this one, and what it pinned: one that was given up only
    where there is no other."""
    given_up = None
    for each, opened, abandoned in _opened_before(workspace, promotion):
        if opened.transition != promotion.transition:
            continue
        if not abandoned:
            return each, opened
        given_up = given_up or (each, opened)
    return given_up


def _opened_before(workspace: Workspace, promotion: Promotion) -> Iterator[tuple[str, Opened, bool]]:
    known = workspace.state.promotions
    at = known.index(promotion.id) if promotion.id in known else 0
    for each in reversed(known[max(0, at - _LOOKED_AT) : at]):
        recorded = workspace.trail.records_of(each).recorded
        counted = [one.entry for one in recorded if one.trust is not Trust.QUARANTINED]
        opened = next((one.content for one in counted if isinstance(one.content, Opened)), None)
        if opened is not None:
            folded = fold(recorded, admins=workspace.state.admins)
            yield (
                each,
                folded.pinned if folded else opened,
                any(one.type is EntryType.ABANDONED for one in counted),
            )


def _origin(workspace: Workspace, pinned: Pinned, roster: Roster) -> Message:
    if pinned.source_commit is None:
        return message("changed-uncommitted", path=pinned.path)
    try:
        found = last_change_before(workspace.repository, pinned.source_commit, pinned.path, roster)
    except CannotAct:
        found = None
    return message("changed-untold", path=pinned.path) if found is None else said_of(pinned.path, found)

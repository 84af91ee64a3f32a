"""A promotion that was promoted, judged as of the entry that says so: nobody has to believe that entry."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from promoter.gate.case import CLOCKS_DIFFER, moment
from promoter.gate.decision import Hold, Reason
from promoter.messages import message
from promoter.model.entry import Recorded, Trust, Unreadable
from promoter.promotion import Promotion, Stage


def judged_at(promotion: Promotion, now: datetime) -> datetime:
    """The moment a promotion is judged at: now, or when it was promoted, if that was before.

    An entry chooses its own date. One dated more than five minutes before something it stands on is
    judged at the time of that, so that an outcome does not grow young again by dating the entry back.
    """
    closed_by = promotion.closed_by
    promoted = moment(closed_by.entry.at) if closed_by and promotion.stage is Stage.PROMOTED else None
    if promoted is None:
        return now
    dated = (moment(each.entry.at) for each in _before(promotion) if each.trust is not Trust.QUARANTINED)
    latest = max((each for each in dated if each is not None and each <= now), default=promoted)
    return min(now, promoted if latest - promoted <= CLOCKS_DIFFER else latest)


def newer_then(promotion: Promotion) -> tuple[Unreadable | Recorded, ...]:
    """What a newer version wrote of a promotion before it was promoted; a file that cannot be read has
    no place among its entries, so only while it is open."""
    if promotion.stage is not Stage.PROMOTED:
        return promotion.newer
    before = _before(promotion)
    return tuple(each for each in promotion.newer if isinstance(each, Recorded) and each in before)


def promoted_while_blocked(promotion: Promotion, held: Sequence[Reason]) -> tuple[Reason, ...]:
    """What held a promotion when it was promoted, and first that it was promoted all the same; empty
    for an honest one. Where a newer version had a say, nobody can tell."""
    if not held or promotion.closed_by is None:
        return ()
    why = message(
        "promoted-while-blocked",
        by=promotion.closed_by.entry.actor.name,
        count=len(held),
        first=held[0].message,
    )
    newer = any(each.message.code == "written-by-newer" for each in held)
    return (Reason(why, Hold.UNKNOWN if newer else Hold.FAILED), *held)


def _before(promotion: Promotion) -> tuple[Recorded, ...]:
    """What stood before the entry that closed it, in fold order."""
    return tuple(takewhile(lambda each: each != promotion.closed_by, promotion.history))

"""What somebody took back: which word of theirs, and which one speaks again."""

from collections.abc import Mapping

from promoter.frozen import frozen
from promoter.messages import N_, Template
from promoter.model.entry import EntryType, Recorded
from promoter.usecases.standing import Standing

_OF_ITEM: Mapping[EntryType, Template] = {
    EntryType.SIGNED_OFF: N_("{name} took back their sign-off of {item}"),
    EntryType.REJECTED: N_("{name} took back their rejection of {item}"),
    EntryType.WAIVED: N_("{name} took back their waiver of {item}"),
    EntryType.NOT_APPLICABLE: N_("{name} took back that {item} does not apply"),
}
_OF_WHOLE: Mapping[EntryType, Template] = {
    EntryType.APPROVED: N_("{name} took back their approval of the promotion"),
    EntryType.REJECTED: N_("{name} took back their rejection of the promotion"),
    EntryType.BROKE_GLASS: N_("{name} took back that they broke the glass"),
}


@frozen
class TakenBack:
    """What a revocation took back, in words that take `name` and `item`; and when the same person gave the sign-off or
    approval that speaks for them again."""

    words: Template
    speaks_again: str | None = None


def taken_back(standing: Standing, revoked: Recorded) -> TakenBack:
    """What a revocation that was recorded just now took back, of a promotion as it stands since."""
    entry = revoked.entry
    sort = next(each.entry.type for each in standing.promotion.history if each.entry.id in entry.refers_to)
    words = (_OF_ITEM if entry.item is not None else _OF_WHOLE)[sort]
    if sort is not EntryType.REJECTED:
        return TakenBack(words)
    item = standing.decision.item(entry.item.id) if entry.item is not None else None
    given = item.sign_offs if item is not None else standing.decision.approvals.given
    said = (each.voice.recorded.entry for each in given if each.counts)
    mine = [each.at for each in said if each.actor.id == entry.actor.id]
    return TakenBack(words, mine[-1] if mine else None)

"""What every answer says of a promotion whose release or rules were amended, or would be."""

from collections.abc import Iterator

from promoter.gate.case import release_label
from promoter.messages import Message, message
from promoter.promotion import Amendment, AmendmentState, Promotion, Stage


def amended(promotion: Promotion) -> Iterator[Message]:
    """What was amended, by whom, and what waits for a second person while the promotion is open."""
    for each in promotion.amendments:
        if each.state is AmendmentState.IN_FORCE:
            yield _in_force(each)
        elif each.state is AmendmentState.WAITING and promotion.stage is Stage.OPEN:
            entry = each.proposed.entry
            yield message("amendment-waits", by=entry.actor.name, reason=each.content.reason, id=entry.id)


def _in_force(each: Amendment) -> Message:
    by, reason = each.proposed.entry.actor.name, each.content.reason
    was, now = release_label(each.before.release), release_label(each.content.release)
    second = each.agreed.entry.actor.name if each.agreed else ""
    if each.content.rules is None:
        return message("amended-release", by=by, was=was, now=now, reason=reason)
    if each.content.release is None:
        return message("amended-rules", by=by, second=second, reason=reason)
    return message("amended-both", by=by, second=second, was=was, now=now, reason=reason)

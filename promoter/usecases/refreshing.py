"""What once spoke for a promotion and no longer does: because the release moved, the item changed or time passed."""

from collections.abc import Iterator

from promoter.frozen import frozen
from promoter.gate import Decision, ItemStanding, Validity
from promoter.messages import Message, message
from promoter.model.roster import Actor

_GONE = (Validity.STALE, Validity.EXPIRED)
_EXEMPTIONS = frozenset(
    {"waiver-expired"}
    | {f"{sort}-stale-{what}" for sort in ("waiver", "exclusion") for what in ("facts", "item", "release")}
)


@frozen
class Outdated:
    """Something that no longer speaks, and why: the outcome of a check, or (`check` is None) what `by` said; of no item when
    it was said of the promotion as a whole."""

    item: str
    why: Message
    by: Actor
    check: str | None = None


def outdated(decision: Decision) -> tuple[Outdated, ...]:
    """Everything of a promotion that went stale or expired and was not replaced, in checklist order."""
    return tuple(_of_decision(decision))


def checks_among(found: tuple[Outdated, ...]) -> frozenset[tuple[str, str]]:
    """The checks to run again, by item and id."""
    return frozenset((each.item, each.check) for each in found if each.check is not None)


def _of_decision(decision: Decision) -> Iterator[Outdated]:
    for item in decision.items:
        for check in item.checks:
            if check.validity in _GONE and check.latest is not None:
                why = check.why or message("check-missing", check=check.spec.id)
                actor = check.latest.recorded.entry.actor
                yield Outdated(item.item.id, why, actor, check.spec.id)
        yield from _said(item)
    heard = {each.person for each in decision.approvals.given if each.counts}
    last = {
        each.person: Outdated("", each.why, each.voice.recorded.entry.actor)
        for each in decision.approvals.given
        if each.validity in _GONE and each.voice.stands and each.why is not None
    }
    yield from (each for person, each in last.items() if person not in heard)


def _said(item: ItemStanding) -> Iterator[Outdated]:
    """What people said, of each the last, unless they said it again."""
    heard = {each.voice.recorded.entry.actor.id for each in item.sign_offs if each.counts}
    heard |= {each.voice.recorded.entry.actor.id for each in item.exemptions if each.counts}
    gone = [
        (each.voice.recorded.entry.actor, each.why)
        for each in item.sign_offs
        if each.validity in _GONE and each.voice.stands
    ] + [
        (each.voice.recorded.entry.actor, each.why)
        for each in item.exemptions
        if each.why is not None and each.why.code in _EXEMPTIONS and each.voice.stands
    ]
    last = {actor.id: Outdated(item.item.id, why, actor) for actor, why in gone if why is not None}
    yield from (each for person, each in last.items() if person not in heard)

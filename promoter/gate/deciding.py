"""The decision: the items' standings and what holds the promotion as a whole."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from promoter.gate.amended import amended
from promoter.gate.approving import approval_reasons, approvals, approved_own
from promoter.gate.authoring import author_signed, authors_unknown
from promoter.gate.case import Case, aware, moment, release_label, shifted
from promoter.gate.decision import Answer, Approvals, Decision, Hold, ItemStanding, ItemState, Reason
from promoter.gate.emergency import breaking, glass, indebted, loud, passed_over, unheeded
from promoter.gate.exempting import own_exemptions
from promoter.gate.hindsight import judged_at, newer_then, promoted_while_blocked
from promoter.gate.judging import item_standings, objected, rejections_that_count
from promoter.gate.signing import compromised_later, opener_signed
from promoter.gate.stopping import coming_freeze, passed, stopped
from promoter.messages import Message, message
from promoter.model.authors import Authors
from promoter.model.checklist import Checklist
from promoter.model.entry import Abandoned, Recorded, RolledBack, Trust, Unreadable
from promoter.model.environment import Environment
from promoter.model.roster import Roster
from promoter.promotion import Promotion, RunsIn, Stage

_NEWER = "written-by-newer"
_ROLLED_BACK = "previous-rolled-back"
_BLOCKED = "previous-blocked"
_INDEBTED = "previous-indebted"
_SHORT = 7


def decide(
    checklist: Checklist,
    promotion: Promotion,
    *,
    environment: Environment,
    roster: Roster,
    reached: tuple[RunsIn, ...],
    now: datetime,
    newer: tuple[Unreadable | Recorded, ...] = (),
    stops: tuple[Recorded, ...] = (),
    authors: Authors | None = None,
    debtors: tuple[str, ...] = (),
) -> Decision:
    """The gate's answer. `environment` is the target, as pinned; `roster` the one in force;
    `reached` every release known to have got to the environment it comes from; `newer` what a newer
    version wrote of the trail itself (a promotion carries its own); `stops` what stops the line
    or lets it pass; `authors` who wrote what the release brings into the target; `debtors` the promotions into the
    target whose debt for a broken glass stands. Never raises.

    What was promoted is judged as of its `promoted` entry: by what stood before it in fold order and at
    its time, with `roster`, `reached` and `stops` as they were then. It stays promoted, with what held it then
    for reasons, if anything did.

    The gate is open when no reason holds it, and only then: a check that was skipped, errored, failed,
    overridden, too old, or never run satisfies nothing, and a checklist that requires nothing holds, as does
    one of which everything required was waived or said not to apply. Someone who may can break the glass: that
    passes over every reason, but for those that leave open what would be promoted.
    """
    case = Case(checklist, promotion, environment, roster, judged_at(promotion, aware(now)), authors)
    items, approved = item_standings(case), approvals(case)
    reasons: tuple[Reason, ...]
    waivers = sum(each.item.required and each.state is ItemState.WAIVED for each in items)
    broken = breaking(case, stops)
    over: tuple[Reason, ...] = ()
    if promotion.stage is Stage.ABANDONED:
        answer, reasons = Answer.ABANDONED, (Reason(_abandoned(promotion), Hold.FAILED),)
    else:
        promoted = promotion.stage is Stage.PROMOTED
        unread = newer_then(promotion) if promoted else (*newer, *promotion.newer)
        reasons = (
            *_of_the_whole(case, reached, unread, stops),
            *indebted(debtors),
            *_of_answers(case, items, approved),
        )
        if broken is not None and passed_over(reasons):
            over, reasons = reasons, ()
        answer = Answer.PROMOTED if promoted else _answer(reasons, over, waivers)
        reasons = promoted_while_blocked(promotion, reasons) if promoted else reasons
    shattered = (
        glass(case, broken, over, items, approved, aware(now)) if broken is not None and over else None
    )
    return Decision(
        answer=answer,
        reasons=reasons,
        items=items,
        claimed=not roster,
        at=now,
        warnings=(
            *_warnings(case, items, approved),
            *_declared(case, reached),
            *loud(shattered, aware(now)),
            *unheeded(case, stops, broken),
            *passed(case, stops),
        ),
        waivers=waivers,
        freeze=coming_freeze(case, stops),
        glass=shattered,
        approvals=approved,
    )


def _of_answers(case: Case, items: tuple[ItemStanding, ...], approved: Approvals) -> Iterator[Reason]:
    """What holds the promotion for want of answers of machines and people, or because of them."""
    yield from authors_unknown(case, items)
    yield from _exempted(items)
    yield from approval_reasons(case, approved)
    yield from (reason for each in items if each.holds for reason in each.reasons)


def _warnings(case: Case, items: Sequence[ItemStanding], approved: Approvals) -> tuple[Message, ...]:
    return (
        *amended(case.promotion),
        *opener_signed(case, items),
        *author_signed(case, items, approved),
        *own_exemptions(case, items),
        *approved_own(case, approved),
        *compromised_later(case.promotion),
    )


def _answer(reasons: Sequence[Reason], over: Sequence[Reason], waivers: int) -> Answer:
    if reasons:
        return Answer.BLOCKED
    if over:
        return Answer.OPEN_BREAK_GLASS
    return Answer.OPEN_WITH_WAIVERS if waivers else Answer.OPEN


def _exempted(items: tuple[ItemStanding, ...]) -> Iterator[Reason]:
    """A checklist of which everything required was let be has decided nothing."""
    required = [each.state for each in items if each.item.required]
    if required and all(each in (ItemState.WAIVED, ItemState.NOT_APPLICABLE) for each in required):
        yield Reason(message("everything-exempt"), Hold.FAILED)


def _of_the_whole(
    case: Case,
    reached: tuple[RunsIn, ...],
    newer: tuple[Unreadable | Recorded, ...],
    stops: tuple[Recorded, ...],
) -> Iterator[Reason]:
    """What holds the promotion as a whole."""
    checklist, promotion = case.checklist, case.promotion
    for each in promotion.rivals:
        yield Reason(_opened_twice(promotion.opened, each), Hold.FAILED)
    opened = promotion.opened
    if opened.trust is Trust.QUARANTINED and opened.why is not None:
        why = message("opened-compromised", by=opened.entry.actor.name, why=opened.why)
        yield Reason(why, Hold.FAILED)
    asked = (promotion.from_environment, promotion.to_environment, promotion.to_environment)
    if (checklist.from_environment, checklist.to_environment, case.environment.name) != asked:
        rules = message("other-rules", source=checklist.from_environment, target=case.environment.name)
        yield Reason(rules, Hold.UNKNOWN)
    yield from stopped(case, stops)
    for unknown in newer:
        yield Reason(_newer(unknown), Hold.UNKNOWN)
    if not any(each.required for each in checklist.items):
        yield Reason(message("checklist-empty"), Hold.FAILED)
    if checklist.requires_previous and (missing := _previous(case, reached)) is not None:
        yield Reason(missing, Hold.FAILED if missing.code in (_ROLLED_BACK, _BLOCKED) else Hold.WAITING)
    known = {each.id for each in checklist.items}
    for voice in rejections_that_count(case):
        bound = voice.recorded.entry.item
        if voice.stands and bound is not None and bound.id not in known:
            yield Reason(Message("rejected-elsewhere", {"item": bound.id, **objected(voice)}), Hold.FAILED)


def _previous(case: Case, reached: tuple[RunsIn, ...]) -> Message | None:
    """Why the release may not come from where it comes from; None when it got there."""
    source, release = case.checklist.from_environment, case.promotion.release
    arrivals = [each for each in reached if each.environment == source]
    ours = [each for each in arrivals if each.release.is_same_as(release)]
    label = release_label(release)
    accepted = [each for each in ours if case.accepts(each.recorded)]
    let_there = [each for each in _let_there(accepted) if each.left is None]
    paid = [each for each in let_there if each.owed_by is None]
    if paid:
        return _soaking(case, paid)
    if let_there:
        return message(_INDEBTED, environment=source, release=label, promotion=let_there[-1].owed_by)
    staying = [each for each in accepted if each.left is None]
    if staying:
        by = next(each for each in accepted if each.blocked).recorded.entry.actor.name
        return message(_BLOCKED, environment=source, release=label, by=by)
    left = accepted[-1].left if accepted else None
    if left is not None:
        return message(_ROLLED_BACK, environment=source, release=label, **_rolled_back(left))
    if ours:
        return message("previous-claimed", environment=source, release=label)
    if arrivals:
        there = release_label(arrivals[-1].release)
        return message("previous-missing", environment=source, release=label, there=there)
    return message("previous-unknown", environment=source, release=label)


def _let_there(arrivals: Sequence[RunsIn]) -> Iterator[RunsIn]:
    """The arrivals of a release by which it may go on: after it was promoted past a shut gate, or by breaking the glass
    while that debt stands, declaring it there opens nothing."""
    doubtful = False
    for each in arrivals:
        doubtful = doubtful or each.blocked or each.owed_by is not None
        if not each.blocked and not (doubtful and each.adopted):
            yield each


def _rolled_back(left: Recorded) -> dict[str, str]:
    """Who rolled something back, and why."""
    content = left.entry.content
    reason = content.reason if isinstance(content, RolledBack) else ""
    return {"by": left.entry.actor.name, "reason": reason}


def _declared(case: Case, reached: tuple[RunsIn, ...]) -> Iterator[Message]:
    """A warning that the release got to where it comes from by somebody's word alone, and was rolled back from there
    before."""
    source, release = case.checklist.from_environment, case.promotion.release
    ours = [
        each
        for each in reached
        if each.environment == source and each.release.is_same_as(release) and case.accepts(each.recorded)
    ]
    there = [each for each in _let_there(ours) if each.left is None]
    if case.checklist.requires_previous and there and all(each.adopted for each in there):
        by, label = there[-1].recorded.entry.actor.name, release_label(release)
        yield message("previous-declared", environment=source, release=label, by=by)
        left = next((each.left for each in reversed(ours) if each.left is not None), None)
        if left is not None:
            yield message("previous-returned", environment=source, release=label, **_rolled_back(left))


def _soaking(case: Case, arrivals: Sequence[RunsIn]) -> Message | None:
    """Why the release has not been long enough where it comes from; None when it has. It goes on counting from
    its first arrival, whatever came there since."""
    source, soak = case.checklist.from_environment, case.checklist.soak
    since = [at for each in arrivals if (at := moment(each.since)) is not None]
    if not soak or any(case.now - at >= soak for at in since):
        return None
    until = shifted(min(since), soak).isoformat() if since else None
    return message("soaking", environment=source, wanted=soak.total_seconds(), until=until)


def _opened_twice(opened: Recorded, rival: Recorded) -> Message:
    """Who opened the same promotion, said in the same words whichever comes first in fold order."""
    one, other = sorted((opened, rival), key=lambda each: each.commit)
    return message(
        "opened-twice",
        by=one.entry.actor.name,
        commit=one.commit[:_SHORT],
        other=other.entry.actor.name,
        there=other.commit[:_SHORT],
    )


def _newer(written: Unreadable | Recorded) -> Message:
    if isinstance(written, Recorded):
        return message(_NEWER, what=str(written.entry.type))
    return written.why if written.why.code == _NEWER else message(_NEWER, what=written.why)


def _abandoned(promotion: Promotion) -> Message:
    entry = promotion.closed_by.entry if promotion.closed_by else promotion.opened.entry
    reason = entry.content.reason if isinstance(entry.content, Abandoned) else ""
    return message("abandoned", by=entry.actor.name, reason=reason)

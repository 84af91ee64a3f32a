"""Breaking the glass: who may open the gate at once, what that passes over, and the debt it leaves."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from promoter.gate.approving import approvals
from promoter.gate.case import Case, moment, release_label, same_release, shifted
from promoter.gate.decision import Approvals, Debt, Glass, Hold, ItemStanding, Owed, Reason
from promoter.gate.signing import ANYONE, sign_off_standings
from promoter.messages import Message, message
from promoter.model.entry import Approved, BrokeGlass, Recorded, Revoked, Settled, SignedOff
from promoter.model.environment import Environment
from promoter.model.roster import Actor, PersonClass, Roster
from promoter.promotion import Promotion, Stage, Voice

_FIRM = frozenset(
    {
        "checklist-empty",
        "debt-elsewhere",
        "opened-compromised",
        "opened-twice",
        "other-rules",
        "written-by-newer",
    }
)
"""The reasons that no emergency passes over: nobody could tell what was opened, or one emergency would follow another."""


def passed_over(reasons: Sequence[Reason]) -> bool:
    """Whether breaking the glass opens a gate that these reasons hold."""
    return not any(each.message.code in _FIRM for each in reasons)


def indebted(debtors: Sequence[str]) -> Iterator[Reason]:
    """Nothing more gets into an environment while what an emergency left there is not settled."""
    for each in debtors:
        yield Reason(message("debt-elsewhere", promotion=each), Hold.WAITING)


def breaking(case: Case) -> Recorded | None:
    """The entry that breaks the glass, and counts; None when none does."""
    return next((each.recorded for each in case.promotion.glasses if _why_not(case, each) is None), None)


def unheeded(case: Case) -> Iterator[Message]:
    """A warning of every attempt to break the glass that does not count."""
    for each in case.promotion.glasses:
        if (why := _why_not(case, each)) is not None:
            yield message("glass-unbroken", by=each.recorded.entry.actor.name, why=why)


def would_break(environment: Environment, by: Actor, roles: Sequence[str], roster: Roster) -> Message | None:
    """Why somebody may not break the glass of an environment; None when they may."""
    policy = environment.break_glass
    if policy is None:
        return message("no-glass", environment=environment.name)
    if by.person_class is PersonClass.MACHINE:
        return message("exemption-by-machine", by=by.name)
    if roster and not set(policy.roles) & set(roles):
        return message("exemption-without-role", by=by.name, roles=policy.roles)
    return None


def glass(
    case: Case,
    broken: Recorded,
    over: Sequence[Reason],
    items: Sequence[ItemStanding],
    approved: Approvals,
    now: datetime,
) -> Glass:
    """What breaking the glass passes over, and, once the release was promoted by it, the debt."""
    content = broken.entry.content
    reason = content.reason if isinstance(content, BrokeGlass) else ""
    owes = case.promotion.stage is Stage.PROMOTED and over
    return Glass(
        by=broken.entry.actor.name,
        reason=reason,
        at=broken.entry.at,
        passed=tuple(over),
        debt=_debt(case, broken, items, approved, now) if owes else None,
    )


def loud(broken: Glass | None, now: datetime) -> Iterator[Message]:
    """What every answer says where someone broke the glass: that they did, and what is owed."""
    if broken is None:
        return
    first, count = broken.passed[0].message, len(broken.passed)
    yield message("glass-broken", by=broken.by, reason=broken.reason, count=count, first=first)
    debt = broken.debt
    if debt is None or not debt.stands:
        return
    owed = tuple(dict.fromkeys(each.item for each in debt.owed))
    if debt.due is None or debt.due < now:
        yield message("debt-overdue", owed=owed, due=debt.due.isoformat() if debt.due else None)
    else:
        yield message("debt-stands", owed=owed, due=debt.due.isoformat())
    if debt.approvals:
        yield owed_approvals(debt)


def owed_approvals(debt: Debt) -> Message:
    """That approvals of the whole promotion are owed, and as which roles."""
    roles = [each for each in debt.approvals if each != ANYONE]
    if roles:
        return message("debt-approvals", roles=roles)
    return message("debt-approvals-anyone")


def _why_not(case: Case, voice: Voice) -> Message | None:
    entry = voice.recorded.entry
    if voice.revoked_by is not None:
        content = voice.revoked_by.entry.content
        reason = content.reason if isinstance(content, Revoked) else ""
        return message("exemption-revoked", by=voice.revoked_by.entry.actor.name, reason=reason)
    if not case.accepts(voice.recorded):
        return message("exemption-claimed", by=entry.actor.name)
    if entry.subject is None or not same_release(entry.subject.release, case.promotion.release):
        return message(
            "exemption-stale-release",
            by=entry.actor.name,
            was=release_label(entry.subject.release if entry.subject else None),
            now=release_label(case.promotion.release),
        )
    return would_break(case.environment, entry.actor, voice.recorded.roles or (), case.roster)


def _debt(
    case: Case, broken: Recorded, items: Sequence[ItemStanding], approved: Approvals, now: datetime
) -> Debt:
    breaker, policy = broken.entry.actor, case.environment.break_glass
    since = moment(broken.entry.at)
    settled = [
        each
        for each in case.promotion.afterwards
        if isinstance(each.entry.content, Settled)
        and case.accepts(each)
        and each.entry.actor.id != breaker.id
        and each.entry.actor.person_class is PersonClass.PERSON
    ]
    return Debt(
        owed=tuple(_owed(case, breaker.id, items, now)),
        due=shifted(since, policy.settle_within) if since is not None and policy is not None else None,
        settled_by=settled[-1].entry.actor.name if settled else None,
        approvals=tuple(_owed_approvals(case, breaker.id, approved, now)),
    )


def _owed(case: Case, breaker: str, items: Sequence[ItemStanding], now: datetime) -> Iterator[Owed]:
    """The sign-offs that were missing when it was promoted, less those that others gave since."""
    given = _given(case.promotion, SignedOff, breaker)
    since = replace(
        case, promotion=replace(case.promotion, sign_offs=(*case.promotion.sign_offs, *given)), now=now
    )
    for each in items:
        short = any(seat.filled < seat.needed for seat in each.seats)
        if each.holds and short:
            _, seats = sign_off_standings(since, each.item)
            roles = tuple(seat.role for seat in seats if seat.filled < seat.needed)
            if roles:
                yield Owed(each.item.id, roles)


def _owed_approvals(case: Case, breaker: str, approved: Approvals, now: datetime) -> Iterator[str]:
    """The approvals that were missing when it was promoted, less those that others gave since; what was given once
    goes on counting."""
    rule = case.checklist.approvals
    if rule is None or not approved.missing:
        return
    then = tuple(each.voice for each in approved.given if each.counts)
    given = _given(case.promotion, Approved, breaker)
    since = replace(
        case,
        checklist=replace(case.checklist, approvals=replace(rule, valid_for=None)),
        promotion=replace(case.promotion, approvals=(*then, *given)),
        now=now,
    )
    for seat in approvals(since).seats:
        if seat.filled < seat.needed:
            yield seat.role


def _given(promotion: Promotion, sort: type, breaker: str) -> tuple[Voice, ...]:
    """What others than who broke the glass gave after it was promoted, with what took it back."""

    def taken_back(given: Recorded) -> Recorded | None:
        return next(
            (
                each
                for each in promotion.afterwards
                if isinstance(each.entry.content, Revoked)
                and each.entry.actor.id == given.entry.actor.id
                and given.entry.id in each.entry.refers_to
            ),
            None,
        )

    return tuple(
        Voice(each, revoked_by=taken_back(each))
        for each in promotion.afterwards
        if isinstance(each.entry.content, sort) and each.entry.actor.id != breaker
    )

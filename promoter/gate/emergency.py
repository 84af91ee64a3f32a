"""Breaking the glass: who may open the gate at once, what that passes over, and the debt it leaves."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from promoter.gate.approving import approvals
from promoter.gate.case import (
    CLOCKS_DIFFER,
    Case,
    moment,
    release_label,
    shifted,
)
from promoter.gate.decision import Approvals, Debt, Glass, Hold, ItemStanding, Owed, Reason
from promoter.gate.judging import rejections_that_count
from promoter.gate.signing import ANYONE, sign_off_standings
from promoter.gate.stopping import stopping
from promoter.messages import Message, message
from promoter.model.authors import folded
from promoter.model.entry import Approved, BrokeGlass, Entry, Recorded, Revoked, Settled, SignedOff
from promoter.model.environment import Environment
from promoter.model.roster import Actor, PersonClass, Roster
from promoter.promotion import Promotion, Stage, Voice

_FIRM = frozenset(
    {
        "checklist-empty",
        "debt-elsewhere",
        "everything-exempt",
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


def breaking(case: Case, stops: Sequence[Recorded]) -> Recorded | None:
    """The entry that breaks the glass, and counts; None when none does. It counts for as long as the environment says, and
    until somebody stops the line or rejects something after it: whoever broke it did not know that."""
    glasses = case.promotion.glasses
    return next((each.recorded for each in glasses if _why_not(case, each, stops) is None), None)


def breakers_of(promotion: Promotion) -> frozenset[str]:
    """Everyone who broke the glass, or tried: they pay nothing of its debt, and do not say that it is settled."""
    return frozenset(folded(each.recorded.entry.actor.id) for each in promotion.glasses)


def unheeded(case: Case, stops: Sequence[Recorded], broken: Recorded | None) -> Iterator[Message]:
    """A warning of every attempt to break the glass that does not count, and of who broke it as well."""
    for each in case.promotion.glasses:
        by = each.recorded.entry.actor.name
        if (why := _why_not(case, each, stops)) is not None:
            ended = why.code in ("glass-over", "glass-objected", "glass-amended", "glass-moved")
            code, said = (
                ("glass-ended", {"reason": _reason(each.recorded)}) if ended else ("glass-unbroken", {})
            )
            yield message(code, by=by, why=why, **said)
        elif each.recorded is not broken:
            yield message("glass-broken-too", by=by, reason=_reason(each.recorded))


def would_break(environment: Environment, by: Actor, roles: Sequence[str], roster: Roster) -> Message | None:
    """Why somebody may not break the glass of an environment; None when they may."""
    policy = environment.break_glass
    if policy is None:
        return message("no-glass", environment=environment.name)
    if by.person_class is PersonClass.MACHINE:
        return message("glass-by-machine", by=by.name)
    if roster and not set(policy.roles) & set(roles):
        return message("glass-without-role", by=by.name, roles=policy.roles)
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
    owes = case.promotion.stage is Stage.PROMOTED and over
    given, policy = moment(broken.entry.at), case.environment.break_glass
    return Glass(
        by=broken.entry.actor.name,
        reason=_reason(broken),
        at=broken.entry.at,
        passed=tuple(over),
        debt=_debt(case, broken, items, approved, now) if owes else None,
        ends=shifted(given, policy.lasts) if given is not None and policy is not None else None,
    )


def loud(broken: Glass | None, now: datetime) -> Iterator[Message]:
    """What every answer says where someone broke the glass: that they did, and what is owed."""
    if broken is None:
        return
    first, count = broken.passed[0].message, len(broken.passed)
    yield message("glass-broken", by=broken.by, reason=broken.reason, count=count, first=first)
    debt = broken.debt
    if debt is None:
        return
    if not debt.stands:
        yield message("debt-settled", by=debt.settled_by)
        return
    overdue = debt.due is None or debt.due < now
    yield standing_debt(debt, "debt-overdue" if overdue else "debt-stands")
    if debt.approvals:
        yield owed_approvals(debt)


def standing_debt(debt: Debt, code: str, **more: str) -> Message:
    """That a debt stands, until when, and which sign-offs it still owes, in the words of a code that has others for a debt
    that owes none."""
    due = debt.due.isoformat() if debt.due is not None else None
    if not debt.owed:
        return message(f"{code}-unsettled", due=due, **more)
    return message(code, owed=tuple(dict.fromkeys(each.item for each in debt.owed)), due=due, **more)


def owed_approvals(debt: Debt) -> Message:
    """That approvals of the whole promotion are owed, and as which roles."""
    roles = [each for each in debt.approvals if each != ANYONE]
    if roles:
        return message("debt-approvals", roles=roles)
    return message("debt-approvals-anyone")


def _reason(broken: Recorded) -> str:
    content = broken.entry.content
    return content.reason if isinstance(content, BrokeGlass) else ""


def _why_not(case: Case, voice: Voice, stops: Sequence[Recorded]) -> Message | None:
    entry = voice.recorded.entry
    if voice.revoked_by is not None:
        content = voice.revoked_by.entry.content
        reason = content.reason if isinstance(content, Revoked) else ""
        return message("exemption-revoked", by=voice.revoked_by.entry.actor.name, reason=reason)
    if not case.accepts(voice.recorded):
        return message("exemption-claimed", by=entry.actor.name)
    if entry.subject is None or not entry.subject.release.is_same_as(case.promotion.release):
        return message(
            "glass-moved",
            was=release_label(entry.subject.release if entry.subject else None),
            now=release_label(case.promotion.release),
        )
    may_not = would_break(case.environment, entry.actor, voice.recorded.roles or (), case.roster)
    return may_not or _over(case, entry) or _objected(case, voice.recorded, stops)


def _over(case: Case, entry: Entry) -> Message | None:
    given, policy = moment(entry.at), case.environment.break_glass
    lasts = policy.lasts if policy is not None else timedelta()
    if given is None or given - case.now > CLOCKS_DIFFER or case.now - given > lasts:
        return message("glass-over", lasts=lasts.total_seconds(), at=entry.at)
    return None


def _objected(case: Case, broken: Recorded, stops: Sequence[Recorded]) -> Message | None:
    """Who stopped the line, rejected something or amended the promotion after the glass was broken: by their place in the
    promotion's history; by their dates where they have none. A glass is no younger than what came after it."""
    after = _after(case.promotion, broken)
    dated = (moment(each.entry.at) for each in (broken, *after))
    given = min((at for at in dated if at is not None), default=datetime.min.replace(tzinfo=UTC))
    later = [each for each in stopping(case, stops) if _order(each.entry) > (given, broken.entry.id)]
    rejected = [each.recorded for each in rejections_that_count(case) if each.stands]
    later += [each for each in rejected if each in after]
    if later:
        return message("glass-objected", by=later[0].entry.actor.name)
    amended = (each.agreed or each.proposed for each in case.promotion.amendments if each.rules)
    since = [each for each in amended if each in after]
    return message("glass-amended", by=since[0].entry.actor.name) if since else None


def _after(promotion: Promotion, recorded: Recorded) -> tuple[Recorded, ...]:
    """What comes after an entry in the history of its promotion."""
    place = next((at for at, each in enumerate(promotion.history) if each.commit == recorded.commit), 0)
    return promotion.history[place + 1 :]


def _order(entry: Entry) -> tuple[datetime, str]:
    return moment(entry.at) or datetime.min.replace(tzinfo=UTC), entry.id


def _debt(
    case: Case, broken: Recorded, items: Sequence[ItemStanding], approved: Approvals, now: datetime
) -> Debt:
    policy, breakers = case.environment.break_glass, breakers_of(case.promotion)
    since = moment(broken.entry.at)
    settled = [
        each
        for each in case.promotion.afterwards
        if isinstance(each.entry.content, Settled)
        and case.accepts(each)
        and folded(each.entry.actor.id) not in breakers
        and each.entry.actor.person_class is PersonClass.PERSON
    ]
    paid = replace(as_owed(case, breakers, approved), now=now)
    return Debt(
        owed=tuple(_owed(paid, items)),
        due=shifted(since, policy.settle_within) if since is not None and policy is not None else None,
        settled_by=settled[-1].entry.actor.name if settled else None,
        approvals=tuple(_owed_approvals(paid, approved)),
    )


def as_owed(case: Case, breakers: frozenset[str], approved: Approvals) -> Case:
    """A promotion by a broken glass with what others gave since, which pays its debt. `approved` is how it was approved when
    it was promoted: what counted then goes on counting."""
    promotion, rule = case.promotion, case.checklist.approvals
    then = tuple(each.voice for each in approved.given if each.counts)
    lasting = None if rule is None else replace(rule, valid_for=None)
    return replace(
        case,
        checklist=replace(case.checklist, approvals=lasting),
        promotion=replace(
            promotion,
            sign_offs=(*promotion.sign_offs, *_given(promotion, SignedOff, breakers)),
            approvals=(*then, *_given(promotion, Approved, breakers)),
        ),
    )


def _owed(since: Case, items: Sequence[ItemStanding]) -> Iterator[Owed]:
    """The sign-offs that were missing when it was promoted, less those that others gave since."""
    for each in items:
        short = any(seat.filled < seat.needed for seat in each.seats)
        if each.holds and short:
            _, seats = sign_off_standings(since, each.item)
            roles = tuple(seat.role for seat in seats if seat.filled < seat.needed)
            if roles:
                yield Owed(each.item.id, roles)


def _owed_approvals(since: Case, approved: Approvals) -> Iterator[str]:
    """The approvals that were missing when it was promoted, less those that others gave since; what was given once
    goes on counting."""
    for seat in approvals(since).seats if approved.missing else ():
        if seat.filled < seat.needed:
            yield seat.role


def _given(promotion: Promotion, sort: type, breakers: frozenset[str]) -> tuple[Voice, ...]:
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
        if isinstance(each.entry.content, sort) and folded(each.entry.actor.id) not in breakers
    )

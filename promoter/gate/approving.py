"""Which approvals of the whole promotion count, for which role, and what they still hold it with."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from promoter.gate.authoring import commits_of
from promoter.gate.case import CLOCKS_DIFFER, Case, moment, release_label
from promoter.gate.decision import Approvals, Hold, Reason, SignOffStanding, Validity
from promoter.gate.judging import is_gone, may_answer, objected, rejections_that_count
from promoter.gate.signing import ANYONE, asked_as, is_opener, seated, unfit
from promoter.messages import Message, message
from promoter.model.entry import Entry, Recorded, Revoked
from promoter.model.environment import Rule
from promoter.promotion import Voice

_OF_APPROVALS: Mapping[str, str] = {
    "evidence-missing": "approval-evidence-missing",
    "evidence-undigested": "approval-evidence-undigested",
    "fields-missing": "approval-fields-missing",
    "sign-off-by-author": "approval-by-author",
    "sign-off-by-machine": "approval-by-machine",
    "sign-off-by-opener": "approval-by-opener",
    "sign-off-claimed": "approval-claimed",
    "sign-off-compromised": "approval-compromised",
    "sign-off-not-asked": "approval-not-asked",
    "sign-off-off-roster": "approval-off-roster",
    "sign-off-without-role": "approval-without-role",
}
"""What is said of an approval where the same is said of a sign-off."""


def approvals(case: Case) -> Approvals:
    """How the promotion as a whole was answered: its approvals as they stand, the seats and how many are filled, and
    the rejections.

    An approval is for one release and one checklist, as they were: where either changed it is stale. It may be given
    before the items are done, and says nothing of them. One person fills one seat.
    """
    rule = case.checklist.approvals
    judged = [_judged(case, each) for each in case.promotion.approvals]
    given, seats = seated(case, rule.seats if rule else None, judged, "approval-repeated")
    rejected = tuple(each for each in rejections_that_count(case) if each.recorded.entry.item is None)
    return Approvals(given, seats, rejected)


def of_approvals(why: Message | None) -> Message | None:
    """Why an approval does not count, where the same would be said of a sign-off."""
    return Message(_OF_APPROVALS[why.code], why.parameters) if why is not None else None


def approval_reasons(case: Case, found: Approvals) -> Iterator[Reason]:
    """What holds the promotion for want of approvals: who rejected it, the seats left, then why what was given fills
    none of them."""
    for each in found.rejections:
        if each.stands:
            seats = case.checklist.approvals.seats if case.checklist.approvals is not None else None
            code = "promotion-rejected" if may_answer(case, each, seats) else "promotion-rejected-only"
            code = "promotion-rejected-by-one-gone" if is_gone(case, each) else code
            yield Reason(Message(code, objected(each)), Hold.FAILED)
    if not found.missing:
        return
    count = sum(each.needed for each in found.seats)
    roles = [each.role for each in found.seats if each.filled < each.needed and each.role != ANYONE]
    parameters = {"missing": found.missing, "count": count}
    if roles:
        yield Reason(message("approval-missing", roles=roles, **parameters), Hold.WAITING)
    else:
        yield Reason(message("approval-missing-anyone", **parameters), Hold.WAITING)
    heard = {each.person for each in found.given if each.counts}
    unheard = {
        each.person: each.why
        for each in found.given
        if each.why is not None and each.voice.stands and each.person not in heard
    }
    for person in sorted(unheard):
        yield Reason(unheard[person], Hold.WAITING)


def approved_own(case: Case, found: Approvals) -> Iterator[Message]:
    """A warning of the seats that the opener or an author of the release fills, where separation only warns."""
    separation = case.environment.separation
    for each in found.given:
        actor = each.voice.recorded.entry.actor
        if each.credited is None:
            continue
        if separation.opener is Rule.WARN and is_opener(case, actor):
            yield message(f"{asked_as(case, actor)}-approved", by=actor.name)
        if separation.authors is Rule.WARN and (count := commits_of(case, actor)):
            yield message("author-approved", by=actor.name, count=count)


def _judged(case: Case, voice: Voice) -> SignOffStanding:
    entry, rule = voice.recorded.entry, case.checklist.approvals
    stale = _stale(case, voice.recorded)
    over = _over(case, entry, rule.valid_for) if rule is not None else None
    why = _taken_back(voice) or stale or _unfit(case, voice) or over
    validity = Validity.STALE if stale else Validity.EXPIRED if over else Validity.CURRENT
    return SignOffStanding(voice, validity, counts=why is None, why=why)


def _taken_back(voice: Voice) -> Message | None:
    if voice.revoked_by is None:
        return None
    content = voice.revoked_by.entry.content
    reason = content.reason if isinstance(content, Revoked) else ""
    return message("approval-revoked", by=voice.revoked_by.entry.actor.name, reason=reason)


def _stale(case: Case, recorded: Recorded) -> Message | None:
    entry = recorded.entry
    was, now = entry.subject.release if entry.subject else None, case.promotion.release
    if was is None or not was.is_same_as(now):
        return message(
            "approval-stale-release", by=entry.actor.name, was=release_label(was), now=release_label(now)
        )
    if entry.subject is None or entry.subject.checklist_digest != case.promotion.checklist_digest:
        return message("approval-stale-checklist", by=entry.actor.name)
    if case.promotion.saw_otherwise(recorded, ""):
        return message("approval-stale-facts", by=entry.actor.name)
    return None


def _unfit(case: Case, voice: Voice) -> Message | None:
    rule = case.checklist.approvals
    return of_approvals(unfit(case, rule.seats if rule else None, voice))


def _over(case: Case, entry: Entry, valid_for: timedelta | None) -> Message | None:
    """Why an approval counts no longer. One that is dated ahead would count for longer than it may."""
    if valid_for is None:
        return None
    given = moment(entry.at)
    if given is None or given - case.now > CLOCKS_DIFFER:
        return message("approval-undated", by=entry.actor.name, at=entry.at)
    if case.now - given >= valid_for:
        return message("approval-expired", by=entry.actor.name, allowed=valid_for.total_seconds())
    return None

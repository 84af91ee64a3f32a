"""Which exemptions of an item count: a waiver, for a time, or that the item does not apply."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from promoter.gate.authoring import commits_of
from promoter.gate.case import CLOCKS_DIFFER, Case, aware, moment, release_label
from promoter.gate.checking import observed_until
from promoter.gate.decision import ExemptionStanding, Hold, ItemStanding, ItemState, Reason
from promoter.gate.signing import asked_as, is_opener
from promoter.messages import Message, message
from promoter.model.authors import Authors
from promoter.model.checklist import Checklist, Item
from promoter.model.entry import Entry, NotApplicable, Recorded, Revoked, Waived
from promoter.model.environment import Environment, Rule
from promoter.model.roster import PersonClass, Roster
from promoter.promotion import Promotion, Voice


def exemption_standings(case: Case, item: Item) -> tuple[ExemptionStanding, ...]:
    """Every exemption of an item as it stands."""
    return tuple(
        _judged(case, item, each)
        for each in case.promotion.exemptions
        if each.recorded.entry.item is not None and each.recorded.entry.item.id == item.id
    )


def own_exemptions(case: Case, items: Sequence[ItemStanding]) -> Iterator[Message]:
    """A warning of the items that the opener or authors let be, where separation of duties only warns."""
    by_opener: dict[tuple[str, str], list[str]] = {}
    by_author: dict[tuple[str, int], list[str]] = {}
    separation = case.environment.separation
    for item in (each for each in items if each.state is not ItemState.DONE):
        for actor in (each.voice.recorded.entry.actor for each in item.exemptions if each.counts):
            if separation.opener is Rule.WARN and is_opener(case, actor):
                by_opener.setdefault((asked_as(case, actor), actor.name), []).append(item.item.id)
            if separation.authors is Rule.WARN and (count := commits_of(case, actor)):
                by_author.setdefault((actor.name, count), []).append(item.item.id)
    for (asker, name), let_be in by_opener.items():
        yield message(f"{asker}-exempted", by=name, items=let_be)
    for (name, count), let_be in by_author.items():
        yield message("author-exempted", by=name, count=count, items=let_be)


def objection(
    checklist: Checklist,
    promotion: Promotion,
    item: Item,
    would_be: Recorded,
    *,
    environment: Environment,
    roster: Roster,
    now: datetime,
    authors: Authors | None = None,
) -> Message | None:
    """Why an exemption that is about to be recorded would not count; None when it would."""
    case = Case(checklist, promotion, environment, roster, aware(now), authors)
    return _judged(case, item, Voice(would_be)).why


def exemption_reasons(item: Item, standings: Sequence[ExemptionStanding]) -> Iterator[Reason]:
    """Why what was given lets the item not be: of each person, the last they said."""
    last = {each.voice.recorded.entry.actor.id: each for each in standings if each.voice.stands}
    for person in sorted(last):
        if (why := last[person].why) is not None:
            yield Reason(why, Hold.WAITING, item.id)


def _judged(case: Case, item: Item, voice: Voice) -> ExemptionStanding:
    recorded = voice.recorded
    content = recorded.entry.content
    until = moment(content.until) if isinstance(content, Waived) else None
    why = _taken_back(voice) or _stale(case, item, recorded) or _uncounted(case, recorded)
    if why is None and isinstance(content, Waived):
        why = _unwaivable(case, item, recorded) or _over(case, item, recorded.entry, content, until)
    elif why is None:
        why = _must_apply(case, item, recorded)
    return ExemptionStanding(voice, counts=why is None, until=until, why=why)


def _taken_back(voice: Voice) -> Message | None:
    if voice.revoked_by is None:
        return None
    content = voice.revoked_by.entry.content
    reason = content.reason if isinstance(content, Revoked) else ""
    return message("exemption-revoked", by=voice.revoked_by.entry.actor.name, reason=reason)


def _stale(case: Case, item: Item, recorded: Recorded) -> Message | None:
    entry = recorded.entry
    sort = "waiver" if isinstance(entry.content, Waived) else "exclusion"
    if entry.item is None or entry.item.digest != item.digest:
        return message(f"{sort}-stale-item", by=entry.actor.name)
    if case.promotion.saw_otherwise(recorded, item.id):
        return message(f"{sort}-stale-facts", by=entry.actor.name)
    was, now = entry.subject.release if entry.subject else None, case.promotion.release
    if not item.survives_release and (was is None or not was.is_same_as(now)):
        return message(
            f"{sort}-stale-release", by=entry.actor.name, was=release_label(was), now=release_label(now)
        )
    return None


def _uncounted(case: Case, recorded: Recorded) -> Message | None:
    if case.accepts(recorded):
        return None
    if recorded.disowned_by is not None and recorded.why is not None:
        return message("exemption-compromised", by=recorded.entry.actor.name, why=recorded.why)
    return message("exemption-claimed", by=recorded.entry.actor.name)


def _unwaivable(case: Case, item: Item, recorded: Recorded) -> Message | None:
    """Why this item, or this person, may not be let be: who opened a promotion never waives in it."""
    actor, roles = recorded.entry.actor, case.checklist.waivers.roles
    if not item.waivable:
        return message("not-waivable")
    if actor.person_class is PersonClass.MACHINE:
        return message("exemption-by-machine", by=actor.name)
    if is_opener(case, actor):
        return message("exemption-by-opener", by=actor.name)
    if case.environment.separation.authors is Rule.ON and (count := commits_of(case, actor)):
        return message("exemption-by-author", by=actor.name, count=count)
    if case.roster and not set(roles) & set(recorded.roles or ()):
        return message("exemption-without-role", by=actor.name, roles=roles)
    return None


def _over(case: Case, item: Item, entry: Entry, content: Waived, until: datetime | None) -> Message | None:
    """Why a waiver has come to its end, or may not reach as far as it says."""
    given, longest = moment(entry.at), case.checklist.waivers.longest
    if until is None or given is None or given - case.now > CLOCKS_DIFFER:
        return message("waiver-undated", by=entry.actor.name, until=content.until)
    if until <= case.now:
        return message("waiver-expired", by=entry.actor.name, until=until.isoformat())
    if longest is not None and until - given > longest:
        return message("waiver-too-long", by=entry.actor.name, longest=longest.total_seconds())
    ends = _observed_end(case, item)
    if ends is not None and until > ends:
        return message("waiver-beyond-end", by=entry.actor.name, ends=ends.isoformat())
    return None


def _observed_end(case: Case, item: Item) -> datetime | None:
    """The earliest end that an item's checks observed last: that of a certificate, say. What could not be observed since
    does not move it."""
    ends = (observed_until(case, item, spec) for spec in item.checks)
    return min((each for each in ends if each is not None), default=None)


def _must_apply(case: Case, item: Item, recorded: Recorded) -> Message | None:
    """Why an item applies all the same, or why this person cannot say that it does not: whoever may sign it
    off may say so."""
    actor, roles = recorded.entry.actor, item.sign_off.roles if item.sign_off else ()
    if not isinstance(recorded.entry.content, NotApplicable) or not item.may_not_apply:
        return message("must-apply")
    if actor.person_class is PersonClass.MACHINE:
        return message("exemption-by-machine", by=actor.name)
    if case.environment.separation.opener is Rule.ON and is_opener(case, actor):
        return message("exemption-by-opener", by=actor.name)
    if case.environment.separation.authors is Rule.ON and (count := commits_of(case, actor)):
        return message("exemption-by-author", by=actor.name, count=count)
    if case.roster and roles and not set(roles) & set(recorded.roles or ()):
        return message("exemption-without-role", by=actor.name, roles=roles)
    return None

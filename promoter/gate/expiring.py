"""What runs out, and when: what a decision stands on comes to its end, even where nobody changes anything."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from promoter.frozen import frozen
from promoter.gate.case import moment, shifted
from promoter.gate.decision import CheckStanding, Decision, ItemStanding, ItemState, SignOffStanding
from promoter.gate.emergency import owed_approvals, standing_debt
from promoter.messages import Message, message
from promoter.model.checklist import Checklist, SignOffRule
from promoter.model.entry import Approved, SignedOff
from promoter.model.roster import Roster


class Sort(StrEnum):
    """What runs out."""

    OBSERVED = "observed"
    OUTCOME = "outcome"
    WAIVER = "waiver"
    APPROVAL = "approval"
    DEBT = "debt"
    GLASS = "glass"
    FREEZE = "freeze"
    MEMBER = "member"
    KEY = "key"
    SECRET = "secret"  # noqa: S105 - what runs out


@frozen
class Due:
    """Something that runs out at a moment (aware); `item` is None for the promotion or the roster as a whole."""

    at: datetime
    sort: Sort
    what: Message
    item: str | None = None


def of_decision(decision: Decision, checklist: Checklist, *, is_open: bool) -> Iterator[Due]:
    """What a decision stands on and that runs out. How old outcomes may be matters only while the promotion is
    open; what they observed, as long as the release runs."""
    for item in decision.items:
        for check in item.checks:
            yield from _of_check(item, check, checklist, is_open=is_open)
        yield from _of_fields(item.item.sign_off, item.sign_offs, item.item.id)
        if is_open:
            yield from _of_waivers(item)
    if checklist.approvals is not None:
        yield from _of_fields(checklist.approvals.seats, decision.approvals.given, None)
    if is_open and checklist.approvals is not None and checklist.approvals.valid_for is not None:
        yield from _of_approvals(decision, checklist.approvals.valid_for)
    if decision.glass is not None and decision.glass.debt is not None and decision.glass.debt.stands:
        debt = decision.glass.debt
        if debt.due is not None:
            yield Due(debt.due, Sort.DEBT, standing_debt(debt, "due-debt", by=decision.glass.by))
            if debt.approvals:
                yield Due(debt.due, Sort.DEBT, owed_approvals(debt))
    if is_open and decision.glass is not None and decision.glass.ends is not None:
        yield Due(decision.glass.ends, Sort.GLASS, message("due-glass", by=decision.glass.by))
    if is_open and decision.freeze is not None:
        if decision.freeze.passed_until is not None:
            yield Due(decision.freeze.passed_until, Sort.FREEZE, message("due-thaw"))
        elif decision.freeze.begins > decision.at:
            yield Due(decision.freeze.begins, Sort.FREEZE, message("due-freeze"))


def of_roster(roster: Roster) -> Iterator[Due]:
    """Who leaves the roster by its own dates."""
    for each in roster.people:
        if each.valid_until is not None:
            yield Due(each.valid_until, Sort.MEMBER, message("due-member", name=each.name))


def _of_check(
    item: ItemStanding, check: CheckStanding, checklist: Checklist, *, is_open: bool
) -> Iterator[Due]:
    if check.ends is not None:
        about = message("due-observed", check=check.spec.id, item=item.item.id)
        yield Due(check.ends, Sort.OBSERVED, about, item.item.id)
    if is_open and check.near_end is not None and check.near_end != check.ends:
        about = message("due-near-end", check=check.spec.id, item=item.item.id)
        yield Due(check.near_end, Sort.OBSERVED, about, item.item.id)
    observed_at = moment(check.latest.outcome.at) if check.latest is not None else None
    if is_open and check.passes and observed_at is not None:
        about = message("due-outcome", check=check.spec.id, item=item.item.id)
        end = shifted(observed_at, checklist.max_age_of(check.spec))
        yield Due(end, Sort.OUTCOME, about, item.item.id)


def _of_approvals(decision: Decision, valid_for: timedelta) -> Iterator[Due]:
    for each in decision.approvals.given:
        entry = each.voice.recorded.entry
        given = moment(entry.at)
        if each.counts and given is not None:
            yield Due(shifted(given, valid_for), Sort.APPROVAL, message("due-approval", by=entry.actor.name))


def _of_waivers(item: ItemStanding) -> Iterator[Due]:
    """The end of the waiver that lasts longest: the item is let be until then, where it lacks something."""
    lasting = item.exemption
    if item.state is ItemState.DONE or lasting is None or lasting.until is None:
        return
    by = lasting.voice.recorded.entry.actor.name
    yield Due(lasting.until, Sort.WAIVER, message("due-waiver", by=by, item=item.item.id), item.item.id)


def _of_fields(rule: SignOffRule | None, given: Sequence[SignOffStanding], item: str | None) -> Iterator[Due]:
    """The dates by which people said that something has to be done again: that a secret is changed, say. Of each field, what
    was said last."""
    for field in rule.fields if rule is not None else ():
        said = [
            (content.fields[field.id], entry.actor.name)
            for each in given
            if each.counts
            and isinstance(content := (entry := each.voice.recorded.entry).content, SignedOff | Approved)
            and field.due
            and field.id in content.fields
        ]
        for written, by in said[-1:]:
            if (at := day_of(written)) is not None:
                about = (
                    message("due-field", field=field.id, item=item, by=by)
                    if item
                    else message("due-field-of-whole", field=field.id, by=by)
                )
                yield Due(at, Sort.SECRET, about, item)


def day_of(written: str) -> datetime | None:
    """The beginning of a day, YYYY-MM-DD, in UTC; None for anything else."""
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        return None
    return datetime.combine(day, time(), UTC)

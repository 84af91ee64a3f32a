"""What stops the line: holds, and freezes that nobody thawed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from promoter.gate.calendar import Calendar, calendar
from promoter.gate.case import CLOCKS_DIFFER, Case, moment, same_release
from promoter.gate.decision import Freeze, Hold, Reason
from promoter.messages import Message, message
from promoter.model.entry import Frozen, Held, Recorded, Thawed
from promoter.model.freeze import FreezeWindow


def stopped(case: Case, stops: Sequence[Recorded]) -> Iterator[Reason]:
    """Every reason for which nothing moves, whatever its items say. A hold or a freeze stands too where its
    author's key was declared compromised: a doubt opens no gate."""
    for each in _standing(case, stops):
        content = each.entry.content
        if isinstance(content, Held) and _concerns(case, content):
            yield Reason(_held(each, content), Hold.FAILED)
        elif isinstance(content, Frozen) and _lasts(content, case.now):
            yield Reason(_declared(each, content), Hold.WAITING)
    try:
        windows = calendar(case.environment.freezes, case.now)
    except ValueError:
        yield Reason(message("freeze-unreadable", environment=case.environment.name), Hold.UNKNOWN)
        return
    for window in windows.frozen(case.now):
        if not any(_thaws(case, each, window) for each in stops):
            opens = _opens(case, windows, stops)
            yield Reason(
                message("frozen-for-long", freeze=window.id)
                if opens is None
                else message("frozen", freeze=window.id, until=opens.isoformat()),
                Hold.WAITING,
            )


def free_from(case: Case, stops: Sequence[Recorded], start: datetime) -> datetime | None:
    """The first moment from `start` on at which no freeze that nobody thawed stops it; None when none is in sight.
    Holds are not asked: they have no end.

    Raises ValueError when a window cannot be read.
    """
    windows = calendar(case.environment.freezes, start)
    declared = [each for each in _standing(case, stops) if isinstance(each.entry.content, Frozen)]
    ends = (moment(each.entry.content.until) for each in declared if isinstance(each.entry.content, Frozen))
    edges = {*windows.changes(start), *(end for end in ends if end is not None and end > start)}
    for at in (start, *sorted(each for each in edges if each <= windows.known_until)):
        then = replace(case, now=at)
        lasting = (each.entry.content for each in declared)
        if any(isinstance(each, Frozen) and _lasts(each, at) for each in lasting):
            continue
        if all(any(_thaws(then, each, window) for each in stops) for window in windows.frozen(at)):
            return at
    return None


def coming_freeze(case: Case, stops: Sequence[Recorded]) -> Freeze | None:
    """The freeze that is on, or that comes next, by the pipeline's windows and what was declared; None when
    there is none, or nobody can tell."""
    try:
        windows = calendar(case.environment.freezes, case.now)
    except ValueError:
        return None
    declared = [
        content
        for each in _standing(case, stops)
        if isinstance(content := each.entry.content, Frozen) and content.environment == case.environment.name
    ]
    begins = [windows.freezes(case.now), *(moment(each.begins) for each in declared)]
    ahead = [each for each in begins if each is not None and each > case.now]
    now = bool(windows.frozen(case.now)) or any(_lasts(each, case.now) for each in declared)
    first = case.now if now else min(ahead, default=None)
    if first is None:
        return None
    return Freeze(first, _opens(case, windows, stops, first))


def _opens(
    case: Case, windows: Calendar, stops: Sequence[Recorded], after: datetime | None = None
) -> datetime | None:
    """The first moment at which no window and no declared freeze stops it."""
    since = after or case.now
    declared = [
        content
        for each in _standing(case, stops)
        if isinstance(content := each.entry.content, Frozen) and content.environment == case.environment.name
    ]
    ends = [
        end
        for each in declared
        if (end := moment(each.until)) is not None and since < end <= windows.known_until
    ]
    for each in sorted({*windows.changes(since), *ends}):
        if not windows.frozen(each) and not any(_lasts(one, each) for one in declared):
            return each
    return None


def _standing(case: Case, stops: Sequence[Recorded]) -> Iterator[Recorded]:
    for each in stops:
        content = each.entry.content
        here = not isinstance(content, Frozen) or content.environment == case.environment.name
        if here and (case.accepts(each) or each.disowned_by is not None):
            yield each


def _concerns(case: Case, content: Held) -> bool:
    return content.environment in (None, case.environment.name) and (
        content.release is None or same_release(content.release, case.promotion.release)
    )


def _lasts(content: Frozen, at: datetime) -> bool:
    """Whether a declared freeze is on; one whose end nobody can read is."""
    begins, until = moment(content.begins), moment(content.until)
    return (begins is None or begins <= at) and (until is None or at < until)


def _held(recorded: Recorded, content: Held) -> Message:
    return message("held", by=recorded.entry.actor.name, reason=content.reason, id=recorded.entry.id)


def _declared(recorded: Recorded, content: Frozen) -> Message:
    by = recorded.entry.actor.name
    return message(
        "frozen-by", by=by, reason=content.reason, until=content.until, environment=content.environment
    )


def _thaws(case: Case, recorded: Recorded, window: FreezeWindow) -> bool:
    """Whether somebody who may lets promotions pass a window, now."""
    content = recorded.entry.content
    if not isinstance(content, Thawed) or content.environment != case.environment.name:
        return False
    given, until = moment(recorded.entry.at), moment(content.until)
    if given is None or until is None or not given - CLOCKS_DIFFER <= case.now < until:
        return False
    may = set(window.passed_by) & set(recorded.roles or ()) if case.roster else window.passed_by
    return case.accepts(recorded) and bool(may)

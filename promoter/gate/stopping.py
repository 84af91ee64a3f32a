"""What stops the line: holds, and freezes that nobody thawed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from promoter.gate.calendar import Calendar, calendar
from promoter.gate.case import CLOCKS_DIFFER, Case, moment
from promoter.gate.decision import Freeze, Hold, Reason
from promoter.messages import Message, message
from promoter.model.entry import Content, Frozen, Held, Recorded, Thawed
from promoter.model.environment import Environment
from promoter.model.freeze import FreezeWindow
from promoter.model.roster import ROSTER_ADMIN
from promoter.promotion import Stage


def stopped(case: Case, stops: Sequence[Recorded]) -> Iterator[Reason]:
    """Every reason for which nothing moves, whatever its items say. A hold or a freeze stands too where its
    author's key was declared compromised: a doubt opens no gate. A freeze that somebody thaws holds again once that is over."""
    for each in stopping(case, stops):
        content = each.entry.content
        if isinstance(content, Held):
            yield Reason(_held(each, content), Hold.FAILED)
        elif isinstance(content, Frozen):
            yield Reason(_declared(each, content), Hold.WAITING)
    try:
        windows = calendar(case.environment.freezes, case.now)
    except ValueError:
        yield Reason(message("freeze-unreadable", environment=case.environment.name), Hold.UNKNOWN)
        return
    for window in windows.frozen(case.now):
        if _thawed(case, window, stops) is None:
            yield Reason(_frozen(case, window, _opens(case, windows, stops, case.now)), Hold.WAITING)


def stopping(case: Case, stops: Sequence[Recorded]) -> Iterator[Recorded]:
    """What somebody said that stops it now: the holds, and the declared freezes that are on and that nobody thawed."""
    for each in _standing(case, stops):
        content = each.entry.content
        if isinstance(content, Frozen):
            if _lasts(content, case.now) and not _passes(case, each, stops):
                yield each
        elif _holds_up(case, content):
            yield each


def passed(case: Case, stops: Sequence[Recorded]) -> Iterator[Message]:
    """Every freeze that is on and that somebody lets promotions pass, unless this one was given up: who, until when, and
    why."""
    if case.promotion.stage is Stage.ABANDONED:
        return
    for each in _standing(case, stops):
        content = each.entry.content
        thaw = _passes(case, each, stops)
        if isinstance(content, Frozen) and _lasts(content, case.now) and thaw is not None:
            yield _let_pass(thaw, message("freeze-declared", by=each.entry.actor.name, reason=content.reason))
    try:
        frozen = calendar(case.environment.freezes, case.now).frozen(case.now)
    except ValueError:
        return
    for window in frozen:
        thaw = _thawed(case, window, stops)
        if thaw is not None:
            yield _let_pass(thaw, window.id)


def may_pass_declared(environment: Environment, author: str, by: str, roles: Sequence[str]) -> bool:
    """Whether somebody may let promotions pass a freeze that somebody declared: its author, who may pass a window of the
    environment, and a roster-admin."""
    named = {role for window in environment.freezes for role in window.passed_by} | {ROSTER_ADMIN}
    return by == author or bool(named & set(roles))


def free_from(case: Case, stops: Sequence[Recorded], start: datetime) -> datetime | None:
    """The first moment from `start` on at which no freeze that nobody thawed stops it; None when none is in sight.
    Holds are not asked: they have no end.

    Raises ValueError when a window cannot be read.
    """
    windows = calendar(case.environment.freezes, start)
    return start if _is_free(case, windows, stops, start) else _opens(case, windows, stops, start)


def coming_freeze(case: Case, stops: Sequence[Recorded]) -> Freeze | None:
    """The freeze that is on, or that comes next, by the pipeline's windows and what was declared; None when
    there is none, or nobody can tell."""
    try:
        windows = calendar(case.environment.freezes, case.now)
    except ValueError:
        return None
    declared = [content for _, content in _frozen_here(case, stops)]
    begins = [windows.freezes(case.now), *(moment(each.begins) for each in declared)]
    ahead = [each for each in begins if each is not None and each > case.now]
    now = bool(windows.frozen(case.now)) or any(_lasts(each, case.now) for each in declared)
    first = case.now if now else min(ahead, default=None)
    if first is None:
        return None
    thaws = [moment(str(each.parameters["until"])) for each in passed(case, stops)]
    ends = [each for each in thaws if each is not None]
    return Freeze(first, _opens(case, windows, stops, first), min(ends, default=None))


def _opens(case: Case, windows: Calendar, stops: Sequence[Recorded], since: datetime) -> datetime | None:
    """The first moment after one at which no freeze stops it that nobody thawed."""
    ends = (moment(each.until) for _, each in _frozen_here(case, stops))
    edges = {*windows.changes(since), *(end for end in ends if end is not None and end > since)}
    known = sorted(each for each in edges if each <= windows.known_until)
    return next((each for each in known if _is_free(case, windows, stops, each)), None)


def _is_free(case: Case, windows: Calendar, stops: Sequence[Recorded], at: datetime) -> bool:
    """Whether no freeze stops it at a moment that nobody thawed."""
    then = replace(case, now=at)
    declared = (
        _passes(then, each, stops) for each, content in _frozen_here(case, stops) if _lasts(content, at)
    )
    planned = (_thawed(then, each, stops) for each in windows.frozen(at))
    return all(each is not None for each in (*declared, *planned))


def _frozen_here(case: Case, stops: Sequence[Recorded]) -> Iterator[tuple[Recorded, Frozen]]:
    """The freezes of the target that somebody declared."""
    for each in _standing(case, stops):
        if isinstance(each.entry.content, Frozen):
            yield each, each.entry.content


def _standing(case: Case, stops: Sequence[Recorded]) -> Iterator[Recorded]:
    for each in stops:
        content = each.entry.content
        here = not isinstance(content, Frozen) or content.environment == case.environment.name
        if here and (case.accepts(each) or each.disowned_by is not None):
            yield each


def _holds_up(case: Case, content: Content) -> bool:
    """Whether it is a hold of the target or the release."""
    return (
        isinstance(content, Held)
        and content.environment in (None, case.environment.name)
        and (content.release is None or content.release.is_same_as(case.promotion.release))
    )


def _lasts(content: Frozen, at: datetime) -> bool:
    """Whether a declared freeze is on; one whose end nobody can read is."""
    begins, until = moment(content.begins), moment(content.until)
    return (begins is None or begins <= at) and (until is None or at < until)


def _held(recorded: Recorded, content: Held) -> Message:
    return message("held", by=recorded.entry.actor.name, reason=content.reason, id=recorded.entry.id)


def _frozen(case: Case, window: FreezeWindow, opens: datetime | None) -> Message:
    """That a window is on, until when, and whether anybody may pass it."""
    code = "frozen-for-long" if opens is None else "frozen"
    code = code if window.passed_by else f"{code}-for-all"
    until = {} if opens is None else {"until": opens.isoformat()}
    return message(code, freeze=window.id, environment=case.environment.name, **until)


def _declared(recorded: Recorded, content: Frozen) -> Message:
    actor = recorded.entry.actor
    return message(
        "frozen-by",
        by=actor.name,
        author=actor.id,
        reason=content.reason,
        until=content.until,
        environment=content.environment,
    )


def _let_pass(thaw: Recorded, freeze: str | Message) -> Message:
    content = thaw.entry.content
    reason, until = (content.reason, content.until) if isinstance(content, Thawed) else ("", "")
    return message("freeze-passed", by=thaw.entry.actor.name, freeze=freeze, until=until, reason=reason)


def _thaws(case: Case, stops: Sequence[Recorded]) -> Iterator[Recorded]:
    """What lets promotions pass freezes of the target now, by people who are heard."""
    for each in stops:
        content = each.entry.content
        if not isinstance(content, Thawed) or content.environment != case.environment.name:
            continue
        given, until = moment(each.entry.at), moment(content.until)
        timely = (
            given is not None and until is not None and given - case.now <= CLOCKS_DIFFER and case.now < until
        )
        if timely and case.accepts(each):
            yield each


def _thawed(case: Case, window: FreezeWindow, stops: Sequence[Recorded]) -> Recorded | None:
    """What lets promotions pass a window, by somebody who may."""
    may = set(window.passed_by)
    thaws = (each for each in _thaws(case, stops) if not case.roster or may & set(each.roles or ()))
    return next(thaws, None) if may else None


def _passes(case: Case, declared: Recorded, stops: Sequence[Recorded]) -> Recorded | None:
    """What lets promotions pass a freeze that somebody declared, by somebody who may."""
    author = declared.entry.actor.id
    for each in _thaws(case, stops):
        by = each.entry.actor.id
        may = may_pass_declared(case.environment, author, by, each.roles or ())
        if declared.entry.id in each.entry.refers_to and (may or not case.roster):
            return each
    return None

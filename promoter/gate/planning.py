"""The plan by which a gate could open: read off the gate's own answers, now and when it could open at the earliest."""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite
from typing import TypeAlias

from promoter.frozen import frozen
from promoter.gate.case import Case, aware, moment, shifted
from promoter.gate.decision import Decision
from promoter.gate.eligible import heeds_claims
from promoter.gate.item_steps import Asker, ItemSteps, rewrite, steps_of_item
from promoter.gate.judging import unmet
from promoter.gate.plan import Deed, Plan, Step, distinct
from promoter.gate.stopping import free_from
from promoter.gate.whole_steps import (
    ARRIVING,
    TIME,
    spared,
    steps_of_amendments,
    steps_of_debt,
    steps_of_whole,
    wait,
    waits,
)
from promoter.messages import Message, message
from promoter.model.entry import Recorded
from promoter.model.roster import Actor
from promoter.promotion import Stage

Asked: TypeAlias = Callable[[datetime], Decision]
"""What the gate answers at a moment, were nothing more said."""

_ORDER = tuple(Deed)
_A_DAY_S = 86_400


@frozen
class _Found:
    """What the items ask for: for each its steps and the items it needs; what is to be changed in the rules, and why
    they can never be done."""

    items: Mapping[str, ItemSteps]
    rules: tuple[Step, ...]
    never: tuple[Message, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.rules, *(step for each in self.items.values() for step in each.steps))


def plan_next(
    case: Case,
    ask: Asked,
    stops: Sequence[Recorded] = (),
    *,
    me: Actor | None = None,
    named: tuple[str, ...] = (),
) -> Plan:
    """What to do before the gate opens, by whom, in which order, and when it could open at the earliest.

    `case` and `stops` are what the gate is asked about, `ask` asks it, `me` is who wants to know, and `named` the
    words of a command line that name the promotion. Never raises. People and the world are taken to do at once what
    they are asked for; only what takes time by itself is waited for. A waiver, and letting promotions pass a freeze, are
    told as other ways and never counted on.
    """
    case = replace(case, now=aware(case.now))
    now, today = case.now, ask(case.now)
    asker = Asker(case, case, me, named)
    if today.answer.is_open:
        return Plan(today, tuple(steps_of_amendments(asker)), now)
    if case.promotion.stage is not Stage.OPEN:
        return Plan(today, steps_of_debt(asker, today), None)
    start, unclear = _start(case, today)
    opens = _thawed_from(case, stops, start)
    then = now if opens is None or unclear is not None else opens
    asker, decision = replace(asker, case=replace(case, now=then)), ask(then)
    waiting = [*waits(today), *(waits(ask(start)) if start > now else ())]
    if start > now and not any(each.why[0].code == "soaking" for each in waiting):
        waiting.append(wait(start, _soak(case, start)))
    whole = [steps_of_whole(asker, each) for each in decision.reasons if each.item is None]
    found = _of_items(asker, decision)
    why = [*(each for one in whole for each in one[1]), *found.never]
    why += [] if unclear is None else [message("untold", why=unclear)]
    if opens is None and not why:
        why += [each.message for each in today.reasons if each.message.code in TIME][:1]
    steps = [*(each for one in whole for each in one[0]), *found.steps, *spared(asker, waiting)]
    doing = any(each.deed is not Deed.WAIT for each in steps)
    steps += steps_of_amendments(asker)
    if doing and not case.roster and not heeds_claims(case):
        why.insert(0, message("never-counted", environment=case.environment.name))
    told = opens is not None and not why
    return Plan(today, _ordered(steps, found.items), opens if told else None, distinct(why))


def _start(case: Case, today: Decision) -> tuple[datetime, Message | None]:
    """The moment from which on the release will have been long enough where it comes from; and what keeps anybody
    from telling."""
    start, unclear = case.now, None
    for each in today.reasons:
        if each.message.code in ARRIVING:
            start = max(start, shifted(case.now, case.checklist.soak))
        elif each.message.code == "soaking":
            until = moment(str(each.message.parameters.get("until")))
            start, unclear = (start, each.message) if until is None else (max(start, until), unclear)
    return start, unclear


def _soak(case: Case, until: datetime) -> Message:
    checklist = case.checklist
    wanted = checklist.soak.total_seconds()
    return message("soaking", environment=checklist.from_environment, wanted=wanted, until=until.isoformat())


def _thawed_from(case: Case, stops: Sequence[Recorded], start: datetime) -> datetime | None:
    """The first moment without a freeze; None where none is in sight or a window cannot be read, which the gate
    says itself."""
    try:
        return free_from(case, stops, start)
    except (ValueError, OverflowError):
        return None


def _of_items(asker: Asker, decision: Decision) -> _Found:
    """What the items that hold the gate ask for, and those they need, advisory ones too."""
    standings = {each.item.id: each for each in decision.items}
    found: dict[str, ItemSteps] = {}
    never: list[Message] = []
    wrong: list[str] = []
    queue = [each.item.id for each in decision.items if each.holds]
    while queue:
        name = queue.pop(0)
        standing = standings.get(name)
        if standing is None:
            wrong.append(name)
        elif name not in found:
            found[name] = steps_of_item(asker, standing)
            never += found[name].never
            queue += found[name].needs
    required = [each for each in asker.case.checklist.items if each.required]
    if required and all(unmet(asker.case, each).let_be for each in required):
        never.append(message("never-as-written", why=message("everything-exempt")))
    needs = [message("needs", item=each) for each in (*wrong, *_going_round(found))]
    never += [message("never-as-written", why=each) for each in needs]
    return _Found(found, tuple(rewrite(asker, each) for each in needs), tuple(never))


def _going_round(found: Mapping[str, ItemSteps]) -> list[str]:
    """The items that cannot be done because they need each other, or one that does."""
    done: set[str] = set()
    while more := {each for each in found if each not in done and done.issuperset(found[each].needs)}:
        done |= more
    return [each for each in found if each not in done and all(need in found for need in found[each].needs)]


def _ordered(steps: Sequence[Step], items: Mapping[str, ItemSteps]) -> tuple[Step, ...]:
    """The steps in the order in which they are best taken, with their numbers and those they come after: items
    after those they need, then by what they are, the quick ones first, as they stand in the checklist."""
    before = [_before(place, steps, items) for place in range(len(steps))]
    left = {place: set(each) for place, each in enumerate(before)}
    rank = [(_ORDER.index(each.deed), _lengthy(each), place) for place, each in enumerate(steps)]
    queue = [rank[place] for place, each in left.items() if not each]
    heapq.heapify(queue)
    order: list[int] = []
    while left:
        if not queue:
            queue.append(min(rank[place] for place in left))
        place = heapq.heappop(queue)[2]
        if place not in left:
            continue
        del left[place]
        order.append(place)
        for other, waiting in left.items():
            if place in waiting:
                waiting.remove(place)
                if not waiting:
                    heapq.heappush(queue, rank[other])
    number = {place: position for position, place in enumerate(order, 1)}
    return tuple(
        replace(
            steps[place],
            number=number[place],
            after=tuple(sorted(number[each] for each in before[place] if number[each] < number[place])),
        )
        for place in order
    )


def _lengthy(step: Step) -> int:
    """How many seconds a step takes, whole ones: which of two quick checks was quicker is chance."""
    return int(min(step.takes_s, _A_DAY_S)) if isfinite(step.takes_s) else _A_DAY_S


def _before(place: int, steps: Sequence[Step], items: Mapping[str, ItemSteps]) -> set[int]:
    """The steps that come before one: those of the items its own needs, and of its own item the machines'."""
    own = steps[place]
    if own.item is None or own.item not in items:
        return set()
    needed, queue = set[str](), list(items[own.item].needs)
    while queue:
        name = queue.pop()
        if name not in needed and name != own.item:
            needed.add(name)
            queue += items[name].needs if name in items else ()
    return {
        other
        for other, each in enumerate(steps)
        if each.item in needed or (each.item == own.item and each.deed is Deed.RUN and own.deed is Deed.SIGN)
    }

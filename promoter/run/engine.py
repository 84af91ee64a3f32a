"""All checks of a run, side by side but bounded.

Yields events and prints nothing. Cancelling it cancels what is under way; every check that had
finished has been told of by then.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC

from promoter.checks.references import Unresolved
from promoter.messages import message
from promoter.model.checklist import CheckSpec
from promoter.model.consent import Ask, Asker
from promoter.model.outcome import CheckOutcome, Outcome
from promoter.model.reference import Value
from promoter.place import Place
from promoter.run.consent import consent_needed
from promoter.run.observing import kind_named, outcome_of, ruled
from promoter.run.plan import Finished, Planned, RunEvent, Started, Surroundings


async def run_checks(
    plan: Sequence[Planned],
    surroundings: Surroundings,
    on_event: Callable[[RunEvent], None],
    *,
    limit: int = 64,
    within: float | None = None,
) -> tuple[CheckOutcome, ...]:
    """Runs the checks, at most `limit` at once and all `within` so many seconds, and tells of each
    beginning and end; the outcomes are in the order of the plan. A check waits for those of its item that
    it needs. Whatever happens to a check is an outcome, never an exception."""
    view = surroundings.view()
    places = asyncio.Semaphore(limit)
    admission = asyncio.Lock()
    ends_at = None if within is None else asyncio.get_running_loop().time() + within
    under_way: dict[tuple[str, str], asyncio.Task[CheckOutcome]] = {}

    async def attend(planned: Planned, needed: Sequence[asyncio.Task[CheckOutcome]]) -> CheckOutcome:
        check = planned.check
        met = [await task for task in needed]
        missed = [each.check for each in met if not each.outcome.verdict.satisfies]
        async with places:
            await _admitted(admission)
            on_event(Started(planned))
            if missed:
                outcome = ruled(message("needs-not-met", needs=tuple(missed)))
            else:
                outcome = await outcome_of(check, surroundings, view, ends_at)
            at = surroundings.clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            done = CheckOutcome(planned.item, planned.item_digest, check.id, check.kind, at, outcome)
            on_event(Finished(done))
            return done

    for planned in plan:  # a check needs only such as stand before it, so nothing waits in a circle
        keys = [(planned.item, each) for each in planned.check.needs]
        needed = [under_way[each] for each in keys if each in under_way]
        under_way[planned.item, planned.check.id] = asyncio.ensure_future(attend(planned, needed))
    try:
        return tuple(await asyncio.gather(*under_way.values()))
    finally:
        for task in under_way.values():
            task.cancel()
        await asyncio.gather(*under_way.values(), return_exceptions=True)


async def _admitted(admission: asyncio.Lock) -> None:
    """Lets one check begin in a turn of the loop: those that have begun get on meanwhile, and have asked
    their questions before the last has worked out its own."""
    async with admission:
        await asyncio.sleep(0)


async def try_check(kind: str, fields: Mapping[str, Value], surroundings: Surroundings) -> Outcome:
    """What one check comes to, outside any promotion."""
    check = CheckSpec(kind, kind, fields, Place(""))
    return await outcome_of(check, surroundings, surroundings.view(), None)


def asks(plan: Sequence[Planned], surroundings: Surroundings) -> tuple[Ask, ...]:
    """What the checks of a plan need consent for and have not been given, each once, with the checks that ask."""
    view = surroundings.view()
    found: dict[str, Ask] = {}
    for planned in plan:
        try:
            kind = kind_named(planned.check.kind)
        except Unresolved:
            continue
        asker = Asker(planned.item, planned.statement, planned.check.id)
        for ask in consent_needed(kind, planned.check.fields, view, surroundings.vouched):
            if ask.id not in surroundings.consents:
                before = found.get(ask.id, ask)
                askers = before.askers if asker in before.askers else (*before.askers, asker)
                found[ask.id] = replace(before, askers=askers)
    return tuple(found.values())

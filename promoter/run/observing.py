"""One check from its definition to its outcome, whatever happens on the way."""

import asyncio
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from promoter.checks import registry, rulings
from promoter.checks.declaration import Kind, KindBroken, named
from promoter.checks.fields import references_in
from promoter.checks.holding import held
from promoter.checks.references import Unresolved, field_values, secrets_in
from promoter.messages import Message, message
from promoter.model.checklist import CheckSpec
from promoter.model.consent import Ask
from promoter.model.context import Context, Journal, VariableValues
from promoter.model.duration import parse_duration
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.reference import CommandOutput, Value
from promoter.redaction import Redactor, Secret
from promoter.run.consent import consent_needed
from promoter.run.plan import Surroundings
from promoter.run.scrubbing import clean

_MOST_FRAMES = 12
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0
_NOT_AGREED = {
    "ask-effects": "has-effects",
    "ask-command": "command-not-agreed-to",
    "ask-command-each-time": "command-not-bound",
    "ask-secrets": "secrets-not-agreed-to",
    "ask-secrets-of-late": "secrets-not-agreed-to",
    "ask-secrets-of-nobody": "secrets-not-agreed-to",
    "ask-secrets-by-another-way": "secrets-not-agreed-to",
}


async def outcome_of(
    check: CheckSpec, surroundings: Surroundings, view: Context, ends_at: float | None
) -> Outcome:
    """What the check comes to; `ends_at` is the loop's time at which the whole run does."""
    started = time.perf_counter()
    journal = Journal()
    secrets = _secrets_of(view.variables)
    try:
        kind = kind_named(check.kind)
        needed = {each.id: each for each in consent_needed(kind, check.fields, view, surroundings.vouched)}
        missing = [each for each in needed.values() if each.id not in surroundings.consents]
        if missing:
            raise _not_agreed_to(missing)
        begun = asyncio.get_running_loop().time()
        values = await _values(
            kind, check.fields, replace(view, deadline=_first(begun + _allowed(kind, check), ends_at))
        )
        secrets += [secret for value in values.values() for secret in secrets_in(value)]
        given = replace(view, journal=journal, redactor=Redactor(secrets))
        outcome = await _attempts(kind, values, check.retries, given, begun, ends_at)
    except Unresolved as wrong:
        outcome = ruled(wrong.why)
    except asyncio.CancelledError as bug:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise
        outcome = _crashed(bug)  # nobody cancelled it: the check says so of itself
    except (Exception, SystemExit) as bug:  # noqa: BLE001 - one of the two in the house: a check that breaks is an outcome
        outcome = _crashed(bug)
    took = round(time.perf_counter() - started, 3)
    overrides = tuple(sorted(journal.overrides))
    redactor = Redactor([*secrets, *journal.secrets])
    return clean(replace(outcome, took_s=took, overrides=overrides), redactor)


def ruled(reason: Message) -> Outcome:
    """The outcome for one of the engine's own reasons."""
    return Outcome(rulings.RULINGS[reason.code].verdict, reason)


def kind_named(name: str) -> Kind:
    """The kind of that name; raises Unresolved when there is none here, or it cannot be loaded."""
    try:
        return registry.kind(name)
    except KindBroken as broken:
        raise Unresolved("kind-not-loaded", kind=name, why=broken.why) from None
    except KeyError:
        raise Unresolved("kind-unknown", kind=name) from None


def _first(own: float, ends_at: float | None) -> float:
    return own if ends_at is None else min(own, ends_at)


def _allowed(kind: Kind, check: CheckSpec) -> float:
    """How many seconds a check may take, as written; looked up values are judged only once they are there."""
    written = check.fields.get("timeout")
    try:
        return (
            parse_duration(written).total_seconds()
            if isinstance(written, str | int | float)
            else kind.timeout
        )
    except ValueError:
        return kind.timeout


async def _values(kind: Kind, fields: Mapping[str, Value], view: Context) -> Mapping[str, object]:
    """The values the check is built with; a command that prints one does not hold up the others."""
    if any(isinstance(each, CommandOutput) for value in fields.values() for each in references_in(value)):
        return await asyncio.to_thread(field_values, kind, fields, view)
    return field_values(kind, fields, view)


async def _attempts(
    kind: Kind, values: Mapping[str, object], retries: int, view: Context, begun: float, ends_at: float | None
) -> Outcome:
    """The outcome of the last attempt, all of them within the check's one deadline, which counts from when its
    values were looked up. A pass that is not the first attempt's is a warning."""
    check = kind.cls(**values)
    clock = asyncio.get_running_loop().time
    after = getattr(check, "timeout", None) or kind.timeout
    own = begun + after
    deadline = _first(own, ends_at)
    failed: list[Evidence] = []
    pause = _FIRST_PAUSE
    while True:
        outcome = await _attempt(kind, check, replace(view, deadline=deadline))
        if outcome is None:
            seen = named(kind, (*view.journal.seen, *view.journal.by_hand))
            return _late(view.journal, after, (*failed, *seen), of_the_run=deadline < own)
        if outcome.verdict.satisfies or len(failed) >= retries or clock() + pause >= deadline:
            return _after_failures(outcome, failed)
        failed.append(
            Evidence(message("attempt-number", number=len(failed) + 1), None, outcome.reason, outcome.verdict)
        )
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _attempt(kind: Kind, check: object, view: Context) -> Outcome | None:
    """One observation; None when the deadline came first."""
    view.journal.afresh()
    alarm = asyncio.timeout_at(view.deadline)
    try:
        async with alarm:
            outcome = await check.observe(view)  # type: ignore[attr-defined]
    except TimeoutError:
        if not alarm.expired():
            raise
        return None
    if alarm.expired() or asyncio.get_running_loop().time() > view.deadline:
        return None  # it held the loop, or would not stop
    return held(kind, outcome)


def _after_failures(outcome: Outcome, failed: list[Evidence]) -> Outcome:
    if not failed:
        return outcome
    evidence = (*failed, *outcome.evidence)
    if not outcome.verdict.satisfies:
        return replace(outcome, evidence=evidence)
    reason = message("passed-after-retries", count=len(failed), summary=outcome.reason)
    return Outcome(Verdict.WARNED, reason, evidence)


def _late(journal: Journal, after: float, evidence: tuple[Evidence, ...], *, of_the_run: bool) -> Outcome:
    if of_the_run:
        late = message("run-timed-out")
    elif journal.doing is None:
        late = message("timed-out-somewhere", after=after)
    else:
        late = message("timed-out", after=after, doing=journal.doing)
    return replace(ruled(late), evidence=evidence)


def _not_agreed_to(missing: Sequence[Ask]) -> Unresolved:
    """All that was not agreed to, at once: who agrees to one only to be asked for the next learns to agree."""
    if len(missing) > 1:
        consents = [each.id for each in missing]
        options = " ".join(each.option for each in missing)
        about = [each.about for each in missing]
        return Unresolved(
            "several-not-agreed-to", count=len(missing), consents=consents, asked=about, options=options
        )
    (ask,) = missing
    return Unresolved(_NOT_AGREED[ask.about.code], consent=ask.id, asked=ask.about, **ask.about.parameters)


def _crashed(bug: BaseException) -> Outcome:
    frames = traceback.extract_tb(bug.__traceback__)[-_MOST_FRAMES:]
    shown = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    error = f"{type(bug).__name__}: {bug}"
    outcome = ruled(message("crashed", error=error))
    return replace(outcome, evidence=(Evidence(message("traceback"), None, shown),))


def _secrets_of(variables: Mapping[str, VariableValues]) -> list[Secret]:
    return [
        value for each in variables.values() for value in each.values.values() if isinstance(value, Secret)
    ]

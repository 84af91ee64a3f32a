"""Running checks: side by side but bounded, each within its own deadline, every end an outcome.

Yields events and prints nothing. Cancelling it cancels what is under way; every check that had
finished has been told of by then.
"""

import asyncio
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from promoter.checks import registry, rulings
from promoter.checks.declaration import Kind
from promoter.checks.references import Unresolved, field_values, secrets_in
from promoter.checks.variables import find
from promoter.messages import Message, Parameter, message
from promoter.model.checklist import CheckSpec
from promoter.model.context import NO_ENVIRONMENT, Context, Journal, RepositoryFacts, VariableValues
from promoter.model.environment import Access, AccessLevel, Data, Environment
from promoter.model.outcome import CheckOutcome, Evidence, Outcome
from promoter.model.overrides import Overrides
from promoter.model.reference import Value
from promoter.model.release import Release
from promoter.model.text import Text
from promoter.place import Place
from promoter.redaction import Redactor, Secret

PHRASES = rulings.PHRASES
DEFAULT_TIMEOUT = 10.0
"""Seconds a check may take that says nothing else."""

_NOWHERE = Environment(
    name=NO_ENVIRONMENT,
    title=Text({}),
    use=Text({}),
    urls={},
    data=Data.REAL,
    access=Access(AccessLevel.RESTRICTED, Text({})),
    stability=Text({}),
    support=Text({}),
    place=Place(""),
)
_LONGEST_TEXT = 1000
_MOST_PARTS = 50
_MOST_EVIDENCE = 64 * 1024
_MOST_FRAMES = 12


@dataclass(frozen=True, slots=True)
class Planned:
    """A check to run for an item; `with_effects` when a check that changes something was asked for."""

    item: str
    item_digest: str
    check: CheckSpec
    with_effects: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """A check has begun."""

    planned: Planned


@dataclass(frozen=True, slots=True)
class Finished:
    """A check has ended, in whatever way."""

    outcome: CheckOutcome


RunEvent: TypeAlias = Started | Finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all checks of a run see of the world: the target environment and the one before it, every
    environment of the pipeline, the release, the work tree, the process. `ca_file` holds the roots that
    the pipeline pins: outcomes under them count, and under the target's own `network.connect_to`."""

    root: Path
    environment: Environment = _NOWHERE
    source: Environment | None = None
    environments: Mapping[str, Environment] = field(default_factory=dict)
    release: Release | None = None
    overrides: Overrides = field(default_factory=Overrides)
    process_environment: Mapping[str, str] = field(default_factory=dict)
    repository: RepositoryFacts | None = None
    ca_file: Path | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


async def run_checks(
    plan: Sequence[Planned],
    surroundings: Surroundings,
    on_event: Callable[[RunEvent], None],
    *,
    limit: int = 64,
) -> tuple[CheckOutcome, ...]:
    """Runs the checks, at most `limit` at once, and tells of each beginning and end; the outcomes are in
    the order of the plan. Whatever happens to a check is an outcome, never an exception."""
    view = _view(surroundings)
    places = asyncio.Semaphore(limit)

    async def attend(planned: Planned) -> CheckOutcome:
        async with places:
            on_event(Started(planned))
            outcome = await _outcome(planned.check.kind, planned.check.fields, view, planned.with_effects)
            at = surroundings.clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            check = planned.check
            done = CheckOutcome(planned.item, planned.item_digest, check.id, check.kind, at, outcome)
            on_event(Finished(done))
            return done

    tasks = [asyncio.ensure_future(attend(planned)) for planned in plan]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def try_check(
    kind: str, fields: Mapping[str, Value], surroundings: Surroundings, *, with_effects: bool = False
) -> Outcome:
    """What one check comes to, outside any promotion."""
    return await _outcome(kind, fields, _view(surroundings), with_effects)


def _view(surroundings: Surroundings) -> Context:
    target = surroundings.environment
    environments = {**surroundings.environments, target.name: target}
    variables = {
        name: find(each, surroundings.root, surroundings.process_environment, environments)
        for name, each in environments.items()
    }
    return Context(
        environment=target,
        source=surroundings.source,
        release=surroundings.release,
        root=surroundings.root,
        now=surroundings.clock(),
        deadline=0.0,
        variables=variables,
        overrides=surroundings.overrides,
        process_environment=surroundings.process_environment,
        repository=surroundings.repository,
        environments=environments,
        ca_file=surroundings.ca_file,
    )


async def _outcome(kind_name: str, fields: Mapping[str, Value], view: Context, with_effects: bool) -> Outcome:
    started = time.perf_counter()
    journal = Journal()
    secrets = _secrets_of(view.variables)
    try:
        kind = _kind(kind_name)
        if kind.effects is not None and not with_effects:
            raise Unresolved("has-effects", kind=kind.name, effects=message(f"{kind.name}.effects"))
        values = field_values(kind, fields, view)
        secrets += [secret for value in values.values() for secret in secrets_in(value)]
        outcome = await _observe(kind, values, replace(view, journal=journal, redactor=Redactor(secrets)))
    except Unresolved as wrong:
        outcome = _ruled(wrong.why)
    except Exception as bug:  # noqa: BLE001 - one of the two in the house: a check that breaks is an outcome
        outcome = _crashed(bug)
    took = round(time.perf_counter() - started, 3)
    overrides = tuple(sorted(journal.overrides))
    return _clean(replace(outcome, took_s=took, overrides=overrides), Redactor(secrets))


async def _observe(kind: Kind, values: Mapping[str, object], view: Context) -> Outcome:
    check = kind.cls(**values)
    after = getattr(check, "timeout", None) or DEFAULT_TIMEOUT
    deadline = asyncio.get_running_loop().time() + after
    alarm = asyncio.timeout_at(deadline)
    try:
        async with alarm:
            outcome = await check.observe(replace(view, deadline=deadline))
    except TimeoutError:
        if not alarm.expired():
            raise
        doing = view.journal.doing
        if doing is None:
            return _ruled(message("timed-out-somewhere", after=after))
        return _ruled(message("timed-out", after=after, doing=doing))
    if not isinstance(outcome, Outcome):
        raise TypeError(f"a check of the kind {kind.name} did not return an outcome")
    return outcome


def _kind(name: str) -> Kind:
    try:
        return registry.kind(name)
    except KeyError:
        raise Unresolved("kind-unknown", kind=name) from None


def _ruled(reason: Message) -> Outcome:
    return Outcome(rulings.RULINGS[reason.code].verdict, reason)


def _crashed(bug: Exception) -> Outcome:
    frames = traceback.extract_tb(bug.__traceback__)[-_MOST_FRAMES:]
    shown = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    error = f"{type(bug).__name__}: {bug}"
    outcome = _ruled(message("crashed", error=error))
    return replace(outcome, evidence=(Evidence(message("traceback"), None, shown),))


def _secrets_of(variables: Mapping[str, VariableValues]) -> list[Secret]:
    return [
        value for each in variables.values() for value in each.values.values() if isinstance(value, Secret)
    ]


def _clean(outcome: Outcome, redactor: Redactor) -> Outcome:
    """The outcome with every text scrubbed of secrets, and cut to a size that fits an entry."""
    evidence = []
    room = _MOST_EVIDENCE
    for each in outcome.evidence:
        expected = _clean_parameter(each.expected, redactor)
        observed = _clean_parameter(each.observed, redactor)
        line = Evidence(_clean_message(each.fact, redactor), expected, observed, each.verdict)
        room -= len(repr(line))
        if room < 0:
            break
        evidence.append(line)
    overrides = tuple(redactor.scrub(each)[:_LONGEST_TEXT] for each in outcome.overrides)
    reason = _clean_message(outcome.reason, redactor)
    return replace(outcome, reason=reason, evidence=tuple(evidence), overrides=overrides)


def _clean_message(said: Message, redactor: Redactor) -> Message:
    return Message(
        said.code, {key: _clean_parameter(value, redactor) for key, value in said.parameters.items()}
    )


def _clean_parameter(value: Parameter, redactor: Redactor) -> Parameter:
    if isinstance(value, Message):
        return _clean_message(value, redactor)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return tuple(_clean_parameter(each, redactor) for each in value[:_MOST_PARTS])
    text = redactor.scrub(str(value))
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"

"""The values of one environment beside those of another, without showing them."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from promoter.checks.declaration import conclude
from promoter.checks.variables import expected_value, same_value
from promoter.frozen import frozen
from promoter.messages import N_, Message, Template, message
from promoter.model.appearance import is_placeholder
from promoter.model.context import NO_ENVIRONMENT, Context
from promoter.model.environment import Environment
from promoter.model.limits import Names
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.reference import Fact, Variable
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble
from promoter.redaction import Secret

RULINGS: Mapping[str, Ruling] = {
    "environment-unknown": Ruling(
        Verdict.ERRORED,
        N_("there is no environment {environment}"),
        N_("Correct the name of the environment, or add it to the pipeline."),
    ),
    "environment-not-said": Ruling(
        Verdict.ERRORED,
        N_("which environment is compared is not said, and none is being promoted to here"),
        N_("Name one of the pipeline's environments: of=NAME"),
    ),
    "same-environment": Ruling(
        Verdict.ERRORED,
        N_("{environment} is compared with itself"),
        N_("Name two different environments."),
    ),
    "not-named": Ruling(
        Verdict.ERRORED,
        N_("{environment} has no {names:list}"),
        N_("Correct the names, or add them to {environment} in the pipeline."),
    ),
    "not-known": Ruling(
        Verdict.ERRORED,
        N_("not compared, because not known here: {names:list}"),
        N_("Run the check where both environments' values are set; a placeholder does not count as a value."),
    ),
    "nothing-compared": Ruling(
        Verdict.ERRORED,
        N_("neither variables nor URLs are named, so there is nothing to compare"),
        N_("Name what to compare in `variables` or `urls`."),
    ),
}
FACTS: Mapping[str, Template] = {
    "environments": N_("environments"),
    "compared": N_("{name}, in {environment} and {other}"),
    "the-same": N_("the same value"),
    "another": N_("another value"),
    "not-known-in": N_("not known in {environments:list}"),
    "shown": N_("{verdict}: {value} and {theirs}"),
    "nothing-named": N_("must name something to compare, here or in urls"),
}

_URLS = "urls."


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparts(ABC):
    """The fields of a kind that compares two environments."""

    environment: Annotated[str, Names.ENVIRONMENT, N_("The environment to compare with")]
    variables: Annotated[tuple[str, ...], Names.VARIABLE, N_("The variables to compare")] = ()
    urls: Annotated[
        tuple[str, ...],
        Names.URL,
        N_("The URLs to compare, as the pipeline names them, such as `app` or `token`"),
    ] = ()
    of: Annotated[
        str | None, Names.ENVIRONMENT, N_("The environment compared; the one being promoted to by default")
    ] = None

    @abstractmethod
    async def observe(self, context: Context) -> Outcome:
        """What the comparison comes to."""


@frozen
class _Pair:
    """Something that two environments have; `same` is None when one of the values is not known."""

    name: str
    same: bool | None
    line: Evidence


def presences(written: Collection[str]) -> Iterator[tuple[str, Message]]:
    """Something must be named; see `declaration`."""
    if not {"variables", "urls"} & {*written}:
        yield "variables", message("nothing-named")


def compare(check: Counterparts, context: Context, *, wanted: bool) -> Outcome:
    """What a check comes to that wants everything it names to be the same, or to differ: `same`,
    `different`, or one of the rulings above."""
    try:
        pairs = _pairs(check, context, wanted)
    except Trouble as trouble:
        return conclude(check, trouble.code, trouble.evidence, **trouble.parameters)
    evidence = [each.line for each in pairs]
    codes = {True: "same", False: "different", None: "not-known"}
    for verdict in (not wanted, None):
        names = [each.name for each in pairs if each.same is verdict]
        if names:
            return conclude(check, codes[verdict], evidence, names=names, environment=check.environment)
    return conclude(check, codes[wanted], evidence, count=len(pairs), environment=check.environment)


def _pairs(check: Counterparts, context: Context, wanted: bool) -> list[_Pair]:
    ours, theirs = _environments(check, context)
    names = [*check.variables, *(f"{_URLS}{each}" for each in check.urls)]
    if not names:
        raise Trouble("nothing-compared")
    for each in (ours, theirs):
        unknown = [name for name in names if not _has(each, name)]
        if unknown:
            raise Trouble("not-named", environment=each.name, names=unknown)
    return [_pair(name, ours, theirs, context, wanted) for name in names]


def _environments(check: Counterparts, context: Context) -> tuple[Environment, Environment]:
    of = check.of or context.environment.name
    if of == NO_ENVIRONMENT:
        there = [each for each in context.environments if each != NO_ENVIRONMENT]
        raise Trouble("environment-not-said", [Evidence(message("environments"), None, there)])
    for name in (of, check.environment):
        if name not in context.environments:
            raise Trouble("environment-unknown", environment=name)
    if of == check.environment:
        raise Trouble("same-environment", environment=of)
    return context.environments[of], context.environments[check.environment]


def _has(environment: Environment, name: str) -> bool:
    if name.startswith(_URLS):
        return name.removeprefix(_URLS) in environment.urls
    return environment.variables.rule(name) is not None


def _pair(name: str, ours: Environment, theirs: Environment, context: Context, wanted: bool) -> _Pair:
    values = {each.name: _value(each, name, context) for each in (ours, theirs)}
    about = message("compared", name=name, environment=ours.name, other=theirs.name)
    expected = message("the-same" if wanted else "another")
    unknown = [environment for environment, value in values.items() if value is None]
    one, other = values[ours.name], values[theirs.name]
    if one is None or other is None:
        return _Pair(name, None, Evidence(about, expected, message("not-known-in", environments=unknown)))
    same = same_value(one, other)
    observed = message("the-same" if same else "another")
    if all(_is_written_out(each, name) for each in (ours, theirs)):
        observed = message("shown", verdict=observed, value=one, theirs=other)
    verdict = Verdict.PASSED if same is wanted else Verdict.FAILED
    return _Pair(name, same, Evidence(about, expected, observed, verdict))


def _is_written_out(environment: Environment, name: str) -> bool:
    """Whether the value stands in the pipeline for all to read."""
    return isinstance(environment.urls.get(name.removeprefix(_URLS)), str) and name.startswith(_URLS)


def _value(environment: Environment, name: str, context: Context) -> str | None:
    if not name.startswith(_URLS):
        return _variable(environment, name, context)
    written = environment.urls[name.removeprefix(_URLS)]
    if isinstance(written, Variable):
        return _variable(environment, written.name, context)
    if isinstance(written, str | Fact):
        return expected_value(written, environment, context.environments)
    return None


def _variable(environment: Environment, name: str, context: Context) -> str | None:
    found = context.variables.get(environment.name)
    value = found.values.get(name) if found is not None and found.unreadable is None else None
    revealed = value.reveal() if isinstance(value, Secret) else value
    return None if not revealed or not revealed.strip() or is_placeholder(revealed) else revealed

"""What the checks of an item look at in the pipeline, and whether an amendment changed it since something was said of it:
the URL that passed is then not the one that is asked about."""

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from promoter.checks import registry
from promoter.checks.declaration import Kind
from promoter.model.checklist import CheckSpec, Item
from promoter.model.entry import Opened
from promoter.model.environment import Environment, Pipeline
from promoter.model.facts import find_fact
from promoter.model.limits import Names
from promoter.model.reference import Fact, Value, Variable, written
from promoter.promotion import Promotion
from promoter.promotion.amending import amended_terms
from promoter.usecases.pinned import pinned_rules
from promoter.usecases.workspace import Workspace


def relooked(workspace: Workspace, promotion: Promotion) -> Mapping[str, frozenset[str]]:
    """For each item of which the checks look at something else since an amendment, the commits of the entries that were
    recorded before; under `""` those before the last of these, for what is said of the promotion as a whole."""
    amended = [each for each in promotion.amendments if each.rules and each.content.rules is not None]
    if not amended:
        return {}
    pins = [amended[0].before.pinned]
    pins += [amended_terms(each.before, each.content).pinned for each in amended]
    if all(_same_places(one, other) for one, other in pairwise(pins)):
        return {}
    changed: dict[str, str] = {}
    rules = [pinned_rules(workspace, each) for each in pins]
    for item in rules[-1].checklist.items:
        seen = [
            looked_at(item, each.pipeline, promotion.to_environment, pinned.ca_file)
            for each, pinned in zip(rules, pins, strict=True)
        ]
        for amendment, (before, after) in zip(amended, pairwise(seen), strict=True):
            if before != after:
                commit = (amendment.agreed or amendment.proposed).commit
                changed[item.id] = commit
    order = {each.commit: place for place, each in enumerate(promotion.history)}
    if changed:
        changed[""] = max(changed.values(), key=lambda each: order.get(each, len(order)))
    return {
        item: frozenset(each for each, place in order.items() if place < order.get(commit, len(order)))
        for item, commit in changed.items()
    }


def looked_at(item: Item, pipeline: Pipeline, into: str, ca_file: object = None) -> str:
    """Everything of a pipeline that an item's checks look at, as comparable text: the facts, variables and URLs that they
    name, and by which way they are reached."""
    environments = {each.name: each for each in pipeline.environments}
    target = environments.get(into)
    if target is None or not item.checks:
        return ""
    named = (each for check in item.checks for each in _of_check(check, environments, target))
    ways = [sorted(target.network.connect_to.items()), target.network.ca_file, repr(ca_file)]
    return json.dumps({**dict(named), "network": ways}, sort_keys=True, default=repr)


def _same_places(one: Opened, other: Opened) -> bool:
    return (one.pipeline.digest, one.ca_file) == (other.pipeline.digest, other.ca_file)


def _of_check(
    check: CheckSpec, environments: Mapping[str, Environment], target: Environment
) -> Iterator[tuple[str, Any]]:
    kind = _kind(check)
    named = {
        sort: {name for each in _fields(kind, sort) for name in _strings(check.fields.get(each))}
        for sort in Names
    }
    of = [target, *(environments[each] for each in sorted(named[Names.ENVIRONMENT]) if each in environments)]
    for each in _references(check.fields):
        if isinstance(each, Fact):
            yield each.path, _resolved(each, environments, target)
        elif isinstance(each, Variable):
            yield from _variables(target, {each.name}, environments)
    for environment in of:
        if _may_name(kind, Names.VARIABLE, named):
            yield from _variables(environment, named[Names.VARIABLE], environments)
        if _may_name(kind, Names.URL, named):
            for name, value in environment.urls.items():
                if name in named[Names.URL] or not named[Names.URL]:
                    yield f"{environment.name}.urls.{name}", written(value)


def _kind(check: CheckSpec) -> Kind | None:
    try:
        return registry.kind(check.kind)
    except KeyError:
        return None


def _fields(kind: Kind | None, sort: Names) -> Iterator[str]:
    return (each.name for each in (kind.fields if kind is not None else ()) if each.names is sort)


def _may_name(kind: Kind | None, sort: Names, named: Mapping[Names, set[str]]) -> bool:
    """Whether a check looks at variables, or at URLs: those that it names, or all where it names none of either."""
    if kind is None:
        return True
    nothing = not named[Names.VARIABLE] and not named[Names.URL]
    return any(_fields(kind, sort)) and (bool(named[sort]) or nothing)


def _variables(
    environment: Environment, names: set[str], environments: Mapping[str, Environment]
) -> Iterator[tuple[str, Any]]:
    """The rules of some variables of an environment, or of all of them, and where their values are."""
    yield f"{environment.name} sources", [repr(each) for each in environment.variables.sources]
    for rule in environment.variables.rules:
        if rule.name in names or not names:
            equals = _resolved(rule.equals, environments, environment)
            others = [environments[each] for each in rule.differs_from if each in environments]
            there = [(each.name, repr(each.variables.sources)) for each in others]
            yield f"{environment.name} {rule.name}", [rule.secret, equals, there]


def _resolved(value: Value, environments: Mapping[str, Environment], target: Environment) -> Any:
    """A value with the facts in it looked up."""
    if not isinstance(value, Fact):
        return written(value)
    try:
        return written(find_fact(environments, target, value.path).value)
    except KeyError:
        return written(value)


def _references(value: Value) -> Iterator[Value]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _references(each)
    elif isinstance(value, Fact | Variable):
        yield value


def _strings(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)

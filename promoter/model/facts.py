"""The facts of an environment that a checklist may name: `{fact: urls.webhook}`.

`name`, `data`, `access` and `urls.NAME` are facts of the target environment; with an environment's name
before them (`staging.urls.app`), facts of that one.
"""

from collections.abc import Mapping

from promoter.frozen import frozen
from promoter.model.environment import Environment
from promoter.model.reference import Value


@frozen
class FoundFact:
    """A fact's value, and whose it is: a value that is a `Variable` is one of that environment."""

    value: Value
    environment: Environment


def facts_of(environment: Environment) -> dict[str, Value]:
    """Every fact of one environment."""
    urls = {f"urls.{name}": value for name, value in environment.urls.items()}
    return {
        "name": environment.name,
        "data": environment.data.value,
        "access": environment.access.level.value,
        **urls,
    }


def find_fact(environments: Mapping[str, Environment], target: Environment, path: str) -> FoundFact:
    """The fact that a path names, seen from the target environment.

    Raises KeyError when there is none of that name.
    """
    own = facts_of(target)
    if path in own:
        return FoundFact(own[path], target)
    for environment in environments.values():
        name = path.removeprefix(f"{environment.name}.")
        facts = facts_of(environment)
        if name != path and name in facts:
            return FoundFact(facts[name], environment)
    raise KeyError(path)


def fact_paths(environments: Mapping[str, Environment], target: Environment) -> tuple[str, ...]:
    """Every path that names a fact, those of the target environment first."""
    others = (f"{each.name}.{name}" for each in environments.values() for name in facts_of(each))
    return (*facts_of(target), *others)

"""What a check needs to observe the world in a test."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from promoter.checks import registry
from promoter.checks.fields import parse
from promoter.messages import Language, Message
from promoter.model.context import Context
from promoter.model.environment import Access, AccessLevel, Data, Environment, Network, Variables
from promoter.model.outcome import Outcome
from promoter.model.reference import Value
from promoter.model.text import plain
from promoter.place import Place


def environment(
    name: str = "preprod",
    *,
    urls: Mapping[str, Value] | None = None,
    variables: Variables = Variables(),  # noqa: B008 - frozen
    network: Network = Network(),  # noqa: B008 - frozen
) -> Environment:
    """An environment about which only what matters here is said."""
    return Environment(
        name=name,
        title=plain(name),
        use=plain(""),
        urls=urls or {},
        data=Data.SIMULATED,
        access=Access(AccessLevel.PUBLIC, plain("")),
        stability=plain(""),
        support=plain(""),
        place=Place("checklists/pipeline.yaml"),
        variables=variables,
        network=network,
    )


def context(
    root: Path = Path(),
    *,
    at: Environment | None = None,
    ca_file: Path | None = None,
    timeout: float = 5.0,
    **changes: Any,
) -> Context:
    """A context whose deadline is `timeout` seconds away, with the roots that the pipeline pins."""
    target = at or environment()
    settings: dict[str, Any] = {
        "environment": target,
        "source": None,
        "release": None,
        "root": root,
        "now": datetime.now(UTC),
        "deadline": asyncio.get_running_loop().time() + timeout,
        "environments": {target.name: target},
        "ca_file": ca_file,
    }
    return Context(**(settings | changes))


async def observe(kind: str, fields: Mapping[str, Value], seen: Context) -> Outcome:
    """What one check of a kind comes to within its deadline."""
    found = registry.kind(kind)
    values = {name: parse(_spec(kind, name), value) for name, value in fields.items()}
    check = found.cls(**values)
    async with asyncio.timeout_at(seen.deadline):
        return await check.observe(seen)


def _spec(kind: str, name: str) -> Any:
    spec = registry.kind(kind).field(name)
    assert spec is not None, name
    return spec


ENGLISH = Language("en", phrasebook=registry.template)


def words(said: Message) -> str:
    """A message of a kind in English."""
    return ENGLISH.say(said)


def code(outcome: Outcome) -> str:
    """The verdict and the reason in short: `failed wrong-host`."""
    return f"{outcome.verdict.value} {outcome.reason.code.partition('.')[2] or outcome.reason.code}"


def seen_of(outcome: Outcome, fact: str) -> list[Any]:
    """What was observed of every line of evidence about a fact, in words."""
    lines = [each for each in outcome.evidence if each.fact.code.endswith(f".{fact}")]
    return [words(each.observed) if isinstance(each.observed, Message) else each.observed for each in lines]

"""What is to be run, in which surroundings, and what is told of it meanwhile."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from promoter.checks.variables import find
from promoter.model.checklist import CheckSpec
from promoter.model.context import NO_ENVIRONMENT, Context, RepositoryFacts
from promoter.model.environment import Access, AccessLevel, Data, Environment
from promoter.model.outcome import CheckOutcome
from promoter.model.overrides import Overrides
from promoter.model.release import Release
from promoter.model.text import Text
from promoter.place import Place

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


@dataclass(frozen=True, slots=True)
class Planned:
    """A check to run for an item."""

    item: str
    item_digest: str
    check: CheckSpec


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
    environment of the pipeline, the release and the one it replaces, the work tree, the process.

    `ca_file` holds the roots that the pipeline pins: outcomes under them count, and under the target's own
    `network.connect_to`. `consents` are the ids of what was agreed to. `known_hosts` are those that may be
    sent secrets without asking; None when all are.
    """

    root: Path
    environment: Environment = _NOWHERE
    source: Environment | None = None
    environments: Mapping[str, Environment] = field(default_factory=dict)
    release: Release | None = None
    replaces: Release | None = None
    overrides: Overrides = field(default_factory=Overrides)
    process_environment: Mapping[str, str] = field(default_factory=dict)
    repository: RepositoryFacts | None = None
    ca_file: Path | None = None
    consents: Container[str] = frozenset()
    known_hosts: frozenset[str] | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def view(self) -> Context:
        """The same as the checks are given it."""
        target = self.environment
        environments = {**self.environments, target.name: target}
        variables = {
            name: find(each, self.root, self.process_environment, environments)
            for name, each in environments.items()
        }
        return Context(
            environment=target,
            source=self.source,
            release=self.release,
            replaces=self.replaces,
            root=self.root,
            now=self.clock(),
            deadline=0.0,
            variables=variables,
            overrides=self.overrides,
            process_environment=self.process_environment,
            repository=self.repository,
            environments=environments,
            ca_file=self.ca_file,
        )

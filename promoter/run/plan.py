"""What is to be run, in which surroundings, and what is told of it meanwhile."""

from collections.abc import Callable, Container, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from promoter.checks.variables import find
from promoter.frozen import frozen
from promoter.messages import Message
from promoter.model.checklist import CheckSpec
from promoter.model.context import NO_ENVIRONMENT, Context, RepositoryFacts, VariableValues
from promoter.model.environment import Access, AccessLevel, Data, Environment
from promoter.model.outcome import CheckOutcome
from promoter.model.overrides import Overrides
from promoter.model.release import Release
from promoter.model.text import Text
from promoter.place import Place
from promoter.redaction import Secret

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


@frozen
class Planned:
    """A check to run for an item; `statement` is the item's own, to tell a person which it is."""

    item: str
    item_digest: str
    check: CheckSpec
    statement: Text = Text({})


@frozen
class Started:
    """A check has begun."""

    planned: Planned


@frozen
class Finished:
    """A check has ended, in whatever way."""

    outcome: CheckOutcome


RunEvent: TypeAlias = Started | Finished


@frozen
class Vouched:
    """What the user's own files vouch for, whatever was pinned: the `places` (scheme, host and port) that may be
    sent the environment's secrets without asking, and the variables, by environment and name, that are no
    secrets. `late` are places that the files did not name when this clone first used them, `since` when they
    came."""

    places: frozenset[str] = frozenset()
    open_variables: frozenset[tuple[str, str]] = frozenset()
    late: frozenset[str] = frozenset()
    since: Message | None = None


@frozen(kw_only=True)
class Surroundings:
    """What all checks of a run see of the world: the target environment and the one before it, every
    environment of the pipeline, the release and the one it replaces, the work tree, the process.

    `ca_file` holds the roots that the pipeline pins, and `ca_name` is their path there: outcomes under them count,
    and under the target's own `network.connect_to`. `consents` are the ids of what was agreed to. `vouched` is None when everything is
    the user's own.
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
    ca_name: str | None = None
    consents: Container[str] = frozenset()
    vouched: Vouched | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def view(self) -> Context:
        """The same as the checks are given it."""
        target = self.environment
        environments = {**self.environments, target.name: target}
        variables = {
            name: self._guarded(name, find(each, self.root, self.process_environment, environments))
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
            ca_name=self.ca_name,
        )

    def _guarded(self, environment: str, found: VariableValues) -> VariableValues:
        """The variables, of which all are secrets that nobody here said are none: whoever can push a pipeline
        could otherwise have any value of this machine shown."""
        if self.vouched is None:
            return found
        values = {
            name: value
            if isinstance(value, Secret) or (environment, name) in self.vouched.open_variables
            else Secret(value, name)
            for name, value in found.values.items()
        }
        return replace(found, values=values)

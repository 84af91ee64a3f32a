"""What a check is given to observe the world with."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar, cast

from promoter.frozen import frozen
from promoter.messages import Message
from promoter.model.commits import CommitHistory
from promoter.model.environment import Environment
from promoter.model.outcome import Evidence
from promoter.model.overrides import Overrides
from promoter.model.release import Release
from promoter.redaction import Redactor, Secret

NO_ENVIRONMENT = "-"
"""The name of the target environment where nothing is being promoted."""


class RepositoryFacts(Protocol):
    """What a check may ask of the user's repository."""

    def is_tracked(self, path: Path) -> bool | None:
        """Whether git tracks the file; None when it cannot tell."""

    def is_ignored(self, path: Path) -> bool | None:
        """Whether git ignores the file; None when it cannot tell."""

    @property
    def history(self) -> CommitHistory:
        """What its commits say."""


@frozen
class VariableValues:
    """An environment's variables as found in one source. `source` names it (`.env.preprod`,
    `process environment`), None when no source exists; `path` is the dotenv file. Values of secret
    variables are `Secret`. `unreadable` says why a source that exists could not be read, `unclear`
    what in it was not understood."""

    source: str | None
    values: Mapping[str, str | Secret]
    path: Path | None = None
    unreadable: Message | None = None
    unclear: tuple[Message, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class Journal:
    """What one check notes while it observes: what it is `doing`, for the outcome of a time-out, the
    command-line `overrides` it used, which the outcome must name, and the `secrets` it came by, such as a
    token, which the outcome must not. `seen` and `by_hand` are the evidence so far, and how to see it by hand:
    what a check that ran out of time has to show."""

    doing: Message | None = None
    overrides: set[str] = field(default_factory=set)
    secrets: list[Secret] = field(default_factory=list)
    seen: list[Evidence] = field(default_factory=list)
    by_hand: list[Evidence] = field(default_factory=list)

    def afresh(self) -> tuple[list[Evidence], list[Evidence]]:
        """New lists, `seen` and `by_hand`, for an observation to add to while it goes on."""
        self.seen, self.by_hand = [], []
        return self.seen, self.by_hand


_Made = TypeVar("_Made")


class Shared:
    """What the checks of one run make once between them, such as a TLS context."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[Hashable, object] = {}

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What `make` made the first time this key was asked for."""
        if key not in self._made:
            self._made[key] = make()
        return cast(_Made, self._made[key])


@frozen(kw_only=True)
class Context:
    """One check's view: the environments, their variables, the network, the clock.

    `variables` maps an environment's name to what was found for it (the target and the source
    environment always have an entry); `environments` has every environment of the pipeline.
    `deadline` is the event loop's time at which the check's one total deadline runs out. `now` is UTC.
    `replaces` is the release that runs in the target environment, where that is known.
    `ca_file` has the roots that the pipeline pins for the environment, as they were pinned; `ca_name` is their path
    in the repository, for people.
    """

    environment: Environment
    source: Environment | None
    release: Release | None
    root: Path
    now: datetime
    deadline: float
    variables: Mapping[str, VariableValues] = field(default_factory=dict)
    overrides: Overrides = field(default_factory=Overrides)
    process_environment: Mapping[str, str] = field(default_factory=dict)
    repository: RepositoryFacts | None = None
    redactor: Redactor = field(default_factory=Redactor)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    ca_file: Path | None = None
    ca_name: str | None = None
    replaces: Release | None = None
    journal: Journal = field(default_factory=Journal)
    shared: Shared = field(default_factory=Shared)

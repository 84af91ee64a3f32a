"""The environments a service is integrated with, and the pipeline that orders them."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from promoter.frozen import frozen
from promoter.model.freeze import FreezeWindow
from promoter.model.notice import Notice
from promoter.model.reference import Value
from promoter.model.roster import Roster
from promoter.model.text import Text
from promoter.place import Place


class Data(StrEnum):
    """With real data no response body enters the trail."""

    SIMULATED = "simulated"
    REAL = "real"


class AccessLevel(StrEnum):
    """Who is let in. Anything against an internal environment warns."""

    INTERNAL = "internal"
    PUBLIC = "public"
    RESTRICTED = "restricted"


class Demand(StrEnum):
    """Whether an environment demands something."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class Rule(StrEnum):
    """How strictly a rule of separation of duties holds."""

    ON = "on"
    WARN = "warn"
    OFF = "off"


@frozen
class Access:
    """Who is let in, and the document's words for it."""

    level: AccessLevel
    text: Text


@frozen
class Note:
    """A point of attention, a recommendation or a requirement, with the section it stands in."""

    text: Text
    source: str = ""


@frozen
class DotenvSource:
    """`{dotenv: PATH}`: a file of NAME=value lines in the work tree."""

    path: str


@frozen
class ProcessSource:
    """`{environment: {prefix: PREPROD_}}`: the process environment. Without a prefix it counts only
    when every variable with an `equals` has that value in it."""

    prefix: str = ""


VariableSource: TypeAlias = DotenvSource | ProcessSource


@frozen
class VariableRule:
    """What must hold of one variable. `equals` is a literal or a reference; `differs_from` names
    environments whose value must be another one."""

    name: str
    secret: bool = False
    equals: Value = None
    differs_from: tuple[str, ...] = ()
    description: Text | None = None


@frozen
class Variables:
    """An environment's variables; the first source that exists serves all of them."""

    sources: tuple[VariableSource, ...] = ()
    rules: tuple[VariableRule, ...] = ()

    def rule(self, name: str) -> VariableRule | None:
        """The rule for a variable."""
        return next((each for each in self.rules if each.name == name), None)


@frozen
class Separation:
    """Separation of duties: may the opener sign, may an author of the release sign."""

    opener: Rule = Rule.WARN
    authors: Rule = Rule.WARN


class OutcomesBy(StrEnum):
    """Whose runs of checks count."""

    ANYONE = "anyone"
    MACHINES = "machines"


@frozen
class BreakGlass:
    """Who may break the glass in an emergency, for how long that opens the gate, and how soon after that its debt must be
    settled."""

    roles: tuple[str, ...]
    settle_within: timedelta = timedelta(hours=72)
    lasts: timedelta = timedelta(hours=24)


@frozen
class Network:
    """Overrides pinned by the pipeline: such outcomes count. `connect_to` maps `HOST:PORT` to
    `ADDRESS:PORT`; `ca_file` is a path beside the pipeline."""

    connect_to: Mapping[str, str] = field(default_factory=dict)
    ca_file: str | None = None


@frozen
class Environment:
    """One environment, with everything its document says of it. `urls` values are literals or
    references (`{variable: PASSEMARCHE_WEBHOOK_URL}`). `digests` when evidence counts only with a digest: a file, not a link."""

    name: str
    title: Text
    use: Text
    urls: Mapping[str, Value]
    data: Data
    access: Access
    stability: Text
    support: Text
    place: Place
    notes: tuple[Note, ...] = ()
    unstable: bool = False
    variables: Variables = Variables()
    signatures: Demand = Demand.OPTIONAL
    shared: Demand = Demand.OPTIONAL
    separation: Separation = Separation()
    network: Network = Network()
    freezes: tuple[FreezeWindow, ...] = ()
    break_glass: BreakGlass | None = None
    outcomes: OutcomesBy = OutcomesBy.ANYONE
    digests: Demand = Demand.OPTIONAL


@frozen
class Pipeline:
    """A service, its environments in order, its transitions and the proposed roster."""

    name: str
    title: Text
    time_zone: str
    branch: str
    environments: tuple[Environment, ...]
    transitions: tuple[str, ...]
    roster: Roster
    place: Place
    support: Text = Text({})
    notify: tuple[Notice, ...] = ()

    def environment(self, name: str) -> Environment:
        """The environment of that name; raises KeyError when there is none."""
        for each in self.environments:
            if each.name == name:
                return each
        raise KeyError(name)

"""What the rules of an item, or of the whole gate, say, and how it stands by them."""

from promoter.checks import registry
from promoter.checks.declaration import Kind
from promoter.checks.fields import FieldSpec
from promoter.errors import UsageError
from promoter.frozen import frozen
from promoter.gate import ItemStanding
from promoter.gate.policy import Said, rules_of_check, rules_of_gate, rules_of_item
from promoter.messages import N_, Message, Phrase, phrase
from promoter.model.checklist import Checklist, CheckSpec, Item
from promoter.model.environment import Environment, Pipeline
from promoter.model.facts import find_fact
from promoter.model.reference import CommandOutput, Fact, FileContent, ProcessVariable, Value, Variable
from promoter.usecases.pinned import item_of
from promoter.usecases.standing import Standing, chosen_promotion, standing_of
from promoter.usecases.workspace import Workspace

_NOT_SHOWN: tuple[object, ...] = (None, (), {}, "", False)


@frozen
class FieldSaid:
    """A field of a check as the checklist has it: what it is for (English, translatable; empty for a field that
    no kind here knows) and its value, in words."""

    name: str
    description: str
    value: Phrase


@frozen
class CheckSaid:
    """A check in words: its kind (None where that is not installed), its fields, what else the checklist says of it,
    and the fields left at their defaults. `consent` when it runs only where somebody agreed to it."""

    spec: CheckSpec
    kind: Kind | None
    fields: tuple[FieldSaid, ...]
    rules: tuple[Message, ...]
    defaults: tuple[FieldSpec, ...] = ()
    consent: bool = False


@frozen
class Explained:
    """The rules of an item (None: of the whole gate) of a checklist, as pinned by a promotion or, with no `standing`,
    as they are in the work tree."""

    pipeline: Pipeline
    checklist: Checklist
    rules: tuple[Said, ...]
    item: Item | None = None
    checks: tuple[CheckSaid, ...] = ()
    standing: Standing | None = None

    @property
    def target(self) -> Environment:
        """The environment it guards."""
        return self.pipeline.environment(self.checklist.to_environment)

    @property
    def found(self) -> ItemStanding | None:
        """How the item stands."""
        if self.standing is None or self.item is None:
            return None
        return self.standing.decision.item(self.item.id)


def explain(
    workspace: Workspace, item: str | None, *, promotion: str | None = None, transition: str | None = None
) -> Explained:
    """The rules of an item, or of the whole gate: those that a promotion pinned, or, with `transition`, those of a
    checklist of the work tree.

    Raises UsageError for an item or a transition that there is not, or where it is not clear which promotion is
    meant, TrailUntrusted, CannotAct.
    """
    if transition is None:
        chosen = chosen_promotion(workspace, promotion, reading=True)
        standing = standing_of(workspace, chosen, workspace.now())
        return explained(standing, item)
    if transition not in workspace.pipeline.transitions:
        raise UsageError(
            phrase(N_("there is no transition {name}"), name=transition),
            phrase(N_("the ones there are: {names}"), names=list(workspace.pipeline.transitions)),
        )
    return _explained(workspace.pipeline, workspace.checklist(transition), item)


def explained(standing: Standing, item: str | None) -> Explained:
    """The same of a promotion whose standing is known; raises UsageError for an item that there is not."""
    return _explained(standing.pipeline, standing.checklist, item, standing)


def _explained(
    pipeline: Pipeline, checklist: Checklist, item: str | None, standing: Standing | None = None
) -> Explained:
    into = pipeline.environment(checklist.to_environment)
    if item is None:
        return Explained(pipeline, checklist, rules_of_gate(checklist, into), standing=standing)
    asked = item_of(checklist, item)
    rules = rules_of_item(asked, checklist, into)
    checks = tuple(_check(each, checklist, pipeline) for each in asked.checks)
    return Explained(pipeline, checklist, rules, asked, checks, standing)


def _check(spec: CheckSpec, checklist: Checklist, pipeline: Pipeline) -> CheckSaid:
    try:
        kind: Kind | None = registry.kind(spec.kind)
    except KeyError:
        kind = None
    into = pipeline.environment(checklist.to_environment)
    said = []
    for name, value in spec.fields.items():
        known = kind.field(name) if kind is not None else None
        said.append(FieldSaid(name, known.description if known else "", value_said(value, pipeline, into)))
    rules = rules_of_check(spec, checklist, into)
    if kind is None:
        return CheckSaid(spec, None, tuple(said), rules)
    consent = kind.executes is not None or kind.changes_the_world(spec.fields)
    left = tuple(
        each
        for each in kind.fields
        if not each.required and each.name not in spec.fields and each.default not in _NOT_SHOWN
    )
    return CheckSaid(spec, kind, tuple(said), rules, left, consent)


def value_said(value: Value, pipeline: Pipeline, into: Environment) -> Phrase:
    """A value as a person reads it: what a fact is, and where a secret is kept, never what it is."""
    match value:
        case Fact(path=path):
            return _fact(path, pipeline, into)
        case Variable(name=name):
            return phrase(N_("the variable {name} of {environment}"), name=name, environment=into.name)
        case ProcessVariable(name=name):
            return phrase(N_("what the environment variable {name} holds, a secret"), name=name)
        case FileContent(path=path):
            return phrase(N_("what the file {path} holds, a secret"), path=path)
        case CommandOutput(arguments=arguments):
            return phrase(N_("what the command {command} prints, a secret"), command=" ".join(arguments))
        case dict():
            parts = [
                phrase(N_("{name}: {value}"), name=str(name), value=value_said(each, pipeline, into))
                for name, each in value.items()
            ]
            return _several(parts)
        case list() | tuple():
            return _several([value_said(each, pipeline, into) for each in value])
        case _:
            return phrase("{value}", value=value if isinstance(value, str | int | float) else None)


def _fact(path: str, pipeline: Pipeline, into: Environment) -> Phrase:
    environments = {each.name: each for each in pipeline.environments}
    try:
        found = find_fact(environments, into, path)
    except KeyError:
        return phrase("{path}", path=path)
    value = value_said(found.value, pipeline, found.environment)
    return phrase(N_("{value} ({path})"), value=value, path=path)


def _several(parts: list[Phrase]) -> Phrase:
    """Some phrases, one after the other."""
    names = [f"part{place}" for place in range(len(parts))]
    return phrase(", ".join(f"{{{each}}}" for each in names), **dict(zip(names, parts, strict=True)))

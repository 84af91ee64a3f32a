"""How a kind of check is declared: one module with one class.

    @kind("dns", rulings={…}, facts={…}, example={…})
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Dns:
        \"\"\"A name resolves to the address you expect.\"\"\"

        name: Annotated[str, N_("The name to look up")]

        async def observe(self, context: Context) -> Outcome:
            return conclude(self, "resolves")

`rulings` names every reason it may end with, `facts` what its evidence is about; both are written
without the kind's name and become `dns.resolves`. `relations`, where there is one, yields the fields
whose written-out values cannot go with those of others, each with one of the kind's facts as the reason;
`presences` does the same from which fields are written at all, be it as a reference.
`effects_of`, of a kind that has its `effects` with some fields only, says whether it has them with these.
`executes` names the field that holds a command to run: what it holds needs a person's consent.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from inspect import cleandoc
from typing import Any, Protocol, TypeAlias, TypeVar

from promoter.checks.fields import FieldSpec, is_written_out, mistake, parse, specs
from promoter.frozen import frozen
from promoter.messages import Message, Parameter, Template
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Outcome
from promoter.model.reference import Value
from promoter.model.ruling import Ruling

DEFAULT_TIMEOUT = 10.0
"""Seconds a check may take in all, unless its kind or its `timeout` says otherwise."""

_ATTRIBUTE = "__promoter_kind__"


class Check(Protocol):
    """What every kind's class is: fields, and one observation of the world."""

    async def observe(self, context: Context) -> Outcome:
        """What the check comes to. It may be cancelled at any await: at the deadline, or by the user."""


Relations: TypeAlias = Callable[[Mapping[str, Any]], Iterable[tuple[str, Message]]]
Presences: TypeAlias = Callable[[Collection[str]], Iterable[tuple[str, Message]]]
EffectsOf: TypeAlias = Callable[[Mapping[str, Any]], bool]


class KindBroken(KeyError):
    """A third party's kind is named but cannot be imported, or is no kind. `why` is in the words of Python."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name)
        self.why = why


@frozen
class Kind:
    """A kind of check. `docstring`, `effects` and the templates are English, translatable. `effects`
    is None when observing changes nothing in the world. Codes are `kind.code`. `executes` names the field
    that holds a command; `timeout` is the default of the total deadline, in seconds."""

    name: str
    cls: type[Check]
    fields: tuple[FieldSpec, ...]
    docstring: str
    effects: Template | None
    rulings: Mapping[str, Ruling]
    facts: Mapping[str, Template]
    example: Mapping[str, Value]
    relations: Relations | None = None
    effects_of: EffectsOf | None = None
    executes: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    presences: Presences | None = None

    @property
    def phrases(self) -> dict[str, Template]:
        """The template of every code: of reasons, of evidence, and `kind.effects`."""
        words = {code: ruling.summary for code, ruling in self.rulings.items()} | dict(self.facts)
        return words if self.effects is None else words | {f"{self.name}.effects": self.effects}

    @property
    def remedies(self) -> dict[str, Template]:
        """What to do about each reason that needs something done."""
        return {code: ruling.remedy for code, ruling in self.rulings.items() if ruling.remedy is not None}

    def changes_the_world(self, fields: Mapping[str, Any]) -> bool:
        """Whether a check with these fields, as written or as read, has the kind's effects; also when that
        cannot be known, because a reference stands where it would be said."""
        return self.effects is not None and (self.effects_of is None or self.effects_of(fields))

    def field(self, name: str) -> FieldSpec | None:
        """The field of that name."""
        return next((each for each in self.fields if each.name == name), None)

    def contradictions(self, written: Mapping[str, Value]) -> Iterator[tuple[str, Message]]:
        """The fields that cannot stand beside others, or not without them; then those whose values cannot
        go with those of others, and why. Of values, it judges what is written out and right by itself; a
        reference, or a field left out, says nothing."""
        if self.presences is not None:
            for name, why in self.presences(written.keys()):
                yield name, _dotted(self, why)
        if self.relations is None:
            return
        there = [(each, written[each.name]) for each in self.fields if each.name in written]
        right = [(spec, value) for spec, value in there if is_written_out(value) and not mistake(spec, value)]
        for name, why in self.relations({spec.name: parse(spec, value) for spec, value in right}):
            yield name, _dotted(self, why)


CheckClass = TypeVar("CheckClass", bound=type[Check])


def kind(
    name: str,
    *,
    rulings: Mapping[str, Ruling],
    example: Mapping[str, Value],
    facts: Mapping[str, Template] | None = None,
    effects: Template | None = None,
    relations: Relations | None = None,
    effects_of: EffectsOf | None = None,
    executes: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    presences: Presences | None = None,
) -> Callable[[CheckClass], CheckClass]:
    """Makes a frozen dataclass with `observe` a kind of check; see the module for an example."""

    def declare(cls: CheckClass) -> CheckClass:
        declared = Kind(
            name=name,
            cls=cls,
            fields=specs(cls),
            docstring=cleandoc(cls.__doc__ or ""),
            effects=effects,
            rulings={f"{name}.{code}": ruling for code, ruling in rulings.items()},
            facts={f"{name}.{code}": template for code, template in (facts or {}).items()},
            example=example,
            relations=relations,
            effects_of=effects_of,
            executes=executes,
            timeout=timeout,
            presences=presences,
        )
        setattr(cls, _ATTRIBUTE, declared)
        return cls

    return declare


def kind_of(value: object) -> Kind | None:
    """The kind that a check, or a check's class, is of."""
    found = getattr(value, _ATTRIBUTE, None)
    return found if isinstance(found, Kind) else None


def conclude(check: Check, code: str, evidence: Iterable[Evidence] = (), **parameters: Parameter) -> Outcome:
    """The outcome for one of the check's rulings. Every code that the kind declares gets its name.

    Raises KeyError when the kind does not declare the code.
    """
    own = kind_of(check)
    if own is None:
        raise TypeError("not a check")
    reason = Message(f"{own.name}.{code}", {key: _dotted(own, value) for key, value in parameters.items()})
    return Outcome(own.rulings[reason.code].verdict, reason, named(own, evidence))


def named(own: Kind, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence with every code that the kind declares under its name."""
    return tuple(
        replace(
            each,
            fact=_dotted(own, each.fact),
            expected=_dotted(own, each.expected),
            observed=_dotted(own, each.observed),
        )
        for each in evidence
    )


def _dotted(own: Kind, value: Any) -> Any:
    if isinstance(value, Message):
        code = f"{own.name}.{value.code}"
        known = code in own.rulings or code in own.facts
        parameters = {key: _dotted(own, each) for key, each in value.parameters.items()}
        return Message(code if known else value.code, parameters)
    if isinstance(value, list | tuple):
        return tuple(_dotted(own, each) for each in value)
    return value

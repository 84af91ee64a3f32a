"""What whoever writes a kind of check tests it with.

from promoter.testing import broken_promises, observed

def test_dns_keeps_the_promises_of_a_kind() -> None:
    assert not broken_promises(Dns)

def test_a_name_that_nobody_knows_fails() -> None:
    assert observed(Dns(name="nowhere.invalid")).reason.code == "dns.no-such-name"
"""

import asyncio
import dataclasses
import inspect
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from promoter.checks.declaration import Check, Kind, kind_of
from promoter.checks.field_scalars import Mistaken
from promoter.checks.fields import mistake, parse
from promoter.checks.holding import held
from promoter.checks.references import secrets_in
from promoter.messages import Plural, Template
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import CommandOutput, Fact, FileContent, ProcessVariable, Variable
from promoter.redaction import Redactor
from promoter.run import Surroundings
from promoter.run.scrubbing import clean

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_FORMATS = frozenset({"", "date", "time", "duration", "list"})
_REFERENCES = (Fact, Variable, ProcessVariable, FileContent, CommandOutput)


def broken_promises(cls: type) -> tuple[str, ...]:
    """What a kind's class promises its callers and does not keep, as sentences; empty when all is well.

    A kind is documented; a frozen, slotted dataclass with keywords only; each field says what it is for;
    its example is one that could be written in a checklist; each reason and fact has a kebab-case code
    and words; each reason that needs something done has a remedy; and it can pass. Whether it declares
    what it changes in the world is for its author to test: nobody else can tell.
    """
    kind = kind_of(cls)
    if kind is None:
        return ("it is not declared with @kind",)
    return (*_of_class(kind), *_of_fields(kind), *_of_example(kind), *_of_codes(kind), *_of_effects(kind))


async def observe(check: Check, *, root: Path = Path(), **surroundings: Any) -> Outcome:
    """What a check comes to in surroundings of your own: arguments of `promoter.run.Surroundings`, such as
    `release`, `environment` or `process_environment`. As in a run it has one deadline, and its outcome is cut
    to size and scrubbed of the secrets it was given or came by.

    For tests that have an event loop, such as one in which the server lives that is checked. What the check
    raises is raised here, TimeoutError at its deadline, and TypeError when its answer is none that its kind
    declares: in a run it would be an outcome that says so.
    """
    kind = kind_of(check)
    if kind is None:
        raise TypeError("not a check: declare its class with @kind")
    secrets = [
        secret
        for each in dataclasses.fields(kind.cls)  # type: ignore[arg-type]
        for secret in secrets_in(getattr(check, each.name))
    ]
    after = getattr(check, "timeout", None) or kind.timeout
    deadline = asyncio.get_running_loop().time() + after
    view = Surroundings(root=root, **surroundings).view()
    view = dataclasses.replace(view, deadline=deadline, redactor=Redactor(secrets))
    async with asyncio.timeout_at(deadline):
        outcome = held(kind, await check.observe(view))
    return clean(outcome, Redactor([*secrets, *view.journal.secrets]))


def observed(check: Check, *, root: Path = Path(), **surroundings: Any) -> Outcome:
    """The same as `observe`, for tests without an event loop."""
    return asyncio.run(observe(check, root=root, **surroundings))


def _of_class(kind: Kind) -> Iterator[str]:
    if not _NAME.fullmatch(kind.name):
        yield f"its name {kind.name!r} is not snake_case"
    if not kind.docstring or kind.docstring.startswith(f"{kind.cls.__name__}("):
        yield "it has no docstring of its own"
    parameters = getattr(kind.cls, "__dataclass_params__", None)
    if not getattr(parameters, "frozen", False):
        yield "it is not frozen"
    if any("__dict__" in vars(each) for each in kind.cls.__mro__[:-1]):
        yield "it has no slots"
    cls: Any = kind.cls
    if not all(each.kw_only for each in dataclasses.fields(cls)):
        yield "it takes positional arguments"
    if not inspect.iscoroutinefunction(kind.cls.observe):
        yield "its observe is not async"


def _of_fields(kind: Kind) -> Iterator[str]:
    for spec in kind.fields:
        if not spec.description:
            yield f"the field {spec.name} does not say what it is for"


def _of_example(kind: Kind) -> Iterator[str]:
    values = {}
    for name, written in kind.example.items():
        spec = kind.field(name)
        if spec is None:
            yield f"its example has an unknown field {name}"
        elif (wrong := mistake(spec, written)) is not None:
            yield f"its example's {name} {wrong.template}"
        elif not isinstance(written, _REFERENCES):
            try:
                values[name] = parse(spec, written)
            except Mistaken as mistaken:
                yield f"its example's {name} cannot be read: {mistaken}"
    for spec in kind.fields:
        if spec.required and spec.name not in kind.example:
            yield f"its example lacks {spec.name}"
    if secrets_in(tuple(values.values())):
        yield "its example has a secret"


def _of_codes(kind: Kind) -> Iterator[str]:
    prefix = f"{kind.name}."
    for code in [*kind.rulings, *kind.facts]:
        if not code.startswith(prefix) or not _CODE.fullmatch(code.removeprefix(prefix)):
            yield f"the code {code} is not {prefix} and kebab-case"
    for code in sorted(set(kind.rulings) & set(kind.facts)):
        yield f"the code {code} is both a reason and a fact"
    for code, template in [*kind.phrases.items(), *kind.remedies.items()]:
        if not _is_fillable(template):
            yield f"the words of {code} are empty, or not simple templates"
    for code, ruling in kind.rulings.items():
        if ruling.remedy is None and ruling.verdict not in (Verdict.PASSED, Verdict.SKIPPED):
            yield f"the reason {code} has no remedy"
    if all(ruling.verdict is not Verdict.PASSED for ruling in kind.rulings.values()):
        yield "it can never pass"


def _of_effects(kind: Kind) -> Iterator[str]:
    if kind.effects is not None and not _is_fillable(kind.effects):
        yield "it has effects and does not say which"


def _is_fillable(template: Template) -> bool:
    forms = (template.one, template.many) if isinstance(template, Plural) else (template,)
    try:
        parts = [part for form in forms for part in string.Formatter().parse(form)]
    except ValueError:
        return False
    return all(forms) and all(
        name is None or (name.isidentifier() and spec in _FORMATS and conversion is None)
        for _, name, spec, conversion in parts
    )

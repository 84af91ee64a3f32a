"""Forms: how a typed value is written in YAML, read from its node, and described to editors.

One declaration gives all three, so that they cannot drift apart. A form's `read` notes every problem in
the report and raises Unread when there is no value to go on with; the forms made of others try every part
before they give up, so that all problems are found at once.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeAlias, TypeVar

from promoter.checklist.nodes import Node, Scalar, Series, Table
from promoter.checklist.reporting import Report, Unread
from promoter.frozen import frozen
from promoter.messages import N_, phrase

T = TypeVar("T")
V = TypeVar("V")
W = TypeVar("W")
T_co = TypeVar("T_co", covariant=True)
Schema: TypeAlias = dict[str, Any]

_REQUIRED = object()


@frozen
class Form(Generic[T_co]):
    """`read` makes a value of a node; `schema` is the JSON Schema of what it reads."""

    read: Callable[[Node, Report], T_co]
    schema: Callable[[], Schema]


@frozen
class Member:
    """One key of a record: its form, what it is for, the argument it becomes, and its default."""

    key: str
    form: Form[Any]
    description: str
    into: str
    default: Any = _REQUIRED

    @property
    def required(self) -> bool:
        """Whether it must be there."""
        return self.default is _REQUIRED


@frozen
class Others:
    """What a record's remaining keys are: together one mapping, which becomes one argument."""

    into: str
    form: Form[Mapping[str, Any]]


@frozen
class Taken:
    """An argument taken from the record's node as a whole: its place, its digest."""

    into: str
    take: Callable[[Table], Any]


def required(key: str, form: Form[Any], description: str, *, into: str | None = None) -> Member:
    """A key that must be there."""
    return Member(key, form, description, into or key)


def optional(
    key: str, form: Form[Any], description: str, default: Any = None, *, into: str | None = None
) -> Member:
    """A key that may be left out."""
    return Member(key, form, description, into or key, default)


def place_of(into: str = "place") -> Taken:
    """Where the record begins."""
    return Taken(into, lambda node: node.place)


def record(make: Callable[..., T], *parts: Member | Taken, others: Others | None = None) -> Form[T]:
    """A mapping with known keys; `make` gets them as keyword arguments."""
    members = {each.key: each for each in parts if isinstance(each, Member)}
    taken = [each for each in parts if isinstance(each, Taken)]

    def read(node: Node, report: Report) -> T:
        table = as_table(node, report)
        values, whole = _known(table, members, report)
        rest = tuple((key, value) for key, value in table.entries if key.text not in members)
        if others is not None:
            got = attempt(others.form, Table(rest, table.place), report)
            whole &= got is not None
            values[others.into] = got and got[0]
        else:
            for key, _ in rest:
                words = phrase(N_("there is no field {name} here"), name=key.text)
                report.wrong(key.place, "unknown-field", words, (key.text, members))
                whole = False
        if not whole:
            raise Unread
        return make(**values, **{each.into: each.take(table) for each in taken})

    return Form(read, lambda: _record_schema(members, others))


def _known(table: Table, members: Mapping[str, Member], report: Report) -> tuple[dict[str, Any], bool]:
    values, whole = {}, True
    for key, member in members.items():
        node = table.get(key)
        if node is None:
            if member.required:
                report.wrong(table.place, "missing-field", phrase(N_("{name} is missing here"), name=key))
                whole = False
            values[member.into] = member.default
            continue
        with report.under(key):
            got = attempt(member.form, node, report)
        whole &= got is not None
        values[member.into] = got and got[0]
    return values, whole


def _record_schema(members: Mapping[str, Member], others: Others | None) -> Schema:
    rest: Schema = {"additionalProperties": False}
    if others is not None:
        inner = others.form.schema()
        known = {"enum": list(members)}
        rest = {
            "additionalProperties": inner["additionalProperties"],
            "propertyNames": {"anyOf": [known, inner["propertyNames"]]},
        }
    schema: Schema = {
        "type": "object",
        "properties": {
            key: {**each.form.schema(), "description": each.description} for key, each in members.items()
        },
        **rest,
    }
    must = [key for key, each in members.items() if each.required]
    return {**schema, "required": must} if must else schema


def list_of(
    form: Form[T], *, at_least: int = 0, unique: Callable[[T], str] | None = None
) -> Form[tuple[T, ...]]:
    """A sequence; `unique` names each element, and no two may have one name."""

    def read(node: Node, report: Report) -> tuple[T, ...]:
        if not isinstance(node, Series):
            report.refuse(node.place, "not-a-list", phrase(N_("must be a list")))
        if len(node.children) < at_least:
            report.refuse(node.place, "empty-list", phrase(N_("must not be an empty list")))
        got = [(each, attempt(form, each, report)) for each in node.children]
        seen: dict[str, Node] = {}
        for child, value in got:
            if unique is None or value is None:
                continue
            name = unique(value[0])
            if name in seen:
                line = seen[name].place.line
                words = phrase(N_("{name} is taken already, at line {line}"), name=name, line=line)
                report.wrong(child.place, "taken-name", words)
            seen.setdefault(name, child)
        values = tuple(value[0] for _, value in got if value is not None)
        if len(values) < len(got):
            raise Unread
        return values

    def schema() -> Schema:
        least = {"minItems": at_least} if at_least else {}
        return {"type": "array", **least, "items": form.schema()}

    return Form(read, schema)


def map_of(
    key_form: Form[str], form: Form[V], combine: Callable[[Scalar, V], W], *, at_least: int = 0
) -> Form[Mapping[str, W]]:
    """A mapping with the user's own keys; `combine` puts a key and its value together."""

    def read(node: Node, report: Report) -> Mapping[str, W]:
        table = as_table(node, report)
        if len(table.entries) < at_least:
            report.refuse(node.place, "empty-mapping", phrase(N_("must not be empty")))
        values: dict[str, W] = {}
        for key, child in table.entries:
            quoted = Scalar(key.text, False, key.place)
            with report.under(key.text):
                name = attempt(key_form, quoted, report)
            with report.under(key.text, users_own=True):
                value = attempt(form, child, report)
            if name is not None and value is not None:
                values[name[0]] = combine(key, value[0])
        if len(values) < len(table.entries):
            raise Unread
        return values

    def schema() -> Schema:
        least = {"minProperties": at_least} if at_least else {}
        keys, values = key_form.schema(), form.schema()
        return {"type": "object", **least, "propertyNames": keys, "additionalProperties": values}

    return Form(read, schema)


def mapped(form: Form[V], make: Callable[[V], T]) -> Form[T]:
    """What a form reads, made into something else."""
    return Form(lambda node, report: make(form.read(node, report)), form.schema)


def judged(form: Form[T], judge: Callable[[T, Node, Report], None]) -> Form[T]:
    """What a form reads, looked at once more; `judge` may note problems or refuse."""

    def read(node: Node, report: Report) -> T:
        value = form.read(node, report)
        judge(value, node, report)
        return value

    return Form(read, form.schema)


def attempt(form: Form[T], node: Node, report: Report) -> tuple[T] | None:
    """What the form reads, or None when it could not; the report then says why."""
    try:
        return (form.read(node, report),)
    except Unread:
        return None


def as_table(node: Node, report: Report) -> Table:
    """The node as a mapping; refused when it is none."""
    if not isinstance(node, Table):
        report.refuse(node.place, "not-a-mapping", phrase(N_("must be a mapping of fields to values")))
    return node


def as_scalar(node: Node, report: Report) -> Scalar:
    """The node as one value; refused when it is a list or a mapping."""
    if not isinstance(node, Scalar):
        report.refuse(node.place, "not-one-value", phrase(N_("must be one value, not a list or a mapping")))
    return node

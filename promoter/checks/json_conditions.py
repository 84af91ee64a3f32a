"""What the JSON of an answer must hold, at places named by JMESPath."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Annotated, Any

from promoter.checks.patterns import mistake_in
from promoter.checks.withheld import is_withheld, shown_value
from promoter.frozen import frozen
from promoter.messages import N_, Message, Parameter, Template, message
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.model.reference import JsonValue

FACTS: dict[str, Template] = {
    "json": N_("JSON {path}"),
    "not-value": N_("anything but {value}"),
    "at-least": N_("at least {bound}"),
    "at-most": N_("at most {bound}"),
    "with": N_("containing {text}"),
    "matching": N_("matching {pattern}"),
    "present": N_("present"),
    "absent": N_("absent"),
    "as-expected": N_("as expected"),
    "not-applicable": N_("the path does not fit what is there"),
    "path-too-much": N_("has a path that could make too much of a small answer: {path}"),
    "path-mistaken": N_("has a path that is no JMESPath expression: {path}"),
    "nothing-asserted": N_(
        "says nothing that must hold at {path}; `equals: null` asks for null, `exists: false` for null or nothing"
    ),
    "pattern-mistaken": N_("is no regular expression: {detail}"),
}
_EVALUATION = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_MISFIT = object()
_NULL = object()
_UNSAID = JsonValue(Verdict)
"""What no checklist can write: null is a value like any other."""
_MOST_NODES = 100
_MOST_COPIES = 16


@frozen(kw_only=True)
class JsonExpectation:
    """What must hold at one place; all that is said of it must."""

    path: Annotated[str, N_("The place, as a JMESPath expression")]
    equals: Annotated[JsonValue | None, N_("The value that must be there; null is one")] = _UNSAID
    not_equals: Annotated[JsonValue | None, N_("A value that must not be there, where another must")] = None
    at_least: Annotated[float | None, N_("The least number it may be")] = None
    at_most: Annotated[float | None, N_("The greatest number it may be")] = None
    contains: Annotated[str | None, N_("What a text or a list must contain")] = None
    matches: Annotated[str | None, N_("A regular expression to be found in a text")] = None
    exists: Annotated[
        bool | None,
        N_(
            "Whether anything must be there: null and an empty list are nothing, an empty text or object is neither"
        ),
    ] = None


@frozen
class Condition:
    """One thing that was said of a place, with what is there; `right` is None while a pattern has not
    been tried on `text`."""

    path: str
    expected: Parameter
    found: Any
    right: bool | None
    pattern: str = ""

    def line(self, right: bool, context: Context) -> Evidence:
        """The evidence, once it is known whether the condition holds."""
        verdict = Verdict.PASSED if right else Verdict.FAILED
        return Evidence(
            message("json", path=self.path), self.expected, self._observed(right, context), verdict
        )

    def _observed(self, right: bool, context: Context) -> Parameter:
        if self.found is _MISFIT:
            return message("not-applicable")
        if self.found is _NULL:
            return "null"
        if self.found is None:
            return message("absent")
        return message("as-expected") if right and is_withheld(context) else shown_value(self.found, context)


def mistakes(expectations: Sequence[JsonExpectation]) -> Iterator[Message]:
    """What is wrong with what is said, before anything is asked; codes of `FACTS`."""
    if not expectations:
        return
    import jmespath
    from jmespath.exceptions import JMESPathError

    for each in expectations:
        try:
            jmespath.compile(each.path)
        except (JMESPathError, *_EVALUATION):
            yield message("path-mistaken", path=each.path)
        else:
            if _may_explode(each.path):
                yield message("path-too-much", path=each.path)
        more = (each.name for each in fields(JsonExpectation) if each.name not in ("path", "equals"))
        if each.equals is _UNSAID and all(getattr(each, name) is None for name in more):
            yield message("nothing-asserted", path=each.path)
        wrong = mistake_in(each.matches) if each.matches is not None else None
        if wrong is not None:
            yield message("pattern-mistaken", detail=wrong)


def _may_explode(path: str) -> bool:
    """Whether an expression could make very much of a small answer: JMESPath has no deadline, and each
    multiselect multiplies what it is given."""
    import jmespath

    pending: list[Any] = [jmespath.compile(path).parsed]
    nodes, copies = 0, 1
    while pending:
        node = pending.pop()
        nodes += 1
        if node["type"] in ("multi_select_list", "multi_select_dict"):
            copies *= len(node["children"])
        children: list[Any] = node.get("children", [])
        pending += [each for each in children if isinstance(each, dict)]
    return nodes > _MOST_NODES or copies > _MOST_COPIES


def conditions(expectations: Sequence[JsonExpectation], answer: Any) -> list[Condition]:
    """Everything that was said, held against the answer."""
    found: list[Condition] = []
    for each in expectations:
        there = _at(each.path, answer)
        if each.equals is None:
            null = there is None and _is_there(each.path, answer)
            found.append(Condition(each.path, "null", _NULL if null else there, null))
        found += _of(each, there)
    return found


def _at(path: str, answer: Any) -> Any:
    """What is at the path; a mark of its own when the path cannot be followed, as through a text."""
    import jmespath

    try:
        return jmespath.search(path, answer)
    except _EVALUATION:
        return _MISFIT


def _is_there(path: str, answer: Any) -> bool:
    """Whether a member or an element is at a path that leads to one; what else a path may be is nowhere."""
    import jmespath
    from jmespath.visitor import TreeInterpreter

    node = jmespath.compile(path).parsed
    around = answer
    if node["type"] in ("subexpression", "index_expression"):
        *before, last = node["children"]
        for each in before:
            around = TreeInterpreter().visit(each, around)
    else:
        last = node
    if last["type"] == "field":
        return isinstance(around, dict) and last["value"] in around
    at = last["value"] if last["type"] == "index" else None
    return at is not None and isinstance(around, list) and -len(around) <= at < len(around)


def _of(said: JsonExpectation, found: Any) -> Iterator[Condition]:
    known = found is not _MISFIT and found is not None
    there = known and found != []
    number = isinstance(found, int | float) and not isinstance(found, bool)
    if said.equals is not None and said.equals is not _UNSAID:
        yield Condition(said.path, _plain(said.equals), found, known and is_same(said.equals, found))
    if said.not_equals is not None:
        right = known and not is_same(said.not_equals, found)
        yield Condition(said.path, message("not-value", value=_plain(said.not_equals)), found, right)
    if said.at_least is not None:
        right = number and found >= said.at_least
        yield Condition(said.path, message("at-least", bound=_plain(said.at_least)), found, right)
    if said.at_most is not None:
        right = number and found <= said.at_most
        yield Condition(said.path, message("at-most", bound=_plain(said.at_most)), found, right)
    if said.contains is not None:
        right = isinstance(found, str | list | dict) and said.contains in found
        yield Condition(said.path, message("with", text=said.contains), found, right)
    if said.matches is not None:
        expected = message("matching", pattern=said.matches)
        yield Condition(said.path, expected, found, None if isinstance(found, str) else False, said.matches)
    if said.exists is not None:
        expected = message("present" if said.exists else "absent")
        right = found is not _MISFIT and there is said.exists and found not in ("", {})
        yield Condition(said.path, expected, found, right)


def is_same(one: object, other: object) -> bool:
    """Whether two JSON values are the same: true is not 1, and 1 is 1.0."""
    try:
        return _is_same(one, other)
    except RecursionError:
        return False


def _is_same(one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return one == other


def _plain(value: object) -> Parameter:
    """A value of the checklist, to be shown."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str | bool | int | float):
        return value
    import json

    return json.dumps(value, ensure_ascii=False)

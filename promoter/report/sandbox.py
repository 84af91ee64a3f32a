"""Report templates, run as the strangers they are: they come from a trail.

A template may be text, `{{ value }}`, `if`, `for` and `set`; it may name fields of the page, call
`_` and `ngettext` on literal texts and use the filters `code` and `quote`. Anything else is a
problem before it runs, so there is nothing with which to reach for files, run code or make long
strings out of short ones. What it does run is counted: a report costs so many steps and no more.
"""

import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache, partial
from types import CodeType
from typing import TYPE_CHECKING, Any

from promoter.messages import N_, Language, Phrase, phrase
from promoter.place import Place, Problem, ProblemsFound
from promoter.report import escaping
from promoter.report.escaping import Written

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST_TEMPLATE = 256 * 1024
"""Bytes."""
MOST_STEPS = 20_000_000
"""What a report may cost: one for each node that runs in a loop and each character written or escaped."""
_ESCAPE = 100
"""What escaping costs besides the characters."""

_ALLOWED = frozenset(
    {
        *("Template", "Output", "TemplateData", "For", "If", "Assign"),
        *("Name", "Const", "Getattr", "Call", "Keyword", "Filter"),
        *("Compare", "Operand", "And", "Or", "Not", "CondExpr"),
    }
)
_FILTERS = {"code": 0, "quote": 1}
_FUNCTIONS = {"_": 1, "gettext": 1, "ngettext": 3}
_LOOP = frozenset({"first", "last", "index"})
_EACH = "each_counted"


class Unacceptable(Exception):
    """A template asks for what templates may not have; `line` is 0 when only the run knows it."""

    def __init__(self, wrong: Phrase, line: int = 0) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.line = line


def fill(
    template: bytes | str, path: str, page: Any, language: Language, *, most_steps: int = MOST_STEPS
) -> str:
    """The template with the page's values in it, each escaped unless it is `Written`.

    Raises ProblemsFound with the place in `path` when the template is not acceptable.
    """
    from jinja2 import TemplateError, TemplateSyntaxError

    budget = _Budget(most_steps)
    try:
        environment = _environment(budget, language)
        compiled = _compiled(_decoded(template), path)
        run = environment.template_class.from_code(environment, compiled, dict(environment.globals))
        return "".join(budget.written(run.generate(_variables(page))))
    except Unacceptable as problem:
        raise _problem(path, problem.line or _line_of(problem, path), problem.wrong) from problem
    except TemplateSyntaxError as error:
        raise _problem(path, error.lineno, phrase(N_("{words}"), words=error.message or "")) from error
    except TemplateError as error:
        raise _problem(
            path, _line_of(error, path), phrase(N_("{words}"), words=error.message or "")
        ) from error
    except (RecursionError, SyntaxError) as error:
        raise _problem(path, 0, phrase(N_("the template is nested too deeply"))) from error


@lru_cache(maxsize=8)
def _compiled(template: str, path: str) -> CodeType:
    """The template checked and compiled, which takes longer than running it."""
    environment = _environment(_Budget(MOST_STEPS), Language())
    tree = environment.parse(template, filename=path)
    _check(tree)
    return environment.compile(tree, name=path, filename=path)


class _Budget:
    def __init__(self, steps: int) -> None:
        self._left = steps

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise Unacceptable(phrase(N_("the report takes too long or grows too large")))

    def each(self, values: Any, cost: int) -> Iterator[Any]:
        if not isinstance(values, tuple):
            raise Unacceptable(phrase(N_("only a list can be gone through")))
        for value in values:
            self.spend(cost)
            yield value

    def written(self, pieces: Iterable[str]) -> Iterator[str]:
        for piece in pieces:
            self.spend(len(piece))
            yield piece


def _environment(budget: _Budget, language: Language) -> "ImmutableSandboxedEnvironment":
    from jinja2 import StrictUndefined
    from jinja2.runtime import LoopContext
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            if isinstance(obj, LoopContext):
                return attr in _LOOP
            return is_dataclass(obj)

        def is_safe_callable(self, obj: Any) -> bool:
            return obj in self.globals.values()

    def escaped(value: Any, write: Callable[[str], Written] = escaping.text) -> Written:
        if isinstance(value, Written):
            return value
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise Unacceptable(phrase(N_("only a text or a number can be written")))
        shown = str(value)
        budget.spend(_ESCAPE + len(shown))
        return write(shown)

    def quoted(value: Any, indent: int = 0) -> Written:
        return escaped(value, partial(escaping.quote, indent=indent))

    environment = Environment(
        finalize=lambda value: escaped(value).markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
        cache_size=0,
    )
    environment.globals = {
        "_": lambda said, **values: Written(_Fill(escaped).vformat(language.gettext(said), (), values)),
        "ngettext": lambda one, many, count: Written(language.ngettext(one, many, _whole(count))),
    }
    environment.globals["gettext"] = environment.globals["_"]
    environment.filters = {"code": partial(escaped, write=escaping.code), "quote": quoted, _EACH: budget.each}
    environment.tests = {}
    return environment


class _Fill(string.Formatter):
    """Puts escaped values into a translated text, which is the only part written as it is."""

    def __init__(self, escaped: Callable[[Any], Written]) -> None:
        self._escaped = escaped

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        if field_name not in kwargs:
            raise Unacceptable(phrase(N_("the text has no value for {name}"), name=field_name))
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return self._escaped(value).markdown


def _whole(count: Any) -> int:
    if not isinstance(count, int):
        raise Unacceptable(phrase(N_("only a number can be counted")))
    return count


def _check(tree: "nodes.Template") -> None:
    """Refuses what a template may not hold, and makes every loop count what it costs."""
    pending: list[tuple[Any, int]] = [(tree, 0)]
    loops: list[Any] = []
    while pending:
        node, line = pending.pop()
        name = type(node).__name__
        line = node.lineno or line
        wrong = _RULES.get(name, _nothing)(node) if name in _ALLOWED else name.lower()
        if wrong is not None:
            raise Unacceptable(phrase(N_("'{name}' is not for report templates"), name=wrong), line)
        pending.extend((each, line) for each in node.iter_child_nodes())
        if name == "For":
            loops.append(node)
    for loop in loops:
        _count(loop)


def _count(loop: "nodes.For") -> None:
    from jinja2 import nodes

    inside: list[Any] = [*loop.body, *loop.else_]
    cost = 1
    while inside:
        node = inside.pop()
        cost += 1
        inside.extend(node.iter_child_nodes())
    loop.iter = nodes.Filter(loop.iter, _EACH, [nodes.Const(cost)], [], None, None, lineno=loop.lineno)


def _nothing(node: Any) -> str | None:
    return None


def _check_loop(node: Any) -> str | None:
    plain = not node.recursive and node.test is None and type(node.target).__name__ == "Name"
    return None if plain else "recursive, filtered or unpacking for"


def _check_name(node: Any) -> str | None:
    return f"set {node.name}" if node.ctx != "load" and node.name in _FUNCTIONS else None


def _check_attribute(node: Any) -> str | None:
    return str(node.attr) if node.attr.startswith("_") else None


def _check_comparison(node: Any) -> str | None:
    return None if node.op in ("eq", "ne") else str(node.op)


def _check_call(node: Any) -> str | None:
    """Only `_` and `ngettext`, and these on literal texts: what they are given is written as it is."""
    name = getattr(node.node, "name", "")
    wanted = _FUNCTIONS.get(name, 0)
    literal = [getattr(each, "value", None) for each in node.args[: min(wanted, 2)]]
    sound = (
        wanted
        and len(node.args) == wanted
        and node.dyn_args is None
        and node.dyn_kwargs is None
        and not (wanted > 1 and node.kwargs)
        and all(isinstance(each, str) for each in literal)
    )
    return None if sound else f"{name}()"


def _check_filter(node: Any) -> str | None:
    values = [getattr(each, "value", None) for each in node.args]
    sound = (
        node.node is not None
        and len(values) <= _FILTERS.get(node.name, -1)
        and not node.kwargs
        and node.dyn_args is None
        and node.dyn_kwargs is None
        and all(type(each) is int and 0 <= each <= 12 for each in values)
    )
    return None if sound else f"|{node.name}"


_RULES: Mapping[str, Callable[[Any], str | None]] = {
    "For": _check_loop,
    "Name": _check_name,
    "Getattr": _check_attribute,
    "Operand": _check_comparison,
    "Call": _check_call,
    "Filter": _check_filter,
}


def _decoded(template: bytes | str) -> str:
    if len(template) > LONGEST_TEMPLATE:
        raise Unacceptable(phrase(N_("the template is larger than {size} bytes"), size=LONGEST_TEMPLATE))
    try:
        return template if isinstance(template, str) else template.decode()
    except UnicodeDecodeError as error:
        raise Unacceptable(phrase(N_("the template is not UTF-8"))) from error


def _variables(page: Any) -> dict[str, Any]:
    return {each.name: getattr(page, each.name) for each in fields(page)}


def _line_of(error: BaseException, path: str) -> int:
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _problem(path: str, line: int, wrong: Phrase) -> ProblemsFound:
    return ProblemsFound([Problem(Place(path, line, 1 if line else 0), "report-template", wrong)])

"""The kinds of checks: found by walking the package, and by the entry-point group `promoter.checks`.

A module is named as its kind; so is an entry point of a third party, which points at the class.
"""

import importlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from promoter import checks
from promoter.checks import rulings
from promoter.checks.declaration import Kind, KindBroken, kind_of
from promoter.messages import Message, Phrase, Template
from promoter.redaction import visible

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "promoter.checks"
_NOT_KINDS = frozenset(
    {
        "alerting",
        "alert_routes",
        "alertmanager",
        "authorization",
        "command_output",
        "command_results",
        "command_rulings",
        "counterparts",
        "declaration",
        "dns_records",
        "dns_rulings",
        "document_rulings",
        "document_source",
        "document_text",
        "document_words",
        "dotenv_file",
        "field_scalars",
        "field_schema",
        "fields",
        "git_rulings",
        "git_tags",
        "holding",
        "http_expecting",
        "http_sending",
        "json_conditions",
        "json_text",
        "junit_ages",
        "junit_file",
        "junit_results",
        "junit_rulings",
        "junit_stamps",
        "junit_states",
        "junit_suites",
        "oauth_answer",
        "oauth_rulings",
        "patterns",
        "prometheus_asking",
        "prometheus_query",
        "references",
        "registry",
        "release_commit",
        "rulings",
        "tree_paths",
        "variables",
        "webhook_events",
        "webhook_rulings",
        "webhook_trial",
        "withheld",
    }
)


def names() -> tuple[str, ...]:
    """Every kind there is, own and third parties', sorted; imports none of them."""
    return tuple(sorted(_own_names() | {each.name for each in _entry_points()}))


def kind(name: str) -> Kind:
    """The kind of that name; imports only its module.

    Raises KeyError when there is none; KindBroken, which is one, when a third party's cannot be had.
    """
    if name in _own_names():
        return _own(name)
    for entry_point in _entry_points():
        if entry_point.name == name:
            return _third_party(entry_point)
    raise KeyError(name)


def template(code: str) -> Template | None:
    """The English template of any code an outcome may carry; None when no kind knows it."""
    found = _knowing(code)
    return found.phrases.get(code) if found else rulings.PHRASES.get(code)


def remedy(reason: Message) -> Phrase | None:
    """What to do about the reason of an outcome; None when nothing is needed, or no kind knows it."""
    found = _knowing(reason.code)
    if found is None:
        return rulings.remedy(reason)
    words = found.remedies.get(reason.code)
    return Phrase(words, reason.parameters) if words is not None else None


def _knowing(code: str) -> Kind | None:
    name, dot, _ = code.partition(".")
    try:
        return kind(name) if dot else None
    except KeyError:
        return None


@cache
def _own_names() -> frozenset[str]:
    modules = {
        each.stem for place in checks.__path__ for each in Path(place).iterdir() if each.suffix == ".py"
    }
    return frozenset(modules - {"__init__"} - _NOT_KINDS)


@cache
def _own(name: str) -> Kind:
    module = importlib.import_module(f"{checks.__name__}.{name}")
    found = next((each for each in map(kind_of, vars(module).values()) if each and each.name == name), None)
    if found is None:
        raise TypeError(f"{module.__name__} holds no kind named {name}")
    return found


def _entry_points() -> "tuple[EntryPoint, ...]":
    from importlib.metadata import entry_points

    return tuple(each for each in entry_points(group=ENTRY_POINTS) if each.name not in _own_names())


def _third_party(entry_point: "EntryPoint") -> Kind:
    try:
        found = kind_of(entry_point.load())
    except (ImportError, AttributeError, SyntaxError, NameError, TypeError, ValueError) as cause:
        raise KindBroken(entry_point.name, visible(f"{type(cause).__name__}: {cause}")) from cause
    if found is None or found.name != entry_point.name:
        raise KindBroken(
            entry_point.name, visible(f"{entry_point.value} is no kind named {entry_point.name}")
        )
    return found

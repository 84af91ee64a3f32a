"""The forms of single values: names, texts, numbers, lengths of time, addresses, paths."""

import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from promoter.checklist.forms import Form, Schema, as_scalar, attempt
from promoter.checklist.nodes import Node, Table
from promoter.checklist.reporting import Known, Report, Unread
from promoter.checklist.scalars import meaning
from promoter.messages import LANGUAGES, N_, Phrase, phrase
from promoter.model.address import split_url
from promoter.model.duration import parse_duration
from promoter.model.text import Text, plain

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_SLUG = r"[a-z0-9][a-z0-9._-]{0,63}"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,127}"
_LINE = r"[^\x00-\x1f\x7f]{0,499}[^\x00-\x20\x7f]"
_RELATIVE_PATH = r"(?!/)(?!.*(^|/)\.\.(/|$))[^\x00-\x1f\x7f\\]{1,500}"
_DURATION = r"[0-9]{1,9}(\.[0-9]{1,6})? ?(ms|s|m|min|h|d|w)"
_HTTPS = r"https://[^\s@/?#]+([/?#]\S*)?"


def written(node: Node, report: Report) -> str:
    """The text of a node; refused when YAML sees something else in it, or nothing."""
    scalar = as_scalar(node, report)
    found = meaning(scalar)
    if found is None or not str(found).strip():
        words = phrase(N_("says nothing; leave the field out or fill it in"))
        report.refuse(scalar.place, "empty-value", words)
    if not isinstance(found, str):
        words = phrase(N_("{value} is not text to YAML; write it in quotes"), value=scalar.text)
        report.refuse(scalar.place, "not-text", words)
    return found


def matching(pattern: str, code: str, wrong: Phrase) -> Form[str]:
    """Text that is wholly of a pattern, which must mean the same here and in ECMA 262."""

    def read(node: Node, report: Report) -> str:
        text = written(node, report)
        if not re.fullmatch(pattern, text):
            report.refuse(node.place, code, wrong)
        return text

    return Form(read, lambda: {"type": "string", "pattern": f"^(?:{pattern})$"})


slug = matching(
    _SLUG,
    "not-an-id",
    phrase(
        N_("must be of lower-case letters, digits, '.', '_' and '-', 64 at most, not starting with a sign")
    ),
)
variable_name = matching(
    _VARIABLE,
    "not-a-variable",
    phrase(N_("must be the name of a variable: letters, digits and '_', 128 at most")),
)
line = matching(_LINE, "not-a-line", phrase(N_("must be one line of at most 500 characters")))
relative_path = matching(
    _RELATIVE_PATH, "not-a-path", phrase(N_("must be the path of a file inside the repository, without '..'"))
)


def declaring(sort: str, form: Form[str] = slug, *, same: Callable[[str], str] = str) -> Form[str]:
    """A name that the file declares, once; two are one name where `same` makes the same of them."""

    def read(node: Node, report: Report) -> str:
        name = form.read(node, report)
        report.declare(sort, same(name), node.place)
        return name

    return Form(read, form.schema)


def _read_environment(node: Node, report: Report) -> str:
    name = slug.read(node, report)

    def known(known: Known) -> None:
        if known.environments and name not in known.environments:
            words = phrase(N_("there is no environment {name}"), name=name)
            report.wrong(node.place, "unknown-environment", words, (name, known.environments))

    report.later(known)
    return name


environment_name = Form(_read_environment, slug.schema)


def _read_item(node: Node, report: Report) -> str:
    name = slug.read(node, report)

    def known(known: Known) -> None:
        items = known.declared.get("item", {})
        if name not in items:
            words = phrase(N_("there is no item {name} in this checklist"), name=name)
            report.wrong(node.place, "unknown-item", words, (name, items))

    report.later(known)
    return name


item_name = Form(_read_item, slug.schema)


def _read_text(node: Node, report: Report) -> Text:
    if isinstance(node, Table):
        return _read_translations(node, report)
    return plain(written(node, report).strip())


def _read_translations(node: Table, report: Report) -> Text:
    if not node.entries:
        report.refuse(node.place, "empty-text", phrase(N_("says nothing in any language")))
    forms, whole = {}, True
    for key, value in node.entries:
        if key.text not in LANGUAGES:
            words = phrase(
                N_("{name} is none of the languages of promoter: {languages:list}"),
                name=key.text,
                languages=LANGUAGES,
            )
            report.wrong(key.place, "unknown-language", words)
            whole = False
            continue
        got = attempt(_words, value, report)
        whole &= got is not None
        forms[key.text] = got[0].strip() if got else ""
    if not whole:
        raise Unread
    return Text(forms)


def _text_schema() -> Schema:
    words = _words.schema()
    forms = {"type": "object", "minProperties": 1, "additionalProperties": False}
    return {"anyOf": [words, {**forms, "properties": dict.fromkeys(LANGUAGES, words)}]}


_words = Form(written, lambda: {"type": "string", "pattern": r"\S"})
text = Form(_read_text, _text_schema)


def _read_flag(node: Node, report: Report) -> bool:
    scalar = as_scalar(node, report)
    found = meaning(scalar)
    if not isinstance(found, bool):
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(
            scalar.text.lower(), scalar.text.lower()
        )
        words = phrase(N_("must be true or false"))
        report.refuse(scalar.place, "not-yes-or-no", words, (meant, ("true", "false")))
    return found


flag = Form(_read_flag, lambda: {"type": "boolean"})


def whole_number(*, at_least: int, at_most: int) -> Form[int]:
    """A whole number within bounds."""

    def read(node: Node, report: Report) -> int:
        found = meaning(as_scalar(node, report))
        if not isinstance(found, int) or isinstance(found, bool) or not at_least <= found <= at_most:
            words = phrase(N_("must be a whole number from {least} to {most}"), least=at_least, most=at_most)
            report.refuse(node.place, "not-a-count", words)
        return found

    return Form(read, lambda: {"type": "integer", "minimum": at_least, "maximum": at_most})


def choice(kind: type[E]) -> Form[E]:
    """One of an enumeration's values."""
    values = [each.value for each in kind]
    return Form(lambda node, report: kind(_one_of(values, node, report)), lambda: {"enum": values})


def constant(values: dict[str, bool]) -> Form[bool]:
    """One of a few words, each of which stands for yes or no."""
    words = list(values)
    return Form(lambda node, report: values[_one_of(words, node, report)], lambda: {"enum": words})


def _one_of(values: list[str], node: Node, report: Report) -> str:
    word = written(node, report)
    if word not in values:
        words = phrase(N_("must be one of {allowed:list}"), allowed=values)
        report.refuse(node.place, "not-one-of", words, (word, values))
    return word


def converted(form: Form[str], make: Callable[[str], T], code: str, wrong: Phrase) -> Form[T]:
    """Text that `make` turns into something, or refuses with ValueError."""

    def read(node: Node, report: Report) -> T:
        word = form.read(node, report)
        try:
            return make(word)
        except ValueError:
            report.refuse(node.place, code, wrong)

    return Form(read, form.schema)


def _long_enough(written: str) -> timedelta:
    length = parse_duration(written)
    if not length:
        raise ValueError("no time at all")
    return length


def _https(written: str) -> str:
    split_url(written)
    return written


_NO_DURATION = phrase(N_("must be a length of time with its unit, such as 12h, 7d or 2w, ten years at most"))
_NO_URL = phrase(N_("must be an https URL, without user name or password"))

duration = converted(
    matching(_DURATION, "not-a-duration", _NO_DURATION), _long_enough, "not-a-duration", _NO_DURATION
)
https_url = converted(matching(_HTTPS, "not-a-url", _NO_URL), _https, "not-a-url", _NO_URL)

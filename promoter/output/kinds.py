"""The kinds of checks as people and programs read them; the docs page is made from the same."""

import re
from inspect import cleandoc
from typing import Any

from promoter.checks.declaration import Kind
from promoter.checks.fields import FieldSpec
from promoter.messages import N_, Language, phrase
from promoter.model.reference import written
from promoter.output.checks import GLYPHS, STYLES, VERDICTS
from promoter.output.console import Console, Style
from promoter.output.field_sorts import sort_of


def show_kinds(console: Console, kinds: tuple[Kind, ...]) -> None:
    """One line a kind."""
    margin = max((len(each.name) for each in kinds), default=0) + 4
    for each in kinds:
        first, *rest = console.wrapped(paragraphs_of(each, console.language)[0], margin)
        console.line("  ", (each.name.ljust(margin - 2), Style.STRONG), first)
        for words in rest:
            console.line(" " * margin, words)
    console.line(console.language.gettext(N_("'promoter kinds NAME' shows one with its fields and reasons.")))


def show_kind(console: Console, kind: Kind) -> None:
    """A kind whole: what it answers, its fields, its reasons with their remedies, an example."""
    language = console.language
    say = language.gettext
    console.line((kind.name, Style.STRONG))
    for paragraph in paragraphs_of(kind, language):
        _indented(console, "  ", paragraph)
    if kind.effects is not None:
        label = say(N_("Changes the world:"))
        first, *rest = console.wrapped(f"{label} {language.template(kind.effects)}", 0)
        console.line((label, Style.WAITING), first.removeprefix(label))
        for words in rest:
            console.line(words)
    console.line((say(N_("Fields")), Style.STRONG))
    for each in sorted(kind.fields, key=lambda field: not field.required):
        first, *rest = console.wrapped(
            f"{_need(each, language)} · {sort_of(each.annotation, language)}", len(each.name) + 4
        )
        console.line("  ", (each.name, Style.ACCENT), (f"  {first}", Style.FAINT))
        for words in rest:
            console.line(" " * (len(each.name) + 4), (words, Style.FAINT))
        _indented(console, "      ", say(each.description))
    console.line((say(N_("Reasons")), Style.STRONG))
    for code, ruling in sorted(kind.rulings.items()):
        verdict = ruling.verdict
        name = f"  {GLYPHS[verdict]} {code.removeprefix(f'{kind.name}.')}"
        console.line((name, STYLES[verdict]), (f"  {say(VERDICTS[verdict])}", Style.FAINT))
        _indented(console, "      ", _unformatted(language.template(ruling.summary)))
        if ruling.remedy is not None:
            _indented(console, "      → ", _unformatted(language.template(ruling.remedy)))
    console.line((say(N_("Example")), Style.STRONG))
    for line in example(kind).splitlines():
        console.line("  ", line)
    trial = phrase(
        N_("alone: promoter try {kind} FIELD=VALUE…; 'promoter try --help' says how"), kind=kind.name
    )
    console.line((language.say(trial), Style.FAINT))


def kinds_document(kind: Kind, language: Language) -> dict[str, Any]:
    """One kind as JSON."""
    return {
        "name": kind.name,
        "text": "\n\n".join(paragraphs_of(kind, language)),
        "effects": language.template(kind.effects) if kind.effects is not None else None,
        "fields": [
            {
                "name": each.name,
                "required": each.required,
                "default": None if each.required else each.default,
                "text": language.gettext(each.description),
            }
            for each in kind.fields
        ],
        "reasons": {
            code.removeprefix(f"{kind.name}."): {
                "text": language.template(ruling.summary),
                "remedy": language.template(ruling.remedy) if ruling.remedy is not None else None,
            }
            for code, ruling in sorted(kind.rulings.items())
        },
        "example": written(dict(kind.example)),
    }


def example(kind: Kind) -> str:
    """The example of a kind, as a checklist writes it."""
    import yaml

    return yaml.safe_dump([{kind.name: written(dict(kind.example))}], sort_keys=False, allow_unicode=True)


def paragraphs_of(kind: Kind, language: Language) -> list[str]:
    """What a kind answers, a paragraph each."""
    paragraphs = cleandoc(language.gettext(kind.docstring)).split("\n\n")
    return [each.replace("\n", " ") for each in paragraphs]


def _unformatted(template: str) -> str:
    """A template to be read: placeholders as `{name}`, without the way they are formatted."""
    return re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", template.replace("{{", "{").replace("}}", "}"))


def _need(field: FieldSpec, language: Language) -> str:
    if field.required:
        return language.gettext(N_("required"))
    if field.default in (None, ()) or field.default == {}:
        return language.gettext(N_("optional"))
    return language.say(phrase(N_("by default {value}"), value=default_of(field)))


def default_of(field: FieldSpec) -> str:
    """The default of a field, as a checklist writes it."""
    several = field.default if isinstance(field.default, tuple) else (field.default,)
    return ", ".join(str(each).lower() if isinstance(each, bool) else str(each) for each in several)


def _indented(console: Console, indent: str, text: str) -> None:
    first, *rest = console.wrapped(text, len(indent))
    console.line(indent, first)
    for words in rest:
        console.line(" " * len(indent), words)

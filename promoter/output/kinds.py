"""The kinds of checks as people and programs read them; the docs page is made from the same."""

from typing import Any

from promoter.checks.declaration import Kind
from promoter.messages import N_, Language
from promoter.output.console import Console, Style


def show_kinds(console: Console, kinds: tuple[Kind, ...]) -> None:
    """One line a kind."""
    console.columns([((each.name, Style.STRONG), _first_line(each, console.language)) for each in kinds])
    console.line(console.language.gettext(N_("'promoter kinds NAME' shows one with its fields and reasons.")))


def show_kind(console: Console, kind: Kind) -> None:
    """A kind whole: what it answers, its fields, its reasons with their remedies, an example."""
    language = console.language
    console.line((kind.name, Style.STRONG))
    console.block(language.gettext(kind.docstring))
    if kind.effects is not None:
        console.line(
            (language.gettext(N_("Changes the world:")), Style.WAITING),
            " ",
            _template(language, kind.effects),
        )
    console.line((language.gettext(N_("Fields:")), Style.STRONG))
    console.columns(
        [
            (
                (each.name, Style.ACCENT),
                language.gettext(N_("required")) if each.required else f"({each.default})",
                language.gettext(each.description),
            )
            for each in kind.fields
        ]
    )
    console.line((language.gettext(N_("Reasons:")), Style.STRONG))
    for code, ruling in sorted(kind.rulings.items()):
        console.line(
            "  ",
            (code.removeprefix(f"{kind.name}."), Style.ACCENT),
            "  ",
            _template(language, ruling.summary),
        )
        if ruling.remedy is not None:
            console.line("      → ", _template(language, ruling.remedy))
    console.line((language.gettext(N_("Example:")), Style.STRONG))
    console.block(example(kind))


def kinds_document(kind: Kind, language: Language) -> dict[str, Any]:
    """One kind as JSON."""
    return {
        "name": kind.name,
        "text": language.gettext(kind.docstring),
        "effects": _template(language, kind.effects) if kind.effects is not None else None,
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
                "text": _template(language, ruling.summary),
                "remedy": _template(language, ruling.remedy) if ruling.remedy is not None else None,
            }
            for code, ruling in sorted(kind.rulings.items())
        },
        "example": dict(kind.example),
    }


def example(kind: Kind) -> str:
    """The example of a kind, as a checklist writes it."""
    import yaml

    return yaml.safe_dump([{kind.name: dict(kind.example)}], sort_keys=False, allow_unicode=True)


def _first_line(kind: Kind, language: Language) -> str:
    return language.gettext(kind.docstring).split("\n")[0]


def _template(language: Language, template: Any) -> str:
    return language.gettext(template if isinstance(template, str) else template.many)

"""Fills the generated parts of the documents, from the code they speak of.

    python -m docs.generate

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`. `make test` fails when one is not
what the code says.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import cleandoc
from pathlib import Path

import click

from promoter.checks import registry, rulings
from promoter.checks.declaration import Kind
from promoter.checks.fields import FieldSpec
from promoter.cli import root
from promoter.cli.grammar import SHARED
from promoter.cli.verbs import VERBS
from promoter.gate import PHRASES
from promoter.gate.remedies import NEXT
from promoter.messages import Template
from promoter.model.ruling import Ruling
from promoter.output.checks import VERDICTS
from promoter.output.kinds import default_of, example
from promoter.trail import ailment
from promoter.trail.refusals import EXPLANATIONS
from promoter.trail.remedies import REMEDIES
from promoter.trail.severity import Severity, gravest
from promoter.usecases.language import phrasebook

DOCUMENTS = Path(__file__).parent
_SEVERITIES = {
    Severity.UNTRUSTED: "untrusted",
    Severity.UNSURE: "cannot tell",
    Severity.NOT_COUNTED: "not counted",
    Severity.NOTE: "note",
}
_PART = re.compile(r"(<!-- generated: (?P<name>[a-z -]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(document: str) -> str:
    """A document with its generated parts as the code says them now.

    Raises KeyError for a part that nothing makes.
    """
    return _PART.sub(lambda part: f"{part[1]}\n{_parts()[part['name']]().strip()}\n\n{part[3]}", document)


def parts_of(document: str) -> list[str]:
    """The names of a document's generated parts."""
    return [part["name"] for part in _PART.finditer(document)]


def main() -> None:
    """Fills every document of this directory in place."""
    for path in sorted(DOCUMENTS.glob("*.md")):
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


def _parts() -> Mapping[str, Callable[[], str]]:
    verbs = {f"verb {name}": _of_verb(name) for name in VERBS}
    return {
        "kinds": _kinds,
        "reasons of every kind": _reasons_of_every_kind,
        "gate reasons": _gate_reasons,
        "verify findings": _verify_findings,
        "doctor findings": _doctor_findings,
        "sync refusals": _sync_refusals,
        "shared options": _shared_options,
        **verbs,
    }


def _kinds() -> str:
    return "\n".join(_kind(registry.kind(name)) for name in registry.names())


def _kind(kind: Kind) -> str:
    required = [each for each in kind.fields if each.required]
    optional = [each for each in kind.fields if not each.required]
    text = "\n\n".join(" ".join(each.split()) for each in cleandoc(kind.docstring).split("\n\n"))
    effects = f"**Changes the world:** {_english(kind.effects)}\n" if kind.effects is not None else ""
    return "\n".join(
        (
            f"## {kind.name}\n",
            f"{text}\n",
            effects + f"```yaml\n{example(kind)}```\n",
            _table(("Field", "Default", "Meaning"), map(_field, (*required, *optional))),
            _table(("Reason", "Verdict", "Says", "What to do"), _reasons(kind.rulings, f"{kind.name}.")),
        )
    )


def _field(field: FieldSpec) -> tuple[str, ...]:
    empty = field.default is None or field.default == ()
    default = "required" if field.required else "—" if empty else f"`{default_of(field)}`"
    return f"`{field.name}`", default, _cell(field.description)


def _reasons(of: Mapping[str, Ruling], prefix: str = "") -> Iterator[tuple[str, ...]]:
    for code, ruling in sorted(of.items()):
        yield (
            f'<a id="{code.replace(".", "-")}"></a>`{code.removeprefix(prefix)}`',
            VERDICTS[ruling.verdict],
            _cell(_english(ruling.summary)),
            _cell(_english(ruling.remedy)) if ruling.remedy is not None else "—",
        )


def _reasons_of_every_kind() -> str:
    return _table(("Reason", "Verdict", "Says", "What to do"), _reasons(rulings.RULINGS))


def _gate_reasons() -> str:
    return _table(
        ("Code", "Says", "What to do next"),
        (
            (f"`{code}`", _said(code), _cell(_english(NEXT[code])) if code in NEXT else "—")
            for code in sorted({*PHRASES, *NEXT})
        ),
    )


def _verify_findings() -> str:
    codes = sorted(REMEDIES, key=lambda code: (list(Severity).index(gravest(code)), code))
    rows = (
        (f"`{code}`", _SEVERITIES[gravest(code)], _said(code), _cell(_english(REMEDIES[code])))
        for code in codes
    )
    return _table(("Code", "Severity", "Says", "What to do"), rows)


def _doctor_findings() -> str:
    codes = sorted(ailment.REMEDIES)
    rows = ((f"`{code}`", _said(code), _cell(_english(ailment.REMEDIES[code]))) for code in codes)
    return _table(("Code", "Says", "What to do"), rows)


def _sync_refusals() -> str:
    rows = (
        (f"`{code}`", _cell(each.wrong), _cell(each.remedy)) for code, each in sorted(EXPLANATIONS.items())
    )
    return _table(("Code", "Says", "What to do"), rows)


def _said(code: str) -> str:
    words = phrasebook(code)
    if words is None:
        raise KeyError(code)
    return _cell(_english(words))


def _of_verb(name: str) -> Callable[[], str]:
    return lambda: _verb(name)


def _verb(name: str) -> str:
    verb = command_of(name)
    context = click.Context(verb)
    arguments = [each.make_metavar(context) for each in verb.params if isinstance(each, click.Argument)]
    own = [each for each in verb.params if isinstance(each, click.Option) and each not in SHARED]
    examples: str = getattr(verb, "examples", "")
    usage = " ".join(("promoter", name, *(["[OPTIONS]"] if own else []), *arguments))
    return "\n".join(
        (
            f"{verb.help}\n",
            f"```text\n{usage}\n```\n",
            *([_options(own)] if own else []),
            "```console\n" + "".join(f"$ {each}\n" for each in examples.split("\n")) + "```\n",
        )
    )


def command_of(name: str) -> click.Command:
    """A verb of the command line; raises KeyError."""
    group = root.Root("promoter")
    found = group.get_command(click.Context(group), name)
    if found is None:
        raise KeyError(name)
    return found


def _shared_options() -> str:
    return _options(SHARED)


def _options(options: Sequence[click.Option]) -> str:
    return _table(
        ("Option", "Meaning"),
        ((_cell(f"`{_spelling(each)}`"), _cell(each.help or "")) for each in options),
    )


def _spelling(option: click.Option) -> str:
    choices = f"[{'|'.join(option.type.choices)}]" if isinstance(option.type, click.Choice) else ""
    return f"{', '.join(option.opts)} {'' if option.is_flag else option.metavar or choices}".strip()


def _english(template: Template) -> str:
    return template if isinstance(template, str) else template.many


def _cell(text: str) -> str:
    """A text for a cell: placeholders as `{name}`, without the way they are formatted."""
    text = re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", text.replace("{{", "{").replace("}}", "}"))
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *rows)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

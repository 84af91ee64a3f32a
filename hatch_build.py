"""What building promoter adds to copying files: compiled message catalogues, and the shipped checklists and templates.

The `.po` files are the source and live in git; the `.mo` files that gettext reads are made from them here, next to them, so that
they are never committed, never out of date in a wheel, and there at once in an editable install. `make messages` calls the same
function, after Babel has extracted with `extract_kind` what is translated of a check kind.

`checklists` and `templates` stand at the top of the repository, where people look for them; in a wheel they are under
`promoter/_shipped`. Hatchling's own `force-include` would copy them into site-packages on an editable install too, where the
copies would go stale: hence this hook.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = ("checklists", "templates")


def compile_catalogues(root: Path) -> list[Path]:
    """Compile every catalogue under `promoter/locale` and return the `.mo` files written; none when there is no catalogue yet."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = []
    for source in sorted(root.glob("promoter/locale/*/LC_MESSAGES/*.po")):
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parent.parent.name)
        target = source.with_suffix(".mo")
        beside = target.with_suffix(".mo.new")
        with beside.open("wb") as stream:
            write_mo(stream, catalogue)
        beside.replace(target)  # in one step: a promoter running from this tree never reads half a catalogue
        compiled.append(target)
    return compiled


def extract_kind(
    stream: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[tuple[Any, ...]]:
    """Babel's extraction method for modules of checks: what is marked, and the docstrings of kinds, which users read as well."""
    from babel.messages.extract import extract_python

    yield from extract_python(stream, keywords, comment_tags, options)
    stream.seek(0)
    for each in ast.walk(ast.parse(stream.read())):
        if isinstance(each, ast.ClassDef) and any(_is_kind(decorator) for decorator in each.decorator_list):
            yield each.lineno, None, ast.get_docstring(each) or "", []


def _is_kind(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "kind"
    )


class Hook(BuildHookInterface[Any]):
    """Run before every wheel, editable ones included; an sdist carries the sources only."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile for both versions of the target; ship copies in the `standard` one only, not in the `editable`."""
        compile_catalogues(Path(self.root))
        if version == "standard":
            for folder in SHIPPED:
                build_data["force_include"][str(Path(self.root) / folder)] = f"promoter/_shipped/{folder}"


if __name__ == "__main__":
    compile_catalogues(Path(__file__).resolve().parent)

"""What building promoter adds to copying files: compiled message catalogues, and the shipped checklists and templates.

The `.po` files are the source and live in git; the `.mo` files that gettext reads are made from them here, next to them, so that
they are never committed, never out of date in a wheel, and there at once in an editable install. `make compile` calls the same
function.

`checklists` and `templates` stand at the top of the repository, where people look for them; in a wheel they are under
`promoter/_shipped`. Hatchling's own `force-include` would copy them into site-packages on an editable install too, where the
copies would go stale: hence this hook.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

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

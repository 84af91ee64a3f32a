"""The entry point: the only module that knows both faces."""

import sys
from typing import TYPE_CHECKING

from promoter.cli.quick import quick_answer

if TYPE_CHECKING:
    from promoter.messages import Language
    from promoter.usecases.settings import Settings


def main() -> None:
    """Runs `promoter` and exits with its code."""
    code: int | None = quick_answer(sys.argv[1:])
    if code is None:
        from promoter.cli.root import main as command_line

        code = command_line(sys.argv[1:], _full_screen)
    sys.exit(code)


def _full_screen(settings: "Settings", language: "Language", promotion: str | None) -> int:
    from promoter.tui.start import start

    return start(settings, language, promotion)


if __name__ == "__main__":
    main()

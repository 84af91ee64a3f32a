"""The full screen at a made-up desk, as a process of its own: `python -m tests.support.sitter SCENE`.

Scenes: `plain`, `production`, `hostile`, `wary` (a check asks for consent to a hostile command), `crash` (the
report is a bug with a secret among its locals), `untold` (somebody could not be told of what was signed). What was signed, and what was agreed to for a run, is written
to the file named by SITTER_LOG.
"""

import os
import sys
import traceback
from pathlib import Path
from threading import Event

from promoter.errors import PromoterError
from promoter.messages import N_, phrase
from promoter.tui.desk import Desk, Listener, Scope, SignOffForm
from promoter.tui.start import sit_down
from tests.support.desks import FakeDesk, command, speaking, standing


class _Broken(FakeDesk):
    def report(self, promotion: str) -> str:
        secret = "hunter2-hunter2"
        raise RuntimeError(f"a bug of {len(secret)} letters")


class _Logging(FakeDesk):
    def sign(self, promotion: str, item: str, form: SignOffForm) -> None:
        self._log(item)

    def run(
        self, promotion: str, scope: Scope, consents: frozenset[str], listen: Listener, stop: Event
    ) -> bool:
        self._log("ran", *sorted(consents))
        return super().run(promotion, scope, consents, listen, stop)

    def _log(self, *words: str) -> None:
        with Path(os.environ["SITTER_LOG"]).open("a", encoding="utf-8") as log:
            log.write(f"{' '.join(words)}\n")


def _desk(scene: str) -> Desk:
    if scene == "hostile":
        from tests.support.hostile import TERMINAL, scene_of

        return FakeDesk(
            shown=scene_of(TERMINAL), markdown=f"# {TERMINAL}\n\n| {TERMINAL} |\n|---|\n| {TERMINAL} |\n"
        )
    if scene == "wary":
        from tests.support.hostile import TERMINAL

        return _Logging(asking={("webhook", "https"): command(f"sh -c {TERMINAL} THE-END")})
    if scene == "untold":
        return _Logging(
            untold=(phrase(N_("{to} was not notified"), to="\x1b]0;owned\x07hooks"),), telling_seconds=1.0
        )
    if scene == "crash":
        return _Broken()
    return _Logging(shown=standing(production=scene == "production"))


def main() -> int:
    """Sits down; ends as `promoter` does."""
    try:
        return sit_down(lambda: _desk(sys.argv[1]), speaking(), None)
    except PromoterError as error:
        sys.stderr.write(f"{speaking().say(error.wrong)}\n")
        return error.exit_code
    except RuntimeError as bug:
        traceback.print_exception(bug)
        return 3


if __name__ == "__main__":
    sys.exit(main())

"""The progress of a run on stderr: a live line on a terminal, a line a check otherwise, nothing with `--json`."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from promoter.messages import N_, phrase
from promoter.output.checks import STYLES, outcome_line
from promoter.output.console import Console
from promoter.redaction import visible
from promoter.run import Finished, RunEvent, Started

if TYPE_CHECKING:
    from rich.status import Status


class Progress:
    """Shows the events of a run as they come; use it in a `with`.

    The live line is there only while checks run: what comes after may ask for a passphrase.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._running: dict[tuple[str, str], None] = {}
        self._live: Status | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def show(self, event: RunEvent) -> None:
        """Shows that a check began or ended."""
        console = self._console
        match event:
            case Started(planned=planned):
                self._running[(planned.item, planned.check.id)] = None
            case Finished(outcome=done):
                self._running.pop((done.item, done.check), None)
                if not (console.as_json or console.err.isatty()):
                    console.note((outcome_line(done, console.language), STYLES[done.outcome.verdict]))
        if not self._running:
            self._stop()
        elif console.err.isatty() and not console.as_json:
            self._tell_what_runs()

    def _tell_what_runs(self) -> None:
        from rich.text import Text

        if self._live is None:
            self._live = _live_line(self._console)
            self._live.start()
        names = [f"{item} {check}" for item, check in self._running]
        said = self._console.language.say(phrase(N_("running {names}"), names=names))
        self._live.update(Text(visible(said), overflow="ellipsis", no_wrap=True))

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


def _live_line(console: Console) -> "Status":
    from rich.console import Console as RichConsole
    from rich.status import Status

    rich = RichConsole(file=console.err, no_color=not console.wants_colour(console.err), highlight=False)
    return Status("", console=rich, spinner="line")

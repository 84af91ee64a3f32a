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
    from rich.text import Text


class Progress:
    """Shows the events of a run as they come; use it in a `with`."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._running: dict[tuple[str, str], None] = {}
        self._live: Status | None = None

    def __enter__(self) -> Self:
        if not self._console.as_json and self._console.err.isatty():
            self._live = _status(self._console)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, event: RunEvent) -> None:
        """Shows that a check began or ended."""
        match event:
            case Started(planned=planned):
                self._running[(planned.item, planned.check.id)] = None
            case Finished(outcome=done):
                self._running.pop((done.item, done.check), None)
                if self._live is None and not self._console.as_json:
                    verdict = done.outcome.verdict
                    self._console.note((outcome_line(done, self._console.language), STYLES[verdict]))
        if self._live is not None:
            self._live.update(self._under_way())

    def _under_way(self) -> "Text":
        from rich.text import Text

        names = ", ".join(f"{item} {check}" for item, check in self._running)
        said = phrase(N_("running {names}"), names=names)
        return Text(visible(self._console.language.say(said)), overflow="ellipsis", no_wrap=True)


def _status(console: Console) -> "Status":
    from rich.console import Console as RichConsole
    from rich.status import Status

    rich = RichConsole(file=console.err, no_color=not console.wants_colour(console.err), highlight=False)
    return Status("", console=rich, spinner="line")

"""The application: themes, signals, the end. What is shown is the screens' affair."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import Screen
from textual.worker import WorkerFailed

from promoter.errors import ExitCode
from promoter.messages import N_, Language
from promoter.tui.desk import Interruptible
from promoter.tui.promotion_screen import PromotionScreen
from promoter.tui.runs import RunEnded
from promoter.tui.session import Decided, Session, tell
from promoter.tui.theme import DARK, LIGHT, PLAIN

_LIGHT_BACKGROUNDS = {"7", "15"}
_SIGNALS = {
    signal.SIGTERM: ExitCode.TERMINATED,
    signal.SIGHUP: ExitCode.TERMINATED,
    signal.SIGINT: ExitCode.INTERRUPTED,
}


def _commands() -> type[Provider]:
    from promoter.tui.palette import Commands

    return Commands


class PromoterApp(App[int]):
    """`return_code` is true however it ends; `crash` is the bug that ended it, if one did."""

    CSS_PATH = "promoter.tcss"
    TITLE = "promoter"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - not a ClassVar in Textual
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", show=False, priority=True)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.crash: BaseException | None = None
        self._leaving = False
        for theme in (DARK, LIGHT, PLAIN):
            self.register_theme(theme)
        self.theme = PLAIN.name if self.no_color else _fitting_theme()

    @property
    def language(self) -> Language:
        """The reader's."""
        return self.session.language

    def get_default_screen(self) -> Screen[None]:
        """The promotion; it gives way to the board when none is open."""
        return PromotionScreen(self.session)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Textual's own commands are in English: ours are in `Commands`."""
        return ()

    def on_mount(self) -> None:
        """Ends in order when told to end, with the terminal as it was."""
        loop = asyncio.get_running_loop()
        if not self.is_headless:
            for number, code in _SIGNALS.items():
                loop.add_signal_handler(number, self._end, code)

    def action_help(self) -> None:
        """Shows the keys."""
        from promoter.tui.help_screen import HelpScreen

        _ = self.push_screen(HelpScreen(self.language))

    def action_command_palette(self) -> None:
        """Shows every command by name."""
        from promoter.tui.palette import Palette

        if not isinstance(self.screen, Palette):
            _ = self.push_screen(Palette(self.language))

    def action_colours(self, theme: str) -> None:
        """Changes the colours, unless there are none."""
        if not self.no_color:
            self.theme = theme

    def action_help_quit(self) -> None:
        """ctrl+c: stops what is going on; else says how to quit."""
        if not any(each.interrupt() for each in self._under_way()):
            tell(self, self.language.gettext(N_("q quits; ctrl+c stops a run.")))

    async def action_quit(self) -> None:
        """Leaves; a run that is going on is stopped and recorded first."""
        if any(each.interrupt() for each in self._under_way()) and not self._leaving:
            self._leaving = True
            return
        self.exit(return_code=ExitCode.YES)

    def on_decided(self, event: Decided) -> None:
        """Waits beside what goes on for those who are told of it."""
        self.session.complaint = ""
        self._hear_who_was_not_told()

    @work(group="notices")
    async def _hear_who_was_not_told(self) -> None:
        session = self.session
        await session.ask(session.learn)
        untold = [self.language.say(each) for each in session.untold]
        session.untold.clear()
        if untold:
            session.complaint = " · ".join(untold).replace("\n", " ")
            tell(self, "\n".join(untold), wrong=True)
        for each in self.screen_stack:
            if isinstance(each, PromotionScreen):
                each.draw_run()

    def on_run_ended(self, event: RunEnded) -> None:
        """Leaves, when someone wanted to and only a run kept them."""
        if self._leaving:
            self.exit(return_code=ExitCode.YES)

    def _under_way(self) -> Iterable[Interruptible]:
        return [each for each in self.screen_stack if isinstance(each, Interruptible)]

    def _end(self, code: ExitCode) -> None:
        for each in self._under_way():
            each.interrupt()
        self.exit(return_code=code)

    def _handle_exception(self, error: Exception) -> None:
        """Ends without Textual's traceback, which prints local variables and so may print secrets."""
        self._return_code = ExitCode.BUG
        self.crash = self.crash or (error.error if isinstance(error, WorkerFailed) else error)
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()


def _fitting_theme() -> str:
    wanted = os.environ.get("TEXTUAL_THEME")
    if wanted in (DARK.name, LIGHT.name, PLAIN.name):
        return wanted
    light = os.environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_BACKGROUNDS
    return LIGHT.name if light else DARK.name

"""Opens the full-screen face, where there is a terminal for it."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from promoter.errors import UsageError
from promoter.messages import N_, Language, phrase
from promoter.tui.desk import Desk

if TYPE_CHECKING:
    from promoter.usecases.settings import Settings

_DUMB = ("", "dumb")


def start(settings: "Settings", language: Language, promotion: str | None = None) -> int:
    """Opens the promotion screen on the work tree of `settings`; returns the exit code.

    Raises UsageError without a terminal, PromoterError when there is nothing to show, and whatever
    exception ended it by mistake, once the terminal is as it was.
    """

    def desk() -> Desk:
        from promoter.tui.office import Office

        return Office(settings, language)

    return sit_down(desk, language, promotion)


def sit_down(make_desk: Callable[[], Desk], language: Language, promotion: str | None = None) -> int:
    """As `start`, at any desk."""
    require_terminal()
    from promoter.tui.app import PromoterApp
    from promoter.tui.session import Session

    session = Session(make_desk(), language, promotion)
    app = PromoterApp(session)
    app.run()
    session.learn()
    for each in session.untold:
        session.aside(each)
    if app.crash is not None:
        raise app.crash
    if session.failure is not None:
        raise session.failure
    return app.return_code or 0


def require_terminal() -> None:
    """Raises UsageError where a full-screen program would hang or wreck the output."""
    remedy = phrase(N_("'promoter status' answers without one; 'promoter --help' lists the other verbs"))
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or os.environ.get("TERM", "") in _DUMB:
        raise UsageError(phrase(N_("the full screen needs a terminal")), remedy)
    if "utf" not in (sys.stderr.encoding or "").lower():
        raise UsageError(phrase(N_("the full screen needs a terminal that speaks UTF-8")), remedy)

"""The dialog that promotes, and shows how the checks do that run once more before."""

import asyncio
from collections.abc import Iterator
from threading import Event

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from promoter.messages import N_, phrase
from promoter.model.environment import OutcomesBy
from promoter.model.outcome import Outcome, Verdict
from promoter.tui.bars import in_production, release_words
from promoter.tui.desk import Progress
from promoter.tui.dialog import Dialog, Line
from promoter.tui.foreign import foreign, indented, lines_of
from promoter.tui.runs import RunEnded
from promoter.tui.session import Session
from promoter.tui.sign_dialog import identity_lines
from promoter.tui.styles import DIM, WARN
from promoter.tui.words import RUNNING, VERDICTS
from promoter.usecases.standing import Standing

_WIDTH = 67
_NAME_WIDTH = 28


class PromoteDialog(Dialog):
    """Promotes the release, after the checks ran once more."""

    busy_words = N_("The checks run once more. esc stops them.")

    def __init__(self, session: Session, standing: Standing) -> None:
        word = standing.promotion.release.name if in_production(standing) else None
        super().__init__(session, typed_word=word)
        self._standing = standing
        self._stop = Event()
        self._heard: dict[tuple[str, str], Outcome | None] = {}

    def heading(self) -> str:
        """Names the release and where it goes."""
        promotion = self._standing.promotion
        words = phrase(
            N_("Promote · {release} into {environment}"),
            release=promotion.release.name,
            environment=promotion.to_environment.upper(),
        )
        return self.language.say(words)

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("promote"))

    def statement(self) -> Content:
        """What will be authorised, and what happens first."""
        promotion, language = self._standing.promotion, self.language
        words = phrase(
            N_("This authorises {release} to go from {source} into {target}."),
            release=release_words(promotion.release, language),
            source=promotion.from_environment,
            target=promotion.to_environment.upper()
            if in_production(self._standing)
            else promotion.to_environment,
        )
        first = (
            N_("No check runs again: only what machines run counts here, and what they found last stands.")
            if self._standing.target.outcomes is OutcomesBy.MACHINES
            else N_("The checks that change nothing run once more first; the gate is then asked again.")
        )
        identity = self.session.identity
        return lines_of(
            [
                foreign(language.say(words), "bold"),
                foreign(language.gettext(first), DIM),
                *(foreign(f"! {language.say(each)}", WARN) for each in self._standing.decision.warnings),
                *(identity_lines(identity, self.session) if identity else ()),
            ]
        )

    def fields(self) -> Iterator[Widget]:
        """A comment; under it, once it was confirmed, the checks."""
        yield self.labelled(self.language.gettext(N_("Comment")), Line("comment"))
        yield Static(id="progress", markup=False)

    def action_cancel(self) -> None:
        """Goes away; while the checks run, stops them and stays until they are recorded."""
        if not self.interrupt():
            super().action_cancel()

    def interrupt(self) -> bool:
        """Stops the checks, and so the promotion; whether it was going on."""
        if self.busy:
            self._stop.set()
            self.say_wrong(self.language.gettext(N_("Stopping: what has finished is recorded…")), style=WARN)
        return self.busy

    async def perform(self) -> str:
        """Promotes."""
        promotion, comment, tip = (
            self._standing.promotion,
            self.value("comment").strip(),
            self._standing.trail.tip,
        )
        loop, desk = asyncio.get_running_loop(), self.session.desk
        self._stop = stop = Event()
        self._heard = {}

        def listen(progress: Progress) -> None:
            loop.call_soon_threadsafe(self._hear, progress)

        try:
            promoted = await self.session.write(
                self.app, lambda: desk.promote(promotion.id, comment, tip, listen, stop)
            )
        finally:
            self.post_message(RunEnded())
        said = (
            N_("{release} is promoted into {environment}")
            if promoted
            else N_("Stopped: {release} is not promoted into {environment}")
        )
        words = phrase(said, release=promotion.release.name, environment=promotion.to_environment)
        return self.language.say(words)

    def on_unmount(self) -> None:
        """Whatever ends the dialog stops the checks."""
        self._stop.set()

    def _hear(self, progress: Progress) -> None:
        if not self.is_running:
            return
        self._heard[progress.item, progress.check] = progress.outcome
        progress_lines = self.query_one("#progress", Static)
        progress_lines.update(lines_of(self._lines()))
        self.query_one("#asked", VerticalScroll).scroll_to_widget(progress_lines, top=True, animate=False)
        if self._stop.is_set():
            return
        done = sum(each is not None for each in self._heard.values())
        if done == len(self._heard):
            self.say_wrong(self.language.gettext(Dialog.busy_words), style=WARN)
        else:
            words = phrase(
                N_("Running: {done} of {all} checks. esc stops them."), done=done, all=len(self._heard)
            )
            self.say_wrong(self.language.say(words), style=WARN)

    def _lines(self) -> Iterator[Content]:
        """A line for each check: first what does not pass, then what runs, then what passes."""
        ranked = sorted(self._heard.items(), key=lambda each: _rank(each[1]))
        yield Content("")
        names = {key: " · ".join(dict.fromkeys(key)) for key in self._heard}
        width = min(max(map(cell_len, names.values()), default=0), _NAME_WIDTH)
        for key, outcome in ranked:
            look = VERDICTS[outcome.verdict] if outcome is not None else RUNNING
            said = foreign(self.language.gettext(look.word), look.style)
            if outcome is not None:
                said += foreign(f"  {self.language.say(outcome.reason)}")
            name = foreign(names[key]).truncate(width, ellipsis=True)
            first = foreign(f"{look.glyph} ", look.style) + name.pad_right(width - name.cell_length + 2)
            yield from indented(first, said, _WIDTH)


def _rank(outcome: Outcome | None) -> int:
    if outcome is None:
        return 1
    return 2 if outcome.verdict in (Verdict.PASSED, Verdict.WARNED) else 0

"""Everything that speaks for or against a promotion as a whole."""

from collections.abc import Iterable

from textual.content import Content

from promoter.gate import Debt
from promoter.messages import N_, phrase
from promoter.tui import whole
from promoter.tui.bars import release_words
from promoter.tui.foreign import foreign, indented, lines_of
from promoter.tui.history import history_of, moment
from promoter.tui.said_text import SaidText
from promoter.tui.styles import DIM, WARN
from promoter.tui.words import ANSWERS

_HISTORY = 12


class WholeText(SaidText):
    """Writes the detail of the promotion as a whole."""

    def of(self) -> Content:
        """What it is, what holds it, who approved or rejected it, what is owed, what to know, its history."""
        approvals = self._standing.decision.approvals
        return lines_of(
            [
                *self._statement(),
                *self._reasons(),
                *self._approvals(),
                *self._rejections(approvals.rejections),
                *self._debt(),
                *self._amendments(),
                *self._notes(),
                *self._history(),
            ]
        )

    def _statement(self) -> Iterable[Content]:
        standing, language = self._standing, self._language
        promotion, answer = standing.promotion, ANSWERS[standing.decision.answer]
        yield from self._block("", standing.checklist.title.in_language(language), "bold")
        way = phrase(
            N_("{release} from {source} into {target}"),
            release=release_words(promotion.release, language),
            source=promotion.from_environment,
            target=promotion.to_environment,
        )
        yield from self._block(f"{answer.glyph} ", language.say(way), "")
        opened = phrase(
            N_("opened by {name} on {at:time}"), name=promotion.opener.name, at=promotion.opened.entry.at
        )
        yield from self._block("", language.say(opened), DIM)
        yield from self._block("", promotion.id, DIM)

    def _reasons(self) -> Iterable[Content]:
        found = whole.reasons(self._standing)
        if found:
            yield from self._heading(N_("HOLDS THE GATE"))
        for each in found:
            yield from self._block("▸ ", self._language.say(each.message), WARN)

    def _approvals(self) -> Iterable[Content]:
        found = self._standing.decision.approvals
        yield from self._heading(N_("APPROVALS"))
        if self._standing.checklist.approvals is None:
            asked = N_("This checklist asks for no approval: its items are signed off one by one.")
            yield from self._block("", self._language.gettext(asked), DIM)
        yield from self._seats(found.seats)
        for each in found.given:
            yield from self._sign_off(each)

    def _debt(self) -> Iterable[Content]:
        glass = self._standing.decision.glass
        if glass is None or glass.debt is None:
            return
        yield from self._heading(N_("DEBT"))
        yield from self._owed(glass.debt)

    def _owed(self, debt: Debt) -> Iterable[Content]:
        language, anyone = self._language, self._language.gettext(N_("person"))
        if debt.settled_by is not None:
            words = phrase(N_("settled, says {name}"), name=debt.settled_by)
            yield from self._block("✓ ", language.say(words), "")
        elif debt.due is not None:
            due = phrase(N_("to be settled until {due:time}"), due=debt.due.isoformat())
            yield from self._block("◌ ", language.say(due), WARN)
        for each in debt.owed:
            roles = [role or anyone for role in each.roles]
            owed = phrase(N_("{item} lacks a sign-off: {roles}"), item=each.item, roles=roles)
            yield from self._block("◌ ", language.say(owed), WARN)
        if debt.approvals:
            roles = [role or anyone for role in debt.approvals]
            owed = phrase(N_("the promotion lacks an approval: {roles}"), roles=roles)
            yield from self._block("◌ ", language.say(owed), WARN)

    def _amendments(self) -> Iterable[Content]:
        waiting = whole.amendments_waiting(self._standing)
        if waiting:
            yield from self._heading(N_("AMENDMENTS THAT WAIT"))
        for each in waiting:
            entry = each.proposed.entry
            yield from self._block("~ ", whole.amendment_words(each, self._language), WARN)
            yield from self._block("  ", f"{moment(entry.at, self._language)} · {entry.id}", DIM)

    def _notes(self) -> Iterable[Content]:
        notes = (*self._standing.decision.warnings, *self._standing.warnings)
        if notes:
            yield from self._heading(N_("TO KNOW"))
        for each in notes:
            yield from self._block("! ", self._language.say(each), "")

    def _history(self) -> Iterable[Content]:
        past = history_of(self._standing.promotion, None)
        if past:
            yield from self._heading(N_("HISTORY"))
        for each in reversed(past[-_HISTORY:]):
            said = foreign(f"{moment(each.at, self._language)}  ", DIM) + each.content(self._language)
            yield from indented(foreign(f"{each.look.glyph} ", each.look.style), said, self._width)

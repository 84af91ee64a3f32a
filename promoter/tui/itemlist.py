"""The items of a promotion, grouped by what they do to the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from promoter.gate import ItemStanding, ItemState
from promoter.messages import N_, Language, phrase
from promoter.tui.entrylist import VIM_MOVES
from promoter.tui.foreign import fitted, foreign, padded
from promoter.tui.progress import LiveRun
from promoter.tui.words import DIM, HEADING, ITEM_STATES, QUEUED, RUNNING, SPINNER, VERDICTS, Look
from promoter.usecases.standing import Standing

_ID_WIDTH = 22
_SETTLED = (ItemState.DONE, ItemState.WAIVED, ItemState.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with the items under it."""

    title: str
    items: tuple[ItemStanding, ...]


def grouped(standing: Standing, live: LiveRun | None) -> tuple[Group, ...]:
    """What holds the gate first, then what is running, then what never holds, then what is done."""
    holding, running, advisory, done = [], [], [], []
    for each in standing.decision.items:
        if live is not None and live.covers(each.item.id):
            running.append(each)
        elif each.holds:
            holding.append(each)
        elif not each.item.required and each.state not in _SETTLED:
            advisory.append(each)
        else:
            done.append(each)
    groups = (
        Group(N_("HOLDING THE GATE"), tuple(holding)),
        Group(N_("RUNNING"), tuple(running)),
        Group(N_("ADVISORY"), tuple(advisory)),
        Group(N_("DONE"), tuple(done)),
    )
    return tuple(each for each in groups if each.items)


def matches(found: ItemStanding, sought: str, language: Language) -> bool:
    """Whether an item has the words in its id, its title or its state."""
    look = ITEM_STATES[found.state]
    haystack = f"{found.item.id} {found.item.title.in_language(language)} {language.gettext(look.word)}"
    return all(word in haystack.casefold() for word in sought.casefold().split())


class ItemList(OptionList):
    """One widget for all items. The cursor stays on its item whatever moves around it."""

    BINDINGS: ClassVar[list[BindingType]] = VIM_MOVES

    def __init__(self, language: Language) -> None:
        super().__init__(id="items", markup=False, compact=True)
        self.language = language
        self.sought = ""
        self._standing: Standing | None = None
        self._live: LiveRun | None = None
        self._turn = 0

    @property
    def current(self) -> str | None:
        """The id of the item under the cursor."""
        option = self.highlighted_option
        return option.id if option is not None else None

    def show(self, standing: Standing, live: LiveRun | None) -> None:
        """Draws the items anew, with the cursor where it was, or on the first that holds the gate."""
        self._standing, self._live = standing, live
        kept = self.current
        self.set_options(self._rows(standing))
        ids = [each.id for each in self.options if each.id is not None]
        if ids:
            self.highlighted = self.get_option_index(kept if kept in ids else ids[0])

    def show_again(self) -> None:
        """Draws the same items, after the filter or the width changed."""
        if self._standing is not None:
            self.show(self._standing, self._live)

    def turn(self) -> None:
        """Moves the spinners on, and nothing else."""
        self._turn += 1
        if self._standing is None or self._live is None:
            return
        shown = {each.id for each in self.options}
        for each in self._standing.decision.items:
            if each.item.id in shown and self._live.covers(each.item.id):
                self.replace_option_prompt(each.item.id, self._row(each, *self._widths()))

    def on_resize(self) -> None:
        """Columns follow the width."""
        self.show_again()

    def _rows(self, standing: Standing) -> list[Option]:
        widths = self._widths()
        options = []
        for group in grouped(standing, self._live):
            items = [each for each in group.items if matches(each, self.sought, self.language)]
            if items:
                title = foreign(f" {self.language.gettext(group.title)}  {len(items)}", HEADING)
                options.append(Option(title, disabled=True))
                options += [Option(self._row(each, *widths), id=each.item.id) for each in items]
        if not options:
            words = phrase(N_("No item has “{sought}”. esc shows all of them."), sought=self.sought)
            options.append(Option(foreign(self.language.say(words), DIM), disabled=True))
        return options

    def _widths(self) -> tuple[int, int, int]:
        items = self._standing.decision.items if self._standing else ()
        words = max((len(self.language.gettext(ITEM_STATES[each.state].word)) for each in items), default=0)
        ids = max((len(each.item.id) for each in items), default=0)
        return words, min(ids, _ID_WIDTH), max(self.scrollable_content_region.width - 1, 20)

    def _row(self, found: ItemStanding, word_width: int, id_width: int, width: int) -> Content:
        look, summary = self._saying(found)
        word = self.language.gettext(look.word)
        start = Content.assemble(
            foreign(f" {look.glyph} ", look.style),
            padded(foreign(word, look.style), max(word_width, len(word))),
            foreign("  "),
            padded(foreign(found.item.id, "bold"), id_width),
            foreign("  "),
        )
        return start + fitted(summary, width - start.cell_length, DIM)

    def _saying(self, found: ItemStanding) -> tuple[Look, str]:
        language, item = self.language, found.item
        if self._live is None or not self._live.covers(item.id):
            return ITEM_STATES[found.state], _summary(found, language)
        worst = self._live.worst(item)
        if self._live.finished(item) and worst is not None:
            return VERDICTS[worst.verdict], language.say(worst.reason)
        if not self._live.begun(item):
            return QUEUED, ""
        done, of = self._live.counts(item)
        words = phrase(
            N_("{done} of {all} checks · {elapsed:duration}"),
            done=done,
            all=of,
            elapsed=self._live.elapsed(item),
        )
        spinner = SPINNER[self._turn % len(SPINNER)]
        return Look(spinner, RUNNING.word, RUNNING.style), language.say(words)


def _summary(found: ItemStanding, language: Language) -> str:
    if found.reasons:
        return " · ".join(language.say(each.message) for each in found.reasons)
    people = [each.voice.recorded.entry.actor.name for each in found.sign_offs if each.counts]
    outcomes = [language.say(each.latest.outcome.outcome.reason) for each in found.checks if each.latest]
    return " · ".join([*outcomes, *(_signed_by(people, language))])


def _signed_by(people: Sequence[str], language: Language) -> list[str]:
    return [language.say(phrase(N_("signed off by {names}"), names=list(people)))] if people else []

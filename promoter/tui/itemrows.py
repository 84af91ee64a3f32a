"""What the list of items says: pure, and loaded with the first standing, after the first frame."""

from collections.abc import Iterator, Sequence

from textual.content import Content
from textual.widgets.option_list import Option

from promoter.frozen import frozen
from promoter.gate import ItemStanding, ItemState
from promoter.messages import N_, Language, phrase
from promoter.tui import whole
from promoter.tui.foreign import fitted, foreign, padded
from promoter.tui.itemlist import WHOLE
from promoter.tui.progress import LiveRun
from promoter.tui.styles import DIM, HEADING
from promoter.tui.words import ITEM_STATES, QUEUED, RUNNING, SPINNER, VERDICTS, Look
from promoter.usecases.standing import Standing

_ID_WIDTH = 22
_SETTLED = (ItemState.DONE, ItemState.WAIVED, ItemState.NOT_APPLICABLE)


@frozen
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


class ItemRows:
    """The rows for one standing, language and width in cells; `turn` chooses the spinner's picture."""

    def __init__(
        self, standing: Standing, live: LiveRun | None, language: Language, width: int, turn: int = 0
    ) -> None:
        self._standing = standing
        self._live = live
        self._language = language
        self._width = width
        self._turn = turn

    def options(self, sought: str) -> list[Option]:
        """Every row that has the words, under its heading."""
        widths = self._widths()
        options = []
        for group in grouped(self._standing, self._live):
            items = [each for each in group.items if matches(each, sought, self._language)]
            if items:
                title = foreign(f" {self._language.gettext(group.title)}  {len(items)}", HEADING)
                options.append(Option(title, disabled=True))
                options += [Option(self._row(each, *widths), id=each.item.id) for each in items]
        if whole.matches(self._standing, sought, self._language):
            row = self._whole(*widths)
            options = [*row, *options] if whole.is_pressing(self._standing) else [*options, *row]
        if not options:
            words = phrase(N_("No item has “{sought}”. esc shows all of them."), sought=sought)
            options.append(Option(foreign(self._language.say(words), DIM), disabled=True))
        return options

    def running(self) -> Iterator[tuple[str, Content]]:
        """The rows that change while a run goes on, by item id."""
        widths = self._widths()
        for each in self._standing.decision.items:
            if self._live is not None and self._live.covers(each.item.id):
                yield each.item.id, self._row(each, *widths)

    def _widths(self) -> tuple[int, int, int]:
        items, language = self._standing.decision.items, self._language
        looks = [*(ITEM_STATES[each.state] for each in items), whole.look(self._standing)]
        ids = [*(each.item.id for each in items), language.gettext(whole.NAME)]
        words = max(len(language.gettext(each.word)) for each in looks)
        return words, min(max(map(len, ids)), _ID_WIDTH), max(self._width - 1, 20)

    def _row(self, found: ItemStanding, word_width: int, id_width: int, width: int) -> Content:
        look, summary = self._saying(found)
        return self._line(look, found.item.id, summary, (word_width, id_width, width))

    def _whole(self, *widths: int) -> list[Option]:
        """The row of the promotion as a whole, under a heading of its own."""
        look, name = whole.look(self._standing), self._language.gettext(whole.NAME)
        row = self._line(look, name, whole.summary(self._standing, self._language), widths)
        title = foreign(" " + self._language.gettext(N_("AS A WHOLE")), HEADING)
        return [Option(title, disabled=True), Option(row, id=WHOLE)]

    def _line(self, look: Look, name: str, summary: str, widths: tuple[int, ...]) -> Content:
        word_width, id_width, width = widths
        word = self._language.gettext(look.word)
        start = Content.assemble(
            foreign(f" {look.glyph} ", look.style),
            padded(foreign(word, look.style), max(word_width, len(word))),
            foreign("  "),
            padded(foreign(name, "bold"), id_width),
            foreign("  "),
        )
        return start + fitted(summary, width - start.cell_length, DIM)

    def _saying(self, found: ItemStanding) -> tuple[Look, str]:
        language, item = self._language, found.item
        if self._live is None or not self._live.covers(item.id):
            return ITEM_STATES[found.state], _summary(found, language)
        worst = self._live.worst(item.id)
        if self._live.finished(item.id) and worst is not None:
            return VERDICTS[worst.verdict], language.say(worst.reason)
        if not self._live.begun(item.id):
            return QUEUED, ""
        done, of = self._live.counts(item.id)
        words = phrase(
            N_("{done} of {all} checks · {elapsed:duration}"),
            done=done,
            all=of,
            elapsed=self._live.elapsed(item.id),
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

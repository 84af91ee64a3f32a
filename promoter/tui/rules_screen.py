"""What to do next, and the rules of an item: two texts beside the promotion, with the gate's answer in sight."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from promoter.errors import PromoterError
from promoter.gate.plan import Deed, Step
from promoter.gate.policy import Topic
from promoter.messages import N_, Language
from promoter.output.explaining import TOPICS, answers, check_lines, form_field
from promoter.output.planning import doers, earliest, remedy_for
from promoter.tui.bars import gate_bar, name_bar
from promoter.tui.foreign import foreign, indented, lines_of
from promoter.tui.keybar import KeyBar
from promoter.tui.keys import EVERYWHERE, READING, VIM_SCROLLS, bindings
from promoter.tui.session import Session, tell
from promoter.tui.styles import ACCENT, BAD, DIM, GOOD, HEADING, WARN
from promoter.usecases.explaining import Explained
from promoter.usecases.planning import Agenda, typed
from promoter.usecases.standing import Standing

if TYPE_CHECKING:
    from promoter.gate.plan import Way

_WIDEST = 110


class Page(VerticalScroll):
    """A text that scrolls with the keys that move the cursor in a list."""

    BINDINGS: ClassVar[list[BindingType]] = VIM_SCROLLS


class TextScreen(Screen[None]):
    """A text about one promotion, laid out for the width there is."""

    AUTO_FOCUS = "#document"
    BINDINGS: ClassVar[list[BindingType]] = bindings(READING, EVERYWHERE)

    def __init__(self, session: Session, standing: Standing) -> None:
        super().__init__()
        self.session = session
        self.standing = standing

    def compose(self) -> ComposeResult:
        """The two bars, the text, the keys."""
        yield Static(id="name", markup=False)
        yield Static(id="gate", markup=False)
        with Page(id="document"):
            yield Static(id="detail-text", markup=False)
        yield Static(id="status", markup=False)
        yield self.key_bar()

    def key_bar(self) -> KeyBar:
        """The keys it names."""
        return KeyBar((*READING, *EVERYWHERE), self.session.language)

    def on_resize(self) -> None:
        """Everything follows the width."""
        standing, language, width = self.standing, self.session.language, max(self.size.width - 2, 20)
        name = name_bar(standing.pipeline, language, width, demo=standing.demo, standing=standing)
        self.query_one("#name", Static).update(name)
        self.query_one("#gate", Static).update(gate_bar(standing, language, width))
        self.draw()

    def draw(self) -> None:
        """Lays the text out anew."""
        width = min(max(self.size.width - 6, 20), _WIDEST)
        self.query_one("#detail-text", Static).update(lines_of(self.lines(width)))

    def lines(self, width: int) -> Iterator[Content]:
        """The text, wrapped to a width in cells."""
        raise NotImplementedError

    def action_back(self) -> None:
        """Back to the promotion."""
        _ = self.app.pop_screen()


class NextScreen(TextScreen):
    """What is still to be done, by whom, in which order, and when the gate could open."""

    def __init__(self, session: Session, standing: Standing) -> None:
        super().__init__(session, standing)
        self._agenda: Agenda | None = None

    def on_mount(self) -> None:
        """It is worked out in a thread."""
        self._load()

    @work
    async def _load(self) -> None:
        session = self.session
        try:
            self._agenda = await session.ask(session.desk.agenda, self.standing.promotion.id)
        except PromoterError as error:
            tell(self.app, session.explain(error), wrong=True)
            _ = self.app.pop_screen()
            return
        self.draw()

    def lines(self, width: int) -> Iterator[Content]:
        """A heading, then each step with its reasons, the line to type and who may."""
        agenda, language = self._agenda, self.session.language
        if agenda is None:
            return
        for each in earliest(agenda, language):
            yield from indented(Content(""), foreign(each, HEADING), width)
        if not agenda.plan.steps:
            yield foreign(language.gettext(N_("Nothing is left to do.")), GOOD)
        for step in agenda.plan.steps:
            yield foreign("")
            yield from self._step(step, agenda, width)

    def _step(self, step: Step, agenda: Agenda, width: int) -> Iterator[Content]:
        language, margin = self.session.language, Content("    ")
        number = foreign(f"{step.number}".rjust(2) + "  ", ACCENT)
        yield from indented(number, foreign(language.say(step.what), "bold"), width)
        for each in step.why:
            yield from indented(margin, foreign(language.say(each), WARN), width)
            remedy = remedy_for(each)
            if remedy is not None:
                yield from indented(margin + foreign("→ ", DIM), foreign(language.say(remedy), DIM), width)
        for place, way in enumerate(step.ways):
            other = place > 0 or step.deed is Deed.WAIT
            first = margin + foreign(f"{language.gettext(N_('or:'))} " if other else "$ ", DIM)
            yield from indented(first, foreign(typed(way), ACCENT), width)
            yield from self._who(way, agenda, first, width)

    def _who(self, way: "Way", agenda: Agenda, first: Content, width: int) -> Iterator[Content]:
        words = doers(way, agenda, self.session.language)
        style = GOOD if way.mine else DIM if way.possible else BAD
        yield from indented(Content(" " * first.cell_length), foreign(words, style), width)


class RulesScreen(TextScreen):
    """The rules of one item in sentences."""

    def __init__(self, session: Session, standing: Standing, found: Explained) -> None:
        super().__init__(session, standing)
        self._found = found

    def lines(self, width: int) -> Iterator[Content]:
        """The statement, then the rules under their headings."""
        found, language = self._found, self.session.language
        item = found.item
        if item is not None:
            yield from indented(Content(""), foreign(item.title.in_language(language), "bold"), width)
        for topic in Topic:
            said = [language.say(each.rule) for each in found.rules if each.topic is topic]
            if not said:
                continue
            yield foreign("")
            yield foreign(language.gettext(TOPICS[topic]), HEADING)
            if topic is Topic.PEOPLE and item is not None and item.sign_off is not None:
                said += [form_field(each, language) for each in item.sign_off.fields]
            for words in said:
                yield from indented(foreign("▸ ", DIM), foreign(words), width)
            if topic is Topic.MUST:
                yield from _checks(found, language, width)


def _checks(found: Explained, language: Language, width: int) -> Iterator[Content]:
    for check in found.checks:
        first = foreign(f"▸ {check.spec.id}  ", ACCENT)
        yield from indented(first, foreign(answers(check, language)), width)
        for each in check_lines(check, language):
            yield from indented(Content("    "), foreign(each, DIM), width)

"""The dialog that asks, before checks run, for consent to what they would do beyond looking."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from promoter.messages import N_, Language, phrase
from promoter.model.consent import Ask
from promoter.output.asking import asker_words
from promoter.tui.bars import in_production
from promoter.tui.dialog import Dialog
from promoter.tui.foreign import foreign, indented, lines_of
from promoter.tui.session import Session
from promoter.tui.styles import BAD, DIM, WARN
from promoter.usecases.standing import Standing

_WIDTH = 67


class Choice(Enum):
    """What one may say to an ask; its value is the word."""

    NO = N_("no")
    YES = N_("yes")
    ONCE = N_("once")
    HERE = N_("on this machine")


_PASSING = (Choice.NO, Choice.YES)
_LASTING = (Choice.NO, Choice.ONCE, Choice.HERE)


class Answer(Static, can_focus=True):
    """The answer to one ask: no, until somebody chooses another."""

    def __init__(self, index: int, ask: Ask, language: Language) -> None:
        super().__init__(id=f"answer-{index}", classes="answer", markup=False)
        self._index = index
        self._language = language
        self.ask = ask
        self._choices = _LASTING if ask.lasting else _PASSING
        self._chosen = 0

    @property
    def choice(self) -> Choice:
        """What was chosen."""
        return self._choices[self._chosen]

    def on_mount(self) -> None:
        """Shows the choices."""
        self._draw()

    def move(self, way: int) -> None:
        """Goes to the next choice or the one before, and no further than the last or the first."""
        self.choose(self._chosen + way)

    def choose(self, number: int) -> None:
        """Takes one of the choices, by its number from 0."""
        self._chosen = min(max(number, 0), len(self._choices) - 1)
        self._draw()

    def _draw(self) -> None:
        self.update(Content("   ").join(self._word(number) for number in range(len(self._choices))))

    def _word(self, number: int) -> Content:
        chosen = number == self._chosen
        style = "" if not chosen else "bold" if number == 0 else f"bold {WARN}"
        word = foreign(
            f"{'◉' if chosen else '◌'} {self._language.gettext(self._choices[number].value)}", style
        )
        return word.stylize(Style.from_meta({"@click": f"screen.answer({self._index}, {number})"}))


class ConsentDialog(Dialog):
    """Lists what needs consent, each with its own answer. When it was confirmed, `consents` has the ids of
    what was agreed to; what shall last is remembered by then."""

    busy_words = N_("Remembering what you agreed to…")
    typed_label = N_("PRODUCTION: type {word} to agree to what is changed there")
    typed_why = N_("Type {word} to confirm: this changes something in production.")

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "move(1)", show=False),
        Binding("left,h", "move(-1)", show=False),
    ]

    def __init__(self, session: Session, standing: Standing, asks: Sequence[Ask]) -> None:
        production = in_production(standing) and any(not each.lasting for each in asks)
        super().__init__(session, typed_word=standing.promotion.to_environment if production else None)
        self._standing = standing
        self._asks = tuple(asks)
        self.consents: frozenset[str] = frozenset()
        self.set_class(in_production(standing), "-production")

    def heading(self) -> str:
        """What the frame says."""
        return self.language.gettext(N_("Before the checks run"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("run"))

    def statement(self) -> Content:
        """What is asked, and how one answers."""
        language, environment = self.language, self._standing.promotion.to_environment
        production = in_production(self._standing)
        words = phrase(
            N_("Some checks of {environment} do more than look. What you do not agree to is skipped."),
            environment=environment.upper() if production else environment,
        )
        lines = [
            foreign(language.say(words), BAD if production else "bold"),
            foreign(language.gettext(_HOW), DIM),
        ]
        if any(each.lasting for each in self._asks):
            lines.append(foreign(language.gettext(_LASTS), DIM))
        return lines_of(lines)

    def fields(self) -> Iterator[Widget]:
        """Each ask, whole, with its answer."""
        for index, each in enumerate(self._asks):
            words = foreign(self.language.say(each.about), "" if each.lasting else WARN)
            number = foreign(f"{index + 1}  ", DIM)
            lines = indented(number, words, _WIDTH)
            for asker in asker_words(each.askers, self.language):
                lines += indented(foreign("   "), foreign(asker, DIM), _WIDTH)
            yield Static(lines_of(lines), classes="ask", markup=False)
            yield Answer(index, each, self.language)

    def action_move(self, way: int) -> None:
        """Changes the answer that has the focus."""
        if isinstance(self.focused, Answer) and not self.is_deaf and not self.busy:
            self.focused.move(way)

    def action_answer(self, index: int, number: int) -> None:
        """Takes an answer that was clicked."""
        if not self.is_deaf and not self.busy:
            answer = self.query_one(f"#answer-{index}", Answer)
            answer.focus()
            answer.choose(number)

    def missing_word(self) -> str | None:
        """The environment's name, where something is agreed to that changes it."""
        effects = any(not each.ask.lasting and each.choice is not Choice.NO for each in self.query(Answer))
        return super().missing_word() if effects else None

    async def perform(self) -> str:
        """Remembers what shall last. Raises CannotAct."""
        answers = list(self.query(Answer))
        lasting = tuple(each.ask for each in answers if each.choice is Choice.HERE)
        if lasting:
            await self.session.ask(self.session.desk.agree, lasting)
        self.consents = frozenset(each.ask.id for each in answers if each.choice is not Choice.NO)
        return ""


_HOW = N_("tab moves on, ← and → change an answer, ctrl+j runs.")
_LASTS = N_("On this machine: not asked again until it changes. 'promoter trust --withdraw' takes it back.")

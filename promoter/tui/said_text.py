"""What people said, of an item or of the promotion as a whole, as the detail shows it."""

from collections.abc import Iterable, Sequence

from textual.content import Content

from promoter.gate import Seat, SignOffStanding, Validity
from promoter.messages import N_, Language, phrase
from promoter.model.attachment import described
from promoter.model.entry import Approved, Recorded, Rejected, SignedOff, evidence_in
from promoter.model.entry import Content as Said
from promoter.promotion import Voice
from promoter.tui.bars import SHORT_COMMIT
from promoter.tui.foreign import foreign, indented
from promoter.tui.history import moment
from promoter.tui.styles import DIM, GOOD, HEADING, WARN
from promoter.tui.words import SIGNATURES, VALIDITIES, Look
from promoter.usecases.standing import Standing


class SaidText:
    """Writes for a language and a width in cells."""

    def __init__(self, standing: Standing, language: Language, width: int) -> None:
        self._standing = standing
        self._language = language
        self._width = max(width, 24)

    def _seats(self, seats: Sequence[Seat]) -> Iterable[Content]:
        language = self._language
        for seat in seats:
            words = phrase(
                N_("{filled} of {needed} {role}"),
                filled=seat.filled,
                needed=seat.needed,
                role=seat.role or language.gettext(N_("person")),
            )
            full = seat.filled >= seat.needed
            yield from indented(
                foreign("✓ " if full else "◌ ", GOOD if full else WARN),
                foreign(language.say(words)),
                self._width,
            )

    def _sign_off(self, standing: SignOffStanding) -> Iterable[Content]:
        recorded = standing.voice.recorded
        look = Look("✓", "", GOOD) if standing.counts else VALIDITIES[standing.validity]
        if not standing.counts and standing.validity is Validity.CURRENT:
            look = Look("⊘", "", WARN)
        yield from self._voice(look, recorded, standing.credited)
        if standing.why is not None:
            yield from self._block("    ", self._language.say(standing.why), WARN)
        if isinstance(recorded.entry.content, SignedOff | Approved):
            yield from self._given(recorded.entry.content)
        yield from self._taken_back(standing.voice)

    def _given(self, content: SignedOff | Approved) -> Iterable[Content]:
        if content.comment:
            yield from self._block("    ", self._quoted(content.comment), "italic")
        for name, value in content.fields.items():
            yield from self._block(f"    {name}  ", value, "")
        yield from self._evidence_in(content)

    def _evidence_in(self, content: Said) -> Iterable[Content]:
        for each in evidence_in(content):
            yield from self._block("    ▸ ", described(each, self._language), DIM)

    def _rejections(self, found: Sequence[Voice]) -> Iterable[Content]:
        if found:
            yield from self._heading(N_("REJECTIONS"))
        for each in found:
            yield from self._voice(Look("⊘", "", WARN if each.stands else DIM), each.recorded, None)
            if isinstance(each.recorded.entry.content, Rejected):
                yield from self._block("    ", self._quoted(each.recorded.entry.content.reason), "italic")
            yield from self._evidence_in(each.recorded.entry.content)
            yield from self._taken_back(each)

    def _quoted(self, words: str) -> str:
        return self._language.say(phrase(N_("“{words}”"), words=words))

    def _voice(self, look: Look, recorded: Recorded, credited: str | None) -> Iterable[Content]:
        language, entry = self._language, recorded.entry
        signature = SIGNATURES[recorded.signature]
        role = " " + language.say(phrase(N_("as {role}"), role=credited)) if credited else ""
        said = Content.assemble(
            foreign(entry.actor.name, "bold"),
            foreign(role),
            foreign(f" · {moment(entry.at, language)} · ", DIM),
            foreign(f"{signature.glyph} {language.gettext(signature.word)}", signature.style),
            foreign(f" · {recorded.commit[:SHORT_COMMIT]}", DIM),
        )
        yield from indented(foreign(f"{look.glyph} ", look.style), said, self._width)

    def _taken_back(self, voice: Voice) -> Iterable[Content]:
        if voice.revoked_by is not None:
            words = phrase(N_("taken back by {name}"), name=voice.revoked_by.entry.actor.name)
            yield from self._block("    ↻ ", self._language.say(words), DIM)

    def _heading(self, words: str) -> Iterable[Content]:
        yield foreign("")
        yield foreign(self._language.gettext(words), HEADING)

    def _block(self, first: str, body: str, style: str) -> Iterable[Content]:
        return indented(foreign(first, DIM), foreign(body, style, lines=True), self._width)

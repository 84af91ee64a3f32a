"""Everything that speaks for or against one item."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from textual.content import Content

from promoter.gate import CheckStanding, ItemStanding, Validity
from promoter.messages import N_, Language, Message, Parameter, Phrase, phrase
from promoter.model.entry import NotApplicable, Waived
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.tui.foreign import foreign, indented, lines_of
from promoter.tui.history import history_of, moment
from promoter.tui.progress import LiveRun
from promoter.tui.said_text import SaidText
from promoter.tui.styles import DIM, GOOD, WARN
from promoter.tui.words import (
    ENTRY_TYPES,
    ITEM_STATES,
    NOT_RUN,
    RUNNING,
    VALIDITIES,
    VERDICTS,
    Look,
)
from promoter.usecases.standing import Standing

Remedies: TypeAlias = Callable[[Message], Phrase | None]


class DetailText(SaidText):
    """Writes the detail of an item for a language and a width in cells. `remedies` gives what to do
    about the reason a check ended with."""

    def __init__(self, standing: Standing, language: Language, remedies: Remedies, width: int) -> None:
        super().__init__(standing, language, width)
        self._remedies = remedies

    def of(
        self,
        found: ItemStanding,
        live: LiveRun | None = None,
        held_back: Mapping[tuple[str, str], Outcome] = MappingProxyType({}),
    ) -> Content:
        """The whole detail: statement, source, what holds, checks with evidence, sign-offs, history.
        `held_back` are checks that nobody agreed to, by item and check."""
        lines = [
            *self._statement(found),
            *self._reasons(found),
            *self._checks(found, live, held_back),
            *self._sign_offs(found),
            *self._rejections(found.rejections),
            *self._exemptions(found),
            *self._history(found),
        ]
        return lines_of(lines)

    def _statement(self, found: ItemStanding) -> Iterable[Content]:
        item, language = found.item, self._language
        look = ITEM_STATES[found.state]
        yield from self._block("", item.title.in_language(language), "bold")
        kind = N_("required") if item.required else N_("advisory: never holds the gate")
        state = foreign(f"{look.glyph} {language.gettext(look.word)}", look.style)
        yield from indented(Content(""), state + foreign(f" · {language.gettext(kind)}", DIM), self._width)
        if item.text:
            yield foreign("")
            yield from self._block("", item.text.in_language(language), "")
        for note in item.notes:
            yield from self._block("▸ ", note.in_language(language), "")
        if item.source:
            yield from self._block(language.gettext(N_("source")) + "  ", " · ".join(item.source), DIM)
        if item.needs:
            yield from self._block(language.gettext(N_("needs")) + "  ", ", ".join(item.needs), DIM)

    def _reasons(self, found: ItemStanding) -> Iterable[Content]:
        if found.reasons:
            yield from self._heading(N_("HOLDS THE GATE") if found.item.required else N_("PENDING"))
            for each in found.reasons:
                yield from self._block("▸ ", self._language.say(each.message), WARN)

    def _checks(
        self, found: ItemStanding, live: LiveRun | None, held_back: Mapping[tuple[str, str], Outcome]
    ) -> Iterable[Content]:
        if not found.checks:
            return
        yield from self._heading(N_("CHECKS"))
        width = max(len(each.spec.id) for each in found.checks)
        for each in found.checks:
            skipped = held_back.get((found.item.id, each.spec.id))
            if live is not None and live.covers(found.item.id, each.spec.id):
                yield from self._live_check(found, each, live, width)
            elif skipped is not None:
                yield from self._held_back(each, skipped, width)
            else:
                yield from self._check(each, width)

    def _live_check(
        self, found: ItemStanding, check: CheckStanding, live: LiveRun, width: int
    ) -> Iterable[Content]:
        key = (found.item.id, check.spec.id)
        outcome = live.outcomes.get(key)
        if outcome is not None:
            yield from self._outcome(check.spec.id, outcome, width, "")
        else:
            look = RUNNING if key in live.started else NOT_RUN
            yield self._check_line(check.spec.id, look, width)

    def _held_back(self, check: CheckStanding, skipped: Outcome, width: int) -> Iterable[Content]:
        """Why it did not run, and how it would; then what the trail says of it, if anything."""
        look, language = VERDICTS[skipped.verdict], self._language
        why = foreign(f"{language.gettext(look.word)}  ", look.style) + foreign(language.say(skipped.reason))
        first = foreign(f"{look.glyph} ", look.style) + foreign(check.spec.id.ljust(width), "bold")
        yield from indented(first + foreign("  "), why, self._width)
        label = language.gettext(N_("remedy"))
        yield from self._block(f"    {label}  ", language.gettext(_AGREE), GOOD)
        if check.latest is not None:
            yield from self._check(check, width)

    def _check(self, check: CheckStanding, width: int) -> Iterable[Content]:
        if check.latest is None:
            yield self._check_line(check.spec.id, NOT_RUN, width)
            return
        recorded = check.latest.outcome
        yield from self._outcome(check.spec.id, recorded.outcome, width, self._ago(recorded.at))
        if check.validity is not Validity.CURRENT:
            look = VALIDITIES[check.validity]
            why = self._language.say(check.why) if check.why else self._language.gettext(look.word)
            yield from self._block(f"    {look.glyph} ", why, look.style)

    def _check_line(self, name: str, look: Look, width: int) -> Content:
        return Content.assemble(
            foreign(f"{look.glyph} ", look.style),
            foreign(name.ljust(width), "bold"),
            foreign(f"  {self._language.gettext(look.word)}", look.style),
        )

    def _outcome(self, name: str, outcome: Outcome, width: int, ago: str) -> Iterable[Content]:
        look, language = VERDICTS[outcome.verdict], self._language
        said = Content.assemble(
            foreign(language.gettext(look.word), look.style),
            foreign(f"  {language.say(outcome.reason)}"),
            foreign(f"  {language.duration(outcome.took_s)}", DIM),
            foreign(f" · {ago}", DIM) if ago else Content(""),
        )
        first = Content.assemble(
            foreign(f"{look.glyph} ", look.style), foreign(name.ljust(width), "bold"), foreign("  ")
        )
        yield from indented(first, said, self._width)
        for each in outcome.evidence:
            yield from self._evidence(each)
        remedy = self._remedies(outcome.reason) if not outcome.verdict.satisfies else None
        if remedy is not None:
            label = language.gettext(N_("remedy"))
            yield from self._block(f"    {label}  ", language.say(remedy), GOOD)
        if outcome.overrides:
            label = language.gettext(N_("overridden"))
            yield from self._block(f"    {label}  ", ", ".join(outcome.overrides), WARN)

    def _evidence(self, evidence: Evidence) -> Iterable[Content]:
        language = self._language
        look = VERDICTS[evidence.verdict] if evidence.verdict else None
        glyph = f"{look.glyph} " if look and look is not VERDICTS[_PASSED] else "  "
        yield from self._block(
            f"  {glyph}", language.say(evidence.fact), look.style if look and glyph.strip() else DIM
        )
        labels = (language.gettext(N_("expected")), language.gettext(N_("observed")))
        width = max(map(len, labels))
        for label, value in zip(labels, (evidence.expected, evidence.observed), strict=True):
            if value is not None:
                yield from self._block(f"      {label.ljust(width)}  ", self._parameter(value), "")

    def _sign_offs(self, found: ItemStanding) -> Iterable[Content]:
        if found.item.sign_off is not None or found.sign_offs:
            yield from self._heading(N_("SIGN-OFFS"))
            yield from self._seats(found.seats)
        for each in found.sign_offs:
            yield from self._sign_off(each)

    def _exemptions(self, found: ItemStanding) -> Iterable[Content]:
        if found.exemptions:
            yield from self._heading(N_("EXCEPTIONS"))
        for each in found.exemptions:
            recorded = each.voice.recorded
            look = ENTRY_TYPES[recorded.entry.type]
            yield from self._voice(Look(look.glyph, "", WARN if each.counts else DIM), recorded, None)
            if each.until is not None:
                ends = phrase(N_("until {until:time}"), until=each.until.isoformat())
                yield from self._block("    ", self._language.say(ends), "")
            content = recorded.entry.content
            if isinstance(content, Waived | NotApplicable):
                yield from self._block("    ", self._quoted(content.reason), "italic")
            if each.why is not None:
                yield from self._block("    ", self._language.say(each.why), WARN)

    def _history(self, found: ItemStanding) -> Iterable[Content]:
        past = history_of(self._standing.promotion, found.item.id)
        if past:
            yield from self._heading(N_("HISTORY"))
        for each in reversed(past[-_HISTORY:]):
            said = foreign(f"{moment(each.at, self._language)}  ", DIM) + each.content(self._language)
            yield from indented(foreign(f"{each.look.glyph} ", each.look.style), said, self._width)

    def _parameter(self, value: Parameter) -> str:
        return self._language.say(phrase("{value}", value=value))

    def _ago(self, at: str) -> str:
        seconds = (self._standing.at - datetime.fromisoformat(at)).total_seconds()
        return self._language.say(phrase(N_("{age:duration} ago"), age=max(seconds, 0)))


_HISTORY = 12
_AGREE = N_("r asks again; agree to it there.")
_PASSED = Verdict.PASSED

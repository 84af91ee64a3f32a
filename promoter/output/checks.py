"""Outcomes as text: one line, then expected beside observed and the remedy."""

from collections import Counter
from collections.abc import Sequence

from promoter.messages import N_, NP_, Language, Message, Parameter, Phrase, phrase
from promoter.model.outcome import CheckOutcome, Evidence, Outcome, Verdict
from promoter.output.console import Console, Piece, Style
from promoter.usecases.language import remedy_of

GLYPHS = {
    Verdict.PASSED: "✓",
    Verdict.WARNED: "⚠",
    Verdict.FAILED: "✗",
    Verdict.ERRORED: "?",
    Verdict.SKIPPED: "⊘",
}
VERDICTS = {
    Verdict.PASSED: N_("passed"),
    Verdict.WARNED: N_("warned"),
    Verdict.FAILED: N_("failed"),
    Verdict.ERRORED: N_("could not tell"),
    Verdict.SKIPPED: N_("skipped"),
}
STYLES = {
    Verdict.PASSED: Style.GOOD,
    Verdict.WARNED: Style.WAITING,
    Verdict.FAILED: Style.BAD,
    Verdict.ERRORED: Style.BAD,
    Verdict.SKIPPED: Style.FAINT,
}
_COUNTS = {
    Verdict.PASSED: NP_("{count} passed", "{count} passed"),
    Verdict.WARNED: NP_("{count} warned", "{count} warned"),
    Verdict.FAILED: NP_("{count} failed", "{count} failed"),
    Verdict.ERRORED: NP_("{count} could not tell", "{count} could not tell"),
    Verdict.SKIPPED: NP_("{count} skipped", "{count} skipped"),
}


def outcome_line(done: CheckOutcome, language: Language) -> str:
    """An outcome in one line."""
    took = language.duration(done.outcome.took_s)
    glyph = GLYPHS[done.outcome.verdict]
    return f"{glyph} {done.item} {done.check}: {language.say(done.outcome.reason)} ({took})"


def show_outcome(console: Console, outcome: Outcome, title: str, *, details: bool = True) -> None:
    """An outcome with its evidence and remedy."""
    language = console.language
    verdict = outcome.verdict
    console.line(
        (f"{GLYPHS[verdict]} {title}", STYLES[verdict]),
        f"  {language.say(outcome.reason)}",
        (f"  {language.gettext(VERDICTS[verdict])}, {language.duration(outcome.took_s)}", Style.FAINT),
    )
    if details:
        console.columns([_row(each, language) for each in outcome.evidence], indent="    ")
        remedy = remedy_of(outcome.reason)
        if remedy is not None:
            console.line("    ", (language.gettext(N_("remedy:")), Style.ACCENT), " ", language.say(remedy))
    if outcome.overrides:
        used = phrase(
            N_("ran with {overrides}: this outcome does not count"), overrides=list(outcome.overrides)
        )
        console.line("    ", (language.say(used), Style.WAITING))


def show_run(console: Console, outcomes: Sequence[CheckOutcome]) -> None:
    """Everything a run came to: what passed in a line each, the rest with evidence and remedy; then the sum."""
    for each in outcomes:
        details = each.outcome.verdict is not Verdict.PASSED
        show_outcome(console, each.outcome, f"{each.item} {each.check}", details=details)
    counted = Counter(each.outcome.verdict for each in outcomes)
    sums = [
        console.language.say(phrase(_COUNTS[each], count=counted[each])) for each in Verdict if counted[each]
    ]
    console.line((" · ".join(sums) or console.language.gettext(N_("nothing to run")), Style.STRONG))


def value_text(value: Parameter, language: Language) -> str:
    """An expected or observed value in words."""
    return (
        language.say(value)
        if isinstance(value, Message)
        else language.say(Phrase("{value}", {"value": value}))
    )


def _row(evidence: Evidence, language: Language) -> list[Piece]:
    row: list[Piece] = [
        (language.say(evidence.fact), STYLES[evidence.verdict] if evidence.verdict else Style.PLAIN)
    ]
    observed = phrase(N_("observed {value}"), value=value_text(evidence.observed, language))
    if evidence.expected is None:
        return [*row, language.say(observed)]
    expected = phrase(N_("expected {value}"), value=value_text(evidence.expected, language))
    return [*row, language.say(expected), language.say(observed)]

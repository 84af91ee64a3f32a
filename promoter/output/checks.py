"""Outcomes as text: one line, then expected beside observed and the remedy."""

from collections import Counter
from collections.abc import Sequence

from promoter.messages import N_, NP_, Language, Message, Parameter, Phrase, phrase
from promoter.model.outcome import CheckOutcome, Evidence, Outcome, Verdict
from promoter.output.console import Console, Piece, Style, width
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
    said = phrase(N_("{check}: {summary}"), check=done.check, summary=done.outcome.reason)
    return f"{glyph} {done.item} {language.say(said)} ({took})"


def show_outcome(console: Console, outcome: Outcome, title: str, *, details: bool = True) -> None:
    """An outcome with its evidence and remedy."""
    language = console.language
    verdict = outcome.verdict
    head, reason = f"{GLYPHS[verdict]} {title}", language.say(outcome.reason)
    end = f"  {language.gettext(VERDICTS[verdict])}, {language.duration(outcome.took_s)}"
    if len(console.wrapped(f"{head}  {reason}{end}", 0)) == 1:
        console.line((head, STYLES[verdict]), f"  {reason}", (end, Style.FAINT))
    else:
        console.line((head, STYLES[verdict]), (end, Style.FAINT))
        _indented(console, reason)
    if details:
        show_evidence(console, outcome.evidence, indent="    ")
        remedy = remedy_of(outcome.reason)
        if remedy is not None:
            label = language.gettext(N_("remedy:"))
            first, *more = console.wrapped(f"{label} {language.say(remedy)}", 4)
            console.line("    ", (label, Style.ACCENT), first.removeprefix(label))
            for words in more:
                console.line("    ", words)
            kind, dot, _ = outcome.reason.code.partition(".")
            if dot:
                every = phrase(N_("every reason and its remedy: promoter kinds {kind}"), kind=kind)
                _indented(console, language.say(every), Style.FAINT)
    if outcome.overrides:
        used = phrase(
            N_("ran with {overrides}: this outcome does not count"), overrides=list(outcome.overrides)
        )
        _indented(console, language.say(used), Style.WAITING)


def _indented(console: Console, text: str, style: Style = Style.PLAIN) -> None:
    for words in console.wrapped(text, 4):
        console.line("    ", (words, style))


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
    """An expected or observed value in words; nothing where there is none."""
    if value is None:
        return ""
    return (
        language.say(value)
        if isinstance(value, Message)
        else language.say(Phrase("{value}", {"value": value}))
    )


def show_evidence(console: Console, evidence: Sequence[Evidence], *, indent: str) -> None:
    """Observed beside expected, in columns; below each other where the lines are too short for that."""
    language = console.language
    say = language.gettext
    rows = [
        (_fact(each, language), value_text(each.observed, language), value_text(each.expected, language))
        for each in evidence
    ]
    widths = [max((width(row[i]) for row in rows), default=0) for i in range(3)]
    heads = (say(N_("observed")), say(N_("expected")))
    if len(indent) + sum(widths) + sum(map(width, heads)) + 6 <= console.width:
        console.columns([_beside(row, heads) for row in rows], indent=indent)
        return
    for fact, seen, wanted in rows:
        console.line(indent, fact)
        for head, value in ((heads[0], seen), (heads[1], wanted)):
            for index, words in enumerate(
                console.wrapped(value, len(indent) + width(head) + 5) if value else ()
            ):
                console.line(
                    indent, "    ", (head if not index else " " * width(head), Style.FAINT), " ", words
                )


def _beside(row: tuple[Piece, str, str], heads: tuple[str, str]) -> list[Piece]:
    fact, seen, wanted = row
    return [fact, f"{heads[0]} {seen}", *([f"{heads[1]} {wanted}"] if wanted else [])]


def _fact(evidence: Evidence, language: Language) -> Piece:
    said = language.say(evidence.fact)
    if evidence.verdict is None:
        return f"· {said}"
    return f"{GLYPHS[evidence.verdict]} {said}", STYLES[evidence.verdict]

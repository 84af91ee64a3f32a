"""One outcome with what every format shows of it, in the reader's language."""

from collections.abc import Iterator, Mapping, Sequence

from promoter.checks import registry
from promoter.frozen import frozen
from promoter.messages import N_, Language, Message, Parameter, Phrase
from promoter.model.outcome import CheckOutcome, Verdict
from promoter.place import Place
from promoter.redaction import visible


@frozen
class Finding:
    """An outcome in words. `details` are lines: evidence, observed beside expected, and what to do."""

    item: str
    check: str
    kind: str
    code: str
    verdict: Verdict
    summary: str
    details: tuple[str, ...]
    took_s: float
    at: str
    place: Place | None


def findings(
    outcomes: Sequence[CheckOutcome], places: Mapping[tuple[str, str], Place], language: Language
) -> Iterator[Finding]:
    """The outcomes in words; `places` says where each check stands, by item and check."""
    for each in outcomes:
        outcome = each.outcome
        yield Finding(
            item=visible(each.item),
            check=visible(each.check),
            kind=visible(each.kind),
            code=visible(outcome.reason.code),
            verdict=outcome.verdict,
            summary=visible(language.say(outcome.reason)),
            details=tuple(visible(line) for line in _details(each, language)),
            took_s=outcome.took_s,
            at=each.at,
            place=places.get((each.item, each.check)),
        )


def _details(done: CheckOutcome, language: Language) -> Iterator[str]:
    observed, expected = language.gettext(N_("observed")), language.gettext(N_("expected"))
    for line in done.outcome.evidence:
        sides = [(observed, line.observed), (expected, line.expected)]
        said = [f"{head} {_text(value, language)}" for head, value in sides if value is not None]
        yield " · ".join((language.say(line.fact), *said))
    remedy = registry.remedy(done.outcome.reason)
    if remedy is not None:
        yield " ".join((language.gettext(N_("remedy:")), language.say(remedy)))


def _text(value: Parameter, language: Language) -> str:
    return language.say(value if isinstance(value, Message) else Phrase("{value}", {"value": value}))

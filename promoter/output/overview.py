"""The board over pipelines and repositories, as text and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from promoter.errors import ExitCode
from promoter.messages import N_, NP_, Language, phrase
from promoter.output.console import Console, Piece, Style
from promoter.output.documents import gate_document, promotion_document, said
from promoter.output.standing import ANSWERS, release_name
from promoter.usecases.overview import Service
from promoter.usecases.standing import Standing


def show_overview(console: Console, services: Sequence[Service]) -> None:
    """A heading for each pipeline, and a line for each open promotion: what goes where, the answer, and what it
    waits for first."""
    language = console.language
    several = len({each.repository for each in services}) > 1
    for each in services:
        name = each.name or str(each.repository)
        where = f"  {each.repository}" if several and each.name else ""
        console.line((name, Style.STRONG), (where, Style.FAINT))
        if each.error is not None:
            console.line("  ", (language.say(each.error.wrong), Style.BAD))
        elif not each.standings:
            console.line("  ", (language.gettext(N_("nothing is open")), Style.FAINT))
        console.columns([tuple(_row(one, language)) for one in each.standings])
        for warning in each.warnings:
            console.line("  ", (language.gettext(N_("note:")), Style.WAITING), " ", language.say(warning))


def overview_document(services: Sequence[Service], language: Language) -> dict[str, Any]:
    """`promoter/overview/1`."""
    return {
        "services": [
            {
                "repository": str(each.repository),
                "pipeline": each.name or None,
                "promotions": [
                    {
                        "promotion": promotion_document(one.promotion),
                        "gate": gate_document(one.decision, language),
                    }
                    for one in each.standings
                ],
                "warnings": [said(one, language) for one in each.warnings],
                "error": language.say(each.error.wrong) if each.error is not None else None,
            }
            for each in services
        ]
    }


def _row(standing: Standing, language: Language) -> Iterator[Piece]:
    promotion, decision = standing.promotion, standing.decision
    good = decision.exit_code is ExitCode.YES and decision.glass is None
    yield release_name(promotion.release, language)
    yield (f"{promotion.from_environment} → {promotion.to_environment}", Style.ACCENT)
    yield (language.gettext(ANSWERS[decision.answer]), Style.GOOD if good else Style.BAD)
    yield _waits_for(standing, language)


def _waits_for(standing: Standing, language: Language) -> str:
    reasons = standing.decision.reasons
    if not reasons:
        return ""
    first = language.say(reasons[0].message)
    if reasons[0].item is not None:
        first = language.say(phrase(N_("{item}: {reason}"), item=reasons[0].item, reason=first))
    if len(reasons) == 1:
        return first
    more = NP_("{first}, and {count} more", "{first}, and {count} more")
    return language.say(phrase(more, first=first, count=len(reasons) - 1))

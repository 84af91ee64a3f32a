"""What a deployment log and the trail do not tell alike, as text and as JSON."""

from collections.abc import Sequence
from typing import Any

from promoter.messages import N_, NP_, Language, phrase
from promoter.output.console import Console, Style
from promoter.output.documents import release_document, said
from promoter.output.standing import release_name
from promoter.usecases.reconciling import Deviation, Reconciliation

_SHORT = 12


def show_reconciliation(console: Console, found: Reconciliation) -> None:
    """A line for each deployment without a promotion, and each promotion without a deployment."""
    language = console.language
    _show_deviations(console, N_("Deployed without a promotion:"), found.unpromoted)
    if found.undeployed:
        console.line((language.gettext(N_("Promoted and never deployed:")), Style.BAD))
        console.columns(
            [
                (
                    (each.arrival.environment, Style.STRONG),
                    release_name(each.arrival.release, language),
                    language.time(each.arrival.recorded.entry.at),
                    language.say(each.why),
                )
                for each in found.undeployed
            ]
        )
    _show_deviations(console, N_("Deployed last, and not what the trail says runs there:"), found.otherwise)
    for name in found.silent:
        console.warn(phrase(N_("the log says nothing of {environment}"), environment=name))
    if found.agrees:
        agree = phrase(
            NP_(
                "{count} deployment: the log and the trail agree",
                "{count} deployments: the log and the trail agree",
            ),
            count=found.deployments,
        )
        console.line(("✓", Style.GOOD), " ", language.say(agree))


def _show_deviations(console: Console, heading: str, found: Sequence[Deviation]) -> None:
    language = console.language
    if not found:
        return
    console.line((language.gettext(heading), Style.BAD))
    console.columns(
        [
            (
                (each.deployment.environment, Style.STRONG),
                each.deployment.commit[:_SHORT],
                language.time(each.deployment.at),
                (language.say(phrase(N_("line {number}"), number=each.deployment.line)), Style.FAINT),
                language.say(each.why),
            )
            for each in found
        ]
    )


def reconciliation_document(found: Reconciliation, language: Language) -> dict[str, Any]:
    """`promoter/reconcile/1`."""
    return {
        "deployments": found.deployments,
        "agrees": found.agrees,
        "unpromoted": [_deviation_document(each, language) for each in found.unpromoted],
        "undeployed": [
            {
                "environment": each.arrival.environment,
                "release": release_document(each.arrival.release),
                "promoted_at": each.arrival.recorded.entry.at,
                "promotion": each.arrival.recorded.entry.subject.promotion
                if each.arrival.recorded.entry.subject
                else None,
                "why": said(each.why, language),
            }
            for each in found.undeployed
        ],
        "otherwise": [_deviation_document(each, language) for each in found.otherwise],
        "silent": list(found.silent),
    }


def _deviation_document(each: Deviation, language: Language) -> dict[str, Any]:
    return {
        "environment": each.deployment.environment,
        "commit": each.deployment.commit,
        "at": each.deployment.at.isoformat(),
        "line": each.deployment.line,
        "why": said(each.why, language),
    }

"""The demo's story, played without a screen: blocked, checked, signed, open, promoted, reported."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from promoter.demo.stage import Stage
from promoter.frozen import frozen
from promoter.gate import Hold
from promoter.messages import N_, NP_, Language, Sayable, phrase
from promoter.model.checklist import Item
from promoter.model.outcome import CheckOutcome
from promoter.run import RunEvent
from promoter.usecases.board import board
from promoter.usecases.promoting import promote
from promoter.usecases.reporting import write_report
from promoter.usecases.running import Wishes, run
from promoter.usecases.standing import Standing, status
from promoter.usecases.voices import sign
from promoter.usecases.workspace import Workspace


@frozen
class Narrator:
    """Who tells the story: a sentence, where the promotion stands, what checks came to, their progress."""

    tell: Callable[[Sayable], None]
    show: Callable[[Standing], None]
    outcomes: Callable[[Sequence[CheckOutcome]], None]
    progress: Callable[[RunEvent], None]


EFFECTS = frozenset({"oauth@preprod", "webhook@preprod", "oauth@production", "webhook@production"})
"""What the story agrees to: the embedded service is nobody's."""


@frozen
class Ending:
    """What is left: the report and where it is."""

    report: str
    report_file: Path


def play(stage: Stage, environ: Mapping[str, str], narrator: Narrator, language: Language) -> Ending:
    """Plays the story as Alice, on a promotion that Bob opened."""
    with Workspace.open(stage.settings(environ)) as workspace:
        standing = status(workspace)
        narrator.tell(
            phrase(
                N_("{opener} opened the promotion of {release} into {environment}"),
                opener=standing.promotion.opener.name,
                release=standing.promotion.release.name,
                environment=standing.promotion.to_environment,
            )
        )
        narrator.show(standing)
        narrator.tell(phrase(N_("The checks run against the embedded service")))
        asyncio.run(run(workspace, None, Wishes(consents=EFFECTS), on_event=narrator.progress))
        narrator.show(status(workspace))
        narrator.tell(phrase(N_("Alice signs off what only a person can answer")))
        for item in standing.checklist.items:
            if item.sign_off is not None:
                _sign(workspace, item, language)
        narrator.show(status(workspace))
        narrator.tell(phrase(N_("Nothing holds the gate any more: Alice promotes")))
        comment = language.gettext(N_("Played by the demo"))
        narrator.show(asyncio.run(promote(workspace, None, comment=comment, on_event=narrator.progress)))
        report_file = stage.directory / "migration.md"
        rendered, _ = write_report(workspace, None, report_file, language=language.code)
        narrator.tell(phrase(N_("The report for the auditor")))
    return Ending(rendered.markdown, report_file)


def play_broken(stage: Stage, environ: Mapping[str, str], narrator: Narrator) -> None:
    """Plays what is caught when the service is not as it should be: nothing opens."""
    with Workspace.open(stage.settings(environ)) as workspace:
        for promotion in board(workspace).promotions[::-1]:
            narrator.tell(
                phrase(
                    N_("The checks of {release} into {environment}, on a service that has flaws"),
                    release=promotion.release.name,
                    environment=promotion.to_environment,
                )
            )
            wishes = Wishes(consents=EFFECTS)
            report = asyncio.run(run(workspace, promotion.id, wishes, on_event=narrator.progress))
            narrator.outcomes([each for each in report.outcomes if not each.outcome.verdict.satisfies])
            answer = status(workspace, promotion.id).decision
            count = len([each for each in answer.reasons if each.hold is Hold.FAILED])
            narrator.tell(
                phrase(
                    NP_(
                        "The gate is shut, and {count} failure holds it",
                        "The gate is shut, and {count} failures hold it",
                    ),
                    count=count,
                )
            )


def _sign(workspace: Workspace, item: Item, language: Language) -> None:
    assert item.sign_off is not None  # noqa: S101 - the caller asked
    fields = {
        each.id: each.example.in_language(language)
        if each.example
        else language.gettext(N_("as the demo has it"))
        for each in item.sign_off.fields
    }
    links = ("https://ci.editeur.example/runs/1842",) if item.sign_off.evidence == "required" else ()
    comment = language.gettext(N_("Seen in the demo"))
    sign(workspace, None, item.id, comment=comment, fields=fields, links=links)

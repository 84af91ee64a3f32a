"""The demo's story, played without a screen: blocked, checked, signed, open, promoted, reported."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.demo.stage import Stage
from promoter.messages import N_, Language, Sayable, phrase
from promoter.model.checklist import Item
from promoter.run import RunEvent
from promoter.usecases.promoting import promote
from promoter.usecases.reporting import write_report
from promoter.usecases.running import run
from promoter.usecases.standing import Standing, status
from promoter.usecases.voices import sign
from promoter.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Narrator:
    """Who tells the story: a sentence, where the promotion stands, the progress of a run."""

    tell: Callable[[Sayable], None]
    show: Callable[[Standing], None]
    progress: Callable[[RunEvent], None]


@dataclass(frozen=True, slots=True)
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
        asyncio.run(run(workspace, None, on_event=narrator.progress))
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

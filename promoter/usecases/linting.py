"""Reading checklists for what is wrong with them, without a repository or a promotion."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from promoter.checklist.bases import reading_from
from promoter.checklist.extending import Reader
from promoter.checklist.files import read_capped
from promoter.checklist.loading import is_policy, load_checklist, load_pipeline, load_policy
from promoter.errors import CannotAct, UsageError
from promoter.messages import N_, phrase
from promoter.model.environment import Pipeline
from promoter.place import Place, Problem
from promoter.usecases.settings import utc_now
from promoter.usecases.workspace import CHECKLISTS, PIPELINE_FILE

SCHEMAS = ("pipeline", "policy", "checklist", "entry", "run", "notification")


def lint(paths: tuple[Path, ...], directory: Path, *, now: datetime | None = None) -> tuple[Problem, ...]:
    """Every problem of the files and directories named, by default of `checklists/` in `directory` or the
    nearest directory above that has one; raises CannotAct when there is none.

    A checklist is read with the `pipeline.yaml` beside it, a policy by itself; a directory is read whole. Freezes are looked at from
    `now` on, by default the present.
    """
    at = now or utc_now()
    if not paths and not _nearest(directory).is_dir():
        raise CannotAct(
            phrase(N_("there is no {name} directory here"), name=CHECKLISTS),
            phrase(
                N_("'promoter init' puts the checklists there; 'promoter demo' shows the whole story first")
            ),
        )
    problems: list[Problem] = []
    seen: set[Problem] = set()
    for path in paths or (_nearest(directory),):
        for problem in _of_directory(path, at) if path.is_dir() else _of_file(path, at):
            if problem not in seen:
                seen.add(problem)
                problems.append(problem)
    return tuple(problems)


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a format; raises UsageError for an unknown name."""
    if name == "pipeline":
        from promoter.checklist.schema import pipeline_schema

        return pipeline_schema()
    if name == "policy":
        from promoter.checklist.schema import policy_schema

        return policy_schema()
    if name == "checklist":
        from promoter.checklist.schema import checklist_schema

        return checklist_schema()
    if name == "entry":
        from promoter.trail.entry_schema import entry_schema

        return entry_schema()
    if name == "notification":
        from promoter.usecases.notification import notification_schema

        return notification_schema()
    raise UsageError(
        phrase(N_("there is no schema named {name}"), name=name),
        phrase(N_("the ones there are: {names}"), names=list(SCHEMAS)),
    )


def _nearest(directory: Path) -> Path:
    above = (each / CHECKLISTS for each in directory.absolute().parents)
    own = directory / CHECKLISTS
    return own if own.is_dir() else next((each for each in above if each.is_dir()), own)


def _of_directory(directory: Path, now: datetime) -> list[Problem]:
    pipelines = sorted({*directory.glob(PIPELINE_FILE), *directory.glob(f"*/{PIPELINE_FILE}")})
    if not pipelines:
        wrong = phrase(N_("no {file} here; 'promoter init' makes one"), file=PIPELINE_FILE)
        return [Problem(Place(str(directory)), "no-pipeline", wrong)]
    found = [problem for each in pipelines for problem in _of_service(each, now)]
    return [*found, *_sharing_a_trail(pipelines, now)]


def _sharing_a_trail(pipelines: Sequence[Path], now: datetime) -> Iterator[Problem]:
    """The pipelines whose trail another one has as well: what the second writes there counts for nothing."""
    branches: dict[str, Pipeline] = {}
    for each in pipelines if len(pipelines) > 1 else ():
        pipeline = _pipeline(each, now)[0]
        if pipeline is None:
            continue
        first = branches.setdefault(pipeline.branch, pipeline)
        if first is not pipeline:
            words = N_(
                "its trail is on {branch}, as that of {other}: name a branch of its own under 'trail:', "
                "such as promoter/trail-{name}"
            )
            said = phrase(words, branch=pipeline.branch, other=first.name, name=pipeline.name)
            yield Problem(pipeline.place, "shared-trail", said)


def _of_service(pipeline_path: Path, now: datetime) -> list[Problem]:
    pipeline, problems = _pipeline(pipeline_path, now)
    directory = pipeline_path.parent
    found = sorted(each for each in directory.glob("*.y*ml") if each != pipeline_path)
    for each in found:
        problems += _checklist(each, pipeline)
    if pipeline is not None:
        there = {each.stem for each in found}
        for transition in pipeline.transitions:
            if transition not in there:
                wrong = phrase(
                    N_("transition {name} has no file {file}"), name=transition, file=f"{transition}.yaml"
                )
                problems.append(Problem(Place(str(pipeline_path)), "no-checklist", wrong))
    return problems


def _of_file(path: Path, now: datetime) -> list[Problem]:
    if path.name == PIPELINE_FILE:
        return _pipeline(path, now)[1]
    beside = path.parent / PIPELINE_FILE
    pipeline = _pipeline(beside, now)[0] if beside.is_file() else None
    return _checklist(path, pipeline)


def _pipeline(path: Path, now: datetime) -> tuple[Pipeline | None, list[Problem]]:
    content = read_capped(path, str(path))
    if isinstance(content, Problem):
        return None, [content]
    pipeline, problems = load_pipeline(content, str(path), read=_bases(path))
    return pipeline, [*problems, *(_never_thawed(pipeline, now) if pipeline is not None else ())]


def _never_thawed(pipeline: Pipeline, now: datetime) -> Iterator[Problem]:
    """The environments whose freeze windows leave no moment for a promotion, as far as anyone looks ahead."""
    for each in pipeline.environments:
        if not each.freezes:
            continue
        from promoter.gate.calendar import calendar

        with contextlib.suppress(ValueError):  # its windows are read elsewhere, and judged there
            windows = calendar(each.freezes, now)
            if windows.frozen(now) and windows.opens(now) is None:
                words = N_(
                    "the freezes of {environment} leave no moment in the year to come: its gate cannot open"
                )
                yield Problem(each.place, "never-thawed", phrase(words, environment=each.name), warning=True)


def _checklist(path: Path, pipeline: Pipeline | None) -> list[Problem]:
    content = read_capped(path, str(path))
    if isinstance(content, Problem):
        return [content]
    if is_policy(content):
        return list(load_policy(content, str(path), read=_bases(path)))
    return list(load_checklist(content, str(path), pipeline, read=_bases(path))[1])


def _bases(path: Path) -> Reader:
    return reading_from(path.parent, _root(path), _shown)


def _shown(path: Path) -> str:
    """A path as the user would write it from where they are."""
    here = Path.cwd().resolve()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _root(path: Path) -> Path:
    """The repository that a file is in, or else what is above its directory: nothing outside is read."""
    above = path.absolute().parents
    return next((each for each in above if (each / ".git").exists()), above[min(1, len(above) - 1)])

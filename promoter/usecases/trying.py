"""The kinds of checks, and one check by itself: to write checklists with."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from promoter.checklist.bases import reading_from
from promoter.checklist.files import read_capped
from promoter.checklist.loading import load_pipeline, load_unruled, pipeline_written_out
from promoter.checks import registry
from promoter.checks.declaration import Kind, KindBroken
from promoter.errors import CannotAct, UsageError
from promoter.messages import N_, Message, Phrase, phrase
from promoter.model.checklist import CheckSpec
from promoter.model.consent import Ask
from promoter.model.environment import Pipeline
from promoter.model.outcome import Outcome
from promoter.place import Place, Problem
from promoter.run import Planned, Surroundings, asks
from promoter.run import try_check as run_one
from promoter.shipped import shipped
from promoter.trail.repository import Repository
from promoter.usecases.consent import require_known
from promoter.usecases.field_words import among, value_given
from promoter.usecases.settings import Settings
from promoter.usecases.standing import environment_warnings
from promoter.usecases.workspace import CHECKLISTS, PIPELINE_FILE


def kinds() -> tuple[Kind, ...]:
    """Every kind there is; one of a third party that cannot be loaded is left out."""
    return tuple(found for found in map(_kind, registry.names()) if found is not None)


def kinds_not_loaded() -> Iterator[Phrase]:
    """The kinds that are installed and cannot be loaded, and why."""
    for name in registry.names():
        try:
            registry.kind(name)
        except KindBroken as broken:
            yield _not_loaded(name, broken)


def kind_named(name: str) -> Kind:
    """The kind of that name; raises UsageError when there is none, or it cannot be loaded."""
    try:
        return registry.kind(name)
    except KindBroken as broken:
        raise UsageError(
            _not_loaded(name, broken),
            phrase(N_("Mend or install anew the package that brings the kind {name}."), name=name),
        ) from None
    except KeyError:
        raise UsageError(
            phrase(N_("there is no kind of check named {name}"), name=name),
            among(name, registry.names()),
        ) from None


async def try_check(
    settings: Settings,
    name: str,
    words: Mapping[str, str],
    *,
    consents: frozenset[str] = frozenset(),
    agree: Callable[[Sequence[Ask]], Iterable[str]] = lambda asked: (),
) -> Outcome:
    """Runs one check with fields given as words, without a checklist; inside a repository it sees that.

    A command written on the command line is agreed to; what changes the world only with its id among the
    `consents`, or when `agree` says so.

    The environments it may name are those of the work tree's pipeline, or of the shipped one. How fields are
    written is `value_given`'s to say.
    Raises UsageError for an unknown kind or field, or a value that does not fit.
    """
    kind = kind_named(name)
    fields = {name: value_given(kind, name, given) for name, given in words.items()}
    missing = [each.name for each in kind.fields if each.required and each.name not in fields]
    if missing:
        raise UsageError(
            phrase(N_("{kind} needs {names}"), kind=name, names=missing),
            phrase(N_("'promoter kinds {kind}' shows its fields"), kind=name),
        )
    require_known(consents, (name,), ())
    pipeline = _pipeline(settings)
    surroundings = Surroundings(
        root=settings.directory.absolute(),
        environments={each.name: each for each in pipeline.environments} if pipeline else {},
        overrides=settings.overrides,
        process_environment=settings.environ,
        repository=_repository(settings),
        clock=settings.clock,
    )
    planned = Planned(name, "", CheckSpec(name, name, fields, Place("")))
    asked = asks((planned,), surroundings)
    agreed = {each.id for each in asked if each.lasting} | consents
    agreed |= set(agree([each for each in asked if each.id not in agreed]))
    return await run_one(name, fields, replace(surroundings, consents=agreed))


def warnings_about(settings: Settings, words: Mapping[str, str]) -> tuple[Message, ...]:
    """What must be said before a check goes to a host that the pipeline knows as internal or unstable:
    the work tree's pipeline, or outside of one the shipped one."""
    pipeline = _pipeline(settings)
    hosts = {urlsplit(each).hostname for each in words.values() if each.startswith("https://")}
    return tuple(
        warning
        for environment in (pipeline.environments if pipeline else ())
        if hosts & {urlsplit(each).hostname for each in environment.urls.values() if isinstance(each, str)}
        for warning in environment_warnings(environment)
    )


def _pipeline(settings: Settings) -> Pipeline | None:
    own = settings.directory / CHECKLISTS / PIPELINE_FILE
    path = own if own.is_file() else shipped(CHECKLISTS) / PIPELINE_FILE
    content = read_capped(path, str(path))
    if isinstance(content, Problem):
        return None
    read = reading_from(path.parent, settings.directory)
    whole = pipeline_written_out(content, str(path), read)
    return load_pipeline(whole, str(path), pinned=True)[0] or load_unruled(content, str(path))


def _repository(settings: Settings) -> Repository | None:
    """The repository that the check is tried in; None outside of one, or of one that git refuses."""
    try:
        return Repository.discover(settings.directory)
    except CannotAct:
        return None


def _not_loaded(name: str, broken: KindBroken) -> Phrase:
    return phrase(N_("the kind {name} is installed and cannot be loaded ({why})"), name=name, why=broken.why)


def _kind(name: str) -> Kind | None:
    try:
        return registry.kind(name)
    except KeyError:
        return None

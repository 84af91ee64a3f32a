"""The language a user is spoken to, with the words of every code the rooms make."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib import import_module

from promoter.messages import LANGUAGES, Language, Message, Phrase, Template

_ROOMS = (
    "promoter.gate",
    "promoter.gate.plan",
    "promoter.gate.policy",
    "promoter.promotion",
    "promoter.checks.patterns",
    "promoter.checks.rulings",
    "promoter.checks.variables",
    "promoter.run.consent",
    "promoter.usecases.debts",
    "promoter.usecases.outdating",
    "promoter.usecases.standing",
    "promoter.usecases.delivering",
    "promoter.usecases.deploying",
    "promoter.usecases.emergency",
    "promoter.usecases.foreclosed",
    "promoter.usecases.loosening",
    "promoter.usecases.notifying",
    "promoter.usecases.promoting",
    "promoter.usecases.opening",
    "promoter.usecases.provenance",
    "promoter.usecases.reconciling",
    "promoter.usecases.rosters",
    "promoter.usecases.stopping",
    "promoter.usecases.approving",
    "promoter.usecases.voices",
    "promoter.trail.ailment",
    "promoter.trail.authorship",
    "promoter.trail.entry",
    "promoter.trail.headline",
    "promoter.trail.trees",
    "promoter.trail.trust",
    "promoter.trail.verify",
)


def language_for(wanted: str | None, environ: Mapping[str, str], time_zone: tzinfo | None = None) -> Language:
    """The language asked for: `--lang`, then `PROMOTER_LANG`, then the locale, then English.

    Times are shown in `time_zone`, by default the machine's.
    """
    for candidate in (
        wanted,
        environ.get("PROMOTER_LANG"),
        environ.get("LC_ALL"),
        environ.get("LC_MESSAGES"),
        environ.get("LANG"),
    ):
        code = (candidate or "")[:2].lower()
        if code in LANGUAGES:
            return Language(code, time_zone=time_zone or _local(), phrasebook=phrasebook)
        if candidate:
            break
    return Language("en", time_zone=time_zone or _local(), phrasebook=phrasebook)


def phrasebook(code: str) -> Template | None:
    """The English template of any code: a check kind's (`kind.code`) or one of the rooms'.

    None when nobody knows it, for example because a plug-in is gone.
    """
    if "." in code:
        from promoter.checks import registry

        return registry.template(code)
    return _rooms().get(code)


@cache
def _rooms() -> Mapping[str, Template]:
    return {code: template for room in _ROOMS for code, template in import_module(room).PHRASES.items()}


def _local() -> tzinfo:
    return datetime.now().astimezone().tzinfo or UTC


def remedy_of(reason: Message) -> Phrase | None:
    """What to do about an outcome, as its kind advises; None when there is nothing to do or to know."""
    from promoter.checks import registry

    return registry.remedy(reason)

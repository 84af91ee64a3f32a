"""What the doctor found, for people and for programs."""

from typing import Any

from promoter.messages import N_, NP_, Language, phrase
from promoter.output.console import Console, Style
from promoter.output.documents import said
from promoter.trail.ailment import Ailment, Gravity
from promoter.trail.headline import headline
from promoter.usecases.doctoring import Health

_WORDS = {Gravity.BLOCKS: N_("in the way:"), Gravity.RISK: N_("risk:"), Gravity.NOTE: N_("note:")}
_STYLES = {Gravity.BLOCKS: Style.BAD, Gravity.RISK: Style.WAITING, Gravity.NOTE: Style.FAINT}


def show_health(console: Console, health: Health) -> None:
    """What was mended and put back first, then what is wrong, each with its remedy."""
    language = console.language
    for each in health.mended:
        console.line((language.gettext(N_("mended:")), Style.GOOD), " ", language.say(each))
    _show_restored(console, health)
    for ailment in sorted(health.ailments, key=lambda each: list(Gravity).index(each.gravity)):
        word = language.gettext(_WORDS[ailment.gravity])
        console.line((word, _STYLES[ailment.gravity]), " ", language.say(ailment.message))
        if ailment.remedy is not None:
            for line in console.wrapped(language.say(ailment.remedy), 2):
                console.line("  ", (line, Style.FAINT))
    for what, why in health.failed:
        told = phrase(N_("could not be mended: {what}: {why}"), what=what, why=why)
        console.line((language.say(told), Style.BAD))
    if not health.exit_code:
        console.line((language.gettext(N_("Nothing stands in the way.")), Style.GOOD))


def _show_restored(console: Console, health: Health) -> None:
    language = console.language
    for each in health.restored:
        if each.tip is not None:
            told = phrase(N_("the trail's branch is at {tip} again"), tip=each.tip[:12])
            console.line(language.say(told))
        if each.anew:
            told = phrase(
                NP_(
                    "{count} entry put back under its id, in a commit signed now:",
                    "{count} entries put back under their ids, in commits signed now:",
                ),
                count=len(each.anew),
            )
            console.line(language.say(told))
        for entry in each.anew:
            console.line(f"  {entry.id}  ", language.say(headline(entry)))
        for path, why in each.left:
            told = phrase(N_("not put back: {path}: {why}"), path=path, why=why)
            console.line((language.say(told), Style.WAITING))


def health_document(health: Health, language: Language) -> dict[str, Any]:
    """`promoter/doctor/1`."""
    return {
        "exit_code": int(health.exit_code),
        "findings": [_finding(each, language) for each in health.ailments],
        "mended": [said(each, language) for each in health.mended],
        "not_mended": [{**said(what, language), "why": language.say(why)} for what, why in health.failed],
        "restored": [
            {
                "tip": each.tip,
                "signed_anew": [entry.id for entry in each.anew],
                "left": [{"path": path, "why": language.say(why)} for path, why in each.left],
            }
            for each in health.restored
        ],
    }


def _finding(ailment: Ailment, language: Language) -> dict[str, Any]:
    remedy = ailment.remedy
    return {
        "severity": str(ailment.gravity),
        "fixable": ailment.mend is not None,
        **said(ailment.message, language),
        "remedy": None if remedy is None else language.say(remedy),
    }

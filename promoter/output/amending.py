"""What an amendment changes, as text and as JSON."""

from typing import Any

from promoter.messages import N_, NP_, Language, phrase
from promoter.output.console import Console, Style
from promoter.output.differing import changes_document, differing_document, list_differing, show_commits
from promoter.output.documents import release_document, said
from promoter.output.standing import release_name
from promoter.usecases.amending import Plan
from promoter.usecases.outdating import Outdated


def show_plan(console: Console, plan: Plan) -> None:
    """From which release to which, what else changes, what goes stale and what survives; then who has to agree."""
    language = console.language
    console.line((plan.promotion.id, Style.STRONG))
    if plan.agrees_to is not None:
        proposed = phrase(
            N_("proposed by {name}: {reason}"),
            name=plan.agrees_to.proposed.entry.actor.name,
            reason=plan.agrees_to.content.reason,
        )
        console.line(language.say(proposed))
    if plan.content.release is not None:
        moved = (release_name(plan.release, language), " → ", release_name(plan.content.release, language))
        console.line(language.gettext(N_("release")), "  ", *moved)
        _commits(console, plan)
    if plan.content.rules is not None:
        list_differing(console, N_("checklist"), plan.items)
        list_differing(console, N_("variables"), plan.variables)
        list_differing(console, N_("URLs"), plan.urls)
        for each in plan.looser:
            console.line("  ", (language.gettext(N_("looser")), Style.BAD), "  ", language.say(each))
    _answers(console, plan)
    console.warn(*plan.warnings)
    if plan.waits:
        waits = N_("other rules are in force once a second person agrees; until then the old ones hold")
        console.line((language.gettext(waits), Style.WAITING))


def _commits(console: Console, plan: Plan) -> None:
    if plan.brought is None:
        unbound = N_("commits: nobody can tell, a release is unbound")
        console.line((console.language.gettext(unbound), Style.WAITING))
        return
    brought = NP_("{count} commit comes in:", "{count} commits come in:")
    show_commits(console, plan.brought, brought, N_("no commit comes in"))
    if plan.gone is not None:
        gone = NP_("{count} commit goes out:", "{count} commits go out:")
        show_commits(console, plan.gone, gone, N_("no commit goes out"))


def _answers(console: Console, plan: Plan) -> None:
    language = console.language
    if plan.stale:
        console.line((language.gettext(N_("no longer counts:")), Style.WAITING))
        console.columns([(_of(each.item, language), each.name, _why(each, language)) for each in plan.stale])
    if plan.survives:
        console.line((language.gettext(N_("still counts:")), Style.GOOD))
        console.columns([(_of(item, language), name) for item, name in plan.survives])
    if not plan.stale and not plan.survives:
        console.line((language.gettext(N_("nothing that was said or observed goes stale")), Style.FAINT))


def _of(item: str, language: Language) -> str:
    return item or language.gettext(N_("approval"))


def _why(each: Outdated, language: Language) -> str:
    return language.say(each.why) if each.why else language.gettext(N_("the new rules do not ask for it"))


def plan_document(plan: Plan, language: Language) -> dict[str, Any]:
    """`promoter/amend/1`, before anything is recorded."""
    release, first = plan.content.release, plan.agrees_to
    return {
        "promotion": plan.promotion.id,
        "release": {"from": release_document(plan.release), "to": release_document(release)}
        if release
        else None,
        "rules": plan.content.rules is not None,
        "agrees_to": first.proposed.entry.id if first else None,
        "brought": changes_document(plan.brought, language),
        "gone": changes_document(plan.gone, language),
        "items": [
            {"id": each.name, "how": str(each.how), "title": each.title.in_language(language)}
            for each in plan.items
        ],
        "variables": [{"name": each.name, "how": str(each.how)} for each in plan.variables],
        "urls": [differing_document(each) for each in plan.urls],
        "looser": [said(each, language) for each in plan.looser],
        "stale": [
            {
                "item": each.item or None,
                "name": each.name,
                "why": said(each.why, language) if each.why else None,
            }
            for each in plan.stale
        ],
        "survives": [{"item": item or None, "by": name} for item, name in plan.survives],
        "waits": plan.waits,
        "warnings": [said(each, language) for each in plan.warnings],
    }

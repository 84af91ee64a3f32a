"""What changes in an environment, as text and as JSON."""

from collections.abc import Sequence
from typing import Any

from promoter.messages import N_, NP_, Language, Template, phrase
from promoter.output.console import Console, Piece, Style
from promoter.output.documents import release_document, said
from promoter.output.standing import release_name
from promoter.trail.changes import Changes
from promoter.usecases.differing import Difference, Differing, How

_SHORT = 7
_SIGNS: dict[How, tuple[str, Style]] = {
    How.ADDED: ("+", Style.GOOD),
    How.REMOVED: ("-", Style.BAD),
    How.REWORDED: ("~", Style.WAITING),
    How.CHANGED: ("~", Style.WAITING),
}
_WORDS = {
    How.ADDED: N_("added"),
    How.REMOVED: N_("removed"),
    How.REWORDED: N_("reworded"),
    How.CHANGED: N_("changed"),
}


def show_difference(console: Console, found: Difference) -> None:
    """What gets there and what goes, then what else is not as it was."""
    language = console.language
    runs = release_name(found.runs.release, language) if found.runs else language.gettext(N_("nothing known"))
    console.line(
        (found.environment.name, Style.STRONG), "  ", runs, " → ", release_name(found.release, language)
    )
    if found.brought is None:
        unbound = N_("commits: nobody can tell, a release is unbound")
        console.line((language.gettext(unbound), Style.WAITING))
    else:
        brought = NP_("{count} commit gets there:", "{count} commits get there:")
        show_commits(console, found.brought, brought, N_("no commit gets there"))
    if found.gone is not None:
        gone = NP_(
            "{count} commit that runs there is not in it:", "{count} commits that run there are not in it:"
        )
        show_commits(console, found.gone, gone, N_("every commit that runs there is in it"))
    if found.pinned_by is None:
        nothing = N_("checklist, variables and URLs: nothing to compare, what runs there was not promoted")
        console.line((language.gettext(nothing), Style.FAINT))
        return
    list_differing(console, N_("checklist"), found.items)
    list_differing(console, N_("variables"), found.variables)
    list_differing(console, N_("URLs"), found.urls)


def show_commits(console: Console, changes: Changes, template: Template, nothing: str) -> None:
    """The commits by name, and how many each author wrote; `nothing` where there are none."""
    language = console.language
    if not changes.count and changes.unknown is None:
        console.line((language.gettext(nothing), Style.FAINT))
        return
    console.line(language.say(phrase(template, count=changes.count)))
    rows: list[Sequence[Piece]] = [
        ((each.commit[:_SHORT], Style.FAINT), language.date(each.at), each.author, each.subject)
        for each in changes.listed
    ]
    console.columns(rows)
    if changes.count > len(changes.listed):
        more = phrase(
            NP_("and {count} commit before that", "and {count} commits before that"),
            count=changes.count - len(changes.listed),
        )
        console.line("  ", (language.say(more), Style.FAINT))
    if changes.authors:
        people = ", ".join(f"{name} ({count})" for name, count in changes.authors[:20])
        console.line("  ", language.say(phrase(N_("by {people}"), people=people)))
    if changes.unknown is not None:
        console.line("  ", (language.say(changes.unknown), Style.BAD))


def list_differing(console: Console, title: str, changed: Sequence[Differing]) -> None:
    """What is not as it was, one line each."""
    language = console.language
    if not changed:
        console.line((language.say(phrase(N_("{what}: as before"), what=phrase(title))), Style.FAINT))
        return
    console.line(language.say(phrase(N_("{what}:"), what=phrase(title))))
    console.columns(
        [
            (
                _SIGNS[each.how],
                (each.name, Style.STRONG),
                language.gettext(_WORDS[each.how]),
                each.title.in_language(language) or _moved(each),
            )
            for each in changed
        ]
    )


def _moved(each: Differing) -> str:
    return " → ".join(filter(None, (each.before, each.after)))


def difference_document(found: Difference, language: Language) -> dict[str, Any]:
    """`promoter/diff/1`."""
    return {
        "environment": found.environment.name,
        "release": release_document(found.release),
        "runs": release_document(found.runs.release) if found.runs else None,
        "brought": changes_document(found.brought, language),
        "gone": changes_document(found.gone, language),
        "pinned_by": found.pinned_by,
        "items": [
            {"id": each.name, "how": str(each.how), "title": each.title.in_language(language)}
            for each in found.items
        ],
        "variables": [{"name": each.name, "how": str(each.how)} for each in found.variables],
        "urls": [differing_document(each) for each in found.urls],
    }


def differing_document(each: Differing) -> dict[str, str]:
    """What something was and is."""
    return {"name": each.name, "how": str(each.how), "before": each.before, "after": each.after}


def changes_document(changes: Changes | None, language: Language) -> dict[str, Any] | None:
    """Commits; null where nobody can tell."""
    if changes is None:
        return None
    return {
        "count": changes.count,
        "commits": [
            {
                "commit": each.commit,
                "at": each.at.isoformat(),
                "author": each.author,
                "subject": each.subject,
            }
            for each in changes.listed
        ],
        "authors": [{"name": name, "commits": count} for name, count in changes.authors],
        "unknown": said(changes.unknown, language) if changes.unknown else None,
    }

"""The roster as people and programs read it."""

from typing import Any

from promoter.messages import N_
from promoter.model.roster import Person, Roster
from promoter.output.console import Console, Style
from promoter.usecases.setup import RosterView


def show_roster(console: Console, view: RosterView) -> None:
    """The roster in force, the one proposed where it differs, and how to apply it."""
    say = console.language.gettext
    if view.started:
        console.line((say(N_("In force on the trail:")), Style.STRONG))
        show_people(console, view.in_force)
    if view.differs or not view.started:
        console.line((say(N_("Proposed by the pipeline:")), Style.STRONG))
        show_people(console, view.proposed)
    if view.started and view.differs:
        console.line(say(N_("next: promoter roster apply, signed by a roster-admin of the one in force")))


def roster_view_document(view: RosterView) -> dict[str, Any]:
    """`promoter/roster/1`."""
    return {
        "in_force": people_document(view.in_force) if view.started else None,
        "proposed": people_document(view.proposed),
        "differs": view.differs,
    }


def people_document(roster: Roster) -> list[dict[str, Any]]:
    """The people of a roster."""
    return [_person(each) for each in roster.people]


def show_people(console: Console, roster: Roster) -> None:
    """The people of a roster, with their addresses, roles and keys."""
    if not roster:
        console.line("  ", console.language.gettext(N_("nobody: sign-offs are claimed, not proven")))
    for each in roster.people:
        emails = ", ".join(each.emails)
        console.line(
            "  ",
            (each.id, Style.STRONG),
            f"  {each.name} <{emails}>  ",
            (", ".join(each.roles), Style.ACCENT),
        )
        for key in each.keys:
            console.line("    ", (f"{key.id} ({key.type})", Style.FAINT))


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "emails": list(person.emails),
        "roles": list(person.roles),
        "class": str(person.person_class),
        "keys": [{"id": each.id, "type": each.type} for each in person.keys],
    }

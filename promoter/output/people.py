"""The roster and its keys as people and programs read them."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from promoter.messages import N_, NP_, Language, Message, phrase
from promoter.model.entry import Recorded
from promoter.model.roster import Person, PersonClass, Roster
from promoter.output.console import Console, Style
from promoter.output.documents import said
from promoter.promotion.tenures import Given, Tenure
from promoter.trail.headline import headline
from promoter.usecases.identity import how_to_sign
from promoter.usecases.keys import KeyAdded, KeyTaken
from promoter.usecases.rosters import RosterView

_GIVEN = {
    Given.MEMBERSHIP: NP_("on the roster", "on the roster"),
    Given.ROLE: NP_("role {names}", "roles {names}"),
    Given.KEY: NP_("key {names}", "keys {names}"),
    Given.EMAIL: NP_("address {names}", "addresses {names}"),
}


def show_roster(console: Console, view: RosterView) -> None:
    """The roster in force, what the pipeline proposes where that differs, and how to apply it."""
    say = console.language.gettext
    if view.started:
        console.line((say(N_("In force on the trail:")), Style.STRONG))
        show_people(console, view.in_force)
        for each in view.conflicts:
            _warned(console, console.language.say(each))
        if view.differs or view.conflicts or view.remarks:
            show_changes(console, view)
    else:
        console.line((say(N_("Proposed by the pipeline:")), Style.STRONG))
        show_people(console, view.proposed)
    if not view.in_force and not view.proposed:
        _indented(console, console.language.say(how_to_sign()))
        _indented(console, say(N_("then: promoter init --me, and promoter roster apply")))


def show_people(console: Console, roster: Roster) -> None:
    """Everyone on a roster, with their roles and keys."""
    if not roster:
        console.line("  ", console.language.gettext(N_("nobody: sign-offs are claimed, not proven")))
    for each in roster.people:
        emails = ", ".join(each.emails)
        machine = each.person_class is PersonClass.MACHINE
        console.line(
            "  ",
            (each.id, Style.STRONG),
            f"  {each.name} <{emails}>  ",
            *([console.language.gettext(_class(each)), "  "] if machine else []),
            (", ".join(each.roles), Style.ACCENT),
        )
        _term(console, each)
        for key in each.keys:
            console.line("    ", (f"{key.id} ({key.type})", Style.FAINT))


def show_changes(console: Console, view: RosterView, *, asking: bool = False) -> None:
    """What applying the pipeline's roster would change, in words, and whose proposal it is; unless it is about
    to be asked about, what to do next."""
    language = console.language
    if not view.started:
        console.line(language.gettext(N_("There is no trail yet: the first entry brings the whole roster.")))
        show_people(console, view.proposed)
        return
    if view.differs:
        console.line((language.gettext(N_("The pipeline proposes:")), Style.STRONG))
    for each in view.changes:
        _indented(console, language.say(each))
    for each in view.remarks:
        _warned(console, language.say(each))
    if view.changed is not None:
        _origin(console, view.changed)
    if asking:
        return
    if view.differs or view.conflicts:
        console.line(
            language.gettext(N_("next: promoter roster apply, signed by a roster-admin of the one in force"))
        )
    elif not view.changes:
        console.line(language.gettext(N_("The pipeline proposes what is in force.")))


def show_tenures(console: Console, tenures: Iterable[Tenure]) -> None:
    """Who could sign what, since when and until when: what was given and taken together stands together."""
    language = console.language
    empty = True
    for _, held in groupby(tenures, key=lambda each: each.person.id):
        empty = False
        listed = list(held)
        who = listed[-1].person
        console.line((who.id, Style.STRONG), f"  {who.name} ({language.gettext(_class(who))})")
        for together in _together(listed):
            _tenure(console, together)
        _term(console, who)
    if empty:
        console.line(language.gettext(N_("Nobody was ever on a roster: everything is a claim.")))


def show_key_added(console: Console, added: KeyAdded) -> None:
    """What is left to do after a key was added."""
    language = console.language
    if added.pipeline is not None:
        told = phrase(N_("{path} proposes it too: commit that"), path=str(added.pipeline))
    else:
        told = phrase(
            N_(
                "add it to {person} in the pipeline's roster, or the next 'roster apply' takes it away: {public}"
            ),
            person=added.person,
            public=added.key.public,
        )
    _indented(console, language.say(told))


def show_key_taken(console: Console, taken: KeyTaken) -> None:
    """What counts no longer since a key was taken away, and whether its person can still sign."""
    language = console.language
    count = phrase(
        NP_("{count} entry does not count any more", "{count} entries do not count any more"),
        count=len(taken.disowned),
    )
    if taken.disowned:
        _warned(console, language.say(count))
    for each in taken.disowned:
        _indented(
            console,
            f"{each.commit[:7]}  {language.time(each.entry.at)}  {language.say(headline(each.entry))}",
        )
    if not taken.others:
        told = phrase(N_("{person} has no other key: a roster-admin adds one"), person=taken.person)
        _warned(console, language.say(told))


def _origin(console: Console, changed: Message) -> None:
    words = console.language.say(changed)
    if changed.code == "last-changed-by-member":
        _indented(console, words)
    else:
        _warned(console, words)


def roster_view_document(view: RosterView, language: Language) -> dict[str, Any]:
    """`promoter/roster/1`."""
    return {
        "in_force": people_document(view.in_force) if view.started else None,
        "proposed": people_document(view.proposed),
        "differs": view.differs,
        "changes": [said(each, language) for each in view.changes],
        "conflicts": [said(each, language) for each in view.conflicts],
        "remarks": [said(each, language) for each in view.remarks],
        "last_change": None if view.changed is None else said(view.changed, language),
    }


def people_document(roster: Roster) -> list[dict[str, Any]]:
    """Everyone on a roster."""
    return [_person(each) for each in roster.people]


def tenures_document(tenures: Iterable[Tenure]) -> dict[str, Any]:
    """`promoter/roster-history/1`."""
    return {
        "tenures": [
            {
                "person": each.person.id,
                "name": each.person.name,
                "class": str(each.person.person_class),
                "what": str(each.given),
                "which": each.which,
                "since": _entry(each.since),
                "until": None if each.until is None else _entry(each.until),
            }
            for each in tenures
        ]
    }


def _entry(recorded: Recorded) -> dict[str, Any]:
    entry = recorded.entry
    return {
        "entry": entry.id,
        "type": str(entry.type),
        "commit": recorded.commit,
        "at": entry.at,
        "by": entry.actor.id,
        "key": recorded.key,
    }


def _together(held: Iterable[Tenure]) -> Iterable[list[Tenure]]:
    """What a person had, by the entries that gave it and took it, in the order of the first of each."""
    groups: dict[tuple[str, str | None], list[Tenure]] = {}
    for each in held:
        ended = each.until.entry.id if each.until is not None else None
        groups.setdefault((each.since.entry.id, ended), []).append(each)
    return sorted(groups.values(), key=lambda group: group[0].since.entry.at)


def _tenure(console: Console, together: list[Tenure]) -> None:
    language = console.language
    since, until = together[0].since, together[0].until
    begun = phrase(
        N_("since {at:time}, by {name} ({commit})"),
        at=since.entry.at,
        name=since.entry.actor.name,
        commit=since.commit[:7],
    )
    _indented(console, language.say(begun))
    if until is not None:
        ended = phrase(
            N_("until {at:time}, by {name} ({commit}): {what}"),
            at=until.entry.at,
            name=until.entry.actor.name,
            commit=until.commit[:7],
            what=headline(until.entry),
        )
        _warned(console, language.say(ended))
    for given, same in groupby(together, key=lambda each: each.given):
        names = [each.which for each in same]
        told = phrase(_GIVEN[given], count=len(names), names=names)
        for line in console.wrapped(language.say(told), 4):
            console.line("    ", line)


def _term(console: Console, who: Person) -> None:
    language = console.language
    for template, at in (
        (N_("counts from {at:time}"), who.valid_from),
        (N_("counts until {at:time}"), who.valid_until),
    ):
        if at is not None:
            _indented(console, language.say(phrase(template, at=at.isoformat())))


def _class(person: Person) -> str:
    return N_("machine") if person.person_class == "machine" else N_("person")


def _indented(console: Console, words: str) -> None:
    for line in console.wrapped(words, 2):
        console.line("  ", line)


def _warned(console: Console, words: str) -> None:
    for line in console.wrapped(words, 2):
        console.line("  ", (line, Style.WAITING))


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "emails": list(person.emails),
        "roles": list(person.roles),
        "class": str(person.person_class),
        "valid_from": person.valid_from.isoformat() if person.valid_from else None,
        "valid_until": person.valid_until.isoformat() if person.valid_until else None,
        "keys": [{"id": each.id, "type": each.type} for each in person.keys],
    }

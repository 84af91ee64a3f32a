"""Seats that nobody could fill: told when a checklist is linted, not when a release waits for it."""

from promoter.checklist.reporting import Report
from promoter.messages import N_, phrase
from promoter.model.checklist import Checklist, Item
from promoter.model.environment import Pipeline, Rule
from promoter.model.roster import PersonClass, Roster


def judge_seats(checklist: Checklist, pipeline: Pipeline, report: Report) -> None:
    """Warns of each item whose sign-offs the proposed roster cannot give; silent without a roster."""
    if not pipeline.roster:
        return
    target = next((each for each in pipeline.environments if each.name == checklist.to_environment), None)
    opener_excluded = target is not None and target.separation.opener is Rule.ON
    for item in checklist.items:
        for role in item.sign_off.roles or ("",) if item.sign_off else ():
            _judge_seat(item, role, _people(pipeline.roster, role), opener_excluded, report)


def _people(roster: Roster, role: str) -> int:
    people = roster.with_role(role) if role else roster.people
    return sum(each.person_class is PersonClass.PERSON for each in people)


def _judge_seat(item: Item, role: str, people: int, opener_excluded: bool, report: Report) -> None:
    needed = item.sign_off.count if item.sign_off else 0
    if people < needed and role:
        template = N_("{item} needs {role} × {needed}; people on the roster with this role: {count}")
        report.warn(
            item.place, "empty-seat", phrase(template, item=item.id, needed=needed, role=role, count=people)
        )
    elif people < needed:
        template = N_("signers needed for {item}: {needed}; people on the roster: {count}")
        report.warn(item.place, "empty-seat", phrase(template, item=item.id, needed=needed, count=people))
    elif people == needed and opener_excluded:
        words = phrase(
            N_("{item} can only be signed off when none of those who may sign it opens the promotion"),
            item=item.id,
        )
        report.warn(item.place, "seat-of-opener", words)

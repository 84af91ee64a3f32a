"""Seats that nobody could fill: told when a checklist is linted, not when a release waits for it."""

from collections.abc import Mapping

from promoter.checklist.reporting import Report
from promoter.messages import N_, phrase
from promoter.model.checklist import Checklist, Item, SignOffRule
from promoter.model.environment import Environment, Pipeline, Rule
from promoter.model.roster import PersonClass, Roster


def judge_seats(checklist: Checklist, pipeline: Pipeline, report: Report) -> None:
    """Warns of the items whose sign-offs the proposed roster cannot give; silent without a roster."""
    if not pipeline.roster:
        return
    for (role, needed), items in _seats(checklist).items():
        people = _people(pipeline.roster, role)
        if people < needed:
            _warn_of_empty_seats(items, role, needed, people, report)
    if checklist.approvals is not None:
        _judge_approvals(checklist, checklist.approvals.seats, pipeline.roster, report)
    target = next((each for each in pipeline.environments if each.name == checklist.to_environment), None)
    if target is not None and (names := seats_of_opener(checklist, target, pipeline.roster)):
        words = N_("sign-offs of who opens do not count, so nobody who may sign these can open: {items:list}")
        report.warn(checklist.place, "seats-of-opener", phrase(words, items=names))


def _judge_approvals(checklist: Checklist, rule: SignOffRule, roster: Roster, report: Report) -> None:
    short = [each for each in rule.roles or ("",) if _people(roster, each) < rule.count]
    if short:
        words = N_("approvals: the roster has fewer than {needed} people for a role: {roles:list}")
        anyone = N_("approvals: people wanted: {needed}; people on the roster: {people}")
        people = _people(roster, "")
        named = [each for each in short if each]
        told = (
            phrase(words, needed=rule.count, roles=named)
            if named
            else phrase(anyone, needed=rule.count, people=people)
        )
        report.warn(checklist.place, "empty-seat", told)


def seats_of_opener(checklist: Checklist, target: Environment, roster: Roster) -> list[str]:
    """The items that would lack a signer if any of those who may sign them opened, where that keeps them from
    signing."""
    if target.separation.opener is not Rule.ON:
        return []
    needed_whole = [
        item
        for (role, needed), items in _seats(checklist).items()
        for item in items
        if _people(roster, role) == needed
    ]
    return [item.id for item in checklist.items if item in needed_whole]


def _seats(checklist: Checklist) -> Mapping[tuple[str, int], list[Item]]:
    """The items that want so many people in a role; `""` is any role."""
    seats: dict[tuple[str, int], list[Item]] = {}
    for item in checklist.items:
        if item.sign_off is not None:
            for role in item.sign_off.roles or ("",):
                seats.setdefault((role, item.sign_off.count), []).append(item)
    return seats


def _people(roster: Roster, role: str) -> int:
    people = roster.with_role(role) if role else roster.people
    return sum(each.person_class is PersonClass.PERSON for each in people)


def _warn_of_empty_seats(items: list[Item], role: str, needed: int, people: int, report: Report) -> None:
    template = (
        N_("{items:list}: signers wanted as {role}: {needed}; people on the roster with this role: {people}")
        if role
        else N_("{items:list}: signers wanted: {needed}; people on the roster: {people}")
    )
    names = [item.id for item in items]
    words = phrase(template, items=names, role=role, needed=needed, people=people)
    report.warn(items[0].place, "empty-seat", words)

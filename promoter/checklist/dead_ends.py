"""Gates that could never open, and gates that hardly hold: told when a checklist is linted, not when a release waits."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from promoter.checklist.reporting import Report
from promoter.checklist.seats import seats_of_opener
from promoter.messages import N_, phrase
from promoter.model.checklist import Checklist, Item, SignOffRule, WaiverRule
from promoter.model.environment import Environment, OutcomesBy, Pipeline, Rule
from promoter.model.roster import Person, PersonClass, Roster

OLDEST = timedelta(days=180)
"""Beyond this age an outcome says little of what is there today."""


def judge_openings(checklist: Checklist, pipeline: Pipeline | None, report: Report) -> None:
    """Warns of what keeps a checklist's gate shut for ever, or lets it open on next to nothing; of people only with
    a roster."""
    _judge_needs(checklist, report)
    _judge_times(checklist, report)
    target = _target(checklist, pipeline)
    roster = pipeline.roster if pipeline is not None else Roster()
    _judge_exemptions(checklist, roster, report)
    if target is not None and roster:
        _judge_machines(checklist, target, roster, report)
        _judge_people(checklist, target, roster, report)
        _judge_debts(checklist, target, roster, report)


def judge_roles(pipeline: Pipeline, report: Report) -> None:
    """Warns of the roles that a pipeline gives a say to and nobody on its roster has."""
    for environment in pipeline.environments if pipeline.roster else ():
        for named, roles in _powers(environment):
            if not any(_held(pipeline.roster, each) for each in roles):
                words = N_("{field} of {environment}: nobody on the roster has one of the roles {roles:list}")
                said = phrase(words, field=named, environment=environment.name, roles=roles)
                report.warn(environment.place, "role-of-nobody", said)


def fillable(rule: SignOffRule, people: Iterable[Person]) -> bool:
    """Whether these people could fill every seat of a sign-off, each of them one at most."""
    from promoter.gate.seating import seat_people  # with it comes the whole gate, which few files need

    needed = dict.fromkeys(rule.roles or ("",), rule.count)
    held = {
        each.id: [role for role in needed if role == "" or role in each.roles]
        for each in people
        if each.person_class is PersonClass.PERSON
    }
    return len(seat_people(held, needed)) == sum(needed.values())


def lacks_machines(checklist: Checklist, into: Environment, roster: Roster) -> bool:
    """Whether checks are required where only machines' runs count, and there is no machine to run them."""
    return (
        into.outcomes is OutcomesBy.MACHINES
        and any(each.checks for each in checklist.items if each.required)
        and not any(each.person_class is PersonClass.MACHINE for each in roster.people)
    )


def _target(checklist: Checklist, pipeline: Pipeline | None) -> Environment | None:
    there = pipeline.environments if pipeline is not None else ()
    return next((each for each in there if each.name == checklist.to_environment), None)


def _judge_needs(checklist: Checklist, report: Report) -> None:
    items = {each.id: each for each in checklist.items}
    for item in checklist.items:
        advisory = [each for each in item.needs if each in items and not items[each].required]
        if item.required and advisory:
            words = N_(
                "{item} needs {needs:list}, which is advisory: by way of it, it holds the gate after all"
            )
            report.warn(item.place, "needs-advisory", phrase(words, item=item.id, needs=advisory))


def _judge_times(checklist: Checklist, report: Report) -> None:
    if checklist.soak and not checklist.requires_previous:
        words = N_("soak waits for nothing: the release need not have been in {environment} at all")
        report.warn(checklist.place, "idle-soak", phrase(words, environment=checklist.from_environment))
    old = [each.id for each in checklist.items if _oldest(checklist, each) > OLDEST]
    if old:
        words = N_("outcomes older than {days} days still count here, and say little of today: {items:list}")
        report.warn(checklist.place, "ageless-outcomes", phrase(words, days=OLDEST.days, items=old))


def _oldest(checklist: Checklist, item: Item) -> timedelta:
    return max((checklist.max_age_of(each) for each in item.checks), default=timedelta())


def _judge_exemptions(checklist: Checklist, roster: Roster, report: Report) -> None:
    roles = checklist.waivers.roles
    someone_may = not roster or any(_held(roster, each) for each in roles)
    required = [each for each in checklist.items if each.required]
    if roster and not someone_may and roles != WaiverRule().roles:
        words = N_("waivers: nobody on the roster has one of the roles {roles:list}")
        report.warn(checklist.place, "role-of-nobody", phrase(words, roles=roles))
    if len(required) > 1 and all(each.may_not_apply or (each.waivable and someone_may) for each in required):
        words = N_(
            "every required item may be let be, and the gate refuses only when all are: say waivable: false of one that must never be"
        )
        report.warn(checklist.place, "all-exemptible", phrase(words))


def _judge_people(checklist: Checklist, target: Environment, roster: Roster, report: Report) -> None:
    people = [each for each in roster.people if each.person_class is PersonClass.PERSON]
    seated = [
        (each, each.sign_off) for each in checklist.items if each.required and each.sign_off is not None
    ]
    if checklist.approvals is not None:
        seated_whole = checklist.approvals.seats
        roles = seated_whole.roles
        alone = all(sum(role in each.roles for each in people) >= seated_whole.count for role in roles)
        if roles and alone and not fillable(seated_whole, people):
            words = N_(
                "approvals: one person fills one seat, and too few people share the roles {roles:list}"
            )
            report.warn(checklist.place, "shared-seats", phrase(words, roles=roles))
    for item, rule in seated:
        alone = all(sum(role in each.roles for each in people) >= rule.count for role in rule.roles)
        if rule.roles and alone and not fillable(rule, people):
            words = N_("{item}: one person fills one seat, and too few people share the roles {roles:list}")
            report.warn(item.place, "shared-seats", phrase(words, item=item.id, roles=rule.roles))
    separation = target.separation
    apart = Rule.ON in (separation.opener, separation.authors)
    if not apart or not all(fillable(rule, people) for _, rule in seated):
        return
    if any(_left(people, each, seated) for each in people) or seats_of_opener(checklist, target, roster):
        return
    if separation.authors is not Rule.ON and len(people) < len(roster.people):
        return  # a machine may open it
    words = N_(
        "whichever person on the roster opens it or writes a part of it, nobody is left for a seat of an item"
    )
    report.warn(checklist.place, "separation-leaves-nobody", phrase(words))


def _judge_machines(checklist: Checklist, target: Environment, roster: Roster, report: Report) -> None:
    if lacks_machines(checklist, target, roster):
        words = N_(
            "{environment} counts only checks that a machine ran, and nobody on the roster is a machine"
        )
        report.warn(checklist.place, "no-machines", phrase(words, environment=target.name))


def _judge_debts(checklist: Checklist, target: Environment, roster: Roster, report: Report) -> None:
    """Whoever breaks the glass pays nothing of its debt: others have to be there for every seat."""
    glass = target.break_glass
    if glass is None:
        return
    people = [each for each in roster.people if each.person_class is PersonClass.PERSON]
    rules = [each.sign_off for each in checklist.items if each.required and each.sign_off is not None]
    rules += [checklist.approvals.seats] if checklist.approvals is not None else []
    breakers = [each for each in people if set(each.roles) & set(glass.roles)]
    if not breakers or not all(fillable(rule, people) for rule in rules):
        return  # told otherwise
    alone = [
        each.name for each in breakers if not _payable(rules, [one for one in people if one is not each])
    ]
    if alone:
        words = N_(
            "a debt could not be paid where {names:list} broke the glass: nobody else is left for a seat that it may owe"
        )
        report.warn(checklist.place, "unpayable-debt", phrase(words, names=alone))


def _payable(rules: Sequence[SignOffRule], others: Sequence[Person]) -> bool:
    return bool(others) and all(fillable(rule, others) for rule in rules)


def _left(people: Sequence[Person], gone: Person, seated: Sequence[tuple[Item, SignOffRule]]) -> bool:
    """Whether every seat can still be filled without one person."""
    left = [each for each in people if each is not gone]
    return all(fillable(rule, left) for _, rule in seated)


def _powers(environment: Environment) -> Iterator[tuple[str, tuple[str, ...]]]:
    if environment.break_glass is not None:
        yield "break_glass", environment.break_glass.roles
    for each in environment.freezes:
        if each.passed_by:
            yield f"freezes.{each.id}.passed_by", each.passed_by


def _held(roster: Roster, role: str) -> bool:
    return any(each.person_class is PersonClass.PERSON for each in roster.with_role(role))

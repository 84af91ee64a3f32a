"""What keeps a promotion that is about to be opened from ever getting through, whoever signs."""

from collections.abc import Iterator, Mapping, Sequence

from promoter.checklist.dead_ends import fillable, lacks_machines
from promoter.messages import N_, Message, Template, message
from promoter.model.checklist import Checklist, SignOffRule
from promoter.model.environment import Demand, Environment, Rule
from promoter.model.roster import Actor, Person, Roster

PHRASES: Mapping[str, Template] = {
    "nothing-signed-counts": N_(
        "{environment} counts only what is signed by people on a roster, and the trail has none: its gate cannot open"
    ),
    "no-machine-runs": N_(
        "{environment} counts only checks that a machine ran, and no machine is on a roster: its gate cannot open"
    ),
    "seats-too-many": N_(
        "one person fills one seat of an item, and too few people may sign, as {roles:list}, for: {item}"
    ),
    "approval-seats-too-many": N_(
        "one person gives one approval, and too few people may approve the promotion as a whole, as {roles:list}"
    ),
}


def foreclosed(checklist: Checklist, into: Environment, roster: Roster, opener: Actor) -> Iterator[Message]:
    """Why the gate could never open for who opens it, beyond seats that are short by themselves."""
    if not roster and into.signatures is Demand.REQUIRED:
        yield message("nothing-signed-counts", environment=into.name)
    if lacks_machines(checklist, into, roster):
        yield message("no-machine-runs", environment=into.name)
    barred = into.separation.opener is Rule.ON
    people = [each for each in roster.people if not (barred and each.id == opener.id)]
    for item in checklist.items:
        if item.sign_off is not None and item.required and _collide(item.sign_off, people):
            yield message("seats-too-many", roles=item.sign_off.roles, item=item.id)
    rule = checklist.approvals.seats if checklist.approvals is not None else None
    if rule is not None and _collide(rule, people):
        yield message("approval-seats-too-many", roles=rule.roles)


def _collide(rule: SignOffRule, people: Sequence[Person]) -> bool:
    """Whether these people could fill each role of a rule by itself, and not all of them at once."""
    if not people or len(rule.roles) < 2:
        return False
    each_alone = all(sum(role in each.roles for each in people) >= rule.count for role in rule.roles)
    return each_alone and not fillable(rule, people)

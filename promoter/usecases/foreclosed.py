"""What keeps a promotion that is about to be opened from ever getting through, whoever signs."""

from collections.abc import Iterator, Mapping

from promoter.checklist.dead_ends import fillable
from promoter.messages import N_, Message, Template, message
from promoter.model.checklist import Checklist
from promoter.model.environment import Demand, Environment, Rule
from promoter.model.roster import Actor, Roster

PHRASES: Mapping[str, Template] = {
    "nothing-signed-counts": N_(
        "{environment} counts only what is signed by people on a roster, and the trail has none: its gate cannot open"
    ),
    "seats-too-many": N_(
        "one person fills one seat of an item, and too few people may sign, as {roles:list}, for: {item}"
    ),
}


def foreclosed(checklist: Checklist, into: Environment, roster: Roster, opener: Actor) -> Iterator[Message]:
    """Why the gate could never open for who opens it, beyond seats that are short by themselves."""
    if not roster and into.signatures is Demand.REQUIRED:
        yield message("nothing-signed-counts", environment=into.name)
    barred = into.separation.opener is Rule.ON
    people = [each for each in roster.people if not (barred and each.id == opener.id)]
    for item in checklist.items:
        rule = item.sign_off
        if not roster or rule is None or not item.required or len(rule.roles) < 2:
            continue
        each_alone = all(sum(role in each.roles for each in people) >= rule.count for role in rule.roles)
        if each_alone and not fillable(rule, people):
            yield message("seats-too-many", roles=rule.roles, item=item.id)

"""The rules of a gate, said one by one: what must be true, who signs, which exceptions there are, what makes it stale."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from promoter.frozen import frozen
from promoter.gate import freeze_rules
from promoter.gate.freeze_rules import rules_of_freezes
from promoter.messages import N_, NP_, Message, Template, message
from promoter.model.checklist import ApprovalRule, Checklist, CheckSpec, Item, SignOffRule, WaiverRule
from promoter.model.environment import Demand, Environment, OutcomesBy, Rule

PHRASES: Mapping[str, Template] = {
    **freeze_rules.PHRASES,
    "rule-required": N_("It has to be done before a release goes into {environment}."),
    "rule-advisory": N_("It is advice: it is shown, and never holds the gate."),
    "rule-needs": N_("First {items} must be done."),
    "rule-check-age": N_("What it came to counts for {age:duration}."),
    "rule-machines-only": N_("It counts only where a machine on the roster ran it."),
    "rule-check-needs": N_("It is run once {names} passed."),
    "rule-check-retries": NP_(
        "It is tried once more before it fails.", "It is tried {count} more times before it fails."
    ),
    "rule-nobody-signs": N_("Nobody signs it off: its checks answer it."),
    "rule-anyone-signs": NP_(
        "One person signs it off, whoever that is.", "{count} different people sign it off, whoever they are."
    ),
    "rule-role-signs": NP_(
        "One person signs it off as {roles}.", "{count} different people sign it off as {roles}."
    ),
    "rule-roles-sign": NP_(
        "Different people sign it off, one for each of these roles: {roles}.",
        "Different people sign it off, {count} for each of these roles: {roles}.",
    ),
    "rule-opener-barred": N_("Whoever opened the promotion may not."),
    "rule-opener-told": N_("Whoever opened the promotion may, and the answer then says so."),
    "rule-authors-barred": N_("Whoever wrote one of the release's new commits may not."),
    "rule-authors-told": N_(
        "Whoever wrote one of the release's new commits may, and the answer then says so."
    ),
    "rule-people-only": N_("Machines run checks, and never sign."),
    "rule-signed": N_("Only what is signed with a key of somebody on the roster counts."),
    "rule-evidence": N_("Whoever signs gives evidence, a link or a file, or it does not count."),
    "rule-evidence-optional": N_("Whoever signs may give evidence: links and files."),
    "rule-rejected": N_(
        "Anyone may reject it; that holds the gate until the same person signs it off or takes it back."
    ),
    "rule-waivable": N_(
        "Whoever is {roles} may waive it until a moment, with a reason; whoever opened the promotion may not."
    ),
    "rule-waivable-at-most": N_(
        "Whoever is {roles} may waive it for {longest:duration} at most, with a reason; whoever opened the promotion may not."
    ),
    "rule-not-waivable": N_("Nobody may waive it."),
    "rule-may-not-apply": N_(
        "Whoever may sign it off may say, with a reason, that it does not concern a release."
    ),
    "rule-applies": N_("It concerns every release."),
    "rule-stale": N_("Outcomes and sign-offs are for one release: another one makes them stale."),
    "rule-survives": N_("Outcomes and sign-offs stay when another release comes."),
    "rule-item-changes": N_("A change of what the item says or asks for makes them stale."),
    "rule-facts-change": N_("So does a change of what its checks look at in the pipeline."),
    "policy-items": NP_("{count} item has to be done.", "{count} items have to be done."),
    "policy-advisory": NP_("{count} more is advice.", "{count} more are advice."),
    "policy-previous": N_("The same release must have been promoted into {environment}, or declared there."),
    "policy-soak": N_(
        "It must have been there for {soak:duration}, which goes on counting when a newer one comes."
    ),
    "policy-age": N_("What a check came to counts for {age:duration}, unless the check says otherwise."),
    "policy-machines-only": N_("Only checks that a machine ran count."),
    "policy-digests": N_(
        "Where evidence is asked for, a file has to come with it: a link alone does not do."
    ),
    "policy-shared": N_("Nothing is promoted while entries are not shared."),
    "policy-signed": N_("Only entries count that are signed with a key of somebody on the roster."),
    "policy-claimed": N_("Entries that are not signed count as long as there is no roster, and no longer."),
    "policy-opener-barred": N_("Whoever opens a promotion signs nothing off in it."),
    "policy-opener-told": N_("Whoever opens a promotion may sign off in it, and the answer then says so."),
    "policy-authors-barred": N_("Nobody signs off a release of which they wrote a new commit."),
    "policy-authors-told": N_(
        "Whoever wrote a new commit of a release may sign it off, and the answer then says so."
    ),
    "policy-approve-anyone": NP_(
        "One person approves the promotion as a whole, whoever that is.",
        "{count} different people approve the promotion as a whole, whoever they are.",
    ),
    "policy-approve-role": NP_(
        "One person approves the promotion as a whole as {roles}.",
        "{count} different people approve the promotion as a whole as {roles}.",
    ),
    "policy-approve-roles": NP_(
        "Different people approve the promotion as a whole, one for each of these roles: {roles}.",
        "Different people approve the promotion as a whole, {count} for each of these roles: {roles}.",
    ),
    "policy-approve-bound": N_(
        "An approval may be given before the items are done, and is for one release and one checklist: it is stale when either changes."
    ),
    "policy-approve-valid": N_("An approval counts for {valid_for:duration}."),
    "policy-waivers": N_("Whoever is {roles} may waive items until a moment, with a reason."),
    "policy-waivers-at-most": N_(
        "Whoever is {roles} may waive items for {longest:duration} at most, with a reason."
    ),
    "policy-hold": N_("Anyone may stop it, and let it go on, with a reason."),
    "policy-glass": N_(
        "In an emergency whoever is {roles} may open it at once, with a reason, for {lasts:duration}; others settle what that leaves within {within:duration}."
    ),
    "policy-no-glass": N_("There is no way around it in an emergency."),
}
"""The words of every rule."""


class Topic(StrEnum):
    """What a rule is about."""

    MUST = "must"
    PEOPLE = "people"
    TIME = "time"
    EXCEPTIONS = "exceptions"
    STALE = "stale"


@frozen
class Said:
    """One rule, in a sentence of its own."""

    topic: Topic
    rule: Message


def rules_of_item(item: Item, checklist: Checklist, into: Environment) -> tuple[Said, ...]:
    """Everything that a checklist and the environment it leads into say of one item, apart from its checks."""
    said = (
        (Topic.MUST, _must(item, into)),
        (Topic.PEOPLE, _people(item.sign_off, into)),
        (Topic.EXCEPTIONS, _exceptions(item, checklist.waivers)),
        (Topic.STALE, _stale(item)),
    )
    return tuple(Said(topic, each) for topic, rules in said for each in rules)


def rules_of_check(check: CheckSpec, checklist: Checklist, into: Environment) -> tuple[Message, ...]:
    """What the checklist says of a check beside what it observes: how long its outcome counts, what comes before."""
    found = [message("rule-check-age", age=checklist.max_age_of(check).total_seconds())]
    if into.outcomes is OutcomesBy.MACHINES:
        found.append(message("rule-machines-only"))
    if check.needs:
        found.append(message("rule-check-needs", names=check.needs))
    if check.retries:
        found.append(message("rule-check-retries", count=check.retries))
    return tuple(found)


def rules_of_gate(checklist: Checklist, into: Environment) -> tuple[Said, ...]:
    """Everything that holds for the promotion as a whole."""
    said = (
        (Topic.MUST, _whole(checklist, into)),
        (Topic.PEOPLE, (*_approvals(checklist.approvals), *_everyone(into))),
        (Topic.TIME, rules_of_freezes(into)),
        (Topic.EXCEPTIONS, _ways_out(checklist, into)),
    )
    return tuple(Said(topic, each) for topic, rules in said for each in rules)


def _must(item: Item, into: Environment) -> Iterator[Message]:
    yield message("rule-required", environment=into.name) if item.required else message("rule-advisory")
    if item.needs:
        yield message("rule-needs", items=item.needs)


def _people(rule: SignOffRule | None, into: Environment) -> Iterator[Message]:
    if rule is None:
        yield message("rule-nobody-signs")
        yield message("rule-rejected")
        return
    count = max(rule.count, 1)
    code = (
        "rule-roles-sign" if len(rule.roles) > 1 else "rule-role-signs" if rule.roles else "rule-anyone-signs"
    )
    yield message(code, count=count, roles=rule.roles)
    told = {
        "rule-opener-barred": into.separation.opener is Rule.ON,
        "rule-opener-told": into.separation.opener is Rule.WARN,
        "rule-authors-barred": into.separation.authors is Rule.ON,
        "rule-authors-told": into.separation.authors is Rule.WARN,
        "rule-signed": into.signatures is Demand.REQUIRED,
        "rule-evidence": rule.evidence is Demand.REQUIRED,
        "rule-evidence-optional": rule.evidence is Demand.OPTIONAL,
        "rule-rejected": True,
        "rule-people-only": True,
    }
    yield from (message(each) for each, applies in told.items() if applies)


def _exceptions(item: Item, rule: WaiverRule) -> Iterator[Message]:
    if not item.waivable:
        yield message("rule-not-waivable")
    elif rule.longest is None:
        yield message("rule-waivable", roles=rule.roles)
    else:
        yield message("rule-waivable-at-most", roles=rule.roles, longest=rule.longest.total_seconds())
    yield message("rule-may-not-apply" if item.may_not_apply else "rule-applies")


def _stale(item: Item) -> Iterator[Message]:
    yield message("rule-survives" if item.survives_release else "rule-stale")
    yield message("rule-item-changes")
    if item.checks:
        yield message("rule-facts-change")


def _whole(checklist: Checklist, into: Environment) -> Iterator[Message]:
    required = sum(each.required for each in checklist.items)
    yield message("policy-items", count=required)
    if len(checklist.items) > required:
        yield message("policy-advisory", count=len(checklist.items) - required)
    if checklist.requires_previous:
        yield message("policy-previous", environment=checklist.from_environment)
        if checklist.soak:
            yield message("policy-soak", soak=checklist.soak.total_seconds())
    yield message("policy-age", age=checklist.max_age.total_seconds())
    if into.outcomes is OutcomesBy.MACHINES:
        yield message("policy-machines-only")
    if into.digests is Demand.REQUIRED:
        yield message("policy-digests")
    if into.shared is Demand.REQUIRED:
        yield message("policy-shared")


def _approvals(rule: ApprovalRule | None) -> Iterator[Message]:
    if rule is None:
        return
    roles = rule.seats.roles
    code = (
        "policy-approve-roles"
        if len(roles) > 1
        else "policy-approve-role"
        if roles
        else "policy-approve-anyone"
    )
    yield message(code, count=max(rule.seats.count, 1), roles=roles)
    yield message("policy-approve-bound")
    if rule.valid_for is not None:
        yield message("policy-approve-valid", valid_for=rule.valid_for.total_seconds())


def _everyone(into: Environment) -> Iterator[Message]:
    yield message("policy-signed" if into.signatures is Demand.REQUIRED else "policy-claimed")
    told = {
        "policy-opener-barred": into.separation.opener is Rule.ON,
        "policy-opener-told": into.separation.opener is Rule.WARN,
        "policy-authors-barred": into.separation.authors is Rule.ON,
        "policy-authors-told": into.separation.authors is Rule.WARN,
        "rule-people-only": True,
    }
    yield from (message(each) for each, applies in told.items() if applies)


def _ways_out(checklist: Checklist, into: Environment) -> Iterator[Message]:
    rule = checklist.waivers
    if rule.longest is None:
        yield message("policy-waivers", roles=rule.roles)
    else:
        yield message("policy-waivers-at-most", roles=rule.roles, longest=rule.longest.total_seconds())
    yield message("policy-hold")
    glass = into.break_glass
    if glass is None:
        yield message("policy-no-glass")
    else:
        yield message(
            "policy-glass",
            roles=glass.roles,
            within=glass.settle_within.total_seconds(),
            lasts=glass.lasts.total_seconds(),
        )

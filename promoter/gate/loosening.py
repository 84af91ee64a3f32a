"""What rules demand less than those before them did: a checklist and its environment beside earlier ones. Pure."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from promoter.messages import N_, Message, Template, message
from promoter.model.checklist import ApprovalRule, Checklist, CheckSpec, Item, SignOffRule
from promoter.model.environment import BreakGlass, Demand, Environment, OutcomesBy, Rule

PHRASES: Mapping[str, Template] = {
    "rules-looser": N_("looser than the rules of {earlier}: {rules}"),
    "rules-otherwise": N_("otherwise than the rules of {earlier}: {rules}"),
    "item-gone": N_("{item} is gone"),
    "item-new": N_("{item} is new"),
    "item-otherwise": N_("{item} is worded or checked otherwise"),
    "item-said-otherwise": N_("{item} says something else"),
    "item-checked-otherwise": N_("{item} checks otherwise: {names}"),
    "item-advisory": N_("{item} is only advisory"),
    "item-checks-gone": N_("{item} lost the checks {names}"),
    "item-older-outcomes": N_("{item} takes older outcomes"),
    "item-sign-off-gone": N_("{item} needs no sign-off"),
    "item-fewer-sign-offs": N_("{item} needs {count} sign-offs instead of {before}"),
    "item-roles-gone": N_("{item} needs nobody as {roles}"),
    "item-evidence-optional": N_("{item} needs no evidence"),
    "item-fields-gone": N_("{item} need not say {names}"),
    "item-needs-gone": N_("{item} waits no longer for {names}"),
    "item-waivable": N_("{item} may be waived"),
    "item-may-not-apply": N_("{item} may be left out"),
    "item-survives": N_("{item} stays signed off when the release changes"),
    "previous-not-required": N_("the release need not have been in {environment}"),
    "soak-shorter": N_("the release may stay a shorter time in {environment}"),
    "waivers-wider": N_("{roles} may waive"),
    "waivers-longer": N_("waivers may last longer"),
    "approvals-gone": N_("nobody needs to approve the promotion as a whole"),
    "approvals-fewer": N_("the promotion needs {count} approvals instead of {before}"),
    "approvals-roles-gone": N_("the promotion needs the approval of nobody as {roles}"),
    "approvals-evidence-optional": N_("approvals need no evidence"),
    "approvals-fields-gone": N_("approvals need not say {names}"),
    "approvals-longer": N_("approvals count for longer"),
    "signatures-optional": N_("{environment} takes entries that are not signed"),
    "outcomes-of-people": N_("{environment} counts checks that people ran"),
    "links-alone": N_("{environment} takes links alone for evidence"),
    "sharing-optional": N_("{environment} takes entries that were not shared"),
    "opener-freer": N_("{environment} lets the opener sign"),
    "authors-freer": N_("{environment} lets authors of the release sign"),
    "freeze-gone": N_("{environment} has lost the freeze {name}"),
    "freeze-otherwise": N_("{environment} has changed the freeze {name}"),
    "freeze-wider": N_("{environment} may be promoted into in {name} too"),
    "glass-breakable": N_("{roles} may break the glass of {environment}"),
    "amended-looser": N_("since it was opened, its rules were amended to ask for less: {rules:list}"),
    "glass-lasts-longer": N_("a broken glass opens {environment} for longer"),
    "glass-settled-later": N_("{environment} lets broken glass be settled later"),
    "data-not-real": N_("{environment} no longer counts its data as real"),
    "urls-otherwise": N_("{environment} is looked for elsewhere: {urls}"),
    "network-otherwise": N_("{environment} is reached otherwise: connect_to or ca_file has changed"),
}

_STRICTNESS = {Rule.OFF: 0, Rule.WARN: 1, Rule.ON: 2}


def looser(before: tuple[Checklist, Environment], now: tuple[Checklist, Environment]) -> tuple[Message, ...]:
    """Everything that checklist and target environment no longer demand, or let more people do."""
    return (*_of_checklist(before[0], now[0]), *_of_environment(before[1], now[1]))


def looser_checklist(before: Checklist, now: Checklist) -> tuple[Message, ...]:
    """The same of a checklist alone."""
    return tuple(_of_checklist(before, now))


def altered(base: Checklist, now: Checklist) -> tuple[Message, ...]:
    """What a checklist says or checks otherwise than the one it extends, in items of that: nobody can tell whether
    another URL or another threshold asks for less."""
    found = []
    for was in base.items:
        item = now.item(was.id)
        if item is None:
            continue
        if (item.title, item.text) != (was.title, was.text):
            found.append(message("item-said-otherwise", item=item.id))
        fields = {each.id: each.fields for each in item.checks}
        names = [each.id for each in was.checks if each.id in fields and fields[each.id] != each.fields]
        if names:
            found.append(message("item-checked-otherwise", item=item.id, names=names))
    return tuple(found)


def otherwise(before: Checklist, now: Checklist) -> tuple[Message, ...]:
    """What is new in a checklist or says something else, whether that is stricter or not."""
    found = []
    for item in now.items:
        was = before.item(item.id)
        if was is None:
            found.append(message("item-new", item=item.id))
        elif was.digest != item.digest:
            found.append(message("item-otherwise", item=item.id))
    return tuple(found)


def _of_checklist(before: Checklist, now: Checklist) -> Iterator[Message]:
    for was in before.items:
        item = now.item(was.id)
        if item is None:
            yield message("item-gone", item=was.id)
        else:
            yield from _of_item(was, item)
            yield from _of_checks(was, item, before, now)
    if before.requires_previous and not now.requires_previous:
        yield message("previous-not-required", environment=now.from_environment)
    if now.soak < before.soak:
        yield message("soak-shorter", environment=now.from_environment)
    yield from _of_approvals(before.approvals, now.approvals)
    roles = [each for each in now.waivers.roles if each not in before.waivers.roles]
    if roles:
        yield message("waivers-wider", roles=roles)
    if _longer(before.waivers.longest, now.waivers.longest):
        yield message("waivers-longer")


def _of_item(was: Item, now: Item) -> Iterator[Message]:
    freer = {
        "item-advisory": was.required and not now.required,
        "item-waivable": now.waivable and not was.waivable,
        "item-may-not-apply": now.may_not_apply and not was.may_not_apply,
        "item-survives": now.survives_release and not was.survives_release,
    }
    yield from (message(code, item=now.id) for code, applies in freer.items() if applies)
    needs = [each for each in was.needs if each not in now.needs]
    if needs:
        yield message("item-needs-gone", item=now.id, names=needs)
    if was.sign_off is not None and now.sign_off is None:
        yield message("item-sign-off-gone", item=now.id)
    elif was.sign_off is not None and now.sign_off is not None:
        yield from _of_sign_off(now.id, was.sign_off, now.sign_off)


def _of_sign_off(item: str, was: SignOffRule, now: SignOffRule) -> Iterator[Message]:
    roles = [each for each in was.roles if each not in now.roles]
    if roles:
        yield message("item-roles-gone", item=item, roles=roles)
    if now.count < was.count:
        yield message("item-fewer-sign-offs", item=item, count=now.count, before=was.count)
    if was.evidence is Demand.REQUIRED and now.evidence is Demand.OPTIONAL:
        yield message("item-evidence-optional", item=item)
    required = {each.id for each in now.fields if each.required}
    fields = [each.id for each in was.fields if each.required and each.id not in required]
    if fields:
        yield message("item-fields-gone", item=item, names=fields)


def _of_approvals(was: ApprovalRule | None, now: ApprovalRule | None) -> Iterator[Message]:
    if was is None:
        return
    if now is None:
        yield message("approvals-gone")
        return
    roles = [each for each in was.seats.roles if each not in now.seats.roles]
    if roles:
        yield message("approvals-roles-gone", roles=roles)
    if now.seats.count < was.seats.count:
        yield message("approvals-fewer", count=now.seats.count, before=was.seats.count)
    if was.seats.evidence is Demand.REQUIRED and now.seats.evidence is Demand.OPTIONAL:
        yield message("approvals-evidence-optional")
    required = {each.id for each in now.seats.fields if each.required}
    fields = [each.id for each in was.seats.fields if each.required and each.id not in required]
    if fields:
        yield message("approvals-fields-gone", names=fields)
    if _longer(was.valid_for, now.valid_for):
        yield message("approvals-longer")


def _of_checks(was: Item, now: Item, before: Checklist, after: Checklist) -> Iterator[Message]:
    there: dict[str, CheckSpec] = {each.id: each for each in now.checks}
    gone = [each.id for each in was.checks if each.id not in there or there[each.id].kind != each.kind]
    if gone:
        yield message("item-checks-gone", item=now.id, names=gone)
    kept = [each for each in was.checks if each.id not in gone]
    if any(after.max_age_of(there[each.id]) > before.max_age_of(each) for each in kept):
        yield message("item-older-outcomes", item=now.id)


def _of_environment(was: Environment, now: Environment) -> Iterator[Message]:
    freer = {
        "signatures-optional": was.signatures is Demand.REQUIRED and now.signatures is Demand.OPTIONAL,
        "sharing-optional": was.shared is Demand.REQUIRED and now.shared is Demand.OPTIONAL,
        "outcomes-of-people": was.outcomes is OutcomesBy.MACHINES and now.outcomes is OutcomesBy.ANYONE,
        "links-alone": was.digests is Demand.REQUIRED and now.digests is Demand.OPTIONAL,
        "opener-freer": _STRICTNESS[now.separation.opener] < _STRICTNESS[was.separation.opener],
        "authors-freer": _STRICTNESS[now.separation.authors] < _STRICTNESS[was.separation.authors],
        "data-not-real": was.data != now.data and now.data == "simulated",
        "network-otherwise": was.network != now.network,
    }
    yield from (message(code, environment=now.name) for code, applies in freer.items() if applies)
    moved = {name: now.urls.get(name) for name, url in was.urls.items() if now.urls.get(name) != url}
    if moved:
        urls = [f"{name} ({url})" if isinstance(url, str) else name for name, url in moved.items()]
        yield message("urls-otherwise", environment=now.name, urls=urls)
    there = {each.id: each for each in now.freezes}
    for each in was.freezes:
        if each.id not in there:
            yield message("freeze-gone", environment=now.name, name=each.id)
        elif there[each.id] != each:
            yield message("freeze-otherwise", environment=now.name, name=each.id)
    before = {each.id for each in was.freezes}
    for each in now.freezes:
        if each.allows and each.id not in before and any(one.allows for one in was.freezes):
            yield message("freeze-wider", environment=now.name, name=each.id)
    if now.break_glass is not None:
        yield from _of_glass(now.name, was.break_glass, now.break_glass)


def _of_glass(environment: str, was: BreakGlass | None, now: BreakGlass) -> Iterator[Message]:
    roles = [each for each in now.roles if was is None or each not in was.roles]
    if roles:
        yield message("glass-breakable", environment=environment, roles=roles)
    if was is not None and now.settle_within > was.settle_within:
        yield message("glass-settled-later", environment=environment)
    if was is not None and now.lasts > was.lasts:
        yield message("glass-lasts-longer", environment=environment)


def _longer(was: timedelta | None, now: timedelta | None) -> bool:
    return was is not None and (now is None or now > was)

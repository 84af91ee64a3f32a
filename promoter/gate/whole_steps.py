"""The steps that a promotion asks for as a whole: what stops it, where it comes from, what it owes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from promoter.gate.approving import approval_reasons, approvals
from promoter.gate.case import moment, release_label, shifted
from promoter.gate.decision import Decision, Reason
from promoter.gate.eligible import actor_of, approvers, may_approve, may_sign, members
from promoter.gate.emergency import as_owed, breakers_of, owed_approvals, standing_debt
from promoter.gate.item_steps import Asker, answer
from promoter.gate.judging import may_answer, rejections_that_count
from promoter.gate.plan import Deed, Step, distinct
from promoter.gate.stopping import may_pass_declared
from promoter.messages import Message, message
from promoter.model.authors import folded
from promoter.model.roster import Person
from promoter.promotion import AmendmentState
from promoter.promotion.amending import may_agree

TIME = frozenset(
    {"frozen", "frozen-by", "frozen-for-all", "frozen-for-long", "frozen-for-long-for-all", "soaking"}
)
"""What waiting alone settles, mostly."""
ARRIVING = frozenset(
    {"previous-blocked", "previous-claimed", "previous-missing", "previous-rolled-back", "previous-unknown"}
)

_FIRM: Mapping[str, tuple[Deed, str, str, tuple[str, ...]]] = {
    "checklist-empty": (
        Deed.REWRITE,
        "step-rewrite",
        "never-as-written",
        ("promoter", "amend", "--rules", "-m", ""),
    ),
    "other-rules": (
        Deed.REWRITE,
        "step-rewrite",
        "never-as-written",
        ("promoter", "amend", "--rules", "-m", ""),
    ),
    "opened-compromised": (Deed.REOPEN, "step-reopen", "never-as-opened", ("promoter", "abandon", "-m", "")),
    "opened-twice": (Deed.REOPEN, "step-reopen", "never-as-opened", ("promoter", "abandon", "-m", "")),
    "written-by-newer": (Deed.UPGRADE, "step-upgrade", "untold", ("promoter", "--version")),
    "authors-unknown": (Deed.FETCH, "step-fetch", "untold", ("git", "fetch", "--unshallow")),
    "authors-not-asked": (Deed.FETCH, "step-fetch", "untold", ("promoter", "status")),
    "freeze-unreadable": (Deed.FETCH, "step-zones", "untold", ("promoter", "lint")),
    "everything-exempt": (Deed.TAKE_BACK, "step-take-back", "never-as-written", ("promoter", "status")),
}
"""What holds a gate that no other step of this promotion opens: what to do, in which words, what that says of the
moment it could open, and what to type."""


def steps_of_whole(asker: Asker, reason: Reason) -> tuple[tuple[Step, ...], tuple[Message, ...]]:
    """What is to be done about a reason that no item has, and why it keeps anybody from telling when it opens."""
    said = reason.message
    if said.code in TIME:
        return (), ()
    if said.code == "held":
        return _lift(asker, said)
    if said.code in ARRIVING:
        return _adopt(asker, said)
    if said.code in ("approval-missing", "approval-missing-anyone"):
        return _approve(asker, said)
    if said.code.startswith("approval-"):
        return (), ()  # told with the step that fills the seat
    if said.code.startswith("promotion-rejected"):
        return _rejected(asker, said)
    if said.code in ("debt-elsewhere", "previous-indebted"):
        way = asker.anybody("promoter", "next", "-p", str(said.parameters.get("promotion")))
        return (Step(Deed.SETTLE, message("step-settle"), (said,), ways=(way,)),), (
            message("untold", why=said),
        )
    if said.code == "rejected-elsewhere":
        return _elsewhere(asker, said)
    deed, words, why, command = _FIRM.get(
        said.code, (Deed.OTHER, "step-other", "untold", ("promoter", "status"))
    )
    named = asker.named if command[1] in ("abandon", "amend") else ()
    what = message(words, environment=asker.case.environment.name) if deed is Deed.OTHER else message(words)
    way = asker.anybody(*command[:2], *named, *command[2:])
    return (Step(deed, what, (said,), ways=(way,)),), (message(why, why=said),)


def steps_of_amendments(asker: Asker) -> Iterator[Step]:
    """What was proposed and waits for a second person: it may change what everybody else is asked for, so it comes before
    them. The gate does not wait for it."""
    for each in asker.case.promotion.amendments:
        if each.state is not AmendmentState.WAITING:
            continue
        entry, on_roster = each.proposed.entry, bool(asker.case.roster)
        able = [one for one in members(asker.today) if may_agree(each, one)] if on_roster else []
        mine = None if on_roster or asker.me is None else asker.me.id != entry.actor.id
        agree = asker.way(
            "promoter", "amend", *asker.named, "--agree", entry.id, who=able, anyone=not on_roster, mine=mine
        )
        proposer = Person(entry.actor.id, entry.actor.name, (entry.actor.email,))
        back = asker.way("promoter", "amend", *asker.named, "--withdraw", entry.id, "-m", "", who=(proposer,))
        why = message("amendment-waits", by=entry.actor.name, reason=each.content.reason, id=entry.id)
        yield Step(
            Deed.AGREE, message("step-agree", by=entry.actor.name), (why,), ways=(agree, back), at=None
        )


def waits(decision: Decision) -> Iterator[Step]:
    """What is to be waited for at a decision's moment."""
    for each in decision.reasons:
        if each.message.code in TIME:
            until = moment(str(each.message.parameters.get("until")))
            yield wait(until, each.message)


def wait(until: datetime | None, why: Message) -> Step:
    """Waiting until a moment (None: nobody knows)."""
    what = message("step-wait-long") if until is None else message("step-wait", until=until.isoformat())
    return Step(Deed.WAIT, what, (why,), at=until)


def spared(asker: Asker, found: Sequence[Step]) -> Iterator[Step]:
    """The waits, each once, with who could spare one."""
    windows = {each.id: each for each in asker.case.environment.freezes}
    command = ("promoter", "thaw", asker.case.environment.name, "--until", "", "-m", "")
    for place, each in enumerate(found):
        reason = each.why[0]
        if any(reason == one.why[0] for one in found[:place]):
            continue
        if reason.code == "soaking":
            yield each
        elif reason.code == "frozen-by":
            author, into = str(reason.parameters.get("author")), asker.case.environment
            who = [one for one in members(asker.today) if may_pass_declared(into, author, one.id, one.roles)]
            way = asker.way(*command, who=who, anyone=not asker.case.roster)
            yield replace(each, ways=(way,) if way.possible else ())
        else:
            window = windows.get(str(reason.parameters.get("freeze")))
            roles = set(window.passed_by) if window else set()
            who = [one for one in members(asker.today) if roles & set(one.roles)]
            anyone = bool(roles) and not asker.case.roster
            yield replace(each, ways=(asker.way(*command, who=who, anyone=anyone),) if who or anyone else ())


def steps_of_debt(asker: Asker, decision: Decision) -> tuple[Step, ...]:
    """What a broken glass left to be done by others than who broke it."""
    glass = decision.glass
    if glass is None or glass.debt is None or not glass.debt.stands:
        return ()
    breakers = breakers_of(asker.case.promotion)
    others = [each for each in members(asker.today) if folded(each.id) not in breakers]
    mine = None if asker.case.roster or asker.me is None else folded(asker.me.id) not in breakers
    since = as_owed(asker.today, breakers, decision.approvals)
    items = {each.id: each for each in asker.case.checklist.items}
    named, steps = ("-p", asker.case.promotion.id), []
    for each in glass.debt.owed:
        item = items[each.item]
        who = [one for one in others if may_sign(since, item, actor_of(one))]
        words = ("promoter", "sign", each.item, *named, *asker.asked_for(item.sign_off))
        way = asker.way(*words, who=who, anyone=not asker.case.roster, mine=mine)
        why = message("sign-off-missing", roles=each.roles, missing=len(each.roles), count=len(each.roles))
        steps.append(
            Step(Deed.SIGN, message("step-owed", item=each.item), (why,), each.item, (way,), at=None)
        )
    if glass.debt.approvals:
        who = [one for one in others if may_approve(since, actor_of(one))]
        rule = asker.case.checklist.approvals
        given = asker.asked_for(rule.seats if rule is not None else None)
        way = asker.way(
            "promoter", "approve", *named, *given, who=who, anyone=not asker.case.roster, mine=mine
        )
        steps.append(
            Step(Deed.APPROVE, message("step-approve"), (owed_approvals(glass.debt),), ways=(way,), at=None)
        )
    why = standing_debt(glass.debt, "debt-stands")
    way = asker.way(
        "promoter", "settle", *named, "-m", "", who=others, anyone=not asker.case.roster, mine=mine
    )
    after = tuple(range(1, len(steps) + 1))
    steps.append(Step(Deed.SETTLE, message("step-settle"), (why,), ways=(way,), after=after))
    return tuple(replace(each, number=place) for place, each in enumerate(steps, 1))


def _lift(asker: Asker, held: Message) -> tuple[tuple[Step, ...], tuple[Message, ...]]:
    by, hold = str(held.parameters.get("by")), str(held.parameters.get("id"))
    way = asker.anybody("promoter", "lift", hold, "-m", "")
    never = () if way.possible else (message("never-lifted", by=by),)
    return (Step(Deed.LIFT, message("step-lift", by=by), (held,), ways=(way,)),), never


def _adopt(asker: Asker, missing: Message) -> tuple[tuple[Step, ...], tuple[Message, ...]]:
    release, source = asker.case.promotion.release, asker.case.checklist.from_environment
    at_commit = ("--commit", release.commit) if release.commit else ()
    of_it = ("--release", release.name, *at_commit)
    way, words = asker.anybody("promoter", "adopt", source, *of_it, "-m", ""), "step-adopt"
    if missing.code == "previous-blocked":
        way, words = asker.anybody("promoter", "open", "", *of_it), "step-promote-there"
    elif missing.code == "previous-rolled-back":
        words = "step-adopt-again"
    what = message(words, release=release_label(release), environment=source)
    return (Step(Deed.ADOPT, what, (missing,), ways=(way,)),), ()


def _approve(asker: Asker, missing: Message) -> tuple[tuple[Step, ...], tuple[Message, ...]]:
    rule, able = asker.case.checklist.approvals, approvers(asker.case)
    mine = asker.me is not None and may_approve(asker.case, asker.me)
    valid_for = rule.valid_for if rule is not None else None
    oldest = None if valid_for is None else shifted(asker.case.now, -valid_for)
    command = ["promoter", "approve", *asker.named, *asker.asked_for(rule.seats if rule else None)]
    why = [missing]
    why += [
        each.message
        for each in approval_reasons(asker.case, approvals(asker.case))
        if _is_of_approvals(each, missing)
    ]
    way = asker.way(*command, who=able.people, anyone=able.anyone, mine=mine)
    never = () if able.enough else (message("never-approved"),)
    at = oldest if oldest is not None and oldest > asker.today.now else None
    return (Step(Deed.APPROVE, message("step-approve"), distinct(why), ways=(way,), at=at),), never


def _is_of_approvals(reason: Reason, missing: Message) -> bool:
    return reason.message != missing and reason.message.code.startswith("approval-")


def _rejected(asker: Asker, said: Message) -> tuple[tuple[Step, ...], tuple[Message, ...]]:
    steps, never = [], []
    rule = asker.case.checklist.approvals
    for voice in approvals(asker.case).rejections:
        by = voice.recorded.entry.actor
        reason = getattr(voice.recorded.entry.content, "reason", "")
        if not voice.stands or (by.name, reason) != (
            said.parameters.get("by"),
            said.parameters.get("reason"),
        ):
            continue
        asked = may_answer(asker.today, voice, rule.seats if rule is not None else None)
        who = [each for each in members(asker.today) if each.id == by.id]
        if not asker.case.roster:
            who = [Person(by.id, by.name, (by.email,))]
        revoke = asker.way("promoter", "revoke", *asker.named, "-m", "", who=who)
        approve = asker.way("promoter", "approve", *asker.named, who=who)
        what = message("step-approve-answer" if asked else "step-take-back-answer", by=by.name)
        steps.append(Step(Deed.ANSWER, what, (said,), ways=(approve, revoke) if asked else (revoke,)))
        never += [] if who else [message("never-answered-whole", by=by.name)]
    return tuple(steps), tuple(never)


def _elsewhere(asker: Asker, said: Message) -> tuple[tuple[Step, ...], tuple[Message, ...]]:
    known = {each.id for each in asker.case.checklist.items}
    steps, never = [], []
    for voice in rejections_that_count(asker.case):
        bound, by = voice.recorded.entry.item, voice.recorded.entry.actor
        if (
            voice.stands
            and bound is not None
            and bound.id not in known
            and bound.id == said.parameters.get("item")
        ):
            steps.append(answer(asker, voice, bound.id, signs=False))
            if not steps[-1].ways[0].possible:
                never.append(message("never-answered", by=by.name, item=bound.id))
    return tuple(steps), tuple(never)

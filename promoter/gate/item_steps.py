"""The steps that one item still asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from promoter.frozen import frozen
from promoter.gate.case import Case, shifted
from promoter.gate.checking import may_run
from promoter.gate.decision import Hold, ItemStanding, Reason
from promoter.gate.eligible import may_sign, may_waive, members, signers, waivers
from promoter.gate.judging import Unmet, may_answer, unmet
from promoter.gate.plan import Deed, Doer, Step, Way, distinct
from promoter.messages import Message, message
from promoter.model.checklist import Item, SignOffRule
from promoter.model.environment import Demand
from promoter.model.roster import Actor, Person
from promoter.promotion import Voice

_UNTOLD_S = 1.0
"""How long a check is taken to take that never ran."""

_LAPSED = frozenset({"waiver-expired", "waiver-too-long", "waiver-beyond-end", "waiver-undated"})


@frozen
class Asker:
    """For whom steps are made: `case` as it stands when the gate could open, and as it stands `today`, when people
    act; `me` who asks (None: nobody), and the words of a command line that name the promotion."""

    case: Case
    today: Case
    me: Actor | None = None
    named: tuple[str, ...] = ()

    def asked_for(self, rule: SignOffRule | None) -> list[str]:
        """The words of what whoever signs by a rule has to give, to be filled in."""
        if rule is None:
            return []
        fields = [word for each in rule.fields if each.required for word in ("--field", f"{each.id}=")]
        if rule.evidence is not Demand.REQUIRED:
            return fields
        return [*fields, "--file" if self.case.environment.digests is Demand.REQUIRED else "--link", ""]

    def way(
        self, *words: str, who: Sequence[Person] = (), anyone: bool = False, mine: bool | None = None
    ) -> Way:
        """A way that the people given, or anyone, may take."""
        known = self.me is not None and any(each.id == self.me.id for each in who)
        open_to_me = self.me is not None and anyone and not self.case.roster
        doers = tuple(Doer(each.id, each.name) for each in who)
        return Way(words, doers, anyone, mine=known or open_to_me if mine is None else mine)

    def anybody(self, *words: str) -> Way:
        """A way that everyone on the roster may take, or everyone at all where there is none."""
        who = members(self.today)
        return self.way(*words, who=who, anyone=bool(who) or not self.case.roster)

    def runs(self, *words: str) -> Way:
        """A way that everyone may take whose runs count, machines too."""
        everybody = members(self.today, machines=True)
        who = [each for each in everybody if may_run(self.today, each)]
        anyone = may_run(self.today, None) and (bool(who) or not self.case.roster)
        return self.way(*words, who=who, anyone=anyone)


@frozen
class ItemSteps:
    """What an item asks for: its steps, the items it needs first, and why it can never be done, if it cannot."""

    steps: tuple[Step, ...]
    needs: tuple[str, ...]
    never: tuple[Message, ...] = ()


def steps_of_item(asker: Asker, standing: ItemStanding) -> ItemSteps:
    """What is to be done about one item, apart from those it needs, and advisory ones too."""
    found = unmet(asker.case, standing.item)
    steps: list[Step] = []
    never: list[Message] = []
    codes = {each.message.code for each in found.reasons}
    if "item-vacuous" in codes:
        why = next(each.message for each in found.reasons if each.message.code == "item-vacuous")
        steps.append(replace(rewrite(asker, why), item=standing.item.id))
        never.append(message("never-as-written", why=why))
    for each in standing.rejections:
        if each.stands:
            steps.append(_answer(asker, standing.item, each))
            never += [] if steps[-1].ways[0].possible else [_unanswered(standing.item, each)]
    if any(not each.passes for each in standing.checks) and not found.let_be:
        steps.append(_run(asker, standing, found))
        if not steps[-1].ways[0].possible:
            never.append(message("never-run", environment=asker.case.environment.name))
    if {"sign-off-missing", "sign-off-missing-anyone"} & codes:
        step, reasons = _sign(asker, standing, found)
        steps.append(step)
        never += reasons
    return ItemSteps(tuple(steps), found.needs, tuple(never))


def rewrite(asker: Asker, why: Message) -> Step:
    """That the rules are to be changed, and the new ones pinned."""
    amend = asker.anybody("promoter", "amend", "--rules", *asker.named, "-m", "")
    return Step(Deed.REWRITE, message("step-rewrite"), (why,), ways=(amend,))


def _run(asker: Asker, standing: ItemStanding, found: Unmet) -> Step:
    item, case = standing.item, asker.case
    reasons = [each for each in found.reasons if _is_about_checks(each)]
    broken = any(each.hold is Hold.FAILED for each in reasons)
    oldest = max(shifted(case.now, -case.checklist.max_age_of(each)) for each in item.checks)
    waiting = [each for each in standing.checks if not each.passes]
    runs = asker.runs("promoter", "run", item.id, *asker.named)
    took = [each.latest.outcome.outcome.took_s if each.latest else _UNTOLD_S for each in waiting]
    return Step(
        Deed.RUN,
        message("step-mend" if broken else "step-run", item=item.id),
        distinct(_as_of(asker, item, each.message) for each in reasons),
        item.id,
        (
            runs,
            *_waiving(asker, item, found),
        ),
        at=oldest if oldest > asker.today.now else None,
        takes_s=sum(took),
    )


def _sign(asker: Asker, standing: ItemStanding, found: Unmet) -> tuple[Step, list[Message]]:
    item, rule = standing.item, standing.item.sign_off
    reasons = [each.message for each in found.reasons if _is_about_people(each)]
    able = signers(asker.today, item)
    mine = asker.me is not None and may_sign(asker.today, item, asker.me)
    command = ["promoter", "sign", item.id, *asker.named]
    command += asker.asked_for(rule)
    straight = asker.way(*command, who=able.people, anyone=able.anyone, mine=mine)
    never: list[Message] = []
    if not able.enough:
        nobody = message("never-signed", item=item.id)
        never = [nobody, *able.barred]
        reasons += [each for each in able.barred if each not in reasons]
    step = Step(
        Deed.SIGN,
        message("step-sign", item=item.id),
        distinct(reasons),
        item.id,
        (straight, *_waiving(asker, item, found, wanted=not able.enough)),
    )
    return step, never


def _answer(asker: Asker, item: Item, voice: Voice) -> Step:
    return answer(asker, voice, item.id, signs=may_answer(asker.today, voice, item.sign_off))


def answer(asker: Asker, voice: Voice, item: str, *, signs: bool) -> Step:
    """What the person who rejected an item has to do; nobody else can."""
    by = voice.recorded.entry.actor
    who = [each for each in members(asker.today) if each.id == by.id]
    if not asker.case.roster:
        who = [Person(by.id, by.name, (by.email,))]
    revoke = asker.way("promoter", "revoke", item, *asker.named, "-m", "", who=who)
    sign = asker.way("promoter", "sign", item, *asker.named, who=who)
    reason = getattr(voice.recorded.entry.content, "reason", "")
    return Step(
        Deed.ANSWER,
        message("step-answer" if signs else "step-take-back-of-item", by=by.name, item=item),
        (message("rejected", by=by.name, reason=reason),),
        item,
        (sign, revoke) if signs else (revoke,),
    )


def _unanswered(item: Item, voice: Voice) -> Message:
    return message("never-answered", by=voice.recorded.entry.actor.name, item=item.id)


def _waiving(asker: Asker, item: Item, found: Unmet, *, wanted: bool = False) -> Iterator[Way]:
    """That the item could be waived instead, where somebody did before or nothing else is left."""
    lapsed = any(each.message.code in _LAPSED for each in found.reasons)
    if not item.waivable or not (lapsed or wanted):
        return
    command = ("promoter", "waive", item.id, *asker.named, "--until", "", "-m", "")
    who = waivers(asker.today, item)
    mine = asker.me is not None and not asker.case.roster and may_waive(asker.today, item, asker.me)
    if who:
        yield asker.way(*command, who=who)
    elif not asker.case.roster and may_waive(asker.today, item, _SOMEBODY):
        yield asker.way(*command, anyone=True, mine=mine)


def _as_of(asker: Asker, item: Item, why: Message) -> Message:
    """A reason as it is today, where it is one today; else that it will be one by then."""
    same = (why.code, why.parameters.get("check"))
    for each in unmet(asker.today, item).reasons:
        if (each.message.code, each.message.parameters.get("check")) == same:
            return each.message
    return message("by-then", at=asker.case.now.isoformat(), why=why)


def _is_about_checks(reason: Reason) -> bool:
    return reason.message.code.startswith(("check-", "clock-"))


def _is_about_people(reason: Reason) -> bool:
    return reason.message.code.startswith(
        ("sign-off-", "fields-", "evidence-", "exclusion-", "exemption-", "waiver-")
    )


_SOMEBODY = Actor("", "", "")

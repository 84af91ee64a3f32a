"""How each item of a checklist stands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from promoter.frozen import frozen
from promoter.gate.case import Case
from promoter.gate.checking import check_reason, check_standing
from promoter.gate.decision import (
    CheckStanding,
    ExemptionStanding,
    Hold,
    ItemStanding,
    ItemState,
    Reason,
    Seat,
    SignOffStanding,
    Validity,
)
from promoter.gate.exempting import exemption_reasons, exemption_standings
from promoter.gate.signing import barred, in_term, sign_off_reasons, sign_off_standings
from promoter.messages import Message, Parameter, message
from promoter.model.checklist import Item, SignOffRule
from promoter.model.entry import Rejected, Waived
from promoter.promotion import Voice


@frozen
class _Judged:
    """An item by itself, before the items it needs are asked."""

    item: Item
    checks: tuple[CheckStanding, ...]
    check_reasons: tuple[Reason, ...]
    sign_offs: tuple[SignOffStanding, ...]
    seats: tuple[Seat, ...]
    sign_off_reasons: tuple[Reason, ...]
    rejections: tuple[Voice, ...]
    rejection_reasons: tuple[Reason, ...]
    exemptions: tuple[ExemptionStanding, ...]

    @property
    def exempt_as(self) -> ItemState | None:
        """What lets the item be, as far as rejections go: that it does not apply, or a waiver."""
        counted = [each.voice.recorded.entry.content for each in self.exemptions if each.counts]
        if not counted:
            return None
        waived = all(isinstance(each, Waived) for each in counted)
        return ItemState.WAIVED if waived else ItemState.NOT_APPLICABLE

    @property
    def lacking(self) -> tuple[Reason, ...]:
        """What is lacking of what it asks for itself, whether it is let be or not."""
        vacuous = (
            () if self.checks or self.seats else (Reason(message("item-vacuous"), Hold.FAILED, self.item.id),)
        )
        return (*vacuous, *self.check_reasons, *self.sign_off_reasons)

    @property
    def let_be(self) -> bool:
        """Whether something that it lacks is passed over, as far as rejections go: a waiver of what is there all the same
        passes over nothing."""
        exempt = self.exempt_as
        return exempt is ItemState.NOT_APPLICABLE or (exempt is ItemState.WAIVED and bool(self.lacking))

    @property
    def reasons(self) -> tuple[Reason, ...]:
        if self.exempt_as is not None:
            return self.rejection_reasons
        lacking = self.lacking
        exempted = exemption_reasons(self.item, self.exemptions) if lacking else ()
        return (*self.rejection_reasons, *lacking, *exempted)


@frozen
class Unmet:
    """What an item by itself still lacks, also where it is advisory; the items it needs first; and whether something
    that it lacks is let be, as far as rejections go."""

    reasons: tuple[Reason, ...]
    needs: tuple[str, ...]
    let_be: bool


def unmet(case: Case, item: Item) -> Unmet:
    """What an item still lacks, whatever the items it needs lack."""
    judged = _judged(case, item)
    return Unmet(judged.reasons, _needs(judged), judged.let_be)


def item_standings(case: Case) -> tuple[ItemStanding, ...]:
    """The standing of every item, in checklist order.

    An item that needs others is not done before they are; items that need each other never are. An item that
    was waived, or does not apply, needs nothing, unless somebody rejects it; it is done and not waived where it would be
    done without the waiver too.
    """
    judged = [_judged(case, item) for item in case.checklist.items]
    done = _done(judged)
    return tuple(_standing(each, done, let_be=_is_let_be(each, judged)) for each in judged)


def rejection(case: Case, voice: Voice, rule: SignOffRule | None) -> Message:
    """Who said no to what a rule asks people for, and why."""
    code = "rejected" if may_answer(case, voice, rule) else "rejected-only"
    return Message("rejected-by-one-gone" if is_gone(case, voice) else code, objected(voice))


def may_answer(case: Case, voice: Voice, rule: SignOffRule | None) -> bool:
    """Whether who said no may say yes instead, by the roles they have now, and not only take it back."""
    person = case.roster.person(voice.recorded.entry.actor.id)
    as_now = replace(voice.recorded, roles=person.roles if person is not None else None)
    return barred(case, rule, as_now) is None


def objected(voice: Voice) -> Mapping[str, Parameter]:
    """Who said no, and why, as parameters."""
    content = voice.recorded.entry.content
    reason = content.reason if isinstance(content, Rejected) else ""
    return {"by": voice.recorded.entry.actor.name, "reason": reason}


def is_gone(case: Case, voice: Voice) -> bool:
    """Whether whoever said it is on the roster no more, so that nobody is left who could answer it."""
    person = case.roster.person(voice.recorded.entry.actor.id)
    return bool(case.roster) and (person is None or not in_term(person, case.now))


def rejections_that_count(case: Case) -> tuple[Voice, ...]:
    """Every rejection of the promotion that counts here. Anyone whose entries count may reject,
    whatever their role, and a rejection never goes stale: it is answered or taken back. It stands too where
    its key was declared compromised: a doubt opens no gate."""
    heard = (
        each
        for each in case.promotion.rejections
        if case.accepts(each.recorded) or each.recorded.disowned_by is not None
    )
    return tuple(sorted(heard, key=lambda each: each.recorded.entry.id))


def _judged(case: Case, item: Item) -> _Judged:
    checks = tuple(check_standing(case, item, spec) for spec in item.checks)
    sign_offs, seats = sign_off_standings(case, item)
    rejections = tuple(
        each
        for each in rejections_that_count(case)
        if each.recorded.entry.item is not None and each.recorded.entry.item.id == item.id
    )
    return _Judged(
        item=item,
        checks=checks,
        check_reasons=tuple(reason for each in checks if (reason := check_reason(item, each)) is not None),
        sign_offs=sign_offs,
        seats=seats,
        sign_off_reasons=tuple(sign_off_reasons(item, sign_offs, seats)),
        rejections=rejections,
        rejection_reasons=tuple(
            Reason(rejection(case, each, item.sign_off), Hold.FAILED, item.id)
            for each in rejections
            if each.stands
        ),
        exemptions=exemption_standings(case, item),
    )


def _is_let_be(one: _Judged, judged: Sequence[_Judged]) -> bool:
    """Whether something is passed over: what the item lacks itself, or what it needs, the others being as they are."""
    if one.exempt_as is None or one.let_be or not one.item.needs:
        return one.let_be
    return one.item.id not in _done(judged, taken_back=one)


def _done(judged: Sequence[_Judged], taken_back: _Judged | None = None) -> frozenset[str]:
    """The ids of the items that are done, also if a waiver were taken back that is needed for what its item needs alone:
    the least set in which everything an item needs is done too."""
    by_itself = [each for each in judged if not each.reasons]
    pending = {each.item.id for each in judged if each.reasons}
    done: set[str] = set()
    while True:
        ready = {
            each.item.id
            for each in by_itself
            if done.issuperset(each.item.needs if each is taken_back else _needs(each))
        }
        more = ready - pending - done
        if not more:
            return frozenset(done)
        done |= more


def _needs(judged: _Judged) -> tuple[str, ...]:
    return judged.item.needs if judged.exempt_as is None else ()


def _standing(judged: _Judged, done: frozenset[str], *, let_be: bool) -> ItemStanding:
    item = judged.item
    needs = tuple(
        Reason(message("needs", item=each), Hold.WAITING, item.id)
        for each in _needs(judged)
        if each not in done
    )
    reasons = (*judged.reasons, *needs)
    if not item.required:
        reasons = tuple(each for each in reasons if each.hold is not Hold.WAITING)
    return ItemStanding(
        item=item,
        state=_state(judged, waits=bool(needs), let_be=let_be),
        reasons=reasons,
        checks=judged.checks,
        seats=judged.seats,
        sign_offs=judged.sign_offs,
        rejections=judged.rejections,
        exemptions=judged.exemptions,
    )


def _state(judged: _Judged, *, waits: bool, let_be: bool) -> ItemState:
    """The first state that applies, in the order `ItemState` gives."""
    if let_be and judged.exempt_as is not None and not judged.rejection_reasons:
        return judged.exempt_as
    holds = {each.hold for each in judged.reasons}
    short = bool(judged.sign_off_reasons)
    validities = {each.validity for each in judged.checks}
    stale_sign_off = any(each.validity is Validity.STALE and each.voice.stands for each in judged.sign_offs)
    states = (
        (ItemState.REJECTED, bool(judged.rejection_reasons)),
        (ItemState.FAILING, Hold.FAILED in holds),
        (ItemState.ERRORED, Hold.UNKNOWN in holds),
        (ItemState.STALE, Validity.STALE in validities or (short and stale_sign_off)),
        (ItemState.EXPIRED, Validity.EXPIRED in validities),
        (ItemState.WAITING, bool(judged.check_reasons) or waits or (short and not judged.checks)),
        (ItemState.PASSING, short),
    )
    return next((state for state, applies in states if applies), ItemState.DONE)

"""Letting an item be: a waiver for a time, or saying that it does not apply."""

from promoter.errors import Refused, UsageError
from promoter.gate import objection
from promoter.messages import N_, phrase
from promoter.model.checklist import Item
from promoter.model.entry import (
    Entry,
    EntryType,
    ItemBinding,
    NotApplicable,
    Recorded,
    SignatureVerdict,
    Trust,
    Waived,
)
from promoter.promotion import Promotion
from promoter.usecases.authorship import authors_of
from promoter.usecases.drafting import ensure_genesis, require_standing, subject_of, timestamp, write
from promoter.usecases.identity import identity
from promoter.usecases.moments import moment_given
from promoter.usecases.opening import required_reason
from promoter.usecases.pinned import rules_of
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace


def waive(
    workspace: Workspace,
    promotion: str | None,
    item_id: str,
    reason: str,
    *,
    until: str,
    ticket: str | None = None,
) -> Recorded:
    """Waives an item until a moment, as `moments.moment_given` reads it.

    Nothing is written that would not count. Raises UsageError for an item that cannot be waived or a moment
    that is past, Refused, CannotAct.
    """
    chosen, item = _item_of(workspace, promotion, item_id)
    if not item.waivable:
        raise UsageError(
            phrase(N_("{item} cannot be waived: its checklist says so"), item=item.id),
            phrase(N_("do what it asks for: 'promoter status' says what that is")),
        )
    ends = moment_given(until, workspace.now())
    if ends <= workspace.now():
        raise UsageError(
            phrase(N_("a waiver ends later than now")), phrase(N_("give --until a later moment"))
        )
    content = Waived(required_reason(reason), ends.strftime("%Y-%m-%dT%H:%M:%SZ"), ticket)
    return _recorded(workspace, chosen, item, EntryType.WAIVED, content)


def exclude(workspace: Workspace, promotion: str | None, item_id: str, reason: str) -> Recorded:
    """Says that an item does not concern this release.

    Nothing is written that would not count. Raises UsageError for an item that always applies, Refused,
    CannotAct.
    """
    chosen, item = _item_of(workspace, promotion, item_id)
    if not item.may_not_apply:
        raise UsageError(
            phrase(N_("{item} applies to every release: its checklist says so"), item=item.id),
            phrase(N_("an item may only be left out where it says 'may_not_apply: true'")),
        )
    content = NotApplicable(required_reason(reason))
    return _recorded(workspace, chosen, item, EntryType.NOT_APPLICABLE, content)


def _item_of(workspace: Workspace, promotion: str | None, item_id: str) -> tuple[Promotion, Item]:
    chosen = chosen_promotion(workspace, promotion)
    item = rules_of(workspace, chosen).item(item_id)
    ensure_genesis(workspace)
    require_standing(workspace, identity(workspace), person=True)
    return chosen, item


def _recorded(
    workspace: Workspace, promotion: Promotion, item: Item, kind: EntryType, content: Waived | NotApplicable
) -> Recorded:
    """Writes it, when the gate would count it."""
    who, roster = identity(workspace), workspace.state.roster
    rules = rules_of(workspace, promotion)
    draft = Entry(
        id="",
        trail=workspace.state.trail or "",
        pipeline=workspace.pipeline.name,
        type=kind,
        actor=who.actor,
        at=timestamp(workspace),
        content=content,
        subject=subject_of(promotion),
        item=ItemBinding(item.id, item.digest),
    )
    would_be = Recorded(
        draft,
        commit="",
        path="",
        signature=SignatureVerdict.GOOD if who.signing else SignatureVerdict.UNSIGNED,
        trust=Trust.COUNTED if roster else Trust.CLAIMED,
        roles=who.roles if roster else None,
    )
    as_of = workspace.state_of(promotion.id).as_of(promotion)
    why = objection(
        rules.checklist,
        promotion,
        item,
        would_be,
        environment=rules.target,
        roster=roster,
        now=workspace.now(),
        authors=authors_of(workspace, promotion.release, rules.target, as_of),
    )
    if why is not None:
        raise Refused(phrase(N_("this would not count: {why}"), why=why))
    return write(workspace, kind, content, promotion=promotion, item=item)

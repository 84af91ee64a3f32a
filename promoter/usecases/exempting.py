"""Letting an item be: a waiver for a time, or saying that it does not apply."""

from promoter.errors import Refused, UsageError
from promoter.gate import ItemState, objection
from promoter.messages import N_, Message, Phrase, phrase
from promoter.model.checklist import Item
from promoter.model.entry import EntryType, NotApplicable, Recorded, Waived
from promoter.promotion import Promotion
from promoter.usecases.attaching import link_given
from promoter.usecases.authorship import authors_of
from promoter.usecases.drafting import ensure_genesis, require_standing, would_be, write
from promoter.usecases.identity import identity
from promoter.usecases.moments import moment_given
from promoter.usecases.opening import required_reason
from promoter.usecases.pinned import rules_of
from promoter.usecases.standing import chosen_promotion, standing_of
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
    followed_at = link_given(workspace, ticket)
    content = Waived(required_reason(reason), ends.strftime("%Y-%m-%dT%H:%M:%SZ"), followed_at)
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
    rules = rules_of(workspace, promotion)
    draft = would_be(workspace, kind, content, promotion, item)
    as_of = workspace.state_of(promotion.id).as_of(promotion)
    why = objection(
        rules.checklist,
        promotion,
        item,
        draft,
        environment=rules.target,
        roster=workspace.state.roster,
        now=workspace.now(),
        authors=authors_of(workspace, promotion.release, rules.target, as_of),
    )
    if why is not None:
        raise Refused(phrase(N_("this would not count: {why}"), why=why), _instead(why, item))
    _require_something_left(workspace, promotion, item)
    return write(workspace, kind, content, promotion=promotion, item=item)


def _instead(why: Message, item: Item) -> Phrase:
    if why.code in ("waiver-beyond-end", "waiver-too-long"):
        return phrase(N_("name an earlier moment with --until"))
    return phrase(N_("'promoter explain {item}' says who may let it be"), item=item.id)


def _require_something_left(workspace: Workspace, promotion: Promotion, item: Item) -> None:
    """Refuses to let be the last required item that nobody let be: a checklist of which nothing is left decides nothing."""
    exempt = (ItemState.WAIVED, ItemState.NOT_APPLICABLE)
    items = standing_of(workspace, promotion, workspace.now()).decision.items
    left = [each.item.id for each in items if each.item.required and each.state not in exempt]
    if left == [item.id]:
        raise Refused(
            phrase(N_("{item} is the last required item that nobody let be"), item=item.id),
            phrase(N_("do what it asks for, or take another waiver back with 'promoter revoke ITEM'")),
        )

"""Approvals and rejections of a promotion as a whole, and taking them back."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from promoter.errors import UsageError
from promoter.gate.approving import of_approvals
from promoter.gate.signing import barred
from promoter.messages import N_, NP_, Message, Template, message, phrase
from promoter.model.checklist import Checklist, SignOffRule
from promoter.model.entry import Approved, EntryType, Recorded, Rejected, Revoked
from promoter.model.environment import Demand, Rule
from promoter.promotion import Promotion, Voice
from promoter.usecases.answers import (
    case_of,
    fields_of,
    kept_text,
    require_digest,
    require_heard,
    require_person,
)
from promoter.usecases.attaching import evidence_given
from promoter.usecases.drafting import would_be, write
from promoter.usecases.identity import Identity, identity
from promoter.usecases.opening import required_reason
from promoter.usecases.pinned import rules_of
from promoter.usecases.standing import Standing, chosen_promotion
from promoter.usecases.voices import Declaration, asked, commits_written, is_last, last_said
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "approves-before-done": NP_(
        "{count} item is not done yet: your approval does not answer it",
        "{count} items are not done yet: your approval answers none of them",
    ),
    "approver-opened": N_("you opened this promotion: here the opener's approval never counts"),
    "approver-opened-warned": N_("you opened this promotion: someone else's approval would be stronger"),
    "approver-moved": N_("you moved this promotion to {release}: here the approval of who did never counts"),
    "approver-moved-warned": N_(
        "you moved this promotion to {release}: someone else's approval would be stronger"
    ),
    "approver-wrote": NP_(
        "you wrote one of its commits: here an author's approval never counts",
        "you wrote {count} of its commits: here an author's approval never counts",
    ),
    "approver-wrote-warned": NP_(
        "you wrote one of its commits: someone else's approval would be stronger",
        "you wrote {count} of its commits: someone else's approval would be stronger",
    ),
    "approver-without-role": N_("the checklist asks for {roles}, and you have none of these roles"),
    "approved-already": N_("you approved this promotion already, on {at:time}"),
    "approval-is-claimed": N_("there is no roster: your approval is claimed, not proven"),
}


def approval(workspace: Workspace, standing: Standing) -> Declaration:
    """What approving a promotion would state, by whom, and with what effect.

    Raises UsageError where the checklist asks for no approval.
    """
    rule = _rule_of(standing.checklist)
    who = identity(workspace)
    return Declaration(
        standing=standing,
        identity=who,
        rule=rule,
        remarks=tuple(_remarks(workspace, standing, rule, who)),
        typed_word=standing.promotion.release.name if is_last(standing, standing.target.name) else None,
    )


def approve(
    workspace: Workspace,
    promotion: str | None,
    *,
    comment: str = "",
    fields: Mapping[str, str] | None = None,
    links: Sequence[str] = (),
    files: Sequence[Path] = (),
) -> Recorded:
    """Approves a promotion as a whole, whether or not its items are done yet.

    Evidence is kept as with a sign-off. Raises UsageError where the checklist asks for no approval, or naming the
    fields or evidence missing; Refused, CannotAct.
    """
    chosen = chosen_promotion(workspace, promotion, settling=True)
    rules = rules_of(workspace, chosen)
    rule = _rule_of(rules.checklist)
    require_person(workspace)
    draft = would_be(workspace, EntryType.APPROVED, Approved(), chosen)
    require_heard(of_approvals(barred(case_of(workspace, chosen, rules), rule, draft)))
    given = fields_of(rule, fields or {})
    evidence, blobs = evidence_given(workspace, rules.target, links, files)
    if rule.evidence is Demand.REQUIRED and not evidence:
        raise UsageError(
            phrase(N_("the approval asks for evidence")),
            phrase(N_("give a link with --link URL or a file with --file PATH")),
        )
    require_digest(rules.target, rule, evidence)
    content = Approved(comment=kept_text(comment), fields=given, evidence=evidence)
    return write(workspace, EntryType.APPROVED, content, promotion=chosen, blobs=blobs)


def reject_promotion(
    workspace: Workspace,
    promotion: str | None,
    reason: str,
    *,
    links: Sequence[str] = (),
    files: Sequence[Path] = (),
) -> Recorded:
    """Says no to a promotion as a whole; holds the gate until the same person approves it or takes it back. Evidence
    is kept as with a sign-off."""
    chosen = chosen_promotion(workspace, promotion)
    require_person(workspace)
    said = kept_text(required_reason(reason))
    evidence, blobs = evidence_given(workspace, rules_of(workspace, chosen).target, links, files)
    return write(workspace, EntryType.REJECTED, Rejected(said, evidence), promotion=chosen, blobs=blobs)


def revoke_approval(workspace: Workspace, promotion: str | None, reason: str) -> Recorded:
    """Takes back what one said last of a promotion as a whole and still stands: an approval, a rejection, or that one broke
    the glass; and what one said before to the same effect.

    Raises UsageError when there is none.
    """
    chosen = chosen_promotion(workspace, promotion, settling=True)
    require_person(workspace)
    mine = [each for each in said_of(chosen) if each.recorded.entry.actor.id == identity(workspace).actor.id]
    if not mine:
        raise UsageError(
            phrase(N_("you said nothing of the promotion as a whole that could be taken back")),
            phrase(N_("'promoter revoke ITEM' takes back what you said of an item")),
        )
    content = Revoked(kept_text(required_reason(reason)))
    refers_to = last_said(mine)
    return write(workspace, EntryType.REVOKED, content, promotion=chosen, refers_to=refers_to)


def said_of(promotion: Promotion) -> list[Voice]:
    """What people said of a promotion as a whole and that still stands."""
    later = (Voice(each) for each in promotion.afterwards if isinstance(each.entry.content, Approved))
    return [
        each
        for each in (*promotion.approvals, *promotion.rejections, *promotion.glasses, *later)
        if each.stands and each.recorded.entry.item is None
    ]


def _rule_of(checklist: Checklist) -> SignOffRule:
    if checklist.approvals is None:
        raise UsageError(
            phrase(
                N_("{checklist} asks for no approval of the promotion as a whole"), checklist=checklist.id
            ),
            phrase(N_("'promoter sign ITEM' signs an item off; 'approvals:' in the checklist asks for them")),
        )
    return checklist.approvals.seats


def _remarks(workspace: Workspace, standing: Standing, rule: SignOffRule, who: Identity) -> list[Message]:
    remarks = []
    undone = sum(each.holds for each in standing.decision.items)
    if undone:
        remarks.append(message("approves-before-done", count=undone))
    separation = standing.target.separation
    if any(each.id == who.actor.id for each in standing.promotion.askers):
        if separation.opener is Rule.ON:
            remarks.append(asked(standing, who, "approver-opened", "approver-moved"))
        elif separation.opener is Rule.WARN:
            remarks.append(asked(standing, who, "approver-opened-warned", "approver-moved-warned"))
    if standing.roster and rule.roles and not set(rule.roles) & set(who.roles):
        remarks.append(message("approver-without-role", roles=list(rule.roles)))
    mine = [
        each
        for each in standing.decision.approvals.given
        if each.counts and each.voice.recorded.entry.actor.id == who.actor.id
    ]
    if mine:
        remarks.append(message("approved-already", at=mine[-1].voice.recorded.entry.at))
    if not standing.roster:
        remarks.append(message("approval-is-claimed"))
    count = commits_written(workspace, standing, who)
    if count:
        barred = separation.authors is Rule.ON
        remarks.append(message("approver-wrote" if barred else "approver-wrote-warned", count=count))
    return remarks

"""Sign-offs, rejections and revocations: what people say of an item."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from promoter.errors import UsageError
from promoter.frozen import frozen
from promoter.gate import ItemStanding
from promoter.gate.signing import barred
from promoter.messages import N_, NP_, Message, Template, message, phrase
from promoter.model.checklist import Item, SignOffRule
from promoter.model.entry import EntryType, Recorded, Rejected, Revoked, SignedOff
from promoter.model.environment import Demand, Rule
from promoter.model.outcome import Verdict
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
from promoter.usecases.authorship import authors_of
from promoter.usecases.drafting import would_be, write
from promoter.usecases.identity import Identity, identity
from promoter.usecases.opening import required_reason
from promoter.usecases.pinned import Rules, item_of, rules_of
from promoter.usecases.standing import Standing, chosen_promotion
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "checks-not-passing": N_("{checks} did not pass: your sign-off will not open it"),
    "checks-not-run": N_("{checks} did not run yet: your sign-off will not open it"),
    "opener-never-counts": N_("you opened this promotion: here the opener's sign-off never counts"),
    "opener-warned": N_("you opened this promotion: someone else's sign-off would be stronger"),
    "mover-never-counts": N_(
        "you moved this promotion to {release}: here the sign-off of who did never counts"
    ),
    "mover-warned": N_("you moved this promotion to {release}: someone else's sign-off would be stronger"),
    "author-never-counts": NP_(
        "you wrote one of its commits: here an author's sign-off never counts",
        "you wrote {count} of its commits: here an author's sign-off never counts",
    ),
    "author-warned": NP_(
        "you wrote one of its commits: someone else's sign-off would be stronger",
        "you wrote {count} of its commits: someone else's sign-off would be stronger",
    ),
    "role-not-held": N_("the item asks for {roles}, and you have none of these roles"),
    "already-signed": N_("you signed this item already, on {at:time}"),
    "claimed-identity": N_("there is no roster: your sign-off is claimed, not proven"),
}


@frozen
class Declaration:
    """What someone is about to declare: shown before they do. `remarks` say what it will not
    achieve. `typed_word` must be typed to confirm."""

    standing: Standing
    identity: Identity
    rule: SignOffRule
    remarks: tuple[Message, ...]
    typed_word: str | None


@frozen
class Statement(Declaration):
    """What someone is about to state of an item."""

    item: Item


def statement(workspace: Workspace, standing: Standing, item_id: str) -> Statement:
    """What signing an item would state, by whom, and with what effect.

    Raises UsageError for an item that does not exist or takes no sign-off.
    """
    rule = _rule_of(item_of(standing.checklist, item_id))
    found = next(each for each in standing.decision.items if each.item.id == item_id)
    who = identity(workspace)
    into = standing.target
    return Statement(
        item=found.item,
        standing=standing,
        identity=who,
        rule=rule,
        remarks=(*_remarks(standing, found, rule, who), *_own_work(workspace, standing, who)),
        typed_word=standing.promotion.release.name if is_last(standing, into.name) else None,
    )


def is_last(standing: Standing, environment: str) -> bool:
    """Whether an environment is the pipeline's last, where users live: confirmations are typed there."""
    return standing.pipeline.environments[-1].name == environment


def sign(
    workspace: Workspace,
    promotion: str | None,
    item_id: str,
    *,
    comment: str = "",
    fields: Mapping[str, str] | None = None,
    links: Sequence[str] = (),
    files: Sequence[Path] = (),
) -> Recorded:
    """Signs an item off, with a comment, form fields and evidence.

    Evidence files are copied onto the trail, except where the environment's data is real: then only
    their digest is recorded. Raises UsageError naming the fields or evidence missing, Refused, CannotAct.
    """
    chosen, rules, item = _item_of(workspace, promotion, item_id, settling=True)
    rule = _rule_of(item)
    require_person(workspace)
    draft = would_be(workspace, EntryType.SIGNED_OFF, SignedOff(), chosen, item)
    require_heard(barred(case_of(workspace, chosen, rules), rule, draft))
    given = fields_of(rule, fields or {})
    evidence, blobs = evidence_given(workspace, rules.target, links, files)
    if rule.evidence is Demand.REQUIRED and not evidence:
        raise UsageError(
            phrase(N_("{item} asks for evidence"), item=item.id),
            phrase(N_("give a link with --link URL or a file with --file PATH")),
        )
    require_digest(rules.target, rule, evidence)
    content = SignedOff(comment=kept_text(comment), fields=given, evidence=evidence)
    return write(workspace, EntryType.SIGNED_OFF, content, promotion=chosen, item=item, blobs=blobs)


def reject(
    workspace: Workspace,
    promotion: str | None,
    item_id: str,
    reason: str,
    *,
    links: Sequence[str] = (),
    files: Sequence[Path] = (),
) -> Recorded:
    """Says no to an item; holds the gate until the same person signs it off or takes it back. Evidence is kept as
    with a sign-off."""
    chosen, rules, item = _item_of(workspace, promotion, item_id)
    require_person(workspace)
    said = kept_text(required_reason(reason))
    evidence, blobs = evidence_given(workspace, rules.target, links, files)
    content = Rejected(said, evidence)
    return write(workspace, EntryType.REJECTED, content, promotion=chosen, item=item, blobs=blobs)


def revoke(workspace: Workspace, promotion: str | None, item_id: str, reason: str) -> Recorded:
    """Takes back what one said last of an item and still stands: a sign-off, a rejection, a waiver, or that it
    does not apply; and what one said before to the same effect, which would go on counting otherwise.

    Raises UsageError when there is none.
    """
    chosen, _, item = _item_of(workspace, promotion, item_id, settling=True)
    require_person(workspace)
    mine = [
        each for each in _voices(chosen, item) if each.recorded.entry.actor.id == identity(workspace).actor.id
    ]
    if not mine:
        raise UsageError(
            phrase(N_("you said nothing of {item} that could be taken back"), item=item.id),
            phrase(N_("'promoter log' shows who said what")),
        )
    content = Revoked(kept_text(required_reason(reason)))
    refers_to = last_said(mine)
    return write(workspace, EntryType.REVOKED, content, promotion=chosen, item=item, refers_to=refers_to)


def last_said(mine: Sequence[Voice]) -> tuple[str, ...]:
    """The entries of what somebody said last, and of whatever they said before to the same effect, oldest first."""
    said = sorted((each.recorded.entry for each in mine), key=lambda each: each.id)
    return tuple(each.id for each in said if each.type is said[-1].type)


def _voices(promotion: Promotion, item: Item) -> list[Voice]:
    later = (Voice(each) for each in promotion.afterwards if isinstance(each.entry.content, SignedOff))
    return [
        each
        for each in (*promotion.sign_offs, *promotion.rejections, *promotion.exemptions, *later)
        if each.stands and each.recorded.entry.item is not None and each.recorded.entry.item.id == item.id
    ]


def _item_of(
    workspace: Workspace, promotion: str | None, item_id: str, *, settling: bool = False
) -> tuple[Promotion, Rules, Item]:
    chosen = chosen_promotion(workspace, promotion, settling=settling)
    rules = rules_of(workspace, chosen)
    return chosen, rules, rules.item(item_id)


def _rule_of(item: Item) -> SignOffRule:
    if item.sign_off is None:
        raise UsageError(
            phrase(N_("{item} takes no sign-off: its checks answer it"), item=item.id),
            phrase(N_("'promoter run {item}' runs them"), item=item.id),
        )
    return item.sign_off


def _remarks(standing: Standing, found: ItemStanding, rule: SignOffRule, who: Identity) -> list[Message]:
    remarks = []
    missing = [each.spec.id for each in found.checks if each.latest is None]
    broken = [
        each.spec.id
        for each in found.checks
        if each.latest is not None
        and each.latest.outcome.outcome.verdict not in (Verdict.PASSED, Verdict.WARNED)
    ]
    if broken:
        remarks.append(message("checks-not-passing", checks=broken))
    if missing:
        remarks.append(message("checks-not-run", checks=missing))
    if who.actor.id in {each.id for each in standing.promotion.askers}:
        separation = standing.target.separation.opener
        if separation is Rule.ON:
            remarks.append(asked(standing, who, "opener-never-counts", "mover-never-counts"))
        elif separation is Rule.WARN:
            remarks.append(asked(standing, who, "opener-warned", "mover-warned"))
    if standing.roster and rule.roles and not set(rule.roles) & set(who.roles):
        remarks.append(message("role-not-held", roles=list(rule.roles)))
    mine = [
        each for each in found.sign_offs if each.counts and each.voice.recorded.entry.actor.id == who.actor.id
    ]
    if mine:
        remarks.append(message("already-signed", at=mine[-1].voice.recorded.entry.at))
    if not standing.roster:
        remarks.append(message("claimed-identity"))
    return remarks


def _own_work(workspace: Workspace, standing: Standing, who: Identity) -> list[Message]:
    """That someone is about to sign off what they wrote."""
    count = commits_written(workspace, standing, who)
    if not count:
        return []
    barred = standing.target.separation.authors is Rule.ON
    return [message("author-never-counts" if barred else "author-warned", count=count)]


def commits_written(workspace: Workspace, standing: Standing, who: Identity) -> int:
    """How many of the release's new commits somebody wrote, as far as it is known."""
    into, promotion = standing.target, standing.promotion
    as_of = workspace.state_of(promotion.id).as_of(promotion)
    authors = authors_of(workspace, promotion.release, into, as_of)
    person = as_of.roster.person(who.actor.id)
    emails = (who.actor.email, *(person.emails if person else ()))
    return authors.written_by(emails) if authors is not None else 0


def asked(standing: Standing, who: Identity, opened: str, moved: str) -> Message:
    """That somebody opened a promotion, or moved it to its release."""
    if standing.promotion.opened.entry.actor.id == who.actor.id:
        return message(opened)
    return message(moved, release=standing.promotion.release.name)

"""Amending an open promotion: another release, or other rules, shown before anything is written."""

from dataclasses import replace

from promoter.errors import Refused, UsageError
from promoter.frozen import frozen
from promoter.gate import loosening
from promoter.messages import N_, Message, phrase
from promoter.model.entry import Amended, EntryType, PinnedRules, Recorded
from promoter.model.release import Release
from promoter.promotion import Amendment, AmendmentState, Promotion
from promoter.promotion.amending import Terms, amended_terms, objects_to_second
from promoter.trail.changes import Changes
from promoter.usecases.deciding import decision_of, promotion_of
from promoter.usecases.differing import (
    Differing,
    commits_between,
    items_between,
    urls_between,
    variables_between,
)
from promoter.usecases.drafting import ensure_genesis, require_standing, write
from promoter.usecases.foreclosed import foreclosed
from promoter.usecases.identity import identity
from promoter.usecases.opening import release_named, required_reason, short_seats
from promoter.usecases.outdating import Outdated, ending, going_stale, left_behind, still_counting
from promoter.usecases.pinned import Rules, pinned_rules, rules_of, with_relooked
from promoter.usecases.pinning import files_pinned, pinned_ca, pinner
from promoter.usecases.standing import chosen_promotion
from promoter.usecases.workspace import Workspace


@frozen
class Plan:
    """What an amendment changes, before it is written. `agrees_to` is the one that it is the second voice for;
    `brought` and `gone` are commits, None where the release stays or is unbound. `stale` is what counted and
    does not any more, `survives` the sign-offs (item, by whom) that still do. `waits` when somebody else has to agree;
    `warnings` are what keeps anybody from signing by then."""

    promotion: Promotion
    content: Amended
    release: Release
    brought: Changes | None
    gone: Changes | None
    items: tuple[Differing, ...]
    variables: tuple[Differing, ...]
    urls: tuple[Differing, ...]
    looser: tuple[Message, ...]
    stale: tuple[Outdated, ...]
    survives: tuple[tuple[str, str], ...]
    waits: bool
    warnings: tuple[Message, ...]
    blobs: dict[str, bytes]
    agrees_to: Amendment | None = None


def proposed(
    workspace: Workspace,
    promotion: str | None,
    reason: str,
    *,
    release: str | None = None,
    commit: str | None = None,
    rules: bool = False,
) -> Plan:
    """What an amendment would change: `release` its release (`commit` is any revision, by default HEAD), `rules`
    its pipeline and checklist, to those of the work tree.

    Raises UsageError when that is nothing or there is no reason, Refused, ProblemsFound, CannotAct.
    """
    chosen = _chosen(workspace, promotion)
    if release is None and commit is not None:
        raise UsageError(phrase(N_("--commit goes with --release")))
    if release is None and not rules:
        raise UsageError(
            phrase(N_("say what to amend")),
            phrase(
                N_("--release NAME moves the release, --rules takes the work tree's pipeline and checklist")
            ),
        )
    to = release_named(workspace, release, commit) if release is not None else None
    blobs: dict[str, bytes] = {}
    before = rules_of(workspace, chosen)
    after, pins = _work_tree(workspace, chosen, blobs) if rules else (before, None)
    content = Amended(required_reason(reason), None if to == chosen.release else to, pins)
    if content.release is None and content.rules is None:
        raise UsageError(
            phrase(N_("nothing would change: that is what the promotion has")),
            phrase(N_("'promoter status' shows its release, 'git diff' what you changed")),
        )
    plan = _plan(workspace, chosen, content, before, after)
    return replace(plan, blobs=blobs)


def agreed(workspace: Workspace, promotion: str | None, amendment: str, reason: str = "") -> Plan:
    """What the amendment that waits under an id, or the beginning of it, would change once the user agrees to it.

    Raises UsageError when none is meant, Refused when the user cannot be the second person, TrailUntrusted,
    CannotAct.
    """
    chosen = _chosen(workspace, promotion)
    one = _waiting(chosen, amendment)
    _require_second(workspace, one)
    content = replace(one.content, reason=reason.strip())
    terms = amended_terms(_terms(chosen), content)
    plan = _plan(
        workspace, chosen, content, rules_of(workspace, chosen), pinned_rules(workspace, terms.pinned)
    )
    return replace(plan, waits=False, agrees_to=one)


def withdraw(workspace: Workspace, promotion: str | None, amendment: str, reason: str) -> Recorded:
    """Takes back an amendment that the user proposed and nobody agreed to yet.

    Raises UsageError when none is meant or there is no reason, Refused when somebody else proposed it, TrailUntrusted,
    CannotAct.
    """
    chosen = _chosen(workspace, promotion)
    one = _waiting(chosen, amendment)
    by = one.proposed.entry.actor
    if by.id != identity(workspace).actor.id:
        raise Refused(
            phrase(N_("only {name} takes back what {name} proposed"), name=by.name),
            phrase(N_("as long as nobody agrees to it, it changes nothing")),
        )
    content = Amended(required_reason(reason))
    refers_to = (one.proposed.entry.id,)
    return write(workspace, EntryType.AMENDED, content, promotion=chosen, refers_to=refers_to)


def amend(workspace: Workspace, plan: Plan) -> Recorded:
    """Writes what was shown; raises Refused when the promotion was amended meanwhile, CannotAct."""
    now = promotion_of(workspace, plan.promotion.id)
    if now is None or _terms(now) != _terms(plan.promotion):
        raise Refused(
            phrase(N_("the promotion has been amended since you looked")),
            phrase(N_("look again, then amend")),
        )
    refers_to = (plan.agrees_to.proposed.entry.id,) if plan.agrees_to else ()
    return write(
        workspace, EntryType.AMENDED, plan.content, promotion=now, refers_to=refers_to, blobs=plan.blobs
    )


def _chosen(workspace: Workspace, promotion: str | None) -> Promotion:
    chosen = chosen_promotion(workspace, promotion)
    ensure_genesis(workspace)
    require_standing(workspace, identity(workspace), person=True)
    return chosen


def _waiting(chosen: Promotion, amendment: str) -> Amendment:
    """The amendment that waits under an id, or the beginning of it."""
    waiting = [each for each in chosen.amendments if each.state is AmendmentState.WAITING]
    meant = [each for each in waiting if each.proposed.entry.id.startswith(amendment.upper())]
    if len(meant) == 1 and amendment:
        return meant[0]
    names = [each.proposed.entry.id for each in waiting]
    raise UsageError(
        phrase(N_("no one amendment that waits is named {name}"), name=amendment),
        phrase(N_("the ones that wait are: {names:list}"), names=names)
        if names
        else phrase(N_("none waits: 'promoter log --type amended' shows what became of them")),
    )


def _require_second(workspace: Workspace, one: Amendment) -> None:
    who, roster = identity(workspace), workspace.state.roster
    first = one.proposed
    voice = replace(
        first, entry=replace(first.entry, actor=who.actor), roles=who.roles if roster else None, commit=""
    )
    why = objects_to_second(first, voice, workspace.state.admins)
    if why is not None:
        raise Refused(
            phrase(N_("this would not count: {why}"), why=why),
            phrase(N_("a roster-admin other than {by} agrees"), by=first.entry.actor.name)
            if roster
            else phrase(N_("somebody other than {by} agrees"), by=first.entry.actor.name),
        )


def _work_tree(
    workspace: Workspace, promotion: Promotion, blobs: dict[str, bytes]
) -> tuple[Rules, PinnedRules | None]:
    """The rules of the work tree, pinned; None where they are those that are pinned already."""
    transition, pinned = promotion.transition, promotion.pinned
    rules = Rules(workspace.pipeline, workspace.checklist(transition))
    way = (rules.checklist.from_environment, rules.checklist.to_environment)
    if way != (promotion.from_environment, promotion.to_environment):
        raise UsageError(
            phrase(
                N_("the checklist leads from {source} to {target}, and the promotion does not"),
                source=way[0],
                target=way[1],
            ),
            phrase(N_("open another promotion for that")),
        )
    pin = pinner(workspace, blobs)
    pipeline, checklist = files_pinned(workspace, transition, pin)
    pins = PinnedRules(
        pipeline=pipeline,
        checklist=checklist,
        replaces=pinned.pipeline.digest,
        ca_file=pinned_ca(workspace, transition, pin),
    )
    was = (pinned.pipeline, pinned.checklist, pinned.ca_file)
    same = all(
        (one.digest if one else None) == (other.digest if other else None)
        for one, other in zip((pins.pipeline, pins.checklist, pins.ca_file), was, strict=True)
    )
    if same:
        blobs.clear()
    return rules, None if same else pins


def _plan(workspace: Workspace, promotion: Promotion, content: Amended, before: Rules, after: Rules) -> Plan:
    terms = amended_terms(_terms(promotion), content)
    as_if = _as_if(workspace, promotion, content)
    pins = terms.pinned.pipeline, terms.pinned.checklist
    workspace.rules_read.setdefault(pins, (after.pipeline, after.checklist))
    would_be = with_relooked(
        workspace,
        replace(
            promotion,
            release=terms.release,
            checklist_digest=terms.checklist_digest,
            pinned=terms.pinned,
            amendments=(*promotion.amendments, as_if),
            history=(*promotion.history, as_if.proposed),
        ),
    )
    now = workspace.now()
    was, will = (decision_of(workspace, *each, now) for each in ((promotion, before), (would_be, after)))
    moved = content.release is not None
    asker = identity(workspace).actor if moved else promotion.opened.entry.actor
    brought, gone = commits_between(workspace, promotion.release, terms.release) if moved else (None, None)
    return Plan(
        promotion=promotion,
        content=content,
        release=promotion.release,
        brought=brought,
        gone=gone,
        items=tuple(items_between(before.checklist, after.checklist)),
        variables=tuple(variables_between(before.target, after.target)),
        urls=tuple(urls_between(before.target.urls, after.target.urls)),
        looser=loosening.looser((before.checklist, before.target), (after.checklist, after.target)),
        stale=tuple(going_stale(was, will)),
        survives=tuple(still_counting(will)),
        waits=content.rules is not None,
        warnings=(
            *short_seats(workspace, after.checklist, after.target, terms.release, asker),
            *foreclosed(after.checklist, after.target, workspace.state.roster, asker),
            *ending(was, will),
            *left_behind(workspace, promotion.release, terms.release),
        ),
        blobs={},
    )


def _as_if(workspace: Workspace, promotion: Promotion, content: Amended) -> Amendment:
    """The amendment as if it were in force: whoever moves a release is one of those who ask for it."""
    entry = replace(promotion.opened.entry, actor=identity(workspace).actor, content=content)
    would_be = replace(promotion.opened, entry=entry, commit="")
    return Amendment(would_be, _terms(promotion), AmendmentState.IN_FORCE)


def _terms(promotion: Promotion) -> Terms:
    return Terms(promotion.release, promotion.checklist_digest, promotion.pinned)

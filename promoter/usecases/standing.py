"""Where a promotion stands: what every face shows."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from promoter.errors import UsageError
from promoter.gate import Decision
from promoter.messages import N_, NP_, Message, Template, message, phrase
from promoter.model.checklist import Checklist
from promoter.model.entry import Opened
from promoter.model.environment import AccessLevel, Demand, Environment, Pipeline
from promoter.model.roster import Roster
from promoter.place import ProblemsFound
from promoter.promotion import Promotion, RunsIn, Stage, TrailState
from promoter.trail.trail import TrailPosition
from promoter.usecases.around import Around, around
from promoter.usecases.deciding import decision_of, promotion_of
from promoter.usecases.loosening import NOTHING_LOOSER, Compared, compared, names_gone
from promoter.usecases.own_trail import require_own_trail
from promoter.usecases.pinned import (
    checklist_to_pin,
    digest_of,
    pipeline_to_pin,
    rules_of,
)
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "internal-environment": N_(
        "{environment} is internal to the service's team: external editors must not use it"
    ),
    "unstable-environment": N_("{environment} is unstable: it may be reset, changed or down at any time"),
    "files-changed": N_(
        "{path} has changed since this promotion was opened; the pinned copy still rules: 'promoter amend --rules' "
        "shows what the new one would change"
    ),
    "roster-differs": N_(
        "the roster in the pipeline differs from the one in force: 'promoter roster diff' shows how and who wrote "
        "it, 'promoter roster apply' puts it in force"
    ),
    "entry-ahead": N_(
        "an entry is dated {at:time}, which is still to come ({path}): 'promoter verify' says what to do"
    ),
    "sign-offs-claimed": N_("there is no roster: sign-offs are claimed, not proven"),
    "entries-not-counted": NP_(
        "{count} entry that was pushed to the trail does not count: 'promoter verify' says why",
        "{count} entries that were pushed to the trail do not count: 'promoter verify' says why",
    ),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything a face shows of one promotion at a moment; pipeline and checklist are as pinned. `beside` is how
    they differ from those of the promotion before."""

    pipeline: Pipeline
    checklist: Checklist
    promotion: Promotion
    decision: Decision
    runs_in: Mapping[str, RunsIn]
    roster: Roster
    trail: TrailPosition
    at: datetime
    demo: bool
    warnings: tuple[Message, ...] = ()
    beside: Compared = NOTHING_LOOSER

    @property
    def target(self) -> Environment:
        """The environment the release goes into."""
        return self.pipeline.environment(self.promotion.to_environment)

    @property
    def source(self) -> Environment:
        """The environment the release comes from."""
        return self.pipeline.environment(self.promotion.from_environment)


def status(workspace: Workspace, promotion: str | None = None, *, at: datetime | None = None) -> Standing:
    """Where a promotion stands now, or as its entries would stand at another moment.

    Raises UsageError when it is not clear which promotion is meant, TrailUntrusted, CannotAct.
    """
    chosen = chosen_promotion(workspace, promotion, reading=True)
    return standing_of(workspace, chosen, at or workspace.now())


def standing_of(
    workspace: Workspace, promotion: Promotion, at: datetime, beside_it: Around | None = None
) -> Standing:
    """The standing of a folded promotion at a moment (UTC)."""
    beside_it = beside_it or around(workspace)
    state = workspace.state_of(promotion.id)
    rules = rules_of(workspace, promotion)
    as_of = state.as_of(promotion)
    decision = decision_of(workspace, promotion, rules, at)
    beside = compared(workspace, promotion, rules, as_of.roster)
    decision = replace(decision, warnings=(*beside.looser, *decision.warnings))
    unproven = [each for each in beside.origins if beside.looser and each.code != "last-changed-by-member"]
    return Standing(
        pipeline=rules.pipeline,
        checklist=rules.checklist,
        promotion=promotion,
        decision=decision,
        runs_in=state.runs_in,
        roster=state.roster,
        trail=beside_it.position,
        at=at,
        demo=state.demo,
        warnings=(
            *environment_warnings(rules.source, rules.target),
            *unproven,
            *_changes(workspace, promotion, state, beside_it.not_followed),
        ),
        beside=beside,
    )


def gate(workspace: Workspace, promotion: str | None = None) -> Standing:
    """Where the promotion stands that a pipeline asks about: without a name the open one, or the latest
    when it is closed and is of the commit that is checked out.

    Raises UsageError as `status` does, and when the latest was about another commit.
    """
    standing = status(workspace, promotion)
    release = standing.promotion.release
    if promotion is None and standing.promotion.stage is not Stage.OPEN:
        head = workspace.repository.commit_of("HEAD")
        if release.commit is not None and release.commit != head:
            raise UsageError(
                phrase(
                    N_("no promotion is open, and the latest was of {release}, which is not checked out"),
                    release=release.name,
                ),
                phrase(N_("open one for this commit, or name one with -p")),
            )
    return standing


def must_be_shared(standing: Standing) -> bool:
    """Whether the target asks for the trail to be shared before anything is promoted, and it is not."""
    return standing.target.shared is Demand.REQUIRED and standing.trail.ahead != 0


def chosen_promotion(
    workspace: Workspace, wanted: str | None, *, reading: bool = False, settling: bool = False
) -> Promotion:
    """The promotion `-p` names; by default the only open one, then, for verbs that read, the latest. `settling`
    for verbs that may also pay the debt of a broken glass, after it was promoted.

    Raises UsageError listing the candidates when it is not clear, or naming `open` when there is none.
    """
    require_own_trail(workspace)
    state = workspace.state
    promotion_id = _chosen_id(state, wanted, reading=reading)
    if promotion_id is None and settling and len(state.glasses) == 1:
        promotion_id = next(iter(state.glasses))
    promotion = promotion_of(workspace, promotion_id) if promotion_id else None
    if promotion is None:
        raise UsageError(
            phrase(N_("no promotion is open")),
            phrase(N_("'promoter open TRANSITION --release NAME' opens one")),
        )
    owes = settling and promotion.stage is Stage.PROMOTED and promotion.id in state.glasses
    if not reading and not owes and promotion.stage is not Stage.OPEN:
        raise UsageError(phrase(N_("promotion {id} is closed"), id=promotion.id))
    return promotion


def _chosen_id(state: TrailState, wanted: str | None, *, reading: bool) -> str | None:
    if wanted is not None:
        named = (
            [each for each in state.promotions if each == wanted],
            [each for each in state.open_promotions if each.startswith(wanted)],
            [each for each in state.promotions if each.startswith(wanted)],
        )
        matches = next((found for found in named if found), [])
        if len(matches) == 1:
            return matches[0]
        raise UsageError(
            phrase(N_("there is no promotion named {name}"), name=wanted)
            if not matches
            else phrase(N_("several promotions start with {name}"), name=wanted),
            phrase(N_("the ones there are: {names}"), names=list(matches or state.promotions[-10:])),
        )
    if len(state.open_promotions) == 1:
        return state.open_promotions[0]
    if state.open_promotions:
        raise UsageError(
            phrase(N_("several promotions are open")),
            phrase(N_("choose one with -p: {names}"), names=list(state.open_promotions)),
        )
    return state.promotions[-1] if reading and state.promotions else None


def environment_warnings(*environments: Environment) -> tuple[Message, ...]:
    """What must be said before anything is done with these environments."""
    return tuple(
        message(code, environment=each.name)
        for each in environments
        for code, applies in (
            ("internal-environment", each.access.level is AccessLevel.INTERNAL),
            ("unstable-environment", each.unstable),
        )
        if applies
    )


def _changed(workspace: Workspace, pinned: Opened) -> Iterator[Path]:
    """The work tree's files that are not what was pinned; what cannot be read is for `lint` to tell."""
    with contextlib.suppress(ProblemsFound):
        if digest_of(pipeline_to_pin(workspace)) != pinned.pipeline.digest:
            yield workspace.pipeline_path
    if pinned.transition in workspace.pipeline_unruled.transitions:
        with contextlib.suppress(ProblemsFound):
            if digest_of(checklist_to_pin(workspace, pinned.transition)) != pinned.checklist.digest:
                yield workspace.checklist_path(pinned.transition)


def _changes(
    workspace: Workspace, promotion: Promotion, state: TrailState, not_followed: tuple[Message, ...]
) -> tuple[Message, ...]:
    warnings = []
    if promotion.stage is Stage.OPEN and workspace.has_pipeline:
        warnings += [
            message("files-changed", path=workspace.relative(path))
            for path in _changed(workspace, promotion.pinned)
        ]
        warnings += names_gone(workspace)
        gone = {(person, key) for _, person, key in workspace.trail.state.retired}
        proposed = workspace.pipeline_unruled.roster.without_keys(gone)
        if proposed and proposed != state.roster:
            warnings.append(message("roster-differs"))
    warnings += workspace.trail.state.conflicts
    warnings += not_followed
    if not state.roster:
        warnings.append(message("sign-offs-claimed"))
    not_counted = workspace.not_counted(promotion.id)
    if not_counted:
        warnings.append(message("entries-not-counted", count=not_counted))
    return tuple(warnings)

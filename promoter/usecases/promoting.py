"""Promoting: the gate is asked again with fresh checks, and its yes is written down."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from promoter.errors import ExitCode, PromoterError, Refused
from promoter.gate import Answer
from promoter.messages import N_, Template, message, phrase
from promoter.model.entry import EntryType, Promoted
from promoter.model.environment import OutcomesBy
from promoter.promotion import Promotion
from promoter.run import RunEvent
from promoter.usecases.deciding import promotion_of
from promoter.usecases.drafting import require_standing, write
from promoter.usecases.identity import identity
from promoter.usecases.news import observed_anything
from promoter.usecases.running import Recording, RunReport, Wishes, run
from promoter.usecases.sharing import sync
from promoter.usecases.standing import Standing, chosen_promotion, must_be_shared, standing_of
from promoter.usecases.workspace import Workspace

PHRASES: Mapping[str, Template] = {
    "machines-stand": N_(
        "no check ran again: {environment} counts only what machines run, and what they found last stands, the oldest of {at:time}"
    ),
}


class GateBlocked(PromoterError):
    """The gate does not open: carries where the promotion stands, and exits as the gate says."""

    def __init__(self, standing: Standing) -> None:
        reasons = [each.message for each in standing.decision.reasons]
        super().__init__(
            phrase(N_("the gate is blocked: {reasons}"), reasons=reasons),
            phrase(N_("'promoter status' says what to do next")),
        )
        self.standing = standing
        self.exit_code = standing.decision.exit_code or ExitCode.NO


async def promote(
    workspace: Workspace,
    promotion: str | None,
    *,
    comment: str = "",
    expected_tip: str | None = None,
    consents: frozenset[str] = frozenset(),
    on_event: Callable[[RunEvent], None],
) -> Standing:
    """Authorises the promotion when the gate is open, and still is after its checks ran again.

    Outcomes that grew too old hold nothing yet. Checks that change something in the world are not run again, nor are commands that nobody agreed to:
    their outcomes stand while young enough. Once the glass was broken, no check is waited for. `expected_tip` is the trail's tip the user decided on: when it has moved, they look again.
    Where the target asks for the trail to be shared, it has to be before, and what the checks came to is shared as well.
    Where only machines' runs count, none is run, for people promote: what machines found last stands, while young enough.
    Raises GateBlocked, Refused, UsageError, TrailUntrusted, CannotAct.
    """
    chosen = chosen_promotion(workspace, promotion)
    require_standing(workspace, identity(workspace), person=True)
    if expected_tip is not None and workspace.trail.tip != expected_tip:
        raise Refused(
            phrase(N_("the trail has changed since you looked")), phrase(N_("look again, then promote"))
        )
    before = standing_of(workspace, chosen, workspace.now())
    if not _only_aged(before):
        _require_open(before)
    _require_shared(before)
    emergency = before.decision.answer is Answer.OPEN_BREAK_GLASS
    by_machines = before.target.outcomes is OutcomesBy.MACHINES
    if by_machines:
        _require_open(before)
    if not (emergency or by_machines) and any(each.checks for each in before.checklist.items):
        wishes = Wishes(recording=Recording.ALWAYS, without_effects=True, consents=consents)
        report = await run(workspace, chosen.id, wishes, on_event=on_event)
        _require_run(report, chosen.id)
    standing = _again(workspace, chosen)
    _require_open(standing)
    if must_be_shared(standing):  # what was observed just now
        sync(workspace)
        standing = _again(workspace, chosen)
        _require_open(standing)
        _require_shared(standing)
    decision = standing.decision
    content = Promoted(
        tip=standing.trail.tip or "",
        entries=standing.trail.entries,
        answer=str(decision.answer),
        claimed=decision.claimed,
        comment=comment.strip(),
    )
    write(workspace, EntryType.PROMOTED, content, promotion=standing.promotion)
    promoted = _again(workspace, chosen)
    oldest = _oldest(promoted) if by_machines else None
    if oldest is None:
        return promoted
    stood = message("machines-stand", environment=promoted.target.name, at=oldest)
    return replace(promoted, warnings=(*promoted.warnings, stood))


def _oldest(standing: Standing) -> str | None:
    """When the oldest of the outcomes was observed that it was promoted on."""
    checks = (check for item in standing.decision.items for check in item.checks)
    return min((each.latest.outcome.at for each in checks if each.passes and each.latest), default=None)


def _again(workspace: Workspace, chosen: Promotion) -> Standing:
    """Where the promotion stands by now."""
    return standing_of(workspace, promotion_of(workspace, chosen.id) or chosen, workspace.now())


def _require_run(report: RunReport, promotion: str) -> None:
    """What nobody agrees to any more may have changed since it passed: its old pass does not promote."""
    held_back = [each.check for each in report.outcomes if not observed_anything(each.outcome)]
    if held_back:
        raise Refused(
            phrase(N_("not promoted: {checks:list} did not run again"), checks=held_back),
            phrase(N_("'promoter trust -p {promotion}' shows what they ask for"), promotion=promotion),
        )


def _only_aged(standing: Standing) -> bool:
    """Whether nothing holds it but outcomes that grew too old, which are asked for again before anything is written."""
    return all(each.message.code in ("check-expired", "check-over") for each in standing.decision.reasons)


def _require_open(standing: Standing) -> None:
    if not standing.decision.answer.is_open:
        raise GateBlocked(standing)


def _require_shared(standing: Standing) -> None:
    if must_be_shared(standing):
        raise Refused(
            phrase(
                N_("{environment} asks for the trail to be shared first"), environment=standing.target.name
            ),
            phrase(N_("'promoter sync' shares it")),
        )

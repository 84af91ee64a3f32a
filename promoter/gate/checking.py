"""Whether the checks of an item speak for this release and definition, now, and what they say."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from promoter.gate.case import CLOCKS_DIFFER, Case, moment, release_label
from promoter.gate.decision import CheckStanding, Hold, Reason, Validity
from promoter.messages import Message, message
from promoter.model.checklist import CheckSpec, Item
from promoter.model.environment import OutcomesBy
from promoter.model.outcome import Verdict
from promoter.model.roster import Person, PersonClass
from promoter.promotion import RecordedOutcome

_VERDICTS = {
    Verdict.FAILED: ("check-failed", Hold.FAILED),
    Verdict.ERRORED: ("check-errored", Hold.UNKNOWN),
    Verdict.SKIPPED: ("check-skipped", Hold.WAITING),
}
_ENDS = "until"
"""The parameter by which reasons and evidence name the moment after which what was observed no longer holds."""
_HOLDS = "holds_until"
"""The parameter by which they name the one after which the check would no longer pass on it."""
_AGELESS = frozenset({"check-undated", "clock-ahead"})


def check_standing(case: Case, item: Item, spec: CheckSpec) -> CheckStanding:
    """How one check stands."""
    standing = replace(_standing(case, item, spec), ends=observed_until(case, item, spec))
    if not standing.passes or standing.latest is None:
        return standing
    return replace(standing, near_end=min(_named(standing.latest, _HOLDS), default=None))


def observed_until(case: Case, item: Item, spec: CheckSpec) -> datetime | None:
    """The earliest end that a check of the kind observed when it last observed any."""
    recorded = case.promotion.outcomes.get((item.id, spec.id), ())
    heard = (
        each for each in reversed(recorded) if case.accepts(each.recorded) and each.outcome.kind == spec.kind
    )
    return min(next(filter(None, map(observed_ends, heard)), ()), default=None)


def _standing(case: Case, item: Item, spec: CheckSpec) -> CheckStanding:
    """How it stands by what it came to.

    Of all that was recorded, only what is signed (or claimed, where that counts), bound to this
    release and definition and made without overrides is looked at; the last of it speaks. So an
    outcome that does not count neither satisfies nor hides one that does.
    """
    recorded = case.promotion.outcomes.get((item.id, spec.id), ())
    if not recorded:
        return CheckStanding(spec, Validity.MISSING, None, message("check-missing", check=spec.id))
    accepted = [each for each in recorded if case.accepts(each.recorded)]
    if not accepted:
        last = recorded[-1].recorded
        why = message("check-claimed", check=spec.id, by=last.entry.actor.name)
        if last.disowned_by is not None and last.why is not None:
            why = message("check-compromised", check=spec.id, why=last.why)
        return CheckStanding(spec, Validity.MISSING, recorded[-1], why)
    bound = [each for each in accepted if _stale(case, item, spec, each) is None]
    if not bound:
        return CheckStanding(spec, Validity.STALE, accepted[-1], _stale(case, item, spec, accepted[-1]))
    able = [each for each in bound if may_run(case, case.roster.person(each.recorded.entry.actor.id))]
    if not able:
        why = message("check-by-person", check=spec.id, by=bound[-1].recorded.entry.actor.name)
        return CheckStanding(spec, Validity.MISSING, bound[-1], why)
    bound = able
    counted = [each for each in bound if not each.outcome.outcome.overrides]
    if not counted:
        why = message("check-overridden", check=spec.id, overrides=bound[-1].outcome.outcome.overrides)
        return CheckStanding(spec, Validity.OVERRIDDEN, bound[-1], why)
    latest = counted[-1]
    if not latest.outcome.outcome.verdict.satisfies:
        return CheckStanding(spec, Validity.CURRENT, latest)
    too_old = _expired(case, spec, latest) or _ended(case, spec, latest)
    return CheckStanding(spec, Validity.EXPIRED if too_old else Validity.CURRENT, latest, too_old)


def check_reason(item: Item, standing: CheckStanding) -> Reason | None:
    """What a check holds its item with; None when it passes."""
    if standing.passes:
        return None
    if standing.why is not None or standing.latest is None:
        why = standing.why or message("check-missing", check=standing.spec.id)
        return Reason(why, Hold.UNKNOWN if why.code in _AGELESS else Hold.WAITING, item.id)
    outcome = standing.latest.outcome.outcome
    code, hold = _VERDICTS.get(outcome.verdict, ("check-errored", Hold.UNKNOWN))
    return Reason(message(code, check=standing.spec.id, summary=outcome.reason), hold, item.id)


def may_run(case: Case, person: Person | None) -> bool:
    """Whether the target counts what somebody of the roster runs (None: who is on none)."""
    if case.environment.outcomes is OutcomesBy.ANYONE:
        return True
    return person is not None and person.person_class is PersonClass.MACHINE


def _stale(case: Case, item: Item, spec: CheckSpec, recorded: RecordedOutcome) -> Message | None:
    outcome, release = recorded.outcome, case.promotion.release
    if outcome.item_digest != item.digest or outcome.kind != spec.kind:
        return message("check-stale-item", check=spec.id)
    if case.promotion.saw_otherwise(recorded.recorded, item.id):
        return message("check-stale-facts", check=spec.id)
    if not item.survives_release and not recorded.release.is_same_as(release):
        was, now = release_label(recorded.release), release_label(release)
        return message("check-stale-release", check=spec.id, was=was, now=now)
    return None


def _expired(case: Case, spec: CheckSpec, recorded: RecordedOutcome) -> Message | None:
    """Why an outcome is too old, or why nobody can tell; None when it is young enough."""
    at = moment(recorded.outcome.at)
    if at is None:
        return message("check-undated", check=spec.id, at=recorded.outcome.at)
    age, allowed = case.now - at, case.checklist.max_age_of(spec)
    if -age > CLOCKS_DIFFER:
        return message("clock-ahead", check=spec.id, at=at.isoformat())
    if age <= allowed:
        return None
    seconds = {"age": age.total_seconds(), "allowed": allowed.total_seconds()}
    return message("check-expired", check=spec.id, at=recorded.outcome.at, **seconds)


def observed_ends(recorded: RecordedOutcome) -> tuple[datetime, ...]:
    """The moments at which what a check observed comes to its end: a certificate, say."""
    return tuple(_named(recorded, _ENDS))


def _ended(case: Case, spec: CheckSpec, recorded: RecordedOutcome) -> Message | None:
    """Why what an outcome observed is not so any more, or would not satisfy any more; None when it would."""
    end = min((*observed_ends(recorded), *_named(recorded, _HOLDS)), default=None)
    if end is None or case.now < end:
        return None
    return message("check-over", check=spec.id, at=end.isoformat())


def _named(recorded: RecordedOutcome, parameter: str) -> Iterator[datetime]:
    outcome = recorded.outcome.outcome
    for said in (outcome.reason, *(piece.observed for piece in outcome.evidence)):
        written = said.parameters.get(parameter) if isinstance(said, Message) else None
        at = moment(written) if isinstance(written, str) else None
        if at is not None:
            yield at

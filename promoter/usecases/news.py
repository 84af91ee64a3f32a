"""Whether what a run came to is news, so that polling does not fill the trail."""

from collections.abc import Iterable

from promoter.gate.case import moment
from promoter.gate.decision import CheckStanding, Validity
from promoter.model.outcome import CheckOutcome, Outcome
from promoter.usecases.standing import Standing

_NOTHING_DONE = frozenset(
    {
        "has-effects",
        "command-not-agreed-to",
        "command-not-bound",
        "secrets-not-agreed-to",
        "several-not-agreed-to",
        "needs-not-met",
    }
)


def observed_anything(outcome: Outcome) -> bool:
    """Whether a check did anything at all: one that nobody agreed to, or whose needs were not met, has not. It
    is not recorded, so that it does not stand in the way of what was observed before."""
    return outcome.reason.code not in _NOTHING_DONE


def is_news(done: Iterable[CheckOutcome], standing: Standing) -> bool:
    """Whether one of the outcomes says something else than what is recorded and still speaks, or what is
    recorded is past half the age it may have."""
    there = {
        (item.item.id, check.spec.id): check for item in standing.decision.items for check in item.checks
    }
    return any(_differs(each, there.get((each.item, each.check)), standing) for each in done)


def _differs(done: CheckOutcome, recorded: CheckStanding | None, standing: Standing) -> bool:
    if recorded is None or recorded.latest is None:
        return True
    before, after = recorded.latest.outcome.outcome, done.outcome
    as_before = Validity.OVERRIDDEN if after.overrides else Validity.CURRENT
    if recorded.validity is not as_before:
        return True
    if (before.verdict, before.reason.code) != (after.verdict, after.reason.code):
        return True
    at = moment(recorded.latest.outcome.at)
    allowed = standing.checklist.max_age_of(recorded.spec)
    return at is None or standing.at - at > allowed / 2

"""What a check observed, and that comes to its end: a certificate, say."""

from datetime import UTC, datetime, timedelta

import pytest

from promoter.gate import Answer
from promoter.gate.expiring import Sort, of_decision
from promoter.messages import Language, message
from promoter.model.checklist import WaiverRule
from promoter.model.outcome import CheckOutcome, Verdict
from promoter.usecases.language import phrasebook
from tests.support.entries import Story
from tests.support.gates import ask, codes, words
from tests.support.nouns import BOB, NOW, at, checklist, item, outcome, roster, seats

ENGLISH = Language(phrasebook=phrasebook)
PEOPLE = roster(alice="integrator", bob="boss", carol="security")
RULES = checklist(
    item("webhook", "certificate"), item("keys", sign_off=seats("security")), waivers=WaiverRule(("boss",))
)
ENDS = NOW + timedelta(days=6)


def seen(verdict: Verdict = Verdict.PASSED, **more: str) -> CheckOutcome:
    reason = message("certificate.valid", until=ENDS.isoformat(), count=6, **more)
    return outcome("webhook", "certificate", verdict, reason=reason)


@pytest.mark.parametrize(
    ("more", "last"),
    [({}, ENDS), ({"holds_until": (ENDS - timedelta(days=2)).isoformat()}, ENDS - timedelta(days=2))],
)
def test_an_outcome_is_good_until_what_it_observed_ends_or_would_no_longer_pass(
    more: dict[str, str], last: datetime
) -> None:
    story = Story()
    story.checked(seen(Verdict.PASSED, **more))
    only = checklist(item("webhook", "certificate"))
    assert ask(only, story, now=last - timedelta(minutes=1)).answer is Answer.OPEN
    decision = ask(only, story, now=last)
    assert codes(decision) == [("webhook", "check-over")]
    assert words(decision, ENGLISH)[0].startswith("what certificate observed is good until 2")


def test_a_waiver_does_not_outlast_what_was_observed_last_whatever_could_not_be_observed_since() -> None:
    story = Story()
    story.checked(seen(Verdict.FAILED))
    story.checked(outcome("webhook", "certificate", Verdict.ERRORED))
    story.waived("webhook", BOB, until=(ENDS + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert ("webhook", "waiver-beyond-end") in codes(ask(RULES, story, roster=PEOPLE))


def test_a_waiver_that_is_dated_ahead_does_not_count_before_its_time() -> None:
    story = Story()
    story.waived("webhook", BOB, until=at(days=-70), days=-60)
    assert ("webhook", "waiver-undated") in codes(ask(RULES, story, roster=PEOPLE))


def test_what_ends_is_due_whether_it_passes_or_not() -> None:
    story = Story()
    story.checked(seen(Verdict.FAILED))
    found = list(of_decision(ask(RULES, story, roster=PEOPLE), RULES, is_open=True))
    assert [(each.sort, each.at) for each in found] == [(Sort.OBSERVED, ENDS.astimezone(UTC))]


def test_the_day_on_which_what_passes_is_too_near_its_end_is_due_while_it_is_open() -> None:
    story, shuts = Story(), ENDS - timedelta(days=2)
    story.checked(seen(holds_until=shuts.isoformat()))
    decision = ask(RULES, story, roster=PEOPLE)
    ends = [each.at for each in of_decision(decision, RULES, is_open=True) if each.sort is Sort.OBSERVED]
    assert ends == [ENDS, shuts]
    runs = [each.at for each in of_decision(decision, RULES, is_open=False) if each.sort is Sort.OBSERVED]
    assert runs == [ENDS]


def test_what_ends_stays_due_when_it_could_not_be_observed_since() -> None:
    story = Story()
    story.checked(seen())
    story.checked(outcome("webhook", "certificate", Verdict.FAILED))
    due = of_decision(ask(RULES, story, roster=PEOPLE), RULES, is_open=True)
    assert [each.at for each in due if each.sort is Sort.OBSERVED] == [ENDS]

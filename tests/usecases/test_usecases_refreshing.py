from promoter.gate import Decision, decide
from promoter.promotion import fold
from promoter.usecases.refreshing import checks_among, outdated
from tests.support.entries import Story
from tests.support.nouns import (
    BOB,
    CAROL,
    NOW,
    V1,
    V2,
    at,
    checklist,
    environment,
    item,
    outcome,
    roster,
    seats,
)

RULES = checklist(item("webhook", "x", "y"), item("rollback", sign_off=seats(count=2)))


def decided(story: Story) -> Decision:
    promotion = fold(story.records)
    assert promotion is not None
    return decide(RULES, promotion, environment=environment(), roster=roster(), reached=(), now=NOW)


def test_an_outcome_past_its_age_is_listed_and_run_again_and_a_fresh_one_is_not() -> None:
    story = Story(V1)
    story.checked(outcome("webhook", "x", days=30), outcome("webhook", "y", days=0))
    found = outdated(decided(story))
    assert [(each.item, each.check, each.why.code) for each in found] == [("webhook", "x", "check-expired")]
    assert checks_among(found) == {("webhook", "x")}


def test_a_check_that_never_ran_went_nowhere() -> None:
    assert outdated(decided(Story(V1))) == ()


def test_a_sign_off_of_another_release_is_listed_by_who_gave_it_until_they_sign_again() -> None:
    story = Story(V1)
    story.signed("rollback", BOB, release=V2)
    story.signed("rollback", CAROL, release=V2)
    found = outdated(decided(story))
    said = [(each.by.name, each.check, each.why.code) for each in found]
    assert said == [(BOB.name, None, "sign-off-stale-release"), (CAROL.name, None, "sign-off-stale-release")]
    assert checks_among(found) == frozenset()
    story.signed("rollback", BOB)
    assert [each.by for each in outdated(decided(story))] == [CAROL]


def test_a_sign_off_that_was_taken_back_is_nothing_to_refresh() -> None:
    story = Story(V1)
    story.revoked(story.signed("rollback", BOB, release=V2))
    assert outdated(decided(story)) == ()


def test_a_waiver_that_ended_is_listed_by_who_gave_it() -> None:
    story = Story(V1)
    story.waived("rollback", BOB, until=at(days=1))
    assert [each.why.code for each in outdated(decided(story))] == ["waiver-expired"]

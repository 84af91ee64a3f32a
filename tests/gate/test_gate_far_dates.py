"""Dates that no calendar has: an entry can be written by hand, and the gate answers all the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.gate.expiring import of_decision
from promoter.model.checklist import ApprovalRule
from promoter.model.entry import Recorded
from promoter.model.environment import BreakGlass
from promoter.model.freeze import FreezeWindow
from tests.support.entries import Story
from tests.support.gates import ask
from tests.support.nouns import ALICE, BOB, NOW, V1, checklist, environment, item, outcome, roster, seats

WILD_TIMES = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-11-22T12:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "soon",
    ]
)
WILD_LENGTHS = st.sampled_from([timedelta.max, timedelta.min, timedelta(), timedelta(days=3650)])
WILD_MOMENTS = st.sampled_from([datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), NOW])


def wall(written: str) -> datetime:
    """What a clock on the wall shows."""
    return datetime.fromisoformat(written)


@settings(max_examples=300)
@given(st.data())
def test_no_date_however_far_makes_the_gate_raise(data: st.DataObject) -> None:
    def odd(story: Story, recorded: Recorded) -> Recorded:
        return story.amend(recorded, at=data.draw(WILD_TIMES))

    rules = checklist(
        item("webhook", "https"),
        item("keys", sign_off=seats("security")),
        approvals=ApprovalRule(seats("security"), data.draw(WILD_LENGTHS)),
        requires_previous=True,
        soak=data.draw(WILD_LENGTHS),
        max_age=data.draw(WILD_LENGTHS),
    )
    people = roster(alice="roster-admin", bob="security")
    window = FreezeWindow(
        "odd",
        wall(data.draw(st.sampled_from(["0001-01-01", "9999-12-31", "2026-11-01"]))),
        wall(data.draw(st.sampled_from(["0001-01-01", "9999-12-31", "2026-12-01"]))),
        data.draw(st.sampled_from(["", "FREQ=DAILY"])),
        passed_by=("security",),
    )
    into = replace(
        environment(freezes=[window] if data.draw(st.booleans()) else []),
        break_glass=BreakGlass(("security",), data.draw(WILD_LENGTHS)),
    )
    trail = Story(roster=people, opener=None)
    odd(trail, trail.adopted("staging", V1))
    declared = odd(trail, trail.frozen(BOB, until=data.draw(WILD_TIMES), begins=data.draw(WILD_TIMES)))
    odd(trail, trail.thawed(ALICE, declared, until=data.draw(WILD_TIMES)))
    story = Story()
    odd(story, story.checked(outcome("webhook", "https")))
    odd(story, story.approved(BOB))
    odd(story, story.waived("keys", BOB, until=data.draw(WILD_TIMES)))
    if data.draw(st.booleans()):
        odd(story, story.broke_glass(BOB))
    if data.draw(st.booleans()):
        odd(story, story.promoted(ALICE))
    state = trail.fold_trail()
    decision = ask(
        rules,
        story,
        roster=people,
        into=into,
        reached=state.reached["staging"],
        stops=state.stops,
        now=data.draw(WILD_MOMENTS),
    )
    assert decision.exit_code in (0, 1, 5, 6)
    assert list(of_decision(decision, rules, is_open=True)) is not None

"""How far in time a trail has come: what one entry dated ahead can do, and what it cannot."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from promoter.model.roster import ROSTER_ADMIN, PersonClass
from promoter.trail.clock import Clock, latest
from promoter.trail.facts import CommitFacts
from promoter.trail.trust import judge
from tests.support.trail_commits import commit, one_by_one, outcome_of, someone
from tests.support.trail_histories import genesis, sign_off
from tests.support.trail_histories import person as member

ALICE, BOB, CAROL = map(someone, ("alice", "bob", "carol"))
ENDS = datetime(2027, 12, 31, tzinfo=UTC)
TODAY, AHEAD = "2026-11-22T12:00:00Z", "2099-01-01T00:00:00Z"

dates = st.integers(0, 10**8).map(
    lambda seconds: datetime.fromtimestamp(1_767_000_000 + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
)
clocks = st.lists(
    st.tuples(dates, st.sampled_from("abcdef"), st.sampled_from(["r/1", "r/2"])), max_size=6
).map(lambda seen: latest(Clock((each,)) for each in seen))


def root() -> CommitFacts:
    bob = replace(member(BOB), valid_until=ENDS)
    return commit(genesis(ALICE, member(ALICE, ROSTER_ADMIN), bob, member(CAROL), at="2026-11-22T10:00:00Z"))


def test_one_person_who_dates_ahead_ends_nobody_s_membership() -> None:
    first = root()
    ahead = commit(sign_off(CAROL, at=AHEAD), after=first)
    bob = commit(sign_off(BOB, at=TODAY), after=ahead)
    assert outcome_of(bob, first, ahead, bob) == "counted"
    history = [first, ahead, bob]
    judgement = judge(history)
    assert not [each for each in judgement.findings if each.message.code == "time-before-parent"]
    assert (judgement.judged, judgement.state) == one_by_one(history)


def test_a_time_that_two_others_reached_ends_a_membership() -> None:
    first = root()
    ahead = commit(sign_off(CAROL, at=AHEAD), after=first)
    too = commit(sign_off(ALICE, at=AHEAD), after=ahead)
    bob = commit(sign_off(BOB, at=TODAY), after=too)
    assert outcome_of(bob, first, ahead, too, bob) == "outside-membership"


def test_the_only_other_one_confirms_a_time() -> None:
    bob = replace(member(BOB), valid_until=ENDS)
    first = commit(genesis(ALICE, member(ALICE, ROSTER_ADMIN), bob, at="2028-01-02T00:00:00Z"))
    backdated = commit(sign_off(BOB, at=TODAY), after=first)
    assert outcome_of(backdated, first, backdated) == "outside-membership"


def test_a_machine_moves_no_clock() -> None:
    entry = sign_off(CAROL, at=AHEAD)
    machine = replace(entry, actor=replace(entry.actor, person_class=PersonClass.MACHINE))
    assert Clock().after(machine, "r/1") == Clock()
    assert Clock().after(entry, "r/1").ahead_of(datetime(2026, 11, 22, tzinfo=UTC)) == ((AHEAD, "r/1"),)
    assert (
        Clock().after(entry, "r/1").ahead_of(datetime(2099, 1, 1, tzinfo=UTC) - timedelta(minutes=59)) == ()
    )


@given(clocks, clocks, clocks)
def test_histories_come_as_far_in_whatever_order_they_are_joined(a: Clock, b: Clock, c: Clock) -> None:
    assert latest((a, latest((b, c)))) == latest((latest((a, b)), c)) == latest((c, a, b))
    assert latest((a, a)) == a


@given(clocks, st.sampled_from("abcdef"))
def test_no_single_person_moves_another_s_time_past_what_a_second_one_reached(
    clock: Clock, person: str
) -> None:
    others = sorted((at for at, who, _ in clock.dates if who != person), reverse=True)
    reached = clock.reached(person)
    if len(others) > 1:
        assert sum(at >= reached for at in others) >= 2

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.errors import ExitCode
from promoter.gate import Answer, Decision, Freeze
from promoter.gate.calendar import calendar, comes
from promoter.messages import Language
from promoter.model.entry import RolledBack, Trust
from promoter.model.freeze import FreezeWindow
from promoter.model.roster import Actor
from promoter.usecases.language import phrasebook
from tests.support.entries import Story
from tests.support.gates import ask, codes, words
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    DAN,
    NOW,
    V1,
    V2,
    at,
    checklist,
    environment,
    item,
    outcome,
    roster,
)


def wall(written: str) -> datetime:
    """What a clock on the wall shows."""
    return datetime.fromisoformat(written)


ENGLISH = Language(phrasebook=phrasebook)
PEOPLE = roster(alice="roster-admin", bob="release-manager", carol="security", dan="security")
RULES = checklist(item("webhook", "https"))
FRIDAY = wall("2026-11-27 18:00")
WEEKEND = FreezeWindow(
    "weekend",
    FRIDAY,
    wall("2026-11-30 08:00"),
    "FREQ=WEEKLY",
    time_zone="Europe/Paris",
    passed_by=("release-manager",),
)
SATURDAY = datetime(2026, 12, 5, 12, tzinfo=UTC)
LONG = timedelta(days=365)


def passing() -> Story:
    story = Story()
    story.checked(outcome("webhook", "https", days=-11))
    return story


def test_a_window_that_repeats_freezes_and_says_when_it_ends() -> None:
    decision = ask(RULES, passing(), into=environment(freezes=[WEEKEND]), now=SATURDAY)
    assert codes(decision) == [(None, "frozen")]
    assert words(decision, ENGLISH) == ["frozen (weekend) until 7 Dec 2026 07:00 UTC"]
    assert decision.exit_code is ExitCode.NOT_YET
    assert decision.freeze == Freeze(SATURDAY, datetime(2026, 12, 7, 7, tzinfo=UTC))


def test_a_freeze_to_come_is_told_and_holds_nothing() -> None:
    thursday = datetime(2026, 12, 3, 12, tzinfo=UTC)
    decision = ask(RULES, passing(), into=environment(freezes=[WEEKEND]), now=thursday)
    assert decision.answer is Answer.OPEN
    friday = datetime(2026, 12, 4, 17, tzinfo=UTC)
    assert decision.freeze == Freeze(friday, datetime(2026, 12, 7, 7, tzinfo=UTC))


def test_the_clock_on_the_wall_rules_when_summer_time_ends() -> None:
    window = FreezeWindow(
        "night", wall("2026-10-24 20:00"), wall("2026-10-25 08:00"), time_zone="Europe/Paris"
    )
    span = calendar([window], datetime(2026, 10, 25, tzinfo=UTC)).spans[0]
    assert (span.begins.hour, span.ends.hour) == (18, 7)
    assert span.ends - span.begins == timedelta(hours=13)


def test_where_a_window_allows_nothing_moves_outside_it_and_a_denial_wins() -> None:
    office = FreezeWindow(
        "office",
        wall("2026-11-02 09:00"),
        wall("2026-11-02 17:00"),
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH",
        allows=True,
        time_zone="UTC",
    )
    audit = FreezeWindow("audit", wall("2026-12-01 12:00"), wall("2026-12-01 13:00"), time_zone="UTC")
    both = calendar([office, audit], datetime(2026, 12, 1, tzinfo=UTC))
    assert [each.id for each in both.frozen(datetime(2026, 12, 1, 8, tzinfo=UTC))] == ["office"]
    assert both.frozen(datetime(2026, 12, 1, 9, tzinfo=UTC)) == ()
    assert [each.id for each in both.frozen(datetime(2026, 12, 1, 12, tzinfo=UTC))] == ["audit"]
    assert both.opens(datetime(2026, 12, 1, 12, tzinfo=UTC)) == datetime(2026, 12, 1, 13, tzinfo=UTC)
    assert both.opens(datetime(2026, 12, 3, 17, tzinfo=UTC)) == datetime(2026, 12, 7, 9, tzinfo=UTC)


def test_a_freeze_without_an_end_in_sight_says_so() -> None:
    past = FreezeWindow(
        "launch", wall("2020-01-01 09:00"), wall("2020-01-01 10:00"), allows=True, time_zone="UTC"
    )
    assert codes(ask(RULES, passing(), into=environment(freezes=[past]), now=SATURDAY)) == [
        (None, "frozen-for-long-for-all")
    ]


@pytest.mark.parametrize(
    "strange",
    [
        FreezeWindow("x", FRIDAY, FRIDAY + timedelta(1), time_zone="Moon/Sea"),
        FreezeWindow("x", FRIDAY, FRIDAY + timedelta(1), "FREQ=WEEKLY;BYDAY=ZZ", time_zone="UTC"),
    ],
)
def test_a_window_that_cannot_be_read_leaves_it_uncertain(strange: FreezeWindow) -> None:
    decision = ask(RULES, passing(), into=environment(freezes=[strange]), now=SATURDAY)
    assert codes(decision) == [(None, "freeze-unreadable")]
    assert decision.exit_code is ExitCode.COULD_NOT_TELL


def test_who_may_pass_a_window_lets_promotions_pass_it_for_a_time() -> None:
    into = environment(freezes=[WEEKEND])
    trail = Story(roster=PEOPLE, opener=None)
    trail.thawed(CAROL, until=at(days=-14), days=-13)
    assert codes(
        ask(RULES, passing(), roster=PEOPLE, into=into, now=SATURDAY, stops=trail.fold_trail().stops)
    ) == [(None, "frozen")]
    trail.thawed(BOB, until=at(days=-13, hours=-2), days=-12.9)
    stops = trail.fold_trail().stops
    decision = ask(RULES, passing(), roster=PEOPLE, into=into, now=SATURDAY, stops=stops)
    assert decision.answer is Answer.OPEN
    elsewhere = environment("production", freezes=[WEEKEND])
    assert (None, "frozen") in codes(
        ask(RULES, passing(), roster=PEOPLE, into=elsewhere, now=SATURDAY, stops=stops)
    )
    later = SATURDAY + timedelta(hours=3)
    assert codes(ask(RULES, passing(), roster=PEOPLE, into=into, now=later, stops=stops)) == [
        (None, "frozen")
    ]


def test_a_declared_freeze_stops_until_it_ends_or_is_thawed() -> None:
    trail = Story(roster=PEOPLE, opener=None)
    declared = trail.frozen(CAROL, until=at(days=-3))
    stops = trail.fold_trail().stops
    decision = ask(RULES, passing_now(), roster=PEOPLE, stops=stops)
    assert words(decision, ENGLISH) == ["frozen by Carol until 25 Nov 2026 12:00 UTC: census"]
    assert decision.freeze == Freeze(NOW, NOW + timedelta(days=3))
    assert (
        ask(RULES, passing_now(), roster=PEOPLE, stops=stops, now=NOW + timedelta(days=3)).answer
        is Answer.OPEN
    )
    trail.thawed(DAN, declared, until=at(days=-1))
    stops = trail.fold_trail().stops
    assert codes(ask(RULES, passing_now(), roster=PEOPLE, stops=stops)) == [(None, "frozen-by")]
    trail.thawed(ALICE, declared, until=at(days=-1))
    stops = trail.fold_trail().stops
    decision = ask(RULES, passing_now(), roster=PEOPLE, stops=stops)
    assert decision.answer is Answer.OPEN
    assert [ENGLISH.say(each) for each in decision.warnings] == [
        "Alice lets promotions pass the freeze that Carol declared (census) until 23 Nov 2026 12:00 UTC: urgent"
    ]
    assert decision.freeze == Freeze(NOW, NOW + timedelta(days=3), NOW + timedelta(days=1))
    later = ask(RULES, passing_now(), roster=PEOPLE, stops=stops, now=NOW + timedelta(days=2))
    assert codes(later) == [(None, "frozen-by")]


@pytest.mark.parametrize(("by", "passes"), [(CAROL, True), (BOB, True), (ALICE, True), (DAN, False)])
def test_a_declared_freeze_is_passed_by_its_author_a_named_role_and_a_roster_admin(
    by: Actor, passes: bool
) -> None:
    trail = Story(roster=PEOPLE, opener=None)
    declared = trail.frozen(CAROL, until=at(days=-3))
    trail.thawed(by, declared, until=at(days=-1))
    into = environment(freezes=[WEEKEND])
    decision = ask(RULES, passing_now(), roster=PEOPLE, into=into, stops=trail.fold_trail().stops)
    assert (decision.answer is Answer.OPEN) is passes


def test_a_thaw_passes_no_freeze_that_was_declared_after_it() -> None:
    trail = Story(roster=PEOPLE, opener=None)
    trail.thawed(ALICE, until=at(days=-1))
    trail.frozen(CAROL, until=at(days=-3))
    assert codes(ask(RULES, passing_now(), roster=PEOPLE, stops=trail.fold_trail().stops)) == [
        (None, "frozen-by")
    ]


def test_a_claimed_thaw_opens_nothing_where_there_is_a_roster() -> None:
    trail = Story(roster=PEOPLE, opener=None)
    declared = trail.frozen(CAROL, until=at(days=-3))
    thawed = trail.thawed(BOB, declared, until=at(days=-1))
    trail.records[-1] = type(thawed)(
        thawed.entry, thawed.commit, thawed.path, thawed.signature, Trust.QUARANTINED
    )
    assert codes(ask(RULES, passing_now(), roster=PEOPLE, stops=trail.fold_trail().stops)) == [
        (None, "frozen-by")
    ]


def passing_now() -> Story:
    story = Story()
    story.checked(outcome("webhook", "https"))
    return story


def test_a_release_soaks_where_it_comes_from_and_goes_on_when_a_newer_one_arrives() -> None:
    rules = checklist(item("webhook", "https"), requires_previous=True, soak=timedelta(days=2))
    there = Story(roster=roster(), opener=None)
    there.adopted("staging", V1)
    there.amend(there.records[-1], at=at(days=1))
    there.adopted("staging", V2)
    reached = there.fold_trail().reached["staging"]
    decision = ask(rules, passing_now(), reached=reached)
    assert words(decision, ENGLISH) == [
        "not long enough in staging: 2 days wanted, so not before 23 Nov 2026 12:00 UTC"
    ]
    assert decision.exit_code is ExitCode.NOT_YET
    assert ask(rules, passing_now(), reached=reached, now=NOW + timedelta(days=1)).answer is Answer.OPEN


def test_a_freeze_ends_where_the_next_one_is_passed_and_every_answer_names_that_moment() -> None:
    launch = FreezeWindow("launch", wall("2026-11-22 11:00"), wall("2026-11-22 15:00"), time_zone="UTC")
    census = FreezeWindow(
        "census",
        wall("2026-11-22 15:00"),
        wall("2026-11-22 21:00"),
        time_zone="UTC",
        passed_by=("release-manager",),
    )
    into, trail = environment(freezes=[launch, census]), Story(roster=PEOPLE, opener=None)
    trail.thawed(BOB, until=at(hours=-12))
    stops = trail.fold_trail().stops
    decision = ask(RULES, passing_now(), roster=PEOPLE, into=into, stops=stops)
    assert words(decision, ENGLISH) == ["frozen (launch) until 22 Nov 2026 15:00 UTC, and nobody may pass it"]
    assert decision.freeze is not None
    assert decision.freeze.until == NOW + timedelta(hours=3)


def test_what_was_rolled_back_no_longer_soaks_until_it_is_declared_there_again_and_then_from_there() -> None:
    rules = checklist(item("webhook", "https"), requires_previous=True, soak=timedelta(days=2), max_age=LONG)
    there = Story(V1, roster=roster())
    there.adopted("preprod", V2)
    there.promoted(BOB)
    there.add(RolledBack(V2, at(), "loses events"), BOB)

    def answered(days: float) -> Decision:
        reached = tuple(
            replace(each, environment="staging") for each in there.fold_trail().reached["preprod"]
        )
        return ask(rules, passing_now(), reached=reached, now=NOW + timedelta(days=days))

    decision = answered(30)
    assert decision.exit_code is ExitCode.NO
    assert words(decision, ENGLISH) == ["Bob rolled v1 (aaaaaaa) back from staging: loses events"]
    there.amend(there.adopted("preprod", V1), at=at(days=-31))
    assert codes(answered(32)) == [(None, "soaking")]
    assert answered(34).answer is Answer.OPEN


@pytest.mark.parametrize(
    ("repeats", "ever"),
    [
        ("FREQ=WEEKLY", True),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", True),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", False),
        ("FREQ=WEEKLY;BYDAY=ZZ", False),
    ],
)
def test_a_repetition_that_never_comes_is_told_apart(repeats: str, ever: bool) -> None:
    assert comes(FreezeWindow("x", FRIDAY, FRIDAY + timedelta(1), repeats)) is ever


windows = st.builds(
    FreezeWindow,
    st.sampled_from("abc"),
    begins := st.datetimes(wall("2025-01-01 00:00"), wall("2027-06-01 00:00")),
    begins,
    st.sampled_from(
        ["", "FREQ=WEEKLY", "FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=DAILY;INTERVAL=3"]
    ),
    st.booleans(),
    st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu"]),
).filter(lambda window: timedelta() < window.lasts < timedelta(days=20))


@settings(max_examples=60, deadline=None)
@given(st.lists(windows, max_size=3), st.datetimes(wall("2026-01-01 00:00"), wall("2027-01-01 00:00")))
def test_it_opens_at_the_first_moment_that_is_not_frozen(all_: list[FreezeWindow], naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC, microsecond=0)
    known = calendar(all_, now)
    opens = known.opens(now)
    if opens is not None:
        assert not known.frozen(opens)
        assert all(known.frozen(each) for each in known.changes(now) if each < opens)
        assert not calendar(all_, opens).frozen(opens)


@settings(max_examples=100, deadline=None)
@given(st.lists(windows, max_size=3), st.datetimes(timezones=st.just(UTC)))
def test_whatever_the_moment_a_calendar_answers_or_says_that_it_cannot(
    all_: list[FreezeWindow], now: datetime
) -> None:
    decision = ask(RULES, passing_now(), into=environment(freezes=all_), now=now)
    assert decision.exit_code in (ExitCode.YES, ExitCode.NOT_YET, ExitCode.COULD_NOT_TELL)

from dataclasses import replace

from promoter.messages import message
from promoter.model.entry import EntryType, Genesis, Reserved, RosterChanged, Trust, Unreadable
from promoter.model.roster import Roster
from tests.support.entries import PROMOTION, TRAIL, Story
from tests.support.nouns import ALICE, BOB, V1, V2, roster

MEMBERS = roster(alice="roster-admin")


def test_an_empty_trail_has_no_id_no_roster_and_no_promotion() -> None:
    state = Story(opener=None).fold_trail()
    assert state.trail is None
    assert not state.roster
    assert state.promotions == ()


def test_the_genesis_names_the_trail_and_its_first_roster() -> None:
    story = Story(roster=MEMBERS, demo=True)
    state = story.fold_trail()
    assert state.trail == TRAIL
    assert state.demo
    assert state.roster == MEMBERS
    assert state.roster_entry == story.records[0].entry.id


def test_a_second_genesis_changes_nothing() -> None:
    story = Story(roster=MEMBERS)
    story.add(Genesis(1, Roster(), demo=True), BOB)
    state = story.fold_trail()
    assert state.roster == MEMBERS
    assert not state.demo


def test_the_last_counted_roster_is_in_force() -> None:
    story = Story(roster=MEMBERS)
    new = story.add(RosterChanged(roster(bob="security")), ALICE)
    story.add(RosterChanged(roster(mallory="roster-admin")), BOB, trust=Trust.QUARANTINED)
    state = story.fold_trail()
    assert state.roster == roster(bob="security")
    assert state.roster_entry == new.entry.id


def test_a_claimed_roster_replaces_none() -> None:
    story = Story(roster=Roster(), trust=Trust.CLAIMED)
    story.add(RosterChanged(MEMBERS), BOB)
    assert not story.fold_trail().roster


def test_a_promotion_is_judged_with_the_roster_and_arrivals_of_when_it_was_promoted() -> None:
    story = Story(V1, roster=MEMBERS)
    arrived = story.adopted("staging", V1)
    open_still = story.fold_trail().as_of(story.fold())
    story.promoted()
    story.adopted("staging", V2)
    story.add(RosterChanged(roster(bob="security")), ALICE)
    story.promoted()
    state = story.fold_trail()
    as_of = state.as_of(story.fold())
    assert as_of == open_still
    assert as_of.roster == MEMBERS
    assert [each.recorded for each in as_of.reached] == [arrived]
    assert state.as_of(replace(story.fold(), id="another")).roster == roster(bob="security")


def test_what_runs_where_is_what_was_promoted_or_adopted_last() -> None:
    story = Story(V1, roster=MEMBERS)
    adopted = story.adopted("preprod", V2)
    promoted = story.promoted()
    story.adopted("staging", V2)
    state = story.fold_trail()
    assert (state.runs_in["preprod"].release, state.runs_in["preprod"].adopted) == (V1, False)
    assert (state.runs_in["staging"].release, state.runs_in["staging"].adopted) == (V2, True)
    assert [each.recorded for each in state.reached["preprod"]] == [adopted, promoted]


def test_promotions_are_listed_oldest_first_and_the_open_ones_apart() -> None:
    story = Story(roster=MEMBERS, opener=None)
    for name in ("01A", "01B", "01C"):
        story.opened(promotion=name)
    story.abandoned(promotion="01B")
    state = story.fold_trail()
    assert state.promotions == ("01A", "01B", "01C")
    assert state.open_promotions == ("01A", "01C")


def test_what_comes_after_a_closing_moves_nothing() -> None:
    story = Story(roster=MEMBERS)
    story.abandoned()
    story.promoted()
    state = story.fold_trail()
    assert state.open_promotions == ()
    assert state.runs_in == {}


def test_promoting_something_never_opened_or_into_another_environment_moves_nothing() -> None:
    story = Story(roster=MEMBERS)
    story.promoted(promotion="01NEVER")
    story.amend(story.promoted(), subject=replace(story.subject(), to_environment="production"))
    state = story.fold_trail()
    assert state.open_promotions == (PROMOTION,)
    assert state.runs_in == {}


def test_entries_of_another_trail_have_no_say() -> None:
    story = Story(roster=MEMBERS)
    story.amend(story.adopted("staging", V1), trail="f" * 32)
    assert story.fold_trail().runs_in == {}


def test_quarantined_entries_have_no_say() -> None:
    story = Story(roster=MEMBERS, trust=Trust.QUARANTINED)
    assert story.fold_trail().trail is None


def test_what_a_newer_version_wrote_of_the_trail_itself_is_kept_apart() -> None:
    story = Story(roster=MEMBERS)
    frozen = story.add(Reserved({}), ALICE, kind=EntryType.FROZEN)
    story.add(Reserved({}), ALICE, kind=EntryType.DELEGATED)
    unknown = Unreadable("r/x.json", "c" * 40, None, message("schema-newer"), blocks=True)
    story.unreadable += [unknown, replace(unknown, promotion=PROMOTION), replace(unknown, blocks=False)]
    assert story.fold_trail().newer == (unknown, frozen)

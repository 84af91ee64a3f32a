"""What runs where, by what was said of it after it was authorised."""

from dataclasses import replace

from promoter.model.entry import Deployed, RolledBack
from promoter.model.release import Release
from promoter.promotion import TrailState
from tests.support.entries import Story
from tests.support.nouns import BOB, V1, V2, at, release, roster

V0 = release("v0", "c")


def promoted(*, earlier: Release | None = V0) -> Story:
    """v1 promoted into preprod, where something was declared before."""
    story = Story(V1, roster=roster())
    if earlier is not None:
        story.adopted("preprod", earlier)
    story.promoted(BOB)
    return story


def runs(state: TrailState) -> tuple[str, str]:
    there = state.runs_in["preprod"]
    return there.release.name, there.how


def test_what_was_deployed_runs_since_that_moment() -> None:
    story = promoted()
    assert runs(story.fold_trail()) == ("v1", "promoted")
    story.add(Deployed(at(hours=3), url="https://ci.example.com/42"), BOB)
    there = story.fold_trail().runs_in["preprod"]
    assert (there.how, there.since, there.url) == ("deployed", at(hours=3), "https://ci.example.com/42")


def test_a_roll_back_makes_the_earlier_release_run_again_and_takes_no_arrival_away() -> None:
    story = promoted()
    story.add(RolledBack(V0, at(), "loses events"), BOB)
    state = story.fold_trail()
    assert runs(state) == ("v0", "rolled-back")
    assert [each.release.name for each in state.reached["preprod"]] == ["v0", "v1"]
    assert state.runs_in["preprod"].adopted is True


def test_what_was_rolled_back_and_deployed_again_runs_again() -> None:
    story = promoted()
    story.add(RolledBack(V0, at(), "loses events"), BOB)
    story.add(Deployed(at()), BOB)
    assert runs(story.fold_trail()) == ("v1", "deployed")


def test_nobody_rolls_back_to_what_never_got_there_or_deploys_what_was_not_promoted() -> None:
    story = promoted()
    story.add(RolledBack(V2, at(), "no such thing"), BOB)
    assert runs(story.fold_trail()) == ("v1", "promoted")
    unpromoted = Story(V1, roster=roster())
    unpromoted.add(Deployed(at()), BOB)
    assert "preprod" not in unpromoted.fold_trail().runs_in


def test_a_deployment_of_another_release_under_the_promotions_name_says_nothing() -> None:
    story = promoted()
    said = story.add(Deployed(at()), BOB)
    assert said.entry.subject is not None
    story.amend(said, subject=replace(said.entry.subject, release=V2))
    assert runs(story.fold_trail()) == ("v1", "promoted")


def test_new_commits_are_counted_from_what_it_was_rolled_back_to_and_not_from_what_was_declared_since() -> (
    None
):
    story = promoted()
    assert story.fold_trail().grounds["preprod"].release == V1
    story.add(RolledBack(V0, at(), "loses events"), BOB)
    assert story.fold_trail().grounds["preprod"].release == V0
    story.add(Deployed(at()), BOB)
    assert story.fold_trail().grounds["preprod"].release == V1
    story.adopted("preprod", V2)
    story.add(RolledBack(V1, at(), "oops"), BOB)
    story.add(RolledBack(V2, at(), "declared after what was promoted"), BOB)
    assert story.fold_trail().grounds["preprod"].release == V1


def test_nobody_moves_what_commits_are_counted_from_by_declaring_something_since() -> None:
    story = Story(V1, roster=roster())
    story.adopted("preprod", V1)
    state, promotion = story.fold_trail(), story.fold()
    assert state.as_of(promotion).ground is None
    story.promoted(BOB)
    assert story.fold_trail().promoted[promotion.id].ground is None
    earlier = Story(V1, roster=roster(), opener=None)
    earlier.adopted("preprod", V0)
    earlier.opened(BOB)
    earlier.adopted("preprod", V1)
    ground = earlier.fold_trail().as_of(earlier.fold()).ground
    assert ground is not None
    assert ground.release == V0

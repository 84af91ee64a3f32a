"""Those who wrote a release do not approve it; what nobody can tell is never nobody."""

from dataclasses import replace

import pytest

from promoter.errors import ExitCode
from promoter.gate import Answer, Hold, possible_signers
from promoter.messages import message
from promoter.model.authors import Authors, known_as
from promoter.model.entry import Adopted, RosterChanged
from promoter.model.environment import Rule
from promoter.model.roster import Roster
from tests.support.entries import Story
from tests.support.gates import ask, codes, why
from tests.support.nouns import (
    ALICE,
    BOB,
    CAROL,
    V1,
    V2,
    checklist,
    environment,
    item,
    person,
    release,
    roster,
    seats,
)

STRICT, LAX = environment(authors=Rule.ON), environment(authors=Rule.WARN)
RULES = checklist(item("keys", sign_off=seats("security")))
MEMBERS = roster(bob="security", carol="security")
UNKNOWN = Authors(unknown=message("history-truncated", commit="aaaaaaa"))


def wrote(*emails: str) -> Authors:
    return Authors({each: frozenset({number}) for number, each in enumerate(emails)})


def test_the_sign_off_of_someone_who_wrote_a_commit_never_counts_where_authors_may_not_sign() -> None:
    story = Story(roster=MEMBERS)
    story.signed("keys", BOB)
    decision = ask(RULES, story, roster=MEMBERS, into=STRICT, authors=wrote("bob@example.com"))
    assert why(decision) == "sign-off-by-author"
    assert codes(decision) == [("keys", "sign-off-missing"), ("keys", "sign-off-by-author")]
    assert decision.exit_code is ExitCode.NOT_YET
    story.signed("keys", CAROL)
    assert ask(RULES, story, roster=MEMBERS, into=STRICT, authors=wrote("bob@example.com")).answer.is_open


def test_every_address_that_the_roster_has_for_someone_is_theirs() -> None:
    members = Roster((replace(person("bob", "security"), emails=("bob@example.com", "Bob@Home.example")),))
    story = Story(roster=members)
    story.signed("keys", BOB)
    decision = ask(RULES, story, roster=members, into=STRICT, authors=wrote("bob@home.example"))
    assert why(decision) == "sign-off-by-author"


def test_where_separation_warns_the_sign_off_counts_and_the_answer_says_so() -> None:
    story = Story(roster=MEMBERS)
    story.signed("keys", BOB)
    decision = ask(RULES, story, roster=MEMBERS, into=LAX, authors=wrote("bob@example.com"))
    assert decision.answer is Answer.OPEN
    assert decision.warnings == (message("author-signed", by="Bob", count=1, items=["keys"]),)
    assert ask(RULES, story, roster=MEMBERS, into=environment(authors=Rule.OFF)).warnings == ()


@pytest.mark.parametrize("unknown", [UNKNOWN, None])
def test_history_that_nobody_can_tell_is_never_no_authors(unknown: Authors | None) -> None:
    story = Story(roster=MEMBERS)
    story.signed("keys", BOB)
    decision = ask(RULES, story, roster=MEMBERS, into=STRICT, authors=unknown)
    assert [(each.item, each.hold) for each in decision.reasons] == [(None, Hold.UNKNOWN)]
    assert decision.exit_code is ExitCode.COULD_NOT_TELL
    warned = ask(RULES, story, roster=MEMBERS, into=LAX, authors=UNKNOWN)
    assert [each.code for each in warned.warnings] == ["authors-unknown"]


def test_a_checklist_that_only_machines_answer_asks_for_no_authors() -> None:
    story = Story()
    decision = ask(checklist(item("webhook", "https")), story, into=STRICT, authors=UNKNOWN)
    assert codes(decision) == [("webhook", "check-missing")]


def test_who_wrote_it_neither_waives_nor_leaves_out_an_item_where_authors_may_not_sign() -> None:
    members = roster(bob=["waiver-approver", "security"])
    rules = checklist(item("keys", sign_off=seats("security"), may_not_apply=True), item("web", "https"))
    story = Story(roster=members)
    story.left_out("keys", BOB)
    decision = ask(rules, story, roster=members, into=STRICT, authors=wrote("bob@example.com"))
    assert ("keys", "exemption-by-author") in codes(decision)
    assert decision.items[0].exemptions[0].counts is False


def test_what_was_promoted_over_the_sign_off_of_an_author_was_promoted_while_blocked() -> None:
    story = Story(roster=MEMBERS)
    story.signed("keys", BOB)
    story.promoted(CAROL)
    decision = ask(RULES, story, roster=MEMBERS, into=STRICT, authors=wrote("bob@example.com"))
    assert decision.answer is Answer.PROMOTED
    assert codes(decision)[0] == (None, "promoted-while-blocked")


def test_who_could_sign_leaves_out_those_who_may_not() -> None:
    authors = wrote("bob@example.com")
    assert possible_signers(RULES.items[0].sign_off, MEMBERS, ALICE, STRICT, authors=authors) == {
        "security": 1
    }
    assert possible_signers(RULES.items[0].sign_off, MEMBERS, ALICE, LAX, authors=authors) == {"security": 2}


def test_an_address_that_was_given_up_is_still_whoever_gave_it_ups() -> None:
    story = Story(V1, roster=roster(bob="security"))
    moved = Roster((replace(person("bob", "security"), emails=("bob@new.example",)),))
    story.add(RosterChanged(moved), ALICE)
    state = story.fold_trail()
    assert state.addresses["bob"] == {"bob@example.com", "bob@new.example"}
    authors = known_as(wrote("bob@example.com", "carol@example.com"), state.addresses.values())
    assert authors.written_by(["BOB@new.example"]) == 1
    assert authors.written_by(["carol@example.com"]) == 1


def test_declaring_more_does_not_move_what_new_commits_are_counted_from() -> None:
    story = Story(V1, roster=roster())
    story.adopted("preprod", release("v0", "c"))
    story.adopted("preprod", V2)
    ground = story.fold_trail().grounds["preprod"]
    assert ground.release.name == "v0"
    assert isinstance(ground.recorded.entry.content, Adopted)


def test_what_was_promoted_is_what_new_commits_are_counted_from_and_its_own_are_counted_from_before_it() -> (
    None
):
    story = Story(V1, roster=roster(), opener=None)
    story.adopted("preprod", release("v0", "c"))
    story.opened()
    story.promoted(BOB)
    story.adopted("preprod", V2)
    state = story.fold_trail()
    assert state.grounds["preprod"].release == V1
    before = state.as_of(story.fold()).ground
    assert before is not None
    assert before.release.name == "v0"

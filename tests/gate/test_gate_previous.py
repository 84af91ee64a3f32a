"""What lets a release go on from where it comes from: an open gate, or somebody's word; and what that word does not undo."""

from dataclasses import replace

import pytest

from promoter.errors import ExitCode
from promoter.gate import Answer, Decision
from promoter.messages import Language
from promoter.model.entry import Deployed, RolledBack
from promoter.model.release import Release
from promoter.usecases.language import phrasebook
from tests.support.entries import Story
from tests.support.gates import ask, codes
from tests.support.nouns import ALICE, BOB, CAROL, V1, V2, at, checklist, item, outcome, release, roster

ENGLISH = Language(phrasebook=phrasebook)
RULES = replace(checklist(item("webhook", "https")), requires_previous=True)


def answer(there: Story, *, blocked: bool = False, owed_by: str | None = None) -> Decision:
    """What a gate answers whose release comes from where that happened."""
    story = Story()
    story.checked(outcome("webhook", "https"))
    reached = (
        replace(
            each,
            environment="staging",
            blocked=blocked and not each.adopted,
            owed_by=None if each.adopted else owed_by,
        )
        for each in there.fold_trail().reached["preprod"]
    )
    return ask(RULES, story, reached=tuple(reached))


def rolled_back(to: Release = V2) -> Story:
    """v1 was promoted there, where another ran before, and rolled back to that."""
    there = Story(V1, roster=roster())
    there.adopted("preprod", to)
    there.promoted(BOB)
    there.add(RolledBack(to, at(), "loses events"), BOB)
    return there


@pytest.mark.parametrize("again", ["deployed", "rolled back", "nothing"])
def test_what_was_rolled_back_goes_no_further_whatever_runs_again(again: str) -> None:
    there = rolled_back()
    if again == "deployed":
        there.add(Deployed(at()), ALICE)
    elif again == "rolled back":
        there.add(RolledBack(V1, at(), "it was not that"), ALICE)
    assert codes(answer(there)) == [(None, "previous-rolled-back")]


def test_a_roll_back_is_told_where_somebody_declares_the_release_there_again() -> None:
    there = rolled_back()
    there.adopted("preprod", V1, CAROL)
    decision = answer(there)
    assert decision.answer is Answer.OPEN
    told = [ENGLISH.say(each) for each in decision.warnings]
    assert any("Bob rolled v1 (aaaaaaa) back from staging before" in each for each in told)


def test_what_was_rolled_back_goes_no_further_under_another_name_either() -> None:
    there = Story(V1, roster=roster())
    there.adopted("preprod", V2)
    there.adopted("preprod", release("v1-rc", "a"))
    there.promoted(BOB)
    there.add(RolledBack(V2, at(), "loses events"), BOB)
    assert codes(answer(there)) == [(None, "previous-rolled-back")]


def test_a_release_of_the_same_commit_is_not_what_is_left_by_going_back_to_its_other_name() -> None:
    there = rolled_back(release("v1-rc", "a"))
    assert answer(there).answer is Answer.OPEN


def test_declaring_what_was_promoted_past_a_shut_gate_opens_nothing() -> None:
    there = Story(V1, roster=roster())
    there.promoted(BOB)
    there.adopted("preprod", V1, CAROL)
    [reason] = answer(there, blocked=True).reasons
    assert (reason.message.code, reason.message.parameters["by"]) == ("previous-blocked", "Bob")
    assert answer(there).answer is Answer.OPEN


def test_what_was_declared_before_it_was_promoted_past_a_shut_gate_may_go_on() -> None:
    there = Story(V1, roster=roster())
    there.adopted("preprod", V1, CAROL)
    there.promoted(BOB)
    decision = answer(there, blocked=True)
    assert decision.answer is Answer.OPEN
    assert "previous-declared" in [each.code for each in decision.warnings]


def test_what_got_somewhere_by_a_broken_glass_goes_no_further_while_its_debt_stands() -> None:
    there = Story(V1, roster=roster())
    there.promoted(BOB)
    decision = answer(there, owed_by="v1-preprod-1")
    assert codes(decision) == [(None, "previous-indebted")]
    assert decision.exit_code is ExitCode.NOT_YET
    there.adopted("preprod", V1, CAROL)
    assert codes(answer(there, owed_by="v1-preprod-1")) == [(None, "previous-indebted")]
    assert answer(there).answer is Answer.OPEN

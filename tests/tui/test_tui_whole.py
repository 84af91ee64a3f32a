"""What one does to a promotion by the name of a command, and mostly to it as a whole."""

from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandList
from textual.pilot import Pilot

from promoter.errors import Refused
from promoter.messages import N_, phrase
from promoter.model.checklist import ApprovalRule
from promoter.model.entry import Trust
from promoter.tui.app import PromoterApp
from promoter.tui.desk import Given
from promoter.tui.dialog import DEAF_SECONDS
from promoter.tui.itemlist import WHOLE, ItemList
from promoter.tui.keys import NAMED
from promoter.tui.rules_screen import RulesScreen
from tests.support.desks import FakeDesk, standing
from tests.support.entries import Story
from tests.support.hostile import FORBIDDEN, TERMINAL, scene_of
from tests.support.nouns import ALICE, CAROL, roster, seats
from tests.support.sittings import promotion, settle, shown, sitting, toasts
from tests.support.verbs_by_name import asked, commanded


def nothing_written(desk: FakeDesk) -> bool:
    return {each[0] for each in desk.calls} <= {"status"}


async def test_every_named_verb_is_among_the_commands_and_in_the_help() -> None:
    async with sitting(FakeDesk(), size=(120, 120)) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        for each in NAMED:
            assert hasattr(promotion(app), f"action_{each.action}")
            assert each.help.partition(":")[0] in shown(app)
        await pilot.press("escape", "colon")
        await settle(app, pilot)
        found = "\n".join(str(each.prompt) for each in app.screen.query_one(CommandList).options)
        assert [each.help for each in NAMED if each.help not in found] == []


async def test_an_item_is_remarked_on_by_the_name_of_the_command() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("j")
        await commanded(app, pilot, "remark on this item")
        assert "Comment · credentials" in shown(app)
        assert "This changes no answer." in shown(app)
        await pilot.pause(DEAF_SECONDS + 0.02)
        await pilot.press("tab", *"asked them", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("comment") == [("credentials", "asked them")]
        assert "your comment is recorded" in toasts(app)


@pytest.mark.parametrize(
    ("verb", "wrote"), [("comment_whole", "comment"), ("reject_whole", "reject_promotion")]
)
async def test_what_is_said_of_the_promotion_takes_evidence(verb: str, wrote: str) -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, verb)
        await pilot.press("tab", *"see there", "tab", "tab", *"one.log", "ctrl+j")
        await settle(app, pilot)
        [said] = desk.wrote(wrote)
        assert said[-2:] == ("see there", Given(files=(Path("one.log"),)))


async def test_the_promotion_is_remarked_on_and_a_comment_needs_words() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "comment_whole")
        assert "v1.4.0 cccccccc from staging into preprod" in shown(app)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A comment needs words." in shown(app)
        await pilot.press(*"agreed", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("comment") == [(None, "agreed")]


async def on_whole(app: PromoterApp, pilot: Pilot[Any]) -> None:
    """Moves the cursor to the row of the promotion as a whole."""
    items = promotion(app).query_one(ItemList)
    await pilot.press("g")
    while items.current != WHOLE:
        await pilot.press("j")


async def test_approvals_are_a_row_of_their_own_with_who_approved_and_which_seats_are_free() -> None:
    story = Story(trust=Trust.COUNTED, roster=roster(alice="release-manager", carol="security"))
    story.approved(ALICE)
    rule = ApprovalRule(seats("release-manager", "security"))
    async with sitting(FakeDesk(shown=standing(story=story, approvals=rule))) as (app, pilot):
        assert promotion(app).on_whole
        assert "AS A WHOLE" in shown(app)
        assert "waiting" in shown(app)
        await pilot.press("enter")
        await settle(app, pilot)
        for words in (
            "APPROVALS",
            "✓ 1 of 1 release-manager",
            "◌ 0 of 1 security",
            "✓ Alice as release-manager",
            "✓ signed",
        ):
            assert words in shown(app)


async def test_on_the_row_of_the_promotion_the_keys_of_items_mean_the_promotion() -> None:
    desk = FakeDesk(shown=standing(approvals=ApprovalRule(seats())))
    async with sitting(desk) as (app, pilot):
        await on_whole(app, pilot)
        await pilot.press("s")
        await settle(app, pilot)
        assert "Approve the promotion" in shown(app)
        await pilot.press("escape", "x")
        await settle(app, pilot)
        assert "Reject · the promotion" in shown(app)
        await pilot.pause(DEAF_SECONDS + 0.02)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        await pilot.press(*"no contract", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("reject_promotion") == [("no contract",)]
        assert "the promotion is rejected" in toasts(app)
        await pilot.press("w", "r", "v")
        await settle(app, pilot)
        assert toasts(app).count("That is for one item") == 2
        assert "there is nothing to take back" in toasts(app)
        await pilot.press("e")
        await settle(app, pilot)
        assert isinstance(app.screen, RulesScreen)


async def test_a_rejection_of_the_promotion_is_told_and_taken_back() -> None:
    story = Story()
    story.rejected_whole(ALICE, "the contract is not signed")
    desk = FakeDesk(shown=standing(story=story))
    async with sitting(desk) as (app, pilot):
        assert promotion(app).on_whole
        await pilot.press("enter")
        await settle(app, pilot)
        assert "REJECTIONS" in shown(app)
        assert "“the contract is not signed”" in shown(app)
        dialog = await asked(app, pilot, "revoke_whole")
        assert dialog.heading() == "Take back · your answer to the promotion"
        await pilot.press("tab", *"it is", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("revoke_approval") == [("it is",)]


async def test_the_filter_finds_the_promotion_by_who_approved_it() -> None:
    story = Story()
    story.approved(CAROL)
    shown_now = standing(story=story, approvals=ApprovalRule(seats()))
    async with sitting(FakeDesk(shown=shown_now)) as (app, pilot):
        await pilot.press("slash", *"approved carol")
        await pilot.pause()
        assert "AS A WHOLE" in shown(app)
        assert "HOLDING THE GATE" not in shown(app)


async def test_a_promotion_is_abandoned_with_a_reason() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await commanded(app, pilot, "give the promotion up")
        assert "This ends the promotion for good" in shown(app)
        await pilot.pause(DEAF_SECONDS + 0.02)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        assert desk.wrote("abandon") == []
        await pilot.press(*"v2 replaces it", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("abandon") == [("v2 replaces it",)]
        assert "the promotion is abandoned" in toasts(app)


OPENERS = ["comment", "comment_whole", "reject_whole", "abandon"]


@pytest.mark.parametrize("action", OPENERS)
async def test_escape_leaves_everything_as_it_was(action: str) -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, action)
        assert (app.focused.id if app.focused else None) == "cancel"
        await pilot.press("tab", *"typed", "escape")
        await settle(app, pilot)
        assert app.screen is promotion(app)
        assert nothing_written(desk)


@pytest.mark.parametrize("action", OPENERS)
async def test_a_refusal_is_said_in_the_dialog_and_keeps_what_was_typed(action: str) -> None:
    desk = FakeDesk(refusal=Refused(phrase(N_("you are not on the roster")), phrase(N_("ask an admin"))))
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, action)
        await pilot.press("tab", *"kept words", "ctrl+j")
        await settle(app, pilot)
        for words in ("you are not on the roster", "ask an admin", "kept words"):
            assert words in shown(app)


@pytest.mark.parametrize("action", OPENERS)
@pytest.mark.parametrize("text", ["[/", "[@click=app.quit]text[/]", TERMINAL])
async def test_no_text_crashes_a_dialog_or_gets_through(action: str, text: str) -> None:
    async with sitting(FakeDesk(shown=scene_of(text))) as (app, pilot):
        await asked(app, pilot, action)
        assert {each for each in FORBIDDEN if each != "\n" and each in shown(app)} == set()
    assert app.crash is None


@pytest.mark.parametrize("action", OPENERS)
async def test_nothing_is_asked_about_a_promotion_that_is_closed(action: str) -> None:
    story = Story()
    story.abandoned()
    desk = FakeDesk(shown=standing(story=story))
    async with sitting(desk) as (app, pilot):
        await promotion(app).run_action(action)
        await settle(app, pilot)
        assert app.screen is promotion(app)
        assert "This promotion is closed." in toasts(app)

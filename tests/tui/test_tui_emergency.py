"""Breaking the glass at the full screen, and settling what that leaves."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from promoter.errors import Refused
from promoter.gate import Answer
from promoter.messages import N_, phrase
from promoter.model.checklist import ApprovalRule
from promoter.model.roster import Roster
from promoter.tui.desk import SignOffForm
from promoter.tui.dialog import Dialog
from promoter.tui.office import Office
from promoter.usecases.language import language_for
from promoter.usecases.opening import open_promotion
from promoter.usecases.settings import Settings
from promoter.usecases.standing import Standing
from tests.support.command_line import away_from_home
from tests.support.desks import FakeDesk, standing
from tests.support.entries import Story
from tests.support.git_repositories import Signer, become, make_signer
from tests.support.hostile import FORBIDDEN, TERMINAL
from tests.support.nouns import ALICE, BOB, item, roster, seats
from tests.support.shop_floor import at_work
from tests.support.sittings import promotion, settle, shown, sitting, toasts
from tests.support.small_shop import make_shop
from tests.support.verbs_by_name import asked

OWED = [item("webhook", sign_off=seats("integrator"))]


def in_an_emergency(*, production: bool = False) -> Standing:
    """A promotion that Alice may open in an emergency."""
    return standing(production=production, break_glass=("release-manager",))


def in_debt(*, signed: bool, approvals: ApprovalRule | None = None) -> Standing:
    """A promotion that went through a broken glass without a sign-off, which Bob gave since when `signed`."""
    story = Story(roster=roster(alice="release-manager", bob="integrator"))
    story.broke_glass(ALICE)
    story.promoted(ALICE)
    if signed:
        story.signed("webhook", BOB)
    return standing(story=story, items=OWED, break_glass=("release-manager",), approvals=approvals)


async def test_the_glass_is_broken_with_a_reason_and_the_name_of_the_release() -> None:
    desk = FakeDesk(shown=in_an_emergency())
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "emergency")
        for words in (
            "EMERGENCY · PREPROD",
            "over 9 reasons",
            "▸ webhook: ",
            "more",
            "Others owe what is missing, and settle it within 3 days",
            "type v1.4.0 to confirm",
        ):
            assert words in shown(app)
        assert "would not count" not in shown(app)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        await pilot.press(*"payments fail", "ctrl+j")
        await settle(app, pilot)
        assert "this passes over everything" in shown(app)
        assert desk.wrote("break_glass") == []
        await pilot.press(*"v1.4.0", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("break_glass") == [("payments fail",)]
        assert "the glass is broken" in toasts(app)


async def test_whoever_may_not_break_the_glass_is_told_before_they_try() -> None:
    story = Story(roster=roster(alice="integrator", carol="on-call"))
    desk = FakeDesk(shown=standing(story=story, break_glass=("on-call",)))
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "emergency")
        assert "! this would not count:" in shown(app)
        assert "on-call" in shown(app)


async def test_a_refusal_of_the_emergency_is_said_in_the_dialog() -> None:
    desk = FakeDesk(shown=in_an_emergency(), refusal=Refused(phrase(N_("not you")), phrase(N_("ask Carol"))))
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "emergency")
        await pilot.press("tab", *"fire", "tab", *"v1.4.0", "ctrl+j")
        await settle(app, pilot)
        for words in ("not you", "ask Carol", "fire"):
            assert words in shown(app)
        await pilot.press("escape")
        await settle(app, pilot)
        assert app.screen is promotion(app)


async def test_where_there_is_no_glass_to_break_no_dialog_opens() -> None:
    for scene, words in (
        (standing(), "preprod has no rule for emergencies"),
        (standing(done=True, break_glass=("x",)), "there is no glass to break. p promotes."),
        (in_debt(signed=True), "This promotion is closed."),
    ):
        async with sitting(FakeDesk(shown=scene)) as (app, pilot):
            await promotion(app).run_action("emergency")
            await settle(app, pilot)
            assert words in toasts(app)
            assert not isinstance(app.screen, Dialog)


async def test_a_debt_is_told_signed_for_and_settled_after_the_promotion() -> None:
    desk = FakeDesk(shown=in_debt(signed=False))
    async with sitting(desk) as (app, pilot):
        assert promotion(app).on_whole
        assert "‼ owes" in shown(app)
        assert "sign-offs are owed: webhook" in shown(app)
        await promotion(app).run_action("settle")
        await settle(app, pilot)
        assert "sign-offs are owed: webhook. s signs, a approves; then it is settled." in toasts(app)
        await pilot.press("enter")
        await settle(app, pilot)
        assert "webhook lacks a sign-off: integrator" in shown(app)
        await pilot.press("escape", "j", "s")
        await settle(app, pilot)
        assert "Sign off · webhook" in shown(app)
        await pilot.press("escape", "x")
        await settle(app, pilot)
        assert "This promotion is closed." in toasts(app)
    desk = FakeDesk(shown=in_debt(signed=True))
    async with sitting(desk) as (app, pilot):
        assert "all is given; someone else settles the debt" in shown(app)
        await asked(app, pilot, "settle")
        assert "Alice broke the glass: payments fail" in shown(app)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "Say what was found" in shown(app)
        await pilot.press(*"nothing", "escape")
        await settle(app, pilot)
        assert desk.wrote("settle") == []
        await asked(app, pilot, "settle")
        await pilot.press("tab", *"all looked at", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("settle") == [("all looked at",)]
        assert "the debt is settled" in toasts(app)


async def test_an_approval_that_is_owed_can_be_given_after_the_promotion() -> None:
    desk = FakeDesk(shown=in_debt(signed=True, approvals=ApprovalRule(seats())))
    async with sitting(desk) as (app, pilot):
        await pilot.press("enter")
        await settle(app, pilot)
        assert "approvals are owed" not in toasts(app)
        await pilot.press("a")
        await settle(app, pilot)
        assert "Approve the promotion" in shown(app)


async def test_nothing_is_settled_where_no_glass_was_broken() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await promotion(app).run_action("settle")
        await settle(app, pilot)
        assert "nothing is owed" in toasts(app)


@pytest.mark.parametrize("text", ["[/", "[@click=app.quit]text[/]", TERMINAL])
async def test_no_text_gets_through_the_dialogs_of_an_emergency(text: str) -> None:
    story = Story(roster=Roster(), opener=None)
    held = story.amend(story.held(ALICE), actor=type(ALICE)(text, text, text, text, ALICE.person_class))
    desk = FakeDesk(shown=standing(stops=[held], break_glass=("release-manager",)))
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "emergency")
        assert {each for each in FORBIDDEN if each != "\n" and each in shown(app)} == set()
    assert app.crash is None


@pytest.fixture
def people(tmp_path: Path) -> Iterator[tuple[Signer, Signer]]:
    with away_from_home(tmp_path / "home"):
        yield (
            make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com"),
            make_signer(tmp_path / "keys", "Bob Durand", "bob@example.com"),
        )


def test_an_office_breaks_the_glass_and_settles_what_it_left(
    tmp_path: Path, people: tuple[Signer, Signer]
) -> None:
    alice, bob = people
    shop = make_shop(tmp_path / "shop", (alice, ("operations", "on-call")), (bob, ("security", "operations")))
    pipeline = shop / "checklists" / "pipeline.yaml"
    rule = "    break_glass: {roles: [on-call], settle_within: 24h}\n"
    pipeline.write_text(pipeline.read_text().replace("    data: real\n", "    data: real\n" + rule))
    with at_work(shop) as workspace:
        name = open_promotion(workspace, "staging-to-preprod", "v1").standing.promotion.id
    become(shop, alice)
    office = Office(Settings(shop), language_for("en", {}))
    office.break_glass(name, "payments fail")
    opened = office.status(name)
    assert isinstance(opened, Standing)
    assert opened.decision.answer is Answer.OPEN_BREAK_GLASS
    assert office.promote(name, "at once", None, lambda progress: None, Event())
    with pytest.raises(Refused):
        office.settle(name, "done")
    become(shop, bob)
    office.sign(name, "rollback", SignOffForm())
    office.sign(name, "accounts", SignOffForm(fields={"kept": "team vault"}))
    office.settle(name, "reviewed together")
    closed = office.status(name)
    assert isinstance(closed, Standing)
    assert closed.decision.glass is not None
    assert closed.decision.glass.debt is not None
    assert not closed.decision.glass.debt.stands

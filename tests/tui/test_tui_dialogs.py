"""Dialogs that write to the trail, and how they cannot be confirmed by accident."""

from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual.pilot import Pilot

from promoter.errors import Refused
from promoter.messages import N_, phrase
from promoter.model.checklist import ApprovalRule
from promoter.model.entry import Trust
from promoter.model.environment import OutcomesBy
from promoter.model.roster import Roster
from promoter.tui.app import PromoterApp
from promoter.tui.desk import Given, SignOffForm
from promoter.tui.dialog import DEAF_SECONDS, Dialog
from tests.support.desks import FakeDesk, identity, standing
from tests.support.entries import Story
from tests.support.nouns import ALICE, CAROL, item, seats
from tests.support.sittings import promotion, settle, shown, sitting, toasts

OPENERS = {"s": "sign", "x": "reject", "v": "revoke", "w": "waive", "h": "hold"}


async def opened(app: PromoterApp, pilot: Pilot[Any], *keys: str) -> None:
    """Opens a dialog and waits until it listens."""
    await pilot.press(*keys)
    await settle(app, pilot)
    assert isinstance(app.screen, Dialog)
    await pilot.pause(DEAF_SECONDS + 0.02)


async def test_signing_needs_ctrl_j_and_records_the_comment_and_the_evidence() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "s")
        assert "Endpoint webhook HTTPS" in shown(app)
        assert "as Alice <alice@example.com>" in shown(app)
        await pilot.press("tab", *"seen", "tab", *"https://a.example", "enter", *"https://b.example")
        await pilot.press("tab", *"notes.txt", "ctrl+j")
        await settle(app, pilot)
        form = SignOffForm("seen", {}, ("https://a.example", "https://b.example"), (Path("notes.txt"),))
        assert [("webhook", form)] == desk.wrote("sign")
        assert "webhook is signed off" in toasts(app)
        assert app.screen is promotion(app)


@pytest.mark.parametrize("key", list(OPENERS))
async def test_cancel_has_the_focus(key: str) -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await pilot.press("j", key)
        await settle(app, pilot)
        assert (app.focused.id if app.focused else None) == "cancel"


@pytest.mark.parametrize("key", list(OPENERS))
async def test_the_key_that_opened_a_dialog_does_not_confirm_it_held_or_repeated(key: str) -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("j", key)
        await settle(app, pilot)
        await pilot.press(*[key] * 4)
        await pilot.pause(DEAF_SECONDS)
        await pilot.press(*[key] * 4)
        await settle(app, pilot)
        assert isinstance(app.screen, Dialog)
        assert desk.wrote(OPENERS[key]) == []


async def test_enter_confirms_nothing_wherever_the_focus_is() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        for keys in ((), ("tab",), ("shift+tab",)):
            await opened(app, pilot, "s")
            await pilot.press(*keys, *["enter"] * 5)
            await settle(app, pilot)
            if isinstance(app.screen, Dialog):
                await pilot.press("escape")
                await settle(app, pilot)
        assert desk.wrote("sign") == []


async def test_a_dialog_that_has_just_opened_is_deaf() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("s")
        await settle(app, pilot)
        assert isinstance(app.screen, Dialog)
        app.screen.opened_at = monotonic() + 0.5
        await pilot.press("ctrl+j", "enter")
        await settle(app, pilot)
        assert desk.wrote("sign") == []
        assert isinstance(app.screen, Dialog)
        app.screen.opened_at = monotonic() - DEAF_SECONDS
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert len(desk.wrote("sign")) == 1


async def test_the_button_confirms_with_space_and_with_the_mouse() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "s")
        await pilot.press("shift+tab")
        assert (app.focused.id if app.focused else None) == "accept"
        await pilot.press("enter")
        await settle(app, pilot)
        assert desk.wrote("sign") == []
        await pilot.press("space")
        await settle(app, pilot)
        assert len(desk.wrote("sign")) == 1
        await opened(app, pilot, "s")
        await pilot.click("#accept")
        await settle(app, pilot)
        assert len(desk.wrote("sign")) == 2


async def test_into_production_the_release_is_typed() -> None:
    desk = FakeDesk(shown=standing(production=True))
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "s")
        assert "PRODUCTION: type v1.4.0 to confirm" in shown(app)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("sign") == []
        assert "Type v1.4.0 to confirm" in shown(app)
        await pilot.press(*"v1.4.0", "ctrl+j")
        await settle(app, pilot)
        assert len(desk.wrote("sign")) == 1


async def test_a_form_says_which_field_is_empty_and_goes_there() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("j", "j", "j", "j")
        await opened(app, pilot, "s")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "Fill in: Name of the contact" in shown(app)
        await pilot.press(*"Zoe", "tab", *"0102", "ctrl+j")
        await settle(app, pilot)
        assert "asks for evidence" in shown(app)
        await pilot.press(*"https://c.example", "ctrl+j")
        await settle(app, pilot)
        assert [
            ("support-contact", SignOffForm("", {"name": "Zoe", "phone": "0102"}, ("https://c.example",)))
        ] == desk.wrote("sign")


@pytest.mark.parametrize("key", ["x", "v"])
async def test_rejecting_and_taking_back_need_a_reason(key: str) -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("j")
        await opened(app, pilot, key)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        await pilot.press(*"wrong", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote(OPENERS[key]) == [("credentials", "wrong")]


async def test_a_rejection_takes_links_and_files() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "j", "x")
        await pilot.press("tab", *"it fails", "tab", *"https://a.example", "enter", *"https://b.example")
        await pilot.press("tab", *"one.log", "enter", *"two.log", "ctrl+j")
        await settle(app, pilot)
        given = Given(("https://a.example", "https://b.example"), (Path("one.log"), Path("two.log")))
        assert [("credentials", "it fails", given)] == desk.wrote("reject")


async def test_taking_back_takes_no_evidence() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await opened(app, pilot, "j", "v")
        assert not app.screen.query("#evidence")


async def test_there_is_nothing_to_take_back_where_nobody_answered() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await pilot.press("v")
        assert "there is nothing to take back" in toasts(app)


async def test_a_refusal_is_said_in_the_dialog_and_loses_nothing_typed() -> None:
    desk = FakeDesk(
        refusal=Refused(phrase(N_("you are not on the roster")), phrase(N_("ask a roster-admin")))
    )
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "s")
        await pilot.press("tab", *"kept", "ctrl+j")
        await settle(app, pilot)
        text = shown(app)
        for words in ("you are not on the roster", "ask a roster-admin", "kept"):
            assert words in text


async def test_where_only_machines_runs_count_promoting_says_that_no_check_runs_again() -> None:
    done = standing(done=True)
    into = replace(done.target, outcomes=OutcomesBy.MACHINES)
    places = tuple(into if each.name == into.name else each for each in done.pipeline.environments)
    desk = FakeDesk(shown=replace(done, pipeline=replace(done.pipeline, environments=places)))
    async with sitting(desk) as (app, pilot):
        await pilot.press("p")
        await settle(app, pilot)
        assert "No check runs again: only what machines run counts here" in " ".join(shown(app).split())


async def test_an_open_gate_is_promoted_with_the_tip_that_was_looked_at() -> None:
    done = standing(done=True)
    desk = FakeDesk(shown=done)
    assert done.decision.answer.is_open
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "p")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert [("", done.trail.tip)] == desk.wrote("promote")


async def test_a_machine_without_a_signing_key_is_told_so() -> None:
    desk = FakeDesk(who=identity(signing=False))
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "s")
        assert "not signed: git has no signing key" in shown(app)


async def test_escape_leaves_without_doing_anything() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("s")
        await settle(app, pilot)
        await pilot.press("escape")
        await settle(app, pilot)
        assert app.screen is promotion(app)
        assert desk.wrote("sign") == []


async def test_waiving_asks_until_when_and_why() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await pilot.press("j")
        await opened(app, pilot, "w")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        await pilot.press(*"booked", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("waive") == [("credentials", ("booked", "7d"))]
        assert "credentials is waived" in toasts(app)


async def test_what_cannot_be_let_be_says_so_and_opens_no_dialog() -> None:
    items = [
        item("keys", sign_off=seats(), waivable=False),
        item("support", sign_off=seats(), may_not_apply=True),
    ]
    desk = FakeDesk(shown=standing(items=items))
    async with sitting(desk) as (app, pilot):
        await pilot.press("j", "w", "n")
        await settle(app, pilot)
        assert app.screen is promotion(app)
        assert "keys cannot be waived" in toasts(app)
        assert "keys applies to every release" in toasts(app)
        await pilot.press("j")
        await opened(app, pilot, "n")
        await pilot.press("tab", *"read only", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("exclude") == [("support", "read only")]


async def test_the_line_is_stopped_and_goes_on_with_the_same_key() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "h")
        assert "Nothing is promoted into preprod until somebody lifts this." in shown(app)
        await pilot.press("tab", "tab", *"incident", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("hold") == [("preprod", "incident", None)]
        await opened(app, pilot, "h")
        await pilot.press("tab", *"v1.4.0", "tab", *"loses events", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("hold")[1:] == [("preprod", "loses events", "v1.4.0")]
    story = Story(roster=Roster(), opener=None, trust=Trust.COUNTED)
    held = story.held(CAROL)
    desk = FakeDesk(shown=standing(stops=[held]))
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "h")
        assert "stopped by Carol: incident" in shown(app)
        await pilot.press("tab", *"over", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("lift") == [(held.entry.id, "over")]


async def test_the_promotion_is_approved_as_a_whole() -> None:
    desk = FakeDesk(shown=standing(approvals=ApprovalRule(seats("release-manager"))))
    async with sitting(desk) as (app, pilot):
        assert "0 of 1 approval" in shown(app)
        await opened(app, pilot, "a")
        assert "Approve the promotion" in shown(app)
        await pilot.press("tab", *"seen", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("approve") == [(SignOffForm("seen", {}, (), ()),)]
        assert "the promotion is approved" in toasts(app)


async def test_whoever_approved_is_asked_why_they_take_it_back() -> None:
    story = Story(trust=Trust.CLAIMED)
    story.approved(ALICE)
    desk = FakeDesk(shown=standing(story=story, approvals=ApprovalRule(seats())))
    async with sitting(desk) as (app, pilot):
        await opened(app, pilot, "a")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        await pilot.press(*"early", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("revoke_approval") == [("early",)]


async def test_a_checklist_that_asks_for_no_approval_says_so() -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await pilot.press("a")
        assert "asks for no approval" in toasts(app)

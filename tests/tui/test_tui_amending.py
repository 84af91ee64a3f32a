"""Amending at the full screen: what is proposed, agreed to, and taken back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.errors import Refused
from promoter.messages import N_, message, phrase
from promoter.model.entry import Amended, Pinned, PinnedRules
from promoter.model.text import plain
from promoter.tui.choosing import Choice
from promoter.tui.dialog import DEAF_SECONDS, Dialog
from promoter.tui.office import Office
from promoter.tui.whole import amendments_waiting
from promoter.usecases.amending import Plan
from promoter.usecases.differing import Differing, How
from promoter.usecases.language import language_for
from promoter.usecases.opening import open_promotion
from promoter.usecases.outdating import Outdated
from promoter.usecases.settings import Settings
from promoter.usecases.standing import Standing
from tests.support.command_line import away_from_home
from tests.support.desks import FakeDesk, standing
from tests.support.entries import Story
from tests.support.git_repositories import Signer, become, make_signer
from tests.support.hostile import FORBIDDEN, TERMINAL
from tests.support.nouns import BOB, roster
from tests.support.shop_floor import EVERY_ROLE, at_work
from tests.support.sittings import promotion, settle, shown, sitting, toasts
from tests.support.small_shop import CHECKLIST, make_shop
from tests.support.verbs_by_name import asked

RULES = PinnedRules(
    Pinned("checklists/pipeline.yaml", "sha256:other"),
    Pinned("checklists/staging-to-preprod.yaml", "sha256:another"),
    "sha256:pipeline",
)


def waiting(*, times: int = 1, production: bool = False, reason: str = "asked for twice") -> Standing:
    """A promotion for which Bob proposed other rules."""
    story = Story(roster=roster(alice=["roster-admin"], bob=["roster-admin"]))
    for place in range(times):
        made = story.amended(BOB, rules=RULES)
        content = Amended(f"{reason} {place}", None, RULES)
        story.amend(made, content=content)
    return standing(story=story, production=production)


def telling(plan: Plan) -> Plan:
    """A plan that says what it changes."""
    gone = Differing("rollback", How.REMOVED, plain("The way back is written"))
    stale = Outdated("rollback", "Carol", message("nobody.knows"))
    return replace(plan, items=(gone,), stale=(stale,), survives=(("training", "Carol"),))


async def test_an_amendment_is_agreed_to_after_what_it_changes_was_shown() -> None:
    desk = FakeDesk(shown=waiting(), planned=telling)
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "agree")
        text = shown(app)
        for words in (
            "Agree to the amendment",
            "proposed by Bob: asked for twice 0",
            "rollback",
            "no longer counts:",
            "still counts:",
            "as Alice <alice@example.com>",
        ):
            assert words in text
        await pilot.press("tab", *"so it is", "ctrl+j")
        await settle(app, pilot)
        [made] = waiting().promotion.amendments
        assert desk.wrote("amend") == [(made.proposed.entry.id, "so it is")]
        assert "the amendment is in force" in toasts(app)


async def test_escape_agrees_to_nothing() -> None:
    desk = FakeDesk(shown=waiting())
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "agree")
        await pilot.press("tab", *"yes", "escape")
        await settle(app, pilot)
        assert desk.wrote("amend") == []
        assert app.screen is promotion(app)


async def test_into_production_the_release_is_typed_before_other_rules_are_agreed_to() -> None:
    desk = FakeDesk(shown=waiting(production=True))
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "agree")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("amend") == []
        await pilot.press(*"v1", "ctrl+j")
        await settle(app, pilot)
        assert len(desk.wrote("amend")) == 1


async def test_of_several_amendments_one_is_chosen_and_escape_chooses_none() -> None:
    desk = FakeDesk(shown=waiting(times=2))
    async with sitting(desk) as (app, pilot):
        await promotion(app).run_action("agree")
        await settle(app, pilot)
        assert isinstance(app.screen, Choice)
        assert "asked for twice 1" in shown(app)
        await pilot.press("escape")
        await settle(app, pilot)
        assert desk.wrote("amendment") == []
        await promotion(app).run_action("agree")
        await settle(app, pilot)
        await pilot.press("j", "enter")
        await settle(app, pilot)
        assert isinstance(app.screen, Dialog)
        assert "asked for twice 1" in shown(app)


async def test_another_release_is_shown_with_what_it_changes_before_it_is_moved_to() -> None:
    desk = FakeDesk(planned=telling)
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "amend_release")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A release is required." in shown(app)
        await pilot.press(*"v1.4.1", "tab", "tab", *"migration", "ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("proposal") == [("migration", "v1.4.1", None, False)]
        assert "Amend the promotion" in shown(app)
        assert "v1.4.1" in shown(app)
        assert "no longer counts:" in shown(app)
        await pilot.press("escape")
        await settle(app, pilot)
        assert desk.wrote("amend") == []
        await asked(app, pilot, "amend_release")
        await pilot.press("tab", *"v1.4.1", "tab", "tab", *"migration", "ctrl+j")
        await settle(app, pilot)
        await pilot.pause(DEAF_SECONDS + 0.02)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("amend") == [(None, "")]
        assert "the amendment is in force" in toasts(app)


async def test_other_rules_are_proposed_and_wait_for_a_second_person() -> None:
    desk = FakeDesk()
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "amend_rules")
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        await pilot.press(*"asked for twice", "ctrl+j")
        await settle(app, pilot)
        assert "once a second person agrees" in " ".join(shown(app).split())
        await pilot.pause(DEAF_SECONDS + 0.02)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert desk.wrote("amend") == [(None, "")]
        assert "proposed: it is in force once a second person agrees" in toasts(app)


async def test_what_cannot_be_proposed_is_said_where_it_was_asked() -> None:
    unwilling = Refused(phrase(N_("nothing would change")), phrase(N_("name another release")))
    async with sitting(FakeDesk(unwilling=unwilling)) as (app, pilot):
        await asked(app, pilot, "amend_rules")
        await pilot.press("tab", *"why not", "ctrl+j")
        await settle(app, pilot)
        for words in ("nothing would change", "name another release", "why not"):
            assert words in shown(app)


async def test_ones_own_amendment_is_taken_back_with_a_reason() -> None:
    desk = FakeDesk(shown=waiting())
    async with sitting(desk) as (app, pilot):
        await asked(app, pilot, "withdraw")
        assert "proposed by Bob: asked for twice 0" in shown(app)
        await pilot.press("ctrl+j")
        await settle(app, pilot)
        assert "A reason is required." in shown(app)
        await pilot.press(*"too strict", "ctrl+j")
        await settle(app, pilot)
        [made] = waiting().promotion.amendments
        assert desk.wrote("withdraw") == [(made.proposed.entry.id, "too strict")]
        assert "your amendment is taken back" in toasts(app)


async def test_who_cannot_be_the_second_person_is_told_so_and_asked_nothing() -> None:
    unwilling = Refused(phrase(N_("you proposed it")), phrase(N_("another admin agrees")))
    async with sitting(FakeDesk(shown=waiting(), unwilling=unwilling)) as (app, pilot):
        await promotion(app).run_action("agree")
        await settle(app, pilot)
        assert "you proposed it\nanother admin agrees" in toasts(app)
        assert app.screen is promotion(app)


@pytest.mark.parametrize("action", ["agree", "withdraw"])
async def test_where_no_amendment_waits_that_is_said(action: str) -> None:
    async with sitting(FakeDesk()) as (app, pilot):
        await promotion(app).run_action(action)
        await settle(app, pilot)
        assert "No amendment waits for a second person." in toasts(app)


async def test_amendments_that_wait_are_told_with_the_promotion() -> None:
    async with sitting(FakeDesk(shown=waiting())) as (app, pilot):
        await pilot.press("G")
        await pilot.press("enter")
        await settle(app, pilot)
        assert "AMENDMENTS THAT WAIT" in shown(app)


@pytest.mark.parametrize("text", ["[/", "[@click=app.quit]text[/]", TERMINAL])
async def test_no_text_gets_through_the_dialog_or_the_choice(text: str) -> None:
    async with sitting(FakeDesk(shown=waiting(times=2, reason=text))) as (app, pilot):
        await promotion(app).run_action("agree")
        await settle(app, pilot)
        assert {each for each in FORBIDDEN if each != "\n" and each in shown(app)} == set()
        await pilot.press("enter")
        await settle(app, pilot)
        assert isinstance(app.screen, Dialog)
        assert {each for each in FORBIDDEN if each != "\n" and each in shown(app)} == set()
    assert app.crash is None


@pytest.fixture
def people(tmp_path: Path) -> Iterator[tuple[Signer, Signer]]:
    with away_from_home(tmp_path / "home"):
        yield (
            make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com"),
            make_signer(tmp_path / "keys", "Bob Durand", "bob@example.com"),
        )


def waits_in(office: Office, name: str) -> str:
    """The id of the only amendment that waits."""
    shown_now = office.status(name)
    assert isinstance(shown_now, Standing)
    [one] = amendments_waiting(shown_now)
    return one.proposed.entry.id


def test_an_office_proposes_shows_and_agrees_to_what_another_proposed(
    tmp_path: Path, people: tuple[Signer, Signer]
) -> None:
    alice, bob = people
    shop = make_shop(tmp_path / "shop", (alice, EVERY_ROLE), (bob, EVERY_ROLE))
    become(shop, alice)
    path = shop / "checklists" / "staging-to-preprod.yaml"
    with at_work(shop) as workspace:
        name = open_promotion(workspace, "staging-to-preprod", "v1").standing.promotion.id
        path.write_text(f"{CHECKLIST}approvals: {{roles: [security]}}\n", encoding="utf-8")
    office = Office(Settings(shop), language_for("en", {}))
    office.amend(office.proposal(name, "first", None, None, rules=True), "")
    office.withdraw(name, waits_in(office, name), "not like this")
    office.amend(office.proposal(name, "asked for twice", None, None, rules=True), "")
    one = waits_in(office, name)
    with pytest.raises(Refused):
        office.amendment(name, one)
    become(shop, bob)
    plan = office.amendment(name, one)
    office.amend(plan, "so it is")
    after = office.status(name)
    assert isinstance(after, Standing)
    made = after.promotion.amendments[-1]
    assert made.rules
    assert made.content.reason == "asked for twice"
    assert made.agreed is not None
    assert made.agreed.entry.actor.name == "Bob Durand"
    with pytest.raises(Refused):
        office.amend(plan, "twice")

"""The gate asked tersely, with everything a test does not care about left at rest."""

from datetime import datetime

from promoter.gate import Decision, ItemState, decide
from promoter.messages import Language
from promoter.model.authors import Authors
from promoter.model.checklist import Checklist
from promoter.model.entry import Recorded
from promoter.model.environment import Environment
from promoter.model.roster import Roster
from promoter.promotion import RunsIn
from tests.support.entries import Story
from tests.support.nouns import NOW, environment

NO_ROSTER = Roster()


def ask(
    rules: Checklist,
    story: Story,
    *,
    roster: Roster = NO_ROSTER,
    into: Environment | None = None,
    reached: tuple[RunsIn, ...] = (),
    now: datetime = NOW,
    stops: tuple[Recorded, ...] = (),
    authors: Authors | None = None,
    debtors: tuple[str, ...] = (),
) -> Decision:
    """What the gate answers to a story."""
    return decide(
        rules,
        story.fold(roster),
        environment=into or environment(),
        roster=roster,
        reached=reached,
        now=now,
        stops=stops,
        authors=authors,
        debtors=debtors,
    )


def codes(decision: Decision) -> list[tuple[str | None, str]]:
    """Every reason as its item and code."""
    return [(each.item, each.message.code) for each in decision.reasons]


def state(decision: Decision, item_id: str) -> ItemState:
    """Where an item stands."""
    found = decision.item(item_id)
    assert found is not None
    return found.state


def words(decision: Decision, language: Language) -> list[str]:
    """Every reason, said."""
    return [language.say(each.message) for each in decision.reasons]


def why(decision: Decision, place: int = 0) -> str | None:
    """Why a sign-off of the first item does not count."""
    reason = decision.items[0].sign_offs[place].why
    return reason.code if reason else None


def credited(decision: Decision) -> list[str | None]:
    """The role that each sign-off of the first item is credited for."""
    return [each.credited for each in decision.items[0].sign_offs]

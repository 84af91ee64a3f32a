"""The decisions of an office, on a real repository with real keys."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.errors import UsageError
from promoter.model.entry import Commented, Rejected
from promoter.tui.desk import Given
from promoter.tui.history import history_of
from promoter.tui.office import Office
from promoter.usecases.language import language_for
from promoter.usecases.opening import open_promotion
from promoter.usecases.settings import Settings
from promoter.usecases.standing import Standing
from tests.support.command_line import away_from_home
from tests.support.git_repositories import make_signer
from tests.support.shop_floor import at_work, shop


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    with away_from_home(tmp_path / "home"):
        made = shop(tmp_path / "shop", make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com"))
        with at_work(made) as workspace:
            open_promotion(workspace, "staging-to-preprod", "v1")
        yield made


def office(directory: Path) -> Office:
    return Office(Settings(directory, environ=os.environ), language_for("en", {}))


def standing(desk: Office) -> Standing:
    shown = desk.status(None)
    assert isinstance(shown, Standing)
    return shown


def test_a_comment_is_on_the_trail_with_its_item(directory: Path) -> None:
    desk = office(directory)
    name = standing(desk).promotion.id
    desk.comment(name, "rollback", "agreed on Monday")
    desk.comment(name, None, "all of it")
    said = [each.entry for each in standing(desk).promotion.history if each.entry.type == "commented"]
    assert [(each.item.id if each.item else None, each.content) for each in said] == [
        ("rollback", Commented("agreed on Monday")),
        (None, Commented("all of it")),
    ]
    with pytest.raises(UsageError):
        desk.comment(name, None, " ")


def test_evidence_is_recorded_with_what_it_is_given_with(tmp_path: Path, directory: Path) -> None:
    desk = office(directory)
    name = standing(desk).promotion.id
    path = tmp_path / "one.log"
    path.write_bytes(b"500\n")
    given = Given(("https://ci.example.org/7",), (path,))
    desk.reject(name, "rollback", "see there", given)
    desk.reject_promotion(name, "see there", given)
    desk.comment(name, "rollback", "see there", given)
    contents = [each.entry.content for each in standing(desk).promotion.history]
    told = [each for each in contents if isinstance(each, Rejected | Commented)]
    for each in told:
        link, file = each.evidence
        assert (link.link, file.file, file.size) == ("https://ci.example.org/7", "one.log", 4)
    assert len(told) == 3
    past = [each.said for each in history_of(standing(desk).promotion, "rollback")]
    assert past[-2:] == ["see there  ▸ https://ci.example.org/7, one.log"] * 2


def test_a_promotion_is_rejected_as_a_whole_and_that_is_taken_back(directory: Path) -> None:
    desk = office(directory)
    name = standing(desk).promotion.id
    desk.reject_promotion(name, "not yet")
    assert "promotion-rejected-only" in {each.message.code for each in standing(desk).decision.reasons}
    desk.revoke_approval(name, "now")
    assert "promotion-rejected-only" not in {each.message.code for each in standing(desk).decision.reasons}

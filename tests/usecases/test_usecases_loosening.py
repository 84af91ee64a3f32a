"""A promotion that is held to less than the one before says so, from the moment it is opened to its report."""

from pathlib import Path

import pytest
import trustme

from promoter.messages import Message
from promoter.usecases.opening import Opening, abandon, open_promotion
from promoter.usecases.reporting import report
from promoter.usecases.standing import status
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.shop_floor import at_work, shop

CHECKLIST = "checklists/staging-to-preprod.yaml"
PIPELINE = "checklists/pipeline.yaml"
ROLLBACK = """\
  - id: rollback
    title: {fr: Le retour arrière est écrit, en: The way back is written down}
    sign_off: {roles: [operations]}
"""


@pytest.fixture(scope="module")
def eve(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("keys"), "Eve Petit", "eve@example.com")


@pytest.fixture
def mine(tmp_path: Path, alice: Signer) -> Path:
    """Alice's shop, whose preprod demands signatures, with a promotion open."""
    made = shop(tmp_path / "shop", alice)
    rewrite(
        made,
        PIPELINE,
        ("    data: real\n", "    data: real\n    signatures: required\n    shared: optional\n"),
    )
    git(made, "commit", "-q", "-S", "-am", "Demand signatures")
    opened(made, "v1")
    return made


def rewrite(directory: Path, name: str, *pairs: tuple[str, str]) -> None:
    path = directory / name
    text = path.read_text()
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)


def by(directory: Path, person: Signer, alice: Signer, *, signing: bool) -> str:
    become(directory, person)
    git(directory, "commit", "-q", *(["-S"] if signing else ["--no-gpg-sign"]), "-am", "Tidy up")
    become(directory, alice)
    return git(directory, "rev-parse", "--short=12", "HEAD")


def opened(directory: Path, release: str) -> Opening:
    with at_work(directory) as workspace:
        return open_promotion(workspace, "staging-to-preprod", release)


def coded(messages: tuple[Message, ...], code: str) -> list[Message]:
    return [each for each in messages if each.code == code]


def told(messages: tuple[Message, ...], code: str = "rules-looser") -> set[str]:
    [found] = coded(messages, code)
    rules = found.parameters["rules"]
    assert isinstance(rules, (list, tuple))
    return {each.code for each in rules if isinstance(each, Message)}


def test_a_checklist_that_was_gutted_says_what_went_and_by_whom(
    mine: Path, alice: Signer, eve: Signer
) -> None:
    rewrite(mine, CHECKLIST, (ROLLBACK, ""))
    rewrite(mine, PIPELINE, ("    signatures: required\n", ""))
    commit = by(mine, eve, alice, signing=False)
    said = promoter("-C", mine, "open", "staging-to-preprod", "--release", "v2")
    assert said.code == 0
    heard = said.out + said.err
    for words in (
        "rollback is gone",
        "preprod takes entries that are not signed",
        commit,
        "Eve Petit",
        "nobody on the",
    ):
        assert words in heard, words
    with at_work(mine) as workspace:
        standing = status(workspace, "v2")
        assert told(standing.decision.warnings) == {"item-gone", "signatures-optional"}
        assert {each.parameters["path"] for each in coded(standing.warnings, "last-changed-unproven")} == {
            CHECKLIST,
            PIPELINE,
        }
        assert "rollback is gone" in report(workspace, "v2").markdown
        assert coded(status(workspace, "v1").decision.warnings, "rules-looser") == []
    gate = promoter("-C", mine, "status", "--gate", "-p", "v2", "--json").document
    assert "rules-looser" in [each["code"] for each in gate["warnings"]]


def test_checks_that_ask_somebody_else_are_told_with_who_changed_that(
    mine: Path, alice: Signer, eve: Signer
) -> None:
    with at_work(mine) as workspace:
        [app, *_] = workspace.pipeline.environment("preprod").urls.values()
    rewrite(mine, PIPELINE, (str(app), "https://eve.example"))
    commit = by(mine, eve, alice, signing=False)
    opened(mine, "v2")
    said = " ".join(promoter("-C", mine, "status", "-p", "v2").out.split())
    assert "preprod is looked for elsewhere" in said
    assert "https://eve.example" in said
    assert commit in said


def test_what_a_member_signed_is_told_less_loudly(mine: Path, alice: Signer) -> None:
    rewrite(mine, CHECKLIST, (ROLLBACK, ROLLBACK + "    level: advisory\n"))
    by(mine, alice, alice, signing=True)
    opening = opened(mine, "v2")
    assert told(opening.standing.decision.warnings) == {"item-advisory"}
    [origin] = coded(opening.warnings, "last-changed-by-member")
    assert origin.parameters["signer"] == "Alice Martin"
    with at_work(mine) as workspace:
        assert coded(status(workspace, "v2").warnings, "last-changed-unproven") == []


def test_what_is_not_committed_is_called_that(mine: Path) -> None:
    rewrite(mine, CHECKLIST, (ROLLBACK, ROLLBACK.replace("[operations]", "[security]")))
    opening = opened(mine, "v2")
    assert told(opening.standing.decision.warnings) == {"item-roles-gone"}
    assert coded(opening.warnings, "changed-uncommitted")


def test_giving_the_first_promotion_with_them_up_does_not_make_looser_rules_usual(mine: Path) -> None:
    rewrite(mine, CHECKLIST, (ROLLBACK, ""))
    opened(mine, "v2")
    with at_work(mine) as workspace:
        abandon(workspace, "v2", "by mistake")
    assert told(opened(mine, "v3").standing.decision.warnings) == {"item-gone"}
    assert coded(opened(mine, "v4").standing.decision.warnings, "rules-looser") == []


def test_what_is_new_or_reworded_is_told_when_it_opens_and_no_more(mine: Path) -> None:
    rewrite(
        mine,
        CHECKLIST,
        ("en: The accounts are known", "en: The accounts are all known"),
        ("items:\n", "items:\n  - id: more\n    title: More\n    sign_off: {}\n"),
    )
    opening = opened(mine, "v2")
    assert told(opening.warnings, "rules-otherwise") == {"item-new", "item-otherwise"}
    assert coded(opening.standing.decision.warnings, "rules-looser") == []
    with at_work(mine) as workspace:
        standing = status(workspace, "v2")
        assert coded((*standing.warnings, *standing.decision.warnings), "rules-otherwise") == []


def test_the_same_rules_are_worth_no_word(mine: Path) -> None:
    opening = opened(mine, "v2")
    assert not any(each.code.startswith(("rules-", "last-", "changed-")) for each in opening.warnings)


def test_other_ca_certificates_under_the_same_name_are_told_with_who_changed_them(
    mine: Path, alice: Signer, eve: Signer
) -> None:
    authority = mine / "checklists" / "ca.pem"
    authority.write_bytes(trustme.CA().cert_pem.bytes())
    rewrite(mine, PIPELINE, ("    data: real\n", "    data: real\n    network: {ca_file: ca.pem}\n"))
    git(mine, "add", "checklists/ca.pem")
    by(mine, alice, alice, signing=True)
    opened(mine, "v2")
    authority.write_bytes(trustme.CA().cert_pem.bytes())
    commit = by(mine, eve, alice, signing=False)
    opening = opened(mine, "v3")
    assert told(opening.standing.decision.warnings) == {"ca-otherwise"}
    [origin] = coded(opening.standing.warnings, "last-changed-unproven")
    assert (origin.parameters["path"], origin.parameters["commit"]) == ("checklists/ca.pem", commit)

"""Outcomes that somebody wrote onto the trail by hand, past everything that promoter would refuse."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from promoter import __version__
from promoter.gate import Answer, Validity
from promoter.messages import message
from promoter.model.entry import Checked, Entry, EntryType
from promoter.model.outcome import CheckOutcome, Evidence, Outcome, Verdict
from promoter.model.roster import Actor
from promoter.trail import writing
from promoter.trail.ulid import new_ulid
from promoter.usecases.drafting import subject_of, timestamp
from promoter.usecases.opening import open_promotion
from promoter.usecases.pinned import rules_of
from promoter.usecases.running import planned_of
from promoter.usecases.standing import status
from promoter.usecases.workspace import Workspace
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.hostile import FORBIDDEN, TERMINAL
from tests.support.shop_floor import EVERY_ROLE, at_work
from tests.support.small_shop import make_shop

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: variables
    title: The variables are in place
    checks: [credentials: {}]
"""
PASSED = Outcome(Verdict.PASSED, message("credentials.all-set", count=2))


@pytest.fixture
def shop(tmp_path: Path, alice: Signer) -> Path:
    made = make_shop(tmp_path / "shop", (alice, EVERY_ROLE), checklist=CHECKLIST)
    with at_work(made) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1", "v1")
    return made


@pytest.fixture
def mallory(tmp_path: Path) -> Signer:
    return make_signer(tmp_path / "mallory", "Mallory", "mallory@example.net")


def write(
    workspace: Workspace, outcome: Outcome, actor: Actor | None = None, kind: str = "credentials"
) -> None:
    """One entry with this outcome for every check, written as nothing in promoter would."""
    promotion = status(workspace).promotion
    outcomes = [
        CheckOutcome(each.item, each.item_digest, each.check.id, kind, timestamp(workspace), outcome)
        for each in planned_of(rules_of(workspace, promotion).checklist.items)
    ]
    entry = Entry(
        id=new_ulid(workspace.now()),
        trail=workspace.state.trail or "",
        pipeline="shop",
        type=EntryType.CHECKED,
        actor=actor or promotion.opened.entry.actor,
        at=timestamp(workspace),
        content=Checked(tuple(outcomes), __version__),
        subject=subject_of(promotion),
    )
    writing.append(workspace.repository, workspace.trail.branch, entry, {})
    workspace.refresh()


def test_a_pass_by_somebody_outside_the_roster_opens_no_gate(shop: Path, mallory: Signer) -> None:
    become(shop, mallory)
    with at_work(shop) as workspace:
        write(workspace, PASSED, Actor("mallory", "Mallory", "mallory@example.net"))
        standing = status(workspace)
        assert standing.decision.answer is Answer.BLOCKED
        assert standing.decision.items[0].checks[0].validity is Validity.MISSING


@pytest.mark.parametrize("signing", [True, False])
def test_a_pass_in_a_members_name_with_another_key_or_none_opens_no_gate(
    shop: Path, mallory: Signer, alice: Signer, signing: bool
) -> None:
    become(shop, replace(mallory, name=alice.name, email=alice.email), signing=signing)
    if not signing:
        git(shop, "config", "commit.gpgsign", "false")
        git(shop, "config", "--unset", "user.signingkey")
    with at_work(shop) as workspace:
        write(workspace, PASSED)
        assert status(workspace).decision.answer is Answer.BLOCKED


def test_a_failure_by_somebody_outside_the_roster_hides_no_pass(shop: Path, mallory: Signer) -> None:
    with at_work(shop) as workspace:
        write(workspace, PASSED)
        assert status(workspace).decision.answer is Answer.OPEN
    become(shop, mallory)
    with at_work(shop) as workspace:
        write(
            workspace,
            replace(PASSED, verdict=Verdict.FAILED),
            Actor("mallory", "Mallory", "mallory@example.net"),
        )
        assert status(workspace).decision.answer is Answer.OPEN


def test_a_pass_that_names_overrides_neither_counts_nor_hides_one_that_does(shop: Path) -> None:
    overridden = replace(PASSED, overrides=("--connect-to preprod.shop.example:443:127.0.0.1:1",))
    with at_work(shop) as workspace:
        write(workspace, overridden)
        decision = status(workspace).decision
        assert (decision.answer, decision.items[0].checks[0].validity) == (
            Answer.BLOCKED,
            Validity.OVERRIDDEN,
        )
        write(workspace, PASSED)
        write(workspace, overridden)
        assert status(workspace).decision.answer is Answer.OPEN


def test_a_pass_of_another_kind_under_the_same_name_opens_no_gate(shop: Path) -> None:
    with at_work(shop) as workspace:
        write(workspace, PASSED, kind="tcp")
        assert status(workspace).decision.answer is Answer.BLOCKED


TEXTS: Sequence[str] = (
    f"]]> ::error::x\n::error::y\r\n%0A::error::z <b>&amp; [b]x[/b] [@click=app.quit]q[/] {TERMINAL}".replace(
        "\udc80", ""
    ),  # a lone surrogate cannot be recorded at all
    "x" * 100_000,
    "{0} {name} %s {summary.__class__}",
)


@pytest.mark.parametrize("text", TEXTS, ids=["markup", "long", "braces"])
@pytest.mark.parametrize("code", ["credentials.all-set", "nobody-knows-this", "crashed", "timed-out"])
def test_whatever_a_member_writes_is_shown_harmless_everywhere(shop: Path, text: str, code: str) -> None:
    reason = message(code, summary=text, error=text, doing=text, after=text, names=[text], count=text)
    evidence = (Evidence(message("credentials.set", name=text), text, [text], Verdict.FAILED),)
    with at_work(shop) as workspace:
        write(workspace, Outcome(Verdict.FAILED, reason, evidence, overrides=("--connect-to a:1:b:2",)))
    for verb in (("status",), ("log",), ("report",), ("verify",), ("status", "--json"), ("trust",)):
        said = promoter("-C", shop, *verb)
        assert said.code in (0, 1, 5), (verb, said.err)
        assert set() == {each for each in FORBIDDEN if each != "\n" and each in said.out + said.err}
        assert not [line for line in said.out.splitlines() if line.startswith("::")]

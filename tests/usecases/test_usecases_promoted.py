"""What was promoted, looked at again: nobody has to believe the entry that says so."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from promoter.errors import ExitCode
from promoter.gate import Answer
from promoter.model.entry import EntryType, Promoted, RosterChanged
from promoter.model.roster import Roster
from promoter.usecases.drafting import write
from promoter.usecases.opening import open_promotion
from promoter.usecases.promoting import GateBlocked, promote
from promoter.usecases.reporting import report
from promoter.usecases.settings import utc_now
from promoter.usecases.standing import Standing, chosen_promotion, status
from promoter.usecases.voices import reject, sign
from promoter.usecases.workspace import Workspace
from tests.support.git_repositories import Signer, become, git
from tests.support.shop_floor import at_work, ignore, run_all, shop


def _make_ready(workspace: Workspace) -> None:
    open_promotion(workspace, "staging-to-preprod", "v1")
    run_all(workspace)
    sign(workspace, None, "rollback")
    sign(workspace, None, "accounts", fields={"kept": "the vault"})


def _write_promoted(workspace: Workspace) -> Standing:
    """Writes the entry as `promote` does, without asking the gate."""
    position = workspace.trail.position()
    content = Promoted(position.tip or "", position.entries, "open", claimed=False)
    write(workspace, EntryType.PROMOTED, content, promotion=chosen_promotion(workspace, None))
    return status(workspace)


def test_an_honest_promotion_stays_a_yes_when_outcomes_expire_and_the_roster_changes(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice, bob)
    with at_work(directory) as workspace:
        _make_ready(workspace)
        assert asyncio.run(promote(workspace, None, on_event=ignore)).decision.exit_code is ExitCode.YES
        kept = Roster(tuple(each for each in workspace.state.roster.people if each.name == bob.name))
        write(workspace, EntryType.ROSTER, RosterChanged(kept))
        assert workspace.state.roster == kept
        assert status(workspace).decision.exit_code is ExitCode.YES
    with at_work(directory, at=utc_now() + timedelta(days=400)) as workspace:
        decision = status(workspace).decision
        assert decision.answer is Answer.PROMOTED
        assert decision.exit_code is ExitCode.YES
        assert decision.reasons == ()


def test_a_promotion_written_by_hand_while_the_gate_was_blocked_is_no_yes_and_the_report_says_so(
    tmp_path: Path, alice: Signer
) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        standing = _write_promoted(workspace)
        assert standing.decision.answer is Answer.PROMOTED
        assert standing.decision.exit_code is ExitCode.NO
        assert standing.decision.reasons[0].message.code == "promoted-while-blocked"
        markdown = report(workspace, None).markdown
        assert "This was recorded while the gate was blocked" in markdown
        assert f"promoted by {alice.name} while the gate was blocked by" in markdown


def test_a_rejection_that_lands_between_the_question_and_the_entry_is_not_passed_over(
    tmp_path: Path, alice: Signer
) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _make_ready(workspace)
        assert status(workspace).decision.answer is Answer.OPEN
        reject(workspace, None, "rollback", "the rollback was never tried")
        decision = _write_promoted(workspace).decision
        assert decision.exit_code is ExitCode.NO
        assert [each.message.code for each in decision.reasons] == ["promoted-while-blocked", "rejected"]


def test_outcomes_that_grew_too_old_are_asked_for_again_by_promoting(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        _make_ready(workspace)
    with at_work(directory, at=utc_now() + timedelta(days=30)) as workspace:
        reasons = {each.message.code for each in status(workspace).decision.reasons}
        assert reasons == {"check-expired"}
        assert asyncio.run(promote(workspace, None, on_event=ignore)).decision.answer is Answer.PROMOTED


def test_a_release_that_was_promoted_while_the_gate_was_blocked_goes_no_further(
    tmp_path: Path, alice: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice)
    checklists = directory / "checklists"
    onward = """\
checklist: preprod-to-production
from: preprod
to: production
items:
  - id: go
    title: Somebody says so
    sign_off: {roles: [operations]}
"""
    (checklists / "preprod-to-production.yaml").write_text(onward, encoding="utf-8")
    pipeline = checklists / "pipeline.yaml"
    text = pipeline.read_text().replace("[staging-to-preprod]", "[staging-to-preprod, preprod-to-production]")
    production = "  production:\n    urls: {app: https://shop.example}\n    data: real\n    separation: {opener: off, authors: on}\n"
    pipeline.write_text(text.replace("transitions:", production + "transitions:"))
    git(directory, "add", ".")
    git(directory, "commit", "-q", "--no-gpg-sign", "-m", "Go on to production")
    with at_work(directory) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        _write_promoted(workspace)
        open_promotion(workspace, "preprod-to-production", "v1")
        codes = [each.message.code for each in status(workspace).decision.reasons]
        assert "previous-blocked" in codes


def test_people_promote_on_what_machines_found_last_where_only_that_counts(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice, bob)
    pipeline = directory / "checklists" / "pipeline.yaml"
    text = pipeline.read_text().replace("    data: real\n", "    data: real\n    outcomes: machines\n")
    name = f"  - id: {bob.email.partition('@')[0]}\n"
    pipeline.write_text(text.replace(name, f"{name}    class: machine\n"))
    git(directory, "commit", "-qam", "Only machines", "--no-gpg-sign")
    with at_work(directory) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sign(workspace, None, "rollback")
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
    become(directory, bob)
    with at_work(directory) as workspace:
        run_all(workspace)
    become(directory, alice)
    (directory / ".env.preprod").unlink()
    with at_work(directory, at=utc_now() + timedelta(days=30)) as workspace, pytest.raises(GateBlocked):
        asyncio.run(promote(workspace, None, on_event=ignore))
    with at_work(directory) as workspace:
        before = workspace.trail.position().entries
        promoted = asyncio.run(promote(workspace, None, on_event=ignore))
        assert promoted.decision.answer is Answer.PROMOTED
        assert workspace.trail.position().entries == before + 1
        assert "machines-stand" in [each.code for each in promoted.warnings]

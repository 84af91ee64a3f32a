"""Opening, running, signing, promoting: the verbs on a real repository."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from promoter.demo.service import EmbeddedService, Hosts
from promoter.errors import CannotAct, ExitCode, Refused, UsageError
from promoter.gate import Answer, ItemState
from promoter.model.entry import SignatureVerdict, Trust
from promoter.model.overrides import Overrides
from promoter.promotion import Stage
from promoter.usecases.board import board
from promoter.usecases.opening import abandon, adopt, open_promotion
from promoter.usecases.promoting import GateBlocked, promote
from promoter.usecases.running import run
from promoter.usecases.settings import utc_now
from promoter.usecases.standing import chosen_promotion, gate, standing_of, status
from promoter.usecases.voices import reject, revoke, sign, statement
from promoter.usecases.workspace import Workspace
from tests.support.git_repositories import Signer, become, commit_file, git
from tests.support.shop_floor import at_work, ignore, run_all, shop


def _open(workspace: Workspace) -> None:
    open_promotion(workspace, "staging-to-preprod", "v1")


def _sign_everything(workspace: Workspace) -> None:
    sign(workspace, None, "rollback")
    sign(workspace, None, "accounts", fields={"kept": "the vault"})


def test_a_promotion_goes_from_blocked_to_open_to_promoted(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        assert status(workspace).decision.answer is Answer.BLOCKED
        assert run_all(workspace).exit_code() is ExitCode.YES
        _sign_everything(workspace)
        assert status(workspace).decision.answer is Answer.OPEN
        standing = asyncio.run(promote(workspace, None, comment="go", on_event=ignore))
        assert standing.decision.answer is Answer.PROMOTED
        assert standing.runs_in["preprod"].release == standing.promotion.release
        assert {SignatureVerdict.GOOD} == {each.signature for each in standing.promotion.history}
        assert {Trust.COUNTED} == {each.trust for each in standing.promotion.history}


def test_a_blocked_gate_refuses_to_promote_and_writes_nothing(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        tip = workspace.trail.tip
        with pytest.raises(GateBlocked) as blocked:
            asyncio.run(promote(workspace, None, on_event=ignore))
        assert blocked.value.exit_code is ExitCode.NOT_YET
        assert workspace.trail.tip == tip


def test_a_check_that_fails_when_promoting_stops_the_promotion(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        _open(workspace)
        run_all(workspace)
        _sign_everything(workspace)
        (directory / ".env.preprod").write_text("SHOP_URL=https://staging.shop.example\n", encoding="utf-8")
        with pytest.raises(GateBlocked) as blocked:
            asyncio.run(promote(workspace, None, on_event=ignore))
        assert blocked.value.exit_code is ExitCode.NO
        assert status(workspace).promotion.stage is Stage.OPEN


def test_promoting_on_a_trail_that_moved_since_one_looked_asks_to_look_again(
    tmp_path: Path, alice: Signer
) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        seen = workspace.trail.tip
        sign(workspace, None, "rollback")
        with pytest.raises(Refused):
            asyncio.run(promote(workspace, None, expected_tip=seen, on_event=ignore))


def test_outcomes_under_overrides_of_the_command_line_do_not_count(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    checklist = directory / "checklists" / "staging-to-preprod.yaml"
    checklist.write_text(
        checklist.read_text()
        + "  - id: app\n    title: It answers\n    checks: [https: {url: {fact: urls.app}}]\n"
    )
    nowhere = Overrides(connect_to={"preprod.shop.example:443": "127.0.0.1:1"})
    with at_work(directory, overrides=nowhere) as workspace:
        _open(workspace)
        report = run_all(workspace, ["app"])
        assert report.outcomes[0].outcome.overrides
        reasons = {each.message.code for each in status(workspace).decision.reasons if each.item == "app"}
        assert {"check-overridden"} == reasons


def test_someone_off_the_roster_is_refused_before_anything_is_written(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        _open(workspace)
        tip = workspace.trail.tip
    become(directory, bob)
    with at_work(directory) as workspace:
        with pytest.raises(Refused):
            sign(workspace, None, "rollback")
        assert workspace.trail.tip == tip


def test_an_unsigned_entry_is_refused_where_there_is_a_roster(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        _open(workspace)
    git(directory, "config", "--unset", "user.signingkey")
    git(directory, "config", "commit.gpgsign", "false")
    with at_work(directory) as workspace, pytest.raises((Refused, CannotAct)):
        sign(workspace, None, "rollback")


def test_without_a_roster_sign_offs_are_claimed_and_every_answer_says_so(tmp_path: Path) -> None:
    with at_work(shop(tmp_path / "shop")) as workspace:
        _open(workspace)
        run_all(workspace)
        _sign_everything(workspace)
        standing = status(workspace)
        assert standing.decision.answer is Answer.OPEN
        assert standing.decision.claimed
        assert "sign-offs-claimed" in {each.code for each in standing.warnings}


def test_a_sign_off_without_its_fields_is_refused_naming_them(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        with pytest.raises(UsageError) as refused:
            sign(workspace, None, "accounts")
        assert refused.value.wrong.parameters == {"names": ["kept"]}
        with pytest.raises(UsageError):
            sign(workspace, None, "accounts", fields={"kept": "vault", "kpet": "typo"})


def test_an_evidence_file_for_real_data_leaves_only_its_digest_on_the_trail(
    tmp_path: Path, alice: Signer
) -> None:
    evidence = tmp_path / "results.txt"
    evidence.write_text("SIRET of a real company")
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        _open(workspace)
        sign(workspace, None, "rollback", files=[evidence])
        given = status(workspace).promotion.sign_offs[0].recorded.entry.content
        assert not given.evidence[0].stored  # type: ignore[union-attr]
        digest = given.evidence[0].digest  # type: ignore[union-attr]
        with pytest.raises(CannotAct):
            workspace.trail.blob(digest or "")


def test_a_rejection_holds_until_it_is_taken_back(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        run_all(workspace)
        _sign_everything(workspace)
        reject(workspace, None, "rollback", "the server it names is gone")
        assert status(workspace).decision.exit_code is ExitCode.NO
        revoke(workspace, None, "rollback", "it was another server")
        assert status(workspace).decision.answer is Answer.OPEN


def test_taking_a_sign_off_back_shuts_the_gate(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        run_all(workspace)
        _sign_everything(workspace)
        revoke(workspace, None, "rollback", "signed too early")
        assert status(workspace).decision.exit_code is ExitCode.NOT_YET
        with pytest.raises(UsageError):
            revoke(workspace, None, "rollback", "once more")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_rejection_without_a_reason_is_refused(tmp_path: Path, alice: Signer, reason: str) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        with pytest.raises(UsageError):
            reject(workspace, None, "rollback", reason)


def test_outcomes_expire_as_time_passes(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        _open(workspace)
        run_all(workspace)
        _sign_everything(workspace)
    with at_work(directory, at=utc_now() + timedelta(days=8)) as workspace:
        variables = status(workspace).decision.item("variables")
        assert variables is not None
        assert variables.state is ItemState.EXPIRED


def test_a_changed_checklist_changes_nothing_after_opening_and_is_told(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        _open(workspace)
    path = directory / "checklists" / "staging-to-preprod.yaml"
    path.write_text(path.read_text().replace("The way back is written down", "Nothing much"))
    with at_work(directory) as workspace:
        standing = status(workspace)
        rollback = standing.checklist.item("rollback")
        assert rollback is not None
        assert rollback.title.in_language("en") == "The way back is written down"
        assert "files-changed" in {each.code for each in standing.warnings}


def test_an_interrupted_run_records_what_has_finished(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    checklist = directory / "checklists" / "staging-to-preprod.yaml"
    checklist.write_text(
        checklist.read_text()
        + "  - id: slow\n    title: Never answers\n    checks: [https: {url: 'https://192.0.2.1/', timeout: 60s}]\n"
    )

    async def interrupted(workspace: Workspace) -> None:
        seen = asyncio.Event()
        finished: list[object] = []

        def listen(event: object) -> None:
            if type(event).__name__ == "Finished":
                finished.append(event)
            if len(finished) == 2:
                seen.set()

        running = asyncio.ensure_future(run(workspace, None, on_event=listen))
        await seen.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    with at_work(directory) as workspace:
        _open(workspace)
        asyncio.run(interrupted(workspace))
        assert {("variables", "credentials"), ("accounts", "credentials")} == set(
            status(workspace).promotion.outcomes
        )


def test_a_repository_without_commits_promotes_an_unbound_release(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    git(directory, "update-ref", "-d", "HEAD")
    with at_work(directory) as workspace:
        opening = open_promotion(workspace, "staging-to-preprod", "v1")
        assert opening.standing.promotion.release.commit is None
        assert "unbound-release" in {each.code for each in opening.warnings}


def test_two_open_promotions_must_be_told_apart(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        first = open_promotion(workspace, "staging-to-preprod", "v1").standing.promotion
        second = open_promotion(workspace, "staging-to-preprod", "v2")
        assert "already-open" in {each.code for each in second.warnings}
        with pytest.raises(UsageError):
            chosen_promotion(workspace, None)
        assert chosen_promotion(workspace, "v1").id == first.id
        abandon(workspace, "v1", "v2 replaces it")
        assert chosen_promotion(workspace, None).release.name == "v2"


def test_the_latest_closed_promotion_is_read_when_none_is_open(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        abandon(workspace, None, "no need")
        assert status(workspace).decision.answer is Answer.ABANDONED
        with pytest.raises(UsageError):
            sign(workspace, None, "rollback")
        assert [each.stage for each in board(workspace).promotions] == [Stage.ABANDONED]


def test_adopting_says_what_runs_where(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    commit = commit_file(directory, "code.py", "print()\n")
    with at_work(directory) as workspace:
        adopt(workspace, "staging", "v1", commit, "in service")
        runs = board(workspace).runs_in["staging"]
        assert (runs.release.commit, runs.adopted) == (commit, True)
        with pytest.raises(UsageError):
            adopt(workspace, "nowhere", "v1", commit, "in service")


def test_the_statement_says_what_a_sign_off_will_not_achieve(tmp_path: Path, alice: Signer) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        said = statement(workspace, status(workspace), "accounts")
        codes = {each.code for each in said.remarks}
        assert {"checks-not-run", "opener-warned"} <= codes
        with pytest.raises(UsageError):
            statement(workspace, status(workspace), "variables")


def test_a_ca_file_that_the_pipeline_pins_is_copied_at_opening_and_its_outcomes_count(
    tmp_path: Path, alice: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice)
    with EmbeddedService(
        {
            "preprod": Hosts(
                application="preprod.shop.example",
                demonstration_editor="editor.example",
                receiver="hooks.example",
            )
        }
    ) as service:
        port = service.port
        checklists = directory / "checklists"
        (checklists / "ca.pem").write_bytes(service.ca_pem)
        pipeline = checklists / "pipeline.yaml"
        pinned = f"    network: {{connect_to: {{'preprod.shop.example:443': '127.0.0.1:{port}'}}, ca_file: ca.pem}}\n"
        pipeline.write_text(pipeline.read_text().replace("    data: real\n", "    data: real\n" + pinned))
        checklist = checklists / "staging-to-preprod.yaml"
        checklist.write_text(
            checklist.read_text()
            + "  - id: app\n    title: It answers\n    checks: [https: {url: {fact: urls.app}}]\n"
        )
        with at_work(directory) as workspace:
            _open(workspace)
            (checklists / "ca.pem").write_text("replaced since")
            report = run_all(workspace, ["app"])
            standing = status(workspace).decision.item("app")
    assert (report.exit_code(), report.outcomes[0].outcome.overrides) == (ExitCode.YES, ())
    assert standing is not None
    assert standing.state is ItemState.DONE


def test_a_pipeline_is_not_answered_for_another_commit_than_the_one_checked_out(
    tmp_path: Path, alice: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        _open(workspace)
        run_all(workspace)
        _sign_everything(workspace)
        asyncio.run(promote(workspace, None, on_event=ignore))
        assert gate(workspace).decision.answer is Answer.PROMOTED
    commit_file(directory, "code.py", "print('v2')\n")
    with at_work(directory) as workspace:
        with pytest.raises(UsageError):
            gate(workspace)
        assert gate(workspace, "v1").decision.answer is Answer.PROMOTED


def test_the_start_of_an_id_means_the_open_promotion_before_a_closed_one(
    tmp_path: Path, alice: Signer
) -> None:
    with at_work(shop(tmp_path / "shop", alice)) as workspace:
        _open(workspace)
        abandon(workspace, None, "again")
        _open(workspace)
        assert chosen_promotion(workspace, "v1", reading=True).stage is Stage.OPEN


def test_files_that_an_entry_names_elsewhere_are_never_opened(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    with at_work(directory) as workspace:
        _open(workspace)
        promotion = chosen_promotion(workspace, None)
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        elsewhere = replace(promotion.pinned.checklist, path=str(fifo))
        pointing = replace(promotion, pinned=replace(promotion.pinned, checklist=elsewhere))
        assert standing_of(workspace, pointing, utc_now()).promotion.id == promotion.id


def test_a_pinned_copy_names_its_commit_only_when_that_commit_has_it(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    checklist = directory / "checklists" / "staging-to-preprod.yaml"
    checklist.write_text(checklist.read_text().replace("roles: [operations]", "roles: [security]"))
    with at_work(directory) as workspace:
        _open(workspace)
        pinned = chosen_promotion(workspace, None).pinned
    assert pinned.pipeline.source_commit == git(directory, "rev-parse", "HEAD")
    assert (pinned.checklist.source_commit, pinned.checklist.source_blob) == (None, None)

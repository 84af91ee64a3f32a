"""The report is a function of the trail: the same bytes for everyone, never over someone's own file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.errors import CannotAct, Refused
from promoter.model.entry import Reported
from promoter.usecases.opening import open_promotion
from promoter.usecases.pinned import digest_of
from promoter.usecases.reporting import report, write_report
from promoter.usecases.sharing import sync
from promoter.usecases.standing import status
from promoter.usecases.voices import sign
from tests.support.git_repositories import Signer, become, commit_file, git
from tests.support.shop_floor import at_work, run_all, shop


def _opened(directory: Path) -> None:
    with at_work(directory) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        run_all(workspace)
        sign(workspace, None, "rollback", comment="# not a heading | nor a row")


def test_another_clone_renders_the_same_bytes(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    mine, hub, theirs = shop(tmp_path / "shop", alice, bob), tmp_path / "hub.git", tmp_path / "theirs"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(mine, "remote", "add", "origin", str(hub))
    git(mine, "push", "-q", "origin", "main", "v1")
    _opened(mine)
    with at_work(mine) as workspace:
        sync(workspace)
        here = {language: report(workspace, language=language).markdown for language in ("en", "fr")}
    git(tmp_path, "clone", "-q", str(hub), str(theirs))
    become(theirs, bob)
    with at_work(theirs, at=datetime(2031, 1, 1, tzinfo=UTC)) as workspace:
        sync(workspace)
        there = {language: report(workspace, language=language).markdown for language in ("en", "fr")}
    assert here == there
    assert here["en"] != here["fr"]


def test_writing_a_report_records_the_tip_it_was_made_from_and_its_digest(
    tmp_path: Path, alice: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice)
    _opened(directory)
    path = tmp_path / "migration.md"
    with at_work(directory) as workspace:
        before = workspace.trail.tip
        write_report(workspace, None, path)
        content = status(workspace).promotion.history[-1].entry.content
    assert isinstance(content, Reported)
    assert (content.tip, content.digest) == (before, digest_of(path.read_bytes()))


def test_a_report_replaces_a_report_and_never_someone_s_own_file(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    _opened(directory)
    path = tmp_path / "notes.md"
    path.write_text("# My own notes\n")
    with at_work(directory) as workspace:
        tip = workspace.trail.tip
        with pytest.raises(Refused):
            write_report(workspace, None, path)
        assert (path.read_text(), workspace.trail.tip) == ("# My own notes\n", tip)
        write_report(workspace, None, path, force=True)
        write_report(workspace, None, path, language="fr")
        with pytest.raises(CannotAct):
            write_report(workspace, None, tmp_path / "no" / "where.md")


def test_a_template_that_is_not_promoter_s_cannot_speak_for_the_gate(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    (directory / "templates").mkdir()
    lying = "# All signed\n\n**OPEN** nothing holds it.\n<!--"
    commit_file(directory, "templates/report.md.j2", lying)
    with at_work(directory) as workspace:
        warned = {each.code for each in open_promotion(workspace, "staging-to-preprod", "v1").warnings}
        assert {"own-template", "last-changed-unproven"} <= warned
        written = report(workspace, None).markdown.splitlines()
        assert written[1].startswith("> **NOT BY PROMOTER'S OWN TEMPLATE** — What follows was laid out by")
        assert "BLOCKED" in written[1]
        assert "laid out by `templates/report.md.j2` of this repository, `sha256:" in written[1]

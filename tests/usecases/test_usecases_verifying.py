"""A report beside the one that the trail gives: true byte for byte, or different and where."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter import __version__
from promoter.errors import CannotAct, ExitCode, Refused, UsageError
from promoter.report import Marker, digest_of, marker_of
from promoter.report.marker import marked
from promoter.usecases.opening import open_promotion
from promoter.usecases.reporting import report, report_as_of, write_report
from promoter.usecases.sharing import sync
from promoter.usecases.verifying import Difference, prove, verify
from promoter.usecases.voices import sign
from promoter.usecases.workspace import Workspace
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git
from tests.support.shop_floor import at_work, shop


@pytest.fixture
def directory(tmp_path: Path, alice: Signer, bob: Signer) -> Path:
    made = shop(tmp_path / "shop", alice, bob)
    with at_work(made) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
    return made


@pytest.fixture
def open_shop(directory: Path) -> Iterator[Workspace]:
    with at_work(directory) as workspace:
        yield workspace


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_report_stays_true_whatever_is_recorded_after_it(
    directory: Path, open_shop: Workspace, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "migration.md"
    _, recorded = write_report(open_shop, None, path, language=language)
    sign(open_shop, None, "rollback", comment="afterwards")
    with at_work(directory, at=datetime(2041, 1, 1, tzinfo=UTC)) as later:
        proof = prove(later, path)

    assert (proof.difference, proof.exit_code, proof.marker.language) == (None, ExitCode.YES, language)
    assert proof.recorded is not None
    assert proof.recorded.commit == recorded.commit


def test_a_colleague_proves_a_report_in_their_own_clone(
    directory: Path, open_shop: Workspace, tmp_path: Path, bob: Signer
) -> None:
    hub, theirs, path = tmp_path / "hub.git", tmp_path / "theirs", tmp_path / "migration.md"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(directory, "remote", "add", "origin", str(hub))
    git(directory, "push", "-q", "origin", "main", "v1")
    path.write_text(report(open_shop).markdown, encoding="utf-8")
    sync(open_shop)
    git(tmp_path, "clone", "-q", str(hub), str(theirs))
    become(theirs, bob)
    with at_work(theirs) as workspace:
        sync(workspace)
        assert prove(workspace, path).exit_code is ExitCode.YES


def test_a_changed_report_shows_the_first_line_that_differs(open_shop: Workspace, tmp_path: Path) -> None:
    path, true = tmp_path / "migration.md", report(open_shop).markdown
    lines = true.split("\n")
    place = next(number for number, line in enumerate(lines) if number and line)
    for changed, difference in (
        ([*lines[:place], "**OPEN**", *lines[place + 1 :]], Difference(place + 1, lines[place], "**OPEN**")),
        ([*lines[:-1], "One more.", ""], Difference(len(lines), "", "One more.")),
        (lines[:-1], Difference(len(lines), "", None)),
        ([*lines[:3], "\udcff", *lines[4:]], Difference(4, lines[3], "\ufffd")),
    ):
        path.write_bytes("\n".join(changed).encode("utf-8", "surrogateescape"))
        proof = prove(open_shop, path)
        assert (proof.difference, proof.exit_code) == (difference, ExitCode.NO)


def test_a_report_that_was_made_again_by_hand_differs_too(open_shop: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "migration.md"
    rendered = report(open_shop)
    marker = marker_of(rendered.markdown)
    assert marker is not None
    path.write_text(marked(marker, "# All is well\n"), encoding="utf-8")

    proof = prove(open_shop, path)
    assert proof.difference is not None
    assert (proof.difference.line, proof.exit_code) == (1, ExitCode.NO)


def test_a_report_of_another_version_is_true_or_cannot_be_told(open_shop: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "migration.md"
    path.write_text(report(open_shop, version="0.0.1").markdown, encoding="utf-8")
    same = prove(open_shop, path)
    assert (same.exit_code, same.marker.version, same.version) == (ExitCode.YES, "0.0.1", __version__)

    path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
    assert prove(open_shop, path).exit_code is ExitCode.COULD_NOT_TELL


@pytest.mark.parametrize("tip", ["f" * 40, "HEAD", "--all", ""])
def test_a_report_of_a_tip_the_trail_does_not_have_cannot_be_told(
    open_shop: Workspace, tmp_path: Path, tip: str
) -> None:
    rendered = report(open_shop)
    marker = marker_of(rendered.markdown)
    assert marker is not None
    path = tmp_path / "migration.md"
    path.write_text(marked(replace(marker, tip=tip), "# A report\n"), encoding="utf-8")

    with pytest.raises(CannotAct):
        prove(open_shop, path)


@pytest.mark.parametrize(
    "text", ["", "# My notes\n", marked(Marker("p", "f" * 40, "not a time", "en", "1"), "x")]
)
def test_what_is_no_report_is_said_to_be_none(open_shop: Workspace, tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.md"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError):
        prove(open_shop, path)
    with pytest.raises(CannotAct):
        prove(open_shop, tmp_path / "nowhere.md")


def test_an_earlier_report_is_that_of_the_commit_it_is_as_of(open_shop: Workspace, tmp_path: Path) -> None:
    before = report(open_shop)
    sign(open_shop, None, "rollback", comment="afterwards")
    open_shop.refresh()

    assert report_as_of(open_shop, None, before.tip).markdown == before.markdown
    assert report_as_of(open_shop, None, "2099-01-01").tip == open_shop.trail.tip
    assert report(open_shop).tip != before.tip
    path = tmp_path / "then.md"
    rendered, recorded = write_report(open_shop, None, path, at=before.tip)
    assert (rendered.markdown, path.read_text("utf-8")) == (before.markdown, before.markdown)
    assert recorded.commit == open_shop.trail.tip
    assert digest_of(before.markdown) == rendered.digest


def test_verification_as_of_then_and_a_known_tip_are_asked_for_by_name(open_shop: Workspace) -> None:
    tip = str(open_shop.trail.tip)
    sign(open_shop, None, "rollback", comment="afterwards")

    assert verify(open_shop, at=tip).tip == tip
    assert verify(open_shop, anchor=tip[:12]).anchor == tip
    assert verify(open_shop, anchor="f" * 40).exit_code is ExitCode.UNTRUSTED
    for given in ("HEAD", "--all", "xyz", ""):
        with pytest.raises(UsageError):
            verify(open_shop, anchor=given)


def test_the_command_line_says_whether_a_report_is_true(directory: Path, tmp_path: Path) -> None:
    path = tmp_path / "migration.md"
    made = promoter("-C", directory, "report")
    path.write_text(made.out, encoding="utf-8")
    true = promoter("-C", directory, "verify", "--report", path)
    assert (true.code, "is true" in true.out) == (0, True)

    path.write_text(made.out.replace("BLOCKED", "OPEN").replace("NOT YET", "OPEN"), encoding="utf-8")
    false = promoter("-C", directory, "verify", "--report", path)
    assert (false.code, "expected:" in false.out, "found:" in false.out) == (1, True, True)
    document = promoter("-C", directory, "verify", "--report", path, "--json").document
    assert (document["report"]["true"], document["report"]["line"], document["exit_code"]) == (
        False,
        false_line(made.out),
        0,
    )
    assert [each["code"] for each in document["limits"]] == ["verify-limits"]
    assert (
        promoter("-C", directory, "verify", "--report", directory / "checklists" / "pipeline.yaml").code == 2
    )
    assert promoter("-C", directory, "report", "--at", "not a date").code == 2


def false_line(text: str) -> int:
    return next(at for at, line in enumerate(text.split("\n"), 1) if "BLOCKED" in line or "NOT YET" in line)


def test_a_report_of_a_promotion_that_the_trail_never_had_is_refused(
    open_shop: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "migration.md"
    path.write_text(report(open_shop).markdown.replace("promotion=v1", "promotion=v2", 1), encoding="utf-8")

    with pytest.raises(Refused):
        prove(open_shop, path)


def test_a_report_is_not_looked_at_where_the_trail_was_altered(directory: Path, tmp_path: Path) -> None:
    path = tmp_path / "migration.md"
    path.write_text(promoter("-C", directory, "report").out, encoding="utf-8")
    git(directory, "update-ref", "refs/heads/promoter/trail", "promoter/trail~1")

    said = promoter("-C", directory, "verify", "--report", path, "--json")
    assert (said.code, said.document["report"]) == (4, None)

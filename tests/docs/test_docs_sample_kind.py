"""The sample kind of the documents: installed as a third party's package is, and used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import python

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "sample-kind"
CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
items:
  - id: newer
    title: The release is newer than what runs there
    checks: [newer: {parts: 3}]
"""
PIPELINE = """\
pipeline: shop
environments:
  staging: {urls: {app: https://staging.shop.example}, data: simulated}
  preprod: {urls: {app: https://preprod.shop.example}, data: real}
transitions: [staging-to-preprod]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the package is installed beside promoter."""
    there = tmp_path_factory.mktemp("installed")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
    ]
    subprocess.run([*command, "--target", str(there), str(SAMPLE)], check=True, capture_output=True)
    return os.environ | {"PYTHONPATH": os.pathsep.join((str(there), str(Path.cwd()))), "LANG": "C.UTF-8"}


def run(environ: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        python("-m", "promoter", *map(str, arguments)),
        env=environ,
        text=True,
        capture_output=True,
        check=False,
    )


def test_its_own_tests_pass(installed: dict[str, str]) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(SAMPLE),
        str(SAMPLE),
    ]
    done = subprocess.run(command, env=installed, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout


def test_it_is_shown_as_any_other_kind(installed: dict[str, str]) -> None:
    assert "newer  " in run(installed, "kinds").stdout
    shown = run(installed, "kinds", "newer").stdout
    assert "The release is a newer version than the one that runs in the target environment." in shown
    assert "Promote a newer release" in shown


def test_a_checklist_may_use_it_and_its_mistakes_are_found(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(PIPELINE)
    checklist = tmp_path / "staging-to-preprod.yaml"
    checklist.write_text(CHECKLIST)
    assert run(installed, "lint", tmp_path).returncode == 0
    checklist.write_text(CHECKLIST.replace("parts: 3", "parts: many"))
    wrong = run(installed, "lint", tmp_path)
    assert (wrong.returncode, "a whole number" in wrong.stdout + wrong.stderr) == (2, True)


def test_it_can_be_tried(installed: dict[str, str]) -> None:
    tried = run(installed, "try", "newer", "parts=2")
    assert (tried.returncode, "nobody said what runs there now" in tried.stdout) == (6, True)


def test_without_the_package_the_kind_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(PIPELINE)
    (tmp_path / "staging-to-preprod.yaml").write_text(CHECKLIST)
    wrong = run(dict(os.environ), "lint", tmp_path)
    assert "there is no kind of check named newer" in wrong.stdout + wrong.stderr

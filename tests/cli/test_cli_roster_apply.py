"""A roster goes into force only after its admin saw what it changes, and whose proposal that is."""

import os
import pty
import select
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.command_line import promoter, python
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.small_shop import person_line


@pytest.fixture(scope="module")
def eve(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return make_signer(tmp_path_factory.mktemp("keys"), "Eve Petit", "eve@example.com")


@pytest.fixture
def tampered(shop: Path, alice: Signer, bob: Signer, eve: Signer) -> Path:
    """Alice's shop after somebody took Bob off the pipeline's roster and put themselves on it."""
    path = shop / "checklists" / "pipeline.yaml"
    text = path.read_text().replace(person_line(bob, "operations"), "")
    path.write_text(text + person_line(eve, "roster-admin", "operations"))
    become(shop, eve, signing=False)
    git(shop, "commit", "-q", "--no-gpg-sign", "-am", "Tidy up")
    become(shop, alice)
    return shop


def on_roster(shop: Path) -> set[str]:
    return {each["id"] for each in promoter("-C", shop, "roster", "--json").document["in_force"]}


def test_without_a_terminal_nothing_is_applied_but_shown(tampered: Path) -> None:
    said = promoter("-C", tampered, "roster", "apply")
    assert said.code == 5
    commit = git(tampered, "rev-parse", "--short=12", "HEAD")
    for words in (
        "Bob Durand (bob) leaves",
        "Eve Petit (eve) joins",
        "roster-admin",
        commit,
        "nobody on the roster",
    ):
        assert words in said.out, words
    assert "--yes" in said.err
    assert on_roster(tampered) == {"alice", "bob"}


def test_agreed_to_it_is_shown_and_applied(tampered: Path) -> None:
    said = promoter("-C", tampered, "roster", "apply", "--yes")
    assert said.code == 0
    assert "Eve Petit (eve) joins" in said.out
    assert on_roster(tampered) == {"alice", "eve"}
    assert promoter("-C", tampered, "roster", "apply", "--yes").code == 1


def test_as_json_the_refusal_holds_the_changes_and_who_made_them(tampered: Path) -> None:
    said = promoter("-C", tampered, "roster", "apply", "--json")
    assert said.code == 5
    view = said.document["roster"]
    assert [each["code"] for each in view["changes"]][:2] == ["person-leaves", "person-joins"]
    assert view["last_change"]["code"] == "last-changed-unproven"
    assert view["last_change"]["parameters"]["name"] == "Eve Petit"
    assert on_roster(tampered) == {"alice", "bob"}
    assert promoter("-C", tampered, "roster", "apply", "--json", "--yes").code == 0


def test_the_diff_names_whose_signature_stands_behind_the_proposal(tampered: Path, alice: Signer) -> None:
    path = tampered / "checklists" / "pipeline.yaml"
    path.write_text(path.read_text() + "# as it should be\n")
    assert "is not committed" in promoter("-C", tampered, "roster", "diff").out
    git(tampered, "commit", "-q", "-S", "-am", "Comment")
    diff = promoter("-C", tampered, "roster", "diff").out
    assert "signed with the key of Alice Martin" in diff
    assert "nobody on the roster" not in diff


def test_the_note_names_the_diff_before_the_change(tampered: Path) -> None:
    [note] = [line for line in promoter("-C", tampered, "status").out.splitlines() if "differs" in line]
    assert "promoter roster diff" in note


def test_only_applying_is_agreed_to(shop: Path) -> None:
    assert promoter("-C", shop, "roster", "diff", "--yes").code == 2


@pytest.mark.parametrize(("answer", "expected"), [(b"y\n", {"alice", "eve"}), (b"\n", {"alice", "bob"})])
def test_on_a_terminal_it_is_asked_about(tampered: Path, answer: bytes, expected: set[str]) -> None:
    said = on_a_terminal(answer, "-C", str(tampered), "roster", "apply")
    assert "Eve Petit (eve) joins" in said
    assert said.index("joins") < said.index("Do you agree?")
    assert on_roster(tampered) == expected


def on_a_terminal(answer: bytes, *arguments: str) -> str:
    ours, theirs = pty.openpty()
    environ = os.environ | {"TERM": "xterm", "NO_COLOR": "1", "PYTHONPATH": str(Path.cwd())}
    command = python("-m", "promoter", *arguments)
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ) as running:
        os.close(theirs)
        os.write(ours, answer)
        heard, ends_at = b"", time.monotonic() + 60
        while time.monotonic() < ends_at:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    heard += os.read(ours, 4096)
                except OSError:
                    break
            elif running.poll() is not None:
                break
        running.wait(timeout=10)
    os.close(ours)
    return heard.decode()

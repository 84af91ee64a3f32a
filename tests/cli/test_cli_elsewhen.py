"""Where a promotion stood, and where it would stand."""

from pathlib import Path

from tests.cli.test_cli_exempting import make
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git


def reasons(shop: Path, at: str) -> set[tuple[str | None, str]]:
    document = promoter("-C", shop, "--json", "status", "--at", at).document
    return {(each["item"], each["code"]) for each in document["gate"]["reasons"]}


def test_a_moment_to_come_tells_what_would_hold_it_then(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make(tmp_path, alice, bob)
    become(shop, bob)
    assert promoter("-C", shop, "waive", "rollback", "--until", "2d", "-m", "later").code == 0
    assert (
        promoter("-C", shop, "freeze", "preprod", "--from", "20d", "--until", "30d", "-m", "census").code == 0
    )
    assert ("rollback", "waiver-expired") not in reasons(shop, "1d")
    assert ("rollback", "waiver-expired") in reasons(shop, "3d")
    assert ("variables", "check-expired") in reasons(shop, "9d")
    assert (None, "frozen-by") in reasons(shop, "21d")
    said = promoter("-C", shop, "status", "--at", "3d")
    assert (said.code, said.out.startswith("As of ")) == (0, True)
    assert promoter("-C", shop, "status", "--gate", "--at", "1d").code == 5
    assert promoter("-C", shop, "status", "--at", "whenever").code == 2
    now = promoter("-C", shop, "--json", "status").document
    soon = promoter("-C", shop, "--json", "status", "--at", "2s").document
    assert (now["gate"], now["items"]) == (soon["gate"], soon["items"])


def test_a_commit_tells_where_it_stood_then(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make(tmp_path, alice, bob)
    before = git(shop, "rev-parse", "promoter/trail")
    become(shop, bob)
    assert promoter("-C", shop, "sign", "rollback").code == 0
    now = promoter("-C", shop, "--json", "status").document["gate"]["reasons"]
    assert "rollback" not in {each["item"] for each in now}
    assert ("rollback", "sign-off-missing") in reasons(shop, before)
    assert promoter("-C", shop, "status", "--at", "2020-01-01").code == 2
    assert promoter("-C", shop, "status", "--at", "f" * 12).code == 2


def test_a_commit_of_the_trail_is_named_as_git_takes_it(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make(tmp_path, alice, bob)
    git(shop, "tag", "--no-sign", "then", "promoter/trail")
    assert promoter("-C", shop, "sign", "rollback").code == 0
    before = promoter("-C", shop, "status", "--at", "promoter/trail~1")
    assert before.code == 0, before.err
    assert promoter("-C", shop, "status", "--at", "then").out == before.out
    written = promoter("-C", shop, "report", "--at", "promoter/trail~1")
    assert written.code == 0, written.err
    assert "entry `" in promoter("-C", shop, "report").out
    assert "Signed off" not in written.out
    assert "Signed off" in promoter("-C", shop, "report").out
    assert promoter("-C", shop, "report", "--at", "main").code == 2
    assert promoter("-C", shop, "report", "--at", "no-such-thing").code == 2
    assert promoter("-C", shop, "status", "--at", "--upload-pack=x").code == 2

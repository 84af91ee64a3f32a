"""Comments: remarks that stay on the trail and change no answer."""

from pathlib import Path

from tests.cli.test_cli_exempting import make
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer


def test_a_comment_is_read_in_log_and_report_and_changes_no_answer(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make(tmp_path, alice, bob)
    before = promoter("-C", shop, "--json", "status").document["gate"]["reasons"]
    said = promoter("-C", shop, "comment", "rollback", "-m", "the page moves on Monday")
    assert said.code == 0, said.err
    assert "Alice Martin commented on rollback" in said.out
    whole = promoter("-C", shop, "--json", "comment", "-m", "agreed with operations")
    assert whole.document["entry"]["type"] == "commented"
    assert whole.document["entry"]["item"] is None
    assert promoter("-C", shop, "--json", "status").document["gate"]["reasons"] == before
    log = promoter("-C", shop, "log", "--item", "rollback").out
    assert "comment: rollback — Alice Martin" in log
    assert "the page moves on Monday" in log
    assert "agreed with operations" not in log
    report = promoter("-C", shop, "report").out
    assert "the page moves on Monday" in report
    assert "agreed with operations" in report
    assert promoter("-C", shop, "verify").code == 0


def test_a_comment_needs_words_and_an_item_that_is_there(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make(tmp_path, alice, bob)
    silent = promoter("-C", shop, "comment", "rollback", "-m", "  ")
    assert (silent.code, "a comment needs words" in silent.err) == (2, True)
    assert promoter("-C", shop, "comment", "nothing", "-m", "hello").code == 2

"""What runs where after a promotion: deployed, rolled back, on a real repository."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, git
from tests.support.small_shop import make_shop, set_variables


@pytest.fixture
def shop(tmp_path: Path, alice: Signer) -> Path:
    """v1 runs in preprod by declaration, v2 was promoted there."""
    shop = make_shop(tmp_path / "shop", (alice, ("operations", "security")))
    set_variables(shop)
    assert promoter("-C", shop, "adopt", "preprod", "--release", "v1", "-m", "in service").code == 0
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Sell more")
    promote(shop, "v2")
    return shop


def promote(shop: Path, name: str) -> None:
    assert promoter("-C", shop, "adopt", "staging", "--release", name, "-m", "in service").code == 0
    opened = promoter("-C", shop, "open", "staging-to-preprod", "--release", name)
    assert opened.code == 0, opened.err
    promoter("-C", shop, "run")
    assert promoter("-C", shop, "sign", "rollback").code == 0
    assert promoter("-C", shop, "sign", "accounts", "--field", "kept=vault").code == 0
    promoted = promoter("-C", shop, "promote")
    assert promoted.code == 0, promoted.out + promoted.err


def runs(shop: Path) -> tuple[str, str]:
    there = promoter("-C", shop, "--json", "status").document["runs_in"]["preprod"]
    return there["release"]["name"], there["how"]


def test_what_runs_where_follows_what_is_deployed_and_rolled_back(shop: Path) -> None:
    assert runs(shop) == ("v2", "promoted")
    url = "https://ci.example.com/42"
    done = promoter("-C", shop, "deployed", "preprod", "--url", url, "-m", "by hand")
    assert done.code == 0, done.err
    assert "v2 runs in preprod" in done.out
    assert runs(shop) == ("v2", "deployed")
    back = promoter("-C", shop, "rollback", "preprod", "--to", "v1", "-m", "loses events")
    assert back.code == 0, back.err
    assert runs(shop) == ("v1", "rolled-back")
    log = promoter("-C", shop, "log").out
    assert "deployed: v2 in preprod" in log
    assert "rolled back: preprod to v1" in log
    assert url in log
    report = promoter("-C", shop, "report", "-p", "v2").out
    assert "rolled back: v1" in report
    assert promoter("-C", shop, "verify").code == 0
    assert promoter("-C", shop, "status", "--gate", "-p", "v2").code == 0


def test_what_is_said_to_have_run_before_it_was_promoted_is_told(shop: Path) -> None:
    early = promoter("-C", shop, "deployed", "preprod", "--at", "2026-01-01")
    assert (early.code, "it was promoted there only later" in early.err) == (0, True)
    since = promoter("-C", shop, "deployed", "preprod")
    assert (since.code, since.err) == (0, "")


def test_what_cannot_have_happened_is_refused_and_says_why(shop: Path) -> None:
    for code, words, *arguments in (
        (2, "nothing is named", "deployed"),
        (2, "no environment", "deployed", "nowhere"),
        (2, "later than now", "deployed", "preprod", "--at", "2199-01-01"),
        (2, "is not a link", "deployed", "preprod", "--url", "javascript:alert(1)"),
        (1, "declared, not promoted", "deployed", "staging"),
        (2, "goes into preprod", "deployed", "staging", "-p", "v2"),
        (2, "never got to", "rollback", "preprod", "--to", "v9", "-m", "x"),
        (2, "already", "rollback", "preprod", "--to", "v2", "-m", "x"),
        (2, "a reason is required", "rollback", "preprod", "--to", "v1"),
    ):
        said = promoter("-C", shop, *arguments)
        assert (said.code, words in said.err) == (code, True), (arguments, said.err)


def test_a_long_history_of_deployments_is_read_as_briefly_and_as_truly_as_in_full(shop: Path) -> None:
    assert promoter("-C", shop, "deployed", "preprod").code == 0
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Sell even more")
    promote(shop, "v3")
    assert runs(shop) == ("v3", "promoted")
    assert promoter("-C", shop, "deployed", "-p", "v2").code == 0
    assert runs(shop) == ("v2", "deployed")
    assert promoter("-C", shop, "rollback", "preprod", "--to", "v1", "-m", "older still").code == 0
    assert runs(shop) == ("v1", "rolled-back")
    for each in (shop / ".git").rglob("*.sqlite*"):
        each.unlink()
    assert runs(shop) == ("v1", "rolled-back")


def in_(minutes: float) -> str:
    """A moment so long from now, as logs write it."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_was_deployed_last_is_what_the_trail_says_runs(shop: Path, tmp_path: Path) -> None:
    head, before = git(shop, "rev-parse", "HEAD"), git(shop, "rev-parse", "v1")
    assert promoter("-C", shop, "deployed", "preprod", "--at", "2026-01-01").code == 0
    log = tmp_path / "log.csv"
    log.write_text(f"environment,commit,time\npreprod,{head},{in_(0)}\npreprod,{before},{in_(3)}\n")
    differs = promoter("-C", shop, "--json", "reconcile", "--deployed", log)
    [told] = differs.document["otherwise"]
    assert (differs.code, told["line"], told["why"]["code"]) == (1, 3, "runs-otherwise")
    text = promoter("-C", shop, "reconcile", "--deployed", log).out
    assert "the trail says that v2" in text
    assert "runs there, since" in text
    assert promoter("-C", shop, "rollback", "preprod", "--to", "v1", "-m", "loses events").code == 0
    assert promoter("-C", shop, "reconcile", "--deployed", log).code == 0


def test_what_is_said_to_run_again_after_a_roll_back_is_told_to_open_nothing(shop: Path) -> None:
    assert promoter("-C", shop, "rollback", "preprod", "--to", "v1", "-m", "loses events").code == 0
    again = promoter("-C", shop, "deployed", "-p", "v2")
    assert (again.code, "rolled it back from preprod (loses events)" in again.err) == (0, True)
    early = promoter("-C", shop, "rollback", "preprod", "--to", "v1", "-m", "still", "--at", "2026-01-01")
    assert (early.code, "it was promoted there only later" in early.err) == (0, True)


def test_a_deployment_log_is_compared_with_the_trail(shop: Path, tmp_path: Path) -> None:
    head, before = git(shop, "rev-parse", "HEAD"), git(shop, "rev-parse", "v1")
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Behind everyone's back")
    hidden = git(shop, "rev-parse", "HEAD")
    log, now = tmp_path / "log.csv", in_(minutes=0)
    told = f"environment,commit,time\npreprod,{before},2020-01-01T00:00:00Z\npreprod,{head},{now}\n"
    log.write_text(told)
    agreed = promoter("-C", shop, "reconcile", "--deployed", log)
    assert agreed.code == 0, agreed.out + agreed.err
    assert "the log and the trail agree" in agreed.out

    log.write_text(
        told
        + f"preprod,{hidden},{now}\npreprod,{head[:10]},2020-01-02T00:00:00Z\npreprod,{head},{in_(minutes=9)}\n"
    )
    differs = promoter("-C", shop, "--json", "reconcile", "--deployed", log)
    assert differs.code == 1
    found = [(each["line"], each["why"]["code"]) for each in differs.document["unpromoted"]]
    assert found == [(4, "deployed-unpromoted"), (5, "deployed-before-promoted"), (6, "deployed-ahead")]
    text = promoter("-C", shop, "reconcile", "--deployed", log)
    assert (text.code, "Deployed without a promotion" in text.out) == (1, True)

    log.write_text(f"environment,commit,time\npreprod,{before},2020-01-01T00:00:00Z\n")
    missing = promoter("-C", shop, "--json", "reconcile", "--deployed", log)
    assert missing.code == 1
    assert [each["release"]["name"] for each in missing.document["undeployed"]] == ["v2"]
    log.write_text(f"environment,commit,time\nprod-eu,{head},2020-01-01T00:00:00Z\n")
    strange = promoter("-C", shop, "--json", "reconcile", "--deployed", log)
    assert strange.document["unpromoted"][0]["why"]["code"] == "deployed-elsewhere"
    assert strange.document["silent"] == ["preprod"]
    log.write_text("nothing\n")
    assert promoter("-C", shop, "reconcile", "--deployed", log).code == 2

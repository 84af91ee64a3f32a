"""Holds and freezes: who stops the line, and who lets it go on, on a real repository."""

from pathlib import Path

from tests.cli.test_cli_exempting import make
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git


def test_anyone_on_the_roster_stops_the_line_and_lets_it_go_on(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make(tmp_path, alice, bob)
    assert promoter("-C", shop, "lift", "-m", "over").code == 2
    assert promoter("-C", shop, "hold", "-m", "incident").code == 2
    assert promoter("-C", shop, "hold", "nowhere", "-m", "incident").code == 2
    assert promoter("-C", shop, "hold", "preprod", "-m", "incident 4711").code == 0
    become(shop, bob)
    status = promoter("-C", shop, "status")
    assert status.code == 0
    assert "stopped by Alice Martin: incident 4711" in status.out
    assert promoter("-C", shop, "status", "--gate").code == 1
    assert promoter("-C", shop, "hold", "--release", "v1", "-m", "leaks").code == 0
    unclear = promoter("-C", shop, "lift", "-m", "over")
    assert (unclear.code, "several holds stand" in unclear.err) == (2, True)
    reasons = promoter("-C", shop, "--json", "status").document["gate"]["reasons"]
    held = [each["parameters"]["id"] for each in reasons if each["code"] == "held"]
    for each in held:
        assert promoter("-C", shop, "lift", each, "-m", "over").code == 0
    assert promoter("-C", shop, "status", "--gate").code == 5


def test_a_freeze_is_declared_and_thawed_and_a_window_is_thawed_by_who_may(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make(tmp_path, alice, bob)
    assert promoter("-C", shop, "thaw", "preprod", "--until", "2h", "-m", "urgent").code == 1
    assert promoter("-C", shop, "freeze", "preprod", "--until", "2020-01-01", "-m", "census").code == 2
    assert promoter("-C", shop, "freeze", "preprod", "--until", "3d", "-m", "census").code == 0
    status = promoter("-C", shop, "status").out
    assert "frozen by Alice Martin until" in status
    assert promoter("-C", shop, "--json", "status").document["gate"]["freeze"]["until"] is not None
    assert promoter("-C", shop, "thaw", "preprod", "--until", "2h", "-m", "urgent").code == 0
    status = promoter("-C", shop, "status").out
    assert "frozen by" not in status
    assert "Alice Martin lets promotions pass the freeze that Alice Martin declared (census)" in status
    assert "lets promotions pass" in promoter("-C", shop, "report").out
    assert "a freeze that is thawed holds again" in promoter("-C", shop, "due").out
    assert "frozen by" in promoter("-C", shop, "status", "--at", "5h").out

    pipeline = shop / "checklists" / "pipeline.yaml"
    always = "    freezes: [{id: always, from: 2020-01-01 00:00, until: 2020-01-02 00:00, repeat: FREQ=DAILY, passed_by: [security]}]\n"
    pipeline.write_text(pipeline.read_text().replace("    data: real\n", "    data: real\n" + always))
    assert promoter("-C", shop, "abandon", "-m", "other rules").code == 0
    git(shop, "commit", "-qam", "Freeze for ever", "--no-gpg-sign")
    assert promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2").code == 0
    reasons = promoter("-C", shop, "--json", "status").document["gate"]["reasons"]
    assert reasons[0]["code"] == "frozen-for-long"
    assert promoter("-C", shop, "thaw", "preprod", "--until", "2h", "-m", "urgent").code == 0
    reasons = promoter("-C", shop, "--json", "status").document["gate"]["reasons"]
    assert [each["code"] for each in reasons if each["item"] is None] == ["frozen-for-long"]
    become(shop, bob)
    assert promoter("-C", shop, "thaw", "preprod", "--until", "2h", "-m", "urgent").code == 0
    codes = [each["code"] for each in promoter("-C", shop, "--json", "status").document["gate"]["reasons"]]
    assert "frozen-for-long" not in codes
    assert "thawed until" in promoter("-C", shop, "log").out


def test_a_hold_is_lifted_by_the_name_of_what_it_holds(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make(tmp_path, alice, bob)
    assert promoter("-C", shop, "hold", "preprod", "-m", "incident").code == 0
    assert promoter("-C", shop, "hold", "--release", "v1", "-m", "leaks").code == 0
    nobody = promoter("-C", shop, "lift", "staging", "-m", "over")
    assert (nobody.code, "no hold is called staging" in nobody.err) == (2, True)
    assert promoter("-C", shop, "lift", "v1", "-m", "over").code == 0
    assert promoter("-C", shop, "lift", "preprod", "-m", "over").code == 0
    assert promoter("-C", shop, "status", "--gate").code == 5


def test_a_thaw_that_passes_nothing_is_told(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make(tmp_path, alice, bob)
    rules = (shop / "checklists" / "pipeline.yaml").read_text()

    def thawed(window: str) -> tuple[int, str]:
        freezes = f"    freezes: [{{id: launch, {window}}}]\n"
        text = rules.replace("    data: real\n", "    data: real\n" + freezes)
        (shop / "checklists" / "pipeline.yaml").write_text(text)
        said = promoter("-C", shop, "thaw", "preprod", "--until", "2h", "-m", "urgent")
        return said.code, " ".join(said.err.split())

    always = "from: 2020-01-01 00:00, until: 2020-01-02 00:00, repeat: FREQ=DAILY"
    assert thawed(f"{always}, passed_by: [operations]") == (0, "")
    code, words = thawed(f"{always}, passed_by: [security]")
    assert (code, "whoever is security may" in words) == (1, True)
    code, words = thawed(always)
    assert (code, "its rules let nobody pass one" in words) == (1, True)
    code, words = thawed("from: 2020-01-01 00:00, until: 2020-01-02 00:00, passed_by: [operations]")
    assert (code, "nothing freezes preprod until then" in words) == (0, True)
    assert promoter("-C", shop, "freeze", "preprod", "--until", "3d", "-m", "census").code == 0
    code, words = thawed(f"{always}, passed_by: [security]")
    assert (code, "stays frozen all the same, which is not yours to pass: launch" in words) == (0, True)


def test_a_hold_of_a_release_holds_what_is_called_so_and_not_what_is_checked_out(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make(tmp_path, alice, bob)
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Go on")
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Go further")
    git(shop, "tag", "v3", "HEAD~1")
    assert promoter("-C", shop, "hold", "--release", "v1", "-m", "leaks").code == 0
    reasons = promoter("-C", shop, "--json", "status").document["gate"]["reasons"]
    assert "held" in [each["code"] for each in reasons]
    unknown = promoter("-C", shop, "hold", "--release", "v9", "-m", "leaks")
    assert (unknown.code, "nothing says which commit v9 is" in unknown.err) == (2, True)
    opened = promoter("-C", shop, "open", "staging-to-preprod", "--release", "v3")
    assert opened.code == 0
    assert "what the tag v3 is on" in opened.err
    release = promoter("-C", shop, "--json", "status", "-p", "v3").document["promotion"]["release"]
    assert release["commit"] == git(shop, "rev-parse", "HEAD~1")


def test_what_stops_an_environment_stops_the_one_that_took_its_place(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make(tmp_path, alice, bob)
    assert promoter("-C", shop, "hold", "preprod", "-m", "incident").code == 0
    assert promoter("-C", shop, "abandon", "-m", "another name").code == 0
    for name in ("pipeline.yaml", "staging-to-preprod.yaml"):
        path = shop / "checklists" / name
        path.write_text(
            path.read_text().replace("  preprod:", "  acceptance:").replace("to: preprod", "to: acceptance")
        )
    git(shop, "commit", "-qam", "Call it otherwise", "--no-gpg-sign")
    opened = promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2")
    assert opened.code == 0, opened.err
    reasons = promoter("-C", shop, "--json", "status").document["gate"]["reasons"]
    assert "held" in [each["code"] for each in reasons]

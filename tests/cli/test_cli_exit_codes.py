"""How each verb ends, as text and as JSON."""

import json
from pathlib import Path

import pytest

from promoter.cli.verbs import VERBS
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git
from tests.support.small_shop import CHECKLIST, make_shop, open_v1, set_variables

UNTOLD = """\
  - id: hook
    title: The hook answers
    checks: [https: {url: {variable: SHOP_HOOK}}]
"""


def ready(shop: Path) -> None:
    """Everything that Alice and her machine can answer."""
    set_variables(shop)
    assert promoter("-C", shop, "run").code == 0
    assert promoter("-C", shop, "sign", "accounts", "--field", "kept=vault").code == 0


def test_status_answers_and_exits_0_whatever_the_gate_says(shop: Path) -> None:
    assert promoter("-C", shop, "status").code == 0


def test_a_gate_that_only_waits_exits_5_and_a_failing_one_1(shop: Path) -> None:
    assert promoter("-C", shop, "status", "--gate").code == 5
    assert promoter("-C", shop, "run").code == 1
    assert promoter("-C", shop, "status", "--gate").code == 1


def test_a_gate_that_cannot_tell_exits_6(tmp_path: Path, alice: Signer) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("roster-admin", "security")), checklist=CHECKLIST + UNTOLD)
    pipeline = shop / "checklists/pipeline.yaml"
    pipeline.write_text(pipeline.read_text().replace("SHOP_SECRET:", "SHOP_HOOK: {}\n      SHOP_SECRET:"))
    assert open_v1(shop).code == 0
    set_variables(shop)
    assert promoter("-C", shop, "run", "hook").code == 6
    assert promoter("-C", shop, "status", "--gate").code == 6


def test_promote_says_what_holds_the_gate_a_line_each_and_exits_as_the_gate(shop: Path) -> None:
    ready(shop)
    said = promoter("-C", shop, "promote")
    assert (said.code, "not promoted: the gate does not open" in said.err) == (5, True)
    assert "\n  ◌ rollback  waiting for a sign-off: operations" in said.out
    as_json = promoter("-C", shop, "promote", "--json")
    assert (as_json.code, as_json.document["gate"]["answer"]) == (5, "blocked")
    assert [each["item"] for each in as_json.document["gate"]["reasons"]] == ["rollback"]


def test_an_open_gate_promotes_once(shop: Path) -> None:
    ready(shop)
    assert promoter("-C", shop, "sign", "rollback").code == 0
    assert promoter("-C", shop, "status", "--gate").code == 0
    said = promoter("-C", shop, "promote", "--json")
    assert (said.code, said.document["promotion"]["stage"]) == (0, "promoted")
    again = promoter("-C", shop, "promote")
    assert (again.code, again.err.partition("remedy")[0]) == (2, "error: no promotion is open\n")


def test_a_gate_that_its_fresh_checks_close_does_not_promote(shop: Path) -> None:
    ready(shop)
    assert promoter("-C", shop, "sign", "rollback").code == 0
    (shop / ".env.preprod").unlink()
    assert promoter("-C", shop, "status", "--gate").code == 0
    said = promoter("-C", shop, "promote")
    assert (said.code, "not promoted: the gate does not open" in said.err) == (1, True)
    assert "✗ variables  credentials: no source of the variables" in said.out
    assert promoter("-C", shop, "status", "--json").document["promotion"]["stage"] == "open"


def test_of_several_open_promotions_one_must_be_chosen(shop: Path) -> None:
    assert "another promotion into preprod is open" in open_v1(shop).err
    said = promoter("-C", shop, "status")
    assert (said.code, said.err.count("v1-preprod-")) == (2, 2)
    chosen = said.err.rstrip().rpartition(" ")[2]
    assert promoter("-C", shop, "status", "-p", chosen).code == 0


def test_an_abandoned_promotion_exits_1(shop: Path) -> None:
    assert promoter("-C", shop, "abandon", "-m", "v2 replaces it").code == 0
    said = promoter("-C", shop, "status", "--gate")
    assert (said.code, "ABANDONED just now by Alice Martin: v2 replaces it" in said.out) == (1, True)


def test_a_trail_that_lost_an_entry_exits_4_from_every_verb_that_decides(shop: Path) -> None:
    git(shop, "branch", "-f", "promoter/trail", "promoter/trail~1")
    for verb in ("status", "run", "promote", "report", "verify"):
        said = promoter("-C", shop, verb, "--json")
        assert (verb, 4) == (verb, said.code)
        assert said.document["exit_code"] == 4


def test_outside_a_repository_nothing_can_be_done(tmp_path: Path) -> None:
    said = promoter("-C", tmp_path, "status")
    assert said.code == 6
    assert "is not in a git repository" in said.err


def test_a_stranger_is_refused_and_nothing_is_written(shop: Path, bob: Signer, somewhere: Path) -> None:
    become(shop, Signer("Mallory", "mallory@example.net", bob.key, bob.public, bob.id))
    before = git(shop, "rev-parse", "promoter/trail")
    said = promoter("-C", shop, "sign", "rollback")
    assert said.code == 1
    assert "Mallory <mallory@example.net> is not on the roster" in said.err
    assert before == git(shop, "rev-parse", "promoter/trail")


@pytest.mark.parametrize(
    "arguments",
    [
        ["reject", "rollback"],
        ["revoke", "rollback", "-m", "never signed"],
        ["sign", "variables"],
        ["sign", "nowhere"],
        ["sign", "accounts"],
        ["sign", "rollback", "--link", "ftp://example.org"],
        ["run", "rollback"],
        ["adopt", "nowhere", "--release", "v1", "-m", "x"],
        ["open", "nowhere", "--release", "v1"],
        ["open", "staging-to-preprod", "--release", "v1", "--commit", "nothing"],
        ["status", "-p", "v2"],
        ["sync"],
        ["schema", "nothing"],
        ["kinds", "nothing"],
        ["try", "credentials", "nothing=1"],
        ["lint", "nothing.yaml"],
    ],
)
def test_what_cannot_be_asked_for_exits_2_with_an_object_in_json(shop: Path, arguments: list[str]) -> None:
    said = promoter("-C", shop, *arguments)
    assert said.code == 2
    as_json = promoter("-C", shop, *arguments, "--json")
    assert as_json.code == 2
    assert as_json.document["schema"] in ("promoter/error/1", "promoter/lint/1")


def test_every_verb_answers_with_one_object(shop: Path, tmp_path: Path) -> None:
    git(shop, "init", "-q", "--bare", str(tmp_path / "remote.git"))
    git(shop, "remote", "add", "origin", str(tmp_path / "remote.git"))
    set_variables(shop)
    answers = {
        verb: promoter("-C", shop, "--json", verb, *arguments)
        for verb, arguments in {
            "lint": [str(shop / "checklists")],
            "schema": ["entry"],
            "kinds": [],
            "adopt": ["staging", "--release", "v1", "-m", "in service"],
            "status": [],
            "next": [],
            "explain": [],
            "run": ["variables"],
            "diff": [],
            "amend": ["--release", "v1.1", "-m", "named otherwise", "--yes"],
            "trust": [],
            "try": ["https", "url=https://shop.example", "connect_to=127.0.0.1:1"],
            "sign": ["rollback"],
            "approve": ["-m", "agreed at the board"],
            "revoke": ["rollback", "-m", "signed too early"],
            "reject": ["rollback", "-m", "incomplete"],
            "waive": ["variables", "--until", "7d", "-m", "later"],
            "exclude": ["variables", "-m", "no variables"],
            "hold": ["preprod", "-m", "incident"],
            "lift": ["-m", "over"],
            "freeze": ["preprod", "--until", "3d", "-m", "census"],
            "thaw": ["preprod", "--until", "2d", "-m", "urgent"],
            "evidence": ["list"],
            "emergency": ["-m", "payments fail"],
            "settle": ["-m", "reviewed"],
            "comment": ["-m", "the window was agreed"],
            "refresh": ["--dry-run"],
            "due": [],
            "promote": [],
            "deployed": ["preprod"],
            "reconcile": ["--deployed", str(tmp_path / "none.csv")],
            "rollback": ["preprod", "--to", "v1", "-m", "loses events"],
            "report": ["-o", str(tmp_path / "report.md")],
            "log": [],
            "verify": [],
            "sync": [],
            "publish": [],
            "doctor": [],
            "roster": [],
            "key": ["retire", "SHA256:nobody's", "-m", "lost"],
            "abandon": ["-m", "v2 replaces it"],
            "open": ["staging-to-preprod", "--release", "v2"],
            "init": [],
        }.items()
    }
    assert set(VERBS) - {"demo"} == set(answers)
    for verb, said in answers.items():
        assert isinstance(json.loads(said.out), dict), verb
        assert said.err == "", verb
    codes = {verb: said.code for verb, said in answers.items() if said.code}
    assert codes == {
        "try": 1,
        "approve": 2,
        "waive": 1,
        "exclude": 2,
        "emergency": 1,
        "settle": 2,
        "promote": 1,
        "deployed": 2,
        "rollback": 2,
        "reconcile": 2,
        "key": 2,
    }


def test_without_a_roster_every_answer_says_that_it_is_claimed(claimed_shop: Path) -> None:
    assert "claimed, not signed" in open_v1(claimed_shop).out
    said = promoter("-C", claimed_shop, "sign", "rollback")
    assert (said.code, "there is no roster" in said.err) == (0, True)
    assert "not signed" in said.out
    assert promoter("-C", claimed_shop, "status", "--json").document["claimed"]


def test_a_report_is_replaced_and_another_file_is_not(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    assert [promoter("-C", shop, "report", "-o", path).code for _ in range(2)] == [0, 0]
    path.write_text("mine")
    assert promoter("-C", shop, "report", "-o", path).code == 1
    assert path.read_text() == "mine"
    assert promoter("-C", shop, "report", "-o", path, "--force").code == 0
    assert promoter("-C", shop, "report", "-o", path / "below").code == 6

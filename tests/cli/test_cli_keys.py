"""Who may sign, and with what: as people say it on the command line."""

from pathlib import Path

import pytest

from tests.support.command_line import Said, promoter
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.small_shop import make_shop, open_v1, person_line


def does(shop: Path, *arguments: str | Path, code: int = 0) -> Said:
    said = promoter("-C", shop, *arguments)
    assert (said.code, said.err if said.code != code else "") == (code, "")
    return said


def listed(shop: Path) -> list[str]:
    """The keys of everyone on the roster in force."""
    people = does(shop, "roster", "--json").document["in_force"]
    return [key["id"] for each in people for key in each["keys"]]


@pytest.fixture
def newer(tmp_path: Path) -> Signer:
    return make_signer(tmp_path / "keys", "Bob Durand", "bob2@example.com")


def test_a_key_is_replaced_by_its_own_person_and_the_pipeline_proposes_what_is_in_force(
    shop: Path, bob: Signer, newer: Signer
) -> None:
    become(shop, bob)
    done = does(shop, "key", "add", f"{newer.key}.pub")
    assert "pipeline.yaml" in done.out
    git(shop, "config", "user.signingkey", str(newer.key))
    does(shop, "key", "retire", bob.id[:20], "-m", "a new laptop")
    does(shop, "sign", "rollback")
    assert bob.id not in listed(shop)
    assert newer.id in listed(shop)

    view = does(shop, "roster", "diff")
    assert "stays out" in view.out
    assert "next:" not in view.out
    git(shop, "config", "user.signingkey", str(bob.key))
    refused = does(shop, "sign", "rollback", code=1)
    assert "not on the roster" in refused.err or "would not count" in refused.err
    assert does(shop, "verify").code == 0


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("flow", ["    keys: [{key}]"]),
        ("block", ["    keys:", "      - {key}", "    # and no more"]),
        ("commented", ["    keys: # hers", "    - {key} # the laptop's"]),
        ("empty", ["    keys: []"]),
    ],
)
def test_a_key_finds_its_place_in_the_pipeline_and_touches_nothing_else(
    tmp_path: Path, alice: Signer, bob: Signer, newer: Signer, name: str, lines: list[str]
) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("roster-admin", "operations")))
    path = shop / "checklists" / "pipeline.yaml"
    written = "".join(f"{line}\n" for line in lines).replace("{key}", bob.public)
    of_bob = person_line(bob, "operations")
    path.write_text(path.read_text() + of_bob[: of_bob.index("    keys:")] + written)
    before = path.read_text().splitlines()
    does(shop, "roster", "apply")
    does(shop, "key", "add", f"{newer.key}.pub", "--person", "bob")
    after = path.read_text().splitlines()
    assert newer.id in listed(shop)
    assert not does(shop, "roster", "--json").document["differs"]
    assert newer.public in path.read_text()
    assert all(line in after for line in before if bob.public not in line and "[]" not in line)


def test_a_key_in_other_hands_takes_back_what_it_signed_since_and_the_gate_says_so(
    shop: Path, alice: Signer, bob: Signer
) -> None:
    become(shop, bob)
    first = does(shop, "sign", "rollback", "--json").document
    believed = first["entry"]["id"] if "entry" in first else first["id"]
    does(shop, "sign", "training")
    become(shop, alice)
    asked = does(shop, "key", "compromised", bob.id, "-m", "laptop stolen", code=2)
    assert believed in asked.err
    said = does(shop, "key", "compromised", bob.id, "--since", believed, "-m", "laptop stolen")
    assert "training" in said.out
    assert "rollback" not in said.out
    items = {each["id"]: each for each in does(shop, "status", "--json").document["items"]}
    assert [each["counts"] for each in items["rollback"]["sign_offs"]] == [True]
    assert [each["why"]["code"] for each in items["training"]["sign_offs"]] == ["sign-off-compromised"]
    for full in ((), ("--full",)):
        found = does(shop, "verify", "--json", *full).document["findings"]
        assert [each["code"] for each in found if each["severity"] == "not-counted"] == ["compromised-key"]


def test_nobody_takes_a_colleagues_key_away_or_adds_one_for_them(
    shop: Path, alice: Signer, bob: Signer, newer: Signer
) -> None:
    become(shop, bob)
    does(shop, "key", "retire", alice.id, code=1)
    does(shop, "key", "compromised", alice.id, "--since", "01", "-m", "no", code=1)
    does(shop, "key", "add", f"{newer.key}.pub", "--person", "alice", code=1)
    does(shop, "key", "add", newer.key, code=2)
    does(shop, "key", "add", f"{alice.key}.pub", code=1)
    does(shop, "key", "retire", "SHA256:nobodyhasthis", code=2)


def test_the_history_of_the_roster_names_the_entry_behind_every_right(
    shop: Path, alice: Signer, bob: Signer
) -> None:
    path = shop / "checklists" / "pipeline.yaml"
    path.write_text(path.read_text().replace(person_line(bob, "operations"), person_line(bob, "security")))
    assert "bob may sign as security" in does(shop, "roster", "diff").out
    does(shop, "roster", "apply", "--yes")
    tenures = does(shop, "roster", "show", "--history", "--json").document["tenures"]
    of_bob = {each["which"]: each for each in tenures if each["person"] == "bob" and each["what"] == "role"}
    assert of_bob["operations"]["until"]["type"] == "roster"
    assert of_bob["operations"]["until"]["entry"] == of_bob["security"]["since"]["entry"]
    assert of_bob["operations"]["since"]["type"] == "genesis"
    assert of_bob["security"]["until"] is None
    text = does(shop, "roster", "show", "--history").out
    assert "role security" in text
    assert "Alice Martin" in text


def test_git_verifies_the_trail_with_the_allowed_signers_that_promoter_derives(
    shop: Path, alice: Signer, bob: Signer
) -> None:
    become(shop, bob)
    does(shop, "sign", "rollback")
    signers = shop / ".git" / "allowed_signers"
    signers.write_text(does(shop, "roster", "allowed-signers").out)
    git(shop, "config", "gpg.ssh.allowedSignersFile", str(signers))
    assert git(shop, "log", "--format=%G? %GS", "-1", "promoter/trail") == f"G {bob.email}"
    assert all('namespaces="git"' in line for line in signers.read_text().splitlines())
    become(shop, alice)
    believed = does(shop, "log", "--json").document["entries"][0]
    does(shop, "key", "compromised", bob.id, "--since", believed["commit"], "-m", "stolen")
    assert bob.public not in does(shop, "roster", "allowed-signers").out


def test_without_a_key_one_line_says_what_to_run_and_signing_off_stays_possible_and_claimed(
    claimed_shop: Path,
) -> None:
    shown = does(claimed_shop, "roster")
    assert "ssh-keygen -t ed25519" in shown.out
    assert "git config user.signingkey" in shown.out
    assert open_v1(claimed_shop).code == 0
    does(claimed_shop, "sign", "rollback")
    assert does(claimed_shop, "status", "--json").document["claimed"]
    does(claimed_shop, "key", "retire", "SHA256:anything", code=1)

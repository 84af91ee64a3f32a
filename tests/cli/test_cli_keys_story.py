"""Keys from the first day to the last, as people type it: two clones, one remote, nobody trusted beyond their key."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command_line import Said, promoter
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.small_shop import make_shop, person_line, set_variables

TRAIL = "promoter/trail"


@dataclass
class Desk:
    """Somebody's clone."""

    place: Path

    def does(self, *arguments: str | Path, code: int = 0) -> Said:
        said = promoter("-C", self.place, *arguments)
        assert (said.code, said.err if said.code != code else "") == (code, "")
        return said

    def git(self, *arguments: str) -> str:
        return git(self.place, *arguments)

    def counts(self, item: str) -> list[tuple[str, bool]]:
        """Whose sign-offs of an item count."""
        items = {each["id"]: each for each in self.does("status", "--json").document["items"]}
        return [(each["person"], each["counts"]) for each in items[item]["sign_offs"]]

    def listed(self) -> set[str]:
        """The keys of everyone on the roster in force."""
        return {
            key["id"] for each in self.does("roster", "--json").document["in_force"] for key in each["keys"]
        }


@pytest.fixture
def carol(tmp_path: Path) -> Signer:
    return make_signer(tmp_path / "keys", "Carol Petit", "carol@example.com")


@pytest.fixture
def newer(tmp_path: Path) -> Signer:
    return make_signer(tmp_path / "keys", "Bob Durand", "bob-2026@example.com")


@pytest.fixture
def desks(tmp_path: Path, alice: Signer, bob: Signer) -> tuple[Desk, Desk]:
    """Alice put herself on the roster with `init --me`, proposed Bob, opened a promotion and shared it; Bob cloned."""
    shop = make_shop(tmp_path / "shop")
    become(shop, alice)
    hub = tmp_path / "hub.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(shop, "remote", "add", "origin", str(hub))
    mine, theirs = Desk(shop), Desk(tmp_path / "bobs")
    mine.does("init", "--me")
    pipeline = shop / "checklists" / "pipeline.yaml"
    pipeline.write_text(pipeline.read_text() + person_line(bob, "operations"))
    git(shop, "commit", "-q", "--no-gpg-sign", "-am", "Propose the roster")
    git(shop, "push", "-q", "origin", "main")
    mine.does("open", "staging-to-preprod", "--release", "v1")
    mine.does("sync")
    git(tmp_path, "clone", "-q", str(hub), str(theirs.place))
    become(theirs.place, bob)
    theirs.does("sync")
    return mine, theirs


def test_a_new_laptop_an_old_one_stolen_and_a_colleague_who_comes(
    desks: tuple[Desk, Desk], bob: Signer, newer: Signer, carol: Signer, alice: Signer
) -> None:
    mine, theirs = desks
    assert "nobody" not in mine.does("roster").out
    assert (alice.id in mine.listed(), bob.id in theirs.listed()) == (True, True)

    theirs.does("sign", "rollback", "-m", "from the old laptop")
    theirs.does("key", "add", f"{newer.key}.pub")
    theirs.git("config", "user.signingkey", str(newer.key))
    theirs.does("key", "retire", bob.id[:20], "-m", "a new laptop")
    theirs.does("sign", "training", "-m", "from the new one")
    theirs.does("sync")
    mine.does("sync")
    assert (mine.counts("rollback"), mine.counts("training")) == ([("bob", True)], [("bob", True)])
    assert (bob.id in mine.listed(), newer.id in mine.listed()) == (False, True)

    theirs.git("config", "user.signingkey", str(bob.key))
    assert theirs.does("sign", "rollback", code=1).err
    assert "was retired or compromised" in theirs.does("key", "add", f"{bob.key}.pub", code=1).err
    theirs.git("config", "user.signingkey", str(newer.key))

    pipeline = mine.place / "checklists" / "pipeline.yaml"
    written = pipeline.read_text().replace(bob.public, newer.public) + person_line(carol, "security")
    pipeline.write_text(written)
    proposed = mine.does("roster", "diff").out
    assert "carol" in proposed
    assert "next: promoter roster apply" in proposed
    mine.does("roster", "apply", "--yes")
    mine.does("sync")
    theirs.does("sync")
    become(theirs.place, carol)
    set_variables(theirs.place)
    theirs.does("sign", "accounts", "--field", "kept=vault")
    assert theirs.counts("accounts") == [("carol", True)]
    theirs.does("sync")
    mine.does("sync")

    believed = next(
        each["entry"]["id"]
        for each in mine.does("log", "--person", "bob", "--json").document["entries"]
        if each["entry"]["type"] == "signed-off" and each["entry"]["item"]["id"] == "rollback"
    )
    told = mine.does("key", "compromised", bob.id, "--since", believed, "-m", "stolen from the train")
    assert "does not count any more" in told.out or "do not count any more" in told.out
    assert mine.counts("rollback") == [("bob", True)]
    mine.does("sync")
    theirs.does("sync")
    for desk in (mine, theirs):
        assert desk.counts("accounts") == [("carol", True)]
        assert desk.does("verify", "--full").code == 0
    assert mine.git("rev-parse", TRAIL) == theirs.git("rev-parse", TRAIL)


def test_a_key_that_was_stolen_before_it_brought_another_takes_that_one_down_with_it(
    desks: tuple[Desk, Desk], bob: Signer, newer: Signer
) -> None:
    mine, theirs = desks
    theirs.does("sign", "rollback")
    theirs.does("key", "add", f"{newer.key}.pub")
    theirs.git("config", "user.signingkey", str(newer.key))
    theirs.does("sign", "training", "-m", "the thief was here")
    theirs.does("sync")
    mine.does("sync")
    assert mine.counts("training") == [("bob", True)]
    entries = mine.does("log", "--person", "bob", "--item", "rollback", "--json").document["entries"]
    mine.does("key", "compromised", bob.id, "--since", entries[0]["entry"]["id"], "-m", "stolen")
    assert (mine.counts("rollback"), mine.counts("training")) == ([("bob", True)], [("bob", False)])
    assert newer.id not in mine.listed()
    shown = mine.does("log", "--item", "training").out
    assert "not counted:" in shown


def test_what_was_signed_in_a_clone_that_had_not_heard_does_not_count_when_it_arrives(
    desks: tuple[Desk, Desk], bob: Signer
) -> None:
    mine, theirs = desks
    theirs.does("sign", "training", "-m", "offline, after the theft")
    mine.does("key", "retire", bob.id, "-m", "left the company")
    mine.does("sync")
    theirs.does("sync")
    assert theirs.counts("training") in ([], [("bob", False)])
    assert "not counted:" in theirs.does("log", "--person", "bob").out
    mine.does("sync")
    assert mine.git("rev-parse", TRAIL) == theirs.git("rev-parse", TRAIL)


def test_git_agrees_with_the_signers_that_are_derived_in_both_clones(
    desks: tuple[Desk, Desk], bob: Signer, newer: Signer
) -> None:
    mine, theirs = desks
    theirs.does("sign", "rollback")
    theirs.does("key", "add", f"{newer.key}.pub")
    theirs.git("config", "user.signingkey", str(newer.key))
    theirs.does("key", "retire", bob.id, "-m", "a new laptop")
    theirs.does("sign", "training")
    theirs.does("sync")
    mine.does("sync")
    written = [desk.does("roster", "allowed-signers").out for desk in desks]
    assert written[0] == written[1]
    for desk in desks:
        signers = desk.place / ".git" / "allowed_signers"
        signers.write_text(written[0])
        desk.git("config", "gpg.ssh.allowedSignersFile", str(signers))
        verdicts = desk.git("log", "--no-merges", "--format=%G?", TRAIL).split()
        assert set(verdicts) == {"G"}


def test_an_access_review_reads_who_may_sign_what_since_and_until_when(
    desks: tuple[Desk, Desk], bob: Signer, newer: Signer
) -> None:
    mine, theirs = desks
    theirs.does("key", "add", f"{newer.key}.pub")
    theirs.git("config", "user.signingkey", str(newer.key))
    theirs.does("key", "retire", bob.id, "-m", "a new laptop")
    theirs.does("sync")
    mine.does("sync")
    shown = mine.does("roster", "show", "--history").out
    of_bob = shown[shown.index("bob  Bob Durand (person)") :].splitlines()
    begun = [line.partition("since")[2] for line in of_bob if line.startswith("  since")]
    assert len(begun) == 3
    assert "    role operations" in of_bob
    assert f"    key {newer.id}" in of_bob
    taken = next(index for index, line in enumerate(of_bob) if line.startswith("  until"))
    assert "key retired" in of_bob[taken]
    assert of_bob[taken + 1] == f"    key {bob.id}"
    assert re.search(r"^    roles .*operations.*, roster-admin, security$", shown, re.MULTILINE)
    assert shown == theirs.does("roster", "show", "--history").out

"""Whoever can push but is on no roster: what they can do to a colleague, and what the colleague is told."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from promoter.model.entry import Opened, Pinned, RosterChanged, Subject
from promoter.model.roster import ROSTER_ADMIN, Roster
from promoter.trail.entry import blob_path, entry_bytes, entry_path
from tests.support.command_line import away_from_home, promoter
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.threatened_shop import CHECKLIST, ThreatenedShop, shop_before_threats, threatened
from tests.support.trail_histories import History, actor, digest_of, person

MARK = "a-strangers-command-ran"
WITH_COMMAND = (
    CHECKLIST
    + f"""\
  - id: tests
    title: The tests pass
    checks: [command: {{run: [touch, {MARK}]}}]
"""
)


@pytest.fixture(scope="module")
def people(keys: Path) -> tuple[Signer, ...]:
    names = (("Alice Martin", "alice"), ("Bob Durand", "bob"), ("Build server", "ci"), ("Mallory", "mallory"))
    return tuple(make_signer(keys / "pushed", name, f"{short}@example.com") for name, short in names)


@pytest.fixture(scope="module")
def before(people: tuple[Signer, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("stranger")
    with away_from_home(directory / "home"):
        yield shop_before_threats(directory / "shop", people[:3])


@dataclass
class Team:
    """Alice's clone, which has shared its trail, and that of Mallory, who may push."""

    shop: ThreatenedShop
    stranger: Path

    def pushed(self, files: dict[str, bytes], *, onto: str = "promoter/trail") -> None:
        """Mallory commits files and pushes them."""
        History(self.stranger, onto).commit(files, by=self.shop.mallory)
        git(self.stranger, "push", "-q", "origin", onto)

    def alice(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """What Alice is answered."""
        return self.shop.answers(*arguments)


@pytest.fixture
def team(before: Path, tmp_path: Path, people: tuple[Signer, ...]) -> Team:
    shop = threatened(before, tmp_path / "shop", people[:3], people[3])
    hub, stranger = tmp_path / "hub.git", tmp_path / "stranger"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(shop.directory, "remote", "add", "origin", str(hub))
    git(shop.directory, "push", "-q", "origin", "main", "v1")
    assert promoter("-C", shop.directory, "sync").code == 0
    git(tmp_path, "clone", "-q", str(hub), str(stranger))
    become(stranger, shop.mallory)
    git(stranger, "branch", "-q", "promoter/trail", "origin/promoter/trail")
    return Team(shop, stranger)


def test_a_stranger_adds_no_signer_and_opens_nothing(team: Team) -> None:
    shop = team.shop
    rival = Roster((person(shop.mallory, ROSTER_ADMIN, "operations"),))
    roster = shop.entry(RosterChanged(rival), shop.mallory)
    opening = promotion_with_command(shop)
    team.pushed({entry_path(roster): entry_bytes(roster)})
    team.pushed(opening)

    assert team.alice("sync")[0] == 0
    assert shop.mallory.id not in keys_in_force(team)
    code, verification = team.alice("verify")
    told = [(each["code"], each["severity"]) for each in verification["findings"]]
    assert (code, told) == (0, [("unknown-key", "not-counted")] * 2)
    code, standing = team.alice("status", "--gate")
    said = {each["code"]: each["parameters"] for each in standing["warnings"]}
    assert (code, said["entries-not-counted"]) == (5, {"count": 2})
    assert team.alice("status", "-p", "v9-preprod-evil")[0] == 2
    assert team.alice("trust")[1]["asks"] == []
    promoter("-C", shop.directory, "run")
    assert not (shop.directory / MARK).exists()


def test_a_stranger_who_guts_the_pinned_checklist_is_found_out_before_anything_runs(team: Team) -> None:
    content = team.shop.opening.entry.content
    assert isinstance(content, Opened)
    team.pushed({blob_path(content.checklist.digest): WITH_COMMAND.encode()})

    refused, error = team.alice("sync")
    assert (refused, "remedy" in str(error)) == (4, True)
    git(team.shop.directory, "fetch", "-q", "origin")
    git(team.shop.directory, "update-ref", "refs/heads/promoter/trail", "refs/remotes/origin/promoter/trail")
    code, verification = team.alice("verify")
    [finding] = [each for each in verification["findings"] if each["severity"] == "untrusted"][:1]
    assert (code, finding["code"], finding["path"]) == (
        4,
        "file-changed",
        blob_path(content.checklist.digest),
    )
    assert {verb: team.alice(verb)[0] for verb in ("status", "trust", "run")} == {
        "status": 4,
        "trust": 4,
        "run": 4,
    }
    assert not (team.shop.directory / MARK).exists()


def test_a_command_that_a_stranger_puts_into_the_code_runs_only_once_it_was_agreed_to(team: Team) -> None:
    shop = team.shop.directory
    team.pushed({"checklists/staging-to-preprod.yaml": WITH_COMMAND.encode()}, onto="main")
    git(shop, "pull", "-q", "origin", "main")
    git(shop, "tag", "--no-sign", "v2")
    assert promoter("-C", shop, "status").out.count("checklists/staging-to-preprod.yaml") == 1
    assert promoter("-C", shop, "abandon", "-m", "another one").code == 0
    assert promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2").code == 0

    code, trust = team.alice("trust")
    assert (code, [MARK in str(each["about"]) for each in trust["asks"] if not each["agreed"]]) == (5, [True])
    promoter("-C", shop, "run")
    assert not (shop / MARK).exists()

    assert promoter("-C", shop, "trust", trust["asks"][0]["id"]).code == 0
    promoter("-C", shop, "run")
    assert (shop / MARK).exists()


def promotion_with_command(shop: ThreatenedShop) -> dict[str, bytes]:
    """A promotion of Mallory's own, whose checklist would run a command."""
    content, subject = shop.opening.entry.content, shop.opening.entry.subject
    assert isinstance(content, Opened)
    assert isinstance(subject, Subject)
    digest = digest_of(WITH_COMMAND.encode())
    pinned = Pinned("checklists/staging-to-preprod.yaml", digest)
    opening = replace(
        shop.opening.entry,
        id="7" + shop.opening.entry.id[1:],
        actor=actor(shop.mallory),
        content=replace(content, checklist=pinned),
        subject=replace(subject, promotion="v9-preprod-evil", checklist_digest=digest),
    )
    return {entry_path(opening): entry_bytes(opening), blob_path(digest): WITH_COMMAND.encode()}


def keys_in_force(team: Team) -> set[str]:
    people = team.alice("roster")[1]["in_force"]
    return {key["id"] for each in people for key in each["keys"]}


@pytest.mark.parametrize("what", ["an empty commit", "the code"])
def test_what_a_stranger_pushes_there_first_is_not_taken_for_a_trail(
    tmp_path: Path, people: tuple[Signer, ...], before: Path, what: str
) -> None:
    hub, shop, stranger = tmp_path / "hub.git", tmp_path / "alice", tmp_path / "stranger"
    git(tmp_path, "clone", "-q", "--bare", str(before), str(hub))
    for branch in ("promoter/trail", "promoter/board"):
        git(hub, "update-ref", "-d", f"refs/heads/{branch}")
    for clone, who in ((shop, people[0]), (stranger, people[3])):
        git(tmp_path, "clone", "-q", str(hub), str(clone))
        become(clone, who)
    empty = git(stranger, "hash-object", "-t", "tree", "-w", "--stdin", given=b"")
    junk = git(stranger, "commit-tree", "--no-gpg-sign", empty, "-m", "hello")
    first = junk if what == "an empty commit" else git(stranger, "rev-list", "--max-parents=0", "main")
    git(stranger, "push", "-q", "origin", f"{junk if first == junk else 'main'}:refs/heads/promoter/trail")
    opening = ("open", "staging-to-preprod", "--release", "v1")

    refused = promoter("-C", shop, "sync")
    assert (refused.code, first[:12] in refused.err) == (4, True)
    assert "no trail begins with the first commit" in refused.err
    assert "deleted on origin" in refused.err
    for verb in (("status",), ("verify",), opening):
        said = promoter("-C", shop, *verb)
        assert (said.code, first[:7] in said.out + said.err) == (4, True)
    assert not git(shop, "branch", "--list", "promoter/trail")

    git(hub, "update-ref", "-d", "refs/heads/promoter/trail")
    assert promoter("-C", shop, "sync").code == 0
    assert promoter("-C", shop, *opening).code in (0, 1)
    assert promoter("-C", shop, "sync").code == 0
    assert promoter("-C", shop, "verify").code == 0

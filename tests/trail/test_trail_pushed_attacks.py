"""Attacks as a colleague meets them: a stranger pushes, and the colleague syncs, in a clone that had the trail and
in a fresh one. Nothing of it is taken in; sync, status, verify and doctor name what was done, where and by which commit."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.command_line import Said, away_from_home, promoter
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.threatened_shop import shop_before_threats
from tests.support.trail_histories import History

BRANCH = "promoter/trail"


@dataclass
class Stranger:
    """Mallory's clone, whose trail was pulled: what is done to it is pushed."""

    directory: Path
    mallory: Signer

    @property
    def history(self) -> History:
        return History(self.directory)

    @property
    def sign_off(self) -> str:
        """Where the sign-off that is attacked lies."""
        listed = git(self.directory, "ls-tree", "-r", "--name-only", BRANCH).splitlines()
        [path] = [each for each in listed if each.endswith(".signed-off.json")]
        return path

    @property
    def content(self) -> bytes:
        return git(self.directory, "show", f"{BRANCH}:{self.sign_off}").encode() + b"\n"

    def commit(self, files: dict[str, bytes], mode: str = "100644") -> str:
        return self.history.commit(files, by=self.mallory, signed=False, mode=mode)

    def remove(self, *after: str) -> str:
        return self.history.commit(
            {}, by=self.mallory, signed=False, without=[self.sign_off], after=after or None
        )


def an_entry_is_changed(at: Stranger) -> tuple[str, str]:
    path = at.sign_off
    return path, at.commit({path: at.content.replace(b"{", b"{ ", 1)})


def an_entry_is_deleted(at: Stranger) -> tuple[str, str]:
    return at.sign_off, at.remove()


def an_entry_is_made_a_program(at: Stranger) -> tuple[str, str]:
    return at.sign_off, at.commit({at.sign_off: at.content}, "100755")


def an_entry_is_made_a_link(at: Stranger) -> tuple[str, str]:
    return at.sign_off, at.commit({at.sign_off: b"/etc/passwd"}, "120000")


def a_merge_drops_an_entry(at: Stranger) -> tuple[str, str]:
    path, tip = at.sign_off, at.history.tip
    beside = git(at.directory, "rev-parse", f"{tip}^")
    aside = at.history.commit({}, by=at.mallory, signed=False, after=[beside])
    at.history.point(tip)
    return path, at.remove(tip, aside)


def a_merge_smuggles_a_file_in(at: Stranger) -> tuple[str, str]:
    tip = at.history.tip
    beside = git(at.directory, "rev-parse", f"{tip}^")
    aside = at.history.commit({}, by=at.mallory, signed=False, after=[beside])
    at.history.point(tip)
    smuggled = at.history.commit({"r/x": b"x"}, by=at.mallory, signed=False, after=[tip, aside])
    return "r/x", smuggled


def a_file_takes_the_place_of_a_directory(at: Stranger) -> tuple[str, str]:
    listed = git(at.directory, "ls-tree", "--name-only", f"{BRANCH}:p").splitlines()
    path = f"p/{'00' if '00' not in listed else '01'}"
    return path, at.commit({path: b"x"})


def a_copy_is_put_where_another_will_be(at: Stranger) -> tuple[str, str]:
    path = f"a/60/60{'7' * 62}"
    return path, at.commit({path: b"x"})


def a_directory_is_put_where_a_copy_will_be(at: Stranger) -> tuple[str, str]:
    path = f"a/60/60{'7' * 62}/x"
    return path, at.commit({path: b"x"})


def a_directory_is_put_where_an_entry_will_be(at: Stranger) -> tuple[str, str]:
    path = "r/01M830STQ9EV9J716TT3CVGJWZ.held.json/x"
    return path, at.commit({path: b"x"})


def a_few_trees_stand_for_very_many_files(at: Stranger, below: str = "z") -> tuple[str, str]:
    """A hundred million files under a name in the root, in a few hundred bytes."""
    tip = at.history.tip
    blob = git(at.directory, "hash-object", "-w", "--stdin", given=b"x")
    tree = _tree(at, [f"100644 blob {blob}\tf{number}" for number in range(10)])
    for _ in range(7):
        tree = _tree(at, [f"040000 tree {tree}\td{number}" for number in range(10)])
    return below, _with_directory(at, tip, below, tree)


def a_directory_repeats_the_whole_trail(at: Stranger) -> tuple[str, str]:
    tip = at.history.tip
    tree = git(at.directory, "rev-parse", f"{tip}^{{tree}}")
    for _ in range(5):
        tree = _tree(at, [f"040000 tree {tree}\td{number}" for number in range(10)])
    return "z", _with_directory(at, tip, "z", tree)


def a_few_trees_stand_for_very_many_promotions(at: Stranger) -> tuple[str, str]:
    """A thousand million files where promotions have their directories."""
    tip = at.history.tip
    blob = git(at.directory, "hash-object", "-w", "--stdin", given=b"x")
    tree = _tree(at, [f"100644 blob {blob}\tf{number}" for number in range(1000)])
    for _ in range(2):
        tree = _tree(at, [f"040000 tree {tree}\td{number}" for number in range(1000)])
    return "p", _with_directory(at, tip, "p", tree)


def a_few_trees_come_and_go(at: Stranger) -> tuple[str, str]:
    """A few hundred thousand files in the last commit but one, and none in the last."""
    _, made = a_few_trees_stand_for_very_many_promotions(at)
    root = git(at.directory, "rev-parse", f"{made}~^{{tree}}")
    last = git(at.directory, "commit-tree", "--no-gpg-sign", root, "-p", made, "-m", "x")
    return "p", at.history.point(last)


def a_name_stands_twice_in_a_directory(at: Stranger) -> tuple[str, str]:
    """The sign-off as it was, and another under its name."""
    directory, _, name = at.sign_off.rpartition("/")
    blob = git(at.directory, "hash-object", "-w", "--stdin", given=at.content.replace(b"{", b"{ ", 1))
    other = b"100644 " + name.encode() + b"\0" + bytes.fromhex(blob)
    there = _content(at, directory)
    place = there.index(b"100644 " + name.encode()) + len(other)
    return directory, _rewritten(at, directory, there[:place] + other + there[place:])


def a_name_leads_into_another_directory(at: Stranger) -> tuple[str, str]:
    blob = git(at.directory, "hash-object", "-w", "--stdin", given=b"x")
    return "r", _rewritten(at, "r", _content(at, "r") + b"100644 z/y.json\0" + bytes.fromhex(blob))


def a_directory_stands_twice(at: Stranger) -> tuple[str, str]:
    """The same under the same name, two directories down: nothing seems to differ."""
    directory = at.sign_off.rpartition("/")[0].rpartition("/")[0]
    there = _content(at, directory)
    return directory, _rewritten(at, directory, there + there)


def names_are_out_of_order(at: Stranger) -> tuple[str, str]:
    """The later directory of promotions' copies first."""
    lines = [b"40000 " + name + b"\0" + oid for name, oid in _lines(_content(at, "a"))]
    return "a", _rewritten(at, "a", b"".join(reversed(lines)))


def _content(at: Stranger, directory: str) -> bytes:
    command = ["git", "cat-file", "tree", f"{at.history.tip}:{directory}"]
    return subprocess.run(command, cwd=at.directory, check=True, capture_output=True).stdout


def _lines(tree: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while tree:
        about, _, rest = tree.partition(b"\0")
        found.append((about.partition(b" ")[2], rest[:20]))
        tree = rest[20:]
    return found


def _rewritten(at: Stranger, directory: str, content: bytes) -> str:
    """A commit whose tree is the tip's, but for the bytes of one directory."""
    tip, path = at.history.tip, directory
    while True:
        made = git(at.directory, "hash-object", "-t", "tree", "--literally", "-w", "--stdin", given=content)
        if not path:
            break
        path, _, name = path.rpartition("/")
        above = _content(at, path)
        was = git(at.directory, "rev-parse", f"{tip}:{path}/{name}" if path else f"{tip}:{name}")
        content = above.replace(
            name.encode() + b"\0" + bytes.fromhex(was), name.encode() + b"\0" + bytes.fromhex(made)
        )
    return at.history.point(git(at.directory, "commit-tree", "--no-gpg-sign", made, "-p", tip, "-m", "x"))


def _tree(at: Stranger, lines: list[str]) -> str:
    return git(at.directory, "mktree", given="".join(f"{line}\n" for line in lines).encode())


def _with_directory(at: Stranger, tip: str, name: str, tree: str) -> str:
    there = [
        each for each in git(at.directory, "ls-tree", tip).splitlines() if not each.endswith(f"\t{name}")
    ]
    root = _tree(at, [*there, f"040000 tree {tree}\t{name}"])
    made = git(at.directory, "commit-tree", "--no-gpg-sign", root, "-p", tip, "-m", "x")
    return at.history.point(made)


ATTACKS = [
    a_name_stands_twice_in_a_directory,
    a_name_leads_into_another_directory,
    a_directory_stands_twice,
    names_are_out_of_order,
    a_few_trees_stand_for_very_many_files,
    a_few_trees_stand_for_very_many_promotions,
    a_few_trees_come_and_go,
    a_directory_repeats_the_whole_trail,
    an_entry_is_changed,
    an_entry_is_deleted,
    an_entry_is_made_a_program,
    an_entry_is_made_a_link,
    a_merge_drops_an_entry,
    a_merge_smuggles_a_file_in,
    a_file_takes_the_place_of_a_directory,
    a_copy_is_put_where_another_will_be,
    a_directory_is_put_where_a_copy_will_be,
    a_directory_is_put_where_an_entry_will_be,
]


@pytest.fixture(scope="module")
def people(keys: Path) -> tuple[Signer, ...]:
    names = (("Alice Martin", "alice"), ("Bob Durand", "bob"), ("Build server", "ci"), ("Mallory", "mallory"))
    return tuple(make_signer(keys / "met", name, f"{short}@example.com") for name, short in names)


@pytest.fixture(scope="module")
def before(people: tuple[Signer, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Alice's clone and the hub it shares its trail on."""
    directory = tmp_path_factory.mktemp("met")
    with away_from_home(directory / "home"):
        shop = shop_before_threats(directory / "alice", people[:3])
        git(directory, "init", "-q", "--bare", "-b", "main", str(directory / "hub.git"))
        git(shop, "remote", "add", "origin", "../hub.git")
        git(shop, "push", "-q", "origin", "main", "v1")
        assert promoter("-C", shop, "sync").code == 0
        yield directory


@dataclass
class Team:
    """A copy of both, and Mallory's clone."""

    alice: Path
    stranger: Stranger

    def fresh(self) -> Path:
        """A colleague's new clone."""
        directory = self.alice.parent / "carol"
        git(self.alice.parent, "clone", "-q", "hub.git", str(directory))
        become(directory, self.stranger.mallory)
        return directory

    def pushed(self, attack: Callable[[Stranger], tuple[str, str]]) -> tuple[str, str]:
        """Makes an attack and pushes it: the path and the commit that must be named."""
        path, commit = attack(self.stranger)
        git(self.stranger.directory, "push", "-q", "origin", f"{commit}:refs/heads/{BRANCH}")
        return path, commit[:12]


@pytest.fixture
def team(before: Path, tmp_path: Path, people: tuple[Signer, ...]) -> Team:
    for name in ("alice", "hub.git"):
        shutil.copytree(before / name, tmp_path / name, symlinks=True)
    stranger = tmp_path / "stranger"
    git(tmp_path, "clone", "-q", "hub.git", str(stranger))
    become(stranger, people[3])
    git(stranger, "branch", "-q", BRANCH, f"origin/{BRANCH}")
    return Team(tmp_path / "alice", Stranger(stranger, people[3]))


def said(directory: Path, *arguments: str) -> Said:
    answer = promoter("-C", directory, *arguments)
    assert answer.code != 3, answer.err
    return answer


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_that_was_pushed_is_named_wherever_the_trail_is_read(
    team: Team, attack: Callable[[Stranger], tuple[str, str]]
) -> None:
    tip = History(team.alice).tip
    path, commit = team.pushed(attack)
    synced = said(team.alice, "sync")
    assert (synced.code, tip) == (4, History(team.alice).tip)
    status, checked, health = (said(team.alice, verb) for verb in ("status", "verify", "doctor"))
    assert (status.code, checked.code, health.code) == (0, 4, 6)
    for words in (synced.err, status.out, health.out):
        assert path in words.replace("\n", " ")
        assert commit in words
    [found] = [
        each
        for each in promoter("-C", team.alice, "verify", "--json").document["findings"]
        if each["code"] == "fetched-altered"
    ]
    assert (found["path"], found["commit"][:12]) == (path, commit)
    assert said(team.alice, "sign", "training", "--comment", "again").code in (0, 2)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_fresh_clone_is_told_of_the_attack_and_not_sent_round_in_circles(
    team: Team, attack: Callable[[Stranger], tuple[str, str]]
) -> None:
    path, commit = team.pushed(attack)
    carol = team.fresh()
    for arguments in (("sync",), ("status",), ("log",), ("verify",), ("doctor",)):
        answer = said(carol, *arguments)
        assert answer.code == (6 if arguments == ("doctor",) else 4)
        words = answer.out + answer.err
        assert path in words
        assert commit[:7] in words
        assert "run 'promoter sync' first" not in words


def test_what_was_refused_is_forgotten_once_the_remote_was_set_back(team: Team) -> None:
    team.pushed(an_entry_is_deleted)
    assert said(team.alice, "sync").code == 4
    tip = History(team.alice).tip
    git(team.stranger.directory, "push", "-q", "-f", "origin", f"{tip}:refs/heads/{BRANCH}")
    assert said(team.alice, "sync").code == 0
    assert "not followed" not in said(team.alice, "status").out
    assert said(team.alice, "verify").code == said(team.alice, "doctor").code == 0


def test_a_remote_that_was_rewritten_is_told_after_the_sync_too(team: Team) -> None:
    root = git(team.stranger.directory, "rev-list", "--max-parents=0", BRANCH)
    git(team.stranger.directory, "push", "-q", "-f", "origin", f"{root}:refs/heads/{BRANCH}")
    assert said(team.alice, "sync").code == 4
    assert "entries it had are gone" in said(team.alice, "status").out
    codes = {each["code"] for each in promoter("-C", team.alice, "verify", "--json").document["findings"]}
    assert "fetched-rewritten" in codes


def in_the_way_of_all(at: Stranger) -> dict[str, bytes]:
    """Files for every directory that the trail does not have yet, and a copy that is none."""
    there = git(at.directory, "ls-tree", "-r", "-t", "--name-only", BRANCH).splitlines()
    places = [f"{root}/{number:02x}" for root in "pa" for number in range(256)]
    return {each: b"x" for each in places if each not in there}


def taken_in(team: Team, files: dict[str, bytes]) -> str:
    """As a version of promoter did that looked at nothing but entries."""
    commit = team.stranger.commit(files)
    git(team.stranger.directory, "push", "-q", "origin", BRANCH)
    git(team.alice, "fetch", "-q", "origin", f"{BRANCH}:{BRANCH}")
    return commit[:12]


def open_another(clone: Path) -> Said:
    git(clone, "tag", "--no-sign", "v2")
    return said(clone, "open", "staging-to-preprod", "--release", "v2")


def test_what_lies_in_the_way_already_is_told_written_past_and_taken_away(team: Team) -> None:
    files = in_the_way_of_all(team.stranger)
    commit = taken_in(team, files)
    assert said(team.alice, "abandon", "--reason", "no").code == 0
    assert open_another(team.alice).code == 0
    status, health = said(team.alice, "status"), said(team.alice, "doctor")
    for words in (status.out, health.out):
        assert all(each in words for each in ("lie in the way of the trail", commit, "Mallory"))
    assert (said(team.alice, "verify").code, health.code) == (0, 6)
    assert said(team.alice, "doctor", "--fix").code == 0
    for verb in ("status", "doctor", "verify"):
        answer = said(team.alice, verb)
        assert "in the way of the trail" not in answer.out
        assert answer.code == 0
    assert said(team.alice, "verify", "--full").code == 0
    assert said(team.alice, "sync").code == 0
    listed = git(team.alice, "ls-tree", "-r", "--name-only", BRANCH).splitlines()
    assert not files.keys() & set(listed)


def test_a_copy_planted_where_a_pinned_file_goes_is_replaced_by_the_true_one(team: Team) -> None:
    checklist = team.alice / "checklists" / "staging-to-preprod.yaml"
    checklist.write_text(checklist.read_text() + "# said more\n")
    name = sha256(checklist.read_bytes()).hexdigest()
    commit = taken_in(team, {f"a/{name[:2]}/{name}": b"x"})
    status = said(team.alice, "status")
    assert all(each in status.out for each in (name, commit, "Mallory"))
    assert "copy-differs" in [
        each["code"] for each in promoter("-C", team.alice, "verify", "--json").document["findings"]
    ]
    assert said(team.alice, "abandon", "--reason", "no").code == 0
    git(team.alice, "commit", "-q", "--no-gpg-sign", "-am", "Say more")
    opened = open_another(team.alice)
    assert opened.code == 0, opened.err
    assert name not in said(team.alice, "status").out
    assert said(team.alice, "verify", "--full").code == 0
    assert said(team.alice, "sync").code == 0


def test_a_copy_put_right_by_one_and_taken_away_by_another_is_right_for_both(team: Team) -> None:
    checklist = team.alice / "checklists" / "staging-to-preprod.yaml"
    checklist.write_text(checklist.read_text() + "# said more\n")
    name = sha256(checklist.read_bytes()).hexdigest()
    taken_in(team, {f"a/{name[:2]}/{name}": b"x"})
    assert said(team.alice, "abandon", "--reason", "no").code == 0
    git(team.alice, "commit", "-q", "--no-gpg-sign", "-am", "Say more")
    bob = team.alice.parent / "bob"
    shutil.copytree(team.alice, bob, symlinks=True)
    assert open_another(team.alice).code == 0
    assert said(bob, "doctor", "--fix").code == 0
    for clone in (bob, team.alice, bob):
        synced = said(clone, "sync")
        assert synced.code == 0, synced.err
    assert History(bob).tip == History(team.alice).tip
    assert said(bob, "verify", "--full").code == 0
    assert git(bob, "show", f"{BRANCH}:a/{name[:2]}/{name}").strip() == checklist.read_text().strip()


@pytest.mark.parametrize("copies", [False, True])
def test_others_follow_a_trail_whose_obstacles_are_gone(team: Team, copies: bool) -> None:
    taken_in(team, {f"a/77/{'7' * 64}": b"x"} if copies else in_the_way_of_all(team.stranger))
    bob = team.alice.parent / "bob"
    shutil.copytree(team.alice, bob, symlinks=True)
    assert said(bob, "hold", "preprod", "--reason", "wait").code == 0
    carol = team.fresh()
    refused = said(carol, "sync")
    assert refused.code == 4
    assert "promoter doctor --fix" in refused.err
    assert said(team.alice, "doctor", "--fix").code == 0
    assert said(team.alice, "sync").code == 0
    synced = said(bob, "sync")
    assert synced.code == 0, synced.err
    assert said(team.alice, "sync").code == 0
    assert History(bob).tip == History(team.alice).tip
    assert said(bob, "verify", "--full").code == 0
    assert said(carol, "sync").code == 0
    assert said(carol, "verify").code == 0


def test_a_true_copy_that_goes_missing_is_still_an_alteration(team: Team) -> None:
    listed = git(team.stranger.directory, "ls-tree", "-r", "--name-only", f"{BRANCH}:a").splitlines()
    path = f"a/{listed[0]}"
    team.stranger.history.commit({}, by=team.stranger.mallory, signed=False, without=[path])
    git(team.stranger.directory, "push", "-q", "origin", BRANCH)
    refused = said(team.alice, "sync")
    assert refused.code == 4
    assert f"{path}: removed after it was written" in refused.err


@pytest.mark.parametrize(
    "attack",
    [
        a_name_stands_twice_in_a_directory,
        a_name_leads_into_another_directory,
        a_directory_stands_twice,
        names_are_out_of_order,
    ],
)
def test_nobody_signs_over_a_directory_that_git_would_not_write(
    team: Team, attack: Callable[[Stranger], tuple[str, str]]
) -> None:
    path, commit = team.pushed(attack)
    git(team.alice, "fetch", "-q", "origin", f"{BRANCH}:{BRANCH}")
    tip = History(team.alice).tip
    checked, health = said(team.alice, "verify", "--full"), said(team.alice, "doctor")
    assert (checked.code, health.code) == (4, 6)
    for words in (checked.out, health.out):
        assert path in words
        assert commit[:7] in words
    refused = said(team.alice, "sign", "training", "--comment", "again")
    kept = refused.code == 0
    assert kept is (attack is a_name_leads_into_another_directory)
    if not kept:
        assert "'promoter verify" in refused.err
        assert tip == History(team.alice).tip
    git(team.alice, "update-ref", f"refs/heads/{BRANCH}", f"{commit}^")
    (team.alice / ".git" / "promoter" / "anchor").unlink()
    git(team.stranger.directory, "push", "-q", "-f", "origin", f"{commit}^:refs/heads/{BRANCH}")
    assert said(team.alice, "sync").code == 0
    assert said(team.alice, "doctor", *(["--fix"] if kept else [])).code == 0
    assert said(team.alice, "doctor").code == said(team.alice, "verify", "--full").code == 0


def test_a_root_that_git_would_not_write_is_named_by_its_commit(
    team: Team, people: tuple[Signer, ...]
) -> None:
    def a_root_with_an_entry_below(at: Stranger) -> tuple[str, str]:
        blob = git(at.directory, "hash-object", "-w", "--stdin", given=at.content)
        line = b"100644 " + at.sign_off.encode() + b"x\0" + bytes.fromhex(blob)
        return "", _rewritten(at, "", _content(at, "") + line)

    _, commit = team.pushed(a_root_with_an_entry_below)
    assert said(team.alice, "hold", "preprod", "--reason", "wait").code == 0
    refused = said(team.alice, "sync")
    assert refused.code == 4
    assert commit in refused.err
    assert "is no name of a file or directory" in refused.err
    bob = team.fresh()
    become(bob, people[1])
    git(bob, "branch", "-q", BRANCH, f"origin/{BRANCH}")
    refused = said(bob, "sign", "training", "--comment", "again")
    assert (refused.code, "nothing was recorded" in refused.err) == (6, True)


@pytest.mark.parametrize("empty", [False, True])
def test_of_two_beginnings_the_other_one_is_named(team: Team, empty: bool) -> None:
    tip = team.stranger.history.tip
    tree = git(team.stranger.directory, "mktree", given=b"") if empty else f"{tip}^{{tree}}"
    other = git(team.stranger.directory, "commit-tree", "-m", "x", tree)
    joined = git(team.stranger.directory, "commit-tree", "-m", "x", "-p", tip, "-p", other, f"{tip}^{{tree}}")
    git(team.stranger.directory, "push", "-q", "origin", f"{joined}:refs/heads/{BRANCH}")
    refused = said(team.alice, "sync")
    assert refused.code == 4
    assert "was altered: :" not in refused.err
    assert f"(commit {other[:12]};" in refused.err

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.errors import CannotAct, ExitCode, PromoterError, TrailUntrusted, UsageError
from promoter.messages import Language
from promoter.model.roster import ROSTER_ADMIN
from promoter.trail.doctor import examine
from promoter.trail.outbox import Outbox
from promoter.trail.repository import Repository
from promoter.trail.sync import SyncReport, chosen_remote, position, sync
from promoter.trail.trail import Trail
from promoter.trail.union import require_union
from promoter.trail.writing import append
from tests.support.git_repositories import Signer, become, commit_file, git, make_repository
from tests.support.trail_entries import PIPELINE, digest_of, genesis, opened, sign_off
from tests.support.trail_histories import History, person, roster_change
from tests.support.trail_histories import genesis as begin

BRANCH = "promoter/trail"


def words(error: pytest.ExceptionInfo[PromoterError]) -> str:
    remedy = error.value.remedy
    return Language("en").say(error.value.wrong) + " | " + (Language("en").say(remedy) if remedy else "")


def entries_on(directory: Path) -> list[str]:
    return git(directory, "ls-tree", "-r", "--name-only", BRANCH).splitlines()


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "server.git", bare=True)


@pytest.fixture
def at_alice(repository_of_alice: Path, server: Path) -> Iterator[Repository]:
    git(repository_of_alice, "remote", "add", "origin", str(server))
    with Repository.discover(repository_of_alice) as repository:
        yield repository


@pytest.fixture
def at_bob(tmp_path: Path, server: Path, bob: Signer) -> Iterator[Repository]:
    directory = make_repository(tmp_path / "bob", person=bob)
    git(directory, "remote", "add", "origin", str(server))
    with Repository.discover(directory) as repository:
        yield repository


def shared_start(at_alice: Repository, at_bob: Repository, alice: Signer) -> None:
    append(at_alice, BRANCH, genesis(alice))
    sync(at_alice, BRANCH)
    sync(at_bob, BRANCH)


def test_entries_travel_through_a_bare_remote_both_ways(
    at_alice: Repository, at_bob: Repository, server: Path, alice: Signer, bob: Signer
) -> None:
    append(at_alice, BRANCH, genesis(alice))
    first = append(at_alice, BRANCH, opened(alice), {digest_of(PIPELINE): PIPELINE})
    assert SyncReport("origin", 0, 2, False, first.tip) == sync(at_alice, BRANCH)
    assert SyncReport("origin", 2, 0, False, first.tip) == sync(at_bob, BRANCH)
    second = append(at_bob, BRANCH, sign_off(bob))
    assert SyncReport("origin", 0, 1, False, second.tip) == sync(at_bob, BRANCH)
    assert SyncReport("origin", 1, 0, False, second.tip) == sync(at_alice, BRANCH)
    assert SyncReport("origin", 0, 0, False, second.tip) == sync(at_alice, BRANCH)
    assert second.tip == git(server, "rev-parse", BRANCH)


def test_entries_written_apart_are_united_by_a_signed_merge_that_adds_nothing(
    at_alice: Repository, at_bob: Repository, server: Path, alice: Signer, bob: Signer
) -> None:
    shared_start(at_alice, at_bob, alice)
    append(at_alice, BRANCH, sign_off(alice))
    append(at_bob, BRANCH, sign_off(bob))
    sync(at_alice, BRANCH)
    report = sync(at_bob, BRANCH)
    assert (report.fetched, report.pushed, report.merged) == (1, 1, True)
    assert report.tip == sync(at_alice, BRANCH).tip
    assert len(entries_on(server)) == 3
    merge = git(server, "cat-file", "commit", str(report.tip))
    assert merge.count("\nparent ") == 2
    assert "gpgsig" in merge
    assert git(server, "diff-tree", "-c", "--name-only", str(report.tip)) == report.tip


def test_only_the_trails_branch_moves(
    at_alice: Repository, at_bob: Repository, server: Path, alice: Signer
) -> None:
    commit_file(at_alice.root, "a", "a")
    git(at_alice.root, "tag", "v1")
    git(at_alice.root, "config", "push.followTags", "true")
    git(at_alice.root, "config", "push.gpgSign", "true")
    append(at_alice, BRANCH, genesis(alice))
    git(at_alice.root, "tag", "-a", "-m", "one", "annotated", BRANCH)
    sync(at_alice, BRANCH)
    sync(at_bob, BRANCH)
    assert f"refs/heads/{BRANCH}" == git(server, "for-each-ref", "--format=%(refname)")
    refs = git(at_bob.root, "for-each-ref", "--format=%(refname)").splitlines()
    assert {f"refs/heads/{BRANCH}", "refs/promoter/fetched", f"refs/promoter/remote/origin/{BRANCH}"} == set(
        refs
    )
    assert not (at_bob.git_directory / "FETCH_HEAD").exists()


def test_the_outbox_is_emptied_of_what_the_remote_has(
    at_alice: Repository, at_bob: Repository, alice: Signer
) -> None:
    shared_start(at_alice, at_bob, alice)
    assert Outbox(at_alice).paths() == ()
    kept = append(at_alice, BRANCH, sign_off(alice))
    assert (kept.path,) == Outbox(at_alice).paths()
    sync(at_alice, BRANCH)
    assert Outbox(at_alice).paths() == ()


def test_the_position_counts_entries_since_the_last_sync(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer
) -> None:
    append(at_alice, BRANCH, genesis(alice))
    assert position(at_alice, BRANCH) is None
    sync(at_alice, BRANCH)
    assert position(at_alice, BRANCH) == (0, 0)
    append(at_alice, BRANCH, sign_off(alice))
    assert position(at_alice, BRANCH) == (1, 0)
    sync(at_bob, BRANCH)
    append(at_bob, BRANCH, sign_off(bob))
    sync(at_bob, BRANCH)
    git(at_alice.root, "fetch", "-q", "origin", f"{BRANCH}:refs/promoter/remote/origin/{BRANCH}")
    assert position(at_alice, BRANCH) == (1, 1)


def test_of_several_remotes_none_needs_to_be_chosen_to_see_what_they_lack(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer, tmp_path: Path
) -> None:
    shared_start(at_alice, at_bob, alice)
    git(tmp_path, "init", "-q", "--bare", "other.git")
    git(at_alice.root, "remote", "rename", "origin", "hub")
    git(at_alice.root, "remote", "add", "other", str(tmp_path / "other.git"))
    sync(at_alice, BRANCH, "hub")
    append(at_alice, BRANCH, sign_off(alice))
    sync(at_alice, BRANCH, "other")
    append(at_alice, BRANCH, sign_off(alice))
    assert position(at_alice, BRANCH) == (2, 0)
    with pytest.raises(UsageError) as caught:
        sync(at_alice, BRANCH)
    assert f"git config branch.{BRANCH}.remote hub" in words(caught)
    codes = [each.message.code for each in examine(at_alice, BRANCH, lambda: True)]
    assert "remote-unchosen" in codes
    git(at_alice.root, "config", f"branch.{BRANCH}.remote", "other")
    assert position(at_alice, BRANCH) == (1, 0)
    assert sync(at_alice, BRANCH).remote == "other"
    codes = [each.message.code for each in examine(at_alice, BRANCH, lambda: True)]
    assert "remote-unchosen" not in codes


def test_trails_started_apart_are_not_merged(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer
) -> None:
    append(at_alice, BRANCH, genesis(alice))
    append(at_bob, BRANCH, genesis(bob))
    sync(at_alice, BRANCH)
    tip = at_bob.tip(BRANCH)
    with pytest.raises(CannotAct) as caught:
        sync(at_bob, BRANCH)
    assert "started apart" in words(caught)
    assert tip == at_bob.tip(BRANCH)


def test_a_remote_that_lost_entries_is_reported_and_not_followed(
    at_alice: Repository, at_bob: Repository, server: Path, alice: Signer
) -> None:
    shared_start(at_alice, at_bob, alice)
    append(at_alice, BRANCH, sign_off(alice))
    tip = sync(at_alice, BRANCH).tip
    git(server, "update-ref", f"refs/heads/{BRANCH}", f"{BRANCH}~1")
    with pytest.raises(TrailUntrusted) as caught:
        sync(at_alice, BRANCH)
    assert caught.value.exit_code == ExitCode.UNTRUSTED
    assert str(tip) in words(caught)
    assert tip == at_alice.tip(BRANCH)


def remove_the_genesis(repository: Repository) -> None:
    tip = repository.tip(BRANCH)
    kept = [
        line for line in git(repository.root, "ls-tree", str(tip)).splitlines() if not line.endswith("\tr")
    ]
    tree = git(repository.root, "mktree", given="".join(f"{line}\n" for line in kept).encode())
    commit = git(repository.root, "commit-tree", tree, "-p", str(tip), "-m", "shorter")
    git(repository.root, "update-ref", f"refs/heads/{BRANCH}", commit)


def test_a_history_that_deletes_an_entry_is_neither_followed_nor_merged(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer
) -> None:
    shared_start(at_alice, at_bob, alice)
    append(at_alice, BRANCH, sign_off(alice))
    remove_the_genesis(at_alice)
    git(at_alice.root, "push", "-q", "origin", BRANCH)
    with pytest.raises(TrailUntrusted):
        sync(at_bob, BRANCH)
    mine = append(at_bob, BRANCH, sign_off(bob))
    with pytest.raises(TrailUntrusted) as caught:
        sync(at_bob, BRANCH)
    assert "genesis.json: file-removed (commit" in words(caught)
    assert mine.tip == at_bob.tip(BRANCH)


def add_and_remove_a_file(repository: Repository) -> None:
    history = History(repository.root)
    path = "r/01M82AR8MA6MV0MRS0DCTS1DZZ.commented.json"
    stranger = Signer("Eve", "eve@example.org", Path(), "", "")
    history.commit({path: b"x"}, by=stranger, signed=False)
    history.commit({}, by=stranger, signed=False, without=[path])


@pytest.mark.parametrize("beside", [False, True])
def test_an_altered_history_is_refused_before_anything_here_moves(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer, beside: bool
) -> None:
    shared_start(at_alice, at_bob, alice)
    add_and_remove_a_file(at_alice)
    git(at_alice.root, "push", "-q", "origin", BRANCH)
    trail = Trail(at_bob, BRANCH)
    if beside:
        append(at_bob, BRANCH, sign_off(bob))
    before = trail.tip
    for _ in range(2):
        with pytest.raises(TrailUntrusted) as caught:
            trail.sync()
        assert "file-removed" in words(caught)
    assert before == trail.tip
    told = [each for each in trail.verify().findings if each.message.code == "fetched-altered"]
    assert [each.path for each in told] == ["r/01M82AR8MA6MV0MRS0DCTS1DZZ.commented.json"]
    assert all(each.commit and each.remedy for each in told)
    assert ExitCode.UNTRUSTED is trail.verify(full=True).exit_code
    append(at_bob, BRANCH, sign_off(bob))
    trail.records_of_trail()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("p/c6", "path-in-the-way"),
        ("a", "path-in-the-way"),
        ("p/c6/staging-to-prod", "path-in-the-way"),
        (f"a/60/60{'7' * 62}", "copy-differs"),
    ],
)
def test_what_would_stop_everybody_from_recording_is_not_taken_in(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer, path: str, said: str
) -> None:
    shared_start(at_alice, at_bob, alice)
    eve = Signer("Eve", "eve@example.org", Path(), "", "")
    History(at_alice.root).commit({path: b"x"}, by=eve, signed=False)
    git(at_alice.root, "push", "-q", "origin", BRANCH)
    with pytest.raises(TrailUntrusted) as caught:
        sync(at_bob, BRANCH)
    assert f"{path}: {said} (commit" in words(caught)
    told = [
        each for each in Trail(at_bob, BRANCH).verify().findings if each.message.code == "fetched-altered"
    ]
    assert [each.path for each in told] == [path]
    append(at_bob, BRANCH, sign_off(bob))


def test_a_second_beginning_is_refused_before_anything_here_moves(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer
) -> None:
    shared_start(at_alice, at_bob, alice)
    history = History(at_alice.root)
    seen = history.tip
    other = history.add(genesis(bob), by=bob, after=[])
    history.merge(seen, other, by=bob)
    git(at_alice.root, "push", "-q", "origin", BRANCH)
    with pytest.raises(TrailUntrusted) as caught:
        Trail(at_bob, BRANCH).sync()
    assert "several-beginnings" in words(caught)
    assert seen == at_bob.tip(BRANCH)


def test_a_removed_admin_cannot_undo_the_removal_from_beside_it(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer
) -> None:
    one, other = person(alice, ROSTER_ADMIN), person(bob, ROSTER_ADMIN)
    history = History(at_alice.root)
    root = history.add(begin(alice, one, other), by=alice)
    fired = history.add(roster_change(alice, one), by=alice)
    for each in (at_alice, at_bob):
        Trail(each, BRANCH).sync()
    revenge = history.add(roster_change(bob, other), by=bob, after=[root])
    history.merge(fired, revenge, by=bob)
    git(at_alice.root, "push", "-q", "origin", BRANCH)

    trail = Trail(at_bob, BRANCH)
    with pytest.raises(TrailUntrusted) as caught:
        trail.sync()
    assert "removed-each-other" in words(caught)
    assert (fired, one) == (trail.tip, *trail.state.roster.people)
    trail.records_of_trail()
    merged = Trail(at_alice, BRANCH)
    with pytest.raises(TrailUntrusted):
        merged.records_of_trail()
    assert ExitCode.UNTRUSTED is merged.verify(full=True).exit_code


def test_a_first_sync_refuses_an_altered_history_too(
    at_alice: Repository, at_bob: Repository, alice: Signer
) -> None:
    append(at_alice, BRANCH, genesis(alice))
    add_and_remove_a_file(at_alice)
    git(at_alice.root, "push", "-q", "origin", BRANCH)
    with pytest.raises(TrailUntrusted):
        sync(at_bob, BRANCH)
    assert None is at_bob.tip(BRANCH)


def test_a_merged_tree_must_have_everything_of_both_sides_and_nothing_else(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer
) -> None:
    shared_start(at_alice, at_bob, alice)
    theirs = append(at_alice, BRANCH, sign_off(alice)).tip
    ours = append(at_bob, BRANCH, sign_off(bob)).tip
    sync(at_alice, BRANCH)
    merged = str(sync(at_bob, BRANCH).tip)
    require_union(at_bob, ours, theirs, merged)
    blob = git(at_bob.root, "hash-object", "-w", "--stdin", given=b"injected")
    lines = git(at_bob.root, "ls-tree", merged) + f"\n100644 blob {blob}\tx\n"
    evil = git(at_bob.root, "mktree", given=lines.encode())
    for tree in (evil, ours, theirs):
        with pytest.raises(TrailUntrusted):
            require_union(at_bob, ours, theirs, tree)


def test_two_people_changing_the_same_file_is_reported(
    at_alice: Repository, at_bob: Repository, alice: Signer, bob: Signer
) -> None:
    shared_start(at_alice, at_bob, alice)
    for repository, content in ((at_alice, b"one"), (at_bob, b"two")):
        blob = git(repository.root, "hash-object", "-w", "--stdin", given=content)
        lines = git(repository.root, "ls-tree", BRANCH) + f"\n100644 blob {blob}\tx\n"
        tree = git(repository.root, "mktree", given=lines.encode())
        commit = git(repository.root, "commit-tree", tree, "-p", BRANCH, "-m", "same path")
        git(repository.root, "update-ref", f"refs/heads/{BRANCH}", commit)
    sync(at_alice, BRANCH)
    with pytest.raises(TrailUntrusted):
        sync(at_bob, BRANCH)


def test_the_remote_is_the_upstream_then_origin_then_the_only_one(at_alice: Repository) -> None:
    assert chosen_remote(at_alice, BRANCH) == "origin"
    git(at_alice.root, "remote", "add", "backup", "/nonexistent")
    assert chosen_remote(at_alice, BRANCH) == "origin"
    git(at_alice.root, "config", f"branch.{BRANCH}.remote", "backup")
    assert chosen_remote(at_alice, BRANCH) == "backup"
    git(at_alice.root, "config", "--unset", f"branch.{BRANCH}.remote")
    git(at_alice.root, "remote", "rename", "origin", "upstream")
    with pytest.raises(UsageError) as caught:
        chosen_remote(at_alice, BRANCH)
    assert "backup, upstream" in words(caught)
    git(at_alice.root, "remote", "remove", "backup")
    assert chosen_remote(at_alice, BRANCH) == "upstream"
    with pytest.raises(UsageError):
        chosen_remote(at_alice, BRANCH, "--upload-pack=touch /tmp/x")


def test_without_a_remote_sync_says_how_to_add_one(repository_of_alice: Path) -> None:
    with Repository.discover(repository_of_alice) as repository, pytest.raises(UsageError) as caught:
        sync(repository, BRANCH)
    assert "git remote add" in words(caught)


def test_a_remote_that_does_not_answer_is_could_not_act(at_alice: Repository, alice: Signer) -> None:
    append(at_alice, BRANCH, genesis(alice))
    git(at_alice.root, "remote", "set-url", "origin", "/nonexistent/server.git")
    with pytest.raises(CannotAct) as caught:
        sync(at_alice, BRANCH)
    assert "there is no repository where origin points to" in words(caught)


def test_the_users_own_pre_push_hook_may_refuse(at_alice: Repository, server: Path, alice: Signer) -> None:
    append(at_alice, BRANCH, genesis(alice))
    hook = at_alice.git_directory / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no pushing on Fridays >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(CannotAct) as caught:
        sync(at_alice, BRANCH)
    assert "no pushing on Fridays" in words(caught)
    assert git(server, "for-each-ref") == ""


def test_syncing_an_empty_trail_with_an_empty_remote_does_nothing(at_alice: Repository) -> None:
    assert SyncReport("origin", 0, 0, False, None) == sync(at_alice, BRANCH)


def test_a_remote_whose_trail_was_deleted_gets_it_back(
    at_alice: Repository, at_bob: Repository, server: Path, alice: Signer
) -> None:
    shared_start(at_alice, at_bob, alice)
    git(server, "update-ref", "-d", f"refs/heads/{BRANCH}")
    assert sync(at_alice, BRANCH).restored
    assert at_alice.tip(BRANCH) == git(server, "rev-parse", BRANCH)
    assert not sync(at_alice, BRANCH).restored


def test_a_shallow_partial_clone_fetches_the_whole_trail(
    at_alice: Repository, at_bob: Repository, server: Path, tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shared_start(at_alice, at_bob, alice)
    for _ in range(3):
        append(at_alice, BRANCH, sign_off(alice))
    sync(at_alice, BRANCH)
    commit_file(at_alice.root, "a", "a")
    git(at_alice.root, "push", "-q", "origin", "HEAD:main")
    git(server, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", "--filter=blob:none", f"file://{server}", str(clone))
    become(clone, bob)
    with Repository.discover(clone) as repository:
        sync(repository, BRANCH)
        assert len(entries_on(clone)) == 4
        missing = git(clone, "rev-list", "--objects", "--missing=print", BRANCH)
        assert not [line for line in missing.splitlines() if line.startswith("?")]
        append(repository, BRANCH, sign_off(bob))
        assert sync(repository, BRANCH).pushed == 1


SYNCING = """
import sys
from pathlib import Path
from promoter.trail.repository import Repository
from promoter.trail.sync import sync
from promoter.trail.writing import append
from tests.support.git_repositories import Signer
from tests.support.trail_entries import sign_off
name, email, directory, count = sys.argv[1:]
with Repository.discover(Path(directory)) as repository:
    for _ in range(int(count)):
        append(repository, "promoter/trail", sign_off(Signer(name, email, Path(), "", "SHA256:x")))
        sync(repository, "promoter/trail")
"""


def race(
    at_alice: Repository, at_bob: Repository, server: Path, people: list[Signer], processes: int, each: int
) -> None:
    shared_start(at_alice, at_bob, people[0])
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SYNCING, person.name, person.email, str(repository.root), str(each)]
        )
        for person, repository in zip(people, (at_alice, at_bob), strict=True)
        for _ in range(processes)
    ]
    assert {0} == {process.wait(timeout=500) for process in running}
    assert 1 + 2 * processes * each == len(entries_on(server))
    tips = [sync(one, BRANCH).tip for one in (at_alice, at_bob, at_alice)]
    assert len({*tips, git(server, "rev-parse", BRANCH)}) == 1
    for directory in (server, at_alice.root, at_bob.root):
        assert git(directory, "fsck", "--strict", "--no-dangling") == ""


def test_two_clones_syncing_at_once_lose_nothing(
    at_alice: Repository, at_bob: Repository, server: Path, alice: Signer, bob: Signer
) -> None:
    race(at_alice, at_bob, server, [alice, bob], 1, 3)


@pytest.mark.soak
def test_eight_processes_of_two_clones_syncing_lose_nothing(
    at_alice: Repository, at_bob: Repository, server: Path, alice: Signer, bob: Signer
) -> None:
    race(at_alice, at_bob, server, [alice, bob], 4, 12)


def test_ssh_asks_nothing_unless_somebody_is_there_to_answer(
    at_alice: Repository, tmp_path: Path, alice: Signer
) -> None:
    append(at_alice, BRANCH, genesis(alice))
    seen = tmp_path / "seen"
    (tmp_path / "bin").mkdir()
    ssh = tmp_path / "bin" / "ssh"
    ssh.write_text(f'#!/bin/sh\necho "$@" >> {seen}\nexit 255\n')
    ssh.chmod(0o755)
    git(at_alice.root, "remote", "set-url", "origin", "ssh://git@server.example/trail.git")
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{ssh.parent}:{path}"
    try:
        for interactive in (False, True):
            with pytest.raises(CannotAct):
                sync(at_alice, BRANCH, interactive=interactive)
    finally:
        os.environ["PATH"] = path
    asked, not_asked = seen.read_text().splitlines()
    assert "BatchMode=yes" in asked
    assert "BatchMode" not in not_asked

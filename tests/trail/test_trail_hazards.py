"""The hazards of writing to somebody's git repository, one row each: what is set or happens, and which test proves
that it changes nothing, or is told.

Rows that other files prove are named here and looked up there; those that fit nowhere else are below.
"""

import ast
import os
import shutil
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from promoter.model.entry import Trust
from promoter.trail.refusals import SyncRefused
from promoter.trail.repository import Repository
from promoter.trail.sync import sync
from promoter.trail.trail import Trail
from promoter.trail.writing import append
from tests.support.git_repositories import Signer, become, commit_file, git, make_repository
from tests.support.trail_entries import genesis, sign_off

BRANCH = "promoter/trail"
HERE = Path(__file__).parent

COVERED: list[tuple[str, str, str]] = [
    ("commit.gpgsign", "writing", "an_entry_is_one_signed_commit_that_adds_its_file_and_the_copies_it_names"),
    ("a signing program that lies", "writing", "a_program_that_says_it_signed_and_did_not_is_found_out"),
    ("an encrypted key, no agent", "writing", "an_encrypted_key_without_an_agent_says_so_and_writes_nothing"),
    ("no key where the roster wants one", "doctor", "with_a_roster_a_clone_without_a_key_cannot_record"),
    ("core.hooksPath, hooks", "writing", "settings_of_the_users_git_change_nothing_of_an_entry"),
    ("a pre-push hook", "sync", "the_users_own_pre_push_hook_may_refuse"),
    ("core.fsmonitor", "writing", "settings_of_the_users_git_change_nothing_of_an_entry"),
    ("core.autocrlf, attributes", "writing", "settings_of_the_users_git_change_nothing_of_an_entry"),
    ("i18n.commitEncoding", "writing", "settings_of_the_users_git_change_nothing_of_an_entry"),
    ("commit.template", "writing", "settings_of_the_users_git_change_nothing_of_an_entry"),
    ("log.showSignature, color.ui", "writing", "settings_of_the_users_git_change_nothing_of_an_entry"),
    ("safe.directory", "repository", "gits_own_words_are_shown_when_it_does_not_trust_the_owner"),
    ("safe.directory", "doctor", "a_repository_of_another_owner"),
    (
        "GIT_DIR, GIT_INDEX_FILE, …",
        "writing",
        "variables_of_the_environment_cannot_redirect_or_forge_an_entry",
    ),
    ("GIT_QUARANTINE_PATH", "writing", "nothing_is_written_from_a_receiving_repositorys_quarantine"),
    ("GIT_AUTHOR_EMAIL", "writing", "variables_of_the_environment_cannot_redirect_or_forge_an_entry"),
    ("EMAIL, GIT_COMMITTER_EMAIL", "writing", "an_entry_of_somebody_else_is_not_committed_as_mine"),
    ("no user.name, no user.email", "identity", "nobody_is_guessed_when_git_has_no_name"),
    (
        "the trail checked out in a work tree",
        "writing",
        "a_trail_that_is_checked_out_somewhere_is_not_written",
    ),
    ("linked work trees", "writing", "it_works_detached_and_from_a_linked_work_tree"),
    ("a branch named promoter", "writing", "a_branch_that_leaves_no_room_for_the_trail_is_explained"),
    ("shallow", "checkouts", "a_checkout_gets_the_whole_trail_and_its_code_stays_as_it_is"),
    ("shallow, the trail cut", "checkouts", "a_truncated_trail_cannot_be_told_and_is_never_an_empty_one"),
    ("partial", "checkouts", "what_others_add_later_comes_whole_to_a_partial_clone"),
    ("a mirror's fetch", "doctor", "a_mirrors_fetch_takes_an_entry_away_and_the_doctor_brings_it_back"),
    ("sha256", "writing", "it_works_bare_and_not_with_either_hash"),
    ("bare", "writing", "it_works_bare_and_not_with_either_hash"),
    ("detached", "writing", "it_works_detached_and_from_a_linked_work_tree"),
    ("refs/replace, info/grafts", "writing", "replaced_and_grafted_history_is_not_followed"),
    ("refs/replace, info/grafts", "verify", "replaced_and_grafted_history_is_seen_through_and_noted"),
    ("push.gpgSign, push.followTags", "sync", "only_the_trails_branch_moves"),
    ("branch -D", "doctor", "a_branch_that_comes_back_by_its_commits_keeps_every_signature"),
    (
        "prune --expire=now",
        "doctor",
        "it_is_brought_back_from_the_outbox_when_git_has_tidied_the_commit_away",
    ),
    ("a zero-length object", "doctor", "what_is_mended_is_mended_and_nothing_recorded_is_lost"),
    ("a stale lock", "writing", "a_lock_file_that_a_killed_writer_left_is_removed"),
    (
        "kill -9",
        "resilience",
        "a_writer_that_is_killed_loses_nothing_it_acknowledged_and_can_be_repeated",
    ),
    (
        "no compare-and-swap",
        "resilience",
        "without_compare_and_swap_writers_take_each_others_entries_away",
    ),
    ("races between processes", "writing", "two_processes_at_once_lose_nothing_and_need_no_merge"),
    ("races between clones", "sync", "two_clones_syncing_at_once_lose_nothing"),
    ("races on the remote", "sync_refusals", "a_push_that_loses_a_race_is_tried_again"),
    ("trails started apart", "sync", "trails_started_apart_are_not_merged"),
]


@pytest.mark.parametrize(("row", "room", "test"), COVERED, ids=[f"{row}-{room}" for row, room, _ in COVERED])
def test_the_row_is_proved_where_it_says(row: str, room: str, test: str) -> None:
    tree = ast.parse((HERE / f"test_trail_{room}.py").read_text(encoding="utf-8"))
    assert f"test_{test}" in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def recorded(repository: Repository, alice: Signer) -> None:
    """Writes a beginning and a sign-off, and sees that they are there, signed, and that the trail verifies."""
    trail = Trail(repository, BRANCH)
    for entry in (genesis(alice), sign_off(alice)):
        assert trail.append(entry).trust is Trust.CLAIMED
    assert trail.verify(full=True).exit_code == 0
    assert trail.position().entries == 2


@pytest.mark.parametrize(
    "settings",
    [
        {"index.version": "4"},
        {"core.splitIndex": "true"},
        {"feature.manyFiles": "true", "index.sparse": "true"},
    ],
    ids="-".join,
)
def test_no_form_of_the_index_matters(
    repository_of_alice: Path, alice: Signer, settings: dict[str, str]
) -> None:
    for key, value in settings.items():
        git(repository_of_alice, "config", key, value)
    commit_file(repository_of_alice, "a", "a")
    (repository_of_alice / "b").write_text("staged")
    git(repository_of_alice, "add", "b")
    before = (repository_of_alice / ".git" / "index").read_bytes()
    with Repository.discover(repository_of_alice) as repository:
        recorded(repository, alice)
    assert before == (repository_of_alice / ".git" / "index").read_bytes()


def test_an_unborn_branch_and_a_bare_repository_do(tmp_path: Path, alice: Signer) -> None:
    for bare in (False, True):
        directory = make_repository(tmp_path / f"bare-{bare}", person=alice, bare=bare)
        with Repository.discover(directory) as repository:
            recorded(repository, alice)


def test_references_kept_in_a_table(tmp_path: Path, alice: Signer) -> None:
    directory = tmp_path / "r"
    made = subprocess.run(
        ["git", "init", "-q", "--ref-format=reftable", str(directory)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this git keeps references in files only")
    become(directory, alice)
    with Repository.discover(directory) as repository:
        recorded(repository, alice)


def test_a_repository_shared_with_a_group_stays_shared(tmp_path: Path, alice: Signer) -> None:
    directory = tmp_path / "r"
    git(tmp_path, "init", "-q", "--shared=group", str(directory))
    become(directory, alice)
    before = os.umask(0o077)
    try:
        with Repository.discover(directory) as repository:
            recorded(repository, alice)
    finally:
        os.umask(before)
    objects = directory / ".git" / "objects"
    directories = [each for each in objects.iterdir() if each.is_dir()]
    assert all(each.stat().st_mode & stat.S_IWGRP for each in directories)
    assert all(file.stat().st_mode & stat.S_IRGRP for each in directories for file in each.iterdir())
    branch = directory / ".git" / "refs" / "heads" / BRANCH
    assert branch.stat().st_mode & stat.S_IWGRP
    own = directory / ".git" / "promoter"
    kept = (own, own / "outbox", own / "anchor", own / "anchor.lock", directory / ".git" / "promoter.lock")
    assert all(each.stat().st_mode & stat.S_IWGRP for each in kept)


def test_a_submodule_has_a_trail_of_its_own_and_pushes_nothing_of_the_other(
    repository_of_alice: Path, tmp_path: Path, alice: Signer
) -> None:
    commit_file(repository_of_alice, "a", "a")
    above = make_repository(tmp_path / "above", person=alice)
    git(
        above,
        *("-c", "protocol.file.allow=always", "submodule", "--quiet", "add"),
        *(str(repository_of_alice), "inside"),
    )
    git(above, "commit", "-q", "-m", "Add it")
    git(above, "config", "push.recurseSubmodules", "on-demand")
    git(above, "config", "submodule.recurse", "true")
    become(above / "inside", alice)
    server = make_repository(tmp_path / "server.git", bare=True)
    git(above, "remote", "add", "origin", str(server))
    for directory in (above, above / "inside"):
        with Repository.discover(directory) as repository:
            recorded(repository, alice)
    with Repository.discover(above) as repository:
        assert sync(repository, BRANCH).pushed == 2
    assert git(repository_of_alice, "for-each-ref", f"refs/heads/{BRANCH}") == ""


def test_an_address_that_git_rewrites_is_followed(
    repository_of_alice: Path, tmp_path: Path, alice: Signer
) -> None:
    server = make_repository(tmp_path / "server.git", bare=True)
    git(repository_of_alice, "remote", "add", "origin", "forge:trail.git")
    git(repository_of_alice, "config", f"url.{server}.insteadOf", "forge:trail.git")
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, genesis(alice))
        assert sync(repository, BRANCH).pushed == 1
    assert git(server, "rev-parse", BRANCH) == git(repository_of_alice, "rev-parse", BRANCH)


class Closed(BaseHTTPRequestHandler):
    """Lets nobody in."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="trail"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        pass


def test_nobody_is_asked_for_a_password_who_is_not_there(repository_of_alice: Path, alice: Signer) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Closed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        git(
            repository_of_alice, "remote", "add", "origin", f"http://127.0.0.1:{server.server_port}/trail.git"
        )
        with Repository.discover(repository_of_alice) as repository:
            append(repository, BRANCH, genesis(alice))
            with pytest.raises(SyncRefused) as caught:
                sync(repository, BRANCH)
        server.shutdown()
    assert caught.value.code == "sync-not-authenticated"


def test_a_remote_that_takes_signed_commits_only_gets_signed_merges(
    repository_of_alice: Path, tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    server = make_repository(tmp_path / "server.git", bare=True)
    hook = server / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\n"
        'for each in $(git rev-list "$3" --not --all); do\n'
        '  git cat-file commit "$each" | grep -q "^gpgsig" || { echo "Commits must have verified signatures" >&2; exit 1; }\n'
        "done\n"
    )
    hook.chmod(0o755)
    directories = [repository_of_alice, make_repository(tmp_path / "bob", person=bob)]
    for directory, person in zip(directories, (alice, bob), strict=True):
        git(directory, "remote", "add", "origin", str(server))
        with Repository.discover(directory) as repository:
            if person is alice:
                append(repository, BRANCH, genesis(alice))
            sync(repository, BRANCH)
    merged = []
    for directory, person in zip(directories, (alice, bob), strict=True):
        with Repository.discover(directory) as repository:
            append(repository, BRANCH, sign_off(person))
            merged.append(sync(repository, BRANCH).merged)
    assert merged == [False, True]
    git(repository_of_alice, "config", "commit.gpgsign", "false")
    git(repository_of_alice, "config", "--unset", "user.signingkey")
    with Repository.discover(repository_of_alice) as repository:
        append(repository, BRANCH, sign_off(alice))
        with pytest.raises(SyncRefused) as caught:
            sync(repository, BRANCH)
    assert caught.value.code == "sync-unsigned-refused"


FULL = """
import sys
from pathlib import Path
from promoter.errors import CannotAct
from promoter.trail.repository import Repository
from promoter.trail.trail import Trail
from tests.support.git_repositories import Signer
from tests.support.trail_entries import genesis, sign_off
at, name, email, key = sys.argv[1:]
signer = Signer(name, email, Path(), "", key)
with Repository.discover(Path(at)) as repository:
    trail = Trail(repository, "promoter/trail")
    trail.append(genesis(signer))
    filler = Path(at) / "filler"
    refused = False
    with filler.open("wb", buffering=0) as stream:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    stream.write(bytes(size))
            except OSError:
                pass
    try:
        trail.append(sign_off(signer))
    except CannotAct:
        refused = True
    filler.unlink()
    kept = [each for each in (repository.common_directory / "promoter" / "outbox").iterdir() if each.stat().st_size]
    trail.append(sign_off(signer))
    print(refused, trail.position().entries, len(kept), trail.verify(full=True).exit_code)
"""


def in_a_namespace(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a shell script where file systems may be mounted without anybody else seeing it."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here")
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", script, "sh", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE.parents[1],
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no file system can be mounted here: {done.stderr}")
    return done


def test_a_full_disk_is_told_and_the_trail_goes_on_when_there_is_room(
    repository_of_alice: Path, tmp_path: Path, alice: Signer
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    script = 'mount -t tmpfs -o size=3m tmpfs "$1"; cp -a "$2/." "$1"; exec "$3" -c "$4" "$1" "$5" "$6" "$7"'
    words = (str(small), str(repository_of_alice), sys.executable, FULL, alice.name, alice.email, alice.id)
    done = in_a_namespace(script, *words)
    assert done.stdout.split() == ["True", "2", "1", "0"], done.stderr


READ_ONLY = """
import sys
from pathlib import Path
from promoter.errors import CannotAct
from promoter.trail.repository import Repository
from promoter.trail.trail import Trail
from promoter.usecases.doctoring import examine
from promoter.usecases.settings import Settings
from tests.support.git_repositories import Signer
from tests.support.trail_entries import sign_off
at, name, email, key = sys.argv[1:]
with Repository.discover(Path(at)) as repository:
    trail = Trail(repository, "promoter/trail")
    print(len(trail.all_records().recorded), trail.verify(full=True).exit_code)
    try:
        trail.append(sign_off(Signer(name, email, Path(), "", key)))
    except CannotAct:
        print("refused")
print(*sorted({each.message.code for each in examine(Settings(Path(at))).ailments}))
"""


def test_a_repository_that_cannot_be_written_is_read_and_verified_all_the_same(
    repository_of_alice: Path, tmp_path: Path, alice: Signer
) -> None:
    with Repository.discover(repository_of_alice) as repository:
        recorded(repository, alice)
    script = 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; exec "$2" -c "$3" "$1" "$4" "$5" "$6"'
    words = (str(repository_of_alice), sys.executable, READ_ONLY, alice.name, alice.email, alice.id)
    done = in_a_namespace(script, *words)
    assert done.stdout.splitlines() == ["2 0", "refused", "entries-waiting not-writable"], done.stderr

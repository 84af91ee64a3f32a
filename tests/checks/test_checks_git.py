import asyncio
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from promoter.checks import registry
from promoter.model.outcome import Outcome, Verdict
from promoter.model.release import Release
from promoter.trail.repository import Repository
from tests.support.checks import code, context, observe, seen_of, words
from tests.support.git_repositories import git, gpg_home, make_repository, make_signer
from tests.support.release_repositories import Shop, make_shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    yield from make_shop(tmp_path, monkeypatch)


async def about(
    shop: Shop,
    *,
    name: str = "2.4.0",
    commit: str | None = None,
    replaces: Release | None = None,
    repository: Repository | None = None,
    **fields: Any,
) -> Outcome:
    there = repository or shop.repository
    release = Release(name, commit or git(there.root, "rev-parse", "HEAD"))
    seen = context(there.root, repository=there, release=release, replaces=replaces, timeout=30)
    return await observe("git", fields, seen)


@pytest.mark.parametrize("tag", ["2.4.0", "v2.4.0"])
async def test_a_tag_named_as_the_release_leads_to_it(shop: Shop, tag: str) -> None:
    shop.git("tag", tag)
    outcome = await about(shop, tagged=True)
    assert code(outcome) == "passed in-order"
    assert words(outcome.reason) == f"{shop.head[:12]} is in order: tagged {tag}"


async def test_a_release_named_with_a_v_finds_the_tag_without(shop: Shop) -> None:
    shop.git("tag", "2.4.0")
    assert code(await about(shop, name="v2.4.0", tagged=True)) == "passed in-order"


async def test_no_tag_another_tag_and_a_tag_elsewhere_fail(shop: Shop) -> None:
    assert code(await about(shop, tagged=True)) == "failed not-tagged"
    shop.git("tag", "2.4.0-rc1")
    outcome = await about(shop, tagged=True)
    assert code(outcome) == "failed not-tagged"
    assert seen_of(outcome, "tag") == [("2.4.0-rc1",)]
    shop.git("tag", "2.4.0")
    shop.commit("More")
    outcome = await about(shop, tagged=True)
    assert code(outcome) == "failed tagged-elsewhere"


@pytest.mark.parametrize(
    "name", ["2.4 @{u}", "--help", "2.4*", "a\nb", "../../heads/main", "HEAD@{1}", "\x1b[2J", "é "]
)
async def test_no_release_name_reaches_git_as_more_than_a_name(shop: Shop, name: str) -> None:
    assert code(await about(shop, name=name, tagged=True)) == "failed not-tagged"


@pytest.mark.parametrize("name", ["2.4.0^0", "2.4.0^{commit}", "2.4.0~0"])
async def test_what_is_derived_from_a_tag_is_no_tag(shop: Shop, name: str) -> None:
    shop.git("tag", "-a", "--no-sign", "-m", "2.4.0", "2.4.0")
    assert code(await about(shop, name=name, tagged=True)) == "failed not-tagged"


async def test_a_signed_tag_is_verified(shop: Shop) -> None:
    shop.git("tag", "-s", "-m", "2.4.0", "2.4.0")
    outcome = await about(shop, tagged=True, signed=True)
    assert code(outcome) == "passed in-order"
    [by] = seen_of(outcome, "signature")
    assert by.startswith("verified: alice@shop.example ")
    assert "SHA256:" in by


@pytest.fixture
def gpg_home_of_alice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Alice's GPG home, with which git signs tags; yields her key's fingerprint."""
    home = Path("/tmp") / f"promoter-tag-{os.getpid()}"
    fingerprints = gpg_home(home, shop.alice)
    fingerprint = next(fingerprints)
    monkeypatch.setenv("GNUPGHOME", str(home))
    shop.git("config", "gpg.format", "openpgp")
    shop.git("config", "user.signingkey", fingerprint)
    yield fingerprint
    next(fingerprints, None)


def gpg(*arguments: str, given: str = "") -> str:
    quiet = ["gpg", "--batch", "--quiet", "--yes", "--no-tty"]
    return subprocess.run(
        [*quiet, *arguments], input=given, text=True, check=True, capture_output=True
    ).stdout


async def test_a_gpg_key_counts_where_somebody_vouches_for_it(shop: Shop, gpg_home_of_alice: str) -> None:
    shop.git("tag", "-s", "-m", "2.4.0", "2.4.0")
    outcome = await about(shop, tagged=True, signed=True)
    assert code(outcome) == "passed in-order"
    assert seen_of(outcome, "signature") == [f"verified: Alice <alice@shop.example>, {gpg_home_of_alice}"]
    gpg("--import-ownertrust", given=f"{gpg_home_of_alice}:2:\n")
    outcome = await about(shop, tagged=True, signed=True)
    assert code(outcome) == "errored signer-untrusted"
    assert gpg_home_of_alice in words(outcome.reason)


async def test_an_expired_gpg_key_is_told(shop: Shop, gpg_home_of_alice: str) -> None:
    shop.git("tag", "-s", "-m", "2.4.0", "2.4.0")
    gpg("--quick-set-expire", gpg_home_of_alice, "seconds=1")
    await asyncio.sleep(2.1)
    assert code(await about(shop, tagged=True, signed=True)) == "errored signer-expired"


async def test_a_revoked_gpg_key_is_told(shop: Shop, gpg_home_of_alice: str) -> None:
    shop.git("tag", "-s", "-m", "2.4.0", "2.4.0")
    home = Path(os.environ["GNUPGHOME"])
    revocation = (home / "openpgp-revocs.d" / f"{gpg_home_of_alice}.rev").read_text()
    gpg("--import", given=revocation.replace(":-----", "-----"))
    outcome = await about(shop, tagged=True, signed=True)
    assert code(outcome) == "failed signer-revoked"
    assert "[GNUPG:]" not in words(outcome.reason)


async def test_of_several_tags_the_signed_one_is_asked(shop: Shop) -> None:
    shop.git("tag", "2.4.0")
    shop.git("tag", "-s", "-m", "v2.4.0", "v2.4.0")
    assert code(await about(shop, tagged=True, signed=True)) == "passed in-order"


async def test_of_several_signed_tags_the_one_that_can_be_verified_is_enough(shop: Shop) -> None:
    mallory = make_signer(shop.keys, "Mallory", "mallory@shop.example")
    shop.git("-c", f"user.signingkey={mallory.key}", "tag", "-s", "-m", "2.4.0", "2.4.0")
    shop.git("tag", "-s", "-m", "v2.4.0", "v2.4.0")
    outcome = await about(shop, tagged=True, signed=True)
    assert code(outcome) == "passed in-order"
    assert "tagged v2.4.0" in words(outcome.reason)
    assert [each.partition(":")[0] for each in seen_of(outcome, "signature")] == ["verified", "not verified"]


async def test_a_changed_tag_counts_beside_a_good_one(shop: Shop) -> None:
    shop.git("tag", "-s", "-m", "v2.4.0", "v2.4.0")
    shop.git("tag", "-s", "-m", "2.4.0", "2.4.0")
    changed = shop.git("cat-file", "tag", "2.4.0").replace("\n\n2.4.0\n", "\n\n2.4.0, approved\n") + "\n"
    oid = git(shop.root, "hash-object", "-t", "tag", "-w", "--stdin", given=changed.encode())
    shop.git("update-ref", "refs/tags/2.4.0", oid)
    assert code(await about(shop, tagged=True, signed=True)) == "failed bad-signature"


async def test_tried_by_itself_the_signed_one_of_all_tags_is_found(shop: Shop) -> None:
    shop.git("tag", "a0")
    shop.git("tag", "-a", "--no-sign", "-m", "a1", "a1")
    shop.git("tag", "-s", "-m", "b2", "b2")
    outcome = await observe(
        "git", {"tagged": True, "signed": True}, context(shop.root, repository=shop.repository, timeout=30)
    )
    assert code(outcome) == "passed in-order"
    assert "tagged b2" in words(outcome.reason)


async def test_a_signed_tag_of_a_signed_tag_leads_to_the_commit(shop: Shop) -> None:
    shop.git("tag", "-s", "-m", "build-7", "build-7")
    shop.git("tag", "-s", "-m", "candidate", "candidate", "build-7")
    shop.git("tag", "-s", "-m", "2.4.0", "2.4.0", "candidate")
    assert code(await about(shop, tagged=True, signed=True)) == "passed in-order"
    for each in ("build-7", "candidate"):
        shop.git("tag", "-d", each)
    by_itself = context(shop.root, repository=shop.repository, timeout=30)
    outcome = await observe("git", {"tagged": True, "signed": True}, by_itself)
    assert code(outcome) == "passed in-order"
    assert "tagged 2.4.0" in words(outcome.reason)


async def test_an_unsigned_tag_of_a_signed_tag_is_not_signed(shop: Shop) -> None:
    shop.git("tag", "-s", "-m", "build-7", "build-7")
    shop.git("tag", "-a", "--no-sign", "-m", "2.4.0", "2.4.0", "build-7")
    assert code(await about(shop, tagged=True, signed=True)) == "failed not-signed"


@pytest.mark.parametrize(("right", "stray"), [("2.4.0", "v2.4.0"), ("v2.4.0", "2.4.0")])
async def test_two_tags_of_the_release_that_lead_to_different_commits_are_told(
    shop: Shop, right: str, stray: str
) -> None:
    old = shop.head
    shop.git("tag", stray)
    shop.commit("Release")
    shop.git("tag", "-s", "-m", right, right)
    outcome = await about(shop, tagged=True, signed=True)
    assert code(outcome) == "warned tags-disagree"
    assert f"{right} leads to {shop.head[:12]}, and the tag {stray} to {old[:12]}" in words(outcome.reason)
    (shop.root / "stray").write_text("x")
    assert code(await about(shop, tagged=True, clean=True)) == "failed not-clean"
    assert code(await about(shop, tagged=True, pushed=True)) == "errored no-remote"
    shop.git("tag", "-d", stray)
    shop.git("tag", stray, f"{old}^{{tree}}")
    assert f"{stray} to no commit" in words((await about(shop, tagged=True)).reason)
    shop.git("tag", "-d", right)
    shop.git("tag", right)
    assert code(await about(shop, tagged=True, signed=True)) == "failed not-signed"


@pytest.mark.parametrize("how", [["tag", "2.4.0"], ["tag", "-a", "--no-sign", "-m", "2.4.0", "2.4.0"]])
async def test_a_tag_without_a_signature_is_not_signed(shop: Shop, how: list[str]) -> None:
    shop.git(*how)
    assert code(await about(shop, tagged=True, signed=True)) == "failed not-signed"


async def test_a_signature_of_somebody_unknown_is_could_not_tell(shop: Shop) -> None:
    mallory = make_signer(shop.keys, "Mallory", "mallory@shop.example")
    shop.git("-c", f"user.signingkey={mallory.key}", "tag", "-s", "-m", "2.4.0", "2.4.0")
    outcome = await about(shop, tagged=True, signed=True)
    assert code(outcome) == "errored signature-not-verified"
    assert "No principal matched" in words(outcome.reason)
    shop.git("config", "--unset", "gpg.ssh.allowedSignersFile")
    assert code(await about(shop, tagged=True, signed=True)) == "errored signature-not-verified"


async def test_a_signed_tag_that_was_changed_is_a_failure(shop: Shop) -> None:
    shop.git("tag", "-s", "-m", "2.4.0", "2.4.0")
    old, shop_head = shop.head, shop.commit("Smuggled in")
    changed = shop.git("cat-file", "tag", "2.4.0").replace(old, shop_head) + "\n"
    oid = git(shop.root, "hash-object", "-t", "tag", "-w", "--stdin", given=changed.encode())
    shop.git("update-ref", "refs/tags/2.4.0", oid)
    assert code(await about(shop, tagged=True, signed=True)) == "failed bad-signature"


async def test_a_signed_tag_under_another_name_is_a_failure(shop: Shop) -> None:
    shop.git("tag", "-s", "-m", "1.0.0", "1.0.0")
    shop.git("update-ref", "refs/tags/2.4.0", shop.git("rev-parse", "refs/tags/1.0.0"))
    outcome = await about(shop, tagged=True, signed=True)
    assert code(outcome) == "failed tag-renamed"
    assert "1.0.0" in words(outcome.reason)


async def test_no_program_of_the_repository_s_own_configuration_is_run(shop: Shop) -> None:
    shop.file(".gitattributes", "* diff=evil filter=evil\n")
    shop.file("guide.md", "# Guide\n")
    shop.git("tag", "-s", "-m", "2.4.0", "2.4.0")
    trap, sprung = shop.keys / "trap", shop.keys / "sprung"
    trap.write_text(f"#!/bin/sh\necho $0 $* >> {sprung}\nexit 0\n")
    trap.chmod(0o755)
    hooks = shop.root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for each in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / each).symlink_to(trap)
    for key in (
        *("gpg.program", "gpg.ssh.program", "gpg.openpgp.program", "gpg.x509.program", "core.fsmonitor"),
        *("diff.external", "diff.evil.textconv", "diff.evil.command", "core.pager", "core.editor"),
        *("trailer.x.command", "alias.log", "core.sshCommand"),
        *("filter.evil.clean", "filter.evil.process", "filter.evil.smudge"),
    ):
        shop.git("config", key, f"!{trap}" if key.startswith("alias") else str(trap))
    os.utime(shop.root / "guide.md", (0, 0))
    fields: dict[str, Any] = {
        "tagged": True,
        "signed": True,
        "on_branch": "main",
        "no_fixup": True,
        "clean": True,
    }
    tagged = shop.git("rev-parse", "2.4.0^{commit}")
    await about(shop, commit=tagged, trailer={"x": "y"}, status_file={"path": "guide.md"}, **fields)
    outcome = await about(shop, commit=tagged, **fields)
    assert code(outcome) == "passed in-order"
    assert not sprung.exists()


async def test_the_user_s_own_program_verifies(shop: Shop) -> None:
    shop.git("tag", "-s", "-m", "2.4.0", "2.4.0")
    said = shop.keys / "said"
    own = shop.keys / "own"
    own.write_text(f'#!/bin/sh\necho called >> {said}\nexec ssh-keygen "$@"\n')
    own.chmod(0o755)
    shop.git("config", "--global", "gpg.ssh.program", str(own))
    assert code(await about(shop, tagged=True, signed=True)) == "passed in-order"
    assert said.exists()


async def test_the_commit_must_be_on_the_branch(shop: Shop) -> None:
    outcome = await about(shop, on_branch="main")
    assert code(outcome) == "passed in-order"
    shop.git("checkout", "-q", "-b", "side")
    shop.commit("Beside")
    assert code(await about(shop, on_branch="main")) == "failed not-on-branch"
    assert code(await about(shop, on_branch="side")) == "passed in-order"
    assert code(await about(shop, on_branch="release")) == "errored branch-unknown"


async def test_a_branch_of_a_remote_counts_where_there_is_no_local_one(shop: Shop) -> None:
    shop.publish("main", "main:team/main")
    shop.git("checkout", "-q", "--detach")
    shop.git("branch", "-q", "-D", "main")
    outcome = await about(shop, on_branch="main")
    assert code(outcome) == "passed in-order"
    assert seen_of(outcome, "branch") == [("origin/main",)]
    assert seen_of(outcome, "as-of")[0].endswith("UTC")
    shop.commit("Not there yet")
    assert code(await about(shop, on_branch="main")) == "failed not-on-branch"


async def test_a_branch_whose_name_ends_alike_is_another(shop: Shop) -> None:
    shop.git("branch", "team/main")
    shop.git("branch", "-q", "-m", "main", "trunk")
    shop.git("branch", "main/old")
    assert code(await about(shop, on_branch="main")) == "errored branch-unknown"


async def test_pushed_is_what_a_branch_of_a_remote_has_as_of_the_last_fetch(shop: Shop) -> None:
    assert code(await about(shop, pushed=True)) == "errored no-remote"
    shop.publish("main")
    outcome = await about(shop, pushed=True)
    assert code(outcome) == "passed in-order"
    assert seen_of(outcome, "as-of")[0].endswith("UTC")
    shop.commit("Kept to oneself")
    assert code(await about(shop, pushed=True)) == "failed not-pushed"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Release\n\nCI-Status: success\nReviewed-by: Bob\n", "passed in-order"),
        ("Release\n\nci-status:  success\n", "passed in-order"),
        ("Release\n\nCI-Status: failure\n", "failed trailer-differs"),
        ("Release\n\nCI-Status: success\nCI-Status: failure\n", "failed trailer-differs"),
        ("Release\n\nCI-Status: success, mostly\n", "failed trailer-differs"),
        ("Release\n", "failed trailer-missing"),
        ("Release\n\nCI-Status: success\n\nAnd more prose after it.\n", "failed trailer-missing"),
        ("CI-Status: success\n", "failed trailer-missing"),
    ],
)
async def test_the_message_must_have_the_trailer(shop: Shop, message: str, expected: str) -> None:
    shop.commit(message)
    assert code(await about(shop, trailer={"CI-Status": "success"})) == expected


@pytest.mark.parametrize(
    ("content", "contains", "expected"),
    [
        ("state: success\n", "success", "passed in-order"),
        ("state: success\n", None, "passed in-order"),
        ("state: failure\n", "success", "failed status-file-differs"),
        ("\n", None, "failed status-file-missing"),
        (None, None, "failed status-file-missing"),
        ("x" * 70_000, None, "errored status-file-unusable"),
    ],
)
async def test_the_commit_must_have_the_status_file(
    shop: Shop, content: str | None, contains: str | None, expected: str
) -> None:
    if content is not None:
        shop.file("ci/status.txt", content)
    (shop.root / "ci").mkdir(exist_ok=True)
    (shop.root / "ci" / "status.txt").write_text("state: success\n")
    wanted = {"path": "ci/status.txt"} | ({"contains": contains} if contains else {})
    assert code(await about(shop, status_file=wanted)) == expected


async def test_a_link_is_no_status_file(shop: Shop) -> None:
    (shop.root / "status").symlink_to("/etc/hostname")
    shop.git("add", "status")
    shop.commit("Link")
    assert code(await about(shop, status_file={"path": "status"})) == "errored status-file-unusable"


async def test_the_work_tree_must_be_clean(shop: Shop) -> None:
    assert code(await about(shop, clean=True)) == "passed in-order"
    (shop.root / "stray").write_text("x")
    outcome = await about(shop, clean=True)
    assert code(outcome) == "failed not-clean"
    assert seen_of(outcome, "changed-files") == [("stray",)]


async def test_a_clean_work_tree_of_another_commit_is_not_the_release_s(shop: Shop) -> None:
    release = shop.head
    later = shop.file("more.md", "# More\n")
    outcome = await about(shop, commit=release, clean=True)
    assert code(outcome) == "failed work-tree-elsewhere"
    assert words(outcome.reason) == f"the work tree is of {later[:12]}, not of {release[:12]}"
    shop.git("checkout", "-q", "--detach", release)
    assert code(await about(shop, commit=release, clean=True)) == "passed in-order"
    assert code(await about(shop, commit=later, clean=True)) == "failed work-tree-elsewhere"
    shop.git("checkout", "-q", "--orphan", "nothing")
    assert "is of no commit" in words((await about(shop, commit=release, clean=True)).reason)


async def test_another_commit_with_the_same_files_is_as_good(shop: Shop) -> None:
    release = shop.head
    shop.commit("Say something")
    assert code(await about(shop, commit=release, clean=True)) == "passed in-order"


async def test_where_nothing_is_checked_out_nothing_is_clean(shop: Shop) -> None:
    bare = shop.publish("main")
    with Repository.discover(bare) as repository:
        outcome = await about(shop, repository=repository, commit=shop.head, clean=True)
    assert code(outcome) == "errored no-work-tree"


@pytest.mark.parametrize("flag", ["assume-unchanged", "skip-worktree"])
async def test_a_change_that_git_was_told_not_to_see_is_could_not_tell(shop: Shop, flag: str) -> None:
    shop.file("guide.md", "# Guide\n")
    shop.git("update-index", f"--{flag}", "guide.md")
    (shop.root / "guide.md").write_text("# Another guide\n")
    outcome = await about(shop, clean=True)
    assert code(outcome) == "errored changes-hidden"
    assert seen_of(outcome, "unwatched-files") == [("guide.md",)]
    for each in ("--no-assume-unchanged", "--no-skip-worktree"):
        shop.git("update-index", each, "guide.md")
    assert code(await about(shop, clean=True)) == "failed not-clean"


async def test_a_file_that_a_sparse_work_tree_leaves_out_is_no_change(shop: Shop) -> None:
    shop.file("guides/guide.md", "# Guide\n")
    shop.git("sparse-checkout", "set", "--no-cone", "/README.md")
    assert not (shop.root / "guides").exists()
    assert code(await about(shop, clean=True)) == "passed in-order"


async def test_a_file_that_only_the_repository_s_filter_could_tell_is_could_not_tell(shop: Shop) -> None:
    shop.git("config", "filter.crypt.clean", "tr a-z n-za-m")
    shop.git("config", "filter.crypt.smudge", "tr a-z n-za-m")
    shop.git("config", "filter.crypt.required", "true")
    shop.file(".gitattributes", "*.secret filter=crypt\n")
    (shop.root / "key.secret").write_text("plain text\n")
    os.utime(shop.root / "key.secret", (1_000_000_000, 1_000_000_000))
    shop.git("add", "key.secret")
    shop.commit("Write a secret")
    assert shop.git("show", "HEAD:key.secret") == "cynva grkg"
    assert code(await about(shop, clean=True)) == "passed in-order"
    os.utime(shop.root / "key.secret", (1_100_000_000, 1_100_000_000))
    outcome = await about(shop, clean=True)
    assert code(outcome) == "errored filter-held-back"
    assert "key.secret" in words(outcome.reason)
    assert "crypt" in words(outcome.reason)
    assert seen_of(outcome, "filtered-files") == [("key.secret",)]
    shop.git("status")
    assert code(await about(shop, clean=True)) == "passed in-order"
    (shop.root / "stray").write_text("x")
    os.utime(shop.root / "key.secret", (1_200_000_000, 1_200_000_000))
    assert code(await about(shop, clean=True)) == "failed not-clean"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("fixup! Add a thing", "failed unfinished"),
        ("squash! Add a thing", "failed unfinished"),
        ("amend! Add a thing", "failed unfinished"),
        ("WIP", "failed unfinished"),
        ("wip: half of it", "failed unfinished"),
        ("[WIP] half of it", "failed unfinished"),
        ("feat: a thing (WIP)", "failed unfinished"),
        ("chore(wip): a thing", "failed unfinished"),
        ("Draft: a thing", "failed unfinished"),
        ("DO NOT MERGE", "failed unfinished"),
        ("!fixup Add a thing", "passed in-order"),
        ("Wipe the slate", "passed in-order"),
        ("Draft the letter", "passed in-order"),
        ("Say what fixup! means", "passed in-order"),
        ("Add a thing\n\nfixup! is not used here\nWIP\n", "passed in-order"),
    ],
)
async def test_no_commit_since_what_runs_may_be_unfinished(shop: Shop, subject: str, expected: str) -> None:
    running = shop.head
    shop.commit(subject)
    shop.commit("Release")
    outcome = await about(shop, no_fixup=True, replaces=Release("2.3.0", running))
    assert code(outcome) == expected
    if outcome.verdict is Verdict.FAILED:
        assert subject in words(outcome.reason)
        assert seen_of(outcome, "unfinished-commit")[0].endswith(subject)


async def test_unfinished_commits_that_run_already_do_not_count(shop: Shop) -> None:
    running = shop.commit("fixup! Long ago")
    shop.git("tag", "2.3.0")
    shop.commit("Release")
    assert code(await about(shop, no_fixup=True, replaces=Release("2.3.0", running))) == "passed in-order"
    assert code(await about(shop, no_fixup=True, since="2.3.0")) == "passed in-order"
    outcome = await about(shop, no_fixup=True)
    assert code(outcome) == "failed unfinished"
    assert seen_of(outcome, "compared-with") == [
        "the beginning of history: no release is known that it replaces"
    ]


async def test_an_unfinished_commit_of_a_merged_branch_counts(shop: Shop) -> None:
    running = shop.head
    shop.git("checkout", "-q", "-b", "side")
    shop.commit("fixup! Beside")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "--no-gpg-sign", "-m", "Merge side", "side")
    assert code(await about(shop, no_fixup=True, since=running)) == "failed unfinished"


async def test_what_to_compare_with_must_be_known(shop: Shop) -> None:
    unbound = Release("2.3.0", None)
    assert code(await about(shop, no_fixup=True, replaces=unbound)) == "errored since-needed"
    assert (
        code(await about(shop, no_fixup=True, replaces=Release("2.3.0", "a" * 40))) == "errored since-unknown"
    )
    assert code(await about(shop, no_fixup=True, since="--all")) == "errored since-unknown"


async def test_a_shallow_clone_that_may_hide_the_answer_is_could_not_tell(shop: Shop) -> None:
    for each in range(4):
        shop.commit(f"Change {each}")
    with shop.shallow() as clone:
        assert code(await about(shop, repository=clone, no_fixup=True)) == "errored shallow"
        assert code(await about(shop, repository=clone, on_branch="main")) == "passed in-order"
        git(clone.root, "checkout", "-q", "--detach")
        git(
            clone.root,
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "fixup! x",
        )
        assert code(await about(shop, repository=clone, on_branch="main")) == "errored shallow"
        assert code(await about(shop, repository=clone, no_fixup=True)) == "failed unfinished"


async def test_a_failure_comes_before_what_cannot_be_told(shop: Shop) -> None:
    (shop.root / "stray").write_text("x")
    outcome = await about(shop, pushed=True, clean=True)
    assert code(outcome) == "failed not-clean"
    assert {each.fact.code for each in outcome.evidence} >= {"git.remote-branch", "git.work-tree"}


async def test_an_unbound_release_and_no_repository_are_could_not_tell(shop: Shop) -> None:
    seen = context(shop.root, repository=shop.repository, release=Release("2.4.0"))
    assert code(await observe("git", {"clean": True}, seen)) == "errored unbound"
    assert code(await observe("git", {"clean": True}, context(shop.root))) == "errored no-repository"
    seen = context(shop.root, repository=shop.repository, release=Release("2.4.0", "b" * 40))
    assert code(await observe("git", {"clean": True}, seen)) == "errored commit-unknown"


async def test_tried_by_itself_it_is_about_head(shop: Shop) -> None:
    seen = context(shop.root, repository=shop.repository)
    assert code(await observe("git", {"tagged": True}, seen)) == "failed untagged"
    shop.git("tag", "whatever")
    outcome = await observe("git", {"tagged": True}, seen)
    assert code(outcome) == "passed in-order"
    assert seen_of(outcome, "head")[0].startswith(shop.head[:12])


async def test_a_repository_without_commits_has_none_to_judge(shop: Shop, tmp_path: Path) -> None:
    empty = await asyncio.to_thread(make_repository, tmp_path / "empty")
    with Repository.discover(empty) as repository:
        seen = context(empty, repository=repository)
        assert code(await observe("git", {"clean": True}, seen)) == "errored commit-unknown"


async def test_a_broken_repository_is_could_not_tell(shop: Shop) -> None:
    commit = shop.head
    shop.git("tag", "2.4.0")
    (shop.root / ".git" / "objects" / commit[:2] / commit[2:]).unlink()
    outcome = await about(shop, commit=commit, tagged=True)
    assert code(outcome) in ("errored commit-unknown", "errored git-failed")


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ["tagged"]),
        ({"tagged": False}, ["tagged"]),
        ({"clean": True, "pushed": False}, ["pushed"]),
        ({"trailer": {}}, ["trailer"]),
        ({"signed": True, "clean": True}, ["signed"]),
        ({"since": "v1", "clean": True}, ["since"]),
        ({"tagged": True, "signed": True, "no_fixup": True, "since": "v1"}, []),
    ],
)
def test_a_check_that_claims_nothing_is_a_problem(fields: Mapping[str, Any], names: list[str]) -> None:
    assert [name for name, _ in registry.kind("git").contradictions(fields)] == names

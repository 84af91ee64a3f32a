"""The trail through its one door, on real repositories with real keys."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.errors import CannotAct, ExitCode, Refused, TrailUntrusted
from promoter.messages import Message
from promoter.model.entry import SignatureVerdict, Trust
from promoter.model.roster import ROSTER_ADMIN, Key
from promoter.trail.identity import git_identity
from promoter.trail.projection import from_history
from promoter.trail.repository import Repository
from promoter.trail.trail import Trail
from tests.support.git_repositories import Signer, become, git, gpg_home, make_repository
from tests.support.trail_histories import (
    BRANCH,
    CHECKLIST,
    History,
    actor,
    digest_of,
    files_of,
    genesis,
    opened,
    person,
    roster_change,
    sign_off,
)


def trail_of(directory: Path) -> Trail:
    return Trail(Repository.discover(directory), BRANCH)


def test_a_repository_without_a_trail_has_an_empty_one(repository_of_alice: Path) -> None:
    trail = trail_of(repository_of_alice)

    assert (trail.tip, trail.position().entries) == (None, 0)
    assert trail.all_records().recorded == ()
    for full in (False, True):
        verification = trail.verify(full=full)
        assert [each.message.code for each in verification.findings] == ["no-trail"]
        assert ExitCode.COULD_NOT_TELL is verification.exit_code


def test_what_a_member_appends_counts_and_is_read_back(repository_of_alice: Path, alice: Signer) -> None:
    trail = trail_of(repository_of_alice)
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    opening = opened(alice, beginning)
    voice = sign_off(alice)
    trail.append(beginning)
    trail.append(opening, {digest_of(CHECKLIST): CHECKLIST})

    recorded = trail.append(voice)

    assert (voice, Trust.COUNTED, SignatureVerdict.GOOD) == (
        recorded.entry,
        recorded.trust,
        recorded.signature,
    )
    assert alice.id == recorded.key
    assert [beginning, opening] == [each.entry for each in trail.records_of_trail().recorded]
    assert [opening, voice] == [each.entry for each in trail.records_of("p1").recorded]
    assert trail.blob(digest_of(CHECKLIST)) == CHECKLIST
    assert trail.position().entries == 3
    assert trail.verify(full=True).findings == ()


def test_what_is_recorded_has_the_roles_its_actor_had_then(repository_of_alice: Path, alice: Signer) -> None:
    trail = trail_of(repository_of_alice)
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    change = roster_change(alice, person(alice, ROSTER_ADMIN, "security"))
    trail.append(beginning)
    trail.append(opened(alice, beginning), {digest_of(CHECKLIST): CHECKLIST})
    trail.append(sign_off(alice))
    trail.append(change)
    trail.append(sign_off(alice))

    kept, judged = trail.all_records().recorded, from_history(trail.repository, trail.tip).everything()
    assert kept == judged.recorded
    before, after = (ROSTER_ADMIN,), (ROSTER_ADMIN, "security")
    assert [each.roles for each in kept] == [before, before, before, before, after]


def test_without_a_roster_entries_are_claims(tmp_path: Path, alice: Signer) -> None:
    directory = make_repository(tmp_path / "plain", person=alice, signing=False)
    trail = trail_of(directory)

    recorded = trail.append(genesis(alice))

    assert (recorded.trust, recorded.signature) == (Trust.CLAIMED, SignatureVerdict.UNSIGNED)
    assert recorded.roles is None
    assert [each.message.code for each in trail.verify(full=False).findings] == ["no-roster"]


def test_what_could_not_count_is_refused_before_it_is_written(
    repository_of_alice: Path, alice: Signer, bob: Signer
) -> None:
    trail = trail_of(repository_of_alice)
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    trail.append(beginning)
    tip = trail.tip
    become(repository_of_alice, bob)

    with pytest.raises(Refused) as refused:
        trail.append(opened(bob, beginning))

    assert refused.value.wrong.parameters["why"].code == "unknown-key"  # type: ignore[union-attr]
    assert tip == trail.tip


def test_an_unsigned_entry_of_a_member_is_refused_before_it_is_written(
    repository_of_alice: Path, alice: Signer
) -> None:
    trail = trail_of(repository_of_alice)
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    trail.append(beginning)
    tip = trail.tip
    git(repository_of_alice, "config", "commit.gpgsign", "false")
    git(repository_of_alice, "config", "--unset", "user.signingkey")

    with pytest.raises(Refused):
        trail.append(opened(alice, beginning))

    assert tip == trail.tip


def refuses_what_it_cannot_check(tmp_path: Path, remote: Path, who: Signer) -> None:
    """Where gpg is not installed, a trail that a GPG signature begins is not said to be none."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("git", "ssh-keygen", "sh"):
        (tools / name).symlink_to(str(shutil.which(name)))
    colleague = make_repository(tmp_path / "colleague", person=who)
    git(colleague, "remote", "add", "origin", str(remote))
    with pytest.MonkeyPatch.context() as patch, Repository.discover(colleague) as repository:
        patch.setenv("PATH", str(tools))
        with pytest.raises(CannotAct) as caught:
            Trail(repository, BRANCH).sync()
        assert caught.value.exit_code is ExitCode.COULD_NOT_TELL
        what = caught.value.wrong.parameters["what"]
        assert isinstance(what, Message)
        assert what.code == "beginning-unsure"
        assert repository.tip(BRANCH) is None
    with Repository.discover(colleague) as repository:
        assert Trail(repository, BRANCH).sync().fetched == 1


def test_a_trail_is_signed_and_read_with_gpg_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alice: Signer
) -> None:
    home = Path("/tmp") / f"promoter-gpg-trail-{os.getpid()}"
    fingerprints = gpg_home(home, alice)
    fingerprint = next(fingerprints)
    monkeypatch.setenv("GNUPGHOME", str(home))
    directory = make_repository(tmp_path / "gpg", person=alice, signing=False)
    git(directory, "config", "user.signingkey", fingerprint)
    repository = Repository.discover(directory)
    identity = git_identity(repository)
    key = Key(str(identity.key_id), "gpg", str(identity.public_key))
    me = replace(person(alice, ROSTER_ADMIN), keys=(key,))
    beginning = genesis(alice, me, actor=replace(actor(alice), key=fingerprint))

    recorded = Trail(repository, BRANCH).append(beginning)
    next(fingerprints, None)
    shutil.rmtree(home, ignore_errors=True)
    refuses_what_it_cannot_check(tmp_path, directory, alice)

    assert (Trust.COUNTED, SignatureVerdict.GOOD, fingerprint) == (
        recorded.trust,
        recorded.signature,
        recorded.key,
    )
    assert Trail(repository, BRANCH).verify(full=True).findings == ()


def test_a_second_genesis_is_refused(repository_of_alice: Path, alice: Signer) -> None:
    trail = trail_of(repository_of_alice)
    trail.append(genesis(alice, person(alice, ROSTER_ADMIN)))

    with pytest.raises(Refused):
        trail.append(genesis(alice, person(alice)))


def test_appending_the_same_entry_again_changes_nothing(repository_of_alice: Path, alice: Signer) -> None:
    trail = trail_of(repository_of_alice)
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    first = trail.append(beginning)

    assert first == trail.append(beginning)
    assert trail.position().entries == 1


def test_only_a_roster_admin_changes_the_roster(
    repository_of_alice: Path, alice: Signer, bob: Signer
) -> None:
    trail = trail_of(repository_of_alice)
    trail.append(genesis(alice, person(alice, ROSTER_ADMIN), person(bob)))
    become(repository_of_alice, bob)

    with pytest.raises(Refused):
        trail.append(roster_change(bob, person(bob, ROSTER_ADMIN)))

    become(repository_of_alice, alice)
    trail.append(roster_change(alice, person(alice, ROSTER_ADMIN)))
    assert tuple(each.id for each in trail.state.roster.people) == ("alice",)


def test_two_clones_read_the_same_after_they_met(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    remote = make_repository(tmp_path / "remote.git", bare=True)
    ours = make_repository(tmp_path / "ours", person=alice)
    theirs = make_repository(tmp_path / "theirs", person=bob)
    for each in (ours, theirs):
        git(each, "remote", "add", "origin", str(remote))
    beginning = genesis(alice, person(alice, ROSTER_ADMIN), person(bob))
    here, there = trail_of(ours), trail_of(theirs)
    here.append(beginning)
    here.append(opened(alice, beginning), {digest_of(CHECKLIST): CHECKLIST})
    here.sync()
    there.sync()
    there.append(sign_off(bob))
    here.append(sign_off(alice))
    there.sync()
    here.sync()
    there.sync()

    assert here.all_records() == there.all_records()
    assert len(here.records_of("p1").recorded) + 1 == 4
    assert {Trust.COUNTED} == {each.trust for each in here.all_records().recorded}
    assert [each for trail in (here, there) for each in trail.verify(full=True).findings] == []


def test_a_trail_read_long_ago_answers_of_that_moment(repository_of_alice: Path, alice: Signer) -> None:
    trail, other = trail_of(repository_of_alice), trail_of(repository_of_alice)
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    trail.append(beginning)
    before = trail.position()
    other.append(opened(alice, beginning), {digest_of(CHECKLIST): CHECKLIST})

    assert before == trail.position()
    assert trail.records_of("p1").recorded == ()

    trail.records_of_trail()
    assert other.position() == trail.position()


def test_nothing_is_decided_on_a_trail_that_was_altered(repository_of_alice: Path, alice: Signer) -> None:
    trail = trail_of(repository_of_alice)
    beginning = genesis(alice, person(alice, ROSTER_ADMIN))
    trail.append(beginning)
    [path] = files_of(beginning)
    good = trail.tip
    History(repository_of_alice).commit({}, by=alice, without=[path])

    with pytest.raises(TrailUntrusted):
        trail.records_of_trail()
    assert [beginning] == [each.entry for each in trail.all_records().recorded]

    History(repository_of_alice).point(str(good))
    assert [beginning] == [each.entry for each in trail.records_of_trail().recorded]


def test_a_copied_file_that_is_missing_or_false_is_an_error(repository_of_alice: Path, alice: Signer) -> None:
    trail = trail_of(repository_of_alice)
    trail.append(genesis(alice, person(alice, ROSTER_ADMIN)))
    digest = digest_of(b"other")

    with pytest.raises(CannotAct):
        trail.blob(digest)

    History(repository_of_alice).commit({f"a/{digest[7:9]}/{digest[7:]}": b"forged"}, by=alice)
    trail.refresh()
    with pytest.raises(TrailUntrusted):
        trail.blob(digest)


def test_reading_a_warm_trail_needs_neither_gitpython_nor_cryptography(
    repository_of_alice: Path, alice: Signer
) -> None:
    trail_of(repository_of_alice).append(genesis(alice, person(alice, ROSTER_ADMIN)))
    program = (
        "import sys; from pathlib import Path\n"
        "from promoter.trail.repository import Repository; from promoter.trail.trail import Trail\n"
        f"trail = Trail(Repository.discover(Path({str(repository_of_alice)!r})), {BRANCH!r})\n"
        "assert len(trail.records_of_trail().recorded) == 1 and trail.position().entries == 1\n"
        "print([name for name in ('git', 'cryptography', 'yaml', 'jinja2') if name in sys.modules])\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert (done.stdout, done.stderr) == (b"[]\n", b"")

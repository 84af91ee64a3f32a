"""Signatures of commits: whose they are, and that nothing can be changed under them."""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.checklist.keys import ssh_key
from promoter.model.entry import SignatureVerdict
from promoter.model.roster import ROSTER_ADMIN, Key, Person, Roster
from promoter.trail import sshsig
from promoter.trail.facts import Found
from promoter.trail.history import walk
from promoter.trail.keyring import UNVOUCHED_AT_MOST, Keyring
from promoter.trail.repository import Repository
from promoter.trail.signature import Examiner, Seal, SealState, check, owner_of, take_apart, verdict
from tests.support.git_repositories import Signer, git, gpg_home, make_repository
from tests.support.trail_histories import History, genesis, person, roster_change

_EVERY_BYTE = settings(
    max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def raw_commit(directory: Path, *settings_: str, format_: str = "ssh", message: str = "entry") -> bytes:
    empty = git(directory, "mktree", given=b"")
    options = [word for each in (f"gpg.format={format_}", *settings_) for word in ("-c", each)]
    names = {"GIT_AUTHOR_NAME": "Alice Martin", "GIT_AUTHOR_EMAIL": "alice@example.org"}
    names |= {"GIT_COMMITTER_NAME": "Alice Martin", "GIT_COMMITTER_EMAIL": "alice@example.org"}
    commit = git(directory, *options, "commit-tree", "-S", "-m", message, empty, environment=names)
    return subprocess.run(
        ["git", "cat-file", "commit", commit], cwd=directory, check=True, capture_output=True
    ).stdout


def key_of(signer: Signer) -> Key:
    return Key(signer.id, "ssh-ed25519", signer.public)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, alice: Signer) -> bytes:
    directory = make_repository(tmp_path_factory.mktemp("signed") / "repository")
    return raw_commit(
        directory, f"user.signingkey={alice.key}", message="-----BEGIN SSH SIGNATURE-----\n\ngpgsig x"
    )


def test_a_signature_of_a_known_key_is_good(signed: bytes, alice: Signer) -> None:
    assert (SignatureVerdict.GOOD, alice.id) == check(signed, [key_of(alice)])


def test_an_intact_signature_of_no_known_key_shows_whose_it_is(
    signed: bytes, alice: Signer, bob: Signer
) -> None:
    assert (SignatureVerdict.UNKNOWN_KEY, alice.id) == check(signed, [key_of(bob)])
    assert (SignatureVerdict.UNKNOWN_KEY, alice.id) == check(signed, [])


def test_a_commit_without_signature_is_unsigned(signed: bytes, alice: Signer) -> None:
    assert check(take_apart(signed).payload, [key_of(alice)]) == (SignatureVerdict.UNSIGNED, None)


@_EVERY_BYTE
@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_no_byte_of_a_signed_commit_can_be_changed(
    signed: bytes, alice: Signer, place: int, change: int
) -> None:
    forged = bytearray(signed)
    forged[place % len(forged)] ^= change

    assert SignatureVerdict.GOOD is not check(bytes(forged), [key_of(alice)])[0]


@_EVERY_BYTE
@given(place=st.integers(0, 10_000), inserted=st.binary(min_size=0, max_size=3))
def test_nothing_can_be_taken_out_of_a_signature_or_put_into_it(
    signed: bytes, alice: Signer, place: int, inserted: bytes
) -> None:
    signature = take_apart(signed).signature
    assert signature is not None
    at = place % len(signature)
    for forged in (
        signature[:at] + inserted + signature[at + 1 :],
        signature[:at] + inserted + signature[at:],
    ):
        if forged not in (signature, signature + b"\n"):
            try:
                parsed = sshsig.parse(forged)
            except sshsig.NoSignature:
                continue
            assert not parsed.covers(take_apart(signed).payload)


@_EVERY_BYTE
@given(raw=st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail(raw: bytes) -> None:
    with Examiner() as examiner:
        assert isinstance(examiner.examine(take_apart(raw)), Seal)


def test_a_signature_for_another_namespace_is_not_good(tmp_path: Path, signed: bytes, alice: Signer) -> None:
    payload = take_apart(signed).payload
    made = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-f", str(alice.key), "-n", "file"],
        input=payload,
        capture_output=True,
        check=True,
    ).stdout
    header, _, rest = payload.partition(b"\n\n")
    forged = header + b"\ngpgsig " + made.rstrip(b"\n").replace(b"\n", b"\n ") + b"\n\n" + rest

    assert SignatureVerdict.BAD is check(forged, [key_of(alice)])[0]


def test_two_signatures_in_a_commit_are_not_good(signed: bytes, alice: Signer) -> None:
    header, _, rest = signed.partition(b"\n\n")
    signature = header[header.index(b"\ngpgsig ") :]

    assert SignatureVerdict.BAD is check(header + signature + b"\n\n" + rest, [key_of(alice)])[0]


def test_the_signature_of_the_other_object_format_does_not_count(signed: bytes, alice: Signer) -> None:
    renamed = signed.replace(b"\ngpgsig -----", b"\ngpgsig-sha256 -----")

    assert SignatureVerdict.UNSIGNED is check(renamed, [key_of(alice)])[0]


def test_a_commit_of_a_sha256_repository_is_checked(tmp_path: Path, alice: Signer) -> None:
    directory = make_repository(tmp_path / "sha256", object_format="sha256")

    raw = raw_commit(directory, f"user.signingkey={alice.key}")

    assert b"\ngpgsig-sha256 " in raw
    assert (SignatureVerdict.GOOD, alice.id) == check(raw, [key_of(alice)])


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_other_ssh_keys_are_checked_with_ssh_keygen(tmp_path: Path, kind: str) -> None:
    key = tmp_path / kind
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(key)], check=True)
    raw = raw_commit(make_repository(tmp_path / "repository"), f"user.signingkey={key}")
    public = key.with_suffix(".pub").read_text()
    known = Key(str(sshsig.fingerprint_of_line(public)), kind, public)

    assert (SignatureVerdict.GOOD, known.id) == check(raw, [known])
    assert (SignatureVerdict.BAD, known.id) == check(raw.replace(b"\n\nentry", b"\n\nEntry"), [known])
    assert (SignatureVerdict.UNKNOWN_KEY, known.id) == check(raw, [])


def test_a_key_of_another_type_cannot_be_checked_and_is_never_good(signed: bytes, alice: Signer) -> None:
    blob = base64.b64decode(alice.public.split()[1]).replace(b"ssh-ed25519", b"ssh-ed25518")
    parts = take_apart(signed)
    assert parts.signature is not None
    encoded = b"".join(parts.signature.splitlines()[1:-1])
    forged = base64.b64encode(
        base64.b64decode(encoded).replace(base64.b64decode(alice.public.split()[1]), blob)
    )
    lines = [b"-----BEGIN SSH SIGNATURE-----", forged, b"-----END SSH SIGNATURE-----"]
    raw = signed.replace(parts.signature.replace(b"\n", b"\n "), b"\n ".join(lines))

    assert SignatureVerdict.UNCHECKED is check(raw, [Key(sshsig.fingerprint(blob), "x", "x")])[0]


def test_a_key_whose_written_id_is_another_keys_belongs_to_nobody(alice: Signer, bob: Signer) -> None:
    disguised = Roster((Person("bob", "Bob", (), keys=(Key(alice.id, "ssh-ed25519", bob.public),)),))

    assert None is owner_of(disguised, alice.id)
    assert SignatureVerdict.UNKNOWN_KEY is verdict(Seal(SealState.INTACT, alice.id), disguised)


@pytest.fixture
def gpg(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, alice: Signer
) -> Iterator[Key]:
    home = Path("/tmp") / f"promoter-gpg-{os.getpid()}"
    fingerprints = gpg_home(home, alice)
    fingerprint = next(fingerprints)
    monkeypatch.setenv("GNUPGHOME", str(home))
    public = subprocess.run(
        ["gpg", "--batch", "--armor", "--export", fingerprint], check=True, capture_output=True
    ).stdout.decode()
    yield Key(fingerprint, "gpg", public)
    next(fingerprints, None)
    shutil.rmtree(home, ignore_errors=True)


def test_a_gpg_signature_is_checked_with_the_rosters_key_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gpg: Key
) -> None:
    raw = raw_commit(make_repository(tmp_path / "repository"), f"user.signingkey={gpg.id}", format_="openpgp")

    assert (SignatureVerdict.GOOD, gpg.id) == check(raw, [gpg])
    assert (SignatureVerdict.UNKNOWN_KEY, gpg.id) == check(raw, [])
    assert SignatureVerdict.BAD is check(raw.replace(b"\n\nentry", b"\n\nEntry"), [gpg])[0]

    monkeypatch.setenv("PATH", str(tmp_path))
    assert check(raw, [gpg]) == (SignatureVerdict.UNCHECKED, None)


@pytest.fixture
def other_gpg(bob: Signer) -> Iterator[Key]:
    home = Path("/tmp") / f"promoter-gpg-other-{os.getpid()}"
    fingerprints = gpg_home(home, bob)
    fingerprint = next(fingerprints)
    public = subprocess.run(
        ["gpg", "--homedir", str(home), "--batch", "--armor", "--export", fingerprint],
        check=True,
        capture_output=True,
    ).stdout.decode()
    yield Key(fingerprint, "gpg", public)
    next(fingerprints, None)


def test_another_key_under_the_same_id_takes_no_keys_place(tmp_path: Path, gpg: Key, other_gpg: Key) -> None:
    raw = raw_commit(make_repository(tmp_path / "repository"), f"user.signingkey={gpg.id}", format_="openpgp")
    impostor = replace(gpg, public=other_gpg.public)

    for keys in ([gpg, impostor], [impostor, gpg]):
        assert (SignatureVerdict.GOOD, gpg.id) == check(raw, keys)


def test_an_outsiders_roster_teaches_no_keys_and_costs_no_run_of_gpg(
    tmp_path: Path, alice: Signer, bob: Signer, gpg: Key, other_gpg: Key
) -> None:
    history = History(make_repository(tmp_path / "repository", person=alice))
    root = history.add(genesis(alice, person(alice, ROSTER_ADMIN)), by=alice)
    stranger = replace(person(bob, ROSTER_ADMIN), keys=(other_gpg,))
    outsiders = [
        history.add(roster_change(bob, stranger), by=bob, after=[root], signed=signed)
        for signed in (True, False)
    ]
    carol = replace(person(alice), id="carol", keys=(gpg,))
    own = history.add(roster_change(alice, person(alice, ROSTER_ADMIN), carol), by=alice, after=[root])

    with Repository.discover(history.directory) as repository:
        learnt = [keys_known_after(repository, commit) for commit in (root, *outsiders, own)]

    own_keys = {alice.id}
    assert [own_keys, own_keys, own_keys, own_keys | {gpg.id}] == learnt


def keys_known_after(repository: Repository, tip: str) -> set[str]:
    with Keyring() as keyring:
        for each in walk(repository, tip).commits:
            raw = next(iter(repository.objects([each.commit])))[2]
            keyring.examine(take_apart(raw), each.found)
        return keyring.known


def test_no_more_keys_are_learnt_from_a_roster_that_nobody_vouches_for(alice: Signer) -> None:
    blobs = (b"\0\0\0\x0bssh-ed25519\0\0\0 " + number.to_bytes(32, "big") for number in range(1000))
    keys = tuple(ssh_key(f"ssh-ed25519 {base64.b64encode(each).decode()}") for each in blobs)
    crowd = genesis(alice, replace(person(alice), keys=keys))
    root = take_apart(b"tree " + b"0" * 40 + b"\nauthor a\ncommitter a\n\n")

    with Keyring() as keyring:
        keyring.examine(root, [Found("", crowd)])

        assert len(keyring.known) == UNVOUCHED_AT_MOST

"""What one key says of a signature does not depend on whose keys lie beside it, and strangers' packets reach no
program."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checklist.keys import gpg_key, gpg_key_ids
from promoter.model.entry import SignatureVerdict
from promoter.model.roster import Key, Roster
from promoter.trail.membership import adds_own_keys
from promoter.trail.openpgp import issuer
from promoter.trail.signature import check, owner_of, take_apart
from tests.support.git_repositories import Signer, git, gpg_home, make_repository
from tests.support.openpgp_packets import armoured, key_that_adopts, subkeys_of, written
from tests.support.trail_histories import person


@pytest.fixture
def with_subkey(monkeypatch: pytest.MonkeyPatch, alice: Signer) -> Iterator[tuple[Key, Key]]:
    """Alice's key before and after it got a sub-key, with which she signs."""
    home = Path("/tmp") / f"promoter-pgp-{os.getpid()}"
    fingerprints = gpg_home(home, alice)
    fingerprint = next(fingerprints)
    monkeypatch.setenv("GNUPGHOME", str(home))
    before = exported(fingerprint)
    quiet = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run(
        [*quiet, "--quick-add-key", fingerprint, "ed25519", "sign"], check=True, capture_output=True
    )
    yield before, exported(fingerprint)
    next(fingerprints, None)


def exported(fingerprint: str) -> Key:
    command = ["gpg", "--batch", "--armor", "--export", fingerprint]
    return gpg_key(subprocess.run(command, check=True, capture_output=True).stdout.decode())


@pytest.fixture
def signed(tmp_path: Path, alice: Signer, with_subkey: tuple[Key, Key]) -> bytes:
    directory = make_repository(tmp_path / "repository", person=alice)
    git(directory, "config", "gpg.format", "openpgp")
    git(directory, "config", "user.signingkey", with_subkey[1].id)
    git(directory, "commit", "-q", "--allow-empty", "-S", "-m", "entry")
    return subprocess.run(
        ["git", "cat-file", "commit", "HEAD"], cwd=directory, check=True, capture_output=True
    ).stdout


def test_a_subkey_that_another_key_claims_goes_on_being_its_owners(
    signed: bytes, with_subkey: tuple[Key, Key]
) -> None:
    _, alices = with_subkey
    claimed = gpg_key(key_that_adopts(subkeys_of(alices.public), "Bob Durand <bob@example.org>"))
    assert set(gpg_key_ids(alices.public)) & set(gpg_key_ids(claimed.public))

    for keys in ([alices], [alices, claimed], [claimed, alices]):
        assert (SignatureVerdict.GOOD, alices.id) == check(signed, keys)
    assert SignatureVerdict.GOOD is not check(signed, [claimed])[0]


def test_a_signature_is_good_by_the_form_of_the_key_that_the_roster_has(
    signed: bytes, with_subkey: tuple[Key, Key]
) -> None:
    before, after = with_subkey
    assert before.id == after.id

    assert SignatureVerdict.GOOD is check(signed, [after])[0]
    assert SignatureVerdict.UNKNOWN_KEY is check(signed, [before])[0]


def test_a_key_under_the_id_of_somebody_elses_subkey_is_nobodys(
    alice: Signer, bob: Signer, with_subkey: tuple[Key, Key]
) -> None:
    _, alices = with_subkey
    subkey = gpg_key_ids(alices.public)[1].hex().upper()
    disguised = Key(subkey, "gpg", alices.public)
    bobs = person(bob)
    before = Roster((replace(person(alice), keys=(alices,)), bobs))
    after = Roster((before.people[0], replace(bobs, keys=(*bobs.keys, disguised))))

    assert owner_of(after, subkey) is None
    assert not adds_own_keys(before, after, bobs.id)


@pytest.mark.parametrize(
    ("armour", "verdict"),
    [
        (armoured("SIGNATURE", written(8, b"\x03BZh9")), SignatureVerdict.BAD),
        (armoured("SIGNATURE", written(11, b"b\0\0\0\0\0x")), SignatureVerdict.BAD),
        (armoured("SIGNATURE", written(2, b"\x04" + b"\0" * 20_000)), SignatureVerdict.BAD),
        ("-----BEGIN PGP SIGNATURE-----\n\n%%%%\n-----END PGP SIGNATURE-----\n", SignatureVerdict.BAD),
        (
            "-----BEGIN SIGNED MESSAGE-----\nMAA=\n-----END SIGNED MESSAGE-----\n",
            SignatureVerdict.UNKNOWN_KEY,
        ),
        ("-----BEGIN FOO SIGNATURE-----\nMAA=\n-----END FOO SIGNATURE-----\n", SignatureVerdict.UNKNOWN_KEY),
    ],
)
def test_what_no_key_of_the_roster_made_is_given_to_no_program(
    signed: bytes,
    with_subkey: tuple[Key, Key],
    armour: str,
    verdict: SignatureVerdict,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    was = take_apart(signed).signature
    assert was is not None
    raw = signed.replace(was.replace(b"\n", b"\n "), armour.strip().replace("\n", "\n ").encode())
    monkeypatch.setenv("PATH", "")

    assert verdict is check(raw, [with_subkey[1]])[0]
    assert SignatureVerdict.UNCHECKED is check(signed, [with_subkey[1]])[0]


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reading_of_packets_fail(content: bytes) -> None:
    for raw in (content, written(2, content), written(2, b"\x04\0\0\0" + content)):
        try:
            key_id, _ = issuer(raw)
        except ValueError:
            continue
        assert len(key_id) == 8
    for block in (content, written(6, b"\x04" + content) + written(14, content)):
        try:
            gpg_key_ids(armoured("PUBLIC KEY BLOCK", block))
        except ValueError:
            continue

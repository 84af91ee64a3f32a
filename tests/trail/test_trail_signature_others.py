"""Signatures that promoter does not check itself: on a security key, and with a certificate."""

import base64
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from promoter.checklist.keys import ssh_key, x509_key
from promoter.model.entry import SignatureVerdict
from promoter.model.roster import ROSTER_ADMIN, Key
from promoter.trail.identity import git_identity
from promoter.trail.index import Index
from promoter.trail.projection import from_history
from promoter.trail.repository import Repository
from promoter.trail.signature import check, own_id
from promoter.trail.writing import append
from tests.support.git_repositories import Signer, git, make_repository
from tests.support.trail_histories import BRANCH, History, actor, genesis, person, sign_off
from tests.support.x509_people import gpgsm_home, needs_gpgsm

_UNSIGNED = (
    b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
    b"author Alice <alice@example.org> 1700000000 +0000\n"
    b"committer Alice <alice@example.org> 1700000000 +0000\n"
    b"\nentry\n"
)


def wire(*parts: bytes) -> bytes:
    """SSH's strings (RFC 4251, section 5), one after the other."""
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def mpint(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1)


def touched_ed25519() -> tuple[bytes, Callable[[bytes], bytes]]:
    secret = ed25519.Ed25519PrivateKey.generate()
    public = secret.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    kind = b"sk-ssh-ed25519@openssh.com"
    return wire(kind, public, b"ssh:"), lambda told: wire(kind, secret.sign(told))


def touched_ecdsa() -> tuple[bytes, Callable[[bytes], bytes]]:
    secret = ec.generate_private_key(ec.SECP256R1())
    point = serialization.PublicFormat.UncompressedPoint
    public = secret.public_key().public_bytes(serialization.Encoding.X962, point)
    kind = b"sk-ecdsa-sha2-nistp256@openssh.com"

    def sign(told: bytes) -> bytes:
        r, s = utils.decode_dss_signature(secret.sign(told, ec.ECDSA(hashes.SHA256())))
        return wire(kind, wire(mpint(r), mpint(s)))

    return wire(kind, b"nistp256", public, b"ssh:"), sign


def sealed(blob: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """A commit signed as a security key signs (OpenSSH's PROTOCOL.u2f and PROTOCOL.sshsig), by a key that is
    only software."""
    parts = (b"git", b"", b"sha512", hashlib.sha512(_UNSIGNED).digest())
    told = b"SSHSIG" + wire(*parts)
    about = b"\1" + (7).to_bytes(4)
    made = sign(hashlib.sha256(b"ssh:").digest() + about + hashlib.sha256(told).digest()) + about
    signature = b"SSHSIG" + (1).to_bytes(4) + wire(blob, b"git", b"", b"sha512", made)
    encoded = base64.b64encode(signature)
    lines = [encoded[at : at + 70] for at in range(0, len(encoded), 70)]
    armoured = [b"-----BEGIN SSH SIGNATURE-----", *lines, b"-----END SSH SIGNATURE-----"]
    headers, _, rest = _UNSIGNED.partition(b"\n\n")
    return headers + b"\ngpgsig " + b"\n ".join(armoured) + b"\n\n" + rest


@pytest.mark.parametrize("make", [touched_ed25519, touched_ecdsa])
def test_a_signature_made_on_a_security_key_is_good_and_one_byte_more_makes_it_bad(
    make: Callable[[], tuple[bytes, Callable[[bytes], bytes]]],
) -> None:
    blob, sign = make()
    kind = blob[4 : 4 + int.from_bytes(blob[:4])].decode()
    key = ssh_key(f"{kind} {base64.b64encode(blob).decode()}")
    raw = sealed(blob, sign)

    assert (SignatureVerdict.GOOD, key.id) == check(raw, [key])
    assert (SignatureVerdict.BAD, key.id) == check(raw.replace(b"\n\nentry", b"\n\nEntry"), [key])
    assert (SignatureVerdict.UNKNOWN_KEY, key.id) == check(raw, [])


@pytest.fixture
def certificate(monkeypatch: pytest.MonkeyPatch, alice: Signer) -> Iterator[Key]:
    home = Path("/tmp") / f"promoter-sm-{os.getpid()}"
    made = gpgsm_home(home, alice)
    pem = next(made)
    monkeypatch.setenv("GNUPGHOME", str(home))
    yield x509_key(pem)
    next(made, None)


@pytest.fixture
def certified(tmp_path: Path, alice: Signer, certificate: Key) -> Path:
    """A repository whose git signs with Alice's certificate."""
    directory = make_repository(tmp_path / "certified", person=alice, signing=False)
    git(directory, "config", "gpg.format", "x509")
    git(directory, "config", "user.signingkey", alice.email)
    git(directory, "config", "commit.gpgsign", "true")
    return directory


def commit_in(directory: Path) -> bytes:
    tree = git(directory, "hash-object", "-t", "tree", "-w", "/dev/null")
    made = git(directory, "commit-tree", "-S", "-m", "entry", tree)
    return subprocess.run(
        ["git", "cat-file", "commit", made], cwd=directory, check=True, capture_output=True
    ).stdout


@needs_gpgsm
def test_a_certificate_of_the_roster_signs_whoever_issued_it(certified: Path, certificate: Key) -> None:
    raw = commit_in(certified)

    assert (SignatureVerdict.GOOD, certificate.id) == check(raw, [certificate])
    assert SignatureVerdict.BAD is check(raw.replace(b"\n\nentry", b"\n\nEntry"), [certificate])[0]
    assert SignatureVerdict.UNKNOWN_KEY is check(raw, [])[0]


@needs_gpgsm
def test_without_gpgsm_nobody_can_tell(
    certified: Path, certificate: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = commit_in(certified)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert check(raw, [certificate]) == (SignatureVerdict.UNCHECKED, None)


@needs_gpgsm
def test_another_certificate_takes_no_certificates_place(
    certified: Path, certificate: Key, bob: Signer
) -> None:
    home = Path("/tmp") / f"promoter-sm-other-{os.getpid()}"
    others = gpgsm_home(home, bob)
    other = x509_key(next(others))
    next(others, None)
    raw = commit_in(certified)
    disguised = replace(certificate, public=other.public)

    assert SignatureVerdict.UNKNOWN_KEY is check(raw, [other])[0]
    assert own_id(disguised) == other.id
    assert SignatureVerdict.GOOD is not check(raw, [disguised])[0]


@needs_gpgsm
def test_entries_signed_with_a_certificate_count_for_the_person_it_is_of(
    certified: Path, certificate: Key, alice: Signer
) -> None:
    who = git_identity(Repository.discover(certified))
    assert (True, certificate.id, certificate.public) == (who.signing, who.key_id, who.public_key)
    me = replace(person(alice, ROSTER_ADMIN), keys=(certificate, *person(alice).keys))
    as_me = replace(actor(alice), key=certificate.id)
    history = History(certified)
    history.add(genesis(alice, me), by=alice)
    entry = sign_off(alice, actor=as_me)
    append(Repository.discover(certified), BRANCH, entry)

    repository = Repository.discover(certified)
    tip = repository.tip(BRANCH)
    assert tip is not None
    for projection in (from_history(repository, tip), Index(repository, BRANCH).at(tip)):
        (last,) = [each for each in projection.everything().recorded if each.entry.id == entry.id]
        assert (last.why, last.key) == (None, certificate.id)

"""What nobody signed, beside the public key of somebody on the roster: anybody may push that, in any number of ways, so that
it is a signature that does not hold, and nothing that cannot be told."""

import base64
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.checklist.keys import gpg_key, ssh_key, x509_key
from promoter.model.entry import SignatureVerdict
from promoter.model.roster import Key
from promoter.trail.signature import check, take_apart
from tests.support.git_repositories import Signer, git, gpg_home, make_repository
from tests.support.x509_people import gpgsm_home, needs_gpgsm

_HEADERS = (
    b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
    b"author Alice <alice@example.org> 1700000000 +0000\n"
    b"committer Alice <alice@example.org> 1700000000 +0000"
)
_TOUCHED = b"sk-ssh-ed25519@openssh.com"
_MANGLINGS = 12


def wire(*parts: bytes) -> bytes:
    """SSH's strings (RFC 4251, section 5), one after the other."""
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def commit(armoured: bytes) -> bytes:
    return _HEADERS + b"\ngpgsig " + armoured.strip().replace(b"\n", b"\n ") + b"\n\nentry\n"


def sealed(key: Key, blob: bytes) -> bytes:
    """A commit with an SSH signature that bears a key and holds anything."""
    public = base64.b64decode(key.public.split()[1])
    whole = b"SSHSIG" + (1).to_bytes(4) + wire(public, b"git", b"", b"sha512", blob)
    encoded = base64.b64encode(whole)
    lines = [encoded[at : at + 70] for at in range(0, len(encoded), 70)]
    return commit(b"\n".join([b"-----BEGIN SSH SIGNATURE-----", *lines, b"-----END SSH SIGNATURE-----"]))


@pytest.fixture(scope="module")
def ssh_keys(tmp_path_factory: pytest.TempPathFactory) -> list[Key]:
    """A key of every sort that ssh-keygen checks; the one on a security key is made up."""
    directory = tmp_path_factory.mktemp("keys")
    for kind in ("rsa", "ecdsa"):
        made = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(directory / kind)]
        subprocess.run(made, check=True)
    written = [path.read_text() for path in sorted(directory.glob("*.pub"))]
    touched = base64.b64encode(wire(_TOUCHED, bytes(range(32)), b"ssh:")).decode()
    return [ssh_key(each) for each in (*written, f"{_TOUCHED.decode()} {touched}")]


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        wire(b"ssh-rsa", b"\1" * 256),
        wire(b"rsa-sha2-512", b"\1" * 10),
        wire(b"rsa-sha2-512", b"\1" * 300),
        wire(b"rsa-sha2-512", b"\1" * 256) + b"x",
        wire(b"foo", b"\1" * 256),
        wire(b"ecdsa-sha2-nistp256", wire(b"", b"")),
        wire(b"ecdsa-sha2-nistp384", wire(b"\1", b"\1")),
        wire(b"ecdsa-sha2-nistp256", wire(b"\1", b"\1") + b"x"),
        wire(_TOUCHED, b"\1" * 64) + b"\1\0\0\0\7" + b"x",
        wire(_TOUCHED, b"\1" * 64),
    ],
)
def test_junk_beside_an_ssh_key_is_a_bad_signature(ssh_keys: list[Key], blob: bytes) -> None:
    for key in ssh_keys:
        assert check(sealed(key, blob), [key]) == (SignatureVerdict.BAD, key.id)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blob=st.binary(max_size=400), which=st.integers(0, 2))
def test_no_junk_beside_an_ssh_key_leaves_anybody_unsure(
    ssh_keys: list[Key], blob: bytes, which: int
) -> None:
    key = ssh_keys[which]
    assert check(sealed(key, blob), [key]) == (SignatureVerdict.BAD, key.id)


def test_without_ssh_keygen_nobody_can_tell(
    ssh_keys: list[Key], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for key in ssh_keys:
        assert check(sealed(key, b""), [key]) == (SignatureVerdict.UNCHECKED, key.id)


def test_with_an_ssh_keygen_that_does_not_know_the_key_nobody_can_tell(
    ssh_keys: list[Key], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ssh-keygen"
    program.write_text("#!/bin/sh\nexit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    for key in ssh_keys:
        assert check(sealed(key, b""), [key]) == (SignatureVerdict.UNCHECKED, key.id)


def signed_in(directory: Path, **settings: str) -> bytes:
    for name, value in settings.items():
        git(directory, "config", name.replace("_", "."), value)
    git(directory, "commit", "-q", "--allow-empty", "-S", "-m", "entry")
    return subprocess.run(
        ["git", "cat-file", "commit", "HEAD"], cwd=directory, check=True, capture_output=True
    ).stdout


def mangled(raw: bytes) -> Iterator[bytes]:
    """A signed commit with one byte of what its armour holds changed, here and there, and cut short."""
    armoured = take_apart(raw).signature
    assert armoured is not None
    lines = armoured.strip().split(b"\n")
    start = lines.index(b"") + 1 if b"" in lines else 1
    body = [each for each in lines[start:-1] if not each.startswith(b"=")]
    held = base64.b64decode(b"".join(body))
    chance = random.Random(1)
    places = sorted(chance.sample(range(len(held)), _MANGLINGS))
    changed = [held[:at] + bytes([held[at] ^ 0x55]) + held[at + 1 :] for at in places]
    for each in (*changed, held[: len(held) // 2], held + b"x"):
        encoded = base64.b64encode(each)
        split = [encoded[at : at + 64] for at in range(0, len(encoded), 64)]
        whole = b"\n".join([*lines[:start], *split, lines[-1]])
        yield raw.replace(armoured.replace(b"\n", b"\n "), whole.replace(b"\n", b"\n "))


def test_a_gpg_signature_that_was_mangled_leaves_nobody_unsure(
    tmp_path: Path, alice: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path("/tmp") / f"promoter-junk-{os.getpid()}"
    fingerprints = gpg_home(home, alice)
    fingerprint = next(fingerprints)
    monkeypatch.setenv("GNUPGHOME", str(home))
    exported = subprocess.run(
        ["gpg", "--batch", "--armor", "--export", fingerprint], check=True, capture_output=True
    )
    key = gpg_key(exported.stdout.decode())
    raw = signed_in(
        make_repository(tmp_path / "pgp", person=alice), gpg_format="openpgp", user_signingkey=fingerprint
    )
    next(fingerprints, None)

    assert SignatureVerdict.GOOD is check(raw, [key])[0]
    said = {check(each, [key])[0] for each in mangled(raw)}
    assert said <= {SignatureVerdict.BAD, SignatureVerdict.UNKNOWN_KEY}


@needs_gpgsm
def test_what_a_certificate_signed_otherwise_leaves_nobody_unsure(
    tmp_path: Path, alice: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path("/tmp") / f"promoter-junk-sm-{os.getpid()}"
    made = gpgsm_home(home, alice)
    key = x509_key(next(made))
    monkeypatch.setenv("GNUPGHOME", str(home))
    opaque = subprocess.run(
        ["gpgsm", "--batch", "--disable-dirmngr", "--armor", "--sign", "-u", alice.email],
        input=b"Dear Bob, lunch at noon?\n",
        check=True,
        capture_output=True,
    ).stdout
    raw = signed_in(
        make_repository(tmp_path / "x509", person=alice), gpg_format="x509", user_signingkey=alice.email
    )
    next(made, None)

    assert SignatureVerdict.GOOD is check(raw, [key])[0]
    assert SignatureVerdict.BAD is check(commit(opaque.replace(b"\r", b"")), [key])[0]
    said = {check(each, [key])[0] for each in mangled(raw)}
    assert said <= {SignatureVerdict.BAD, SignatureVerdict.UNKNOWN_KEY, SignatureVerdict.GOOD}

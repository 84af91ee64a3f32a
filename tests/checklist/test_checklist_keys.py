import base64
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checklist.keys import gpg_key, ssh_key, x509_key


def ssh_keygen(*arguments: str) -> str:
    return subprocess.run(["ssh-keygen", *arguments], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("key_type", [("ed25519",), ("ecdsa", "-b", "384"), ("rsa", "-b", "2048")])
def test_an_ssh_key_has_the_id_that_ssh_keygen_prints(key_type: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "key"
    ssh_keygen("-q", "-t", *key_type, "-N", "", "-C", "a comment", "-f", str(path))
    written = path.with_suffix(".pub").read_text()

    key = ssh_key(written)

    assert ssh_keygen("-l", "-f", str(path)).split()[1] == key.id
    assert written.split()[0] == key.type
    assert " ".join(written.split()[:2]) == key.public


@pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")
@pytest.mark.parametrize("algorithm", ["ed25519", "rsa2048"])
def test_a_gpg_key_has_the_fingerprint_that_gpg_prints(algorithm: str, tmp_path: Path) -> None:
    environment = os.environ | {"GNUPGHOME": str(tmp_path)}

    def gpg(*arguments: str) -> str:
        command = ["gpg", "--batch", "--passphrase", "", "--pinentry-mode", "loopback", *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    tmp_path.chmod(0o700)
    gpg("--quick-generate-key", "Alice <alice@example.org>", algorithm, "sign", "never")
    listed = gpg("--with-colons", "--list-keys").splitlines()
    fingerprint = next(each.split(":")[9] for each in listed if each.startswith("fpr:"))
    armoured = gpg("--armor", "--export")
    subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False, capture_output=True)

    key = gpg_key(armoured)

    assert (fingerprint, "gpg", armoured) == (key.id, key.type, key.public)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 not*base64",
        "ssh-dss AAAAB3NzaC1kc3MAAACBAP",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJrBJYQzzYpbMJ5oPvRrlqOVAZ8ov6hYqMGIRSEsCm4z",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA",
    ],
)
def test_what_is_no_ssh_key_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ssh_key(written)


@given(st.text(max_size=80), st.binary(max_size=80))
def test_no_text_makes_reading_a_key_raise_anything_but_value_error(text: str, packets: bytes) -> None:
    import base64

    armoured = "\n".join(
        (
            "-----BEGIN PGP PUBLIC KEY BLOCK-----",
            "",
            base64.b64encode(packets).decode(),
            "-----END PGP PUBLIC KEY BLOCK-----",
        )
    )
    for written in (text, f"ssh-ed25519 {base64.b64encode(packets).decode()}", armoured):
        for read in (ssh_key, gpg_key, x509_key):
            try:
                read(written)
            except ValueError:
                continue


def test_a_certificate_has_the_sha_256_of_its_bytes_for_an_id_however_it_is_written() -> None:
    der = b"\x30\x82" + (100).to_bytes(2) + bytes(range(100))
    body = base64.b64encode(der).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"

    key = x509_key(f"Issuer: somebody\n\n{pem}")

    assert (key.id, key.type) == (f"X509:{hashlib.sha256(der).hexdigest()}", "x509")
    assert x509_key(key.public) == key
    for wrong in (pem + pem, pem[:-10], pem.replace(body, body[4:]), body, pem.replace(body, "!")):
        with pytest.raises(ValueError, match=r"."):
            x509_key(wrong)

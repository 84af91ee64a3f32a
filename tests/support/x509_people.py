"""People who sign with X.509 certificates, each in a home of gpgsm of their own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.git_repositories import Signer

needs_gpgsm = pytest.mark.skipif(shutil.which("gpgsm") is None, reason="gpgsm is not installed")

_REQUEST = """\
Key-Type: RSA
Key-Length: 2048
Key-Usage: sign
Serial: random
Name-DN: CN={name}
Name-Email: {email}
Not-Before: {begins}
Not-After: {ends}
"""


def gpgsm_home(directory: Path, person: Signer, *, ends: str = "2045-01-01") -> Iterator[str]:
    """A home with a certificate the person signed for themselves; yields it in PEM, then ends its agent and
    removes it. GPG's sockets need a short path: give it a directory close to the root."""
    directory.mkdir(mode=0o700, exist_ok=True)
    environment = os.environ | {"GNUPGHOME": str(directory)}

    def gpgsm(*arguments: str, given: str = "", keeping: tuple[int, ...] = ()) -> str:
        command = ["gpgsm", "--batch", "--disable-dirmngr", *arguments]
        done = subprocess.run(
            command,
            input=given,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            pass_fds=keeping,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    begins = "2020-01-01"
    request = _REQUEST.format(name=person.name, email=person.email, begins=begins, ends=ends)
    (directory / "passphrase").write_text("")
    with (directory / "passphrase").open() as nothing:
        made = gpgsm(
            "--armor",
            "--pinentry-mode",
            "loopback",
            "--passphrase-fd",
            str(nothing.fileno()),
            "--generate-key",
            given=request,
            keeping=(nothing.fileno(),),
        )
    (directory / "certificate.pem").write_text(made)
    gpgsm("--import", str(directory / "certificate.pem"))
    listed = gpgsm("--with-colons", "--list-secret-keys")
    fingerprint = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    (directory / "trustlist.txt").write_text(f"{fingerprint} S relax\n")
    (directory / "gpgsm.conf").write_text("disable-crl-checks\n")
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=environment, check=False, capture_output=True)
    try:
        yield gpgsm("--armor", "--export", f"0x{fingerprint}")
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False, capture_output=True)
        shutil.rmtree(directory, ignore_errors=True)

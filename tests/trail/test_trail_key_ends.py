"""When keys end: certificates and GPG keys say so, and SSH keys do not."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from promoter.checklist.keys import gpg_key, ssh_key, x509_key
from promoter.model.roster import Key
from promoter.trail.key_ends import end_of
from tests.support.tls_servers import Wanted, make


def test_a_gpg_key_names_its_end_and_one_without_names_none(tmp_path: Path) -> None:
    home = Path("/tmp") / f"promoter-ends-{os.getpid()}"
    home.mkdir(mode=0o700)
    try:
        quiet = ["gpg", "--batch", "--homedir", str(home), "--pinentry-mode", "loopback", "--passphrase", ""]
        found: dict[str, datetime | None] = {}
        for name, lasts in (("ending", "90d"), ("lasting", "never")):
            subprocess.run(
                [*quiet, "--quick-gen-key", f"{name}@example.com", "ed25519", "sign", lasts],
                check=True,
                capture_output=True,
            )
            armoured = subprocess.run(
                [*quiet, "--armor", "--export", f"{name}@example.com"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            found[name] = end_of(gpg_key(armoured))
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", str(home)], check=True)
    assert found["lasting"] is None
    assert found["ending"] is not None
    assert abs(found["ending"] - datetime.now(UTC) - timedelta(days=90)) < timedelta(hours=2)


def test_a_certificate_names_its_end_an_ssh_key_none_and_what_is_none_neither(tmp_path: Path) -> None:
    issued = make(Wanted(names=("alice.example.com",)))
    pem = issued.pem.decode()
    end = end_of(x509_key(pem))
    assert end is not None
    assert end > datetime.now(UTC)
    written = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJBAnH0p6pTo1rg3JZoI5OhAnGOkJcoSJtfHv03AAL83"
    assert end_of(ssh_key(written)) is None
    assert end_of(Key("X509:00", "x509", "nothing")) is None
    assert end_of(Key("00", "gpg", "nothing")) is None

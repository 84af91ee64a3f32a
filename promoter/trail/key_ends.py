"""When a key of a roster ends by itself: a certificate, or a GPG key that says so. SSH keys do not."""

import subprocess
import tempfile
from datetime import UTC, datetime

from promoter.model.roster import Key

_TIMEOUT_S = 10


def end_of(key: Key) -> datetime | None:
    """The moment after which a key is good no more; None when it names none, or nobody here can tell."""
    if key.type == "x509":
        from cryptography import x509

        try:
            return x509.load_pem_x509_certificate(key.public.encode()).not_valid_after_utc
        except ValueError:
            return None
    return _end_of_gpg(key) if key.type == "gpg" else None


def _end_of_gpg(key: Key) -> datetime | None:
    with tempfile.TemporaryDirectory() as home:
        command = ["gpg", "--batch", "--homedir", home, "--with-colons", "--show-keys"]
        try:
            shown = subprocess.run(
                command, input=key.public.encode(), capture_output=True, timeout=_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    for line in shown.stdout.decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        if fields[0] == "pub" and len(fields) > 6 and fields[6].isdigit():
            return datetime.fromtimestamp(int(fields[6]), UTC)
    return None

"""Signatures with X.509 certificates (CMS, RFC 5652, as git has gpgsm make them), checked with gpgsm.

The roster names the certificate itself, so that its chain, its term and who issued it are not asked: like any
key, it counts until the history of the trail takes it away.
"""

import hashlib
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from promoter.checklist.keys import certificate_bytes, x509_key
from promoter.trail.seal import Seal, SealState

PREFIX = "X509:"
BEGIN = b"-----BEGIN SIGNED MESSAGE-----"

_SECONDS = 30
_LEAST_WORDS = 9


def true_id(public: str) -> str | None:
    """The id of a certificate in PEM; None when it is none."""
    try:
        return x509_key(public).id
    except ValueError:
        return None


def x509_seal(signature: bytes, payload: bytes, certificates: Iterable[str], home: Path) -> Seal:
    """What a signature says to those who know some certificates (in PEM); `home` is an empty directory, or
    one that was given here before."""
    home.mkdir(mode=0o700, exist_ok=True)
    known: dict[str, set[str]] = {}
    for public in certificates:
        name = true_id(public)
        if name is not None:
            der = certificate_bytes(public)
            known.setdefault(hashlib.sha1(der, usedforsecurity=False).hexdigest().upper(), set()).add(name)
            kept = home / name.removeprefix(PREFIX)
            if not kept.exists():
                kept.write_bytes(der)
                _gpgsm(home, ("--import", str(kept)), b"")
    written = home / "signature"
    written.write_bytes(signature)
    return _reading(_gpgsm(home, ("--status-fd", "1", "--verify", str(written), "-"), payload), known)


def _reading(said: str | None, known: Mapping[str, set[str]]) -> Seal:
    """gpgsm names a certificate by SHA-1: of two that are known and share that, nobody can tell which."""
    if said is None:
        return Seal(SealState.UNCHECKED)
    status: dict[str, list[str]] = {}
    for line in said.splitlines():
        words = line.split()
        if words[:1] == ["[GNUPG:]"] and len(words) > 1:
            if words[1] == "NEWSIG" and words[1] in status:
                return Seal(SealState.BROKEN)
            status.setdefault(words[1], words[2:])
    valid = status.get("VALIDSIG", [])
    if "BADSIG" in status:
        return Seal(SealState.BROKEN)
    if len(valid) >= _LEAST_WORDS:
        names = known.get(valid[0], set())
        if len(names) == 1:
            return Seal(SealState.INTACT, next(iter(names)))
        return Seal(SealState.UNCHECKED if names else SealState.MISSING_KEY)
    return Seal(
        SealState.MISSING_KEY if status.get("ERROR", [""])[0] == "verify.findkey" else SealState.UNCHECKED
    )


def _gpgsm(home: Path, arguments: tuple[str, ...], given: bytes) -> str | None:
    import shutil

    program = shutil.which("gpgsm")
    if program is None:
        return None
    options = ("--homedir", str(home), "--batch", "--no-tty", "--no-autostart", "--disable-dirmngr")
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "GNUPGHOME": str(home)}
    try:
        done = subprocess.run(
            [program, *options, "--disable-crl-checks", *arguments],
            input=given,
            capture_output=True,
            env=environment,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")

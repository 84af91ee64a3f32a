"""Signatures with X.509 certificates (CMS, RFC 5652, as git has gpgsm make them), checked with gpgsm.

The roster names the certificate itself, so that its chain, its term and who issued it are not asked: like any
key, it counts until the history of the trail takes it away.
"""

import hashlib
import os
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from promoter.checklist.keys import certificate_bytes, x509_key
from promoter.trail.seal import Seal, SealState, dearmoured, surest

PREFIX = "X509:"
BEGIN = b"-----BEGIN SIGNED MESSAGE-----"

_SECONDS = 30
_LEAST_WORDS = 9
_LARGEST_SIGNATURE = 64 * 1024
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


def true_id(public: str) -> str | None:
    """The id of a certificate in PEM; None when it is none."""
    try:
        return x509_key(public).id
    except ValueError:
        return None


def x509_seal(signature: bytes, payload: bytes, certificates: Iterable[str], home: Path) -> Seal:
    """What a signature says to those who know some certificates (in PEM), each asked by itself: gpgsm looks them up by
    issuer and number, which anybody can write into one of their own. `home` is a directory of this module's own."""
    raw = dearmoured(signature)
    if raw is None or len(raw) > _LARGEST_SIGNATURE:
        return Seal(SealState.BROKEN)
    named = {name: each for each in certificates if (name := true_id(each)) is not None}
    candidates = sorted(name for name, each in named.items() if _may_be_of(raw, each))
    if not candidates:
        return Seal(SealState.MISSING_KEY)
    home.mkdir(mode=0o700, exist_ok=True)
    return surest(
        _asked(name, certificate_bytes(named[name]), signature, payload, home) for name in candidates
    )


def _may_be_of(raw: bytes, public: str) -> bool:
    """Whether a signature names a certificate's issuer and number (RFC 5652, section 10.2.4)."""
    from cryptography.x509 import load_der_x509_certificate

    try:
        certificate = load_der_x509_certificate(certificate_bytes(public))
        number = certificate.serial_number
        written = number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)
        return certificate.issuer.public_bytes() + b"\x02" + bytes([len(written)]) + written in raw
    except ValueError:
        return True


def _asked(name: str, der: bytes, signature: bytes, payload: bytes, home: Path) -> Seal:
    """What gpgsm says with one certificate."""
    own = home / name.removeprefix(PREFIX)
    if not own.exists():
        own.mkdir(mode=0o700)
        (own / "certificate").write_bytes(der)
        _gpgsm(own, ("--import", str(own / "certificate")), b"")
    written = own / "signature"
    written.write_bytes(signature)
    fingerprint = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    said = _gpgsm(own, ("--status-fd", "1", "--verify", str(written), "-"), payload)
    seal = _reading(said, fingerprint, name)
    if seal.state is SealState.UNCHECKED and _can_check(own, der, fingerprint):
        return Seal(SealState.BROKEN)
    return seal


@lru_cache(maxsize=256)
def _can_check(home: Path, der: bytes, fingerprint: str) -> bool:
    """Whether gpgsm works, has the certificate and knows keys of its sort, so that what it does not take is the signature:
    whoever may push can put one that nobody made beside a certificate of the roster."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.x509 import load_der_x509_certificate

    listed = _gpgsm(home, ("--with-colons", "--list-keys"), b"")
    try:
        key = load_der_x509_certificate(der).public_key()
    except ValueError:
        return False
    plain = isinstance(key, rsa.RSAPublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES
    )
    return plain and listed is not None and f":{fingerprint}:" in listed


def _reading(said: str | None, fingerprint: str, name: str) -> Seal:
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
    if len(valid) >= _LEAST_WORDS and valid[0] == fingerprint:
        return Seal(SealState.INTACT, name)
    missing = valid or status.get("ERROR", [""])[0] == "verify.findkey"
    return Seal(SealState.MISSING_KEY if missing else SealState.UNCHECKED)


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

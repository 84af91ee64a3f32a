"""OpenPGP signatures (RFC 9580), checked with gpg against one public key at a time.

What a key says of a signature must not depend on what else is known: in a keyring with others' keys, one of
them could claim a sub-key that is not its own, and gpg would know neither. So each lies in a keyring by itself, and
its id is read from its bytes.
"""

import hashlib
import os
import subprocess
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from promoter.checklist.keys import gpg_key, gpg_key_ids, packet, sized
from promoter.trail.seal import Seal, SealState, dearmoured, surest

BEGIN = b"-----BEGIN PGP SIGNATURE-----"

_LARGEST_KEY = 256 * 1024
_LARGEST_SIGNATURE = 8 * 1024
_SIGNATURE_PACKET = 2
_ISSUER, _ISSUER_FINGERPRINT = 16, 33
_SECONDS = 30
_LEAST_WORDS = 10
_ALGORITHM, _USES, _CURVE = 3, 11, 16
"""Fields of gpg's listing with colons."""
_WITHOUT_CURVE, _WITH_CURVE = ("1", "3", "17"), ("19", "22")
"""RSA and DSA, and ECDSA and EdDSA, by their numbers (RFC 9580, section 9.1)."""
_NOT_GOOD = frozenset({"BADSIG", "EXPSIG", "REVKEYSIG"})


def true_id(public: str) -> str | None:
    """The fingerprint of an armoured key's primary key; None when it is none."""
    try:
        return gpg_key(public).id if len(public) <= _LARGEST_KEY else None
    except ValueError:
        return None


def block_of(public: str) -> str:
    """What an armoured key is told by, wherever the key itself comes in other forms, with sub-keys added."""
    return hashlib.sha256(public.strip().encode()).hexdigest()[:32]


def pgp_seal(signature: bytes, payload: bytes, publics: Iterable[str], home: Path) -> Seal:
    """What a signature says to those who know some armoured keys; `home` is a directory of this module's own,
    and `blocks` of the seal are the ones it is good by. gpg is given nothing but plain signatures of known keys."""
    raw = dearmoured(signature)
    try:
        if raw is None or len(raw) > _LARGEST_SIGNATURE:
            return Seal(SealState.BROKEN)
        key_id, named = issuer(raw)
    except ValueError:
        return Seal(SealState.BROKEN)
    candidates = sorted(each for each in set(publics) if key_id in _ids(each))
    if not candidates:
        return Seal(SealState.MISSING_KEY, named.hex().upper())
    home.mkdir(mode=0o700, exist_ok=True)
    said = [(each, _asked(each, signature, payload, home)) for each in candidates]
    good = [(name, each) for each, seal in said if seal.state is SealState.INTACT and (name := seal.key)]
    if good:
        key = min(name for name, _ in good)
        return Seal(SealState.INTACT, key, tuple(block_of(each) for name, each in good if name == key))
    return surest(seal for _, seal in said)


def issuer(raw: bytes) -> tuple[bytes, bytes]:
    """The id of the key that a signature says it is of, and its whole fingerprint where it says that: one packet, of version 3 (RFC 4880, section 5.2.2) or later (RFC 9580,
    section 5.2.3). Raises ValueError where it is anything else, or says none."""
    kind, body, rest = packet(raw)
    if kind != _SIGNATURE_PACKET or rest:
        raise ValueError("not one signature")
    if body[:1] == b"\x03":
        return _whole(body[7:15]), body[7:15]
    width = {b"\x04": 2, b"\x05": 2, b"\x06": 4}.get(body[:1], 0)
    if not width:
        raise ValueError("a version that is not known")
    named: dict[int, bytes] = {}
    at = 4
    for _ in ("hashed", "unhashed"):
        end = at + width + int.from_bytes(body[at : at + width], "big")
        at += width
        while at < end:
            start, length = sized(body, at)
            named.setdefault(body[start] & 0x7F, body[start + 1 : start + length])
            at = start + max(length, 1)
    if _ISSUER_FINGERPRINT in named:
        version, fingerprint = named[_ISSUER_FINGERPRINT][:1], named[_ISSUER_FINGERPRINT][1:]
        return _whole(fingerprint[-8:] if version == b"\x04" else fingerprint[:8]), fingerprint
    return _whole(named.get(_ISSUER, b"")), named.get(_ISSUER, b"")


def _whole(key_id: bytes) -> bytes:
    if len(key_id) != 8:
        raise ValueError("no id of a key")
    return key_id


def _asked(public: str, signature: bytes, payload: bytes, home: Path) -> Seal:
    """What gpg says with one key."""
    own = home / block_of(public)
    if not own.exists():
        own.mkdir(mode=0o700)
        _gpg(own, ("--import",), public.encode())
    written = own / "signature"
    written.write_bytes(signature)
    seal = _reading(_gpg(own, ("--status-fd", "1", "--verify", str(written), "-"), payload), true_id(public))
    return Seal(SealState.BROKEN) if seal.state is SealState.UNCHECKED and _can_check(own) else seal


@lru_cache(maxsize=256)
def _can_check(home: Path) -> bool:
    """Whether gpg works, and knows everything that the key signs with, so that what it does not take is the signature:
    whoever may push can put one that nobody made beside the name of a key on the roster."""
    listed = _gpg(home, ("--with-colons", "--list-keys"), b"") or ""
    rows = (line.split(":") for line in listed.splitlines())
    signing = [row for row in rows if row[0] in ("pub", "sub") and len(row) > _CURVE and "s" in row[_USES]]
    return bool(signing) and all(
        row[_ALGORITHM] in _WITHOUT_CURVE or (row[_ALGORITHM] in _WITH_CURVE and row[_CURVE])
        for row in signing
    )


def _reading(said: str | None, own: str | None) -> Seal:
    if said is None:
        return Seal(SealState.UNCHECKED)
    status: dict[str, list[str]] = {}
    for line in said.splitlines():
        words = line.split()
        if words[:1] == ["[GNUPG:]"] and len(words) > 1:
            if words[1] == "NEWSIG" and words[1] in status:
                return Seal(SealState.BROKEN)  # several signatures in one: git refuses them too
            status[words[1]] = words[2:]
    valid = status.get("VALIDSIG", [])
    if status.keys() & _NOT_GOOD:
        return Seal(SealState.BROKEN)
    if len(valid) >= _LEAST_WORDS and valid[9] == own:
        return Seal(SealState.INTACT, own)
    if "NO_PUBKEY" in status or valid:
        return Seal(SealState.MISSING_KEY, _missing_key(status, valid))
    return Seal(SealState.UNCHECKED)


def _missing_key(status: Mapping[str, list[str]], valid: list[str]) -> str:
    error = status.get("ERRSIG", [])
    if len(error) > 6 and error[6] != "-":
        return error[6]
    return valid[0] if valid else status["NO_PUBKEY"][0]


def _ids(public: str) -> tuple[bytes, ...]:
    """The key ids (RFC 9580, section 5.5.4) that signatures of a key or of its sub-keys name."""
    try:
        return gpg_key_ids(public) if len(public) <= _LARGEST_KEY else ()
    except ValueError:
        return ()


def _gpg(home: Path, arguments: tuple[str, ...], given: bytes) -> str | None:
    import shutil

    options = ("--homedir", str(home), "--batch", "--no-tty", "--no-autostart", "--no-auto-key-retrieve")
    program = shutil.which("gpg") or shutil.which("gpg2")
    if program is None:
        return None
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "GNUPGHOME": str(home)}
    try:
        done = subprocess.run(
            [program, *options, *arguments],
            input=given,
            capture_output=True,
            env=environment,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")

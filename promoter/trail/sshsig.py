"""SSH signatures as git makes them (OpenSSH's PROTOCOL.sshsig), read strictly and without any program.

Strictly means that one signature has one form: a byte changed anywhere, also where it would carry no
meaning, makes it no signature. Ed25519 is checked here, 0.1 ms each; other types need `ssh-keygen`.
"""

import base64
import binascii
import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from promoter.frozen import frozen

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NAMESPACE = "git"
ED25519 = "ssh-ed25519"

_BEGIN, _END = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_HASHES = {"sha512": hashlib.sha512, "sha256": hashlib.sha256}
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_TYPE = re.compile(r"[a-z0-9@.-]{1,64}")
_LARGEST = 16 * 1024


class NoSignature(ValueError):
    """The bytes are no SSH signature for git."""


@frozen
class SshSignature:
    """One signature: the key that says it made it, and what it covers. `signed_hash` is `sha256` or
    `sha512`; `signature` is the key type's own blob."""

    key_type: str
    key_blob: bytes
    signed_hash: str
    signature: bytes

    @property
    def key_id(self) -> str:
        """`SHA256:…`, as `ssh-keygen -l` prints it."""
        return fingerprint(self.key_blob)

    @property
    def public_line(self) -> str:
        """The key as an authorized_keys line without comment."""
        return f"{self.key_type} {base64.b64encode(self.key_blob).decode()}"

    def covers(self, payload: bytes) -> bool:
        """Whether the key in the signature made it for these bytes; only for Ed25519 keys."""
        from cryptography.exceptions import InvalidSignature

        made = _Reader(self.signature)
        try:
            key = _ed25519(self.key_blob)
            kind, signature = made.string(), made.string()
            made.end()
            if kind != ED25519.encode():
                return False
            key.verify(signature, self._signed(payload))
        except (NoSignature, InvalidSignature, ValueError):
            return False
        return True

    def _signed(self, payload: bytes) -> bytes:
        digest = _HASHES[self.signed_hash](payload).digest()
        parts = (NAMESPACE.encode(), b"", self.signed_hash.encode(), digest)
        return _MAGIC + b"".join(len(part).to_bytes(4) + part for part in parts)


@lru_cache(maxsize=1024)
def _ed25519(key_blob: bytes) -> "Ed25519PublicKey":
    """The key of a key blob; raises NoSignature or ValueError for any other."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    reader = _Reader(key_blob)
    kind, public = reader.string(), reader.string()
    reader.end()
    if kind != ED25519.encode():
        raise NoSignature
    return Ed25519PublicKey.from_public_bytes(public)


@lru_cache(maxsize=1024)
def fingerprint(key_blob: bytes) -> str:
    """The `SHA256:…` id of a public key in its wire form."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key_blob).digest()).decode().rstrip("=")


@lru_cache(maxsize=1024)
def fingerprint_of_line(public: str) -> str | None:
    """The id of a key written as `ssh-ed25519 AAAA… comment`; None when it is not one."""
    words = public.split()
    if len(words) < 2:
        return None
    try:
        blob = base64.b64decode(words[1], validate=True)
        reader = _Reader(blob)
        return fingerprint(blob) if reader.text() == words[0] else None
    except (binascii.Error, NoSignature, ValueError):
        return None


def is_ssh(armoured: bytes) -> bool:
    """Whether the bytes claim to be an SSH signature."""
    return armoured.startswith(_BEGIN)


def parse(armoured: bytes) -> SshSignature:
    """Reads an armoured signature; raises NoSignature for any other form, namespace or version."""
    lines = armoured.removesuffix(b"\n").split(b"\n")
    if len(armoured) > _LARGEST or len(lines) < 3 or lines[0] != _BEGIN or lines[-1] != _END:
        raise NoSignature
    *full, last = map(len, lines[1:-1])
    encoded = b"".join(lines[1:-1])
    if (
        not _BASE64.fullmatch(encoded)
        or any(each != full[0] for each in full)
        or not 0 < last <= (full or [last])[0]
    ):
        raise NoSignature
    try:
        blob = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise NoSignature from error
    if base64.b64encode(blob) != encoded or not blob.startswith(_MAGIC):
        raise NoSignature
    return _read(_Reader(blob[len(_MAGIC) :]))


def _read(reader: "_Reader") -> SshSignature:
    if reader.number() != 1:
        raise NoSignature
    key_blob = reader.string()
    namespace, reserved, signed_hash = reader.text(), reader.string(), reader.text()
    signature = reader.string()
    reader.end()
    key_type = _Reader(key_blob).text()
    if namespace != NAMESPACE or reserved or signed_hash not in _HASHES or not _TYPE.fullmatch(key_type):
        raise NoSignature
    return SshSignature(key_type, key_blob, signed_hash, signature)


class _Reader:
    """Reads SSH's wire types (RFC 4251, section 5); raises NoSignature at the first wrong byte."""

    def __init__(self, blob: bytes) -> None:
        self._blob = blob
        self._at = 0

    def number(self) -> int:
        return int.from_bytes(self._take(4))

    def string(self) -> bytes:
        return self._take(self.number())

    def text(self) -> str:
        try:
            return self.string().decode("ascii")
        except UnicodeDecodeError as error:
            raise NoSignature from error

    def end(self) -> None:
        if self._at != len(self._blob):
            raise NoSignature

    def _take(self, count: int) -> bytes:
        taken = self._blob[self._at : self._at + count]
        if len(taken) != count:
            raise NoSignature
        self._at += count
        return taken

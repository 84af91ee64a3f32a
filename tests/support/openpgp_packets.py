"""OpenPGP packets (RFC 9580) as somebody could write them who bends the rules."""

import base64
import hashlib
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from promoter.checklist.keys import packet

_SUBKEY = 14
_MADE = 1_000_000_000
_ED25519 = bytes([9]) + bytes.fromhex("2b06010401da470f01")


def armoured(kind: str, content: bytes) -> str:
    """Packets as text, without the checksum that nobody needs."""
    lines = base64.b64encode(content).decode()
    body = "\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    return f"-----BEGIN PGP {kind}-----\n\n{body}\n-----END PGP {kind}-----\n"


def dearmoured(written: str) -> bytes:
    """The packets of a text."""
    body = written.strip().splitlines()[2:-1]
    return base64.b64decode("".join(each for each in body if not each.startswith("=")))


def subkeys_of(key: str) -> list[bytes]:
    """The bodies of an armoured key's sub-keys."""
    rest, found = dearmoured(key), []
    while rest:
        kind, body, rest = packet(rest)
        if kind == _SUBKEY:
            found.append(body)
    return found


def key_that_adopts(subkeys: list[bytes], name: str) -> str:
    """A key of its own that claims others' sub-keys, whose owners did not agree to that."""
    secret = Ed25519PrivateKey.generate()
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    own = b"\x04" + struct.pack(">I", _MADE) + bytes([22]) + _ED25519 + _number(b"\x40" + public)
    fingerprint = hashlib.sha1(_hashed(own), usedforsecurity=False).digest()

    def signed(kind: int, what: bytes, flags: int) -> bytes:
        fields = (
            _field(33, b"\x04" + fingerprint)
            + _field(2, struct.pack(">I", _MADE))
            + _field(27, bytes([flags]))
        )
        head = b"\x04" + bytes([kind, 22, 8]) + struct.pack(">H", len(fields)) + fields
        digest = hashlib.sha256(what + head + b"\x04\xff" + struct.pack(">I", len(head))).digest()
        made, issuer = secret.sign(digest), _field(16, fingerprint[-8:])
        tail = struct.pack(">H", len(issuer)) + issuer + digest[:2] + _number(made[:32]) + _number(made[32:])
        return written(2, head + tail)

    user = name.encode()
    certified = signed(0x13, _hashed(own) + b"\xb4" + struct.pack(">I", len(user)) + user, 3)
    claims = b"".join(
        written(_SUBKEY, each) + signed(0x18, _hashed(own) + _hashed(each), 2) for each in subkeys
    )
    return armoured("PUBLIC KEY BLOCK", written(6, own) + written(13, user) + certified + claims)


def written(kind: int, body: bytes) -> bytes:
    """A packet."""
    return bytes([0xC0 | kind, 255]) + len(body).to_bytes(4) + body


def _field(kind: int, content: bytes) -> bytes:
    return bytes([len(content) + 1, kind]) + content


def _hashed(body: bytes) -> bytes:
    return b"\x99" + struct.pack(">H", len(body)) + body


def _number(octets: bytes) -> bytes:
    stripped = octets.lstrip(b"\0")
    return struct.pack(">H", int.from_bytes(stripped).bit_length()) + stripped

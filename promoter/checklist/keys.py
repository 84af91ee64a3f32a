"""Public keys as a roster writes them, and the ids they get. Reads bytes, trusts nothing, starts nothing."""

import base64
import binascii
import hashlib

from promoter.model.roster import Key

SSH_TYPES = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
_ARMOUR = ("-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----")
_CERTIFICATE = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
_PUBLIC_KEY_PACKET = 6
_LONGEST = 50_000


def ssh_key(written: str) -> Key:
    """A key from an OpenSSH line, whose comment is left out.

    Its id is `SHA256:…` as `ssh-keygen -l` prints it. Raises ValueError for anything else.
    """
    words = written.split()
    if len(words) < 2 or words[0] not in SSH_TYPES:
        raise ValueError("not a public key of a type that signs")
    blob = _decoded(words[1])
    length = int.from_bytes(blob[:4], "big")
    if blob[4 : 4 + length] != words[0].encode() or len(blob) < 4 + length + 36:
        raise ValueError("not the key it says it is")
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return Key(f"SHA256:{digest}", words[0], f"{words[0]} {words[1]}")


def gpg_key(armoured: str) -> Key:
    """A key from an armoured OpenPGP public key; its id is the primary key's fingerprint.

    Versions 4 and 6 (RFC 9580, sections 5.5.4 and 6.2) and GnuPG's 5. Raises ValueError for anything else.
    """
    packet_type, body = _first_packet(_dearmoured(armoured))
    if packet_type != _PUBLIC_KEY_PACKET or not body:
        raise ValueError("not a public key")
    if body[0] == 4:
        found = hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).hexdigest()
    elif body[0] in (5, 6):
        prefix = bytes([0x95 + body[0]])
        found = hashlib.sha256(prefix + len(body).to_bytes(4, "big") + body).hexdigest()
    else:
        raise ValueError("a key of a version that is not known")
    return Key(found.upper(), "gpg", armoured.strip() + "\n")


def x509_key(pem: str) -> Key:
    """A key from an X.509 certificate in PEM; its id is `X509:` and the certificate's SHA-256.

    Raises ValueError for anything else.
    """
    der = certificate_bytes(pem)
    lines = base64.b64encode(der).decode()
    body = "\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    return Key(
        f"X509:{hashlib.sha256(der).hexdigest()}", "x509", f"{_CERTIFICATE[0]}\n{body}\n{_CERTIFICATE[1]}\n"
    )


def certificate_bytes(pem: str) -> bytes:
    """The one certificate of a PEM text, whatever stands around it (RFC 7468); raises ValueError."""
    if pem.count(_CERTIFICATE[0]) != 1 or pem.count(_CERTIFICATE[1]) != 1:
        raise ValueError("not one certificate")
    body = pem.partition(_CERTIFICATE[0])[2].partition(_CERTIFICATE[1])[0]
    der = _decoded("".join(body.split()))
    if len(der) < 64 or der[:2] != b"\x30\x82" or int.from_bytes(der[2:4], "big") != len(der) - 4:
        raise ValueError("not a certificate")
    return der


def _decoded(text: str) -> bytes:
    if len(text) > _LONGEST:
        raise ValueError("too long")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise ValueError("not base64") from cause


def _dearmoured(armoured: str) -> bytes:
    lines = [each.strip() for each in armoured.strip().splitlines()]
    if len(lines) < 4 or (lines[0], lines[-1]) != _ARMOUR or "" not in lines:
        raise ValueError("not an armoured public key")
    body = lines[lines.index("") + 1 : -1]
    return _decoded("".join(each for each in body if not each.startswith("=")))


def _first_packet(packets: bytes) -> tuple[int, bytes]:
    """The type and body of the first packet (RFC 9580, section 4.2); its length must be a definite one."""
    if len(packets) < 6 or not packets[0] & 0x80:
        raise ValueError("no packet")
    if packets[0] & 0x40:
        return packets[0] & 0x3F, _new_format_body(packets)
    size = 1 << (packets[0] & 0x03)
    if size > 4:
        raise ValueError("an indefinite length")
    return (packets[0] >> 2) & 0x0F, _body(packets, 1 + size, int.from_bytes(packets[1 : 1 + size], "big"))


def _new_format_body(packets: bytes) -> bytes:
    first = packets[1]
    if first < 192:
        return _body(packets, 2, first)
    if first < 224:
        return _body(packets, 3, ((first - 192) << 8) + packets[2] + 192)
    if first == 255:
        return _body(packets, 6, int.from_bytes(packets[2:6], "big"))
    raise ValueError("a partial length")


def _body(packets: bytes, start: int, length: int) -> bytes:
    if len(packets) < start + length or length > 0xFFFF:
        raise ValueError("cut short")
    return packets[start : start + length]


def as_written(key: Key) -> str | dict[str, str]:
    """A key as a pipeline's roster writes it."""
    if key.public.startswith("-----BEGIN PGP"):
        return {"gpg": key.public}
    return {"x509": key.public} if key.type == "x509" else key.public

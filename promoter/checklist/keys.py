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
_PUBLIC_KEY_PACKET, _SUBKEY_PACKET = 6, 14
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
    packet_type, body, _ = packet(_dearmoured(armoured))
    if packet_type != _PUBLIC_KEY_PACKET:
        raise ValueError("not a public key")
    return Key(_fingerprint(body).hex().upper(), "gpg", armoured.strip() + "\n")


def gpg_key_ids(armoured: str) -> tuple[bytes, ...]:
    """The ids, 8 bytes each, by which signatures name a key and its sub-keys (RFC 9580, section 5.5.4), as far as
    its packets can be read. Raises ValueError when it is none."""
    packets = _dearmoured(armoured)
    found = []
    while packets:
        try:
            packet_type, body, packets = packet(packets)
            if packet_type in (_PUBLIC_KEY_PACKET, _SUBKEY_PACKET):
                fingerprint = _fingerprint(body)
                found.append(fingerprint[-8:] if body[0] == 4 else fingerprint[:8])
        except ValueError:
            break
    return tuple(found)


def _fingerprint(body: bytes) -> bytes:
    if body[:1] == b"\x04":
        return hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).digest()
    if body[:1] in (b"\x05", b"\x06"):
        prefix = bytes([0x95 + body[0]])
        return hashlib.sha256(prefix + len(body).to_bytes(4, "big") + body).digest()
    raise ValueError("a key of a version that is not known")


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


def packet(packets: bytes) -> tuple[int, bytes, bytes]:
    """The type and body of the first OpenPGP packet (RFC 9580, section 4.2), whose length must be a definite one, and
    what comes after it. Raises ValueError."""
    if len(packets) < 2 or not packets[0] & 0x80:
        raise ValueError("no packet")
    if packets[0] & 0x40:
        start, length = sized(packets, 1)
        kind = packets[0] & 0x3F
    else:
        size = 1 << (packets[0] & 0x03)
        if size > 4:
            raise ValueError("an indefinite length")
        start, length = 1 + size, int.from_bytes(packets[1 : 1 + size], "big")
        kind = (packets[0] >> 2) & 0x0F
    if len(packets) < start + length or length > 0xFFFF:
        raise ValueError("cut short")
    return kind, packets[start : start + length], packets[start + length :]


def sized(octets: bytes, at: int) -> tuple[int, int]:
    """Where something begins whose length stands before it (RFC 9580, section 4.2.1), and that length; raises
    ValueError."""
    first = octets[at] if len(octets) > at else 255
    start, length = at + 1, first
    if 192 <= first < 224 and len(octets) > at + 1:
        start, length = at + 2, ((first - 192) << 8) + octets[at + 1] + 192
    elif first == 255:
        start, length = at + 5, int.from_bytes(octets[at + 1 : at + 5], "big")
    elif first >= 192:
        raise ValueError("a partial length")
    if len(octets) < start + length:
        raise ValueError("cut short")
    return start, length


def as_written(key: Key) -> str | dict[str, str]:
    """A key as a pipeline's roster writes it."""
    if key.public.startswith("-----BEGIN PGP"):
        return {"gpg": key.public}
    return {"x509": key.public} if key.type == "x509" else key.public

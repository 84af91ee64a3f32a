"""OpenSSH keys as files and lines: which public key a setting means, and whether its file is encrypted."""

import base64
import binascii
import hashlib
from pathlib import Path

from promoter.frozen import frozen

_MAGIC = b"openssh-key-v1\0"
_KEY_FILE_AT_MOST = 1 << 16


@frozen
class SshKey:
    """A public key: its type, its OpenSSH line without the comment, and its `SHA256:…` fingerprint.

    `encrypted` when only a passphrase opens the private key's file, as far as the file tells;
    `hardware` for keys on a token, which want a touch.
    """

    type: str
    line: str
    id: str
    encrypted: bool = False

    @property
    def hardware(self) -> bool:
        """Whether the private key is on a security key (`sk-…`)."""
        return self.type.startswith("sk-")


def parse_public(line: str) -> SshKey | None:
    """The key of an OpenSSH public key line; None when it is none."""
    words = line.strip().split(None, 2)
    if len(words) < 2:
        return None
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (binascii.Error, ValueError):
        return None
    return _from_blob(blob) if _type_of(blob) == words[0] else None


def find_key(setting: str, directory: Path) -> SshKey | None:
    """The key that `user.signingkey` means: a literal key, or a public or private key's file.

    Relative paths are relative to `directory`. None when it cannot be read.
    """
    if setting.startswith(("key::", "ssh-")):
        return parse_public(setting.removeprefix("key::"))
    if not setting:
        return None
    try:
        path = directory / Path(setting).expanduser()
        content = _content(path)
        key = parse_public(content) or _of_private(content)
        if key is None:
            return parse_public(_content(path.with_name(path.name + ".pub")))
        if path.suffix == ".pub":
            return _with_encryption(key, path.with_suffix(""))
    except (OSError, RuntimeError):
        return None
    return key


def _with_encryption(key: SshKey, private: Path) -> SshKey:
    try:
        opened = _of_private(_content(private))
    except OSError:
        return SshKey(key.type, key.line, key.id, encrypted=True)
    return SshKey(key.type, key.line, key.id, encrypted=opened is None or opened.encrypted)


def _of_private(content: str) -> SshKey | None:
    """Reads the clear part of an OpenSSH private key file (openssh/PROTOCOL.key)."""
    lines = content.strip().splitlines()
    if len(lines) < 3 or lines[0] != "-----BEGIN OPENSSH PRIVATE KEY-----":
        return None
    try:
        raw = base64.b64decode("".join(lines[1:-1]), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not raw.startswith(_MAGIC):
        return None
    cipher, rest = _string(raw[len(_MAGIC) :])
    for _ in range(2):
        _, rest = _string(rest)
    blob, _ = _string(rest[4:])
    key = _from_blob(blob)
    return key and SshKey(key.type, key.line, key.id, encrypted=cipher != b"none")


def _from_blob(blob: bytes) -> SshKey | None:
    kind = _type_of(blob)
    if not kind:
        return None
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return SshKey(kind, f"{kind} {base64.b64encode(blob).decode()}", f"SHA256:{digest}")


def _type_of(blob: bytes) -> str:
    kind, _ = _string(blob)
    return kind.decode("ascii", "replace") if kind.isascii() else ""


def _string(data: bytes) -> tuple[bytes, bytes]:
    length = int.from_bytes(data[:4], "big")
    return data[4 : 4 + length], data[4 + length :]


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_KEY_FILE_AT_MOST).decode("utf-8", "replace")

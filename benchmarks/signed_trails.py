"""Trails whose every commit is signed with an Ed25519 key, as `git commit -S` signs, made at once."""

import base64
import hashlib
import subprocess
import textwrap
import zlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.trails import ALICE, BRANCH, repository
from promoter.model.roster import Key, Person, Roster
from promoter.trail import sshsig

_COMMIT = 1


class Signer:
    """A new key that signs as ssh-keygen does."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._blob = _wire(sshsig.ED25519.encode(), public)

    @property
    def public(self) -> str:
        """The key as an authorized_keys line without comment."""
        return f"{sshsig.ED25519} {base64.b64encode(self._blob).decode()}"

    @property
    def key(self) -> Key:
        """The key as a roster has it."""
        return Key(sshsig.fingerprint(self._blob), sshsig.ED25519, self.public)

    def signature(self, payload: bytes) -> bytes:
        """The armoured signature of a commit."""
        digest = hashlib.sha512(payload).digest()
        signed = b"SSHSIG" + _wire(b"git", b"", b"sha512", digest)
        made = _wire(sshsig.ED25519.encode(), self._private.sign(signed))
        blob = b"SSHSIG" + (1).to_bytes(4) + _wire(self._blob, b"git", b"", b"sha512", made)
        lines = "\n".join(textwrap.wrap(base64.b64encode(blob).decode(), 70))
        return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----".encode()


def signed_repository(directory: Path, entries: int) -> Path:
    """A repository whose trail has that many signed entries; git knows the key (allowedSignersFile)."""
    signer = Signer()
    alice = Person(ALICE.id, ALICE.name, (ALICE.email,), ("roster-admin", "integrator"), (signer.key,))
    made = repository(directory, entries, Roster((alice,)))
    names = _git(made, "rev-list", "--reverse", BRANCH).decode().split()
    objects: list[bytes] = []
    parent = b""
    for raw in _commits(made, names):
        payload = _with_parent(raw, parent)
        armoured = signer.signature(payload).replace(b"\n", b"\n ")
        headers, blank, rest = payload.partition(b"\n\n")
        commit = headers + b"\ngpgsig " + armoured + blank + rest
        parent = _sha1(b"commit %d\0" % len(commit) + commit).hex().encode()
        objects.append(commit)
    subprocess.run(
        ["git", "index-pack", "--stdin"], cwd=made, input=_pack(objects), check=True, capture_output=True
    )
    _git(made, "update-ref", f"refs/heads/{BRANCH}", parent.decode())
    _git(made, "repack", "-a", "-d", "--quiet")
    signers = made / ".git" / "allowed_signers"
    signers.write_text(f'{ALICE.email} namespaces="git" {signer.public}\n')
    _git(made, "config", "gpg.ssh.allowedSignersFile", str(signers))
    _git(made, "config", "gpg.format", "ssh")
    return made


def _with_parent(raw: bytes, parent: bytes) -> bytes:
    tree, _, rest = raw.partition(b"\n")
    kept = rest.partition(b"\n")[2] if rest.startswith(b"parent ") else rest
    return tree + b"\n" + (b"parent " + parent + b"\n" if parent else b"") + kept


def _commits(directory: Path, names: list[str]) -> list[bytes]:
    answered = subprocess.run(
        ["git", "cat-file", "--batch"],
        cwd=directory,
        input="\n".join(names).encode() + b"\n",
        check=True,
        capture_output=True,
    ).stdout
    found, at = [], 0
    for _ in names:
        end = answered.index(b"\n", at)
        size = int(answered[at:end].split()[2])
        found.append(answered[end + 1 : end + 1 + size])
        at = end + size + 2
    return found


def _pack(commits: list[bytes]) -> bytes:
    """A pack of commits, each as it is."""
    body = b"PACK" + (2).to_bytes(4) + len(commits).to_bytes(4)
    body += b"".join(_head(len(each)) + zlib.compress(each, 1) for each in commits)
    return body + _sha1(body)


def _sha1(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()


def _head(size: int) -> bytes:
    first, size = _COMMIT << 4 | size & 15, size >> 4
    head = bytearray()
    while size:
        head.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    return bytes([*head, first])


def _wire(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def _git(directory: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=directory, check=True, capture_output=True).stdout

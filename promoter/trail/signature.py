"""What a commit's signature says: of which key it is, and whether it covers what the commit holds.

Who may sign is not asked here. No program is asked about a signature of a key that nobody here knows: whoever
may push can make any number of those.
"""

import os
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from promoter.frozen import frozen
from promoter.model.entry import SignatureVerdict
from promoter.model.roster import Key, Person, Roster
from promoter.trail import openpgp, sshsig, x509
from promoter.trail.seal import Seal as Seal
from promoter.trail.seal import SealState as SealState
from promoter.trail.sealing import ssh_seal

_CHECKED_BY_SSH_KEYGEN = frozenset(
    {
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    }
)
_PGP_KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
_SECONDS = 30


@frozen
class RawCommit:
    """A commit object taken apart. `payload` is what a signature covers. `email` and `parents` are as
    the object has them; `committed_at` is in seconds since 1970, 0 when it cannot be read."""

    tree: str
    parents: tuple[str, ...]
    email: str
    committed_at: int
    payload: bytes
    signature: bytes | None
    well_formed: bool

    @property
    def ssh_signed(self) -> tuple[bytes, bytes] | None:
        """Its SSH signature and what that covers; None when it has none that can be good."""
        ssh = self.well_formed and self.signature is not None and sshsig.is_ssh(self.signature)
        return (self.signature, self.payload) if ssh and self.signature is not None else None


def take_apart(raw: bytes) -> RawCommit:
    """Reads a raw commit object. Never raises: one that is not as git writes it is not `well_formed`,
    and no signature of it is ever good."""
    headers, blank, rest = raw.partition(b"\n\n")
    fields: list[tuple[bytes, bytes]] = []
    for line in headers.split(b"\n"):
        if line.startswith(b" ") and fields:
            name, before = fields[-1]
            fields[-1] = name, before + b"\n" + line
        else:
            fields.append((line.partition(b" ")[0], line))
    found: dict[bytes, list[bytes]] = {}
    for name, lines in fields:
        found.setdefault(name, []).append(lines[len(name) :].removeprefix(b" ").replace(b"\n ", b"\n"))
    tree, authors, committers = (found.get(name, []) for name in (b"tree", b"author", b"committer"))
    signatures = found.get(b"gpgsig-sha256" if tree and len(tree[0]) == 64 else b"gpgsig", [])
    kept = b"\n".join(lines for name, lines in fields if name not in (b"gpgsig", b"gpgsig-sha256"))
    well_formed = all(len(each) == 1 for each in (tree, authors, committers)) and len(signatures) <= 1
    return RawCommit(
        tree=tree[0].decode("ascii", "replace") if tree else "",
        parents=tuple(each.decode("ascii", "replace") for each in found.get(b"parent", [])),
        email=_email(authors[0]) if authors else "",
        committed_at=_seconds(committers[0]) if committers else 0,
        payload=kept + blank + rest,
        signature=signatures[0] if signatures else None,
        well_formed=well_formed,
    )


def _email(author: bytes) -> str:
    return author.rpartition(b"> ")[0].rpartition(b"<")[2].decode("utf-8", "replace")


def _seconds(committer: bytes) -> int:
    words = committer.rpartition(b"> ")[2].split()
    return int(words[0]) if words and words[0].isdigit() and len(words[0]) < 13 else 0


def owner_of(roster: Roster, key_id: str) -> Person | None:
    """Whose key it is. A key counts by its bytes: one whose written id is another's is nobody's."""
    person = roster.owner_of(key_id)
    if person is None:
        return None
    true = any(key.id == key_id and own_id(key) == key_id for key in person.keys)
    return person if true else None


def signer_of(roster: Roster, seal: Seal) -> Person | None:
    """Whose key an intact signature is of, by the roster's own form of that key."""
    person = owner_of(roster, seal.key) if seal.key is not None and seal.state is SealState.INTACT else None
    if person is None or not seal.blocks:
        return person
    own = (openpgp.block_of(key.public) for key in person.keys if key.id == seal.key)
    return person if any(each in seal.blocks for each in own) else None


def own_id(key: Key) -> str | None:
    """The id a key has by its bytes."""
    if key.id.startswith(x509.PREFIX):
        return x509.true_id(key.public)
    if key.id.startswith("SHA256:"):
        return sshsig.fingerprint_of_line(key.public)
    return openpgp.true_id(key.public)


def verdict(seal: Seal, roster: Roster) -> SignatureVerdict:
    """What a seal says to those who know the roster's keys and no others."""
    match seal.state:
        case SealState.NONE:
            return SignatureVerdict.UNSIGNED
        case SealState.BROKEN:
            return SignatureVerdict.BAD
        case SealState.UNCHECKED:
            return SignatureVerdict.UNCHECKED
        case SealState.MISSING_KEY:
            return SignatureVerdict.UNKNOWN_KEY
    return SignatureVerdict.GOOD if signer_of(roster, seal) is not None else SignatureVerdict.UNKNOWN_KEY


def check(raw: bytes, keys: Iterable[Key]) -> tuple[SignatureVerdict, str | None]:
    """The verdict on a raw commit object for those who know these keys, and the signing key's id."""
    known = tuple(keys)
    with Examiner(known) as examiner:
        seal = examiner.examine(take_apart(raw))
    return verdict(seal, Roster((Person("", "", (), keys=known),))), seal.key


class Examiner:
    """Checks signatures: Ed25519 in this process, other SSH keys with `ssh-keygen`, GPG ones with `gpg` and
    X.509 ones with `gpgsm`, with a keyring of its own, which holds the keys given and nothing of the user's.

    A context manager; the keyring is made when the first GPG signature is met.
    """

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self._ssh_ids: set[str] = set()
        self._keys: set[str] = set()
        self._certificates: set[str] = set()
        self._home: str | None = None
        self.learn(keys)

    def learn(self, keys: Iterable[Key]) -> None:
        """Adds keys that GPG and X.509 signatures can be checked with."""
        for key in keys:
            if key.id.startswith(x509.PREFIX):
                self._certificates.add(key.public)
            elif key.id.startswith("SHA256:"):
                self._ssh_ids.add(key.id)
            elif key.public.lstrip().startswith(_PGP_KEY):
                self._keys.add(key.public)

    def examine(self, commit: RawCommit) -> Seal:
        """What the commit's signature says. Never raises for what a commit may hold."""
        if commit.signature is None:
            return Seal(SealState.NONE if commit.well_formed else SealState.BROKEN)
        if not commit.well_formed:
            return Seal(SealState.BROKEN)
        if sshsig.is_ssh(commit.signature):
            return self._ssh_seal(commit.signature, commit.payload)
        for begins, sealed, known in (
            (openpgp.BEGIN, openpgp.pgp_seal, self._keys),
            (x509.BEGIN, x509.x509_seal, self._certificates),
        ):
            if commit.signature.startswith(begins):
                home = Path(self._own_home(), begins.split()[1].decode().lower())
                return sealed(commit.signature, commit.payload, known, home)
        return Seal(SealState.MISSING_KEY)

    def _ssh_seal(self, armoured: bytes, payload: bytes) -> Seal:
        seal = ssh_seal(armoured, payload)
        if seal is not None:
            return seal
        signature = sshsig.parse(armoured)
        if signature.key_id not in self._ssh_ids:
            return Seal(SealState.MISSING_KEY, signature.key_id)
        if signature.key_type not in _CHECKED_BY_SSH_KEYGEN:
            return Seal(SealState.UNCHECKED, signature.key_id)
        return Seal(_ask_ssh_keygen(signature, armoured, payload), signature.key_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._home is not None:
            import shutil

            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def _own_home(self) -> str:
        if self._home is None:
            import tempfile

            self._home = tempfile.mkdtemp(prefix="promoter-gpg-")
        return self._home


def _ask_ssh_keygen(signature: sshsig.SshSignature, armoured: bytes, payload: bytes) -> SealState:
    """What ssh-keygen says. Whoever may push can put what nobody signed beside a public key of the roster, in any number of
    ways; when it takes the key, what it does not take is the signature."""
    import tempfile

    path = os.environ.get("PATH", "")
    try:
        with tempfile.TemporaryDirectory(prefix="promoter-ssh-") as directory:
            allowed, written = Path(directory, "allowed"), Path(directory, "signature")
            allowed.write_text(f'signer namespaces="{sshsig.NAMESPACE}" {signature.public_line}\n')
            written.write_bytes(armoured)
            about = ("-n", sshsig.NAMESPACE, "-I", "signer", "-f", str(allowed), "-s", str(written))
            if _ssh_keygen(path, ("-Y", "verify", *about), payload):
                return SealState.INTACT
        return SealState.BROKEN if _takes_key(path, signature.public_line) else SealState.UNCHECKED
    except (OSError, subprocess.SubprocessError):
        return SealState.UNCHECKED


@lru_cache(maxsize=256)
def _takes_key(path: str, public_line: str) -> bool:
    return _ssh_keygen(path, ("-l", "-f", "-"), f"{public_line}\n".encode())


def _ssh_keygen(path: str, arguments: tuple[str, ...], given: bytes) -> bool:
    done = subprocess.run(
        ["ssh-keygen", *arguments],
        input=given,
        capture_output=True,
        env={"PATH": path, "LC_ALL": "C"},
        timeout=_SECONDS,
        check=False,
    )
    return done.returncode == 0

"""Who git says we are, and the key it will sign with: the user's own configuration, nothing home-made."""

import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence

from promoter.checklist.keys import x509_key
from promoter.errors import CannotAct
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.trail.command import GitFailed, clean_environment
from promoter.trail.repository import Repository
from promoter.trail.ssh_key import SshKey, find_key, parse_public

_COMMITTER = re.compile(r"(?P<name>.*) <(?P<email>[^<>]*)> \d+ [+-]\d{4}", re.DOTALL)
_SETTINGS = r"^(user\.signingkey|commit\.gpgsign|gpg\.(format|program|ssh\.defaultkeycommand|(openpgp|x509)\.program))$"
_PROGRAM_TIMEOUT_S = 30


@frozen
class GitIdentity:
    """The committer git would write, and how it would sign.

    `key_id` is `SHA256:…` for SSH, the primary key's fingerprint for GPG and `X509:…` for a certificate;
    `public_key` the OpenSSH line, the armoured GPG key or the certificate in PEM; both None when the key cannot be told. `interactive` when signing may
    ask for a passphrase or a touch.
    """

    name: str
    email: str
    signing: bool = False
    interactive: bool = False
    key_id: str | None = None
    key_type: str | None = None
    public_key: str | None = None

    @property
    def key_description(self) -> str | None:
        """The key for people: `SHA256:… (ssh-ed25519)`."""
        return f"{self.key_id} ({self.key_type})" if self.key_id else None


def git_identity(repository: Repository) -> GitIdentity:
    """The person git is configured for.

    Raises CannotAct when git has no name or e-mail, or would have to guess them.
    """
    name, email = _committer(repository)
    settings = _settings(repository)
    wanted = settings.get("user.signingkey", "")
    ssh = settings.get("gpg.format", "openpgp").lower() == "ssh"
    by_command = settings.get("gpg.ssh.defaultkeycommand", "") if ssh else ""
    if not wanted and not by_command and settings.get("commit.gpgsign", "false").lower() not in _YES:
        return GitIdentity(name, email)
    if ssh:
        key = find_key(wanted or _default_key(by_command), repository.root)
        interactive = True if key is None else _asks(key)
        if key is None:
            return GitIdentity(name, email, signing=True, interactive=interactive)
        return GitIdentity(name, email, True, interactive, key.id, key.type, key.line)
    if settings.get("gpg.format", "openpgp").lower() == "x509":
        return _with_gpgsm(settings.get("gpg.x509.program") or "gpgsm", wanted or email, name, email)
    if settings.get("gpg.format", "openpgp").lower() != "openpgp":
        return GitIdentity(name, email, signing=True, interactive=True)
    program = settings.get("gpg.openpgp.program") or settings.get("gpg.program") or "gpg"
    return _with_gpg(program, wanted or f"{name} <{email}>", name, email)


_YES = ("true", "yes", "on", "1", "")


def _committer(repository: Repository) -> tuple[str, str]:
    try:
        said = repository.run("var", "GIT_COMMITTER_IDENT")
    except GitFailed as failed:
        raise CannotAct(
            phrase(N_("git does not know who you are")),
            phrase(N_("run: git config user.name 'Your Name'; git config user.email you@example.org")),
        ) from failed
    found = _COMMITTER.fullmatch(said.decode("utf-8", "replace").strip())
    if found is None:
        raise CannotAct(phrase(N_("git does not know who you are")))
    return found["name"], found["email"]


def _settings(repository: Repository) -> Mapping[str, str]:
    try:
        listed = repository.run("config", "-z", "--includes", "--get-regexp", _SETTINGS)
    except GitFailed as failed:
        if failed.status == 1:
            return {}
        raise
    pairs = (each.partition("\n") for each in os.fsdecode(listed).split("\0") if each)
    return {key: value for key, _, value in pairs}


def _default_key(command: str) -> str:
    if not command.strip():
        return ""
    for line in _printed_by(shlex.split(command)).splitlines():
        if line.startswith(("key::", "ssh-")):
            return line
    return ""


def _asks(key: SshKey) -> bool:
    if key.hardware:
        return True
    if os.environ.get("SSH_AUTH_SOCK"):
        for line in _printed_by(["ssh-add", "-L"]).splitlines():
            held = parse_public(line)
            if held is not None and held.id == key.id:
                return False
    return key.encrypted


def _with_gpg(program: str, wanted: str, name: str, email: str) -> GitIdentity:
    listed = _printed_by(
        [program, "--batch", "--with-colons", "--with-keygrip", "--list-secret-keys", "--", wanted]
    )
    lines = [line.split(":") for line in listed.splitlines()]
    prints = [fields[9] for fields in lines if fields[0] == "fpr" and len(fields) > 9]
    if not prints:
        return GitIdentity(name, email, signing=True, interactive=True)
    grips = {fields[9] for fields in lines if fields[0] == "grp" and len(fields) > 9}
    public = _printed_by([program, "--batch", "--armor", "--export", "--", prints[0]])
    return GitIdentity(name, email, True, _gpg_asks(grips), prints[0], "gpg", public)


def _with_gpgsm(program: str, wanted: str, name: str, email: str) -> GitIdentity:
    listed = _printed_by([program, "--batch", "--with-colons", "--list-secret-keys", wanted])
    lines = [line.split(":") for line in listed.splitlines()]
    prints = [fields[9] for fields in lines if fields[0] == "fpr" and len(fields) > 9]
    grips = {fields[9] for fields in lines if fields[0] == "grp" and len(fields) > 9}
    try:
        key = x509_key(_printed_by([program, "--batch", "--armor", "--export", f"0x{prints[0]}"]))
    except (IndexError, ValueError):
        return GitIdentity(name, email, signing=True, interactive=True)
    return GitIdentity(name, email, True, _gpg_asks(grips), key.id, key.type, key.public)


def _gpg_asks(grips: set[str]) -> bool:
    """Whether any of the keys is neither unprotected (`C`) nor cached by the agent (`1`)."""
    answered = _printed_by(["gpg-connect-agent", "--no-autostart", "keyinfo --list", "/bye"])
    ready = set()
    for line in answered.splitlines():
        fields = line.split()
        if line.startswith("S KEYINFO ") and len(fields) > 7 and (fields[6] == "1" or fields[7] == "C"):
            ready.add(fields[2])
    return not grips <= ready


def _printed_by(arguments: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            arguments,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROGRAM_TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""

"""Real git repositories, people with real SSH and GPG keys, and a git that knows nothing of this machine."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Signer:
    """A person with an ed25519 key; `public` is the OpenSSH line, `key` the private key's file."""

    name: str
    email: str
    key: Path
    public: str
    id: str


def git(
    directory: Path, *arguments: str, environment: Mapping[str, str] | None = None, given: bytes | None = None
) -> str:
    """What git prints, less its final newline; a failure fails the test with git's words."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        input=given,
        env=os.environ | (environment or {}),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().removesuffix("\n")


def isolate_git(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Hides this machine's git, SSH and GPG from the test."""
    home.mkdir(exist_ok=True)
    for name in list(os.environ):
        if name.startswith("GIT_") or name in (
            "EMAIL",
            "SSH_AUTH_SOCK",
            "SSH_ASKPASS",
            "GNUPGHOME",
            "GPG_TTY",
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def make_signer(directory: Path, name: str, email: str, *, passphrase: str = "") -> Signer:
    """A person with a new ed25519 key in `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    key = directory / email.partition("@")[0]
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", email, "-f", str(key)],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    printed = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(key)], check=True, capture_output=True
    ).stdout.decode()
    public = " ".join((directory / f"{key.name}.pub").read_text().split()[:2])
    return Signer(name, email, key, public, printed.split()[1])


def make_repository(
    directory: Path,
    *,
    person: Signer | None = None,
    signing: bool = True,
    bare: bool = False,
    object_format: str = "sha1",
) -> Path:
    """A new repository, configured for the person when one is given; no commit in it."""
    directory.mkdir(parents=True, exist_ok=True)
    shape = ("--bare",) if bare else ()
    git(directory, "init", "-q", "-b", "main", f"--object-format={object_format}", *shape)
    if person is not None:
        become(directory, person, signing=signing)
    return directory


def become(directory: Path, person: Signer, *, signing: bool = True) -> None:
    """Configures the repository for a person."""
    git(directory, "config", "user.name", person.name)
    git(directory, "config", "user.email", person.email)
    if signing:
        git(directory, "config", "gpg.format", "ssh")
        git(directory, "config", "user.signingkey", str(person.key))
        git(directory, "config", "commit.gpgsign", "true")


def commit_file(directory: Path, name: str, content: str) -> str:
    """Commits one file on the current branch; the commit's id."""
    (directory / name).parent.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text(content)
    git(directory, "add", "--", name)
    git(directory, "commit", "-q", "--no-gpg-sign", "-m", f"Change {name}")
    return git(directory, "rev-parse", "HEAD")


def gpg_home(directory: Path, person: Signer) -> Iterator[str]:
    """A GPG home with an unprotected signing key of the person; yields its fingerprint, then ends its
    agent and removes it.

    GPG's sockets need a short path: give it a directory close to the root.
    """
    directory.mkdir(mode=0o700, exist_ok=True)
    environment = os.environ | {"GNUPGHOME": str(directory)}
    quiet = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    user = f"{person.name} <{person.email}>"
    subprocess.run(
        [*quiet, "--quick-gen-key", user, "ed25519", "sign"], env=environment, check=True, capture_output=True
    )
    listed = subprocess.run(
        ["gpg", "--batch", "--with-colons", "--list-secret-keys"],
        env=environment,
        check=True,
        capture_output=True,
    ).stdout.decode()
    try:
        yield next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False, capture_output=True)
        # The agent takes its sockets away as it ends, which may be now.
        shutil.rmtree(directory, ignore_errors=True)

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.errors import CannotAct
from promoter.messages import Language
from promoter.trail.identity import GitIdentity, git_identity
from promoter.trail.repository import Repository
from promoter.trail.ssh_key import find_key
from tests.support.git_repositories import Signer, become, git, gpg_home, make_repository, make_signer


def identity_in(directory: Path) -> GitIdentity:
    return git_identity(Repository.discover(directory))


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    socket = Path("/tmp") / f"promoter-agent-{os.getpid()}"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        yield
        running.terminate()


def test_an_ssh_key_is_named_by_its_fingerprint_type_and_line(
    repository_of_alice: Path, alice: Signer
) -> None:
    expected = GitIdentity(alice.name, alice.email, True, False, alice.id, "ssh-ed25519", alice.public)
    assert expected == identity_in(repository_of_alice)
    assert f"{alice.id} (ssh-ed25519)" == expected.key_description


@pytest.mark.parametrize(
    "form", ["{key}", "{key}.pub", "key::{public}", "{public}", "~/{name}", "../keys/{name}.pub"]
)
def test_a_key_may_be_given_as_a_file_or_literally(tmp_path: Path, form: str) -> None:
    person = make_signer(tmp_path / "keys", "Alice", "alice@example.org")
    home = tmp_path / "home"
    (home / "alice").symlink_to(person.key)
    directory = make_repository(tmp_path / "r", person=person)
    setting = form.format(key=person.key, public=person.public, name=person.key.name)
    git(directory, "config", "user.signingkey", setting)
    assert person.id == identity_in(directory).key_id


def test_an_encrypted_key_asks_unless_an_agent_holds_it(
    tmp_path: Path, agent: None, alice: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_signer(tmp_path / "keys", "Eve", "eve@example.org", passphrase="secret")
    directory = make_repository(tmp_path / "r", person=person)
    assert (person.id, True) == (identity_in(directory).key_id, identity_in(directory).interactive)
    git(directory, "config", "user.signingkey", f"{person.key}.pub")
    assert identity_in(directory).interactive
    askpass = tmp_path / "askpass"
    askpass.write_text("#!/bin/sh\necho secret\n")
    askpass.chmod(0o755)
    asked = os.environ | {"SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run(
        ["ssh-add", "-q", str(person.key)],
        check=True,
        env=asked,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    assert not identity_in(directory).interactive


def test_a_key_that_is_only_in_an_agent_is_found_by_its_command(tmp_path: Path, agent: None) -> None:
    person = make_signer(tmp_path / "keys", "Alice", "alice@example.org")
    directory = make_repository(tmp_path / "r", person=person)
    git(directory, "config", "--unset", "user.signingkey")
    git(directory, "config", "gpg.ssh.defaultKeyCommand", "ssh-add -L")
    subprocess.run(["ssh-add", "-q", str(person.key)], check=True, capture_output=True)
    found = identity_in(directory)
    assert (True, person.id, False) == (found.signing, found.key_id, found.interactive)


def test_a_key_on_a_token_always_wants_a_touch(repository_of_alice: Path) -> None:
    kind = b"sk-ssh-ed25519@openssh.com"
    blob = len(kind).to_bytes(4, "big") + kind + b"\0\0\0\x01x"
    literal = f"key::{kind.decode()} {base64.b64encode(blob).decode()} alice"
    git(repository_of_alice, "config", "user.signingkey", literal)
    found = identity_in(repository_of_alice)
    assert (found.key_type, found.interactive) == (kind.decode(), True)


def test_a_gpg_key_is_named_by_its_fingerprint(
    tmp_path: Path, alice: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path("/tmp") / f"promoter-gpg-id-{os.getpid()}"
    monkeypatch.setenv("GNUPGHOME", str(home))
    keys = gpg_home(home, alice)
    fingerprint = next(keys)
    directory = make_repository(tmp_path / "r", person=alice, signing=False)
    git(directory, "config", "commit.gpgsign", "true")
    found = identity_in(directory)
    assert (True, fingerprint, "gpg", False) == (
        found.signing,
        found.key_id,
        found.key_type,
        found.interactive,
    )
    assert (found.public_key or "").startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    next(keys, None)


def test_without_a_key_nothing_is_signed_and_nobody_is_asked(tmp_path: Path, alice: Signer) -> None:
    directory = make_repository(tmp_path / "r", person=alice, signing=False)
    assert GitIdentity(alice.name, alice.email) == identity_in(directory)
    assert identity_in(directory).key_description is None


@pytest.mark.parametrize(
    "setting", ["/nonexistent/key", "key::nonsense", "ssh-ed25519 !!!", "~nobody-of-that-name/key"]
)
def test_a_key_that_cannot_be_read_is_not_guessed(repository_of_alice: Path, setting: str) -> None:
    git(repository_of_alice, "config", "user.signingkey", setting)
    found = identity_in(repository_of_alice)
    assert (found.signing, found.key_id, found.interactive) == (True, None, True)


def test_a_file_that_is_no_key_is_no_key(tmp_path: Path) -> None:
    for content in (
        b"",
        b"\xff" * 5000,
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n!!\n-----END\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END\n",
    ):
        (tmp_path / "k").write_bytes(content)
        assert find_key(str(tmp_path / "k"), tmp_path) is None


def test_nobody_is_guessed_when_git_has_no_name(tmp_path: Path) -> None:
    directory = make_repository(tmp_path / "r")
    with pytest.raises(CannotAct) as caught:
        identity_in(directory)
    assert "git config user.name" in Language("en").say(caught.value.remedy or caught.value.wrong)


def test_continuous_integration_may_name_itself_by_the_committers_variables(
    tmp_path: Path, alice: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = make_repository(tmp_path / "r")
    become(directory, alice, signing=False)
    monkeypatch.setenv("GIT_COMMITTER_NAME", "CI")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "ci@example.org")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    assert GitIdentity("CI", "ci@example.org") == identity_in(directory)

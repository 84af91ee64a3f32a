"""What the tests of the trail share."""

from pathlib import Path

import pytest

from tests.support.git_repositories import Signer, isolate_git, make_repository, make_signer


@pytest.fixture(autouse=True)
def _isolated_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate_git(monkeypatch, tmp_path / "home")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def alice(keys: Path) -> Signer:
    return make_signer(keys, "Alice Martin", "alice@example.org")


@pytest.fixture(scope="session")
def bob(keys: Path) -> Signer:
    return make_signer(keys, "Bob Durand", "bob@example.org")


@pytest.fixture
def repository_of_alice(tmp_path: Path, alice: Signer) -> Path:
    return make_repository(tmp_path / "alice", person=alice)

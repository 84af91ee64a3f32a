from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import away_from_home
from tests.support.git_repositories import Signer, make_signer


@pytest.fixture(autouse=True)
def _away(tmp_path: Path) -> Iterator[None]:
    with away_from_home(tmp_path / "home"):
        yield


@pytest.fixture
def alice(tmp_path: Path) -> Signer:
    return make_signer(tmp_path / "keys", "Alice Martin", "alice@example.com")


@pytest.fixture
def bob(tmp_path: Path) -> Signer:
    return make_signer(tmp_path / "keys", "Bob Durand", "bob@example.com")

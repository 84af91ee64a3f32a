import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import away_from_home
from tests.support.git_repositories import Signer, make_signer
from tests.support.small_shop import make_shop, open_v1


@pytest.fixture(scope="session", autouse=True)
def somewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("cli")
    with away_from_home(directory / "home"):
        yield directory


@pytest.fixture(scope="session")
def alice(somewhere: Path) -> Signer:
    return make_signer(somewhere / "keys", "Alice Martin", "alice@example.com")


@pytest.fixture(scope="session")
def bob(somewhere: Path) -> Signer:
    return make_signer(somewhere / "keys", "Bob Durand", "bob@example.com")


@pytest.fixture(scope="session")
def opened_once(somewhere: Path, alice: Signer, bob: Signer) -> Path:
    every_role = ("roster-admin", "operations", "security")
    shop = make_shop(somewhere / "shop", (alice, every_role), (bob, ("operations",)))
    assert open_v1(shop).code == 0
    return shop


@pytest.fixture
def shop(opened_once: Path, tmp_path: Path) -> Path:
    """The shop of Alice and Bob, where Alice has opened the promotion of v1 into preprod."""
    return Path(shutil.copytree(opened_once, tmp_path / "shop"))


@pytest.fixture
def claimed_shop(tmp_path: Path) -> Path:
    """A shop without a roster."""
    return make_shop(tmp_path / "claimed")

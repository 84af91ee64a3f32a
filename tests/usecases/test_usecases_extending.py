"""A promotion over a checklist that extends a shared one."""

import hashlib
from pathlib import Path

import pytest

from promoter.errors import ExitCode
from promoter.place import ProblemsFound
from promoter.usecases.opening import open_promotion
from promoter.usecases.standing import status
from promoter.usecases.verifying import verify
from promoter.usecases.voices import sign
from tests.support.git_repositories import Signer, git
from tests.support.shop_floor import EVERY_ROLE, at_work
from tests.support.small_shop import make_shop

SHARED = """\
checklist: every-service
from: staging
to: preprod
items:
  - id: rollback
    title: The way back is written down
    sign_off: {roles: [operations]}
"""
OWN = """\
checklist: staging-to-preprod
extends: {file: shared/every-service.yaml, digest: 'DIGEST'}
from: staging
to: preprod
requires: none
items:
  - id: accounts
    title: The accounts are known
    sign_off: {roles: [security]}
"""


@pytest.fixture
def shop(tmp_path: Path, alice: Signer) -> Path:
    digest = "sha256:" + hashlib.sha256(SHARED.encode()).hexdigest()
    made = make_shop(tmp_path / "shop", (alice, EVERY_ROLE), checklist=OWN.replace("DIGEST", digest))
    (made / "checklists" / "shared").mkdir()
    (made / "checklists" / "shared" / "every-service.yaml").write_text(SHARED)
    git(made, "add", "--all")
    git(made, "commit", "--quiet", "--no-gpg-sign", "-m", "Share what every service shows")
    return made


def test_a_promotion_is_judged_by_the_whole_whatever_becomes_of_the_shared_file(shop: Path) -> None:
    with at_work(shop) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        sign(workspace, None, "rollback")
    with at_work(shop) as workspace:
        assert [each.item.id for each in status(workspace).decision.items] == ["rollback", "accounts"]
        assert not [each for each in status(workspace).warnings if each.code == "files-changed"]
    (shop / "checklists" / "shared" / "every-service.yaml").unlink()
    with at_work(shop) as workspace:
        assert [each.item.id for each in status(workspace).decision.items] == ["rollback", "accounts"]
        assert verify(workspace, full=True).exit_code is ExitCode.YES


def test_a_shared_file_that_changed_stops_the_next_opening(shop: Path) -> None:
    shared = shop / "checklists" / "shared" / "every-service.yaml"
    shared.write_text(SHARED.replace("operations", "anyone"))
    with at_work(shop) as workspace, pytest.raises(ProblemsFound) as found:
        open_promotion(workspace, "staging-to-preprod", "v1")
    assert [each.code for each in found.value.problems] == ["other-digest"]

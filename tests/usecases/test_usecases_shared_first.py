"""An environment into which nothing is promoted before the trail is shared."""

import asyncio
from pathlib import Path

import pytest

from promoter.errors import Refused
from promoter.gate import Answer
from promoter.usecases.opening import open_promotion
from promoter.usecases.planning import agenda
from promoter.usecases.promoting import promote
from promoter.usecases.sharing import sync
from promoter.usecases.voices import sign
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, git
from tests.support.shop_floor import EVERY_ROLE, at_work, ignore, run_all
from tests.support.small_shop import make_shop, set_variables

CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: rollback
    title: The way back is written down
    checks: [credentials: {variables: [SHOP_SECRET]}]
    sign_off: {roles: [operations]}
"""


def test_what_is_required_to_be_shared_is_shared_before_it_is_promoted(tmp_path: Path, alice: Signer) -> None:
    shop = make_shop(tmp_path / "shop", (alice, EVERY_ROLE), checklist=CHECKLIST)
    pipeline = shop / "checklists" / "pipeline.yaml"
    pipeline.write_text(
        pipeline.read_text().replace("    data: real\n", "    data: real\n    shared: required\n")
    )
    git(shop, "commit", "--quiet", "--all", "--no-gpg-sign", "-m", "Share first")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "hub.git"))
    git(shop, "remote", "add", "origin", "../hub.git")
    git(shop, "push", "--quiet", "origin", "main")
    with at_work(shop) as workspace:
        set_variables(shop)
        open_promotion(workspace, "staging-to-preprod", "v1")
        run_all(workspace)
        sync(workspace)
        sign(workspace, None, "rollback")
        with pytest.raises(Refused):
            asyncio.run(promote(workspace, None, on_event=ignore))
        assert agenda(workspace).unshared
        assert "promoter sync" in promoter("-C", shop, "next").out
        sync(workspace)
        assert not agenda(workspace).unshared
        assert "promoter sync" not in promoter("-C", shop, "next").out
        standing = asyncio.run(promote(workspace, None, on_event=ignore))
    assert standing.decision.answer is Answer.PROMOTED
    shared = git(tmp_path / "hub.git", "log", "--format=%s", "promoter/trail")
    assert shared.count("checked:") == 2

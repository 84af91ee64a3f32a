"""A promotion of a pipeline that extends a shared policy."""

import hashlib
from pathlib import Path

import pytest

from promoter.checklist.keys import ssh_key
from promoter.errors import ExitCode, Refused
from promoter.model.environment import Demand, Rule
from promoter.place import ProblemsFound
from promoter.usecases.amending import proposed
from promoter.usecases.linting import lint
from promoter.usecases.opening import open_promotion
from promoter.usecases.pinned import rules_of
from promoter.usecases.pipeline_text import with_key
from promoter.usecases.standing import chosen_promotion, status
from promoter.usecases.verifying import verify
from promoter.usecases.voices import sign
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.shop_floor import at_work
from tests.support.shop_floor import shop as shop_of

POLICY = """\
policy: company
environments:
  preprod:
    signatures: required
    separation: {opener: 'on'}
"""


def named(policy: str = POLICY) -> str:
    digest = hashlib.sha256(policy.encode()).hexdigest()
    return f"extends: {{file: shared/policy.yaml, digest: 'sha256:{digest}'}}\n"


@pytest.fixture
def shop(tmp_path: Path, alice: Signer, bob: Signer) -> Path:
    made = shop_of(tmp_path / "shop", alice, bob)
    pipeline = made / "checklists" / "pipeline.yaml"
    pipeline.write_text(named() + pipeline.read_text())
    (made / "checklists" / "shared").mkdir()
    shared(made).write_text(POLICY)
    git(made, "add", "--all")
    git(made, "commit", "--quiet", "--no-gpg-sign", "-m", "Obey the policy of the company")
    return made


def shared(shop: Path) -> Path:
    return shop / "checklists" / "shared" / "policy.yaml"


def opened(shop: Path) -> None:
    with at_work(shop) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")


def test_a_promotion_is_judged_by_the_policy_it_was_opened_under(shop: Path) -> None:
    opened(shop)
    with at_work(shop) as workspace:
        into = rules_of(workspace, chosen_promotion(workspace, None)).target
        assert (into.signatures, into.separation.opener) == (Demand.REQUIRED, Rule.ON)
        assert not [each for each in status(workspace).warnings if each.code == "files-changed"]


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_what_becomes_of_the_policy_changes_nothing_of_what_was_opened(
    shop: Path, bob: Signer, change: str
) -> None:
    opened(shop)
    if change == "gone":
        shared(shop).unlink()
    else:
        shared(shop).write_text(POLICY.replace("required", "optional"))
    with at_work(shop) as workspace, pytest.raises(Refused):
        sign(workspace, None, "rollback")
    become(shop, bob)
    with at_work(shop) as workspace:
        sign(workspace, None, "rollback")
    with at_work(shop) as workspace:
        standing = status(workspace)
        assert standing.target.signatures is Demand.REQUIRED
        assert [each.code for each in standing.warnings].count("files-changed") == 1
        assert verify(workspace, full=True).exit_code is ExitCode.YES


def test_nothing_is_opened_or_amended_under_a_policy_that_changed_unseen(shop: Path) -> None:
    opened(shop)
    shared(shop).write_text(POLICY.replace("required", "optional"))
    with at_work(shop) as workspace, pytest.raises(ProblemsFound) as found:
        open_promotion(workspace, "staging-to-preprod", "v1")
    assert [each.code for each in found.value.problems] == ["other-digest"]
    with at_work(shop) as workspace, pytest.raises(ProblemsFound) as found:
        proposed(workspace, None, "A looser policy", rules=True)
    assert [each.code for each in found.value.problems] == ["other-digest"]


def test_lint_tells_what_a_pipeline_would_loosen_and_reads_policies_too(shop: Path) -> None:
    assert [each for each in lint((), shop) if not each.warning] == []
    pipeline = shop / "checklists" / "pipeline.yaml"
    text = pipeline.read_text()
    pipeline.write_text(text.replace("    data: real\n", "    data: real\n    signatures: optional\n"))
    assert [each.code for each in lint((), shop) if not each.warning] == ["looser-than-base"]
    shared(shop).write_text(POLICY.replace("signatures", "signature"))
    [problem] = lint((shared(shop),), shop)
    assert (problem.code, problem.did_you_mean) == ("unknown-field", "signatures")


def test_a_policy_beside_the_pipeline_is_no_checklist(shop: Path) -> None:
    shared(shop).rename(shop / "checklists" / "policy.yaml")
    pipeline = shop / "checklists" / "pipeline.yaml"
    pipeline.write_text(pipeline.read_text().replace("shared/policy.yaml", "policy.yaml"))
    assert [each for each in lint((), shop) if not each.warning] == []


def test_a_pinned_copy_with_the_policy_in_it_names_the_commit_of_the_pipeline(shop: Path) -> None:
    opened(shop)
    with at_work(shop) as workspace:
        pinned = chosen_promotion(workspace, None).pinned
    assert pinned.pipeline.source_commit == git(shop, "rev-parse", "HEAD")


def test_a_key_is_put_into_a_pipeline_that_extends_a_policy(shop: Path, tmp_path: Path) -> None:
    newer = make_signer(tmp_path / "newer", "Alice Martin", "alice@example.com")
    content = (shop / "checklists" / "pipeline.yaml").read_bytes()
    changed = with_key(content, "alice", ssh_key(newer.public))
    assert changed is not None
    assert newer.public.split()[1] in changed.decode()
    assert changed.decode().startswith(named())

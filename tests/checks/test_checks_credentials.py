import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from promoter.checks.variables import find
from promoter.model.commits import CommitHistory
from promoter.model.context import Context, RepositoryFacts
from promoter.model.environment import (
    DotenvSource,
    Environment,
    ProcessSource,
    VariableRule,
    Variables,
)
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Fact, Value
from promoter.run import Surroundings, try_check
from promoter.trail.repository import Repository
from tests.support.checks import code, context, environment, observe, seen_of, words
from tests.support.git_repositories import (
    commit_file,
    git,
    isolate_git,
    make_repository,
    make_signer,
)

ID = "0123456789abcdef0123456789abcdef"
SECRET = ID + ID
OTHER_ID = ID[::-1]
OTHER_SECRET = OTHER_ID + OTHER_ID
GOOD = {
    "PASSEMARCHE_URL": "https://preprod.passemarche.example",
    "PASSEMARCHE_CLIENT_ID": ID,
    "PASSEMARCHE_CLIENT_SECRET": SECRET,
}
STAGING = {
    "PASSEMARCHE_URL": "https://staging.passemarche.example",
    "PASSEMARCHE_CLIENT_ID": OTHER_ID,
    "PASSEMARCHE_CLIENT_SECRET": OTHER_SECRET,
}


@dataclass
class Tree:
    """What git would say, without git."""

    tracked: set[Path] = field(default_factory=set)
    ignored: set[Path] = field(default_factory=set)
    knows: bool = True

    def is_tracked(self, path: Path) -> bool | None:
        return path in self.tracked if self.knows else None

    def is_ignored(self, path: Path) -> bool:
        return path in self.ignored

    @property
    def history(self) -> CommitHistory:
        raise NotImplementedError


def named(name: str, differs_from: tuple[str, ...] = ()) -> Environment:
    rules = (
        VariableRule("PASSEMARCHE_URL", equals=Fact("urls.app")),
        VariableRule("PASSEMARCHE_CLIENT_ID", differs_from=differs_from),
        VariableRule("PASSEMARCHE_CLIENT_SECRET", secret=True, differs_from=differs_from),
    )
    return environment(
        name,
        urls={"app": f"https://{name}.passemarche.example"},
        variables=Variables((DotenvSource(f".env.{name}"), ProcessSource(f"{name.upper()}_")), rules),
    )


def write(root: Path, name: str, values: Mapping[str, str], mode: int = 0o600) -> Path:
    path = root / f".env.{name}"
    path.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    path.chmod(mode)
    return path


def seen_from(
    root: Path, process: Mapping[str, str] | None = None, repository: RepositoryFacts | None = None
) -> Context:
    target = named("preprod", ("staging",))
    environments = {each.name: each for each in (named("staging"), target, named("production"))}
    variables = {name: find(each, root, process or {}, environments) for name, each in environments.items()}
    tree = repository or Tree(ignored={root / ".env.preprod"})
    return context(root, at=target, environments=environments, variables=variables, repository=tree)


async def credentials(root: Path, repository: RepositoryFacts | None = None, **fields: Value) -> Outcome:
    return await observe("credentials", fields, seen_from(root, repository=repository))


async def test_a_complete_set_of_its_own_passes(tmp_path: Path) -> None:
    write(tmp_path, "preprod", GOOD)
    write(tmp_path, "staging", STAGING)
    outcome = await credentials(tmp_path)
    assert code(outcome) == "passed complete"
    assert words(outcome.reason) == "3 variables of preprod are set, from .env.preprod"
    assert {each.verdict for each in outcome.evidence} == {Verdict.PASSED, None}


async def test_values_never_appear(tmp_path: Path) -> None:
    write(tmp_path, "preprod", GOOD | {"PASSEMARCHE_URL": "https://wrong.example/hunter2"})
    write(tmp_path, "staging", GOOD)
    shown = repr(await credentials(tmp_path))
    for value in (ID, SECRET, "wrong.example", "hunter2"):
        assert value not in shown


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"PASSEMARCHE_CLIENT_ID": None}, "failed missing"),
        ({"PASSEMARCHE_CLIENT_ID": ""}, "failed empty"),
        ({"PASSEMARCHE_CLIENT_ID": "'  '"}, "failed empty"),
        ({"PASSEMARCHE_CLIENT_ID": "your_preprod_client_id"}, "failed placeholder"),
        ({"PASSEMARCHE_CLIENT_SECRET": "your_preprod_client_secret"}, "failed placeholder"),
        ({"PASSEMARCHE_CLIENT_SECRET": "ChangeMe!"}, "failed placeholder"),
        ({"PASSEMARCHE_CLIENT_SECRET": "à remplir"}, "failed placeholder"),
        ({"PASSEMARCHE_CLIENT_SECRET": "0" * 64}, "failed placeholder"),
        ({"PASSEMARCHE_CLIENT_SECRET": "<client secret>"}, "failed placeholder"),
        ({"PASSEMARCHE_CLIENT_SECRET": "${CLIENT_SECRET}"}, "failed placeholder"),
        ({"PASSEMARCHE_CLIENT_SECRET": "xxxxxxxx"}, "failed placeholder"),
        ({"PASSEMARCHE_URL": STAGING["PASSEMARCHE_URL"]}, "failed wrong-environment"),
        ({"PASSEMARCHE_URL": "https://elsewhere.example"}, "failed not-the-expected-value"),
        ({"PASSEMARCHE_URL": "https://PREPROD.passemarche.example/"}, "passed complete"),
        ({"PASSEMARCHE_CLIENT_ID": OTHER_ID}, "failed same-as-elsewhere"),
        ({"PASSEMARCHE_CLIENT_ID": "an-older-id"}, "warned unusual-form"),
        ({"PASSEMARCHE_CLIENT_ID": ID.upper()}, "passed complete"),
    ],
)
async def test_what_is_wrong_with_a_value_is_named(
    tmp_path: Path, change: Mapping[str, str | None], expected: str
) -> None:
    changed = {name: value for name, value in ({**GOOD, **change}).items() if value is not None}
    write(tmp_path, "preprod", changed)
    write(tmp_path, "staging", STAGING)
    outcome = await credentials(tmp_path)
    assert code(outcome) == expected
    if outcome.verdict is Verdict.FAILED:
        assert next(iter(change)) in words(outcome.reason)
        assert [each.verdict for each in outcome.evidence].count(Verdict.FAILED) == 1


async def test_a_staging_url_in_preprod_is_named_as_such(tmp_path: Path) -> None:
    write(tmp_path, "preprod", GOOD | {"PASSEMARCHE_URL": STAGING["PASSEMARCHE_URL"]})
    outcome = await credentials(tmp_path)
    assert words(outcome.reason) == "PASSEMARCHE_URL is that of staging, not of preprod"


async def test_the_gravest_finding_is_the_reason_and_all_are_evidence(tmp_path: Path) -> None:
    write(tmp_path, "preprod", {"PASSEMARCHE_URL": STAGING["PASSEMARCHE_URL"]}, mode=0o644)
    outcome = await credentials(tmp_path)
    said = "not set in .env.preprod: PASSEMARCHE_CLIENT_ID, PASSEMARCHE_CLIENT_SECRET"
    assert words(outcome.reason) == said
    assert [each.verdict for each in outcome.evidence].count(Verdict.FAILED) == 4


async def test_values_of_staging_that_are_not_known_here_are_said_not_failed(tmp_path: Path) -> None:
    write(tmp_path, "preprod", GOOD)
    outcome = await credentials(tmp_path)
    assert code(outcome) == "warned not-compared"
    assert "staging" in words(outcome.reason)


async def test_sources_never_mix(tmp_path: Path) -> None:
    write(tmp_path, "preprod", {"PASSEMARCHE_URL": GOOD["PASSEMARCHE_URL"]})
    process = {f"PREPROD_{name}": value for name, value in GOOD.items()}
    outcome = await observe("credentials", {}, seen_from(tmp_path, process))
    assert code(outcome) == "failed missing"
    (tmp_path / ".env.preprod").unlink()
    outcome = await observe("credentials", {}, seen_from(tmp_path, process))
    assert code(outcome) == "warned not-compared"
    assert "process" in repr(outcome.evidence[0].observed)


async def test_no_source_at_all_says_where_it_looked(tmp_path: Path) -> None:
    outcome = await credentials(tmp_path)
    assert code(outcome) == "failed no-source"
    assert ".env.preprod, PREPROD_…" in words(outcome.reason)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
async def test_a_file_open_to_others_fails(tmp_path: Path, mode: int) -> None:
    write(tmp_path, "preprod", GOOD, mode)
    write(tmp_path, "staging", STAGING)
    outcome = await credentials(tmp_path)
    assert code(outcome) == "failed readable-by-others"
    assert f"{mode:03o}" in words(outcome.reason)


async def test_a_file_in_git_fails_and_one_that_could_be_warns(tmp_path: Path) -> None:
    path = write(tmp_path, "preprod", GOOD)
    write(tmp_path, "staging", STAGING)
    assert code(await credentials(tmp_path, Tree(tracked={path}))) == "failed tracked-by-git"
    assert code(await credentials(tmp_path, Tree())) == "warned not-ignored"


async def test_a_file_that_git_cannot_tell_of_is_could_not_tell(tmp_path: Path) -> None:
    path = write(tmp_path, "preprod", GOOD)
    write(tmp_path, "staging", STAGING)
    assert code(await credentials(tmp_path, Tree(ignored={path}, knows=False))) == "errored git-cannot-tell"


async def test_an_environment_that_nobody_named_is_asked_for(tmp_path: Path) -> None:
    outcome = await try_check("credentials", {}, Surroundings(root=tmp_path))
    assert code(outcome) == "errored environment-not-said"
    there = Surroundings(root=tmp_path, environments={"preprod": named("preprod")})
    outcome = await try_check("credentials", {}, there)
    assert seen_of(outcome, "environments") == [("preprod",)]
    outcome = await try_check("credentials", {"environment": "preprod"}, there)
    assert code(outcome) == "failed no-source"


async def test_lines_that_are_not_understood_warn_without_showing_them(tmp_path: Path) -> None:
    path = write(tmp_path, "preprod", GOOD)
    write(tmp_path, "staging", STAGING)
    path.write_text(path.read_text() + "hunter2 hunter2\n")
    outcome = await credentials(tmp_path)
    assert code(outcome) == "warned unclear-lines"
    assert "hunter2" not in repr(outcome)


async def test_a_source_that_cannot_be_read_is_could_not_tell(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env.preprod")
    assert code(await credentials(tmp_path)) == "errored unreadable"


async def test_only_the_variables_named_are_judged(tmp_path: Path) -> None:
    write(tmp_path, "preprod", {"PASSEMARCHE_CLIENT_ID": ID})
    write(tmp_path, "staging", STAGING)
    outcome = await credentials(tmp_path, variables=["PASSEMARCHE_CLIENT_ID"])
    assert words(outcome.reason) == "1 variable of preprod is set, from .env.preprod"
    outcome = await credentials(tmp_path, variables="NO_SUCH")
    assert code(outcome) == "errored variable-unknown"


async def test_another_environment_may_be_named(tmp_path: Path) -> None:
    write(tmp_path, "staging", STAGING)
    tree = Tree(ignored={tmp_path / ".env.staging"})
    assert code(await credentials(tmp_path, tree, environment="staging")) == "passed complete"
    assert code(await credentials(tmp_path, environment="moon")) == "errored environment-unknown"


async def test_an_environment_without_variables_asserts_nothing_and_never_passes() -> None:
    assert code(await observe("credentials", {}, context())) == "errored nothing-to-check"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    isolate_git(monkeypatch, tmp_path / "home")
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text(".env.staging\n.env.preprod\n")
    return Repository.discover(tmp_path)


async def test_what_git_says_of_the_file_is_asked_of_git(tmp_path: Path, repository: Repository) -> None:
    write(tmp_path, "preprod", GOOD)
    write(tmp_path, "staging", STAGING)
    assert code(await credentials(tmp_path, repository)) == "passed complete"
    (tmp_path / ".gitignore").unlink()
    assert code(await credentials(tmp_path, repository)) == "warned not-ignored"
    await asyncio.to_thread(git, tmp_path, "add", ".env.preprod")
    assert code(await credentials(tmp_path, repository)) == "failed tracked-by-git"


async def test_a_link_to_a_tracked_file_is_tracked(tmp_path: Path, repository: Repository) -> None:
    write(tmp_path, "preprod", GOOD).rename(tmp_path / "values.txt")
    write(tmp_path, "staging", STAGING)
    (tmp_path / ".env.preprod").symlink_to("values.txt")
    assert code(await credentials(tmp_path, repository)) == "warned not-ignored"
    await asyncio.to_thread(git, tmp_path, "add", "values.txt")
    assert code(await credentials(tmp_path, repository)) == "failed tracked-by-git"


async def test_a_file_of_a_submodule_is_could_not_tell(tmp_path: Path, repository: Repository) -> None:
    alice = make_signer(tmp_path / "keys", "Alice", "alice@shop.example")
    inner = make_repository(tmp_path / "inner", person=alice, signing=False)
    commit_file(inner, "values.txt", "".join(f"{key}={value}\n" for key, value in GOOD.items()))
    (inner / "values.txt").chmod(0o600)
    await asyncio.to_thread(git, tmp_path, "-c", "advice.addEmbeddedRepo=false", "add", "inner")
    write(tmp_path, "staging", STAGING)
    (tmp_path / ".env.preprod").symlink_to("inner/values.txt")
    assert code(await credentials(tmp_path, repository)) == "errored git-cannot-tell"

from collections.abc import Mapping
from pathlib import Path

import pytest

from promoter.checks import registry
from promoter.checks.variables import find
from promoter.model.context import NO_ENVIRONMENT, Context
from promoter.model.environment import DotenvSource, Environment, VariableRule, Variables
from promoter.model.outcome import Outcome, Verdict
from promoter.model.reference import Fact, Value, Variable
from promoter.run import Surroundings, try_check
from tests.support.checklist_texts import item_problems
from tests.support.checks import code, context, environment, observe, seen_of, words

SECRET = "0123456789abcdef" * 4
HERE = {"CLIENT_SECRET": SECRET, "API_VERSION": "v1", "HOOK": "https://Hooks.example/x/"}
THERE = {"CLIENT_SECRET": SECRET[::-1], "API_VERSION": "v1", "HOOK": "https://hooks.example/x"}


def named(name: str, **urls: Value) -> Environment:
    rules = (VariableRule("CLIENT_SECRET", secret=True), VariableRule("API_VERSION"), VariableRule("HOOK"))
    shared = {"docs": "https://docs.example/", "hook": Variable("HOOK"), "same": Fact("urls.docs")}
    own = {"api": f"https://{name}.example/api/v1"}
    return environment(
        name,
        urls={**shared, **own, **urls},
        variables=Variables((DotenvSource(f".env.{name}"),), rules),
    )


def seen_from(
    root: Path, preprod: Mapping[str, str] | None = None, staging: Mapping[str, str] | None = None
) -> Context:
    for name, values in (("preprod", preprod), ("staging", staging)):
        if values is not None:
            lines = "".join(f"{key}={value}\n" for key, value in values.items())
            (root / f".env.{name}").write_text(lines)
    environments = {
        each.name: each for each in (named("staging", extra="https://x.example"), named("preprod"))
    }
    variables = {name: find(each, root, {}, environments) for name, each in environments.items()}
    target = environments["preprod"]
    return context(root, at=target, environments=environments, variables=variables)


async def compare(kind: str, root: Path, **fields: Value) -> Outcome:
    return await observe(kind, {"environment": "staging", **fields}, seen_from(root, HERE, THERE))


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({"variables": "API_VERSION"}, True),
        ({"variables": "CLIENT_SECRET"}, False),
        ({"variables": "HOOK"}, True),
        ({"urls": "docs"}, True),
        ({"urls": "same"}, True),
        ({"urls": "hook"}, True),
        ({"urls": "api"}, False),
    ],
)
async def test_same_as_and_differs_are_each_others_opposite(
    tmp_path: Path, fields: Mapping[str, Value], same: bool
) -> None:
    first = await compare("same_as", tmp_path, **fields)
    assert code(first) == ("passed same" if same else "failed different")
    other = await compare("differs", tmp_path, **fields)
    assert code(other) == ("failed same" if same else "passed different")
    (name,) = fields.values()
    if not same:
        assert str(name) in words(first.reason)


async def test_values_of_variables_are_never_shown_and_urls_of_the_pipeline_are(tmp_path: Path) -> None:
    outcome = await compare("differs", tmp_path, variables=["CLIENT_SECRET", "HOOK"], urls=["hook", "api"])
    for value in (*HERE.values(), *THERE.values()):
        assert len(value) < 3 or value not in repr(outcome)
    assert seen_of(outcome, "compared") == [
        "another value",
        "the same value",
        "the same value",
        "another value: https://preprod.example/api/v1 and https://staging.example/api/v1",
    ]
    assert words(outcome.evidence[0].fact) == "CLIENT_SECRET, in preprod and staging"


@pytest.mark.parametrize("kind", ["same_as", "differs"])
@pytest.mark.parametrize(
    ("preprod", "staging"),
    [
        (HERE, None),
        (None, THERE),
        (HERE, {**THERE, "CLIENT_SECRET": ""}),
        (HERE, {**THERE, "CLIENT_SECRET": "your_staging_client_secret"}),
        ({**HERE, "CLIENT_SECRET": "changeme"}, {**THERE, "CLIENT_SECRET": "changeme"}),
        ({"API_VERSION": "v1"}, THERE),
    ],
)
async def test_a_value_that_is_not_known_is_could_not_tell(
    tmp_path: Path, kind: str, preprod: Mapping[str, str] | None, staging: Mapping[str, str] | None
) -> None:
    seen = seen_from(tmp_path, preprod, staging)
    outcome = await observe(kind, {"environment": "staging", "variables": "CLIENT_SECRET"}, seen)
    assert code(outcome) == "errored not-known"
    assert words(outcome.reason) == "not compared, because not known here: CLIENT_SECRET"


async def test_what_is_surely_wrong_comes_before_what_is_not_known(tmp_path: Path) -> None:
    seen = seen_from(tmp_path, HERE, {"API_VERSION": "v1"})
    fields: dict[str, Value] = {"environment": "staging", "variables": ["CLIENT_SECRET", "API_VERSION"]}
    assert code(await observe("differs", fields, seen)) == "failed same"
    assert code(await observe("same_as", fields, seen)) == "errored not-known"


async def test_a_file_that_cannot_be_read_is_could_not_tell(tmp_path: Path) -> None:
    (tmp_path / ".env.staging").write_bytes(b"CLIENT_SECRET=\xff\xfe")
    outcome = await observe(
        "differs", {"environment": "staging", "variables": "CLIENT_SECRET"}, seen_from(tmp_path, HERE)
    )
    assert code(outcome) == "errored not-known"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"environment": "nowhere", "variables": "API_VERSION"}, "errored environment-unknown"),
        ({"environment": "preprod", "variables": "API_VERSION"}, "errored same-environment"),
        ({"environment": "preprod", "of": "staging", "variables": "API_VERSION"}, "passed same"),
        ({"environment": "staging", "variables": "NOBODYS"}, "errored not-named"),
        ({"environment": "staging", "urls": "extra"}, "errored not-named"),
        ({"environment": "staging"}, "errored nothing-compared"),
    ],
)
async def test_what_cannot_be_compared_is_could_not_tell(
    tmp_path: Path, fields: Mapping[str, Value], expected: str
) -> None:
    assert code(await observe("same_as", fields, seen_from(tmp_path, HERE, THERE))) == expected


@pytest.mark.parametrize("name", ["same_as", "differs"])
def test_naming_nothing_to_compare_is_a_problem(name: str) -> None:
    kind = registry.kind(name)
    assert [field for field, _ in kind.contradictions({"environment": "staging"})] == ["variables"]
    assert not list(kind.contradictions({"environment": "staging", "urls": "api"}))


async def test_outside_of_a_promotion_the_environment_must_be_named(tmp_path: Path) -> None:
    seen = seen_from(tmp_path, HERE, THERE)
    surroundings = Surroundings(root=tmp_path, environments=seen.environments)
    fields: dict[str, Value] = {"environment": "staging", "variables": "API_VERSION"}
    outcome = await try_check("same_as", fields, surroundings)
    assert code(outcome) == "errored environment-not-said"
    assert NO_ENVIRONMENT not in words(outcome.evidence[0].fact)
    outcome = await try_check("same_as", {**fields, "of": "preprod"}, surroundings)
    assert outcome.verdict is Verdict.PASSED


def test_a_name_that_the_pipeline_does_not_know_is_a_problem_with_its_place() -> None:
    item = "- {id: own, title: x, checks: [{differs: {environment: staging, {NAMED}}}]}\n"
    problems = {
        named: item_problems(item.replace("{NAMED}", named))
        for named in ("urls: [app]", "urls: [ap]", "variables: [SHOP_UR]", "of: stagin, urls: [app]")
    }
    assert problems.pop("urls: [app]") == []
    assert [len(each) for each in problems.values()] == [1, 1, 1]
    assert "staging has no URL ap" in problems["urls: [ap]"][0]
    assert "staging has no variable SHOP_UR" in problems["variables: [SHOP_UR]"][0]

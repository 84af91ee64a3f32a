import pytest

from promoter.model.facts import fact_paths, find_fact
from promoter.model.reference import Variable
from tests.support.checklist_texts import PIPELINE, pipeline


@pytest.mark.parametrize(
    ("path", "value", "of"),
    [
        ("urls.app", "https://preprod.shop.example", "preprod"),
        ("urls.webhook", Variable("HOOK_URL"), "preprod"),
        ("data", "real", "preprod"),
        ("name", "preprod", "preprod"),
        ("access", "restricted", "preprod"),
        ("staging.urls.app", "https://staging.shop.example", "staging"),
        ("staging.data", "simulated", "staging"),
    ],
)
def test_a_path_names_a_fact_of_the_target_or_of_a_named_environment(
    path: str, value: object, of: str
) -> None:
    environments = {each.name: each for each in pipeline().environments}

    found = find_fact(environments, environments["preprod"], path)

    assert (value, of) == (found.value, found.environment.name)


def test_an_environment_may_have_dots_in_its_name() -> None:
    named = {
        each.name: each
        for each in pipeline(
            PIPELINE.replace("staging:", "eu.staging:").replace("[staging]", "[eu.staging]")
        ).environments
    }

    assert find_fact(named, named["preprod"], "eu.staging.urls.app").value == "https://staging.shop.example"


@pytest.mark.parametrize(
    "path", ["", "urls", "urls.none", "staging", "staging.urls", "nowhere.urls.app", "urls.app."]
)
def test_anything_else_names_nothing(path: str) -> None:
    environments = {each.name: each for each in pipeline().environments}

    with pytest.raises(KeyError):
        find_fact(environments, environments["preprod"], path)


def test_every_listed_path_names_a_fact() -> None:
    environments = {each.name: each for each in pipeline().environments}

    paths = fact_paths(environments, environments["preprod"])

    assert "staging.urls.app" in paths
    assert all(find_fact(environments, environments["preprod"], each) for each in paths)

"""Small pipelines and checklists as text, and what loading them says."""

from promoter.checklist.loading import load_checklist, load_pipeline
from promoter.messages import Language
from promoter.model.checklist import Checklist
from promoter.model.environment import Pipeline
from promoter.place import Problem

PIPELINE = """\
pipeline: shop
environments:
  staging:
    urls: {app: https://staging.shop.example}
    data: simulated
    variables: {SHOP_URL: {}}
  preprod:
    urls:
      app: https://preprod.shop.example
      webhook: {variable: HOOK_URL}
    data: real
    variables:
      from: [{dotenv: .env.preprod}]
      SHOP_URL: {equals: {fact: urls.app}}
      HOOK_URL: {}
      SHOP_SECRET: {secret: true, differs_from: [staging]}
transitions: [staging-to-preprod]
"""

HEAD = """\
checklist: staging-to-preprod
from: staging
to: preprod
items:
"""

PATH = "staging-to-preprod.yaml"


def pipeline(text: str = PIPELINE) -> Pipeline:
    """The pipeline of a text without problems."""
    loaded, problems = load_pipeline(text.encode(), "pipeline.yaml")
    assert problems == ()
    assert loaded is not None
    return loaded


def checklist(items: str, of: Pipeline | None = None) -> Checklist:
    """The checklist with these items, which may have warnings."""
    loaded, problems = load_checklist((HEAD + items).encode(), PATH, of or pipeline())
    assert loaded is not None, said(problems)
    return loaded


def pipeline_problems(text: str) -> list[str]:
    """What is wrong with a pipeline, as `line:column: words`."""
    return said(load_pipeline(text.encode(), "pipeline.yaml")[1])


def item_problems(items: str, of: Pipeline | None = None) -> list[str]:
    """What is wrong with a checklist of these items, warnings left out; its items start at line 5."""
    problems = load_checklist((HEAD + items).encode(), PATH, of or pipeline())[1]
    return said(tuple(each for each in problems if not each.warning))


def said(problems: tuple[Problem, ...]) -> list[str]:
    """Problems in English, without their file."""
    language = Language()
    return [each.text(language).removeprefix(f"{each.place.path}:").strip() for each in problems]

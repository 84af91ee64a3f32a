"""The JSON Schemas (draft 2020-12) of pipeline, policy and checklist, made of the forms that read them."""

from typing import Any

from promoter.checklist.environments import pipeline_form
from promoter.checklist.items import checklist_form
from promoter.checklist.policies import policy_form
from promoter.checks import registry

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def pipeline_schema() -> dict[str, Any]:
    """What a `pipeline.yaml` may hold, for editors."""
    return {"$schema": _DRAFT, "title": "promoter: pipeline", **pipeline_form.schema()}


def policy_schema() -> dict[str, Any]:
    """What a policy that pipelines extend may hold, for editors."""
    return {"$schema": _DRAFT, "title": "promoter: policy", **policy_form.schema()}


def checklist_schema() -> dict[str, Any]:
    """What a checklist may hold, with the fields of every kind of check there is, for editors."""
    return {"$schema": _DRAFT, "title": "promoter: checklist", **checklist_form(registry).schema()}

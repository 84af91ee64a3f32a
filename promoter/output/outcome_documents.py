"""What programs read of messages and outcomes."""

from typing import Any

from promoter.messages import Language, Message, Parameter, message_to_json, parameter_to_json
from promoter.model.outcome import Evidence, Outcome
from promoter.usecases.language import remedy_of


def said(what: Message, language: Language) -> dict[str, Any]:
    """A message as code, parameters and words."""
    return {**message_to_json(what), "text": language.say(what)}


def outcome_document(outcome: Outcome, kind: str, language: Language) -> dict[str, Any]:
    """One outcome: `reason` is the stable code within its kind."""
    remedy = remedy_of(outcome.reason)
    return {
        "kind": kind,
        "verdict": str(outcome.verdict),
        "reason": outcome.reason.code.removeprefix(f"{kind}."),
        "parameters": {name: parameter_to_json(value) for name, value in outcome.reason.parameters.items()},
        "summary": language.say(outcome.reason),
        "evidence": [_evidence(each, language) for each in outcome.evidence],
        "remedy": language.say(remedy) if remedy else None,
        "docs": docs_of(outcome.reason),
        "overrides": list(outcome.overrides),
        "took_s": round(outcome.took_s, 3),
    }


def docs_of(reason: Message) -> str:
    """Where the documents speak of a reason: an anchor of the page of the kinds."""
    return f"docs/checks.md#{reason.code.replace('.', '-')}"


def _evidence(evidence: Evidence, language: Language) -> dict[str, Any]:
    return {
        "fact": language.say(evidence.fact),
        "code": evidence.fact.code,
        "expected": _value(evidence.expected, language),
        "observed": _value(evidence.observed, language),
        "verdict": str(evidence.verdict) if evidence.verdict else None,
    }


def _value(value: Parameter, language: Language) -> Any:
    return language.say(value) if isinstance(value, Message) else parameter_to_json(value)

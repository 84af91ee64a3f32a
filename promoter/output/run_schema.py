"""The JSON Schema of what `promoter run --json` answers with."""

from typing import Any

from promoter.model.outcome import Verdict

_WORDS: dict[str, Any] = {"type": "string"}
_MAYBE_WORDS: dict[str, Any] = {"type": ["string", "null"]}
_VERDICTS = [str(each) for each in Verdict]


def run_schema() -> dict[str, Any]:
    """The schema of `promoter/run/1`; what `promoter try --json` answers with has the parts of one outcome."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "promoter/run/1",
        **_object(
            {
                "schema": {"const": "promoter/run/1"},
                "outcomes": {"type": "array", "items": _outcome()},
                "recorded": _MAYBE_WORDS,
                "warnings": {"type": "array", "items": _said()},
                "asks": {"type": "array", "items": _ask()},
                "interrupted": {"type": "boolean"},
            }
        ),
    }


def _ask() -> dict[str, Any]:
    return _object(
        {
            "id": _WORDS,
            "about": _said(),
            "lasting": {"type": "boolean"},
            "askers": {
                "type": "array",
                "items": _object({"item": _WORDS, "statement": _WORDS, "check": _WORDS}),
            },
        }
    )


def _outcome() -> dict[str, Any]:
    return _object(
        {
            "item": _WORDS,
            "id": _WORDS,
            "at": {"type": "string", "format": "date-time"},
            "kind": _WORDS,
            "verdict": {"enum": _VERDICTS},
            "reason": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"},
            "parameters": {"type": "object"},
            "summary": _WORDS,
            "evidence": {"type": "array", "items": _evidence()},
            "remedy": _MAYBE_WORDS,
            "docs": _WORDS,
            "overrides": {"type": "array", "items": _WORDS},
            "took_s": {"type": "number", "minimum": 0},
        }
    )


def _evidence() -> dict[str, Any]:
    return _object(
        {
            "fact": _WORDS,
            "code": _WORDS,
            "expected": {},
            "observed": {},
            "verdict": {"enum": [*_VERDICTS, None]},
        }
    )


def _said() -> dict[str, Any]:
    return {"type": "object", "required": ["code", "text"], "properties": {"code": _WORDS, "text": _WORDS}}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }

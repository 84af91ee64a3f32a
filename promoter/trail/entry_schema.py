"""The published JSON Schema of entries, made from the shapes that write and read them."""

from typing import Any

from promoter.model.entry import EntryType
from promoter.trail import contents
from promoter.trail.shape import object_schema, utc

_NOTHING = {"type": "null"}


def entry_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of an entry: one alternative for each type."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An entry of promoter's trail",
        "oneOf": [_of_type(kind) for kind in EntryType],
    }


def _of_type(kind: EntryType) -> dict[str, Any]:
    _, content = contents.content_of(kind)
    if kind in contents.ITEM_REQUIRED:
        item = dict(contents.item_binding.schema)
    elif contents.item_possible(kind):
        item = {"anyOf": [_NOTHING, dict(contents.item_binding.schema)]}
    else:
        item = _NOTHING
    return object_schema(
        {
            "schema": {"enum": list(contents.SCHEMAS)},
            "id": contents.ulid.schema,
            "trail": contents.token.schema,
            "pipeline": contents.line.schema,
            "type": {"const": kind.value},
            "actor": contents.actor.schema,
            "at": utc.schema,
            "content": content.schema,
            "refers_to": contents.references.schema,
            "promotion": _NOTHING if kind.of_trail else contents.subject.schema,
            "item": item,
        }
    )

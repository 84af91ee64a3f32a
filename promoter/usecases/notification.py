"""What a notification says: `promoter/notification/1`. Names, ids and counts; no reasons, no evidence, no secrets."""

import json
from collections.abc import Sequence
from typing import Any

from promoter.frozen import frozen
from promoter.gate.decision import Seat
from promoter.model.entry import EntryType, Recorded
from promoter.model.notice import Occasion
from promoter.promotion import Stage
from promoter.usecases.deciding import promotion_of
from promoter.usecases.standing import Standing, standing_of
from promoter.usecases.workspace import Workspace

SCHEMA = "promoter/notification/1"

_TYPES = {str(each): each for each in EntryType}
_OCCASIONS = {_TYPES[str(each)]: each for each in Occasion if str(each) in _TYPES} | {
    EntryType.BROKE_GLASS: Occasion.EMERGENCY
}
"""What an entry of a type is an occasion of."""


@frozen
class Waiting:
    """How many people a required item still waits for, or without an item the promotion for its approval, in a role
    (`""`: anyone)."""

    item: str | None
    role: str
    missing: int


def occasion_of(recorded: Recorded) -> Occasion | None:
    """What an entry is an occasion of, by its type."""
    return _OCCASIONS.get(recorded.entry.type)


def standing_now(workspace: Workspace, promotion: str) -> Standing | None:
    """Where a promotion stands now; None when nothing that counts opened it."""
    found = promotion_of(workspace, promotion)
    return standing_of(workspace, found, workspace.now()) if found is not None else None


def waiting_for(standing: Standing | None) -> tuple[Waiting, ...]:
    """The seats of required items, and of the approvals, that nobody fills yet."""
    if standing is None:
        return ()
    seats: list[tuple[str | None, Seat]] = [
        (item.item.id, seat) for item in standing.decision.items if item.holds for seat in item.seats
    ]
    if standing.promotion.stage is Stage.OPEN:
        seats += [(None, seat) for seat in standing.decision.approvals.seats]
    return tuple(
        Waiting(item, seat.role, seat.needed - seat.filled)
        for item, seat in seats
        if seat.filled < seat.needed
    )


def notification(
    workspace: Workspace,
    on: Occasion,
    recorded: Recorded,
    standing: Standing | None,
    waiting: Sequence[Waiting],
) -> bytes:
    """The notification as JSON in ASCII: one line, without control characters, whatever people called things."""
    entry, position = recorded.entry, workspace.trail.position()
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "on": str(on),
        "pipeline": workspace.pipeline_unruled.name,
        "entry": {"id": entry.id, "type": str(entry.type), "commit": recorded.commit},
        "by": entry.actor.name,
        "at": entry.at,
        "item": entry.item.id if entry.item else None,
        "promotion": None,
        "answer": None,
        "waiting_for": [{"item": each.item, "role": each.role, "missing": each.missing} for each in waiting],
        "trail": {"tip": position.tip, "entries": position.entries},
    }
    if standing is not None:
        promotion = standing.promotion
        content["answer"] = str(standing.decision.answer)
        content["promotion"] = {
            "id": promotion.id,
            "from": promotion.from_environment,
            "to": promotion.to_environment,
            "release": promotion.release.name,
            "commit": promotion.release.commit,
        }
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def notification_schema() -> dict[str, Any]:
    """The JSON Schema of a notification."""
    text, maybe = {"type": "string"}, {"type": ["string", "null"]}
    promotion = {"id": text, "from": text, "to": text, "release": text, "commit": maybe}
    waiting = {"item": maybe, "role": text, "missing": {"type": "integer", "minimum": 1}}
    properties: dict[str, Any] = {
        "schema": {"const": SCHEMA},
        "on": {"enum": [str(each) for each in Occasion]},
        "pipeline": text,
        "entry": _whole({"id": text, "type": text, "commit": text}),
        "by": text,
        "at": text,
        "item": maybe,
        "promotion": {"anyOf": [_whole(promotion), {"type": "null"}]},
        "answer": maybe,
        "waiting_for": {"type": "array", "items": _whole(waiting)},
        "trail": _whole({"tip": maybe, "entries": {"type": "integer"}}),
    }
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": "promoter: notification", **_whole(properties)}


def _whole(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }

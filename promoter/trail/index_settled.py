"""Promotions that are over, and of which nothing is left to judge: the index can leave them out of what every
verb reads, so that `status` costs the same after five thousand promotions as after the first.

Only the plainest are: one `opened` and one `promoted` or `abandoned` after it, both counting, of the same
trail, pipeline, environments and release. Whatever else comes in such a place makes it an ordinary one again.
"""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from promoter.model.entry import (
    Abandoned,
    Deployed,
    Opened,
    Promoted,
    Recorded,
    RolledBack,
    Trust,
    Unreadable,
)
from promoter.trail.projection import OF_TRAIL

if TYPE_CHECKING:
    from sqlite3 import Connection

TABLES = (
    "CREATE TABLE IF NOT EXISTS settled (promotion TEXT PRIMARY KEY, opened INTEGER NOT NULL,"
    " closed INTEGER NOT NULL, environment TEXT, deployed INTEGER) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS settled_by_environment ON settled (environment, closed)",
    "CREATE INDEX IF NOT EXISTS settled_by_deployment ON settled (environment, deployed)",
    "CREATE INDEX IF NOT EXISTS files_in_brief ON files (position) WHERE of_trail = 1",
)
_LEFT_OUT = 2
"""`of_trail` of a settled promotion's two rows; 1 of all others that the trail is folded from."""

_CLOSES = (Promoted, Abandoned)


def settle(
    connection: "Connection",
    first: int,
    judged: Iterable[Recorded | Unreadable],
    record_at: Callable[[int], Recorded],
) -> None:
    """Notes which promotions are over after what was judged, whose positions begin at `first`."""
    for place, each in enumerate(judged, first):
        if not isinstance(each, Recorded) or each.entry.type not in OF_TRAIL:
            continue
        promotion = each.entry.subject.promotion if each.entry.subject else ""
        if isinstance(each.entry.content, Deployed) and _deploy(connection, place, each, record_at):
            continue
        rows = connection.execute(
            "SELECT position FROM files WHERE promotion = ? AND of_trail > 0 AND position <= ?"
            " ORDER BY position",
            (promotion, place),
        ).fetchall()
        if len(rows) == 2 and _over(record_at(rows[0][0]), each):
            _leave_out(connection, promotion, rows[0][0], place, each)
        elif len(rows) > 2:
            _take_back(connection, promotion)


def forget(connection: "Connection") -> None:
    """Takes all of it back, before everything is judged again."""
    connection.execute("DELETE FROM settled")


def brief(connection: "Connection") -> tuple[tuple[str, ...], frozenset[str]]:
    """The ids of all promotions, oldest first, and of those that are settled."""
    over = connection.execute("SELECT opened, promotion FROM settled").fetchall()
    others = connection.execute(
        "SELECT min(position), promotion FROM files INDEXED BY files_in_brief WHERE of_trail = 1 AND type = 'opened'"
        " AND (trust <> 'quarantined' OR disowned_by IS NOT NULL) GROUP BY promotion"
    ).fetchall()
    ordered = tuple(promotion for _, promotion in sorted([*over, *others]))
    return ordered, frozenset(promotion for _, promotion in over)


def looked_up(recorded: Recorded) -> tuple[str, ...]:
    """The environments of which an entry needs to know everything that ever got there: where it comes from, and
    of what was promoted also where it goes, for that is judged by what ran there before."""
    subject = recorded.entry.subject
    if subject is None:
        return ()
    into = isinstance(recorded.entry.content, Promoted | Deployed | RolledBack)
    return (subject.from_environment, *((subject.to_environment,) if into else ()))


def still_needed(connection: "Connection", sources: Iterable[str]) -> list[int]:
    """The positions of what the settled promotions still tell: the latest to reach each environment, and
    everything that reached one of `sources`."""
    wanted = json.dumps(sorted(set(sources)))
    rows = connection.execute(
        "SELECT opened, closed, deployed FROM settled WHERE environment IN (SELECT value FROM json_each(?)) UNION"
        " SELECT opened, max(closed), deployed FROM settled WHERE environment IS NOT NULL GROUP BY environment"
        " UNION SELECT opened, closed, max(deployed) FROM settled"
        " WHERE environment IS NOT NULL AND deployed IS NOT NULL GROUP BY environment",
        (wanted,),
    ).fetchall()
    return [position for row in rows for position in row if position is not None]


def _over(opened: Recorded, closed: Recorded) -> bool:
    """Whether nothing about the two can be doubted or taken back by another entry of their own place."""
    first, last = opened.entry, closed.entry
    return isinstance(first.content, Opened) and isinstance(last.content, _CLOSES) and _plain(opened, closed)


def _plain(one: Recorded, other: Recorded) -> bool:
    """Whether both count, of the same trail, pipeline and subject, and no key of theirs was in other hands."""
    first, second = one.entry, other.entry
    return (first.trail, first.pipeline, first.subject) == (
        second.trail,
        second.pipeline,
        second.subject,
    ) and all(
        each.trust is not Trust.QUARANTINED and each.disowned_by is None and each.roster is None
        for each in (one, other)
    )


def _leave_out(connection: "Connection", promotion: str, opened: int, closed: int, record: Recorded) -> None:
    subject, promoted = record.entry.subject, isinstance(record.entry.content, Promoted)
    environment = subject.to_environment if subject is not None and promoted else None
    connection.execute(
        "INSERT OR REPLACE INTO settled VALUES (?, ?, ?, ?, NULL)", (promotion, opened, closed, environment)
    )
    connection.execute(
        f"UPDATE files SET of_trail = {_LEFT_OUT} WHERE position IN (?, ?)",  # noqa: S608 - of this module's words
        (opened, closed),
    )


def _deploy(
    connection: "Connection", place: int, record: Recorded, record_at: Callable[[int], Recorded]
) -> bool:
    """Leaves out as well what says that a settled promotion was deployed, and keeps where that stands; whether
    it is that plain."""
    promotion = record.entry.subject.promotion if record.entry.subject else ""
    row = connection.execute("SELECT opened FROM settled WHERE promotion = ?", (promotion,)).fetchone()
    if row is None or not _plain(record_at(row[0]), record):
        return False
    connection.execute("UPDATE settled SET deployed = ? WHERE promotion = ?", (place, promotion))
    connection.execute(
        f"UPDATE files SET of_trail = {_LEFT_OUT} WHERE position = ?",  # noqa: S608 - of this module's words
        (place,),
    )
    return True


def _take_back(connection: "Connection", promotion: str) -> None:
    connection.execute("DELETE FROM settled WHERE promotion = ?", (promotion,))
    connection.execute(
        "UPDATE files SET of_trail = 1 WHERE promotion = ? AND of_trail = ?", (promotion, _LEFT_OUT)
    )

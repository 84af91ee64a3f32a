"""Promotions that are over, and of which nothing is left to judge: the index can leave them out of what every
verb reads, so that `status` costs the same after five thousand promotions as after the first.

Only the plainest are: one `opened` and one `promoted` or `abandoned` after it, both counting, of the same
trail, pipeline, environments and release. Whatever else comes in such a place makes it an ordinary one again.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from promoter.frozen import frozen
from promoter.model.entry import (
    Abandoned,
    Amended,
    Deployed,
    Opened,
    Promoted,
    Recorded,
    RolledBack,
    Subject,
    Trust,
    Unreadable,
)
from promoter.model.release import Release
from promoter.trail.projection import OF_TRAIL

if TYPE_CHECKING:
    from sqlite3 import Connection

TABLES = (
    "CREATE TABLE IF NOT EXISTS settled (promotion TEXT PRIMARY KEY, opened INTEGER NOT NULL,"
    " closed INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS arrived (environment TEXT NOT NULL, deployed INTEGER NOT NULL,"
    " position INTEGER NOT NULL, release TEXT NOT NULL, promotion TEXT NOT NULL,"
    " PRIMARY KEY (environment, deployed, position)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS arrived_by_release ON arrived (environment, release)",
    "CREATE INDEX IF NOT EXISTS arrived_by_promotion ON arrived (promotion)",
    "CREATE INDEX IF NOT EXISTS files_in_brief ON files (position) WHERE of_trail = 1",
)
"""`arrived` has what settled promotions brought where: one row for the promotion, and one for each deployment."""
_NOW = 2**62
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
    connection.execute("DELETE FROM arrived")


def brief(connection: "Connection") -> tuple[tuple[str, ...], frozenset[str]]:
    """The ids of all promotions, oldest first, and of those that are settled."""
    over = connection.execute("SELECT opened, promotion FROM settled").fetchall()
    others = connection.execute(
        "SELECT min(position), promotion FROM files INDEXED BY files_in_brief WHERE of_trail = 1 AND type = 'opened'"
        " AND (trust <> 'quarantined' OR disowned_by IS NOT NULL) GROUP BY promotion"
    ).fetchall()
    ordered = tuple(promotion for _, promotion in sorted([*over, *others]))
    return ordered, frozenset(promotion for _, promotion in over)


@frozen
class Sought:
    """What has to be known of an environment: every time this release got there, and what had got there last
    before a position; with the `rival`, also every time that one's release did."""

    environment: str
    release: str
    before: int = _NOW
    rival: bool = False


def sought(position: int, judged: Recorded | Unreadable) -> Iterator[Sought]:
    """What an entry at a position needs to know of those before it."""
    if isinstance(judged, Unreadable) or judged.entry.subject is None:
        return
    subject, content = judged.entry.subject, judged.entry.content
    source, into = subject.from_environment, subject.to_environment
    if isinstance(content, Opened):
        yield Sought(source, _key(subject.release))
    elif isinstance(content, Amended) and content.release is not None:
        yield Sought(source, _key(content.release))
    elif isinstance(content, RolledBack):
        yield Sought(into, _key(content.release), position, rival=True)


def sought_then(position: int, judged: Recorded | Unreadable) -> Iterator[Sought]:
    """The same for an entry of a promotion that is judged as it was when it was promoted."""
    yield from sought(position, judged)
    subject = judged.entry.subject if isinstance(judged, Recorded) else None
    if subject is not None and isinstance(judged, Recorded) and isinstance(judged.entry.content, Promoted):
        yield Sought(subject.from_environment, _key(subject.release), position)
        yield Sought(subject.to_environment, "", position)


def still_needed(connection: "Connection", wanted: Iterable[Sought]) -> list[int]:
    """The positions of what the settled promotions still tell: the latest to reach each environment, and what is
    wanted."""
    environments = [
        row[0] for row in connection.execute("SELECT DISTINCT environment FROM arrived").fetchall()
    ]
    promotions = {each for name in environments for each, _ in _latest(connection, name, _NOW)}
    for each in set(wanted):
        there = _latest(connection, each.environment, each.before)
        promotions |= {promotion for promotion, _ in there}
        for release in {each.release, *([release for _, release in there] if each.rival else [])}:
            rows = connection.execute(
                "SELECT promotion FROM arrived WHERE environment = ? AND release = ?",
                (each.environment, release),
            )
            promotions |= {promotion for (promotion,) in rows}
    return [place for each in promotions for place in _places(connection, each)]


def _latest(connection: "Connection", environment: str, before: int) -> list[tuple[str, str]]:
    """What was promoted and what was deployed last somewhere, before a position: promotion and release."""
    return [
        row
        for deployed in (False, True)
        for row in connection.execute(
            "SELECT promotion, release FROM arrived WHERE environment = ? AND deployed = ? AND position < ?"
            " ORDER BY position DESC LIMIT 1",
            (environment, deployed, before),
        )
    ]


def _places(connection: "Connection", promotion: str) -> list[int]:
    rows = connection.execute(
        "SELECT opened FROM settled WHERE promotion = ?1 UNION SELECT closed FROM settled WHERE promotion = ?1"
        " UNION SELECT position FROM arrived WHERE promotion = ?1",
        (promotion,),
    ).fetchall()
    return [position for (position,) in rows]


def _key(release: Release) -> str:
    """The same for what the gate takes for the same release."""
    return f"{release.commit} {release.tree}" if release.bound else f"={release.name}"


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
    connection.execute("INSERT OR REPLACE INTO settled VALUES (?, ?, ?)", (promotion, opened, closed))
    _mark(connection, opened)
    _mark(connection, closed)
    if record.entry.subject is not None and isinstance(record.entry.content, Promoted):
        _arrive(connection, closed, record.entry.subject, deployed=False)


def _arrive(connection: "Connection", place: int, subject: Subject, *, deployed: bool) -> None:
    row = (subject.to_environment, deployed, place, _key(subject.release), subject.promotion)
    connection.execute("INSERT INTO arrived VALUES (?, ?, ?, ?, ?)", row)


def _mark(connection: "Connection", place: int) -> None:
    connection.execute(
        f"UPDATE files SET of_trail = {_LEFT_OUT} WHERE position = ?",  # noqa: S608 - of this module's words
        (place,),
    )


def _deploy(
    connection: "Connection", place: int, record: Recorded, record_at: Callable[[int], Recorded]
) -> bool:
    """Leaves out as well what says that a settled promotion was deployed, and keeps where that stands; whether
    it is that plain."""
    subject = record.entry.subject
    promotion = subject.promotion if subject else ""
    row = connection.execute("SELECT opened FROM settled WHERE promotion = ?", (promotion,)).fetchone()
    if row is None or subject is None or not _plain(record_at(row[0]), record):
        return False
    _arrive(connection, place, subject, deployed=True)
    _mark(connection, place)
    return True


def _take_back(connection: "Connection", promotion: str) -> None:
    connection.execute("DELETE FROM settled WHERE promotion = ?", (promotion,))
    connection.execute("DELETE FROM arrived WHERE promotion = ?", (promotion,))
    connection.execute(
        "UPDATE files SET of_trail = 1 WHERE promotion = ? AND of_trail = ?", (promotion, _LEFT_OUT)
    )

"""The rows of the index that judged entries become and are read back from."""

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from promoter.model.entry import (
    Entry,
    Genesis,
    Recorded,
    RosterChanged,
    SignatureVerdict,
    Trust,
    Unreadable,
)
from promoter.model.roster import Roster
from promoter.trail import index_settled
from promoter.trail.entry import read_entry
from promoter.trail.facts import Finding, Severity
from promoter.trail.index_state import read_message, read_roster, read_state
from promoter.trail.index_tables import OF_ROSTERS, OF_UNCHECKED, sum_of
from promoter.trail.projection import (
    OF_TRAIL,
    Brief,
    Records,
    sorted_out,
    swift_entry,
)
from promoter.trail.trust import State

if TYPE_CHECKING:
    from sqlite3 import Connection

_BY_ID = "SELECT path, content FROM files WHERE id = ? AND trust <> 'quarantined'"
_ROSTERS = (
    f"SELECT path, content FROM files WHERE {OF_ROSTERS} AND trust <> 'quarantined'"  # noqa: S608 - of this module's words
    " ORDER BY position"
)
_UNCHECKED = f"SELECT 1 FROM commits WHERE {OF_UNCHECKED}"  # noqa: S608 - of this module's words
_JUDGED = "promotion, of_trail, type, id, signature, key, trust, why, roles, roster, disowned_by, blocks"
ROW = (
    "commit_id, path, content, unreadable, type, promotion, signature, key, trust, why, roles, roster,"
    " disowned_by, blocks"
)
_SIGNATURES = {each.value: each for each in SignatureVerdict}
_TRUST = {each.value: each for each in Trust}
_SWIFT = frozenset(each.value for each in OF_TRAIL)


class IndexDamaged(Exception):
    """The index is not what this version wrote, or not of the tip that is asked for."""


class IndexLies(IndexDamaged):
    """A row is not as it was written, or is gone."""


class Reader:
    """Reads the index within one transaction; raises IndexDamaged, or what SQLite raises."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def meta(self, key: str) -> str | None:
        """One of the index's own facts."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def all_of_trail(self) -> Records:
        """What the trail as a whole is folded from."""
        return self._records("of_trail > 0", ())

    def brief(self, asked: Sequence[str] = ()) -> Brief:
        """The same, without most of the promotions that are over, save what those that are `asked` about are
        judged by."""
        promotions, settled = index_settled.brief(self._connection)
        there = self._placed("of_trail = 1", ())
        own = self._placed(
            "of_trail > 0 AND promotion IN (SELECT value FROM json_each(?))", (json.dumps(list(asked)),)
        )
        wanted = [each for row in there.items() for each in index_settled.sought(*row)]
        wanted += [each for row in own.items() for each in index_settled.sought_then(*row)]
        needed = set(index_settled.still_needed(self._connection, wanted)) - there.keys() - own.keys()
        known = there | own | self._at_places(needed)
        return Brief(
            sorted_out(known[place] for place in sorted(known)), promotions, settled.difference(asked)
        )

    def all_of_promotion(self, promotion: str) -> Records:
        """Everything in one promotion's place."""
        return self._complete(self._records("promotion = ?", (promotion,)), "promotion = ?", (promotion,))

    def all_of_commit(self, commit: str) -> Records:
        """What one commit added."""
        return self._records("commit_id = ? AND position IS NOT NULL", (commit,))

    def everything(self) -> Records:
        """The whole trail."""
        return self._complete(self._records("position IS NOT NULL", ()), "TRUE", ())

    def findings(self, *severities: Severity, codes: Sequence[str] = ()) -> tuple[Finding, ...]:
        """What was noticed, of these severities and codes or of all."""
        rows = self._connection.execute(
            "SELECT message, severity, commit_id, path FROM findings"
            " WHERE severity IN (SELECT value FROM json_each(?1))"
            " AND (?2 = '[]' OR json_extract(message, '$.code') IN (SELECT value FROM json_each(?2))) ORDER BY rowid",
            (json.dumps([each.value for each in severities or Severity]), json.dumps(list(codes))),
        ).fetchall()
        with decoding():
            return tuple(Finding(read_message(said), Severity(how), *where) for said, how, *where in rows)

    def state(self) -> State:
        """What the next entry is judged by."""
        with decoding():
            return read_state(self.meta("state") or "", self._entry)

    def rosters(self) -> tuple[Roster, ...]:
        """Every roster that counted, in order."""
        with decoding():
            entries = [
                read_entry(content, path) for path, content in self._connection.execute(_ROSTERS).fetchall()
            ]
        contents = [each.content for each in entries]
        return tuple(each.roster for each in contents if isinstance(each, Genesis | RosterChanged))

    def has_commit(self, commit: str) -> bool:
        """Whether a commit was walked."""
        return (
            self._connection.execute("SELECT 1 FROM commits WHERE id = ?", (commit,)).fetchone() is not None
        )

    def has_entry(self, entry: str) -> bool:
        """Whether an entry that counts has this id."""
        return self._connection.execute(_BY_ID, (entry,)).fetchone() is not None

    def _entry(self, entry: str | None) -> Entry | None:
        if entry is None:
            return None
        path, content = self._connection.execute(_BY_ID, (entry,)).fetchone()
        return read_entry(content, path)

    def _records(self, where: str, values: Sequence[str]) -> Records:
        return sorted_out(self._placed(where, values).values())

    def _at_places(self, places: Iterable[int]) -> "dict[int, Recorded | Unreadable]":
        return self._placed("position IN (SELECT value FROM json_each(?))", (json.dumps(sorted(places)),))

    def _placed(self, where: str, values: Sequence[str]) -> "dict[int, Recorded | Unreadable]":
        """What was judged, in fold order, by position."""
        rows = self._connection.execute(
            f"SELECT {ROW}, position, sum FROM files WHERE {where} ORDER BY position",  # noqa: S608 - of this module's words
            values,
        ).fetchall()
        judged = {}
        with decoding():
            for *row, position, expected in rows:
                if sum_of(*row) != expected:
                    raise IndexLies(str(row[1]))
                judged[position] = _judged(row)
        return judged

    def _complete(self, records: Records, where: str, values: Sequence[str]) -> Records:
        counted = self._connection.execute(
            f"SELECT coalesce(sum(files), 0) FROM places WHERE {where}",  # noqa: S608 - of this module's words
            values,
        )
        if counted.fetchone()[0] != len(records.recorded) + len(records.unreadable):
            raise IndexLies(where)
        return records


def _judged(row: Sequence[Any]) -> Recorded | Unreadable:
    commit, path, content, unreadable, kind, promotion, signature, key, *kept, blocks = row
    if unreadable is not None:
        return Unreadable(path, commit, promotion, read_message(unreadable), bool(blocks))
    trust, why, roles, roster, disowned_by = kept
    entry = swift_entry(json.loads(content.decode())) if kind in _SWIFT else read_entry(content, path)
    return Recorded(
        entry,
        commit,
        path,
        _SIGNATURES[signature],
        _TRUST[trust],
        key,
        None if why is None else read_message(why),
        None if roles is None else tuple(json.loads(roles)),
        read_roster(roster),
        disowned_by,
    )


@contextlib.contextmanager
def decoding() -> Iterator[None]:
    """Raises IndexDamaged where what is read is not what this version wrote."""
    try:
        yield
    except (ValueError, KeyError, TypeError) as wrong:
        raise IndexDamaged(str(wrong)) from wrong

"""The rows of the index that judged entries become and are read back from."""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from promoter.messages import Message, message_from_json, message_to_json
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
from promoter.trail.facts import CommitFacts, Finding, Found, Severity
from promoter.trail.index_state import read_roster, read_state, written_roster, written_state
from promoter.trail.index_tables import OF_ROSTERS, OF_UNCHECKED, sum_of
from promoter.trail.projection import OF_TRAIL, Brief, Records, is_of_trail, promotion_of, swift_entry
from promoter.trail.signature import Seal, SealState
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
_ROW = (
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

    def brief(self) -> Brief:
        """The same, without most of the promotions that are over."""
        promotions, settled = index_settled.brief(self._connection)
        still_open = self._records("of_trail = 1", ()).recorded
        sources = {name for each in still_open for name in index_settled.looked_up(each)}
        needed = json.dumps(index_settled.still_needed(self._connection, sources))
        chosen = "SELECT position FROM files INDEXED BY files_in_brief WHERE of_trail = 1 UNION SELECT value FROM json_each(?)"
        return Brief(self._records(f"position IN ({chosen})", (needed,)), promotions, settled)

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
        with _decoding():
            return tuple(Finding(_said(said), Severity(how), *where) for said, how, *where in rows)

    def state(self) -> State:
        """What the next entry is judged by."""
        with _decoding():
            return read_state(self.meta("state") or "", self._entry)

    def rosters(self) -> tuple[Roster, ...]:
        """Every roster that counted, in order."""
        with _decoding():
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
        rows = self._connection.execute(
            f"SELECT {_ROW}, sum FROM files WHERE {where} ORDER BY position",  # noqa: S608 - of this module's words
            values,
        ).fetchall()
        recorded, unreadable = [], []
        with _decoding():
            for *row, expected in rows:
                if sum_of(*row) != expected:
                    raise IndexLies(str(row[1]))
                judged = _judged(row)
                if isinstance(judged, Recorded):
                    recorded.append(judged)
                else:
                    unreadable.append(judged)
        return Records(tuple(recorded), tuple(unreadable))

    def _complete(self, records: Records, where: str, values: Sequence[str]) -> Records:
        counted = self._connection.execute(
            f"SELECT coalesce(sum(files), 0) FROM places WHERE {where}",  # noqa: S608 - of this module's words
            values,
        )
        if counted.fetchone()[0] != len(records.recorded) + len(records.unreadable):
            raise IndexLies(where)
        return records


class Writer(Reader):
    """Changes the index within one transaction."""

    def __init__(self, connection: "Connection") -> None:
        super().__init__(connection)
        self._added = 0

    def add_commits(self, commits: Iterable[CommitFacts]) -> None:
        """Keeps what the walk found, to judge it again when histories are joined."""
        for each in commits:
            self._added += sum(found.entry is not None for found in each.found)
            self._connection.execute(
                "INSERT OR REPLACE INTO commits VALUES (?, ?, ?, ?, ?)",
                (each.commit, " ".join(each.parents), each.email, each.seal.state.value, each.seal.key),
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO files (commit_id, path, content, unreadable) VALUES (?, ?, ?, ?)",
                [(each.commit, found.path, found.content, _kept(found.why)) for found in each.found],
            )

    def facts(self) -> list[CommitFacts]:
        """Everything the walks found."""
        found: dict[str, list[Found]] = {}
        rows = self._connection.execute(
            "SELECT commit_id, path, content, unreadable FROM files ORDER BY path"
        )
        with _decoding():
            for commit, path, content, why in rows:
                entry = read_entry(content, path) if why is None else None
                found.setdefault(commit, []).append(Found(path, entry, _said(why) if why else None, content))
            return [
                CommitFacts(
                    commit,
                    tuple(parents.split()),
                    email,
                    Seal(SealState(seal), key),
                    tuple(found.get(commit, ())),
                )
                for commit, parents, email, seal, key in self._connection.execute("SELECT * FROM commits")
            ]

    def forget_judgement(self) -> None:
        """Takes back every position and finding of an earlier judgement."""
        self._connection.execute("UPDATE files SET position = NULL, id = NULL, trust = NULL")
        self._connection.execute("DELETE FROM findings WHERE judged = 1")
        self._connection.execute("DELETE FROM places")
        index_settled.forget(self._connection)

    def add_judged(self, judged: Sequence[Recorded | Unreadable]) -> None:
        """Adds what was judged after everything that is there."""
        row = self._connection.execute("SELECT max(position) FROM files").fetchone()
        first = 0 if row[0] is None else int(row[0]) + 1
        columns = ", ".join(f"{each} = ?" for each in ("position", *_JUDGED.split(", ")))
        self._connection.executemany(
            f"UPDATE files SET {columns} WHERE commit_id = ? AND path = ?",  # noqa: S608 - of this module's words
            ((place, *_columns(each), each.commit, each.path) for place, each in enumerate(judged, first)),
        )
        self._connection.create_function("sum_of", -1, sum_of, deterministic=True)
        self._connection.execute(f"UPDATE files SET sum = sum_of({_ROW}) WHERE position >= {first}")  # noqa: S608
        self._connection.executemany(
            "INSERT INTO places VALUES (?, 1) ON CONFLICT DO UPDATE SET files = files + 1",
            [(promotion_of(each) or "",) for each in judged],
        )
        index_settled.settle(self._connection, first, judged, self._at)

    def _at(self, position: int) -> Recorded:
        return self._records(f"position = {position}", ()).recorded[0]

    def add_findings(self, findings: Iterable[Finding], *, judged: bool) -> None:
        """Adds what was noticed: while judging, or on the walk."""
        self._connection.executemany(
            "INSERT INTO findings VALUES (?, ?, ?, ?, ?)",
            [(judged, _kept(each.message), each.severity.value, each.commit, each.path) for each in findings],
        )

    def finish(self, state: State, facts: Mapping[str, str], programs: str) -> None:
        """Notes what the index is of. `programs` says what signatures could be checked with."""
        unchecked = self._connection.execute(_UNCHECKED).fetchone()
        own = {
            "state": written_state(state),
            "entries": str(int(self.meta("entries") or 0) + self._added),
            "unchecked": programs if unchecked else "",
        }
        self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", (own | dict(facts)).items())


def _columns(judged: Recorded | Unreadable) -> tuple[Any, ...]:
    place = (promotion_of(judged), is_of_trail(judged))
    if isinstance(judged, Unreadable):
        return (*place, *(None,) * 9, judged.blocks)
    entry = judged.entry
    return (
        *place,
        entry.type.value,
        entry.id,
        judged.signature.value,
        judged.key,
        judged.trust.value,
        _kept(judged.why),
        None if judged.roles is None else json.dumps(judged.roles),
        written_roster(judged.roster),
        judged.disowned_by,
        False,
    )


def _judged(row: Sequence[Any]) -> Recorded | Unreadable:
    commit, path, content, unreadable, kind, promotion, signature, key, *kept, blocks = row
    if unreadable is not None:
        return Unreadable(path, commit, promotion, _said(unreadable), bool(blocks))
    trust, why, roles, roster, disowned_by = kept
    entry = swift_entry(json.loads(content.decode())) if kind in _SWIFT else read_entry(content, path)
    return Recorded(
        entry,
        commit,
        path,
        _SIGNATURES[signature],
        _TRUST[trust],
        key,
        None if why is None else _said(why),
        None if roles is None else tuple(json.loads(roles)),
        read_roster(roster),
        disowned_by,
    )


def _kept(said: Message | None) -> str | None:
    return None if said is None else json.dumps(message_to_json(said), sort_keys=True)


def _said(kept: str) -> Message:
    return message_from_json(json.loads(kept))


@contextlib.contextmanager
def _decoding() -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError) as wrong:
        raise IndexDamaged(str(wrong)) from wrong

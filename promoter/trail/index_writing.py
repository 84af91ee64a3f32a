"""How the index becomes what was walked and judged."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from promoter.model.entry import Recorded, Unreadable
from promoter.trail import index_settled
from promoter.trail.entry import read_entry
from promoter.trail.facts import CommitFacts, Finding, Found
from promoter.trail.index_rows import ROW, Reader, decoding
from promoter.trail.index_state import read_message, written_message, written_roster, written_state
from promoter.trail.index_tables import OF_UNCHECKED, sum_of
from promoter.trail.projection import is_of_trail, promotion_of
from promoter.trail.signature import Seal, SealState
from promoter.trail.state import State

if TYPE_CHECKING:
    from sqlite3 import Connection

_UNCHECKED = f"SELECT 1 FROM commits WHERE {OF_UNCHECKED}"  # noqa: S608 - of this module's words
_JUDGED = "promotion, of_trail, type, id, signature, key, trust, why, roles, roster, disowned_by, blocks"


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
                "INSERT OR REPLACE INTO commits VALUES (?, ?, ?, ?, ?, ?)",
                (
                    each.commit,
                    " ".join(each.parents),
                    each.email,
                    each.seal.state.value,
                    each.seal.key,
                    " ".join(each.seal.blocks),
                ),
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO files (commit_id, path, content, unreadable) VALUES (?, ?, ?, ?)",
                [
                    (each.commit, found.path, found.content, written_message(found.why))
                    for found in each.found
                ],
            )

    def facts(self) -> list[CommitFacts]:
        """Everything the walks found."""
        found: dict[str, list[Found]] = {}
        rows = self._connection.execute(
            "SELECT commit_id, path, content, unreadable FROM files ORDER BY path"
        )
        with decoding():
            for commit, path, content, why in rows:
                entry = read_entry(content, path) if why is None else None
                found.setdefault(commit, []).append(
                    Found(path, entry, read_message(why) if why else None, content)
                )
            return [
                CommitFacts(
                    commit,
                    tuple(parents.split()),
                    email,
                    Seal(SealState(seal), key, tuple(blocks.split())),
                    tuple(found.get(commit, ())),
                )
                for commit, parents, email, seal, key, blocks in self._connection.execute(
                    "SELECT * FROM commits"
                )
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
        self._connection.execute(f"UPDATE files SET sum = sum_of({ROW}) WHERE position >= {first}")  # noqa: S608
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
            [
                (judged, written_message(each.message), each.severity.value, each.commit, each.path)
                for each in findings
            ],
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
        written_message(judged.why),
        None if judged.roles is None else json.dumps(judged.roles),
        written_roster(judged.roster),
        judged.disowned_by,
        False,
    )

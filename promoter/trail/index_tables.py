"""The index's tables, and what finds out a row that is not as it was written."""

import hashlib
from typing import Any

from promoter.trail import index_settled
from promoter.trail.signature import SealState

OF_ROSTERS = "type IN ('genesis', 'roster')"
OF_UNCHECKED = f"seal = '{SealState.UNCHECKED.value}'"
TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS commits (id TEXT PRIMARY KEY, parents TEXT NOT NULL, email TEXT NOT NULL,"
    " seal TEXT NOT NULL, key TEXT, blocks TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS files (commit_id TEXT NOT NULL, path TEXT NOT NULL, content BLOB NOT NULL,"
    " unreadable TEXT, position INTEGER, type TEXT, id TEXT, promotion TEXT, of_trail INTEGER,"
    " signature TEXT, key TEXT, trust TEXT, why TEXT, roles TEXT, roster TEXT, disowned_by TEXT, blocks INTEGER, sum BLOB,"
    " PRIMARY KEY (commit_id, path))",
    "CREATE INDEX IF NOT EXISTS files_of_promotion ON files (promotion, position)",
    "CREATE INDEX IF NOT EXISTS files_in_order ON files (position)",
    "CREATE INDEX IF NOT EXISTS files_of_trail ON files (position) WHERE of_trail > 0",
    f"CREATE INDEX IF NOT EXISTS files_of_rosters ON files (position) WHERE {OF_ROSTERS}",
    f"CREATE INDEX IF NOT EXISTS commits_unchecked ON commits (seal) WHERE {OF_UNCHECKED}",
    "CREATE INDEX IF NOT EXISTS files_by_id ON files (id) WHERE trust <> 'quarantined'",
    "CREATE TABLE IF NOT EXISTS findings (judged INTEGER NOT NULL, message TEXT NOT NULL,"
    " severity TEXT NOT NULL, commit_id TEXT, path TEXT)",
    "CREATE TABLE IF NOT EXISTS places (promotion TEXT PRIMARY KEY, files INTEGER NOT NULL) WITHOUT ROWID",
    *index_settled.TABLES,
)


def sum_of(*row: Any) -> bytes:
    """What a row must add up to: a page that went bad, or a hand in the file, shows; nobody's signature does."""
    return hashlib.blake2b(repr(row).encode(), digest_size=16).digest()

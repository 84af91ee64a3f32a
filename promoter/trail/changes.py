"""The commits between two releases, as people read them."""

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from promoter.frozen import frozen
from promoter.messages import Message, message
from promoter.trail.authorship import cut_off, missing
from promoter.trail.command import GitFailed

if TYPE_CHECKING:
    from promoter.trail.repository import Repository

LISTED = 50
"""How many commits are named at most; all are counted."""
_FORMAT = "--format=%H%x00%at%x00%aN%x00%s"
_FIELDS = 4
_TIMEOUT = 30.0
_LONGEST = 200


@frozen
class Change:
    """One commit: when it was written (UTC), by whom, and its subject."""

    commit: str
    at: datetime
    author: str
    subject: str


@frozen
class Changes:
    """How many commits there are, the newest `LISTED` of them, and how many each author wrote, most first;
    `unknown` says why not all of it can be told."""

    count: int = 0
    listed: tuple[Change, ...] = ()
    authors: tuple[tuple[str, int], ...] = ()
    unknown: Message | None = None


def changes_between(repository: "Repository", commit: str, since: str | None) -> Changes:
    """The commits that lead to one and not to `since` (None: all that lead to it). Never raises for what git
    says."""
    try:
        why = missing(repository, commit, since)
        if why is not None:
            return Changes(unknown=why)
        without = () if since is None else (f"^{since}",)
        arguments = ("log", "-z", "--encoding=UTF-8", "--no-notes", _FORMAT, commit, *without, "--")
        fields = repository.run(*arguments, timeout=_TIMEOUT).decode("utf-8", "replace").split("\0")
        ends = cut_off(repository)
    except GitFailed as failed:
        return Changes(unknown=message("history-unreadable", said=failed.said))
    rows = [fields[at : at + _FIELDS] for at in range(0, len(fields) - _FIELDS + 1, _FIELDS)]
    truncated = next((oid for oid, *_ in rows if oid in ends), None)
    return Changes(
        count=len(rows),
        listed=tuple(_change(*each) for each in rows[:LISTED]),
        authors=tuple(Counter(author[:_LONGEST] for _, _, author, _ in rows).most_common()),
        unknown=message("history-truncated", commit=truncated[:7]) if truncated else None,
    )


def _change(commit: str, seconds: str, author: str, subject: str) -> Change:
    try:
        at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        at = datetime.fromtimestamp(0, UTC)
    return Change(commit, at, author[:_LONGEST], subject[:_LONGEST])

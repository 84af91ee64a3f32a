"""Who wrote the commits between two releases, read with git: authors, committers and co-authors."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from promoter.errors import CannotAct
from promoter.messages import N_, Message, Template, message
from promoter.model.authors import Authors, folded
from promoter.model.commits import HistoryUnreadable
from promoter.trail.command import GitFailed
from promoter.trail.mailmap import Mailmap, read_mailmap

if TYPE_CHECKING:
    from promoter.trail.repository import Repository

PHRASES: Mapping[str, Template] = {
    "history-missing": N_("commit {commit} is not in this clone"),
    "history-truncated": N_("history is cut off in this clone, at {commit}"),
    "history-unreadable": N_("git cannot read it: {said}"),
    "mailmap-too-large": N_("the release's .mailmap has more than {most} KiB"),
}
"""The words of why nobody can tell who wrote a release."""

_TIMEOUT = 30.0
_FORMAT = "--format=%H%x00%an%x00%ae%x00%cn%x00%ce%x00%B"
_FIELDS = 6
_CO_AUTHOR = re.compile(
    r"^[ \t]*co-authored-by[ \t]*:([^<>\n]{0,500})<([^<>\n]{1,500})>", re.IGNORECASE | re.MULTILINE
)
_LARGEST = 1024 * 1024
_SHORT = 7


def authors_between(repository: "Repository", commit: str, since: str | None) -> Authors:
    """Who wrote the commits that lead to one and not to `since` (None: all that lead to it).

    The release's own `.mailmap` is heeded, not the work tree's, so that every clone that has these commits
    answers alike; one that lacks any of them says that it cannot tell. Never raises for what git says.
    """
    try:
        return _read(repository, commit, since)
    except GitFailed as failed:
        return Authors(unknown=message("history-unreadable", said=failed.said))
    except HistoryUnreadable as failed:
        return Authors(unknown=message("history-unreadable", said=failed.said))
    except CannotAct as failed:
        return Authors(unknown=message("history-unreadable", said=str(failed.wrong.template)))


def _read(repository: "Repository", commit: str, since: str | None) -> Authors:
    if (why := missing(repository, commit, since)) is not None:
        return Authors(unknown=why)
    mailmap = _mailmap(repository, f"{commit}:.mailmap")
    if mailmap is None:
        return Authors(unknown=message("mailmap-too-large", most=_LARGEST // 1024))
    without = () if since is None else (f"^{since}",)
    printed = repository.run(
        "log", "-z", "--encoding=UTF-8", "--no-notes", _FORMAT, commit, *without, "--", timeout=_TIMEOUT
    )
    return _authors(printed, mailmap, cut_off(repository))


def _mailmap(repository: "Repository", name: str) -> Mailmap | None:
    """The mailmap of a release, empty where it has none; None when it is too large."""
    [size] = repository.sizes([name])
    if size is None or size > _LARGEST:
        return Mailmap() if size is None else None
    [(_, kind, content)] = repository.objects([name])
    return read_mailmap(content) if kind == "blob" else Mailmap()


def missing(repository: "Repository", commit: str, since: str | None) -> Message | None:
    """Which of two commits this clone does not have; None when it has both. Raises GitFailed."""
    ends = [commit] if since is None else [commit, since]
    for name, (_, kind, _) in zip(ends, repository.objects(ends), strict=True):
        if kind != "commit":
            return message("history-missing", commit=name[:_SHORT])
    return None


def _authors(printed: bytes, mailmap: Mailmap, cut_off: frozenset[str]) -> Authors:
    commits: dict[str, set[int]] = {}
    fields = printed.decode("utf-8", "replace").split("\0")
    for number, at in enumerate(range(0, len(fields) - _FIELDS + 1, _FIELDS)):
        oid, *people, body = fields[at : at + _FIELDS]
        if oid in cut_off:
            return Authors(unknown=_truncated(oid))
        for name, email in (*zip(people[::2], people[1::2], strict=True), *_co_authors(body)):
            for each in {folded(email), mailmap.proper(name, email)}:
                commits.setdefault(each, set()).add(number)
    return Authors({each: frozenset(numbers) for each, numbers in commits.items() if each})


def _co_authors(body: str) -> Iterator[tuple[str, str]]:
    """Those that any line of a message names: a squashed commit has such lines within it too."""
    return ((found[1], found[2]) for found in _CO_AUTHOR.finditer(body))


def _truncated(commit: str) -> Message:
    return message("history-truncated", commit=commit[:_SHORT])


def cut_off(repository: "Repository") -> frozenset[str]:
    """The commits whose parents are not here (the file `shallow`)."""
    try:
        listed = (repository.common_directory / "shallow").read_text("ascii")
    except FileNotFoundError:
        return frozenset()
    except (OSError, UnicodeDecodeError) as wrong:
        raise HistoryUnreadable("shallow") from wrong
    return frozenset(listed.split())

"""What the commits of the user's repository say, for checks that ask: facts only, no judgement."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from promoter.frozen import frozen


class HistoryUnreadable(Exception):
    """Git could not say; `said` is why, in its words made harmless."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


@frozen
class CommitRecord:
    """A commit. `at` is when it was committed, in UTC. `trailers` are the lines `Name: value` at the end
    of its message. `cut_off` when its ancestors are missing here, as at the end of a shallow clone: what it
    seems to have changed is then everything."""

    id: str
    at: datetime
    subject: str
    trailers: tuple[tuple[str, str], ...] = ()
    cut_off: bool = False


@frozen
class FileInCommit:
    """What a path is in a commit: `content` is None when it is no regular file (a directory, a link, a
    submodule) or has more bytes than asked for; `size` is None when it is no regular file."""

    content: bytes | None
    size: int | None


class TagSignature(StrEnum):
    """What came of verifying a tag's signature with the user's own configuration of git."""

    GOOD = "good"
    BAD = "bad"
    ABSENT = "absent"
    NOT_VERIFIED = "not-verified"
    UNTRUSTED = "untrusted"
    REVOKED = "revoked"
    EXPIRED = "expired"


@frozen
class TagRecord:
    """A tag. `commit` is what it leads to, None when that is no commit. `named` is what its own object
    calls it, None of a lightweight tag, which has none and cannot be signed."""

    name: str
    id: str
    commit: str | None
    named: str | None


@frozen
class BranchRecord:
    """A branch, `main` or `origin/main`, and whether it contains the commit that was asked for."""

    name: str
    remote: bool
    contains: bool


@frozen
class WorkTree:
    """What is checked out. `head` is the commit, None before the first one; `of_commit` is whether it holds
    what the commit that was asked for holds. `changed` are the paths that differ from HEAD, `filtered`
    those of which only one of the `filters` of the repository's own configuration could tell: it is not
    run, `unwatched` those that git was told not to look at. A submodule's paths are among them."""

    head: str | None
    of_commit: bool
    changed: tuple[str, ...] = ()
    filtered: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    unwatched: tuple[str, ...] = ()


class CommitHistory(Protocol):
    """What checks may ask of the commits of a repository. Everything blocks, starts git, and raises
    HistoryUnreadable when git fails. Commits are given as ids."""

    def commit(self, revision: str) -> CommitRecord | None:
        """The commit that a revision (an id, a tag, `HEAD`) names; None when it names none here."""

    def is_shallow(self) -> bool:
        """Whether history is cut off here: then only what is found counts, not what is not."""

    def file(self, commit: str, path: Path, limit: int) -> FileInCommit | None:
        """What is at the path in a commit, with at most `limit` bytes of content; None when nothing is."""

    def last_change(self, commit: str, path: Path) -> CommitRecord | None:
        """The last commit, up to this one, that changed the file at the path."""

    def tags(self, commit: str) -> tuple[str, ...]:
        """The names of the tags that lead to the commit, be it by way of other tags."""

    def tag(self, name: str) -> TagRecord | None:
        """The tag of that name; None when there is none."""

    def signature(self, tag: TagRecord) -> tuple[TagSignature, str]:
        """What its signature is worth, and by whom it is, or what the verifying program said."""

    def branches(self, commit: str, name: str = "") -> tuple[BranchRecord, ...]:
        """The branches of that name, local and of every remote; without a name, all remotes' branches."""

    def fetched_at(self) -> datetime | None:
        """When anything was last fetched, in UTC; None when it cannot be told."""

    def unfinished(self, commit: str, since: str | None) -> tuple[CommitRecord, ...]:
        """The commits up to this one, and not up to `since`, whose subject says that they are not meant
        to stay: `fixup!`, `squash!`, `amend!`, `WIP`."""

    def work_tree(self, commit: str) -> WorkTree | None:
        """What is checked out, beside the commit; None when nothing is, as in a bare repository."""

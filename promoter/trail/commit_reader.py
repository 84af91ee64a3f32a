"""What the commits of the user's repository say, read with git for the checks that ask.

Names from checklists and releases never reach git as options, patterns or reflog entries. Programs that
verify signatures are those of the user's own configuration, never of the repository's.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from promoter.errors import CannotAct
from promoter.model.commits import (
    BranchRecord,
    CommitRecord,
    FileInCommit,
    HistoryUnreadable,
    TagRecord,
    TagSignature,
    WorkTree,
)
from promoter.trail.command import REPOSITORY_SCOPES, GitFailed
from promoter.trail.tag_signature import judged
from promoter.trail.work_tree import differences

if TYPE_CHECKING:
    from promoter.trail.repository import Repository

_TIMEOUT = 20.0
_FORMAT = "--format=%H%x00%ct%x00%s%x00%(trailers:only,unfold)"
_UNFINISHED = r"(^[[:space:]!]*(fixup|squash|amend)!|(^|[^[:alnum:]_])(wip|do not merge|dnm)([^[:alnum:]_]|$)|^[[:space:]]*draft:)"
_IN_PYTHON = re.compile(
    r"[\s!]*(fixup|squash|amend)!|(.*\W)?(wip|do not merge|dnm)(?!\w)|\s*draft:", re.IGNORECASE
)
_PROGRAMS = {
    "gpg.program": "gpg",
    "gpg.openpgp.program": "gpg",
    "gpg.x509.program": "gpgsm",
    "gpg.ssh.program": "ssh-keygen",
}
_ABSENT = b"no signature found"


class CommitReader:
    """The `CommitHistory` of a repository."""

    def __init__(self, repository: "Repository") -> None:
        self._repository = repository

    def commit(self, revision: str) -> CommitRecord | None:
        """See `CommitHistory`."""
        found = self._id_of(f"{revision}^{{commit}}") if revision.isprintable() else None
        return None if found is None else next(self._records("-1", found, "--"), None)

    def is_shallow(self) -> bool:
        """See `CommitHistory`."""
        return self._lines("rev-parse", "--is-shallow-repository") == ["true"]

    def file(self, commit: str, path: Path, limit: int) -> FileInCommit | None:
        """See `CommitHistory`."""
        within = self._within(path)
        if within is None:
            return None
        listed = self._run("--literal-pathspecs", "ls-tree", "-z", "-l", "--full-tree", commit, "--", within)
        if not listed:
            return None
        mode, kind, oid, size = listed.split(b"\t", 1)[0].decode("ascii").split()
        if kind != "blob" or mode not in ("100644", "100755"):
            return FileInCommit(None, None)
        if int(size) > limit:
            return FileInCommit(None, int(size))
        return FileInCommit(self._content(oid), int(size))

    def last_change(self, commit: str, path: Path) -> CommitRecord | None:
        """See `CommitHistory`."""
        within = self._within(path)
        return None if within is None else next(self._records("-1", commit, "--", within), None)

    def tags(self, commit: str) -> tuple[str, ...]:
        """See `CommitHistory`."""
        printed = self._answer("show-ref", "--tags", "--dereference", noes=(1,)) or b""
        leading = [each for each in _split(printed) if each.startswith(f"{commit} ")]
        return tuple(each.partition("refs/tags/")[2].removesuffix("^{}") for each in leading)

    def tag(self, name: str) -> TagRecord | None:
        """See `CommitHistory`."""
        reference = f"refs/tags/{name}"
        oid = self._id_of(reference) if self._is_reference(reference) else None
        if oid is None:
            return None
        ((_, kind, content),) = self._objects(oid)
        return TagRecord(
            name, oid, self._id_of(f"{oid}^{{commit}}"), _named(content) if kind == "tag" else None
        )

    def signature(self, tag: TagRecord) -> tuple[TagSignature, str]:
        """See `CommitHistory`."""
        programs = [word for key in _PROGRAMS for word in ("-c", f"{key}={self._program(key)}")]
        try:
            status, said = self._repository.verdict(
                *programs, "verify-tag", "--raw", tag.id, timeout=_TIMEOUT
            )
        except GitFailed as failed:
            raise HistoryUnreadable(failed.said) from failed
        if status != 0 and (tag.named is None or _ABSENT in said):
            return TagSignature.ABSENT, ""
        return judged(status, said)

    def branches(self, commit: str, name: str = "") -> tuple[BranchRecord, ...]:
        """See `CommitHistory`."""
        remotes = self._lines("remote")
        asked = [f"refs/remotes/{each}/{name}" for each in remotes]
        if name:
            asked = [each for each in (f"refs/heads/{name}", *asked) if self._is_reference(each)]
        there = self._references(asked, ())
        having = self._references(asked, (f"--contains={commit}",))
        return tuple(
            BranchRecord(each.split("/", 2)[2], each.startswith("refs/remotes/"), each in having)
            for each in sorted(there)
        )

    def fetched_at(self) -> datetime | None:
        """See `CommitHistory`."""
        places = {self._repository.git_directory, self._repository.common_directory}
        times = []
        for each in places:
            try:
                times.append((each / "FETCH_HEAD").stat().st_mtime)
            except OSError:
                continue
        return datetime.fromtimestamp(max(times), UTC) if times else None

    def unfinished(self, commit: str, since: str | None) -> tuple[CommitRecord, ...]:
        """See `CommitHistory`."""
        without = () if since is None else (f"^{since}",)
        patterns = ("--extended-regexp", "--regexp-ignore-case", f"--grep={_UNFINISHED}")
        found = self._records(*patterns, commit, *without, "--")
        return tuple(each for each in found if _IN_PYTHON.match(each.subject))

    def work_tree(self, commit: str) -> WorkTree | None:
        """See `CommitHistory`."""
        if not self._repository.has_work_tree:
            return None
        head = self._id_of("HEAD^{commit}")
        of_commit = head is not None and self._id_of(f"{head}^{{tree}}") == self._id_of(f"{commit}^{{tree}}")
        try:
            found = differences(self._repository.root)
        except CannotAct as failed:
            raise _unreadable(failed) from failed
        return WorkTree(head, of_commit, found.changed, found.filtered, found.filters, found.unwatched)

    def _records(self, *arguments: str) -> Iterator[CommitRecord]:
        cut_off = self._cut_off()
        printed = self._run(
            "--literal-pathspecs", "log", "-z", "--encoding=UTF-8", "--no-notes", _FORMAT, *arguments
        )
        fields = printed.decode("utf-8", "replace").split("\0")
        for at in range(0, len(fields) - 3, 4):
            oid, seconds, subject, trailers = fields[at : at + 4]
            yield CommitRecord(
                oid, _moment(seconds), subject, tuple(_trailers(trailers)), cut_off=oid in cut_off
            )

    def _cut_off(self) -> frozenset[str]:
        """The commits whose parents are not here (the file `shallow`)."""
        try:
            listed = (self._repository.common_directory / "shallow").read_text("ascii")
        except (OSError, UnicodeDecodeError):
            return frozenset()
        return frozenset(listed.split())

    def _within(self, path: Path) -> str | None:
        """A path as git knows it; None when it is outside of the work tree."""
        root = self._repository.root
        joined = Path(os.path.normpath(root / path))
        return joined.relative_to(root).as_posix() if joined != root and joined.is_relative_to(root) else None

    def _program(self, key: str) -> str:
        printed = self._answer("config", "--show-scope", "-z", "--get-all", key) or b""
        words = os.fsdecode(printed).split("\0")
        pairs = zip(words[::2], words[1::2], strict=False)
        own = [value for scope, value in pairs if scope not in REPOSITORY_SCOPES]
        if own:
            return own[-1]
        return self._program("gpg.program") if key == "gpg.openpgp.program" else _PROGRAMS[key]

    def _is_reference(self, reference: str) -> bool:
        return reference.isprintable() and self._answer("check-ref-format", reference) is not None

    def _references(self, names: list[str], having: tuple[str, ...]) -> set[str]:
        """Those of the branches that are there; a name that ends with a slash stands for all below it."""
        if not names:
            return set()
        lines = self._lines("for-each-ref", *having, "--format=%(refname) %(symref)", *names)
        found = {
            each.removesuffix(" ") for each in lines if each.endswith(" ")
        }  # `origin/HEAD` leads elsewhere
        return {each for each in found if any(each == name or name.endswith("/") for name in names)}

    def _id_of(self, revision: str) -> str | None:
        printed = self._answer("rev-parse", "--verify", "--quiet", "--end-of-options", revision)
        return None if printed is None else printed.decode("ascii").strip()

    def _answer(self, *arguments: str, noes: tuple[int, ...] = (1, 128)) -> bytes | None:
        """What git prints; None when it says no, or that what is named is not there."""
        try:
            return self._repository.run(*arguments, timeout=_TIMEOUT)
        except CannotAct as failed:
            if isinstance(failed, GitFailed) and failed.status in noes:
                return None
            raise _unreadable(failed) from failed

    def _content(self, oid: str) -> bytes:
        ((_, _, content),) = self._objects(oid)
        return content

    def _objects(self, oid: str) -> list[tuple[str, str, bytes]]:
        try:
            return list(self._repository.objects([oid]))
        except CannotAct as failed:
            raise _unreadable(failed) from failed

    def _lines(self, *arguments: str) -> list[str]:
        return _split(self._run(*arguments))

    def _run(self, *arguments: str) -> bytes:
        try:
            return self._repository.run(*arguments, timeout=_TIMEOUT)
        except CannotAct as failed:
            raise _unreadable(failed) from failed


def _split(printed: bytes) -> list[str]:
    """Git's lines: a name of its may have other line breaks than git's in it."""
    return os.fsdecode(printed).removesuffix("\n").split("\n") if printed else []


def _unreadable(failed: CannotAct) -> HistoryUnreadable:
    return HistoryUnreadable(failed.said if isinstance(failed, GitFailed) else str(failed.wrong.template))


def _moment(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _trailers(written: str) -> Iterator[tuple[str, str]]:
    for line in written.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _named(content: bytes) -> str:
    """What the header of a tag object calls it."""
    header = content.partition(b"\n\n")[0].decode("utf-8", "replace").splitlines()
    return next((line.removeprefix("tag ") for line in header if line.startswith("tag ")), "")

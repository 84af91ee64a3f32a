"""Who last changed a file of the code, in which commit, and whose key signed it."""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from promoter.errors import CannotAct
from promoter.frozen import frozen
from promoter.messages import N_, phrase
from promoter.model.roster import Person, Roster
from promoter.trail.authorship import cut_off
from promoter.trail.command import GitFailed
from promoter.trail.signature import Examiner, signer_of, take_apart

if TYPE_CHECKING:
    from promoter.trail.repository import Repository

_LONGEST = 200
_NOBODY = Roster()


@frozen
class Changed:
    """A commit that changed a file, and the author it names, whoever that was: as the commit has it, past
    any mailmap. `signer` is whose key of the roster signed it, None where nobody's did."""

    commit: str
    name: str
    email: str
    signer: Person | None = None


def last_change(repository: "Repository", path: str, roster: Roster = _NOBODY) -> Changed | None:
    """The last commit before HEAD, or HEAD, that changed a file; None where there is none, or the work tree
    has the file otherwise than HEAD does. Raises CannotAct, also where the history is cut off before it."""
    if _uncommitted(repository, path):
        return None
    return _found(repository, path, roster)


def last_change_before(
    repository: "Repository", commit: str, path: str, roster: Roster = _NOBODY
) -> Changed | None:
    """The last commit before another, or that one, that changed a file; None where there is none, or this clone
    does not have the other. Raises CannotAct."""
    return _found(repository, path, roster, at=commit)


def last_naming(repository: "Repository", path: str, words: Sequence[str]) -> Changed | None:
    """The last commit that added to a file, or took from it, the first of these words that is there to find.

    None where no commit did: the file was not committed as it is. Raises what `last_change` does.
    """
    [(_, kind, content)] = (
        repository.objects([f"HEAD:{path}"]) if repository.commit_of("HEAD") else [("", "", b"")]
    )
    try:
        now = (repository.root / path).read_bytes()
    except OSError:
        now = b""
    if kind != "blob" or any((each.encode() in now) != (each.encode() in content) for each in words):
        return None
    for each in words:
        found = _found(repository, path, _NOBODY, f"-S{each}")
        if found is not None:
            return found
    return _found(repository, path, _NOBODY)


def _uncommitted(repository: "Repository", path: str) -> bool:
    with contextlib.suppress(OSError):
        now = (repository.root / path).read_bytes()
        if repository.commit_of("HEAD") is None:
            return True
        [(_, kind, content)] = repository.objects([f"HEAD:{path}"])
        return kind != "blob" or content.replace(b"\r\n", b"\n") != now.replace(b"\r\n", b"\n")
    return True


def _found(
    repository: "Repository", path: str, roster: Roster, *options: str, at: str = "HEAD"
) -> Changed | None:
    arguments = ("--literal-pathspecs", "log", "-1", "--no-show-signature", "--no-textconv", "--no-ext-diff")
    try:
        printed = repository.run(*arguments, "--format=%H", *options, "--end-of-options", at, "--", path)
    except GitFailed as failed:
        if failed.status == 128:
            return None
        raise
    commit = printed.decode("ascii", "replace").strip()
    if not commit:
        return None
    if commit in cut_off(repository):
        raise CannotAct(phrase(N_("this clone does not have the history of {path}"), path=path))
    [(_, kind, raw)] = repository.objects([commit])
    if kind != "commit":
        return None
    name, email = _author(raw)
    return Changed(commit, name, email, _signer(raw, roster))


def _author(raw: bytes) -> tuple[str, str]:
    headers = raw.partition(b"\n\n")[0].split(b"\n")
    author = next((each for each in headers if each.startswith(b"author ")), b"")
    name, _, email = author.removeprefix(b"author ").rpartition(b"> ")[0].rpartition(b"<")
    said = (each.decode("utf-8", "replace").strip()[:_LONGEST] for each in (name, email))
    return next(said), next(said)


def _signer(raw: bytes, roster: Roster) -> Person | None:
    if not roster:
        return None
    with Examiner(key for each in roster.people for key in each.keys) as examiner:
        seal = examiner.examine(take_apart(raw))
    return signer_of(roster, seal)

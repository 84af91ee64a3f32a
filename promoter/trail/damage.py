"""What is broken in the repository's own files: lock files left behind, objects a power cut left empty,
objects of the trail that are missing. Told from the files and from git, without changing anything.
"""

import contextlib
import os
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from promoter.frozen import frozen
from promoter.trail.command import GitFailed
from promoter.trail.repository import Repository, reference_of

OLD_S = 600.0
"""A git command holds the lock of a reference for less than this many seconds, whatever hooks it runs."""

_SECONDS = 900
_OF_THE_TRAIL = ("refs/promoter/", "refs/remotes/")


@frozen
class LockFile:
    """A lock file of git's: where, for how many seconds, and whether it can only be a leftover on
    something that promoter writes too."""

    path: Path
    age_s: float
    stale: bool


def lock_files(repository: Repository, branch: str) -> Iterator[LockFile]:
    """Git's lock files in the common directory and this work tree's own.

    One is stale when it is old, on a reference of the trail or on what all references share, and no process that
    can be seen has it open. `index.lock` never is: an editor may be open for hours.
    """
    own = {f"{reference_of(branch)}.lock", "packed-refs.lock", "shallow.lock"}
    for path in _locks_under(repository):
        with contextlib.suppress(FileNotFoundError):
            age = time.time() - path.stat().st_mtime
            name = path.relative_to(repository.common_directory).as_posix()
            ours = name in own or name.startswith(_OF_THE_TRAIL)
            yield LockFile(path, max(age, 0.0), ours and age > OLD_S and not is_open(path))


def remove_lock(path: Path) -> None:
    """Removes a lock file that still is an old one that nobody has open. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        if time.time() - path.stat().st_mtime > OLD_S and not is_open(path):
            path.unlink()


def is_open(path: Path) -> bool:
    """Whether a process has a file open, as far as this user and system can see."""
    try:
        wanted = path.stat()
    except OSError:
        return False
    return any((held.st_dev, held.st_ino) == (wanted.st_dev, wanted.st_ino) for held in _open_files())


def _open_files() -> Iterator[os.stat_result]:
    """What every process that can be seen has open; any of them may end meanwhile."""
    with contextlib.suppress(OSError), os.scandir("/proc") as processes:
        for process in processes:
            if process.name.isdigit():
                with contextlib.suppress(OSError):
                    yield from _each_stat(list(Path(process.path, "fd").iterdir()))


def _each_stat(paths: Iterable[Path]) -> Iterator[os.stat_result]:
    for path in paths:
        with contextlib.suppress(OSError):
            yield path.stat()


def empty_objects(repository: Repository) -> Iterator[tuple[str, Path]]:
    """Ids and files of the loose objects that have no content at all."""
    for directory in sorted((repository.common_directory / "objects").glob("[0-9a-f][0-9a-f]")):
        with contextlib.suppress(OSError), os.scandir(directory) as listed:
            for each in listed:
                about = each.stat(follow_symlinks=False)
                if stat.S_ISREG(about.st_mode) and not about.st_size and not each.name.startswith("tmp_"):
                    yield directory.name + each.name, Path(each.path)


def missing_from(repository: Repository, commit: str, since: str | None = None) -> list[str] | None:
    """The objects that a commit's history and trees name (after another commit, where one is given) and this clone
    does not have; None when the commit itself cannot be read. An empty object counts as missing. Nothing is fetched
    for it.
    """
    before = (f"^{since}",) if since is not None else ()
    try:
        listed = repository.run(
            *("rev-list", "--objects", "--no-object-names", "--missing=print", commit, *before, "--"),
            environment={"GIT_NO_LAZY_FETCH": "1"},
            timeout=_SECONDS,
        )
    except GitFailed:
        return None
    names = listed.decode("ascii").split()
    empty = {oid for oid, _ in empty_objects(repository)}
    return [each.removeprefix("?") for each in names if each.startswith("?") or each in empty]


def is_whole(repository: Repository, commit: str) -> bool:
    """Whether everything a commit's history and trees name is in this clone."""
    return missing_from(repository, commit) == []


def boundary_of(repository: Repository, commit: str) -> str | None:
    """A commit of this history that a shallow clone cut off from its parents; None when none was."""
    try:
        shallow = (repository.common_directory / "shallow").read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return None
    for each in shallow:
        with contextlib.suppress(GitFailed):
            if repository.is_ancestor(each, commit):
                return each
    return None


def _locks_under(repository: Repository) -> Iterator[Path]:
    common = repository.common_directory
    for place in {common, repository.git_directory}:
        yield from sorted(each for each in place.glob("*.lock") if not each.name.startswith("promoter."))
    yield from sorted((common / "refs").rglob("*.lock"))

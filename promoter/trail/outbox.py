"""Entries, and the files they name, kept beside the repository until they are pushed, in case the objects are lost.

A careless `git gc --prune=now` or a mirror's fetch can take unpushed commits away; what they said stays
here, and `promoter doctor --fix` puts it back. What was never recorded does not stay: nobody is to find
a decision on the trail later that they were told had failed.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from promoter.errors import CannotAct
from promoter.messages import N_, phrase
from promoter.trail.repository import Repository
from promoter.trail.rights import as_the_repository

_SLASH = "%"  # in no path of an entry


class Damaged(CannotAct):
    """An object of the repository is damaged, so that nothing could be recorded; the outbox has it."""


class Outbox:
    """The directory of a repository's unpushed entries and the copies of files they name, one file each,
    known by their paths on the trail."""

    def __init__(self, repository: Repository) -> None:
        self.directory = repository.common_directory / "promoter" / "outbox"

    def put(self, path: str, content: bytes) -> None:
        """Keeps an entry, on the disk before this returns. Raises CannotAct."""
        try:
            for directory in (self.directory.parent, self.directory):
                directory.mkdir(exist_ok=True)
                as_the_repository(directory)
            durable_write(self._file(path), content)
        except OSError as failed:
            place = str(self.directory)
            raise CannotAct(
                phrase(N_("{path} cannot be written: {why}"), path=place, why=failed.strerror)
            ) from failed

    @contextlib.contextmanager
    def keeping(self, files: Mapping[str, bytes], recorded: Callable[[], bool]) -> Iterator[None]:
        """Keeps files while an entry is being written, and lets go of them again when it was not.

        `recorded` says whether it is on the trail after all. What was `Damaged` stays, to be put back
        when the repository is mended. Raises CannotAct.
        """
        new = [path for path, content in files.items() if self.read(path) != content]
        for path in new:
            self.put(path, files[path])
        done = False
        try:
            yield
            done = True
        except Damaged:
            done = True
            raise
        finally:
            if not done:
                with contextlib.suppress(CannotAct, OSError):
                    if not recorded():
                        self.drop(new)

    def paths(self) -> tuple[str, ...]:
        """What is kept, by path."""
        with contextlib.suppress(FileNotFoundError):
            names = sorted(each.name for each in self.directory.iterdir() if not each.name.startswith("."))
            return tuple(name.replace(_SLASH, "/") for name in names)
        return ()

    def read(self, path: str) -> bytes | None:
        """What is kept under a path; None when nothing is."""
        try:
            return self._file(path).read_bytes()
        except OSError:
            return None

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Paths and bytes of what is kept."""
        for path in self.paths():
            with contextlib.suppress(FileNotFoundError):
                yield path, self._file(path).read_bytes()

    def drop(self, paths: Iterable[str]) -> None:
        """Forgets what is safe elsewhere."""
        for path in paths:
            self._file(path).unlink(missing_ok=True)

    def _file(self, path: str) -> Path:
        return self.directory / path.replace("/", _SLASH)


def durable_write(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, and to the disk. Raises OSError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

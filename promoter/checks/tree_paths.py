"""Which files of the work tree a pattern names, without ever walking for long."""

import errno
import fnmatch
import os
from collections.abc import Iterator
from pathlib import Path

MOST_FILES = 1000
_MOST_LOOKED_AT = 200_000


class TooMany(Exception):
    """More files fit the pattern, or had to be looked at, than anybody means."""


class NotSearched(Exception):
    """A directory that had to be looked into cannot be; `detail` is the system's code for why."""

    def __init__(self, path: str, wrong: OSError) -> None:
        super().__init__(path)
        self.path = path
        self.detail = errno.errorcode.get(wrong.errno or errno.EIO, "EIO")


def matching(root: Path, pattern: str) -> list[str]:
    """The paths below `root`, sorted and with `/`, that fit a pattern of `*`, `?`, `[…]` and `**`.

    `**` stands for any directories, but does not follow links nor enter `.git`. Raises TooMany, NotSearched.
    """
    search = _Search(root)
    parts = tuple(each for each in pattern.split("/") if each not in ("", "."))
    found = sorted(set(search.below("", parts))) if parts else []
    if len(found) > MOST_FILES:
        raise TooMany
    return found


class _Search:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._looked_at = 0
        self._been: set[tuple[str, tuple[str, ...]]] = set()

    def below(self, directory: str, parts: tuple[str, ...]) -> Iterator[str]:
        if (directory, parts) in self._been:
            return
        self._been.add((directory, parts))
        part, rest = parts[0], parts[1:]
        if part == "**":
            yield from self.below(directory, rest or ("*",))
            for name, is_directory in self._entries(directory, links=False):
                if is_directory and name != ".git":
                    yield from self.below(_joined(directory, name), parts)
        elif not set(part) & set("*?["):
            there = self._root / directory / part
            try:
                is_directory = there.is_dir()
                is_there = there.is_symlink() or there.exists()
            except OSError as wrong:
                raise NotSearched(directory, wrong) from wrong
            if rest and is_directory:
                yield from self.below(_joined(directory, part), rest)
            elif not rest and is_there and not is_directory:
                yield _joined(directory, part)
        else:
            for name, is_directory in self._entries(directory, links=True):
                if fnmatch.fnmatchcase(name, part) and (part[0] == "." or name[0] != "."):
                    if rest and is_directory:
                        yield from self.below(_joined(directory, name), rest)
                    elif not rest and not is_directory:
                        yield _joined(directory, name)

    def _entries(self, directory: str, *, links: bool) -> list[tuple[str, bool]]:
        try:
            with os.scandir(self._root / directory) as entries:
                found = [(each.name, each.is_dir(follow_symlinks=links)) for each in entries]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as wrong:
            raise NotSearched(directory, wrong) from wrong
        self._looked_at += len(found)
        if self._looked_at > _MOST_LOOKED_AT:
            raise TooMany
        return sorted(found)


def _joined(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name

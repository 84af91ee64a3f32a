"""The work tree's files that a command names: with a changed script it is another command."""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from promoter.frozen import frozen
from promoter.messages import N_, Message, Parameter, Template, message

PHRASES: Mapping[str, Template] = {
    "unbound-file": N_("{path} cannot be read"),
    "unbound-file-too-large": N_("{path} is larger than {limit} MiB"),
    "unbound-file-not-regular": N_("{path} is no regular file"),
    "unbound-too-many-words": N_("it names too many files"),
}
_LARGEST_MIB = 32
_MOST_PATHS = 20_000
_WORDS = re.compile(r"[\s'\"`;&|()<>$={},:@#?!*\[\]]+")
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})


@frozen
class Scripts:
    """What of the work tree a command runs: the digest of each file, and `stamps` of those whose content could
    not be had, which `unbound` says why of. Consent to a command with such files lasts for one run."""

    digests: Mapping[str, str]
    stamps: Mapping[str, Sequence[int]]
    unbound: tuple[Message, ...]


class _Unbound(Exception):
    def __init__(self, why: str, found: os.stat_result | None, **parameters: Parameter) -> None:
        super().__init__(why)
        self.stamp = (
            (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns) if found is not None else ()
        )
        self.why = message(why, **parameters)


def scripts_of(arguments: Iterable[Any], directory: str, root: Path) -> Scripts:
    """The files that the words of a command name, from the root, from the directory it runs in or from one
    that it names itself."""
    parts = {part for each in arguments for part in (str(each), *_WORDS.split(str(each)))}
    behind_letters = {each[2:] for each in parts if each.startswith("-")}
    words = {each for each in parts | behind_letters if each}
    directories = {word for word in words if os.path.isdir(root / word)}  # noqa: PTH112 - Path.is_dir raises for a name that is too long
    directories |= {directory}
    if len(words) * (len(directories) + 1) > _MOST_PATHS:
        return Scripts({}, {}, (message("unbound-too-many-words"),))
    digests: dict[str, str] = {}
    stamps: dict[str, Sequence[int]] = {}
    unbound: dict[str, Message] = {}
    for word in sorted(words | {f"{each}/{word}" for each in directories for word in words}):
        try:
            digest = _digest(word, root)
        except _Unbound as refused:
            stamps[word] = refused.stamp
            unbound.setdefault(os.path.normpath(word), refused.why)
        else:
            if digest is not None:
                digests[word] = digest
    return Scripts(digests, stamps, tuple(unbound.values()))


def _digest(word: str, root: Path) -> str | None:
    """The digest of the file, or where a link out of the work tree leads; None when there is no file, a
    directory, or one outside that is named as such."""
    try:
        path = (root / word).resolve()
        if not path.is_relative_to(root.resolve()):
            return None if Path(word).is_absolute() else f"-> {os.path.relpath(path, root.resolve())}"
        found = path.stat()
    except ValueError:
        return None
    except (OSError, RuntimeError) as wrong:  # until Python 3.13 a circle of links is a RuntimeError
        if getattr(wrong, "errno", None) in _NOT_THERE:
            return None
        raise _Unbound("unbound-file", None, path=word) from wrong
    if stat.S_ISDIR(found.st_mode):
        return None
    if not stat.S_ISREG(found.st_mode):
        raise _Unbound("unbound-file-not-regular", found, path=word)
    if found.st_size > _LARGEST_MIB * 1024 * 1024:
        raise _Unbound("unbound-file-too-large", found, path=word, limit=_LARGEST_MIB)
    try:
        return _content_digest(path)
    except OSError as wrong:
        raise _Unbound("unbound-file", found, path=word) from wrong


def _content_digest(path: Path) -> str:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

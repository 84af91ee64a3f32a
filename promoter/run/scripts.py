"""The work tree's files that a command names: with a changed script it is another command."""

import errno
import glob
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
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
_SHELL_WORDS = re.compile(r"[\s'\"`;&|()<>$={}]+")
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
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
    texts = [str(each) for each in arguments]
    parts = {part for each in texts for part in (each, *_WORDS.split(each))}
    behind_letters = {each[2:] for each in parts if each.startswith("-")}
    words = {each for each in parts | behind_letters if each}
    words |= {path for each in words if _MODULE.fullmatch(each) for path in _paths_of_module(each)}
    directories = {word for word in words if os.path.isdir(root / word)}  # noqa: PTH112 - Path.is_dir raises for a name that is too long
    directories |= {directory}
    patterns = {part for each in texts for part in _SHELL_WORDS.split(each) if glob.has_magic(part)}
    words |= set(islice(_matching(patterns, directories, root), _MOST_PATHS))
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


def _paths_of_module(name: str) -> tuple[str, ...]:
    """Where `python -m` would find it."""
    path = name.replace(".", "/")
    return f"{path}.py", f"{path}/__main__.py", f"{path}/__init__.py"


def _matching(patterns: Iterable[str], directories: Iterable[str], root: Path) -> Iterator[str]:
    """The files inside the work tree that a shell would put for the patterns."""
    for pattern, directory in product(patterns, ("", *directories)):
        if not os.path.isabs(pattern) and ".." not in Path(directory, pattern).parts:  # noqa: PTH117 - patterns are no paths
            yield from glob.iglob(os.path.join(directory, pattern), root_dir=root)  # noqa: PTH118, PTH207 - lazily, from the root


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

"""Reading a small local file without ever hanging on it, or saying why it cannot be used."""

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from promoter.messages import N_, Message, Template, message

PHRASES: Mapping[str, Template] = {
    "outside-the-work-tree": N_("it is outside the work tree"),
    "not-a-regular-file": N_("it is not a regular file"),
    "too-large": N_("it is larger than {limit} bytes"),
    "file-not-permitted": N_("you may not read it"),
    "file-not-readable": N_("it cannot be read ({detail})"),
    "no-such-file": N_("it does not exist"),
}


class NotUsable(Exception):
    """A file cannot be used; `why` says why."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.code)
        self.why = why


def read_regular_file(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes; links are followed.

    Raises OSError when it cannot be read, ValueError when it is too large or no regular file: a
    directory, a device, or a FIFO, which would wait for a writer.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        content = b""
        while len(content) <= limit and (part := os.read(descriptor, limit + 1 - len(content))):
            content += part
    finally:
        os.close(descriptor)
    if len(content) > limit:
        raise ValueError("too large")
    return content


def read_usable_file(path: Path, limit: int, *, inside: Path | None = None) -> bytes:
    """The content of a regular file of at most `limit` bytes, relative to `inside` and not out of it by
    whatever link when that is given.

    Raises NotUsable.
    """
    try:
        found = path if inside is None else (inside / path).resolve()
        if inside is not None and not found.is_relative_to(inside.resolve()):
            raise NotUsable(message("outside-the-work-tree"))
        return read_regular_file(found, limit)
    except (FileNotFoundError, NotADirectoryError) as wrong:
        raise NotUsable(message("no-such-file")) from wrong
    except PermissionError as wrong:
        raise NotUsable(message("file-not-permitted")) from wrong
    except ValueError as wrong:
        large = str(wrong) == "too large"
        why = message("too-large", limit=limit) if large else message("not-a-regular-file")
        raise NotUsable(why) from wrong
    except (OSError, RuntimeError) as wrong:  # until Python 3.13 a circle of links is a RuntimeError
        detail = errno.errorcode.get(getattr(wrong, "errno", None) or errno.ELOOP, "EIO")
        raise NotUsable(message("file-not-readable", detail=detail)) from wrong

"""What the operating system says of a file, in the reader's language."""

import errno
from collections.abc import Mapping

from promoter.messages import N_, Phrase, phrase

_WORDS: Mapping[int, str] = {
    errno.EACCES: N_("that is not allowed"),
    errno.EEXIST: N_("something is there already"),
    errno.EISDIR: N_("it is a directory"),
    errno.ELOOP: N_("its links go round"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ENOENT: N_("there is no such file or directory"),
    errno.ENOSPC: N_("there is no room left"),
    errno.ENOTDIR: N_("a part of its path is no directory"),
    errno.EPERM: N_("that is not allowed"),
    errno.EROFS: N_("nothing can be written there"),
}


def why_of(error: OSError) -> Phrase:
    """Why something could not be done with a file; in the system's own words where there are no others."""
    known = _WORDS.get(error.errno or 0)
    return phrase(known) if known is not None else phrase("{why}", why=error.strerror or "")

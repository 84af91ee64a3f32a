"""The rights of what promoter keeps beside a repository: those git gives its own files there.

In a repository that a group shares, one's files would be another's locks: whoever came first would keep
everybody else out, whatever their umask.
"""

import contextlib
from pathlib import Path


def as_the_repository(path: Path) -> None:
    """Gives a file or directory the rights the group has on the directory above it, and takes none away.

    Does nothing for what belongs to somebody else.
    """
    with contextlib.suppress(OSError):
        above, own = path.parent.stat().st_mode, path.stat().st_mode
        of_directory = 0o2070 if path.is_dir() else 0o060
        wanted = own | (above & of_directory if above & 0o020 else 0)
        if wanted != own:
            path.chmod(wanted & 0o7777)

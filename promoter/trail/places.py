"""Which paths leave no room for what the trail has its places for, judged by the paths alone. Pure."""

import re

from promoter.trail.entry import is_blob_path, is_entry_path

_FOR_DIRECTORIES = re.compile(r"[rpa]|[pa]/[0-9a-f]{2}|p/[0-9a-f]{2}/[^/]+")
_LONGEST = 4


def is_in_the_way(path: str) -> bool:
    """Whether a file lies where the trail needs a directory, or below where it needs a file."""
    return _FOR_DIRECTORIES.fullmatch(path) is not None or file_above(path) is not None


def is_for_file(path: str) -> bool:
    """Whether an entry or a copied file may lie there."""
    return is_blob_path(path) or is_entry_path(path)


def file_above(path: str) -> str | None:
    """The place of an entry or a copied file that a path lies below; None where it lies below none."""
    parts = path.split("/")
    above = ("/".join(parts[:count]) for count in range(2, min(len(parts), _LONGEST + 1)))
    return next((each for each in above if is_for_file(each)), None)
